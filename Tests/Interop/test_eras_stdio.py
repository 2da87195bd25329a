"""`mcp-proxy stdio` as the server of a client that speaks over stdin and stdout, at every kind of server behind it."""

import pytest

from scenarios import SCENARIOS
from support.cells import SERVERS, name_of, pairs
from support.matrix import matrix
from support.visits import STDIO_KINDS

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def servers(launch, http_fixture, modern_http_fixture, new_ledger):
    with matrix(launch, http_fixture, modern_http_fixture, new_ledger, one_sender=False) as made:
        yield made


@pytest.mark.sampled(4)
@pytest.mark.parametrize("kind, scenario", pairs(STDIO_KINDS, SCENARIOS), ids=name_of)
@pytest.mark.parametrize("server", SERVERS)
async def test_over_stdio(servers, http, directory, server, kind, scenario):
    """The scenario comes true, and a server of the newest revision has nothing to complain about."""
    await servers.play(scenario, kind, server, http, directory)
