"""What costs without calls: starting, being there, holding streams. And how much memory calls take at most."""

import resource
import statistics
import subprocess
import time

import goals
from cases import ERAS, MIB, TRANSPORTS, Case
from measure import Bench, progress
from processes import (
    START_TIMEOUT,
    Backends,
    Failed,
    ManyServers,
    Processes,
    Proxy,
    memory,
    threads,
    wait_for_port,
)

GROUPS = ("idle", "peak", "start", "streams")
STREAMS = (1_000, 10_000)
SERVERS = (1, 50)
# Until what was asked for has been done.
SETTLING = 2
# Until the proxy has seen that there is nothing to do and has given back what was needed to start.
QUIET = 12
# Tools of each server, and how long the slow ones take until they answer, in seconds.
TOOLS, SLOW = 20, 1
# Starts vary little, and take seconds.
MOST_STARTS = 5
# So many streams at once are from one caller, who by default may have fewer; the bound for all stays as it is.
LIMITS = {"maxSessionsPerPrincipal": 10_000}


def run(chosen, folder):
    measured = {"idle": idle, "peak": peak, "start": start, "streams": streams}
    return {name: measured[name](chosen, folder) for name in chosen.groups if name in measured}


def idle(chosen, folder):
    """Memory of a proxy that nobody calls."""
    found = []
    for count in SERVERS:
        with Processes(folder) as processes:
            backends = Backends(processes, chosen.binaries)
            proxy = ManyServers(processes, chosen.proxy, backends.entries["stdio-legacy"], count)
            proxy.wait_until_ready()
            time.sleep(QUIET)
            guards = sum(memory(guard)["anonymous"] for guard in proxy.guards())
            found.append(
                {"servers": count, "threads": threads(proxy.pid), **memory(proxy.pid), "guardsAnonymous": guards}
            )
        progress(f"idle with {count} servers")
    return found


def peak(chosen, folder):
    """The most memory that calls take, each kind in a proxy of its own: what was used once is kept for a while."""
    kinds = [{"clients": 64}, {"clients": 1, "size": MIB}, {"clients": 16, "size": MIB}]
    found = []
    for transport in ("stdio", "http"):
        for kind in kinds:
            case = Case("peak", transport, "legacy", "legacy", **kind)
            with Processes(folder) as processes:
                backends = Backends(processes, chosen.binaries)
                proxy = Proxy(processes, chosen.proxy, {case.server_name: backends.entries[case.server_name]})
                proxy.wait_until_ready()
                Bench(chosen.binaries, proxy=proxy).run(case, seconds=1)
                found.append({"setting": case.setting, **memory(proxy.pid)})
            progress(f"peak of memory: {case.setting}")
    return found


def start(chosen, folder):
    """How long it takes from the start of the proxy until all tools are listed, and until the first call."""
    # None of them slow, one of them, and all of them.
    plans = [(count, slow) for count in SERVERS for slow in ((0, 1, count) if count > 1 else (0,))]
    turns = {plan: [] for plan in plans}
    for _ in range(min(chosen.repetitions, MOST_STARTS)):
        for plan in plans:
            turns[plan].append(one_start(chosen, folder, *plan))
    progress(f"start with {', '.join(str(count) for count in SERVERS)} servers, some of them slow")
    found = []
    for (count, slow), times in turns.items():
        ready, listed, called = (statistics.median(column) for column in zip(*times))
        found.append(
            {
                "servers": count,
                "slow": slow,
                "delay": SLOW,
                "tools": TOOLS,
                "ready": ready,
                "listed": listed,
                "firstCall": called,
            }
        )
    return found


def one_start(chosen, folder, count, slow):
    """Seconds until every server was ready, until the tools of each had been listed, and until a call was answered."""
    with Processes(folder) as processes:
        program = str(chosen.binaries / "bench-server")
        options = ["stdio", "--tools", str(TOOLS)]
        quick = {"command": program, "args": options}
        late = {"command": program, "args": [*options, "--delay", str(SLOW * 1_000)]}
        proxy = ManyServers(processes, chosen.proxy, quick, count, last=(slow, late))
        bench = Bench(chosen.binaries, proxy=proxy, many=proxy)
        wait_for_port(proxy.port)
        called = first_call(bench, proxy)
        ready = proxy.wait_until_ready()
        lists = Case("start", "stdio", "legacy", "legacy", count, method="list", size=TOOLS, servers=count)
        bench.run(lists, calls=count, warm_up=0)
        return ready, time.monotonic() - proxy.started, called


