"""A client of each era at a server of each behind one endpoint: what is true at the server's own path is true."""

import pytest

from scenarios import SCENARIOS, reading
from support.cells import name_of, pairs

pytestmark = pytest.mark.anyio

KINDS = ["2025-11-25", "2026-07-28"]
# The first, whose addresses are offered as they are, and one whose addresses the first has, too.
SERVERS = ["legacy-stdio", "modern-http"]
# Who the endpoint says it is has a test of its own.
MERGED = [scenario for scenario in SCENARIOS if scenario is not reading.identity]


@pytest.mark.parametrize("kind, scenario", pairs(KINDS, MERGED), ids=name_of)
@pytest.mark.parametrize("server", SERVERS)
async def test_at_every_kind_of_server(servers, http, directory, server, kind, scenario):
    """The scenario comes true for this server's names, and one of the newest revision has nothing to complain of."""
    await servers.play(scenario, kind, server, http, directory, merged=True)
