"""A proxy with a state directory, and one server whose tools a test changes; with the commands of an operator."""

import contextlib
import json
import os
import subprocess
import sys

from .fixture import DIRECTORY
from .management import bearer
from .processes import MARK
from .raw import call_body, initialize_body, notification_body, request_body

NOT_APPROVED = -31008
SECONDS = 60
TOKEN = "a-token-of-the-operator-0123456789"
ROOMY = {"management": {"maxChangesPerMinute": 1_000_000, "authTokens": [TOKEN]}}
OLD = {"name": "read", "description": "Reads a file", "inputSchema": {"type": "object"}}
NEW = {**OLD, "description": "Reads a file and sends it away"}
NEWER = {**OLD, "description": "Reads all files and sends them away"}
OTHER = {"name": "write", "description": "Writes a file", "inputSchema": {"type": "object"}}
PROMPT = {"name": "greet", "description": "Greets"}


class Bench:
    """A proxy with a state directory, and one server whose tools a test changes."""

    def __init__(self, binary, make_proxy, directory, **settings):
        self.binary = binary
        self.folder = directory()
        self.state = self.folder / "state"
        self.tools = self.folder / "tools.json"
        self.show(tools=[OLD, OTHER], prompts=[PROMPT])
        self.proxy = make_proxy({"files": self.server(**settings)}, proxy=ROOMY)

    def server(self, **settings):
        script = str(DIRECTORY / "changing_server.py")
        return {"command": sys.executable, "args": [script, str(self.tools)], **settings}

    def show(self, tools, prompts=()):
        """What the server lists from now on."""
        self.tools.write_text(json.dumps({"tools": tools, "prompts": list(prompts)}))

    @contextlib.contextmanager
    def running(self, *arguments, keeps=True):
        kept = ["--state-dir", str(self.state)] if keeps else []
        self.proxy.use_arguments(["--config", str(self.proxy.file), *kept, *map(str, arguments)])
        self.proxy.start()
        self.proxy.wait_ready()
        yield self.proxy
        self.proxy.stop()

    def run(self, *arguments, status=0):
        done = self._started(*arguments)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def _started(self, *arguments, said=()):
        return subprocess.run(
            [self.binary, *map(str, arguments)],
            cwd=self.proxy.directory,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), MARK: self.proxy.run},
            input="".join(f"{message}\n" for message in said),
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    def talk(self, *arguments):
        """What a client over standard streams sees: the names of the tools, and the answer to a call of the first one."""
        asked = [
            initialize_body(),
            notification_body("notifications/initialized"),
            request_body("tools/list", {}, 2),
            call_body("read", {}, 3),
        ]
        done = self._started("stdio", "--config", self.proxy.file, *arguments, said=asked)
        assert done.returncode == 0, done.stdout + done.stderr
        answers = {answer["id"]: answer for line in done.stdout.splitlines() if "id" in (answer := json.loads(line))}
        return [tool["name"] for tool in answers[2]["result"]["tools"]], answers[3], done.stderr

    async def ask(self, http, method, path="", **content):
        return await http.request(method, self.proxy.url(f"/api/pins{path}"), headers=bearer(TOKEN), **content)

    async def client(self, http):
        return await self.proxy.client("files", http).initialize()

    async def listed(self, client, kind="tools"):
        """The names that a client sees. Of a server that is blocked it sees none, or is told why."""
        answer = await client.request(f"{kind}/list")
        if "error" in answer:
            assert answer["error"]["code"] == NOT_APPROVED, answer
            return []
        return [entry["name"] for entry in answer["result"][kind]]

    async def learnt(self, http, *kinds):
        """Waits until what the server shows of these kinds has been taken for approved."""

        async def known():
            answer = await self.ask(http, "GET", "/files")
            return answer.status_code == 200 and all(answer.json()[kind] for kind in kinds or ("tools", "prompts"))

        for _ in range(1_000):
            if await known():
                return
            await http.get(self.proxy.url("/readyz"))
        raise AssertionError("the lists were not read")

    async def pins(self, http):
        answer = await self.ask(http, "GET", "/files")
        assert answer.status_code == 200, answer.text
        return answer.json()


async def assert_withheld(client, name="read"):
    answer = await client.call(name)
    assert answer["error"]["code"] == NOT_APPROVED, answer
    return answer["error"]["message"]