def first_call(bench, proxy):
    """Tried again while the server is not there, so that it holds whether or not calls are kept until it is."""
    while True:
        try:
            bench.run(Case("start", "stdio", "legacy", "legacy"), calls=1, warm_up=0)
            return time.monotonic() - proxy.started
        except Failed:
            if time.monotonic() - proxy.started > START_TIMEOUT:
                raise


def streams(chosen, folder):
    """Memory of a proxy that holds open streams on which nothing happens."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    found = []
    for count in STREAMS:
        if most < count + 500:
            progress(f"no {count:,} streams: this machine allows {most:,} open files for a process (ulimit -n)")
            continue
        # Every combination with few, and with many those that differ the most.
        eras = [(server, client) for server in ERAS for client in ERAS]
        combinations = [(kind, *pair) for kind in TRANSPORTS for pair in eras]
        if count > STREAMS[0]:
            combinations = [("stdio", "legacy", "legacy"), ("http", "modern", "modern")]
        for transport, server, client in combinations:
            found.append(one_kind_of_stream(chosen, folder, count, f"{transport}-{server}", client))
            progress(f"{count:,} streams of {client} clients of {transport}-{server}")
    return found


def one_kind_of_stream(chosen, folder, count, server, client):
    with Processes(folder) as processes:
        backends = Backends(processes, chosen.binaries)
        proxy = Proxy(processes, chosen.proxy, {server: backends.entries[server]}, limits=LIMITS)
        proxy.wait_until_ready()
        time.sleep(SETTLING)
        before = memory(proxy.pid)
        hold(processes, chosen.binaries, proxy.url(server), client, "streams", count)
        time.sleep(SETTLING)
        after = memory(proxy.pid)
        return {
            "server": server,
            "client": client,
            "streams": count,
            "before": before,
            "after": after,
            "perStream": (after["anonymous"] - before["anonymous"]) / count,
        }


def hold(processes, binaries, url, era, what, count):
    """Opens so many sessions or streams, and leaves them open until all processes are ended."""
    name = f"hold-{what}-{count}"
    command = [binaries / "bench-load", url, "--era", era, f"--{what}", str(count)]
    load = processes.start(name, command, stdout=subprocess.PIPE, text=True)
    if not load.stdout.readline():
        raise Failed(f"{count:,} {what} of {era} clients of {url}: {processes.log(name)}")


def servers(state):
    return f"{state['servers']} server" + ("s" if state["servers"] > 1 else "")


def lines(found):
    """What was found, for people."""
    for state in found.get("idle", []):
        goal = f" (≤{goals.IDLE_MEMORY / 1e6:.0f} MB {goals.verdict(state['resident'], goals.IDLE_MEMORY)})"
        yield (
            f"idle with {servers(state)}: {state['resident'] / 1e6:.1f} MB resident"
            f"{goal if state['servers'] == 1 else ''}, "
            f"{state['anonymous'] / 1e6:.1f} MB anonymous, {state['threads']} threads; "
            f"guards {state['guardsAnonymous'] / 1e6:.1f} MB anonymous"
        )
    for state in found.get("peak", []):
        yield f"peak of memory, {state['setting']}: {state['peak'] / 1e6:.1f} MB resident"
    for state in found.get("start", []):
        slow = f", {state['slow']} of them slow by {state['delay']} s" if state["slow"] else ""
        yield (
            f"start with {servers(state)} of {state['tools']} tools{slow}: "
            f"first call answered after {state['firstCall'] * 1000:.0f} ms, "
            f"all ready after {state['ready'] * 1000:.0f} ms, all listed after {state['listed'] * 1000:.0f} ms"
        )
    for state in found.get("streams", []):
        verdict = goals.verdict(state["perStream"], goals.STREAM_MEMORY)
        yield (
            f"{state['streams']:,} streams of {state['client']} clients of {state['server']}: "
            f"{state['perStream'] / 1e3:.1f} kB each (≤{goals.STREAM_MEMORY / 1e3:.0f} kB {verdict}), "
            f"{state['after']['resident'] / 1e6:.1f} MB resident"
        )
