"""The fixture servers themselves, visited by the real clients without a proxy: a failure elsewhere is the proxy's."""

import pytest

from support.features import CHECKS, MANY_TOOLS, PAGE, check
from support.fixture import stdio
from support.visit import visit

CLIENTS = ["v1", "v2", "fastmcp"]
CARRIERS = ["stdio", "json", "sse", "old"]


@pytest.fixture(scope="module")
def servers(http_fixture, new_ledger):
    """Orders for a visit to each carrier."""
    settings = {"tools": MANY_TOOLS, "page": PAGE}
    ledger = new_ledger()
    with http_fixture(answers="json", **settings) as json_answers, http_fixture(answers="sse", **settings) as sse_answers:
        yield {
            "stdio": {"kind": "stdio", **stdio(ledger=ledger, **settings), "ledger": str(ledger.path)},
            "json": {"kind": "streamable", "url": json_answers.mcp_url, "ledger": str(json_answers.ledger.path)},
            "sse": {"kind": "streamable", "url": sse_answers.mcp_url, "ledger": str(sse_answers.ledger.path)},
            "old": {"kind": "sse", "url": json_answers.sse_url, "ledger": str(json_answers.ledger.path)},
        }


@pytest.fixture(scope="module")
def outcomes(servers):
    """The outcome of each visit, made once."""
    made = {}

    def outcome(client, carrier):
        if (client, carrier) not in made:
            made[client, carrier] = visit(client, servers[carrier])
        return made[client, carrier]

    return outcome


@pytest.mark.parametrize("feature", CHECKS)
@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("client", CLIENTS)
def test_the_fixture_serves_this_feature_to_this_client_directly(outcomes, client, carrier, feature):
    """Without a proxy, every client gets every feature from every fixture server."""
    check(outcomes(client, carrier), feature)
