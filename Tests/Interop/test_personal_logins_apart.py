"""Each caller's own login is for him alone: nobody else opens his link, and nobody else's calls use his grant."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import secrets
from support.login.server import LoginServer
from support.login_bench import ROOMY, SECONDS, Place, Terminal
from support.managed import bearer
from support.protected_server import ProtectedServer
from support.raw import Streamable
from support.robot_browser import Opener

pytestmark = pytest.mark.anyio

ANN, BOB, BOSS = "canary-token-of-ann-0123456789", "canary-token-of-bob-0123456789", "canary-token-of-boss-0123456789"
CLIENTS = {name: {"tokens": [token], "servers": ["*"]} for name, token in (("ann", ANN), ("bob", BOB))}
CLIENTS["boss"] = {"tokens": [BOSS], "servers": ["*"], "management": "execute"}
PERSONAL = {"type": "oauth", "per": "principal"}
# What each of them calls, so that the server's book shows whose call was made as whom.
TOOLS = {"ann": ("whoami", ANN), "bob": ("log_levels", BOB)}
CALLS = 200


@pytest.fixture(scope="module")
def proxy(launch):
    with launch({}, proxy={"clients": CLIENTS, "management": ROOMY}) as proxy:
        yield proxy


class Office:
    """A server to which everybody logs in for himself."""

    def __init__(self, place):
        self.place = place

    def call(self, name):
        tool, token = TOOLS[name]
        return self.place.call(tool, token=token)

    def link(self, name):
        """Where a caller is led to who is not logged in."""
        error = self.call(name)["error"]
        assert error["data"]["reason"] == "loginNeeded", error
        address = error["data"]["url"]
        secrets.remember(address.partition("ticket=")[2])
        return address

    def log_in(self, browser, name, address=None):
        self.place.login.person = name
        page = self.place.log_in(browser, address or self.link(name))
        assert "Logged in" in page.text, page.text
        assert "result" in self.call(name)

    def look(self, address, token=None, **form):
        """The response to somebody with a credential, or without one."""
        with self.place.proxy.visitor(headers=bearer(token), timeout=SECONDS) as visitor:
            return visitor.post(address, data=form) if form else visitor.get(address)


@pytest.fixture(params=["legacy"])
def office(proxy, fixtures, request):
    with LoginServer("/tenant") as login, ProtectedServer(fixtures[request.param], login) as server:
        place = Place(proxy, "jira", login, server, token=BOSS)
        place.add(PERSONAL)
        yield Office(place)
        place.ask("DELETE", "/jira")
        place.check_requests()


# Links


def test_the_link_of_one_caller_is_refused_to_another(office, browser):
    """Whoever shows nothing is believed, as a browser can show nothing; and the page says for whom it is."""
    address = office.link("bob")
    refused = office.look(address, ANN)
    assert refused.status_code == 403 and "for somebody else" in refused.text and "<form" not in refused.text
    assert office.look(address, BOSS).status_code == 403
    page = office.look(address, BOB)
    assert page.status_code == 200 and "“client bob” alone" in page.text, page.text
    office.log_in(browser(), "bob", address)
    assert [grant.person for grant in office.place.login.tokens.grants] == ["bob"]


def test_a_page_that_was_opened_is_of_no_use_to_another_caller(office):
    """Not even with its form and its cookie."""
    address = office.link("bob")
    with office.place.proxy.visitor(timeout=SECONDS) as visitor:
        page = visitor.get(address)
        token = page.text.split('name="token" value="')[1].split('"')[0]
        form = {"token": token, "ticket": address.partition("ticket=")[2]}
        refused = visitor.post(address, data=form, headers=bearer(ANN))
        assert refused.status_code == 403 and "for somebody else" in refused.text, refused.text
        # The ticket counts, and not what the address says.
        assert visitor.post(office.place.page, data=form, headers=bearer(BOB)).status_code == 303


def test_a_link_counts_once(office, browser):
    address = office.link("bob")
    office.log_in(browser(), "bob", address)
    page = browser().open(address)
    assert page.status == 403 and "count once" in page.text, page.text
    assert office.look(address, BOB).status_code == 403


def test_each_link_is_another_one(office):
    links = {office.link("bob") for _ in range(5)}
    assert len(links) == 5


def test_without_a_link_the_page_is_for_whoever_shows_who_he_is(office, browser):
    assert browser().open(office.place.page).status == 403
    assert "“client ann” alone" in office.look(office.place.page, ANN).text


def test_a_link_is_for_one_server(office):
    address = office.link("bob")
    office.place.ask("POST", "", {"name": "wiki", "config": office.place.server.streamable(auth=PERSONAL)}, 201)
    assert office.look(address.replace("/jira?", "/wiki?"), BOB).status_code == 403
    office.place.ask("DELETE", "/wiki")


def test_a_link_of_the_command_is_for_whoever_has_asked_for_it(office, browser):
    """Where each caller has a login of his own, nothing counts for everybody."""
    address = Terminal(office.place.proxy).run("login", "jira", "--link", "--token", BOSS)[0].strip()
    secrets.remember(address.partition("ticket=")[2])
    assert office.look(address, BOB).status_code == 403
    office.place.login.person = "boss"
    assert "Logged in" in office.place.log_in(browser(), address).text
    assert "result" in office.place.call(token=BOSS)
    office.link("bob")
    assert office.place.server.calls == [("boss", "whoami")]


def test_the_command_logs_in_whoever_gives_it(office, tmp_path, browser):
    opener = Opener(tmp_path)
    process = Terminal(office.place.proxy, opener).begin("login", "jira", "--token", BOSS)
    office.place.login.person = "boss"
    assert "Logged in" in browser().open(opener.wait_for_url()).text
    output, _ = Terminal(office.place.proxy).end(process)
    assert output.startswith(f'logged in to jira for "boss" alone (per: principal) at {office.place.proxy.base};'), output
    assert "result" in office.place.call(token=BOSS)
    office.link("bob")
    Terminal(office.place.proxy).run("logout", "jira", "--token", BOSS)
    assert "error" in office.place.call(token=BOSS)


# Grants


@pytest.mark.parametrize("office", ["legacy", "modern"], indirect=True)
def test_the_grant_of_one_is_never_used_for_another(office, browser):
    """In many calls that go on at once, while all tokens end in the middle."""
    for name in TOOLS:
        office.log_in(browser(), name)
    seen = len(office.place.server.calls)

    def work(number):
        if number == CALLS // 2:
            office.place.login.tokens.expire()
        return office.call(list(TOOLS)[number % 2])

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(work, range(CALLS)))
    assert all("result" in answer for answer in answers), [answer for answer in answers if "result" not in answer][:3]
    made = office.place.server.calls[seen:]
    assert set(made) == {("ann", "whoami"), ("bob", "log_levels")} and len(made) == CALLS
    assert len(office.place.login.token_requests(grant_type="refresh_token")) == 2


def test_that_one_is_logged_in_says_nothing_of_another(office, browser):
    office.log_in(browser(), "ann")
    address = office.link("bob")
    assert office.place.server.calls == [("ann", "whoami")]
    assert "Logged in now" not in office.look(address, BOB).text
    assert "ann" not in office.look(address, BOB).text


def test_that_the_login_of_one_ends_does_not_concern_another(office, browser):
    for name in TOOLS:
        office.log_in(browser(), name)
    (bob,) = [grant for grant in office.place.login.tokens.grants if grant.person == "bob"]
    bob.ended = True
    address = office.link("bob")
    assert "result" in office.call("ann")
    office.log_in(browser(), "bob", address)


async def test_a_session_of_one_is_of_no_use_to_another(office, browser, http):
    office.log_in(browser(), "ann")
    client = await Streamable(office.place.proxy.url("/jira/mcp"), http, headers=bearer(ANN)).initialize()
    stolen = Streamable(office.place.proxy.url("/jira/mcp"), http, headers=bearer(BOB))
    stolen.session = client.session
    response = await stolen.post(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "whoami"}}))
    assert response.status_code == 404, response.text
    assert set(office.place.server.calls) == {("ann", "whoami")}


# Restarts


@pytest.fixture
def kept(make_proxy, fixtures, directory):
    """An office behind a proxy that keeps its state; not started. `options` are those of the proxy."""
    with LoginServer("/tenant") as login, ProtectedServer(fixtures["legacy"], login) as server:

        def made(**settings):
            proxy = make_proxy({"jira": server.streamable(auth=PERSONAL)}, **settings)
            proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(directory() / "state")])
            proxy.start().wait_ready()
            return Office(Place(proxy, "jira", login, server, token=BOSS))

        yield made


def restart(office):
    office.place.proxy.stop()
    office.place.proxy.start().wait_ready()


def test_a_restart_keeps_each_login_for_whom_it_is(kept, browser):
    office = kept(proxy={"clients": CLIENTS})
    for name in TOOLS:
        office.log_in(browser(), name)
    restart(office)
    for name in TOOLS:
        assert "result" in office.call(name)
    assert set(office.place.server.calls) == {("ann", "whoami"), ("bob", "log_levels")}
    assert len(office.place.login.logins) == 2
    office.place.proxy.stop()


def test_whose_login_has_ended_during_a_restart_is_led_to_it(kept, browser):
    """Although nothing is known yet of what the server lists."""
    office = kept(proxy={"clients": CLIENTS})
    for name in TOOLS:
        office.log_in(browser(), name)
    (bob,) = [grant for grant in office.place.login.tokens.grants if grant.person == "bob"]
    bob.ended = True
    restart(office)
    assert "result" in office.call("ann")
    office.log_in(browser(), "bob", office.link("bob"))
    office.place.proxy.stop()


def test_who_has_no_name_logs_in_again_after_a_restart(kept, browser):
    """Callers are told apart by the place of their token, which may be somebody else's then."""
    office = kept(options={"authTokens": [ANN, BOB]})
    office.log_in(browser(), "ann")
    restart(office)
    office.link("ann")
    assert ("ann", "log_levels") not in office.place.server.calls
    office.place.proxy.stop()
