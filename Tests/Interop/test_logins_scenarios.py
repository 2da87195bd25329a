"""The proxy goes through the scenarios of the conformance suite: as the client of servers of both eras."""

import pytest

from support.login.app import REDIRECT
from support.login.scenarios import MOST_LOGINS, NAME, SCENARIOS, TOOL
from support.login_bench import ROOMY, LoginBench

LEGACY, MODERN = "legacy", "modern"


@pytest.fixture(scope="module")
def benches(launch, http_fixture, modern_http_fixture):
    """{era: a bench with servers of it}, at one proxy, whose own document is at an address of the operator's."""
    settings = {"management": ROOMY, "identity": {"clientMetadataURL": NAME}}
    with http_fixture() as legacy, modern_http_fixture() as modern, launch({}, proxy=settings) as proxy:
        yield {LEGACY: LoginBench(proxy, legacy), MODERN: LoginBench(proxy, modern)}


def log_in(place, browser):
    """Whether a person got in, whose browser comes back to a program of theirs."""
    asked = place.post("login", {"redirect": REDIRECT})
    if asked.status_code != 200:
        return False
    page = browser.open(asked.json()["url"], stop_before=REDIRECT)
    return place.post("login", {"answer": page.awaited.partition("?")[2]}).status_code == 200


def get_through(place, browser):
    """Whether a call succeeds, for which somebody logs in whenever that is wanted."""
    for _ in range(MOST_LOGINS + 1):
        answer = place.call(TOOL)
        if "result" in answer:
            return True
        if answer["error"]["data"].get("reason") != "loginNeeded" or not log_in(place, browser):
            return False
    return False


def auth_of(scenario):
    """What the operator writes who knows what the client is told beforehand. That a login is wanted is found out, but where
    none is possible."""
    if known := scenario.client.get("client"):
        return {"type": "oauth", "clientID": known["id"], "clientSecret": known["secret"]}
    return None if scenario.succeeds else {"type": "oauth"}


# Each with the era of the servers of the revisions that have it.
PARTS = [(scenario, MODERN) for scenario in SCENARIOS]
PARTS += [(scenario, LEGACY) for scenario in SCENARIOS if scenario.since == "2025-11-25"]


@pytest.mark.parametrize("scenario, era", PARTS, ids=lambda one: getattr(one, "name", one))
def test_the_proxy_plays_its_part(benches, browser, scenario, era):
    bench = benches[era]
    with scenario.staged(bench.fixture) as stage, bench.standing(stage.login, stage.server, auth_of(scenario)) as place:
        place.logins.append(stage.other)
        robot = browser()
        through = [get_through(place, robot) for _ in range(scenario.calls)]
        assert through == [scenario.succeeds] * scenario.calls, bench.proxy.last_lines()
        scenario.check(stage)
