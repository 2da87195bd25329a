"""What passes is recorded on both sides, sent again, and served in place of its server."""

import contextlib
import json
import os
import signal
import subprocess

import pytest

from support import secrets
from support.fixture import modern_stdio, stdio
from support.managed import ACCESS, TOKEN, Management, bearer
from support.raw import call_body, text_of
from support.proxy import free_port
from support.shelves import Shelf, Shelves, tool
from support.visit import visit
from support.wait import eventually

pytestmark = pytest.mark.anyio

SECONDS = 30
CALLER = "canary-token-of-the-caller-0123456789"
PASSWORD = "hunter2-is-no-good-password"
CLIENTS = {"legacy": ("v1", "legacy"), "modern": ("v2", "2026-07-28")}


def general(**more):
    return {"management": ACCESS, **more}


def run(proxy, *arguments, stdout=subprocess.PIPE):
    """One command of the program, at the proxy where it needs one."""
    environment = {**os.environ, "MCP_PROXY_URL": proxy.base, "MCP_PROXY_TOKEN": TOKEN}
    return subprocess.run(
        [proxy.binary, *map(str, arguments)], stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=SECONDS,
        env=environment, cwd=proxy.directory,
    )


class Recording:
    """`mcp-proxy record` as a process, which has begun."""

    def __init__(self, proxy, *arguments):
        environment = {**os.environ, "MCP_PROXY_URL": proxy.base, "MCP_PROXY_TOKEN": TOKEN}
        self.file = proxy.directory / f"recording-{os.urandom(4).hex()}.jsonl"
        self.process = subprocess.Popen(
            [proxy.binary, "record", *map(str, arguments), "-o", str(self.file)], stderr=subprocess.PIPE, text=True,
            env=environment, cwd=proxy.directory,
        )
        eventually(self.has_begun, "the recording to begin")

    def has_begun(self):
        assert self.process.poll() is None or self.file.exists(), self.process.stderr.read()
        return self.file.exists() and b"\n" in self.file.read_bytes()

    def wait(self, status=0):
        """What it says at the end."""
        _, words = self.process.communicate(timeout=SECONDS)
        assert self.process.returncode == status, words
        return words

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.wait()

    @property
    def lines(self):
        return [json.loads(line) for line in self.file.read_text().split("\n") if line]


@contextlib.contextmanager
def recorded(proxy, *arguments):
    recording = Recording(proxy, *arguments)
    try:
        yield recording
        recording.stop()
    finally:
        recording.process.kill()
        recording.process.wait()


def order(url, mode, calls=(), headers=None):
    return {"kind": "streamable", "url": url, "mode": mode, "calls": list(calls), "headers": headers or {}}


def values(outcomes):
    for name, outcome in outcomes.items():
        assert "value" in outcome, f"{name}: {outcome}"
    return {name: outcome["value"] for name, outcome in outcomes.items()}


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("server", [stdio, modern_stdio], ids=["legacy-server", "modern-server"])
async def test_both_sides_are_there_and_no_secrets(launch, server, client):
    options = {"authTokens": [CALLER]}
    entry = server(name="one", env={"SERVICE_API_KEY": "a-key-of-the-service"}) if server is stdio else server(name="one")
    with launch({"one": entry}, proxy=general(), options=options) as proxy:
        sdk, mode = CLIENTS[client]
        with recorded(proxy, "one") as recording:
            secret = {"password": PASSWORD, "nested": [{"api_key": PASSWORD}], "text": f"see {CALLER} and a-key-of-the-service"}
            calls = [["echo", {"text": "hello"}], ["reflect", {"value": secret}]]
            values(visit(sdk, order(proxy.url("/one/mcp"), mode, calls, bearer(CALLER)), ["tools", "given_calls"]))
        text = recording.file.read_text()
    first, *lines, last = recording.lines
    assert first["recording"] == 1 and first["server"] == "one" and first["bodies"] == "redacted"
    assert last["end"] == "stopped" and last["messages"] == len(lines) and last["dropped"] == 0
    assert recording.file.stat().st_mode & 0o777 == 0o600
    for hidden in (PASSWORD, CALLER, TOKEN) + (("a-key-of-the-service",) if server is stdio else ()):
        assert hidden not in text
    secrets.check(text, "the recording")
    calls = [line for line in lines if line.get("method") == "tools/call"]
    (call,) = [line for line in calls if line["side"] == "client" and line["direction"] == "in" and line["name"] == "echo"]
    same = [line for line in lines if line.get("request") == call["request"]]
    seen = [(line["side"], line["direction"], line["kind"]) for line in same if line["kind"] != "notification"]
    assert seen == [
        ("client", "in", "request"), ("upstream", "out", "request"), ("upstream", "in", "result"), ("client", "out", "result"),
    ]
    assert call["era"] == client and call["principal"] == "token 1" and call["server"] == "one"
    assert same[-1]["status"] == 200 and same[1]["connection"] > 0
    assert call["body"]["params"]["arguments"] == {"text": "hello"}
    assert all("hello" in json.dumps(line["body"]["result"]) for line in same if line["kind"] == "result")
    (reflect,) = [line for line in calls if line["side"] == "upstream" and line.get("name") == "reflect"]
    assert reflect["body"]["params"]["arguments"]["value"]["password"] == "***"
    # The definitions of tools are whole: they say what arguments are called, and hold none.
    assert any(line["kind"] == "introduction" for line in lines)


