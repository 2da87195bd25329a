"""The tables of docs/compatibility.md, as the run that made them saw it."""

import json
import os
import re
from pathlib import Path

from support.provenance import provenance, version
from support.visit import CLIENTS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "compatibility.md"
RENEWING = "MCP_PROXY_RENEW_COMPATIBILITY"

TRANSPORTS = {"stdio": "stdio", "streamable-http": "streamable HTTP", "sse": "HTTP+SSE"}
CLIENT_NAMES = {"v1": "Python SDK", "v2": "Python SDK", "fastmcp": "FastMCP"}


def table(head, rows):
    def line(cells):
        return f"| {' | '.join(str(cell) for cell in cells)} |"

    numbers = [all(isinstance(cell, int) for cell in column) for column in zip(*rows, strict=True)]
    rule = "|" + "|".join("---:" if number else "---" for number in numbers) + "|"
    return "\n".join([line(head), rule, *map(line, rows)])


def servers_table(seen):
    """`seen`: for each server the revision that it was spoken to in, and its portrait."""
    head = ["Server", "Version", "SDK", "Language", "Transport", "Revision"]
    head += ["Tools", "Prompts", "Resources", "Templates", "Settings"]
    rows = []
    for server, revision, shown in seen:
        made = provenance(server)
        origin = [f"`{server.distribution}`", made.version, made.sdk, made.language]
        speech = [TRANSPORTS[server.transport], revision]
        counts = [len(shown[member]) for member in ("tools", "prompts", "resources", "resourceTemplates")]
        settings = ", ".join(f"`{json.dumps({key: value})[1:-1]}`" for key, value in server.settings.items())
        rows.append([*origin, *speech, *counts, settings or "none"])
    return table(head, rows)


def clients_table(tours):
    """`tours`: for each client how it came, the revision that it agreed on, and how many servers it called."""
    rows = []
    for client, transport, revision, count in tours:
        environment, _, distribution = CLIENTS[client]
        rows.append([CLIENT_NAMES[client], version(environment, distribution), transport, revision, count])
    return table(["Client", "Version", "Transport", "Revision", "Servers"], rows)


def check_or_renew(name, made):
    """The table of this name is what was made; `make compatibility` writes it instead."""
    text = PAGE.read_text()
    block = re.compile(f"(<!-- {name} -->\n\n)(.*?)(\n\n<!-- /{name} -->)", re.DOTALL)
    found = block.search(text)
    assert found, f"{PAGE.name} has no place for the table of {name}"
    if os.environ.get(RENEWING):
        PAGE.write_text(text[: found.start(2)] + made + text[found.end(2) :])
        return
    advice = f"the table of {name} in docs/{PAGE.name} is not what this run saw: run `make compatibility`"
    assert found[2] == made, advice
