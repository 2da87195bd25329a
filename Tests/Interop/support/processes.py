"""Which processes of a run are alive, read from /proc."""

import contextlib
import os
import re
import signal
from pathlib import Path

MARK = "MCP_FIXTURE_RUN"


def marked(run):
    """The processes that inherited the mark of this run: {pid: command line}."""
    wanted = f"{MARK}={run}".encode()
    found = {}
    for directory in Path("/proc").iterdir():
        if not directory.name.isdigit():
            continue
        try:
            if wanted in (directory / "environ").read_bytes().split(b"\0"):
                found[int(directory.name)] = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


def state(pid):
    """The state letter and the parent of a process, or None when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1])


def alive(pid):
    found = state(pid)
    return found is not None and found[0] != "Z"


def descendants(pid):
    """Every process below this one: {pid: state letter}."""
    children = {}
    for directory in Path("/proc").iterdir():
        if directory.name.isdigit() and (found := state(int(directory.name))):
            children.setdefault(found[1], []).append((int(directory.name), found[0]))
    below, queue = {}, [pid]
    while queue:
        for child, letter in children.get(queue.pop(), []):
            below[child] = letter
            queue.append(child)
    return below


def zombies(pid):
    return [child for child, letter in descendants(pid).items() if letter == "Z"]


def open_descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident_bytes(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def anonymous_bytes(pid):
    """The memory of a process that is its own, without its executable."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)[1]) * 1024


def peak_resident_bytes(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"/proc/{pid}/status names no peak")


def kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def kill_all(run):
    for pid in marked(run):
        kill(pid)
