"""Draws the curves of a run as one SVG that can be read on light and on dark ground."""

import math
from html import escape

HEIGHT = 344
PANEL, LEFT, TOP, BOTTOM = 320, 52, 62, 80
STYLE = """
    text { font: 12px system-ui, sans-serif; fill: #57606a; }
    .title { font-weight: 600; fill: #24292f; }
    .grid { stroke: #8c959f; stroke-opacity: .25; }
    .axis { stroke: #8c959f; }
    .line { fill: none; stroke-width: 2; }
    .stdio { stroke: #0969da; color: #0969da; }
    .http { stroke: #bc4c00; color: #bc4c00; }
    .dot { fill: currentColor; stroke: none; }
    .dashed { stroke-dasharray: 5 4; }
    @media (prefers-color-scheme: dark) {
        text { fill: #9198a1; }
        .title { fill: #e6edf3; }
        .stdio { stroke: #58a6ff; color: #58a6ff; }
        .http { stroke: #f0883e; color: #f0883e; }
    }
"""


class Panel:
    """One pair of axes; the upright one begins at zero, so that what looks flat is flat."""

    def __init__(self, number, title, below, is_logarithmic, series):
        self.left = number * PANEL + LEFT
        self.right = (number + 1) * PANEL - 18
        self.title, self.below = title, below
        self.is_logarithmic = is_logarithmic
        self.series = series
        self.values = sorted({x for points in series.values() for x, _ in points})
        self.top = nice(max(y for points in series.values() for _, y in points) * 1.15)

    def x(self, value):
        if self.is_logarithmic:
            # Nothing at all stands where a tenth of the first count would.
            positive = [one for one in self.values if one > 0]
            lowest = min(positive) / (10 if 0 in self.values else 1)
            low, high = math.log10(lowest), math.log10(max(positive))
            share = (math.log10(value or lowest) - low) / ((high - low) or 1)
        else:
            share = value / max(self.values)
        return self.left + share * (self.right - self.left)

    def y(self, value):
        return HEIGHT - BOTTOM - value / self.top * (HEIGHT - BOTTOM - TOP)

    def draw(self):
        yield f'<text class="title" x="{self.left}" y="24">{escape(self.title[0])}</text>'
        yield f'<text x="{self.left}" y="42">{escape(self.title[1])}</text>'
        for step in range(5):
            value = self.top * step / 4
            y = self.y(value)
            kind = "axis" if step == 0 else "grid"
            yield f'<line class="{kind}" x1="{self.left}" y1="{y:.1f}" x2="{self.right}" y2="{y:.1f}"/>'
            yield f'<text x="{self.left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
        taken = -100
        for value in self.values:
            if self.x(value) - taken >= 34:
                taken = self.x(value)
                yield f'<text x="{taken:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{short(value)}</text>'
        middle = (self.left + self.right) / 2
        yield f'<text x="{middle}" y="{HEIGHT - BOTTOM + 36}" text-anchor="middle">{escape(self.below)}</text>'
        for (transport, is_dashed), points in self.series.items():
            path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
            dashes = " dashed" if is_dashed else ""
            yield f'<polyline class="line {transport}{dashes}" points="{path}"/>'
            for x, y in points:
                yield f'<circle class="{transport} dot" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="3"/>'


def nice(value):
    """The next number that four steps divide well."""
    step = 10 ** math.floor(math.log10(value))
    return next(step * factor for factor in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if step * factor >= value)


def short(value):
    return f"{value // 1000}k" if value >= 1000 and value % 1000 == 0 else str(value)


def series(points, name, is_dashed, measure=lambda point: point["cpu"]):
    found = {}
    for point in points:
        if point["curve"] == name:
            transport = point["kind"].partition(",")[0]
            found.setdefault((transport, is_dashed), []).append((point["x"], measure(point)))
    return {key: sorted(values) for key, values in found.items()}


def panels(points):
    """Those of which there is something to draw."""
    held = {**series(points, "sessions", False), **series(points, "streams", True)}
    others = series(points, "servers", False)
    total = series(points, "messages", False, lambda point: point["cpu"] * point["x"] / 1e6)
    plans = [
        (("Beside open sessions", "processor time, µs per call"), "idle sessions", True, held),
        (("Beside other servers", "processor time, µs per call"), "configured servers", True, others),
        (("More calls", "processor time, seconds in all"), "calls", False, total),
    ]
    plans = [plan for plan in plans if plan[3]]
    return [Panel(number, *plan) for number, plan in enumerate(plans)]


def legend():
    words = ((0, "stdio", "", "server over stdio"), (150, "http", "", "over HTTP"))
    words += ((260, "stdio", " dashed", "the same, each idle session with an open stream"),)
    y = HEIGHT - 12
    for x, kind, dashes, text in words:
        yield f'<line class="line {kind}{dashes}" x1="{LEFT + x}" y1="{y - 4}" x2="{LEFT + x + 24}" y2="{y - 4}"/>'
        yield f'<text x="{LEFT + x + 30}" y="{y}">{text}</text>'


def svg(points, words):
    """The whole picture; nothing when there are no curves."""
    drawn = panels(points)
    if not drawn:
        return None
    width = PANEL * len(drawn)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" role="img">']
    lines += [f"<title>{escape(words)}</title>", f"<style>{STYLE}</style>"]
    for panel in drawn:
        lines += panel.draw()
    return "\n".join([*lines, *legend(), "</svg>", ""])
