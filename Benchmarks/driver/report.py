"""The table, and the file with all figures."""

import datetime
import json
import os
import pathlib
import platform
import subprocess

from cases import CELLS

CELL_NAMES = [f"{client}→{server}" for client, server in CELLS]


def by_setting(results):
    rows = {}
    for result in results:
        case = result["case"]
        rows.setdefault(case.setting, {})[(case.way, case.cell)] = result
    return rows


def untranslated(row):
    """What a call costs that is carried as it is: the mean of the two."""
    costs = [row["proxy", cell]["cpu"] for cell in CELL_NAMES[:2] if ("proxy", cell) in row]
    return sum(costs) / len(costs) if costs else None


def table(results):
    rows = by_setting(results)
    width = max(len(setting) for setting in rows) + 2
    lines = ["", "Processor time per call in µs (× = beside the mean of the two untranslated ones)", ""]
    lines.append(" " * width + "".join(f"{name:>22}" for name in CELL_NAMES) + f"{'without the proxy':>28}")
    for setting, row in rows.items():
        base = untranslated(row)
        cells = []
        for name in CELL_NAMES:
            result = row.get(("proxy", name))
            ratio = f" (×{result['cpu'] / base:.2f})" if result and name in CELL_NAMES[2:] and base else ""
            cells.append(f"{number(result['cpu']) + ratio if result else '–':>22}")
        cells.append(f"{others(row):>28}")
        lines.append(f"{setting:<{width}}" + "".join(cells))
    lines += ["", "Calls per second; latency p50 / p99 in ms; peak resident memory in MB", ""]
    lines.append(" " * width + "".join(f"{name:>34}" for name in CELL_NAMES))
    for setting, row in rows.items():
        cells = [latency(row.get(("proxy", name))) for name in CELL_NAMES]
        lines.append(f"{setting:<{width}}" + "".join(f"{cell:>34}" for cell in cells))
    late = [result["case"].name for result in results if result["unsent"]]
    lines += ["", *(f"not every call could be made in time: {name}" for name in late)]
    return "\n".join(lines)


def others(row):
    words = []
    for way in ("direct", "nginx", "bridge"):
        costs = [result["cpu"] for (found, _), result in row.items() if found == way]
        if costs:
            words.append(f"{way} {number(sum(costs) / len(costs))}")
    return ", ".join(words) or "–"


def latency(result):
    if not result:
        return "–"
    times = f"{result['p50'] / 1000:.3f} / {result['p99'] / 1000:.3f}"
    return f"{result['rate']:>7,.0f}/s {times} {result['peak'] / 1e6:.0f} MB"


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
        "system": f"{platform.system()} {platform.release()}",
        "swift": first_line(["swift", "--version"]),
        "python": platform.python_version(),
        "load": list(os.getloadavg()),
    }


def first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return (done.stdout or done.stderr).strip().splitlines()[0] if done.stdout or done.stderr else "unknown"


def write(folder, content, root):
    """Keeps all figures, under the time of the run."""
    now = datetime.datetime.now(datetime.timezone.utc)
    revision = first_line(["git", "-C", str(root), "describe", "--always", "--dirty"])
    document = {"time": now.isoformat(timespec="seconds"), "revision": revision, "machine": machine(), **content}
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    file = pathlib.Path(folder) / f"{now:%Y-%m-%d-%H%M%S}.json"
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False, default=plain) + "\n")
    return file


def plain(value):
    """A case, as JSON."""
    return {**vars(value), "cell": value.cell, "setting": value.setting}
