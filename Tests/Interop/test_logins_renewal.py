"""A login lasts: its token is renewed before it is shown, after a refusal, and once for all; and what ends, ends in words."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.login import faults
from support.login_bench import ROOMY, LoginBench
from support.wait import eventually

CALLS = 50


@pytest.fixture(scope="module")
def bench(launch, http_fixture):
    with http_fixture() as fixture, launch({}, proxy={"management": ROOMY}) as proxy:
        yield LoginBench(proxy, fixture)


@pytest.fixture
def docs(bench, browser):
    """A server to which somebody is logged in, and which has been called."""
    with bench.place() as place:
        place.logged_in(browser()).called()
        yield place


def over_at_once(form):
    return {"expires_in": 0}


def refreshes(docs):
    return docs.login.token_requests(grant_type="refresh_token")


def nothing_came_twice(docs):
    """Whether nobody has noticed a refresh token that came twice."""
    return not any(grant.ended for grant in docs.login.tokens.grants)


def test_what_is_over_is_renewed_before_it_is_shown(bench, browser):
    """The token of the login never reaches the server, which would have taken it."""
    switch = {"token_changes": lambda form: {"expires_in": 0} if form["grant_type"] == "authorization_code" else {}}
    with bench.place(**switch) as docs:
        docs.logged_in(browser()).called()
        (grant,) = docs.login.tokens.grants
        assert [form["refresh_token"] for form in refreshes(docs)] == grant.refresh[:1]
        assert docs.server.tokens == grant.access[1:]
        assert refreshes(docs)[0]["resource"] == docs.server.mcp_url


def test_a_token_that_is_refused_is_renewed_and_nobody_notices(docs):
    docs.login.tokens.expire()
    docs.called()
    assert len(refreshes(docs)) == 1
    docs.called()
    assert len(refreshes(docs)) == 1 and nothing_came_twice(docs)


def test_a_token_that_is_refused_again_is_not_renewed_again(docs):
    """A server that takes no token: one attempt, and somebody has to log in."""
    docs.login.check = lambda token, resources: None
    assert "wants somebody to log in" in docs.refused()
    docs.refused()
    assert len(refreshes(docs)) == 1
    docs.wait("login needed")


def test_where_refresh_tokens_stay_the_same_the_proxy_keeps_its_own(docs):
    docs.login.rotates = False
    docs.login.token_changes = {"expires_in": 0, "refresh_token": None}
    docs.login.tokens.expire()
    for _ in range(2):
        docs.called()
    (grant,) = docs.login.tokens.grants
    assert {form["refresh_token"] for form in refreshes(docs)} == {grant.refresh[0]} and len(refreshes(docs)) > 1


@pytest.mark.parametrize("reason", ["over", "refused"])
def test_one_renewal_serves_all_who_wait(docs, reason):
    """Whether they come when the token is over, or all are refused with it."""
    docs.called()
    if reason == "over":
        docs.login.token_changes = over_at_once
    docs.login.tokens.expire()
    if reason == "over":
        docs.called()
    docs.login.faults["/token"] = hold = faults.Hold()
    before = len(refreshes(docs))

    def all_wait():
        eventually(lambda: docs.entry["callsInFlight"] == CALLS, f"{CALLS} calls to wait: {docs.entry}")
        if reason == "refused":
            refused = lambda: [asked for asked in docs.server.record if asked.status == 401]  # noqa: E731
            eventually(lambda: len(refused()) >= CALLS, "all calls to be refused")
        hold.release()

    answers = docs.calls_at_once(CALLS, all_wait)
    assert all("result" in answer for answer in answers), answers
    assert len(refreshes(docs)) - before == 1 and nothing_came_twice(docs)


def test_a_refresh_that_is_refused_for_good_asks_for_a_login_and_no_more(docs, browser):
    docs.login.tokens.revoke()
    assert docs.page in docs.refused()
    docs.wait("login needed")
    for _ in range(3):
        docs.refused()
    assert len(refreshes(docs)) == 1
    docs.logged_in(browser()).called()


def test_a_login_that_has_ended_before_anything_was_called_asks_for_another(bench, browser):
    """Although the proxy does not know yet what the server lists: who calls hears that somebody has to log in."""
    with bench.place() as docs:
        docs.logged_in(browser())
        docs.login.tokens.revoke()
        for _ in range(2):
            error = docs.call()["error"]
            assert error.get("data", {}).get("reason") == "loginNeeded" and docs.page in error["message"], error


# While a renewal is under way


@pytest.fixture
def renewing(docs):
    """A server whose token is being renewed for a call, with what lets that go on and the answer to the call."""
    docs.login.tokens.expire()
    docs.login.faults["/token"] = hold = faults.Hold(times=1)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(docs.call)
        eventually(lambda: hold.met, "the renewal to begin")
        yield docs, hold, answer
        hold.release()


def test_who_logs_out_during_a_renewal_is_logged_out(renewing):
    docs, hold, answer = renewing
    assert docs.post("logout").status_code == 200
    hold.release()
    assert "error" in answer.result()
    assert docs.state == "login needed"
    seen = len(docs.server.record)
    docs.refused()
    assert all(asked.bearer is None for asked in list(docs.server.record)[seen:])


def test_who_logs_in_during_a_renewal_is_logged_in(renewing, browser):
    """What comes of the renewal of the other's grant takes the place of nothing."""
    docs, hold, answer = renewing
    docs.login.person = "bob"
    docs.log_in(browser())
    hold.release()
    answer.result()
    docs.called()
    docs.login.tokens.expire()
    docs.called()
    assert docs.server.calls[-2:] == [("bob", "whoami")] * 2


