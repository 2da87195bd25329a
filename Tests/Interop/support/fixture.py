"""Fixture servers as a test uses them: entries of `mcpServers`, and HTTP servers to start and to steer."""

import subprocess
import sys
from pathlib import Path

import httpx

from support.processes import MARK
from support.visit import interpreter

DIRECTORY = Path(__file__).resolve().parent.parent / "fixtures"


def fixture_arguments(script, name, ledger, tools, page, extra):
    arguments = [str(DIRECTORY / script), "--name", name]
    if ledger is not None:
        arguments += ["--ledger", str(ledger.path)]
    if tools:
        arguments += ["--tools", str(tools)]
    if page:
        arguments += ["--page", str(page)]
    return arguments + [str(argument) for argument in extra]


def stdio(*modes, name="fixture", ledger=None, tools=0, page=0, flag=None, env=None, **settings):
    """The configuration of a fixture server over stdio."""
    extra = [argument for mode in modes for argument in ("--mode", mode)]
    if flag:
        extra += ["--flag", flag]
    arguments = fixture_arguments("stdio_server.py", name, ledger, tools, page, extra)
    return {"command": sys.executable, "args": arguments, "env": dict(env or {}), **settings}


def modern_stdio(*modes, name="fixture", ledger=None, tools=0, page=0, flag=None, ttl=0, scope="private", **settings):
    """The configuration of a modern fixture server over stdio."""
    extra = [argument for mode in modes for argument in ("--mode", mode)] + ["--ttl", ttl, "--scope", scope]
    if flag:
        extra += ["--flag", flag]
    arguments = fixture_arguments("modern_stdio_server.py", name, ledger, tools, page, extra)
    return {"command": sys.executable, "args": arguments, "env": {}, **settings}


class FixtureProcess:
    """A fixture server over HTTP, in a process of its own."""

    def __init__(self, run, ledger, arguments):
        self._environment = {MARK: f"{run}-upstream"}
        self._arguments = arguments
        self.ledger = ledger
        self.port = 0
        self.process = None

    def start(self):
        """Starts it, on the same port as before when it was started before."""
        self.process = subprocess.Popen(
            [sys.executable, *self._arguments, "--port", str(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self._environment,
        )
        self.port = int(self.process.stdout.readline())
        return self

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
            self.process = None

    def restart(self):
        self.stop()
        self.start()

    def control(self, action, **facts):
        httpx.post(f"http://127.0.0.1:{self.port}/control", json={"action": action, **facts}).raise_for_status()

    @property
    def mcp_url(self):
        return f"http://127.0.0.1:{self.port}/mcp"

    def streamable(self, **settings):
        return {"url": self.mcp_url, "transportType": "streamable-http", **settings}

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class HTTPFixture(FixtureProcess):
    """The legacy one: streamable HTTP and HTTP+SSE."""

    def __init__(
        self, run, answers="json", transport="both", event_ids=False, name="fixture", ledger=None, tools=0, page=0
    ):
        extra = ["--answers", answers, "--transport", transport] + (["--event-ids"] if event_ids else [])
        super().__init__(run, ledger, fixture_arguments("http_server.py", name, ledger, tools, page, extra))

    @property
    def sse_url(self):
        return f"http://127.0.0.1:{self.port}/sse"

    def sse(self, **settings):
        return {"url": self.sse_url, "transportType": "sse", **settings}


class ModernHTTPFixture(FixtureProcess):
    """The one of revision 2026-07-28: streamable HTTP alone."""

    def __init__(
        self,
        run,
        answers="json",
        name="fixture",
        ledger=None,
        tools=0,
        page=0,
        ttl=0,
        scope="private",
        one_sender=False,
    ):
        extra = ["--answers", answers, "--ttl", ttl, "--scope", scope] + (["--one-sender"] if one_sender else [])
        super().__init__(run, ledger, fixture_arguments("modern_http_server.py", name, ledger, tools, page, extra))


class SDKServer:
    """The server on the official SDK 2.x, which runs in the `new` environment."""

    script = str(DIRECTORY / "sdk_server.py")

    def __init__(self, run, arguments=("http",)):
        self._arguments = arguments
        self._environment = {MARK: f"{run}-upstream"}
        self.process = None
        self.port = None

    @classmethod
    def stdio(cls):
        return {"command": interpreter("new"), "args": [cls.script, "stdio"]}

    def __enter__(self):
        self.process = subprocess.Popen(
            [interpreter("new"), self.script, *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self._environment,
        )
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    @property
    def mcp_url(self):
        return f"http://127.0.0.1:{self.port}/mcp"


class SDKProtectedServer(SDKServer):
    """The protected server on the official SDK 2.x, for tokens of this authorization server, or of its own."""

    script = str(DIRECTORY / "sdk_protected_server.py")

    def __init__(self, run, issuer=None, lifetime=300):
        super().__init__(run, ("--lifetime", str(lifetime), *(("--issuer", issuer) if issuer else ())))
