"""The proxies of the Python package index, as far as they could be installed: see Scripts/bench-peers.

One process stands before one server, as each of them is written for that. Standard settings, but no access log.
"""

import json
import os
import pathlib
import subprocess
import time

from measure import progress
from processes import first_line, free_port, url

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENVIRONMENTS = pathlib.Path(os.environ.get("VENV_DIR", ROOT.parent / ".venv")).resolve()
START_TIMEOUT = 30
# One of them does not end before its connections do.
PATIENCE = 3


def fastmcp(port, entry):
    if "url" in entry:
        entry = {"url": entry["url"], "transport": "http"}
    return [program("fastmcp", "python"), ROOT / "peers" / "fastmcp_proxy.py", port, json.dumps(entry)]


def mcp_proxy(port, entry):
    if "url" in entry:
        return None  # it carries HTTP to stdio or stdio to HTTP, never HTTP to HTTP
    options = ["--host", "127.0.0.1", "--port", port, "--log-level", "ERROR"]
    return [program("mcp-proxy", "mcp-proxy"), *options, "--", entry["command"], *entry["args"]]


COMMANDS = {"fastmcp": fastmcp, "mcp-proxy": mcp_proxy}


def program(peer, name):
    return ENVIRONMENTS / f"peer-{peer}" / "bin" / name


def versions():
    """What is installed."""
    found = {}
    for peer in COMMANDS:
        if program(peer, "python").exists():
            code = f"import importlib.metadata as m; print(m.version('{peer}'))"
            found[peer] = first_line([program(peer, "python"), "-c", code])
    return found


class Peer:
    """One of them, a process for each server."""

    def __init__(self, processes, binaries, name, entries):
        self.name = name
        self._load = binaries / "bench-load"
        self._ports = {}
        self._processes = {}
        for server, entry in entries.items():
            port = free_port()
            command = COMMANDS[name](port, entry)
            if not command or not program(name, "python").exists():
                continue
            process = processes.start(
                f"{name}-{server}", command, patience=PATIENCE, stdout=subprocess.DEVNULL, start_new_session=True
            )
            self._ports[server] = port
            self._processes[server] = process

    def wait_until_ready(self, processes):
        """Leaves out what cannot be called, and says so."""
        end = time.monotonic() + START_TIMEOUT
        for server in list(self._ports):
            while words := self._fault(server):
                if time.monotonic() < end and self._processes[server].poll() is None:
                    time.sleep(0.2)
                    continue
                progress(f"{self.name} cannot be called before {server}: {words}")
                progress(processes.log(f"{self.name}-{server}"))
                del self._ports[server]
                break

    def _fault(self, server):
        """What is wrong with one call; nothing when it is answered as it should be."""
        command = [self._load, url(self._ports[server]), "--calls", "1", "--warm-up", "0"]
        try:
            return subprocess.run(command, capture_output=True, text=True, timeout=10).stderr.strip()[:600]
        except subprocess.TimeoutExpired:
            return "no answer within 10 s"

    def place(self, name):
        return ([url(self._ports[name])], [self._processes[name].pid]) if name in self._ports else None


def start(processes, binaries, entries):
    """All that are installed, ready to be called."""
    found = {name: Peer(processes, binaries, name, entries) for name in COMMANDS}
    for name, peer in found.items():
        if not program(name, "python").exists():
            progress(f"{name} is not installed, so that nothing of it is measured (Scripts/bench-peers)")
        peer.wait_until_ready(processes)
    return found
