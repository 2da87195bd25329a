"""Starting and ending what is measured, and looking at it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.request

from cases import ERAS, LISTED_TOOLS

START_TIMEOUT = 60


class Failed(Exception):
    """The benchmark cannot go on."""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Processes:
    """Everything that was started, ended together, whatever happens."""

    def __init__(self, folder):
        self.folder = folder
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()

    def start(self, name, command, patience=30, **settings):
        log = self._stack.enter_context(open(self.folder / f"{name}.log", "wb"))
        process = subprocess.Popen([str(word) for word in command], stderr=log, **settings)
        self._stack.callback(self.end, process, patience)
        return process

    @staticmethod
    def end(process, patience=30):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]


class Backends:
    """The HTTP back ends, and how each server is written in the proxy's configuration."""

    def __init__(self, processes, binaries):
        self.binary = binaries / "bench-server"
        self.ports = {}
        self.processes = {}
        self.entries = {}
        for era in ERAS:
            for suffix, tools in (("", 1), ("-list", LISTED_TOOLS)):
                options = ["--era", era, "--tools", str(tools)]
                self.entries[f"stdio-{era}{suffix}"] = {"command": str(self.binary), "args": ["stdio", *options]}
                name = f"http-{era}{suffix}"
                process = processes.start(name, [self.binary, "http", *options], stdout=subprocess.PIPE, text=True)
                words = process.stdout.readline().split()
                if words[:1] != ["listening"]:
                    raise Failed(f"{name} did not start: {processes.log(name)}")
                self.ports[name] = int(words[1])
                self.processes[name] = process
                self.entries[name] = {"url": url(words[1]), "transportType": "streamable-http"}

    def place(self, name):
        """Where a server is called, and the processes whose time that costs; None where it cannot be."""
        return ([url(self.ports[name])], [self.processes[name].pid]) if name in self.ports else None


class Protected:
    """A server that lets in only who comes with a token, as two entries: with a token in the configuration, and with a login
    of the proxy's own."""

    WAYS = ("token", "login")

    def __init__(self, processes, binaries, era):
        name = f"http-{era}-protected"
        command = [binaries / "bench-server", "http", "--era", era, "--protected", "1"]
        process = processes.start(name, command, stdout=subprocess.PIPE, text=True)
        words = process.stdout.readline().split()
        if words[:1] != ["listening"]:
            raise Failed(f"{name} did not start: {processes.log(name)}")
        entry = {"url": url(words[1]), "transportType": "streamable-http"}
        login = {"type": "clientCredentials", "clientID": "bench", "clientSecret": "bench"}
        self.entries = {
            f"http-{era}-token": {**entry, "headers": {"Authorization": "Bearer granted-for-the-benchmark"}},
            f"http-{era}-login": {**entry, "auth": login},
        }


class Servers:
    """The servers of a proxy whose names end in a word."""

    def __init__(self, proxy, word):
        self._proxy = proxy
        self._word = word

    def place(self, name):
        return self._proxy.place(f"{name}-{self._word}")

    def guards(self):
        return self._proxy.guards()


class Proxy:
    """One proxy before some servers, with all limits at their defaults but those named.

    `settings` are further keys of `mcpProxy`."""

    def __init__(self, processes, binary, servers, name="proxy", prefix=(), limits=None, settings=None):
        self.port = free_port()
        address = f"127.0.0.1:{self.port}"
        limited = {"limits": limits} if limits else {}
        configuration = {
            "mcpProxy": {"addr": address, "baseURL": f"http://{address}", "name": "bench", "version": "1", **limited,
                         **(settings or {})},
            "mcpServers": servers,
        }
        file = processes.folder / f"{name}.json"
        file.write_text(json.dumps(configuration, indent=2))
        self.started = time.monotonic()
        self._name = name
        self._processes = processes
        self.servers = set(servers)
        self.process = processes.start(
            name, [*prefix, binary, "--config", file], stdout=subprocess.DEVNULL, start_new_session=True
        )
        self.pid = self.process.pid

    def wait_until_ready(self, timeout=START_TIMEOUT):
        """Returns how many seconds it took until every server was there."""
        while time.monotonic() - self.started < timeout:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                    servers = json.load(answer)["servers"].values()
                if sum(server["state"] == "ready" for server in servers) == len(self.servers):
                    return time.monotonic() - self.started
            except OSError:
                pass
            time.sleep(0.005)
        raise Failed(f"the proxy did not become ready:\n{self._processes.log(self._name)}")

    def url(self, server):
        return f"http://127.0.0.1:{self.port}/{server}/mcp"

    def place(self, name):
        return ([self.url(name)], [self.pid]) if name in self.servers else None

    def guards(self):
        """The processes of the proxy that end its programs should it be killed; they are not part of what is measured."""
        program = os.readlink(f"/proc/{self.pid}/exe")
        return [child for child in children(self.pid) if program_of(child) == program]


