"""Opens a raw client of a given kind at a given place."""

import contextlib
import dataclasses

from support.channels import LegacyHTTP, LegacySSE, ModernHTTP, Pipe
from support.spelling import SpeltChannel
from support.visitors import LegacyVisitor, ModernVisitor

LEGACY_VERSIONS = {
    "http-sse": "2024-11-05",
    "2025-03-26": "2025-03-26",
    "2025-06-18": "2025-06-18",
    "2025-11-25": "2025-11-25",
    "stdio-legacy": "2025-11-25",
}
HTTP_KINDS = ["http-sse", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]
STDIO_KINDS = ["stdio-legacy", "stdio-modern"]
KINDS = HTTP_KINDS + STDIO_KINDS


@dataclasses.dataclass
class Place:
    """Where a server is to be found, by transport."""

    mcp: str | None = None
    sse: str | None = None
    command: list | None = None
    environment: dict | None = None


@contextlib.asynccontextmanager
async def visitor(kind, place, http, headers=None, spelling=None, **settings):
    """A raw client of this kind, connected; `settings` are those of a `Visitor`."""
    async with contextlib.AsyncExitStack() as stack:
        channel = await opened_channel(stack, kind, place, http, headers)
        if spelling:
            channel = SpeltChannel(channel, spelling)
        if kind in LEGACY_VERSIONS:
            made = LegacyVisitor(channel, LEGACY_VERSIONS[kind], **settings)
        else:
            made = ModernVisitor(channel, **settings)
        yield await stack.enter_async_context(made.opened())


async def opened_channel(stack, kind, place, http, headers):
    if kind in STDIO_KINDS:
        return await stack.enter_async_context(Pipe(place.command, place.environment).opened())
    if kind == "http-sse":
        return await stack.enter_async_context(LegacySSE(place.sse, http, headers).opened())
    if kind in LEGACY_VERSIONS:
        channel = LegacyHTTP(place.mcp, http, LEGACY_VERSIONS[kind], headers)
    else:
        channel = ModernHTTP(place.mcp, http, headers)
    stack.push_async_callback(channel.close)
    return channel


def has_elicitation(kind):
    """Whether clients of this revision can be asked by way of their user."""
    return kind not in ("http-sse", "2025-03-26")


def has_url_elicitation(kind):
    return kind in ("2025-11-25", "2026-07-28", *STDIO_KINDS)


def capabilities_of(kind):
    """Everything a client of this revision can declare."""
    found = {"sampling": {}, "roots": {}}
    if has_url_elicitation(kind):
        found["elicitation"] = {"form": {}, "url": {}}
    elif has_elicitation(kind):
        found["elicitation"] = {}
    return found
