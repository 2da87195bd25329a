"""Servers that want OAuth, and the proxy as their client: somebody logs in once, with a browser, and everybody calls."""

import pytest

from support.authority import Authority
from support.login.metadata import OIDC, RFC8414
from support.login.server import LoginServer
from support.login_bench import ROOMY, LoginBench, Place, Terminal
from support.protected_server import ProtectedServer, calls_alone
from support.secrets import SHORTEST

pytestmark = pytest.mark.anyio

HEADERS = {
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


@pytest.fixture(scope="module")
def bench(launch, http_fixture):
    with http_fixture() as fixture, launch({}, proxy={"management": ROOMY}) as proxy:
        yield LoginBench(proxy, fixture)


@pytest.fixture
def docs(bench):
    with bench.place() as place:
        yield place


# With a browser


@pytest.mark.parametrize("era", ["legacy", "modern"])
async def test_somebody_logs_in_with_a_browser(launch, protected, browser, http, era):
    with LoginServer("/tenant") as login, protected(login, era, scope="read") as server:
        with launch({"docs": server.streamable()}) as proxy:
            proxy.wait_state("docs", "login needed")
            robot = browser()
            page = robot.press(robot.open(proxy.url("/oauth/login/docs")), "Log in")
            assert (page.status, "Logged in to docs" in page.text) == (200, True), page.text
            proxy.wait_state("docs", "ready")
            client = await proxy.client("docs", http).initialize()
            answer = await client.call("whoami")
            assert "result" in answer, answer
            assert server.calls == [("ann", "whoami")]
            (token,) = server.tokens
            assert token not in proxy.output
            assert token.encode() not in server.fixture.ledger.raw_bytes()


def test_a_server_of_the_first_transport_may_want_a_login_too(bench, browser):
    """HTTP+SSE: the stream is refused before anything else can be."""
    with bench.place(transport="sse", lock={"metadata_at": ("root",)}) as docs:
        docs.wait("login needed")
        assert docs.page in docs.refused()
        docs.logged_in(browser()).called()
        docs.login.tokens.expire()
        docs.called()
        assert docs.server.calls == [("ann", "whoami")] * 2


def test_a_server_that_is_added_waits_for_a_login_and_says_how(bench, docs):
    """It is no failure: the server is there, and calls say what to do."""
    docs.wait("login needed")
    needed = docs.entry["login"]["needed"]
    assert needed == f"mcp-proxy login {docs.name}, or open {docs.page}"
    assert needed in docs.refused()
    assert needed in bench.proxy.output
    table, said = Terminal(bench.proxy).run("list")
    assert f"{docs.name} wants somebody to log in: {needed}" in said
    assert bench.proxy.servers()[docs.name]["state"] == "login needed" and bench.proxy.is_ready()
    assert docs.login.record.paths and docs.login.registrations == docs.login.logins == []


def test_the_page_says_what_it_is_about_and_cannot_be_framed(bench, browser):
    with bench.place(lock={"scope": "read write"}) as docs:
        page = browser().open(docs.page)
        assert {name: page.headers.get(name) for name in HEADERS} == HEADERS
        policy = page.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
        for said in [docs.name, docs.server.origin.removeprefix("http://"), "read, write", "mcp-proxy", "everybody"]:
            assert said in page.text, page.text
        cookie = page.headers["set-cookie"]
        assert "; HttpOnly" in cookie and "; SameSite=Lax" in cookie, cookie
        assert len(cookie.partition("=")[2].partition(";")[0]) > SHORTEST
        assert page.buttons == ["Log in"]


def test_every_page_on_the_way_is_told_to_nobody_else(docs, browser):
    robot = browser()
    docs.logged_in(robot)
    own = [response for response in robot.visits if str(response.request.url).startswith(docs.proxy.base)]
    assert [response.status_code for response in own] == [200, 303, 200]
    for response in own:
        assert {name: response.headers.get(name) for name in HEADERS} == HEADERS, response.request.url
    assert browser().open(docs.page.replace("docs-", "no-such-")).status == 404


def test_a_form_of_another_page_begins_nothing(docs, browser):
    """Without the cookie of the browser that was shown the page, and with another one's."""
    page, other = browser().open(docs.page), browser()
    assert other.press(page, "Log in").status == 403
    other.open(docs.page)
    assert other.press(page, "Log in").status == 403
    assert docs.login.record.of(docs.login.path + "/register") == docs.login.logins == []


def test_a_person_is_asked_there_and_says_yes_or_no(docs, browser):
    docs.login.consent = "page"
    robot = browser()
    page = robot.press(docs.log_in(robot), "Deny")
    assert page.status == 400 and "access_denied: somebody said no" in page.text, page.text
    assert docs.wait("login needed").login.token_requests() == []
    page = robot.press(docs.log_in(robot), "Allow")
    assert f"Logged in to {docs.name}" in page.text, page.text
    docs.wait("ready").called()


async def test_a_login_may_be_wanted_only_at_the_first_call(bench, browser, http):
    """In the middle of a session, which goes on after it."""
    with bench.place(lock={"protects": calls_alone}) as docs:
        docs.wait("ready")
        client = await bench.proxy.client(docs.name, http).initialize()
        assert (await client.request("tools/list"))["result"]["tools"]
        refused = (await client.call("whoami"))["error"]
        assert docs.page in refused["message"] and refused["data"]["reason"] == "loginNeeded"
        assert docs.state == "login needed"
        docs.logged_in(browser())
        assert "result" in await client.call("whoami")
        assert docs.server.calls == [("ann", "whoami")]


async def test_a_call_of_a_tool_that_needs_more_asks_for_a_login_and_nothing_else_does(bench, browser):
    with bench.place(lock={"scope": "read", "tool_scopes": {"echo": "write"}, "tells_all": False}) as docs:
        docs.logged_in(browser())
        assert "once more, for more rights" in docs.refused("echo")
        docs.called()
        assert (docs.state, docs.entry["login"]["needed"].startswith("once more")) == ("ready", True)
        page = browser().open(docs.page)
        assert "write" in page.text
        docs.logged_in(browser())
        assert "result" in docs.call("echo", {"text": "x"})
        assert [set(query["scope"].split()) for query in docs.login.logins] == [{"read"}, {"read", "write"}]


def test_a_login_is_wanted_before_it_is_known_how_the_server_speaks(bench, browser):
    """Without a transport in its configuration, which is found out after it."""
    with bench.place(transport=None) as docs:
        docs.wait("login needed").logged_in(browser()).called()
        assert docs.entry["transport"] == "streamable-http"


def test_a_login_over_tls(launch, http_fixture, tmp_path, browser):
    """To servers of an authority of the operator's, and to none of another one."""
    authority = Authority(tmp_path)
    certificate = authority.certificate("localhost")
    with http_fixture() as fixture, LoginServer("/tenant", certificate) as login:
        with ProtectedServer(fixture, login, certificate) as server:
            trusted = {"docs": server.streamable(trustedCAFile=str(authority.file)), "wiki": server.streamable()}
            with launch(trusted, proxy={"management": ROOMY}) as proxy:
                docs = Place(proxy, "docs", login, server)
                docs.wait("login needed").logged_in(browser(trusted=authority.file)).called()
                assert proxy.servers()["wiki"]["state"] == "failed"


def test_a_reload_keeps_logins_of_which_nothing_has_changed(launch, http_fixture, browser):
    with http_fixture() as fixture, LoginServer() as login, ProtectedServer(fixture, login) as server:
        with launch({"docs": server.streamable()}, proxy={"management": ROOMY}) as proxy:
            docs = Place(proxy, "docs", login, server)
            docs.logged_in(browser()).called()
            for entries in [{"docs": server.streamable(timeout="90s")}, {}, {"docs": server.streamable()}]:
                proxy.rewrite(entries, proxy={"management": ROOMY})
                with proxy.visitor() as visitor:
                    assert visitor.post(proxy.url("/api/reload")).status_code == 200
            docs.wait("ready").called()
            assert len(login.logins) == 1


@pytest.mark.parametrize("way", ["reload", "replace"])
def test_a_token_goes_to_no_other_address_than_it_was_got_for(launch, http_fixture, browser, way):
    """The server moves to an address that wants a login, too: what served before is done, and is shown nothing."""
    keys = {"management": ROOMY}
    with http_fixture() as fixture, LoginServer() as first, LoginServer() as second:
        with ProtectedServer(fixture, first) as old, ProtectedServer(fixture, second) as new:
            entries = {"docs": old.streamable()} if way == "reload" else {}
            with launch(entries, proxy=keys) as proxy:
                docs = Place(proxy, "docs", first, old)
                if way == "replace":
                    docs.add()
                docs.logged_in(browser()).called()
                called = list(old.calls)
                if way == "replace":
                    docs.ask("PUT", "/docs", {"config": new.streamable()})
                else:
                    proxy.rewrite({"docs": new.streamable()}, proxy=keys)
                    with proxy.visitor() as visitor:
                        assert visitor.post(proxy.url("/api/reload")).status_code == 200
                moved = Place(proxy, "docs", second, new)
                moved.wait("login needed").logged_in(browser()).called()
                assert new.tokens and not set(old.tokens) & set(new.tokens)
                assert old.calls == called and new.calls


# Where what is said, and as whom


@pytest.mark.parametrize("place", ["rfc8414", "oidc", "oidc-appended"])
def test_metadata_is_found_at_each_place_of_an_issuer_with_a_path(bench, browser, place):
    with bench.place(metadata_at=(place,)) as docs:
        docs.logged_in(browser()).called()
        asked = [path for path in docs.login.record.paths if ".well-known" in path]
        order = [RFC8414 + "/tenant", OIDC + "/tenant", "/tenant" + OIDC]
        assert asked[: len(asked) // 2] == order[: len(asked) // 2] and RFC8414 not in asked


def test_the_proxy_registers_once_and_can_renew(bench, docs, browser):
    for _ in range(2):
        docs.logged_in(browser())
    (wanted,) = docs.login.registrations
    assert wanted["redirect_uris"] == [bench.proxy.url("/oauth/callback")]
    assert set(wanted["grant_types"]) == {"authorization_code", "refresh_token"}
    assert (wanted["client_name"], wanted["application_type"]) == ("mcp-proxy", "native")


def test_where_nobody_is_registered_the_words_say_what_to_do(bench, browser):
    with bench.place(registration="off") as docs:
        page = docs.log_in(browser())
        assert page.status == 403, page.text
        for said in ["registers no clients by itself", bench.proxy.url("/oauth/callback"), "auth.clientID"]:
            assert said in page.text, page.text
        docs.wait("login needed")
        # Before anybody has tried in vain, to whom it is of use.
        needed = docs.entry["login"]["needed"]
        assert "registers no clients by itself" in needed and docs.page in needed, needed
        assert "registers no clients" not in docs.refused()


def test_a_client_that_is_known_shows_itself(bench, browser):
    secret, redirect = "canary-secret-of a client: 100%", bench.proxy.url("/oauth/callback")
    with bench.place({"type": "oauth", "clientID": "app", "clientSecret": secret}, registration="off") as docs:
        docs.login.add_client("app", secret=secret, method="client_secret_basic", redirect_uris=[redirect])
        docs.logged_in(browser()).called()
        assert docs.login.record.holding(secret) == docs.login.asked("/token")
        assert docs.server.record.holding(secret) == []


def test_the_client_of_one_issuer_is_shown_to_no_other(bench, browser):
    auth = {"type": "oauth", "clientID": "app", "clientSecret": "canary-secret-of-another", "issuer": "https://a.example.com"}
    with bench.place(auth) as docs:
        page = docs.log_in(browser())
        assert page.status == 403 and "https://a.example.com" in page.text, page.text
        assert docs.login.record.holding("app") == []


async def test_nobody_logs_in_where_the_operator_does_not_want_it(launch, protected, browser):
    with LoginServer() as login, protected(login) as server, launch({"docs": server.streamable(auth="none")}) as proxy:
        assert proxy.servers()["docs"]["state"] == "failed"
        assert browser().open(proxy.url("/oauth/login/docs")).status == 403
        assert list(login.record) == []


def test_the_proxy_describes_itself_at_an_address_that_others_can_read(bench, launch):
    """Under its public address, and not where it has none."""
    path = "/oauth/client-metadata.json"
    with bench.proxy.visitor() as visitor:
        assert visitor.get(bench.proxy.url(path)).status_code == 404
    with launch({}, proxy={"baseURL": "https://mcp.example.com"}) as proxy, proxy.visitor() as visitor:
        response = visitor.get(proxy.url(path), headers={"Host": "mcp.example.com"})
        document = response.json()
        assert (response.status_code, document["client_id"]) == (200, "https://mcp.example.com" + path)
        assert "https://mcp.example.com/oauth/callback" in document["redirect_uris"]
        assert document["token_endpoint_auth_method"] == "none" and "client_secret" not in document


# How it stands


def test_the_list_shows_who_is_logged_in_and_until_when(bench, browser):
    with bench.place(lock={"scope": "openid"}, refresh_tokens="never") as docs:
        docs.logged_in(browser())
        held = docs.held
        assert held["account"] == "ann" and held["until"], held
        table, _ = Terminal(bench.proxy).run("list")
        assert f"{docs.name} is logged in as ann until {held['until']}" in table
        assert "Logged in now: ann." in browser().open(docs.page).text


def test_a_login_that_is_renewed_has_no_end(bench, docs, browser):
    docs.logged_in(browser())
    assert docs.held == {}
    assert f"{docs.name} is logged in, renewed by itself" in Terminal(bench.proxy).run("list")[0]


def test_somebody_logs_out(bench, docs, browser):
    """Once; then somebody has to log in, and nothing is sent with the old token."""
    docs.logged_in(browser()).called()
    tokens = docs.server.tokens
    Terminal(bench.proxy).run("logout", docs.name)
    assert docs.state == "login needed"
    seen = len(docs.server.record)
    assert docs.page in docs.refused()
    assert all(asked.bearer is None for asked in list(docs.server.record)[seen:])
    assert "nobody is logged in" in Terminal(bench.proxy).run("logout", docs.name, status=1)[1]
    docs.logged_in(browser()).called()
    assert set(docs.server.tokens) > set(tokens)