async def test_an_id_of_the_client_and_a_session_are_told_apart(launch, http):
    with launch({"one": stdio(name="one"), "two": stdio(name="two")}, proxy=general()) as proxy:
        with recorded(proxy, "--all", "--bodies", "none") as recording:
            for name in ("one", "two"):
                client = await proxy.client(name, http).initialize()
                answer = await client.post(call_body("echo", {"text": PASSWORD}, "an-id"))
                assert text_of(answer.json()) == PASSWORD
        text = recording.file.read_text()
        assert answer.headers["x-request-id"] in text
        assert client.session not in text and PASSWORD not in text and '"body"' not in text
    calls = [line for line in recording.lines if line.get("method") == "tools/call" and line["side"] == "client"]
    assert [line["server"] for line in calls] == ["one", "one", "two", "two"]
    assert [line["id"] for line in calls] == ["an-id"] * 4
    assert len({line["session"] for line in calls}) == 2


@pytest.mark.parametrize("client", CLIENTS)
async def test_what_was_recorded_is_sent_again_and_compared(launch, client):
    shelf = Shelf("shelf", [tool("a", description="does a"), tool("b")])
    with Shelves(shelf) as shelves, launch({"one": shelves.entries()["shelf"]}, proxy=general()) as proxy:
        sdk, mode = CLIENTS[client]
        with recorded(proxy, "one") as recording:
            values(visit(sdk, order(proxy.url("/one/mcp"), mode, [["a", {"x": 1}]]), ["tools", "given_calls"]))
        same = run(proxy, "replay", recording.file, "--server", "one")
        assert same.returncode == 0, same
        assert "same" in same.stdout and "tools/list" in same.stdout
        assert "left out: tools/call a: it calls a tool, which --calls would do" in same.stderr
        shelf.lists["tools"] = [tool("b"), tool("a", description="does something else"), tool("c")]
        shelf.special = lambda session, method, params: method == "tools/call" and {"content": []} or None
        changed = run(proxy, "replay", recording.file, "--server", "one", "--calls")
        assert changed.returncode == 1, changed
        assert "result.tools[name=a].description" in changed.stdout
        assert '"does a"' in changed.stdout and '"does something else"' in changed.stdout
        assert "result.tools[name=c]" in changed.stdout and "result.content[0]" in changed.stdout
        written = json.loads(run(proxy, "replay", recording.file, "--server", "one", "--output", "json").stdout)
        assert written["different"] > 0 and written["left"][0]["request"] == "tools/call a"
        asked = len(shelf.received)
        rehearsal = run(proxy, "replay", recording.file, "--dry-run")
        assert rehearsal.returncode == 0 and "tools/list" in rehearsal.stdout
        assert len(shelf.received) == asked


async def test_what_was_masked_is_not_sent_again(launch):
    with launch({"one": stdio(name="one")}, proxy=general()) as proxy:
        with recorded(proxy, "one") as recording:
            calls = [["reflect", {"value": {"password": PASSWORD}}]]
            values(visit("v1", order(proxy.url("/one/mcp"), "legacy", calls), ["given_calls"]))
        done = run(proxy, "replay", recording.file, "--server", "one", "--calls", "--dry-run")
        assert "left out: tools/call reflect: what it sends was left out of the recording" in done.stderr


