"""The built mcp-proxy as a process: its configuration file, its life and what it leaves behind."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess

import httpx

from support import processes, secrets
from support.processes import MARK
from support.raw import OldClient, Streamable
from support.wait import eventually

START_SECONDS = 45
STOP_SECONDS = 30
LAST_LINES = 40


def free_port():
    """A port below the range from which the kernel gives ports to outgoing connections, so that none takes it."""
    while True:
        port = random.randrange(15_000, 30_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Proxy:
    """Started by `start`; a test that uses it as a context manager also checks that it ends as promised."""

    def __init__(
        self,
        binary,
        directory,
        run,
        servers=None,
        *,
        proxy=None,
        options=None,
        limits=None,
        text=None,
        file_name="config.json",
        arguments=None,
        environment=None,
        trust=None,
        uds=None,
    ):
        self.binary = binary
        self.directory = directory
        self.run = run
        self.port = free_port()
        self.file = directory / file_name
        self.process = None
        # What verifies the certificate that it shows, where it serves https://; its Unix socket, where it has no port.
        self.trust = trust
        self.uds = uds
        self._arguments = arguments
        self._environment = environment or {}
        self._output = directory / "stdout.txt"
        self._errors = directory / "stderr.txt"
        if text is None:
            self.file.write_text(json.dumps(self.document(servers, proxy, options, limits)))
        else:
            self.file.write_text(text(self))

    def document(self, servers=None, proxy=None, options=None, limits=None):
        general = {"baseURL": self.base, "addr": self.address, "name": "proxy under test", "version": "1.0.0"}
        if options:
            general["options"] = options
        if limits:
            general["limits"] = limits
        secrets.note([options, proxy, servers])
        marked = {name: self.marked(entry) for name, entry in (servers or {}).items()}
        return {"mcpProxy": {**general, **(proxy or {})}, "mcpServers": marked}

    def rewrite(self, servers=None, *, proxy=None, options=None, limits=None):
        """Writes the configuration file anew, in place."""
        self.file.write_text(json.dumps(self.document(servers, proxy, options, limits)))

    def marked(self, entry):
        """The entry of a stdio server with the mark by which its processes are found again."""
        if "command" not in entry:
            return entry
        return {**entry, "env": {**entry.get("env", {}), MARK: self.run}}

    # Where it is

    @property
    def address(self):
        return f"unix:{self.uds}" if self.uds else f"127.0.0.1:{self.port}"

    @property
    def base(self):
        if self.uds:
            return "http://localhost"
        return f"{'https' if self.trust else 'http'}://{self.address}"

    def url(self, path):
        return self.base + path

    @property
    def pid(self):
        return self.process.pid

    @property
    def stdout(self):
        return self._output.read_text(errors="replace") if self._output.exists() else ""

    @property
    def stderr(self):
        return self._errors.read_text(errors="replace") if self._errors.exists() else ""

    @property
    def output(self):
        return self.stdout + self.stderr

    def wait_output(self, text):
        eventually(lambda: text in self.output, f"{text!r} in the output, which is:\n{self.output}")

    def use_arguments(self, arguments):
        """Replaces the command line that `start` uses."""
        self._arguments = arguments

    def last_lines(self):
        return "\n".join(self.stderr.splitlines()[-LAST_LINES:] or self.stdout.splitlines()[-LAST_LINES:])

    def client(self, name, http, **settings):
        """A raw client of streamable HTTP for this server; not initialized yet."""
        return Streamable(self.url(f"/{name}/mcp"), http, **settings)

    def old_client(self, name, http, **settings):
        """A raw client of HTTP+SSE for this server; not connected yet."""
        return OldClient(self.url(f"/{name}/sse"), http, **settings)

    # Its life

    def start(self):
        arguments = ["--config", str(self.file)] if self._arguments is None else self._arguments
        # What this machine needs to reach others is not what a test is about.
        inherited = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        environment = {**inherited, MARK: self.run, **self._environment}
        with open(self._output, "ab") as output, open(self._errors, "ab") as errors:
            self.process = subprocess.Popen(
                [self.binary, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                cwd=self.directory,
                env=environment,
            )
        return self

    def readiness(self):
        """The answer of /readyz, or None while nobody listens."""
        with contextlib.suppress(httpx.TransportError), self.visitor() as visitor:
            answer = visitor.get(self.url("/readyz"), timeout=5)
            secrets.check(answer.content, "/readyz")
            return answer
        return None

    def visitor(self, **settings):
        """A plain HTTP client that reaches it."""
        transport = httpx.HTTPTransport(uds=str(self.uds)) if self.uds else None
        return httpx.Client(transport=transport, verify=self.trust or False, trust_env=False, **settings)

    def is_ready(self):
        """Whether every server has reached its first outcome; not so while the proxy has no time to say it."""
        answer = self.readiness()
        return answer is not None and answer.status_code == 200

    def wait_ready(self):
        """Waits until every server has reached its first outcome, ready or failed."""
        self._wait_for(self.is_ready, "/readyz to say 200")

    def wait_listening(self):
        self._wait_for(lambda: self.readiness() is not None, "the port to answer")

    def _wait_for(self, condition, what):
        def satisfied():
            code = self.process.poll()
            assert code is None, f"mcp-proxy ended with {code} while waiting for {what}:\n{self.last_lines()}"
            return condition()

        eventually(satisfied, f"{what}; its output ends with:\n{self.last_lines()}", START_SECONDS)

    def servers(self):
        """The state of each server as /readyz tells it."""
        return self.readiness().json()["servers"]

    def wait_state(self, name, state):
        eventually(
            lambda: self.servers().get(name, {}).get("state") == state,
            f"{name} to be {state}; /readyz says {self.servers().get(name)}",
            START_SECONDS,
        )

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def wait_exit(self, seconds=STOP_SECONDS):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"mcp-proxy was still running after {seconds} s:\n{self.last_lines()}") from None

    def children(self):
        """The processes that this proxy brought into being: {pid: command line}."""
        found = processes.marked(self.run)
        found.pop(self.pid, None)
        return found

    def assert_no_zombie(self):
        eventually(lambda: not processes.zombies(self.pid), "every child that ended to be reaped")

    def assert_nothing_left(self):
        eventually(lambda: not self.children(), f"no process to be left of this proxy, found {self.children()}")

    def stop(self):
        """Ends it politely and checks that it ends with 0, at once and without leaving anything."""
        self.assert_no_zombie()
        secrets.check_processes(self.run)
        self.terminate()
        code = self.wait_exit()
        assert code == 0, f"mcp-proxy ended with {code} after SIGTERM:\n{self.last_lines()}"
        self.assert_nothing_left()

    def abandon(self):
        """Ends whatever is left, without any check."""
        if self.process and self.process.poll() is None:
            self.kill()
        processes.kill_all(self.run)

    def run_to_end(self, seconds=START_SECONDS):
        """Runs it as a command and returns its exit code."""
        self.start()
        return self.wait_exit(seconds)
