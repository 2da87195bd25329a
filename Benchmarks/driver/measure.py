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


class Bench:
    """What stands ready to be called."""

    def __init__(self, binaries, backends, proxy, nginx=None, bridges=None):
        self.load = binaries / "bench-load"
        self.backends = backends
        self.proxy = proxy
        self.nginx = nginx
        self.bridges = bridges

    def has(self, way):
        return {"proxy": self.proxy, "direct": self.backends, "nginx": self.nginx, "bridge": self.bridges}[way]

    def place(self, case):
        """Where a case is sent, and the processes whose time it costs."""
        name = case.server_name
        if case.way == "proxy":
            return self.proxy.url(name), [self.proxy.pid]
        if case.way == "nginx":
            return f"http://127.0.0.1:{self.nginx.ports[name]}/mcp", self.nginx.pids()
        chosen = self.backends if case.way == "direct" else self.bridges
        return f"http://127.0.0.1:{chosen.ports[name]}/mcp", [chosen.processes[name].pid]

    def run(self, case, seconds=None, calls=None, warm_up=None):
        """One turn."""
        url, pids = self.place(case)
        command = [self.load, url, "--era", case.client, "--method", case.method, "--clients", case.clients]
        command += ["--size", case.size, "--event", int(case.event), "--accept", "event" if case.event else "both"]
        command += ["--watch", ",".join(str(pid) for pid in pids)]
        command += ["--warm-up", self._warm_up(case) if warm_up is None else warm_up]
        command += ["--calls", calls] if calls else ["--seconds", seconds]
        if case.rate:
            command += ["--rate", case.rate]
        for pid in pids:
            forget_peak(pid)
        limit = 60 + 20 * (seconds or 1) + (calls or 0) / 20
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=limit)
        if done.returncode != 0:
            raise Failed(f"{case.name}: {done.stderr.strip()}")
        found = json.loads(done.stdout)
        if not found["calls"]:
            raise Failed(f"{case.name}: no call was answered in time")
        found["memory"] = memory(pids[-1])
        found["cpu"] = sum(found.pop("processorTimes").values()) / found["calls"] / 1000
        found["rate"] = found["calls"] / found["nanoseconds"] * 1e9
        return found

    @staticmethod
    def _warm_up(case):
        return 10 if case.size >= MIB else 20 if case.method == "list" else 200 + 2 * case.clients


def in_turns(bench, cases, repetitions, seconds):
    """A B C A B C …, so that what else the machine does hits all of them alike. The first turn is thrown away."""
    turns = {case: [] for case in cases}
    for repetition in range(repetitions + 1):
        for case in cases:
            found = one_turn(bench, case, seconds if repetition else min(seconds, 0.2))
            if repetition:
                turns[case].append(found)
        progress(f"turn {repetition} of {repetitions} of {len(cases)} cases")
    return [summary(case, found) for case, found in turns.items()]


def one_turn(bench, case, seconds):
    places = PLACES if case.clients == 1 else 1
    found = [bench.run(case, seconds=seconds / places) for _ in range(places)]
    combined = dict(found[-1])
    for name in ("cpu", "rate", "p50", "p99"):
        combined[name] = statistics.mean(one[name] for one in found)
    combined["max"] = max(one["max"] for one in found)
    combined["calls"] = sum(one["calls"] for one in found)
    combined["unsent"] = sum(one["unsent"] for one in found)
    return combined


def summary(case, turns):
    """The medians of all turns."""

    def median(pick):
        return statistics.median(pick(turn) for turn in turns)

    cpu = [turn["cpu"] for turn in turns]
    return {
        "case": case,
        "cpu": median(lambda turn: turn["cpu"]),
        "cpuRange": [min(cpu), max(cpu)],
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
