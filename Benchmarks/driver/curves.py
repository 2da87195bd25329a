"""How cost grows: with open sessions, with configured servers, and with the number of messages.

All points of a curve stand ready at the same time, each in a proxy of its own, and are measured in turns.
"""

import resource
import statistics

from cases import Case
from measure import Bench, one_turn, progress
from processes import Backends, ManyServers, Processes, Proxy, memory
from states import hold

GROUPS = ("sessions", "configured", "messages")
SESSIONS = (0, 10, 100, 1_000, 10_000)
# All of them are of one caller, and those who call have sessions, too.
LIMITS = {"maxSessions": 11_000, "maxSessionsPerPrincipal": 11_000}
CONFIGURED = (1, 10, 50, 100, 200)
MESSAGES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
# Turns of all of them, which are long enough to be alike.
MOST_MESSAGES = 5
CALLERS = 16


def run(chosen, folder):
    measured = {"sessions": sessions, "configured": configured, "messages": messages}
    found = []
    for name in chosen.groups:
        if name in measured:
            found += measured[name](chosen, folder)
    return found


def case(transport):
    return Case("curves", transport, "legacy", "legacy", CALLERS)


def curve(name, kind, x, turns, proxy):
    cpu = [turn["cpu"] for turn in turns]
    return {
        "curve": name,
        "kind": kind,
        "x": x,
        "calls": statistics.median(turn["calls"] for turn in turns),
        "cpu": statistics.median(cpu),
        "cpuTurns": [round(value, 2) for value in cpu],
        "p50": statistics.median(turn["p50"] for turn in turns) / 1000,
        "memory": memory(proxy.pid),
    }


def in_turns(chosen, name, kind, proxies, called):
    """The points of one curve: A B C C B A …, the first turn thrown away."""
    turns = {x: [] for x in proxies}
    for repetition in range(chosen.repetitions + 1):
        for x in proxies if repetition % 2 else reversed(proxies):
            found = one_turn(Bench(chosen.binaries, proxy=proxies[x]), called, chosen.seconds)
            if repetition:
                turns[x].append(found)
    progress(f"calls beside {name}: {kind}")
    return [curve(name, kind, x, turns[x], proxies[x]) for x in proxies]


def sessions(chosen, folder):
    """A call beside sessions on which nothing happens, with and without open streams."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    found = []
    for transport in ("stdio", "http"):
        for kind in ("sessions", "streams"):
            counts = [count for count in SESSIONS if count + 500 <= most]
            called = case(transport)
            with Processes(folder) as processes:
                backends = Backends(processes, chosen.binaries)
                entries = {called.server_name: backends.entries[called.server_name]}
                proxies = {}
                for count in counts:
                    proxy = Proxy(processes, chosen.proxy, entries, name=f"proxy-{count}", limits=LIMITS)
                    proxy.wait_until_ready()
                    if count:
                        hold(processes, chosen.binaries, proxy.url(called.server_name), "legacy", kind, count)
                    proxies[count] = proxy
                found += in_turns(chosen, kind, f"{transport}, {kind}", proxies, called)
    return found


def configured(chosen, folder):
    """A call of one server beside others that nobody calls."""
    with Processes(folder) as processes:
        backends = Backends(processes, chosen.binaries)
        proxies = {}
        for count in CONFIGURED:
            entry = backends.entries["stdio-legacy"]
            proxies[count] = ManyServers(processes, chosen.proxy, entry, count, name=f"proxy-{count}")
            proxies[count].wait_until_ready()
        return in_turns(chosen, "servers", "stdio, servers", proxies, case("stdio"))


def messages(chosen, folder):
    """All the processor time of so many calls, one number of calls after the other and back again."""
    found = []
    for transport in ("stdio", "http"):
        called = case(transport)
        with Processes(folder) as processes:
            backends = Backends(processes, chosen.binaries)
            entries = {called.server_name: backends.entries[called.server_name]}
            proxy = Proxy(processes, chosen.proxy, entries)
            proxy.wait_until_ready()
            bench = Bench(chosen.binaries, proxy=proxy)
            turns = {count: [] for count in MESSAGES}
            for repetition in range(min(chosen.repetitions, MOST_MESSAGES)):
                for count in MESSAGES if repetition % 2 else reversed(MESSAGES):
                    turns[count].append(bench.run(called, calls=count))
            progress(f"{transport}: up to {max(MESSAGES):,} calls")
            found += [curve("messages", f"{transport}, calls", count, turns[count], proxy) for count in MESSAGES]
    return found


def lines(found):
    """What was found, for people: the cost at each point."""
    kinds = dict.fromkeys((point["curve"], point["kind"]) for point in found)
    for name, kind in kinds:
        points = [point for point in found if (point["curve"], point["kind"]) == (name, kind)]
        words = ", ".join(f"{point['x']:,}: {point['cpu']:.1f}" for point in points)
        yield f"µs per call, {kind}: {words}"
