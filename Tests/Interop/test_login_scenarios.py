"""The official SDK 2.x goes through the scenarios of the conformance suite as they are staged here, without a proxy."""

import pytest

from support.login.scenarios import SCENARIOS, TOOL
from support.visit import log_in


@pytest.mark.long
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_official_sdk_plays_its_part(modern_http_fixture, scenario):
    with modern_http_fixture() as fixture, scenario.staged(fixture) as stage:
        order = {"url": stage.server.mcp_url, "tool": TOOL, "calls": scenario.calls, **scenario.client}
        if scenario.succeeds:
            log_in("new", order)
        else:
            with pytest.raises(AssertionError, match="oauth_client.py ended with"):
                log_in("new", order)
        scenario.check(stage)


def test_each_revision_has_as_many_scenarios_as_it_scores():
    assert (len([one for one in SCENARIOS if one.since == "2025-11-25"]), len(SCENARIOS)) == (14, 25)