class Merged:
    """The endpoint over all servers of a proxy, and for lists that of another one before servers that share the tools."""

    def __init__(self, proxy, sharing):
        self._proxy = proxy
        self._sharing = sharing

    def place(self, name):
        proxy = self._sharing if name.endswith("-list") else self._proxy
        return ([f"http://127.0.0.1:{proxy.port}/mcp"], [proxy.pid])

    def guards(self):
        return self._proxy.guards()


def sharing(backends, tools, count):
    """The entries of so many programs that have so many tools together."""
    arguments = ["stdio", "--era", "legacy", "--tools", str(tools // count)]
    return {f"part-{n}": {"command": str(backends.binary), "args": arguments} for n in range(count)}


class ManyServers(Proxy):
    """A proxy before the same program many times; `many-5` is the first five of them, any other name the first."""

    def __init__(self, processes, binary, entry, count, name="many", last=(0, None), **settings):
        """The last ones may be of another kind: so many, and which."""
        others, other = last
        entries = {f"server-{n}": entry if n < count - others else other for n in range(count)}
        super().__init__(processes, binary, entries, name, **settings)

    def place(self, name):
        kind, _, count = name.rpartition("-")
        wanted = int(count) if kind == "many" else 1
        if wanted > len(self.servers):
            return None
        return [self.url(f"server-{n}") for n in range(wanted)], [self.pid]


class Bridges:
    """The least that can stand between HTTP and a program: one for each program."""

    def __init__(self, processes, binaries, backends):
        self.ports = {}
        self.processes = {}
        for name, entry in backends.entries.items():
            if "command" not in entry:
                continue
            command = [binaries / "bench-bridge", entry["command"], *entry["args"]]
            process = processes.start(f"bridge-{name}", command, stdout=subprocess.PIPE, text=True)
            words = process.stdout.readline().split()
            if words[:1] != ["listening"]:
                raise Failed(f"the bridge of {name} did not start")
            self.ports[name] = int(words[1])
            self.processes[name] = process

    def place(self, name):
        return ([url(self.ports[name])], [self.processes[name].pid]) if name in self.ports else None


def url(port):
    return f"http://127.0.0.1:{port}/mcp"


def first_line(command):
    """What a program says of itself."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        return next(iter((done.stdout or done.stderr).strip().splitlines()), "unknown")
    return "unknown"


def wait_for_port(port, timeout=10):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise Failed(f"nothing listens at port {port}")


def children(pid):
    found = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                found += [int(word) for word in file.read().split()]
    return found


def program_of(pid):
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/exe")
    return None


def memory(pid):
    """Resident, anonymous and most resident memory, in bytes."""
    fields = {}
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            name, _, value = line.partition(":")
            if name in ("VmRSS", "RssAnon", "VmHWM"):
                fields[name] = int(value.split()[0]) * 1024
    return {"resident": fields["VmRSS"], "anonymous": fields["RssAnon"], "peak": fields["VmHWM"]}


def forget_peak(pid):
    # Where the kernel does not allow that, the peak is that of the whole run.
    with contextlib.suppress(OSError), open(f"/proc/{pid}/clear_refs", "w") as file:
        file.write("5")


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))
