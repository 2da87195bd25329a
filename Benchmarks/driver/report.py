"""The tables, and the file with all figures."""

import datetime
import json
import os
import pathlib
import platform

import goals
import nginx
import peers
from cases import PEERS
from compare import MEASURE, Results
from processes import first_line


def table(found, failures):
    results = Results(found)
    parts = (processor_time, other_proxies, open_loop, closed_loop, remarks)
    lines = [line for part in parts for line in part(results)]
    lines += [f"left out after a fault: {words.splitlines()[0]}" for words in failures.values()]
    return "\n".join(lines)


def processor_time(results):
    rows = list(results.rows())
    width = max((len(row.case.setting) for row in rows), default=0) + 2
    yield from ("", "Processor time of the proxy per call, in µs, beside what stands in its place", "")
    yield f"{'':<{width}}{'client→server':<16}{'proxy':>9}   {'beside':<14}{'':>9}{'×':>7}  goal"
    previous = None
    for row in rows:
        setting = row.case.setting if row.case.setting != previous else ""
        previous = row.case.setting
        words = f"{setting:<{width}}{row.case.cell:<16}{number(row.cpu):>9}   {row.beside:<14}"
        if row.cost:
            words += f"{number(row.cost):>9}{row.ratio:>7.2f}"
        if row.goal and row.beside != "other build":
            words += f"  ≤{row.goal:g} {row.verdict}"
        yield words.rstrip()


def other_proxies(results):
    rows = list(results.beside_peers())
    if not rows:
        return
    yield from ("", "The same through other proxies, and how often that of this proxy", "")
    width = max(len(setting) for setting, _, _ in rows) + 2
    yield f"{'':<{width}}{'proxy':>9}" + "".join(f"{peer:>22}" for peer in PEERS)
    for setting, cost, others in rows:
        cells = [f"{number(others[peer])} (×{others[peer] / cost:,.0f})" if peer in others else "–" for peer in PEERS]
        yield f"{setting:<{width}}{number(cost):>9}" + "".join(f"{cell:>22}" for cell in cells)


def open_loop(results):
    """Latencies that count from when a call was due, whether or not it could be made then."""
    rows = [one for one in results.all if one["case"].rate]
    if not rows:
        return
    yield from ("", "Latency in an open loop, in ms, and what the proxy adds", "")
    width = max(len(one["case"].setting) for one in rows) + 2
    yield f"{'':<{width}}{'through':<12}{'p50':>8}{'p99':>8}"
    for one in rows:
        case = one["case"]
        words = f"{case.setting:<{width}}{case.way:<12}{one['p50'] / 1000:>8.3f}{one['p99'] / 1000:>8.3f}"
        measure = results.find(case, MEASURE[case.transport])
        if case.way == "proxy" and measure:
            words += f"  over {MEASURE[case.transport]}:"
            for name, goal in (("p50", goals.ADDED_P50), ("p99", goals.ADDED_P99)):
                added = (one[name] - measure[name]) / 1000
                words += f" {name} {added:+.3f}"
                if case.transport == "http":
                    words += f" (≤{goal:g} {goals.verdict(added, goal)})"
        yield words


def closed_loop(results):
    rows = [one for one in results.all if not one["case"].rate]
    if not rows:
        return
    yield from ("", "Calls per second and latency in ms, every client calling at once again", "")
    width = max(len(one["case"].setting) for one in rows) + 2
    yield f"{'':<{width}}{'client→server':<16}{'through':<12}{'calls/s':>9}{'p50':>9}{'p99':>9}"
    for one in rows:
        case = one["case"]
        times = f"{one['p50'] / 1000:>9.3f}{one['p99'] / 1000:>9.3f}"
        yield f"{case.setting:<{width}}{case.cell:<16}{case.way:<12}{one['rate']:>9,.0f}{times}"


def remarks(results):
    guards = [one["guards"] for one in results.of_proxy()]
    if guards:
        yield from ("", f"guards of programs, not in the proxy's time: at most {max(guards):.2f} µs per call")
    if not nginx.path():
        yield f"nginx is not installed, so that nothing stands beside HTTP: {nginx.INSTALL}"
    for one in results.all:
        if one["unsent"]:
            yield f"not every call could be made in time: {one['case'].name}"


def number(value):
    return f"{value:,.1f}" if value < 1_000 else f"{value:,.0f}"


def machine():
    model = platform.processor()
    try:
        for line in open("/proc/cpuinfo"):
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "swift": first_line(["swift", "--version"]),
        "python": platform.python_version(),
        "nginx": nginx.version(),
        "peers": peers.versions(),
        "load": list(os.getloadavg()),
    }


def write(folder, proxy, content, root):
    """Keeps all figures, under the time of the run."""
    now = datetime.datetime.now(datetime.timezone.utc)
    revision = first_line(["git", "-C", str(root), "describe", "--always", "--dirty"])
    document = {
        "time": now.isoformat(timespec="seconds"),
        "revision": revision,
        "proxy": first_line([proxy, "--version"]),
        "machine": machine(),
        **content,
    }
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    file = pathlib.Path(folder) / f"{now:%Y-%m-%d-%H%M%S}.json"
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False, default=plain) + "\n")
    return file


def plain(value):
    """A case, as JSON."""
    return {**vars(value), "cell": value.cell, "setting": value.setting}
