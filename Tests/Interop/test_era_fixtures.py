"""Both eras' fixture servers visited by raw clients of their own era: a failure in the matrix is then the proxy's."""

import pytest

from scenarios import SCENARIOS
from support.cells import Cell, name_of, pairs
from support.features import MANY_TOOLS, PAGE
from support.fixture import modern_stdio, stdio
from support.matrix import faults
from support.visits import Place

pytestmark = [pytest.mark.anyio, pytest.mark.long]

PAIRS = {
    "stdio-legacy": "legacy-stdio",
    "2025-11-25": "legacy-http",
    "2025-03-26": "legacy-http",
    "http-sse": "legacy-sse",
    "stdio-modern": "modern-stdio",
    "2026-07-28": "modern-http",
}


@pytest.fixture(scope="module", params=["json", "sse"])
def places(request, http_fixture, modern_http_fixture, new_ledger):
    """{kind of server: (where it is, its ledger)}"""
    settings = {"tools": MANY_TOOLS, "page": PAGE}
    ledgers = {"legacy-stdio": new_ledger(), "modern-stdio": new_ledger()}
    legacy = stdio(name="legacy-stdio", ledger=ledgers["legacy-stdio"], **settings)
    modern = modern_stdio(name="modern-stdio", ledger=ledgers["modern-stdio"], **settings)
    with (
        http_fixture(name="legacy-http", answers=request.param, **settings) as streamable,
        http_fixture(name="legacy-sse", transport="sse", **settings) as old,
        modern_http_fixture(name="modern-http", answers=request.param, **settings) as newest,
    ):
        yield {
            "legacy-stdio": (Place(command=[legacy["command"], *legacy["args"]]), ledgers["legacy-stdio"]),
            "modern-stdio": (Place(command=[modern["command"], *modern["args"]]), ledgers["modern-stdio"]),
            "legacy-http": (Place(mcp=streamable.mcp_url), streamable.ledger),
            "legacy-sse": (Place(sse=old.sse_url), old.ledger),
            "modern-http": (Place(mcp=newest.mcp_url), newest.ledger),
        }


@pytest.mark.parametrize("kind, scenario", pairs(PAIRS, SCENARIOS), ids=name_of)
async def test_the_fixture_does_this_for_a_raw_client_of_its_own_era(places, http, directory, kind, scenario):
    """Without a proxy, the scenario comes true, and a modern fixture has nothing to complain about."""
    place, ledger = places[PAIRS[kind]]
    before = len(ledger.entries("violation"))
    await scenario(Cell(kind, PAIRS[kind], place, ledger, http, directory, direct=True))
    assert faults(ledger.entries("violation")[before:], scenario) == []
