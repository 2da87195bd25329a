"""Writes the figures of a kept run into Markdown, so that none is ever typed by hand.

A part goes between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`; the names are those of PARTS.
"""

import json
import os
import pathlib
import re

import curves
import goals
import states
from cases import PEERS, Case
from compare import MEASURE, Results
from report import number


class Run:
    """The files of one run, which may have been made in parts."""

    def __init__(self, files):
        self.files = files
        documents = [json.loads(file.read_text()) for file in files]
        self.about = documents[0]
        self.results = Results(
            [{**one, "case": Case.read(one["case"])} for document in documents for one in document["calls"]]
        )
        self.states = {name: found for document in documents for name, found in document["states"].items()}
        self.curves = [point for document in documents for point in document["curves"]]
        # Where links start.
        self.base = pathlib.Path()


def rows(titles, cells):
    """A Markdown table; columns but the first stand right. Nothing without a row."""
    cells = list(cells)
    if not cells:
        return ["Not in this run."]
    heads = ["| " + " | ".join(titles) + " |", "|---" + "|---:" * (len(titles) - 1) + "|"]
    return [*heads, *("| " + " | ".join(row) + " |" for row in cells)]


def judged(value, goal):
    return f"≤{goal:g}, {goals.verdict(value, goal)}" if goal else "–"


def machine(run):
    about = run.about["machine"]
    swift = re.search(r"[\d.]+", about["swift"].partition("version")[2])
    versions = [f"Swift {swift.group() if swift else about['swift']}"]
    if about.get("nginx"):
        versions.append("nginx " + about["nginx"].rpartition("/")[2])
    versions += [f"{name} {version}" for name, version in about.get("peers", {}).items()]
    links = ", ".join(f"[{file.stem}]({os.path.relpath(file, run.base)})" for file in run.files)
    return [
        f"{about['processor']}, {about['cores']} cores, {about['system']}; {', '.join(versions)}; "
        f"{run.about['time'][:10]}, proxy {run.about['proxy']}, revision {run.about['revision']}; all figures: {links}"
    ]


def calls(run):
    cells = (
        [row.case.setting, row.case.cell, number(row.cpu), f"{row.beside} {number(row.cost)}" if row.cost else "–"]
        + [f"{row.ratio:.2f}" if row.ratio else "–", judged(row.ratio, row.goal)]
        for row in run.results.rows()
        if row.beside != "other build"
    )
    return rows(["Call", "Client→server", "Proxy, µs", "Beside, µs", "Ratio", "Goal"], cells)


def with_goal(run):
    """Only what there is a goal for, the worst cell of each kind."""
    worst = {}
    for row in run.results.rows():
        if row.goal is None or row.beside == "other build":
            continue
        kind = (row.case.setting, row.beside)
        if kind not in worst or row.ratio > worst[kind].ratio:
            worst[kind] = row
    cells = (
        [row.case.setting + (", translated" if row.case.is_translated else ""), number(row.cpu)]
        + [f"{row.beside} {number(row.cost)}", f"{row.ratio:.2f}", judged(row.ratio, row.goal)]
        for row in worst.values()
    )
    return rows(["Processor time per call", "Proxy, µs", "Beside, µs", "Ratio", "Goal"], cells)


def other_proxies(run):
    cells = (
        [setting, number(cost)]
        + [f"{number(others[peer])} (×{others[peer] / cost:,.0f})" if peer in others else "–" for peer in PEERS]
        for setting, cost, others in run.results.beside_peers()
    )
    return rows(["Processor time per call", "This proxy, µs", *(f"{peer}, µs" for peer in PEERS)], cells)


def latency(run):
    cells = []
    for one in run.results.of_proxy():
        case = one["case"]
        measure = run.results.find(case, MEASURE[case.transport]) if case.rate else None
        if not measure:
            continue
        row = [case.setting]
        for name, goal in (("p50", goals.ADDED_P50), ("p99", goals.ADDED_P99)):
            added = (one[name] - measure[name]) / 1000
            row.append(f"{one[name] / 1000:.3f}")
            row.append(f"{added:+.3f}" + (f" ({judged(added, goal)})" if case.transport == "http" else ""))
        cells.append([*row, MEASURE[case.transport]])
    return rows(["Open loop", "p50, ms", "added", "p99, ms", "added", "over"], cells)


def without_calls(run):
    return [f"- {line}" for line in states.lines(run.states)] or ["Not in this run."]


def growth(run):
    return [f"- {line}" for line in curves.lines(run.curves)] or ["Not in this run."]


PARTS = {
    "machine": machine,
    "goals": with_goal,
    "calls": calls,
    "peers": other_proxies,
    "latency": latency,
    "states": without_calls,
    "curves": growth,
}


def fill(text, run):
    """The text with every marked part written anew."""
    for name, part in PARTS.items():
        marked = re.compile(f"(<!-- bench:{name} -->\n).*?(<!-- /bench:{name} -->)", re.DOTALL)
        content = "\n" + "\n".join(part(run)) + "\n\n"
        text = marked.sub(lambda found: found.group(1) + content + found.group(2), text)
    return text


def whole(run):
    """All parts, for a terminal."""
    return "\n\n".join("\n".join(part(run)) for part in PARTS.values())
