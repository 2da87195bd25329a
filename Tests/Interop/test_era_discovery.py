"""How the proxy finds out which era a server speaks, also from servers that make it hard."""

import json

import pytest

from support.cells import Cell
from support.fixture import modern_stdio, stdio
from support.visitors import plain
from support.visits import Place
from support.wait import eventually_succeeds

pytestmark = pytest.mark.anyio

CLIENTS = ["2025-11-25", "2026-07-28"]


@pytest.fixture
def cell(http, directory):
    """Makes the cell of a kind of client at the only server of a proxy."""
    return lambda kind, proxy, ledger: Cell(
        kind, "only", Place(mcp=proxy.url("/only/mcp"), sse=proxy.url("/only/sse")), ledger, http, directory
    )


async def echoes(cell):
    async with cell.client() as client:
        answer = plain(client, "tools/call", await client.call("echo", {"text": "found"}))
        assert answer["content"][0]["text"] == "found"


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("mode", ["no-discover", "handshake-only", "banner", "junk"])
async def test_a_legacy_server_that_does_not_take_the_question_well(launch, new_ledger, cell, mode, kind):
    """Silence, an exit and noise before the handshake all mean a server of the handshake era."""
    ledger = new_ledger()
    with launch({"only": stdio(mode, ledger=ledger)}) as proxy:
        await echoes(cell(kind, proxy, ledger))
    assert ledger.entries("request", method="initialize")


@pytest.mark.parametrize("kind", CLIENTS)
async def test_a_legacy_server_over_stdio_is_asked_once(launch, new_ledger, cell, kind):
    """One process is asked once which era it speaks, before the handshake."""
    ledger = new_ledger()
    with launch({"only": stdio(ledger=ledger)}) as proxy:
        for _ in range(3):
            await echoes(cell(kind, proxy, ledger))
    for start in ledger.entries("start"):
        methods = [entry["method"] for entry in ledger.entries("request", pid=start["pid"])]
        assert methods.count("server/discover") <= 1 and methods.count("initialize") == 1, methods


@pytest.mark.parametrize("kind", CLIENTS)
async def test_a_modern_server_never_sees_a_handshake(launch, modern_http_fixture, new_ledger, cell, kind):
    """Neither over stdio nor over HTTP, with or without a transport in the configuration."""
    child = new_ledger()
    with modern_http_fixture() as server:
        for entry, ledger in (
            (modern_stdio(ledger=child), child),
            (server.streamable(), server.ledger),
            ({"url": server.mcp_url}, server.ledger),
        ):
            with launch({"only": entry}) as proxy:
                await echoes(cell(kind, proxy, ledger))
            assert ledger.entries("violation") == []
            assert not ledger.entries("request", method="initialize")


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("transport", ["streamable", "sse", "both"])
async def test_a_legacy_server_over_http_is_found(launch, http_fixture, cell, transport, kind):
    """A URL without a transport is enough for either of the older transports."""
    with http_fixture(transport=transport) as server:
        url = server.sse_url if transport == "sse" else server.mcp_url
        with launch({"only": {"url": url}}) as proxy:
            await echoes(cell(kind, proxy, server.ledger))


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("first, second", [("legacy", "modern"), ("modern", "legacy")])
async def test_a_server_that_changes_its_era_is_found_again(
    launch, http_fixture, modern_http_fixture, cell, first, second, kind
):
    """A server that comes back speaking the other era is served after a while, without a restart of the proxy."""
    kinds = {"legacy": http_fixture, "modern": modern_http_fixture}
    before, after = kinds[first](), kinds[second]()
    with before:
        with launch({"only": {"url": before.mcp_url}}) as proxy:
            await echoes(cell(kind, proxy, before.ledger))
            before.stop()
            after.port = before.port
            with after:

                await eventually_succeeds(lambda: echoes(cell(kind, proxy, after.ledger)), "the other era to be found")


async def test_a_legacy_client_tells_a_modern_server_who_it_is(launch, modern_http_fixture, http):
    """Every request carries the client's own name and capabilities in its metadata, never the proxy's."""
    with modern_http_fixture() as server, launch({"only": server.streamable()}) as proxy:
        client = await proxy.client("only", http).initialize({"roots": {"listChanged": True}, "sampling": {}})
        facts = json.loads(await client.call_text("whoami"))["client"]
        assert facts["clientInfo"] == {"name": "raw", "version": "1"}
        assert facts["capabilities"] == {"roots": {"listChanged": True}, "sampling": {}}
        assert facts["protocolVersion"] == "2026-07-28"
