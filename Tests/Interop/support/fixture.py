"""Fixture servers as a test uses them: entries of `mcpServers`, and HTTP servers to start and to steer."""

import subprocess
import sys
from pathlib import Path

import httpx

from support.processes import MARK

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


class HTTPFixture:
    """A fixture server over HTTP, in a process of its own."""

    def __init__(
        self, run, answers="json", transport="both", event_ids=False, name="fixture", ledger=None, tools=0, page=0
    ):
        self._environment = {MARK: f"{run}-upstream"}
        extra = ["--answers", answers, "--transport", transport] + (["--event-ids"] if event_ids else [])
        self._arguments = fixture_arguments("http_server.py", name, ledger, tools, page, extra)
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

    @property
    def sse_url(self):
        return f"http://127.0.0.1:{self.port}/sse"

    def streamable(self, **settings):
        return {"url": self.mcp_url, "transportType": "streamable-http", **settings}

    def sse(self, **settings):
        return {"url": self.sse_url, "transportType": "sse", **settings}

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
