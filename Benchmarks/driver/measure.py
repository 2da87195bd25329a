"""Runs cases in turns and keeps what each turn found."""

import json
import os
import statistics
import subprocess
import sys

from cases import MIB
from processes import Failed, forget_peak, memory

# A client's connection lands on one event loop of the proxy, the next one on the next. What a single client costs
# depends on whether its server's connection is on the same, so that it comes once to each of them.
PLACES = min(os.cpu_count() or 1, 4)
# The shortest turn of an open loop in seconds: of fewer calls there is no 99th percentile.
OPEN_LOOP = 0.5
# From so many turns on, other proxies take part in every second one only: they need as long as all the rest.
MANY_TURNS = 10


class Bench:
    """What stands ready to be called."""

    def __init__(self, binaries, **ways):
        self.load = binaries / "bench-load"
        self.ways = {name: way for name, way in ways.items() if way}

    def has(self, case):
        way = self._way(case)
        return way is not None and way.place(case.server_name) is not None

    def _way(self, case):
        return self.ways.get("many" if case.servers > 1 and case.way == "proxy" else case.way)

    def run(self, case, seconds=None, calls=None, warm_up=None):
        """One turn."""
        way = self._way(case)
        urls, pids = way.place(case.server_name)
        guards = way.guards() if hasattr(way, "guards") else []
        command = [self.load, *urls, "--era", case.client, "--method", case.method, "--clients", case.clients]
        command += ["--size", case.size, "--event", int(case.event), "--accept", "event" if case.event else "both"]
        command += ["--watch", ",".join(str(pid) for pid in pids + guards)]
        command += ["--warm-up", self._warm_up(case) if warm_up is None else warm_up]
        command += ["--calls", calls] if calls else ["--seconds", seconds]
        if case.way == "merged":
            command += ["--tool", f"{case.server_name}__tool_0", "--count-only", int(case.servers > 1)]
        if case.is_of_peer:
            command += ["--names-only", 1]
        if case.rate:
            command += ["--rate", case.rate]
        for pid in pids:
            forget_peak(pid)
        limit = 60 + 20 * (seconds or 1) + (calls or 0) / 20
        try:
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=limit)
        except subprocess.TimeoutExpired:
            raise Failed(f"{case.name}: not done after {limit:.0f} s") from None
        if done.returncode != 0:
            raise Failed(f"{case.name}: {done.stderr.strip()}")
        found = json.loads(done.stdout)
        if not found["calls"]:
            raise Failed(f"{case.name}: no call was answered in time")
        found["memory"] = memory(pids[-1])
        times = found.pop("processorTimes")
        found["cpu"], found["guards"] = (
            sum(times[str(pid)] for pid in group) / found["calls"] / 1000 for group in (pids, guards)
        )
        found["rate"] = found["calls"] / found["nanoseconds"] * 1e9
        return found

    @staticmethod
    def _warm_up(case):
        if case.is_of_peer:
            return min(case.clients, 8)
        return 10 if case.size >= MIB else 20 if case.method == "list" else 100 + 4 * case.clients


def in_turns(bench, cases, repetitions, seconds):
    """A B C C B A A B C …, so that what else the machine does hits all of them alike. The first turn is thrown away.

    Many short turns even out more than a few long ones: what a call costs on a virtual machine changes within seconds.
    """
    turns = {case: [] for case in cases}
    failures = {}
    for repetition in range(repetitions + 1):
        for case in cases if repetition % 2 else reversed(cases):
            if case in failures or (case.is_of_peer and repetition % 2 == 0 and repetitions >= MANY_TURNS):
                continue
            try:
                found = one_turn(bench, case, seconds if repetition else min(seconds, 0.2))
            except Failed as error:
                if not case.is_of_peer:
                    raise
                failures[case] = str(error)
                continue
            if repetition:
                turns[case].append(found)
        progress(f"turn {repetition} of {repetitions} of {len(cases)} cases")
    return [summary(case, found) for case, found in turns.items() if case not in failures], failures


def one_turn(bench, case, seconds):
    places = PLACES if case.clients == 1 else 1
    seconds = max(seconds, OPEN_LOOP) if case.rate else seconds / places
    found = [bench.run(case, seconds=seconds) for _ in range(places)]
    combined = dict(found[-1])
    for name in ("cpu", "guards", "rate", "p50", "p99"):
        combined[name] = statistics.mean(one[name] for one in found)
    combined["max"] = max(one["max"] for one in found)
    combined["calls"] = sum(one["calls"] for one in found)
    combined["unsent"] = sum(one["unsent"] for one in found)
    return combined


def summary(case, turns):
    """The medians of all turns."""

    def median(pick):
        return statistics.median(pick(turn) for turn in turns)

    return {
        "case": case,
        "turns": len(turns),
        "cpu": median(lambda turn: turn["cpu"]),
        "cpuTurns": [round(turn["cpu"], 2) for turn in turns],
        "guards": median(lambda turn: turn["guards"]),
        "rate": median(lambda turn: turn["rate"]),
        "p50": median(lambda turn: turn["p50"]) / 1000,
        "p99": median(lambda turn: turn["p99"]) / 1000,
        "max": max(turn["max"] for turn in turns) / 1000,
        "peak": max(turn["memory"]["peak"] for turn in turns),
        "anonymous": median(lambda turn: turn["memory"]["anonymous"]),
        "calls": sum(turn["calls"] for turn in turns),
        "unsent": sum(turn["unsent"] for turn in turns),
    }


def progress(words):
    print(words, file=sys.stderr, flush=True)
