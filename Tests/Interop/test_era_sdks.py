"""The official clients, unmodified, at servers of the other era and of their own, through the proxy."""

import uuid

import pytest

from scenarios import official
from support.cells import Cell, name_of, pairs
from support.features import check, checks_for
from support.fixture import SDKServer
from support.ledger import Ledger
from support.matrix import matrix
from support.visit import visit
from support.visits import Place

LEGACY = ["legacy-stdio", "legacy-http", "legacy-sse"]
MODERN = ["modern-stdio", "modern-http"]
# {client: (the SDK, its transport, its mode, the servers it visits)}. Old clients at old servers are in
# test_transports.py; "auto" finds the newest revision at the proxy, whatever the server behind it speaks.
CLIENTS = {
    "v1": ("v1", "streamable", "legacy", MODERN),
    "v1-sse": ("v1", "sse", "legacy", ["modern-http"]),
    "v1-stdio": ("v1", "stdio", "legacy", ["legacy-http", "modern-http"]),
    "v2-legacy": ("v2", "streamable", "legacy", MODERN),
    "v2": ("v2", "streamable", "auto", LEGACY + MODERN),
    "v2-stdio": ("v2", "stdio", "auto", ["legacy-http", "modern-http"]),
    "fastmcp-legacy": ("fastmcp", "streamable", "legacy", ["modern-http"]),
    "fastmcp": ("fastmcp", "streamable", "auto", LEGACY + MODERN),
}


def checks_of(client, server):
    return checks_for(CLIENTS[client][2] == "auto", server in MODERN, server)


VISITS = [(client, server) for client in CLIENTS for server in CLIENTS[client][3]]
CASES = [(client, server, feature) for client, server in VISITS for feature in checks_of(client, server)]


@pytest.fixture(scope="module")
def servers(launch, http_fixture, modern_http_fixture, new_ledger):
    with matrix(launch, http_fixture, modern_http_fixture, new_ledger, one_sender=False) as made:
        yield made


@pytest.fixture(scope="module")
def outcomes(servers):
    """The outcome of each visit, made once."""
    made = {}

    def outcome(client, server):
        if (client, server) not in made:
            sdk, kind, mode, _ = CLIENTS[client]
            order = {"kind": kind, "mode": mode, "ledger": str(servers.ledgers[server].path)}
            if kind == "stdio":
                arguments = ["stdio", "--config", str(servers.proxy.file), "--server", server]
                order |= {"command": servers.proxy.binary, "args": arguments}
            else:
                order["url"] = servers.proxy.url(f"/{server}/{'sse' if kind == 'sse' else 'mcp'}")
            made[client, server] = visit(sdk, order, tuple(checks_of(client, server)))
        return made[client, server]

    return outcome


@pytest.mark.parametrize("client, server, feature", CASES)
def test_the_official_client_gets_the_feature(outcomes, client, server, feature):
    """Every feature, exactly as at a server of the client's own era."""
    check(outcomes(client, server), feature, checks_of(client, server))


@pytest.mark.parametrize("client, server", [(client, server) for client, server in VISITS if server in MODERN])
def test_a_modern_server_has_nothing_to_complain_about(servers, outcomes, client, server):
    """No official client makes the proxy do what the newest revision forbids."""
    outcomes(client, server)
    assert servers.ledgers[server].entries("violation") == []


# A server on the official SDK behind the proxy


@pytest.fixture(scope="module")
def sdk_servers(launch):
    with SDKServer(uuid.uuid4().hex) as http:
        with launch({"stdio": SDKServer.stdio(), "http": {"url": http.mcp_url}}) as proxy:
            yield proxy


KINDS = ["http-sse", "2025-06-18", "2025-11-25", "2026-07-28"]
SDK_PAIRS = [
    (kind, scenario)
    for kind, scenario in pairs(KINDS, official.SCENARIOS)
    if kind != "http-sse" or scenario is not official.asking
]


@pytest.mark.anyio
@pytest.mark.parametrize("kind, scenario", SDK_PAIRS, ids=name_of)
@pytest.mark.parametrize("server", ["stdio", "http"])
async def test_a_raw_client_at_the_official_server(sdk_servers, http, directory, server, kind, scenario):
    """The scenario comes true, in either era."""
    place = Place(mcp=sdk_servers.url(f"/{server}/mcp"), sse=sdk_servers.url(f"/{server}/sse"))
    await scenario(Cell(kind, "sdk", place, Ledger(directory() / "none"), http, directory))


@pytest.mark.parametrize("server", ["stdio", "http"])
@pytest.mark.parametrize("client, mode", [("v1", "legacy"), ("v2", "legacy"), ("v2", "auto"), ("fastmcp", "auto")])
def test_an_official_client_at_the_official_server(sdk_servers, client, mode, server):
    """Calls, questions of every kind and their answers go through between the SDK's own two ends."""
    asking = [["interview", {}], ["compose", {}], ["first_root", {}]]
    calls = [["double", {"n": 21}], *asking, ["marked", {"region": "é"}]]
    order = {"kind": "streamable", "url": sdk_servers.url(f"/{server}/mcp"), "mode": mode, "calls": calls}
    outcome = visit(client, order, ("given_calls",))["given_calls"]
    assert "failure" not in outcome, outcome
    double, interview, compose, root, marked = [result["content"][0]["text"] for result in outcome["value"]]
    name = "answer to What is your name?"
    assert (double, compose, marked) == ("42", "composed sampled: a poem", "é")
    assert interview == f"{name} likes answer to Which colour does {name} like?"
    assert root.startswith("file:///roots/")
