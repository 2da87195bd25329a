"""Instructions per call, counted by callgrind: the same on a busy machine as on a quiet one."""

import json
import pathlib
import shutil
import subprocess
import sys
from dataclasses import replace

import cases
from measure import Bench, progress
from processes import Backends, Failed, Merged, Processes, Protected, Proxy, Servers, sharing

FOLDER = pathlib.Path(__file__).resolve().parent
THRESHOLDS = FOLDER.parent / "instructions.json"
# Two runs that differ only in how many calls they make: what both of them do besides cancels out.
FEW, MANY = 100, 2100
# The same where a call is large.
FEW_LARGE, MANY_LARGE = 5, 25
# How much a new threshold leaves above what was counted: the order of events differs a little from run to run.
MARGIN = 1.05
# Enough to be spread over all event loops alike, in both runs.
CLIENTS = 16
# What a way may cost at most, as a multiple of another one.
RATIOS = {"login": ("token", 1.03), "audit": ("proxy", 1.03)}


def counted():
    small = [
        cases.Case("instructions", transport, client, server, clients=CLIENTS)
        for transport in cases.TRANSPORTS
        for client, server in cases.CELLS
    ]
    event = cases.Case("instructions", "http", "legacy", "legacy", clients=CLIENTS, event=True)
    large = [
        cases.Case("instructions", transport, "legacy", "legacy", **what)
        for transport in cases.TRANSPORTS
        for what in ({"method": "list", "size": cases.LISTED_TOOLS}, {"size": cases.MIB})
    ]
    merged = [
        cases.Case("instructions", transport, "legacy", "legacy", clients=CLIENTS, way="merged")
        for transport in cases.TRANSPORTS
    ]
    listed = cases.Case(
        "instructions", "stdio", "legacy", "legacy", method="list", size=cases.LISTED_TOOLS, servers=cases.MERGED,
        way="merged",
    )
    protected = [
        cases.Case("instructions", "http", era, era, clients=CLIENTS, way=way)
        for era in cases.ERAS
        for way in Protected.WAYS
    ]
    audited = [
        cases.Case("instructions", transport, era, era, clients=CLIENTS, way="audit")
        for transport in cases.TRANSPORTS
        for era in cases.ERAS
    ]
    return [*small, event, *large, *merged, listed, *protected, *audited]


def run(chosen, folder):
    if not shutil.which("valgrind"):
        print("valgrind is not installed, so that nothing was counted (apt-get install -y valgrind)")
        return 1 if chosen.enforce else 0
    wanted = [case for case in counted() if chosen.only in case.name]
    found = count(chosen, folder, wanted)
    thresholds = json.loads(THRESHOLDS.read_text()) if THRESHOLDS.exists() else {}
    if chosen.set_thresholds:
        thresholds |= {case.name: round(instructions * MARGIN / 1_000) * 1_000 for case, instructions in found.items()}
        THRESHOLDS.write_text(json.dumps(thresholds, indent=2, ensure_ascii=False) + "\n")
    width = max(len(case.name) for case in wanted) + 2
    print(f"\n{'Instructions per call':<{width}}{'counted':>12}{'threshold':>12}")
    exceeded = []
    for case, instructions in found.items():
        threshold = thresholds.get(case.name)
        print(f"{case.name:<{width}}{instructions:>12,.0f}{f'{threshold:,.0f}' if threshold else '–':>12}")
        if threshold and instructions > threshold:
            exceeded.append(case.name)
    exceeded += print_ratios(found)
    for name in exceeded:
        print(f"above its threshold: {name}", file=sys.stderr)
    return 1 if chosen.enforce and exceeded else 0


def print_ratios(found):
    """Prints what each way costs beside the one that it is compared with, and returns the names of those above what they may."""
    exceeded = []
    for case, instructions in found.items():
        beside, most = RATIOS.get(case.way, (None, None))
        other = replace(case, way=beside) if beside else None
        if other not in found:
            continue
        ratio = instructions / found[other]
        name = f"{case.name}, × {beside}"
        print(f"{name}: {ratio:.3f} (at most {most})")
        if ratio > most:
            exceeded.append(name)
    return exceeded


def count(chosen, folder, wanted):
    found = {}
    with Processes(folder) as processes:
        backends = Backends(processes, chosen.binaries)
        entries = {case.server_name: backends.entries[case.server_name] for case in wanted}
        ways = {case.way for case in wanted}
        for era in cases.ERAS if ways & set(Protected.WAYS) else ():
            entries |= Protected(processes, chosen.binaries, era).entries
        parts = sharing(backends, cases.LISTED_TOOLS, cases.MERGED)
        profile = folder / "callgrind"
        prefix = [*environment(chosen.proxy, folder), "valgrind", "--tool=callgrind", "--quiet"]
        prefix.append(f"--callgrind-out-file={profile}")
        proxy = Proxy(processes, chosen.proxy, entries, prefix=prefix)
        proxy.wait_until_ready(timeout=180)
        lists = None
        if any(case.servers > 1 for case in wanted):
            lists = Proxy(processes, chosen.proxy, parts, name="lists", prefix=prefix)
            lists.wait_until_ready(timeout=180)
        audited = None
        if "audit" in ways:
            own = {name: backends.entries[name] for name in {case.server_name for case in wanted if case.way == "audit"}}
            audit = {"audit": {"file": str(folder / "audit.jsonl")}}
            audited = Proxy(processes, chosen.proxy, own, name="audited", prefix=prefix, settings=audit)
            audited.wait_until_ready(timeout=180)
        ways = {way: Servers(proxy, way) for way in Protected.WAYS}
        bench = Bench(chosen.binaries, proxy=proxy, merged=Merged(proxy, lists), audit=audited, **ways)
        for case in wanted:
            is_small = case.method == "call" and case.size < cases.MIB
            few, many = (FEW, MANY) if is_small else (FEW_LARGE, MANY_LARGE)
            bench.run(case, calls=few, warm_up=few)
            pid = {"audit": audited}.get(case.way, lists if case.servers > 1 else proxy).pid
            costs = [instructions(bench, case, profile, pid, calls) for calls in (few, many)]
            found[case] = (costs[1] - costs[0]) / (many - few)
            progress(f"{case.name}: {found[case]:,.0f}")
    return found


def environment(proxy, folder):
    """What makes up for what valgrind cannot do."""
    library = folder / "valgrind.so"
    command = ["cc", "-shared", "-fPIC", "-o", str(library), str(FOLDER / "valgrind.c")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise Failed(f"cannot compile {FOLDER / 'valgrind.c'}: {done.stderr}")
    return ["env", f"LD_PRELOAD={library}", f"BENCH_PROXY={proxy.resolve()}"]


def instructions(bench, case, profile, pid, calls):
    """How many the proxy executes for one run of the load generator."""
    control("--zero", pid)
    bench.run(case, calls=calls, warm_up=0)
    for old in profile.parent.glob("callgrind.*"):
        old.unlink()
    control("--dump", pid)
    totals = 0
    for file in profile.parent.glob("callgrind.*"):
        for line in file.read_text(errors="replace").splitlines():
            if line.startswith(("summary:", "totals:")):
                totals += int(line.split()[1])
                break
    if not totals:
        raise Failed("callgrind has written no profile")
    return totals


def control(option, pid):
    done = subprocess.run(["callgrind_control", option, str(pid)], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise Failed(f"callgrind_control {option}: {done.stdout}{done.stderr}")