@pytest.fixture(scope="module")
def taken(launch):
    """{era of the server: a recording of it that a client of the other era has caused}"""
    with launch({"one": stdio(name="one"), "two": modern_stdio(name="two")}, proxy=general()) as proxy:
        recordings = {}
        for era, name, client in (("legacy", "one", "modern"), ("modern", "two", "legacy")):
            with recorded(proxy, name) as recording:
                sdk, mode = CLIENTS[client]
                given = {**order(proxy.url(f"/{name}/mcp"), mode, [["echo", {"text": "hello"}]]), "reads": []}
                values(visit(sdk, given, ["tools", "prompts", "resources", "given_calls"]))
            recordings[era] = recording.file
        yield proxy, recordings


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("server", ["legacy", "modern"])
@pytest.mark.parametrize("way", ["stdio", "http"])
async def test_a_recording_is_a_server(taken, way, server, client):
    proxy, recordings = taken
    sdk, mode = CLIENTS[client]
    calls = [["echo", {"text": "hello"}], ["echo", {"text": "not recorded like this"}]]
    features = ["tools", "prompts", "resources", "given_calls"]
    if way == "stdio":
        command = {"kind": "stdio", "command": proxy.binary, "args": ["replay", str(recordings[server]), "--mock"]}
        outcomes = visit(sdk, {**order("", mode, calls), **command, "env": {}}, features)
    else:
        with mock(proxy, recordings[server]) as url:
            outcomes = visit(sdk, order(url, mode, calls), features)
    found = values(outcomes)
    assert found["tools"] and found["prompts"] and found["resources"]
    # For other arguments the answer to the same tool is given.
    assert [result["content"][0]["text"] for result in found["given_calls"]] == ["hello", "hello"]


@contextlib.contextmanager
def mock(proxy, file):
    """The URL of the only server of a recording, served over HTTP."""
    command = [proxy.binary, "replay", str(file), "--mock", "--addr", f"127.0.0.1:{free_port()}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ}) as process:
        try:
            line = process.stderr.readline()
            assert "as it was recorded: http://" in line, line + process.stderr.read()
            yield line.split()[-1]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS) == 0


async def test_what_was_not_recorded_is_answered_with_an_error_that_says_so(taken):
    proxy, recordings = taken
    with mock(proxy, recordings["legacy"]) as url:
        outcomes = visit("v1", order(url, "legacy", [["nobody_called_this", {}]]), ["given_calls"])
    assert "not recorded" in json.dumps(outcomes["given_calls"])


async def test_equal_requests_get_their_answers_in_order(launch):
    shelf = Shelf("shelf", [tool("a")])
    answers = iter("12345678")
    shelf.special = lambda session, method, params: (
        {"content": [{"type": "text", "text": next(answers)}]} if method == "tools/call" else None)
    with Shelves(shelf) as shelves, launch({"one": shelves.entries()["shelf"]}, proxy=general()) as proxy:
        calls = [["a", {"x": 1}]] * 2
        with recorded(proxy, "one") as recording:
            values(visit("v1", order(proxy.url("/one/mcp"), "legacy", calls), ["given_calls"]))
        with mock(proxy, recording.file) as url:
            found = values(visit("v1", order(url, "legacy", calls + calls), ["given_calls"]))["given_calls"]
        assert [result["content"][0]["text"] for result in found] == ["1", "2", "2", "2"]


async def test_a_recording_ends_when_it_is_full_when_its_time_is_over_and_when_its_server_goes(launch, http):
    with launch({"one": stdio(name="one")}, proxy=general()) as proxy:
        api = Management(proxy, http)
        client = await proxy.client("one", http).initialize()
        full = Recording(proxy, "one", "--max-bytes", 20_000)
        for _ in range(40):
            await client.post(call_body("echo", {"text": "x" * 1_000}))
        assert "ended: bytes" in full.wait()
        assert full.lines[-1]["end"] == "bytes" and full.file.stat().st_size <= 20_000
        timed = Recording(proxy, "one", "--seconds", 1)
        assert "ended: time" in timed.wait()
        gone = Recording(proxy, "one")
        await api.done("DELETE", "/api/servers/one")
        assert "ended: server gone" in gone.wait()
        assert (await api.done("GET", "/api/recordings"))["recordings"] == []


