"""Every kind of HTTP client at every kind of server: whatever the two eras, the same call gives the same result."""

import pytest

from scenarios import SCENARIOS
from support.cells import SERVERS, STREAMING_SERVERS, name_of, pairs
from support.visits import HTTP_KINDS

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("kind, scenario", pairs(HTTP_KINDS, SCENARIOS), ids=name_of)
@pytest.mark.parametrize("server", SERVERS)
async def test_at_every_kind_of_server(servers, http, directory, server, kind, scenario):
    """The scenario comes true, and a server of the newest revision has nothing to complain about."""
    await servers.play(scenario, kind, server, http, directory)


@pytest.mark.parametrize("kind, scenario", pairs(["2025-11-25", "2026-07-28"], SCENARIOS), ids=name_of)
@pytest.mark.parametrize("server", STREAMING_SERVERS)
async def test_at_servers_that_answer_with_streams(servers, http, directory, server, kind, scenario):
    """The scenario comes true however a server over HTTP frames its answers."""
    await servers.play(scenario, kind, server, http, directory)
