"""Both eras' fixtures and raw clients against the official SDK: a failure in the matrix is then the proxy's."""

import uuid

import pytest

from scenarios import official
from support.cells import Cell, is_modern, name_of, pairs
from support.features import MANY_TOOLS, PAGE, check, checks_for
from support.fixture import SDKServer, modern_stdio
from support.ledger import Ledger
from support.visit import visit
from support.visits import Place

pytestmark = pytest.mark.long

# The official clients of the newest revision at our servers

CHECKS = checks_for(modern_client=True, modern_server=True)
SERVERS = ["modern-stdio", "modern-json", "modern-sse"]


@pytest.fixture(scope="module")
def servers(modern_http_fixture, new_ledger):
    """{kind of server: (an order for a visit, its ledger)}"""
    settings = {"tools": MANY_TOOLS, "page": PAGE}
    ledger = new_ledger()
    child = modern_stdio(ledger=ledger, **settings)
    with (
        modern_http_fixture(answers="json", **settings) as objects,
        modern_http_fixture(answers="sse", **settings) as streams,
    ):
        yield {
            "modern-stdio": ({"kind": "stdio", "command": child["command"], "args": child["args"]}, ledger),
            "modern-json": ({"kind": "streamable", "url": objects.mcp_url}, objects.ledger),
            "modern-sse": ({"kind": "streamable", "url": streams.mcp_url}, streams.ledger),
        }


@pytest.fixture(scope="module")
def outcomes(servers):
    """The outcome of each visit, made once."""
    made = {}

    def outcome(client, server):
        if (client, server) not in made:
            order, ledger = servers[server]
            made[client, server] = visit(client, {**order, "ledger": str(ledger.path), "mode": "auto"}, tuple(CHECKS))
        return made[client, server]

    return outcome


@pytest.mark.parametrize("feature", CHECKS)
@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("client", ["v2", "fastmcp"])
def test_the_modern_fixture_serves_this_feature_to_this_client_directly(outcomes, client, server, feature):
    """Without a proxy, the official clients find the newest revision at the modern fixtures and get every feature."""
    check(outcomes(client, server), feature, CHECKS)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("client", ["v2", "fastmcp"])
def test_the_modern_fixture_finds_no_fault_with_the_official_clients(servers, outcomes, client, server):
    """What the fixtures call a violation is nothing that a right client does."""
    outcomes(client, server)
    assert servers[server][1].entries("violation") == []


# Our raw clients at the official server


@pytest.fixture(scope="module")
def places(new_ledger):
    with SDKServer(uuid.uuid4().hex) as http:
        child = SDKServer.stdio()
        command = Place(command=[child["command"], *child["args"]])
        yield {
            "2025-11-25": Place(mcp=http.mcp_url),
            "2026-07-28": Place(mcp=http.mcp_url),
            "stdio-legacy": command,
            "stdio-modern": command,
        }


RAW_KINDS = ["2025-11-25", "2026-07-28", "stdio-legacy", "stdio-modern"]
# In the handshake era this server does not tell of its changes.
RAW_PAIRS = [
    (kind, scenario)
    for kind, scenario in pairs(RAW_KINDS, official.SCENARIOS)
    if is_modern(kind) or scenario is not official.changes
]


@pytest.mark.anyio
@pytest.mark.parametrize("kind, scenario", RAW_PAIRS, ids=name_of)
async def test_the_raw_client_gets_along_with_the_official_server(places, http, directory, kind, scenario):
    """Without a proxy, the scenario comes true between a raw client and the SDK's server, in both eras."""
    await scenario(Cell(kind, "sdk", places[kind], Ledger(directory() / "none"), http, directory, direct=True))