# What fails


def log_lines(docs):
    """What the log says of a server."""
    return [line for line in docs.proxy.output.splitlines() if line.endswith(f"server={docs.name}")]


def comes_back(docs):
    """The server is called again without anybody's help."""
    eventually(lambda: "result" in docs.call(), f"the server to answer again: {docs.entry}")
    assert (docs.state, docs.held, len(docs.login.logins)) == ("ready", {}, 1)


def test_an_authorization_server_that_is_away_for_a_while_costs_no_login(bench, docs, browser):
    """Calls fail in words that say so, other servers go on, and all comes back by itself."""
    with bench.place() as other:
        other.logged_in(browser())
        docs.login.faults["/token"] = faults.Status(503)
        docs.login.tokens.expire()
        for _ in range(5):
            words = docs.refused()
            assert "gives no token for it now; it is tried again" in words or "has failed 5 times in a row" in words
            assert docs.held == {}, docs.entry
        assert any("/token answers with status 503" in line for line in log_lines(docs)), log_lines(docs)
        other.called()
        docs.login.faults.clear()
        comes_back(docs)
        assert nothing_came_twice(docs)


@pytest.mark.parametrize("calls", [True, False])
def test_where_renewals_are_refused_without_a_reason_the_login_comes_back_by_itself(bench, browser, calls):
    """Somebody is asked to log in meanwhile, in words of ours; the login is kept and tried again, also where nobody calls."""
    with bench.place() as docs:
        docs.logged_in(browser()).called()
        docs.login.faults["/token"] = faults.HTML(404)
        docs.login.tokens.expire()
        docs.login.token_changes = {"expires_in": 0}

        def is_needed():
            words = docs.refused()
            assert "has failed" not in words and "/token" not in words, words
            return docs.state == "login needed"

        eventually(is_needed, "the login to be needed", 60)
        assert "refuses to renew the login" in docs.refused()
        docs.login.faults.clear()
        if calls:
            eventually(lambda: "result" in docs.call(), "the calls to be answered again", 60)
        eventually(lambda: docs.state == "ready", "the server to be ready again", 60)
        docs.called()
        assert len(docs.login.logins) == 1 and nothing_came_twice(docs)


@pytest.mark.parametrize("fault, words", [
    (faults.HTML(), "not in JSON"),
    (faults.HTML(400), "not in JSON"),
    (faults.Cut(), "was lost before it answered"),
    (faults.Error("temporarily_unavailable"), "temporarily_unavailable"),
    (faults.Redirect("http://127.0.0.1:1/elsewhere", 307), "redirects are not followed"),
    (faults.Status(200, b'{"access_token": "x"', "application/json"), "does not answer in JSON"),
    (faults.Status(200, b'{"token_type": "Bearer"}', "application/json"), "without an access_token"),
    (faults.Status(200, b'{"access_token": "x", "token_type": "mac"}', "application/json"), "Bearer only"),
], ids=["html", "html-400", "cut", "error", "redirect", "half", "no-token", "mac"])  # fmt: skip
def test_what_is_no_answer_costs_no_login(docs, fault, words):
    docs.login.faults["/token"] = fault
    docs.login.tokens.expire()
    docs.refused()
    # Whether the refused request, the renewal or the next one is heard of first.
    eventually(lambda: any(words in line for line in log_lines(docs)), f"{words!r} in the log")
    assert docs.state != "login needed", docs.entry
    docs.login.faults.clear()
    comes_back(docs)


def test_a_client_that_was_forgotten_registers_anew(docs, browser):
    """At a login after a refresh that was refused for that."""
    ((first,),) = [[client.id for client in docs.login.clients.all]]
    docs.login.clients.forget(first)
    docs.login.tokens.expire()
    docs.refused()
    docs.wait("login needed")
    docs.logged_in(browser()).called()
    assert len(docs.login.registrations) == 2


def test_a_logout_is_the_way_out_where_the_authorization_server_has_forgotten_the_proxy(docs, browser):
    """It says so to the person alone, whom nobody sends back."""
    (client,) = docs.login.clients.all
    docs.login.clients.forget(client.id)
    assert "there is no client" in docs.log_in(browser()).text
    assert docs.post("logout").status_code == 200
    docs.logged_in(browser()).called()


def test_a_logout_of_nobody_is_the_same_way_out(bench, browser):
    """Of each registration: for the page, and for the command."""
    with bench.place() as docs:
        for redirect in [docs.proxy.url("/oauth/callback"), "http://127.0.0.1:19850/callback"]:
            assert docs.post("login", {"redirect": redirect}).status_code == 200
        for client in docs.login.clients.all:
            docs.login.clients.forget(client.id)
        assert "there is no client" in docs.log_in(browser()).text
        assert docs.post("logout").status_code == 200
        docs.logged_in(browser()).called()
        assert docs.post("logout").status_code == 200 and docs.post("logout").status_code == 409


def test_an_issuer_that_gives_no_refresh_token_is_asked_for_none(bench, browser):
    with bench.place(refresh_tokens="never") as docs:
        docs.logged_in(browser()).called()
        docs.login.tokens.expire()
        assert docs.page in docs.refused()
        docs.wait("login needed")
        assert refreshes(docs) == []