async def test_what_cannot_be_recorded_is_said(launch, tmp_path, http):
    with launch({"one": stdio(name="one")}, proxy=general()) as proxy:
        there = tmp_path / "there.jsonl"
        there.write_text("mine")
        taken = run(proxy, "record", "one", "-o", there)
        assert taken.returncode == 1 and "is there already and is not written over" in taken.stderr
        assert there.read_text() == "mine"
        none = run(proxy, "record", "none", "-o", tmp_path / "none.jsonl")
        assert none.returncode == 1 and 'there is no server "none"' in none.stderr
        assert not (tmp_path / "none.jsonl").exists()
        with open("/dev/full", "w") as disk:
            full = run(proxy, "record", "one", "--seconds", 20, stdout=disk)
        assert full.returncode == 1 and "cannot be written to" in full.stderr
        recordings = (await Management(proxy, http).done("GET", "/api/recordings"))["recordings"]
        assert recordings == []
        for words in (["record"], ["record", "one", "--all"], ["record", "one", "--seconds", "0"], ["record", "one", "--bodies", "x"]):
            assert run(proxy, *words).returncode != 0
        recording = Recording(proxy, "one")
        proxy.stop()
        assert "ended: proxy ends" in recording.wait()
        assert recording.lines[-1]["end"] == "proxy ends"
    nobody = run(proxy, "record", "one")
    assert nobody.returncode == 1 and "no proxy answers" in nobody.stderr


async def test_a_proxy_that_is_killed_leaves_what_was_recorded(launch, make_proxy):
    proxy = make_proxy({"one": stdio(name="one")}, proxy=general())
    proxy.start()
    proxy.wait_ready()
    recording = Recording(proxy, "one")
    proxy.process.kill()
    proxy.process.wait()
    words = recording.wait(1)
    assert "no proxy answers" in words or "gave no answer" in words
    assert recording.lines[0]["recording"] == 1


async def test_what_cannot_be_sent_again_is_said(taken, tmp_path):
    proxy, recordings = taken
    whole = recordings["legacy"].read_text().splitlines(keepends=True)
    broken = {
        "none.jsonl": (None, "is not there"),
        "text.jsonl": ("hello\n", "line 1 is no JSON"),
        "later.jsonl": (whole[0].replace('"recording":1', '"recording":7'), "line 1 says that the recording is in version 7"),
        "empty.jsonl": ("", "it is empty"),
        "bodies.jsonl": (whole[0].replace("redacted", "none"), "was recorded with --bodies none"),
        "cut.jsonl": ("".join(whole[:3])[:-9], "line 3 is no JSON"),
        "broken.jsonl": ("".join([*whole[:2], "{]\n", *whole[2:]]), "line 3 is no JSON"),
    }
    for name, (text, words) in broken.items():
        file = tmp_path / name
        if text is not None:
            file.write_text(text)
        for more in (["--server", "one"], ["--mock"]):
            done = run(proxy, "replay", file, *more)
            assert done.returncode == 2 and words in done.stderr, f"{name}: {done}"
    unknown = run(proxy, "replay", recordings["legacy"], "--server", "three")
    assert unknown.returncode == 2 and 'there is no server "three"' in unknown.stderr
    other = run(proxy, "replay", recordings["legacy"], "--mock", "--server", "three")
    assert other.returncode == 2 and 'nothing of a server "three"; it has one' in other.stderr


async def test_only_who_may_change_something_records(launch, http):
    names = {"reader": {"management": "read"}, "writer": {"management": "write"}, "runner": {"management": "execute"}}
    tokens = {name: f"canary-token-of-{name}-0123456789" for name in names}
    clients = {name: {"tokens": [tokens[name]], **entry} for name, entry in names.items()}
    with launch({"one": stdio(name="one")}, proxy=general(clients=clients)) as proxy:
        apis = {name: Management(proxy, http, token) for name, token in tokens.items()}
        assert (await apis["reader"].send("POST", "/api/recordings", {})).status_code == 403
        assert (await apis["writer"].send("POST", "/api/recordings", {"bodies": "full"})).status_code == 403
        begun = await apis["writer"].done("POST", "/api/recordings", {"server": "one"})
        assert (await apis["reader"].send("GET", f"/api/recordings/{begun['id']}")).status_code == 403
        assert (await apis["writer"].send("GET", f"/api/recordings/{begun['id']}")).status_code == 200
        full = await apis["runner"].done("POST", "/api/recordings", {"bodies": "full"})
        assert full["bodies"] == "full" and "server" not in full
