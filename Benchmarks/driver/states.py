"""What costs without calls: starting, being there, holding streams."""

import statistics
import subprocess
import time

from cases import ERAS, Case
from measure import Bench, progress
from processes import Backends, Failed, Processes, Proxy, memory, threads

GROUPS = ("idle", "start", "streams")
STREAMS = 1_000
SERVERS = (1, 50)
# Until what was needed to start has been given back.
SETTLING = 2


def run(chosen, folder):
    measured = {"idle": idle, "start": start, "streams": streams}
    return {name: measured[name](chosen, folder) for name in chosen.groups if name in measured}


def idle(chosen, folder):
    """Memory of a proxy that nobody calls."""
    found = []
    for count in SERVERS:
        with Processes(folder) as processes:
            backends = Backends(processes, chosen.binaries)
            proxy = Proxy(processes, chosen.proxy, many(backends.entries["stdio-legacy"], count))
            proxy.wait_until_ready()
            time.sleep(SETTLING)
            found.append({"servers": count, "threads": threads(proxy.pid), **memory(proxy.pid)})
        progress(f"idle with {count} servers")
    return found


def start(chosen, folder):
    """How long it takes until all servers are listed, and until the first call is answered."""
    found = []
    for count in SERVERS:
        turns = []
        for _ in range(chosen.repetitions):
            with Processes(folder) as processes:
                backends = Backends(processes, chosen.binaries)
                proxy = Proxy(processes, chosen.proxy, many(backends.entries["stdio-legacy"], count))
                ready = proxy.wait_until_ready()
                case = Case("start", "stdio", "legacy", "legacy")
                Bench(chosen.binaries, proxy=proxy).run(case, calls=1, warm_up=0)
                turns.append((ready, time.monotonic() - proxy.started))
        progress(f"start with {count} servers")
        ready, called = (statistics.median(column) for column in zip(*turns))
        found.append({"servers": count, "ready": ready, "firstCall": called})
    return found


def streams(chosen, folder):
    """Memory of a proxy that holds open streams on which nothing happens."""
    found = []
    for server in ("stdio-legacy", "http-legacy", "stdio-modern", "http-modern"):
        for era in ERAS:
            with Processes(folder) as processes:
                backends = Backends(processes, chosen.binaries)
                proxy = Proxy(processes, chosen.proxy, {server: backends.entries[server]})
                proxy.wait_until_ready()
                time.sleep(SETTLING)
                before = memory(proxy.pid)
                command = [chosen.binaries / "bench-load", proxy.url(server), "--era", era, "--streams", str(STREAMS)]
                load = processes.start("streams", command, stdout=subprocess.PIPE, text=True)
                if not load.stdout.readline():
                    raise Failed(f"streams of {era} clients of {server}: {processes.log('streams')}")
                time.sleep(SETTLING)
                after = memory(proxy.pid)
                found.append(
                    {
                        "server": server,
                        "client": era,
                        "streams": STREAMS,
                        "before": before,
                        "after": after,
                        "perStream": (after["anonymous"] - before["anonymous"]) / STREAMS,
                    }
                )
            progress(f"{STREAMS:,} streams of {era} clients of {server}")
    return found


def many(entry, count):
    """The same server several times; the first under the name that the cases know."""
    return {"stdio-legacy" if number == 0 else f"server-{number}": entry for number in range(count)}


def lines(found):
    """What was found, for people."""
    for state in found.get("idle", []):
        yield (
            f"idle with {state['servers']} servers: {state['resident'] / 1e6:.1f} MB resident, "
            f"{state['anonymous'] / 1e6:.1f} MB anonymous, {state['threads']} threads"
        )
    for state in found.get("start", []):
        yield (
            f"start with {state['servers']} servers: all listed after {state['ready'] * 1000:.0f} ms, "
            f"first call answered after {state['firstCall'] * 1000:.0f} ms"
        )
    for state in found.get("streams", []):
        yield (
            f"{state['streams']:,} streams of {state['client']} clients of {state['server']}: "
            f"{state['perStream'] / 1e3:.1f} kB each, {state['after']['resident'] / 1e6:.1f} MB resident"
        )
