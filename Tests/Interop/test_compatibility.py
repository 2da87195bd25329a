"""Servers of the package index, unmodified, behind one proxy: every client finds them as they are without it."""

import asyncio
import dataclasses
import json
import re
import uuid

import pytest

from support.compatibility_page import check_or_renew, clients_table, servers_table
from support.index_servers import SERVERS
from support.neighbourhood import START_SECONDS, neighbourhood
from support.portrait import direct_visitor, portrait
from support.raw import LATEST, http_client
from support.visit import tour, visit
from support.visits import Place, visitor
from support.wait import eventually

# Some thirty programs start at once.
pytestmark = pytest.mark.timeout(400)

# How many programs are started at a time beside those of the proxy.
AT_ONCE = 2

# {client as it comes: (the SDK, its transport, its mode, as the table says it)}
TOURS = {
    "v1": ("v1", "streamable", "legacy", "streamable HTTP"),
    "v1-sse": ("v1", "sse", "legacy", "HTTP+SSE"),
    "v2": ("v2", "streamable", "auto", "streamable HTTP"),
    "fastmcp": ("fastmcp", "streamable", "auto", "streamable HTTP"),
}


def known_as(server):
    return server.name


@pytest.fixture(scope="module")
def world(directory):
    with neighbourhood(directory(), uuid.uuid4().hex, SERVERS) as made:
        yield made


@pytest.fixture(scope="module")
def proxy(launch, world):
    entries = {server.name: world.entry(server) for server in SERVERS}
    with launch(entries, ready=False, limits={"startTimeout": f"{START_SECONDS}s"}) as proxy:
        eventually(proxy.is_ready, "every server to start", START_SECONDS)
        yield proxy


@pytest.fixture(scope="module")
def portraits(world, proxy):
    """{server name: {"direct", "legacy", "modern": its portrait or the failure}}"""
    return asyncio.run(painted(world, proxy))


async def painted(world, proxy):
    turn = asyncio.Semaphore(AT_ONCE)

    async def all_of(server):
        async with turn:
            ask = world.filled(server, list(server.ask))
            sittings = {
                "direct": direct_visitor(server, world.place(server), http),
                "legacy": visitor(LATEST, behind(proxy, server), http),
                "modern": visitor("2026-07-28", behind(proxy, server), http),
            }
            return {view: await sat(sitting, ask) for view, sitting in sittings.items()}

    async with http_client() as http:
        return dict(zip(map(known_as, SERVERS), await asyncio.gather(*map(all_of, SERVERS)), strict=True))


async def sat(sitting, ask):
    try:
        async with sitting as client:
            return await portrait(client, ask)
    except Exception as failure:
        return failure


def behind(proxy, server):
    return Place(mcp=proxy.url(f"/{server.name}/mcp"), sse=proxy.url(f"/{server.name}/sse"))


@pytest.fixture(scope="module")
def tours(world, proxy):
    """{client: the outcomes of its visit to each server}; each tour is made once."""
    made = {}

    def outcomes(client):
        if client not in made:
            sdk, kind, mode, _ = TOURS[client]
            path = "sse" if kind == "sse" else "mcp"
            orders = [
                {
                    "kind": kind,
                    "url": proxy.url(f"/{server.name}/{path}"),
                    "mode": mode,
                    "silent": True,
                    "calls": world.filled(server, [server.called] if server.called else []),
                }
                for server in SERVERS
            ]
            visits = tour(sdk, orders, ["server", "tool_names", "given_calls"])
            made[client] = dict(zip(map(known_as, SERVERS), visits, strict=True))
        return made[client]

    return outcomes


def shown(portraits, server, view):
    found = portraits[server.name][view]
    if isinstance(found, Exception):
        raise found
    return found


@pytest.mark.parametrize("server", SERVERS, ids=known_as)
def test_a_server_answers_without_the_proxy(portraits, server):
    """The call has the answer that this suite expects, so that a failure elsewhere is the proxy's."""
    assert server.answer in texts_of(shown(portraits, server, "direct")["answer"])


@pytest.mark.parametrize("view", ["legacy", "modern"])
@pytest.mark.parametrize("server", SERVERS, ids=known_as)
def test_a_server_is_the_same_behind_the_proxy(portraits, server, view):
    """Its name, its instructions, everything it lists and its answer are equal as JSON, in both eras."""
    direct, behind_proxy = shown(portraits, server, "direct"), shown(portraits, server, view)
    for member, value in direct.items():
        assert behind_proxy[member] == value, member


@pytest.mark.parametrize("client", TOURS)
@pytest.mark.parametrize("server", SERVERS, ids=known_as)
def test_an_official_client_lists_and_calls(portraits, tours, server, client):
    """Each client lists the server's tools in their order and gets the answer of one."""
    outcomes = tours(client)[server.name]
    failures = {feature: outcome["failure"] for feature, outcome in outcomes.items() if "failure" in outcome}
    assert not failures, failures
    tools = shown(portraits, server, "direct")["tools"]
    assert outcomes["tool_names"]["value"] == [tool["name"] for tool in tools]
    for result in outcomes["given_calls"]["value"]:
        assert server.answer in texts_of(result)


def texts_of(answer):
    """Everything that is said in an answer, as one text."""
    parts = answer.get("content") or answer.get("contents") or [answer]
    return "\n".join(part["text"] if "text" in part else json.dumps(part) for part in parts)


@pytest.mark.xfail(strict=True, reason="whoever answers `server/discover` with 2026-07-28 is believed")
def test_a_server_that_refuses_calls_in_the_revision_that_it_offers_is_served(launch, world):
    """It offers 2026-07-28 and says to every call that `initialize` is required: it is served as with a handshake."""
    [server] = [server for server in SERVERS if server.name == "kglite"]
    plain_entry = world.entry(dataclasses.replace(server, settings={}))
    with launch({server.name: plain_entry}) as proxy:
        order = {"kind": "streamable", "url": proxy.url(f"/{server.name}/mcp"), "calls": [server.called]}
        outcome = visit("v1", order, ["given_calls"])["given_calls"]
        assert "failure" not in outcome, outcome


def test_the_table_of_servers_is_what_this_run_saw(proxy, portraits):
    """docs/compatibility.md lists each of them with its versions, its revision and what it offers."""
    revisions = dict(re.findall(r"server ready server=(\S+) version=(\S+)", proxy.output))
    seen = [(server, revisions[server.name], shown(portraits, server, "legacy")) for server in SERVERS]
    check_or_renew("servers", servers_table(seen))


def test_the_table_of_clients_is_what_this_run_saw(tours):
    """docs/compatibility.md lists each client with its version, its revision and how many servers it called."""
    rows = []
    for client, (sdk, _, _, transport) in TOURS.items():
        visits = tours(client).values()
        [revision] = {visit["server"]["value"]["protocolVersion"] for visit in visits}
        called = sum("value" in visit["given_calls"] for visit in visits)
        rows.append((sdk, transport, revision, called))
    check_or_renew("clients", clients_table(rows))
