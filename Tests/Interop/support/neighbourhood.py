"""Servers of the package index as neighbours: what they work with, and those over HTTP as processes."""

import contextlib
import functools
import http.server
import os
import re
import socket
import sqlite3
import subprocess
import threading

from support.processes import MARK
from support.proxy import free_port
from support.visit import environments
from support.visits import Place
from support.wait import eventually

START_SECONDS = 150


class Neighbourhood:
    """One directory for all, with what they are asked about, and one page to fetch."""

    def __init__(self, directory, web, run):
        self.directory = directory
        self.web = web
        self.run = run
        self._ports = {}

    def filled(self, server, value):
        """The value with what stands in braces."""
        if isinstance(value, str):
            known = {"{directory}": str(self.directory), "{web}": self.web, "{port}": str(self._port(server))}
            return re.sub("|".join(known), lambda found: known[found[0]], value)
        if isinstance(value, dict):
            return {key: self.filled(server, member) for key, member in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.filled(server, member) for member in value]
        return value

    def _port(self, server):
        return self._ports.setdefault(server.name, free_port())

    def command(self, server):
        program, *arguments = self.filled(server, server.command)
        return [str(environments() / server.environment / "bin" / program), *arguments]

    def environment(self, server):
        """Nothing is left in the home of whoever runs the tests, and nobody is told that they ran."""
        quiet = {"HOME": str(self.directory), "DO_NOT_TRACK": "1", "FASTMCP_CHECK_FOR_UPDATES": "off"}
        return {**quiet, **self.filled(server, server.env)}

    def url(self, server):
        return f"http://127.0.0.1:{self._port(server)}{server.path}"

    def entry(self, server):
        """Its entry of `mcpServers`, with nothing in it that its users would not write."""
        if server.transport != "stdio":
            return {"url": self.url(server), **server.settings}
        program, *arguments = self.command(server)
        return {"command": program, "args": arguments, "env": self.environment(server), **server.settings}

    def place(self, server):
        """Where it is to be found without a proxy."""
        if server.transport == "stdio":
            return Place(command=self.command(server), environment={**os.environ, **self.environment(server)})
        return Place(mcp=self.url(server), sse=self.url(server))

    @contextlib.contextmanager
    def running(self, server):
        """Its process, for one over HTTP."""
        process = subprocess.Popen(
            self.command(server),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.directory,
            env={**os.environ, **self.environment(server), MARK: f"{self.run}-upstream"},
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def wait_listening(self, server, process):
        def listens():
            assert process.poll() is None, f"{server.name} ended with {process.poll()}"
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port(server))):
                return True

        eventually(listens, f"{server.name} to listen", START_SECONDS)


def furnish(directory):
    """Puts there what the servers are asked about."""
    (directory / "hello.txt").write_text("hello from a file\n")
    (directory / "texts").mkdir()
    (directory / "texts" / "only.txt").write_text("the only one\n")
    sqlite3.connect(directory / "notes.db").close()
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.test"]
    repository = str(directory / "repository")
    subprocess.run([*git, "init", "--quiet", repository], check=True)
    subprocess.run([*git, "-C", repository, "commit", "--quiet", "--allow-empty", "-m", "The first commit"], check=True)


class QuietPages(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Nobody reads it."""


@contextlib.contextmanager
def pages(directory):
    """The directory over HTTP, and its address."""
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(QuietPages, directory=str(directory))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextlib.contextmanager
def neighbourhood(directory, run, servers):
    """Everything that these servers need; those over HTTP run until the end of the block."""
    furnish(directory)
    with pages(directory) as web, contextlib.ExitStack() as stack:
        made = Neighbourhood(directory, web, run)
        over_http = [server for server in servers if server.transport != "stdio"]
        started = [(server, stack.enter_context(made.running(server))) for server in over_http]
        for server, process in started:
            made.wait_listening(server, process)
        yield made
