"""What authorization servers, browsers and strangers do wrong at a login: each has its words, and nothing else is disturbed."""

import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import processes
from support.login import faults
from support.login.server import LoginServer
from support.login_bench import ROOMY, LoginBench
from support.protected_server import ProtectedServer
from support.robot_browser import RobotBrowser
from support.wait import eventually

OAUTH = {"type": "oauth"}
PRIVATE = "http://169.254.169.254/latest"
MOST_READ = 8 << 20
MOST_MEMORY = 48 << 20


@pytest.fixture(scope="module")
def bench(launch, http_fixture):
    with http_fixture() as fixture, launch({}, proxy={"management": ROOMY}) as proxy:
        yield LoginBench(proxy, fixture)


@pytest.fixture(scope="module")
def neighbour(bench, module_browser):
    """A server to which somebody is logged in."""
    with bench.place() as place:
        place.logged_in(module_browser)
        yield place


@pytest.fixture(scope="module")
def module_browser():
    with RobotBrowser() as browser:
        yield browser


@pytest.fixture(autouse=True)
def _nothing_else_is_disturbed(bench, neighbour):
    yield
    neighbour.called()
    assert neighbour.state == "ready" and bench.proxy.is_ready()


@pytest.fixture
def docs(bench):
    """A server that wants a login, as its configuration says already."""
    with bench.place(OAUTH) as place:
        yield place


def refused(docs, browser):
    """The page on which a login ends that is not possible; the server waits for another one."""
    page = docs.log_in(browser)
    assert page.status in (400, 403), page.text
    assert "This login is not possible" in page.text, page.text
    assert docs.state == "login needed" and docs.held is None
    return page.text


def told(place, fault):
    """Sets a fault at one of the places that are asked for a login."""

    def set_fault(docs):
        (docs.server if place == "resource" else docs.login).faults[place if place != "resource" else "metadata"] = fault
        return fault

    return set_fault


PLACES = ["resource", "metadata", "/register", "/token"]


# What is too much, too late, or none


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "endless"])
def test_a_document_of_100_mb_is_not_read(bench, docs, browser, announced):
    before = processes.resident_bytes(bench.proxy.pid)
    for place in PLACES:
        fault = told(place, faults.Huge(announced=announced))(docs)
        text = refused(docs, browser())
        assert "larger than 1048576 bytes" in text, (place, text)
        assert fault.sent < MOST_READ
        docs.login.faults.clear()
        docs.server.faults.clear()
    assert processes.resident_bytes(bench.proxy.pid) - before < MOST_MEMORY


def test_who_hangs_is_waited_for_ten_seconds_at_most(bench, browser):
    """At each place, without a word or in the middle of one; meanwhile others are served."""
    with ThreadPoolExecutor(len(PLACES)) as pool:
        began = time.monotonic()
        waiting = [pool.submit(hang, bench, browser(), place, begun) for place, begun in zip(PLACES, [0, 1, 0, 1])]
        texts = [future.result() for future in waiting]
        assert time.monotonic() - began < 20
    for text in texts:
        assert "it did not answer in time" in text, text


def hang(bench, browser, place, begun):
    with bench.place(OAUTH) as docs:
        told(place, faults.Hang(begun=bool(begun)))(docs)
        return refused(docs, browser)


NONSENSE = {
    "html": (faults.HTML, "not in JSON"),
    "plain": (lambda: faults.MediaType("text/plain"), "not in JSON"),
    "no-json": (lambda: faults.Status(200, b"{'a': 1}", "application/json"), "does not answer in JSON"),
    "deep": (lambda: faults.Status(200, b"[" * 5000 + b"]" * 5000, "application/json"), "does not answer in JSON"),
    "error": (lambda: faults.Status(503), "status 503"),
    "cut": (faults.Cut, "was lost before it answered"),
    "loop": (lambda: faults.Redirect("?again"), ""),
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_is_said_to_be_nonsense(docs, browser, kind):
    """At each place; and after it a login is possible."""
    make, words = NONSENSE[kind]
    for place in PLACES:
        told(place, make())(docs)
        text = refused(docs, browser())
        assert words in text, (place, text)
        docs.login.faults.clear()
        docs.server.faults.clear()
    docs.logged_in(browser()).called()


def test_json_may_say_its_charset(docs, browser):
    for site in (docs.login, docs.server):
        site.faults["metadata"] = faults.MediaType("application/json; charset=UTF-8")
    docs.login.faults["/token"] = docs.login.faults["/register"] = faults.MediaType("Application/JSON;charset=utf-8")
    docs.logged_in(browser()).called()


# What is named


ISSUERS = [
    "http://login.example.com", PRIVATE, "ftp://login.example.com", "javascript:alert(1)", "login.example.com", "",
    "https://login.example.com?a=b", "https://login.example.com#a", "https://ann@login.example.com", 7, None,
]  # fmt: skip


def test_an_issuer_that_must_not_be_called_is_not(docs, browser):
    for issuer in ISSUERS:
        docs.server.metadata_changes = {"authorization_servers": [issuer]}
        text = refused(docs, browser())
        assert "names the authorization server" in text or "names no authorization server" in text, (issuer, text)
    assert list(docs.login.record) == []


@pytest.mark.parametrize("address", ["https://10.0.0.1", "https://192.168.1.1/x", "https://169.254.169.254"])
def test_a_private_address_is_not_called_for_a_server_that_somebody_has_added(docs, browser, address):
    docs.server.metadata_changes = {"authorization_servers": [address]}
    assert "mcpProxy.management.allowAddresses" in refused(docs, browser())


RESOURCES = [
    ({"resource": None}, "names no resource"),
    ({"resource": "https://evil.example.com/mcp"}, "is about the resource"),
    ({"authorization_servers": None}, "names no authorization server"),
    ({"authorization_servers": []}, "names no authorization server"),
]


def test_metadata_of_a_resource_that_cannot_be_used_is_not(docs, browser):
    for changes, words in RESOURCES:
        docs.server.metadata_changes = changes
        assert words in refused(docs, browser()), changes
    assert list(docs.login.record) == []


METADATA = [
    ({"issuer": "https://evil.example.com"}, "it is not used"),
    ({"issuer": None}, "names no issuer"),
    ({"token_endpoint": None}, "names no token_endpoint"),
    ({"token_endpoint": PRIVATE}, "which is no https URL"),
    ({"token_endpoint": "http://login.example.com/token"}, "which is no https URL"),
    ({"registration_endpoint": PRIVATE}, "which is no https URL"),
    ({"authorization_endpoint": None}, "no authorization_endpoint"),
    ({"authorization_endpoint": "javascript:alert(1)"}, "which is no https URL"),
    ({"authorization_endpoint": "http://login.example.com/a"}, "which is no https URL"),
    ({"code_challenge_methods_supported": None}, "PKCE"),
    ({"code_challenge_methods_supported": ["plain"]}, "PKCE"),
]


def test_metadata_of_an_issuer_that_cannot_be_used_is_not(docs, browser):
    for changes, words in METADATA:
        docs.login.metadata_changes = changes
        assert words in refused(docs, browser()), changes
    assert docs.login.registrations == docs.login.logins == docs.login.token_requests() == []


REDIRECTS = [PRIVATE, "http://login.example.com/", "https://10.0.0.1/", "file:///etc/passwd", "//[", ""]


@pytest.mark.parametrize("place", ["resource", "metadata"])
def test_a_redirect_to_where_nobody_may_be_called_is_not_followed(docs, browser, place):
    for to in REDIRECTS:
        told(place, faults.Redirect(to))(docs)
        text = refused(docs, browser())
        assert "is not called: only https is" in text or "redirect" in text or "10.0.0.1" in text, (to, text)


def test_a_server_cannot_send_the_proxy_anywhere_with_its_challenge(bench, browser):
    headers = {"WWW-Authenticate": f'Bearer resource_metadata="{PRIVATE}"'}
    with bench.place(OAUTH, lock={"faults": {"/mcp": faults.Status(401, headers=headers)}}) as docs:
        assert "is not called: only https is" in refused(docs, browser())


# What comes back


def begun(docs, browser):
    """Where a browser would come back to."""
    page = docs.log_in(browser, stop_before=docs.proxy.url("/oauth/callback"))
    assert page.awaited, page.text
    return page.awaited


def changed(address, **changes):
    parts = urllib.parse.urlsplit(address)
    query = {**dict(urllib.parse.parse_qsl(parts.query)), **changes}
    return parts._replace(query=urllib.parse.urlencode({k: v for k, v in query.items() if v is not None})).geturl()


def test_a_callback_counts_once(docs, browser):
    robot = browser()
    back = begun(docs, robot)
    assert robot.open(back).status == 200
    docs.wait("ready").called()
    page = robot.open(back)
    assert page.status == 400 and "this login is not known" in page.text, page.text
    assert len(docs.login.token_requests()) == 1
    docs.called()


def test_of_many_callbacks_at_once_one_counts(docs, browser):
    robot = browser()
    back = begun(docs, robot)
    docs.login.faults["/token"] = hold = faults.Hold()
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(robot.open, back) for _ in range(8)]
        eventually(lambda: hold.met and sum(answer.done() for answer in answers) == 7, "all but one to be refused")
        hold.release()
        assert sorted(answer.result().status for answer in answers) == [200] + [400] * 7
    assert len(docs.login.token_requests()) == 1
    docs.wait("ready").called()


@pytest.mark.parametrize("change, words", [
    ({"state": "A" * 43}, "this login is not known"),
    ({"state": None}, "has no \"state\""),
    ({"state": ""}, "this login is not known"),
    ({"state": "ä<script>"}, "this login is not known"),
], ids=["other", "none", "empty", "odd"])  # fmt: skip
def test_a_state_of_nobodys_begins_and_ends_nothing(docs, browser, change, words):
    robot = browser()
    back = begun(docs, robot)
    page = robot.open(changed(back, **change))
    assert page.status == 400 and words.replace('"', "&quot;") in page.text, page.text
    assert docs.login.token_requests() == []
    assert robot.open(back).status == 200


@pytest.mark.parametrize("twice", ["code=x", "state=x", "iss=x"])
def test_what_is_said_twice_is_not_believed(docs, browser, twice):
    robot = browser()
    page = robot.open(f"{begun(docs, robot)}&{twice}")
    assert page.status == 400 and "twice" in page.text, page.text
    assert docs.login.token_requests() == []


def test_a_callback_in_another_browser_ends_nothing_and_the_first_one_goes_on(docs, browser):
    robot, thief = browser(), browser()
    back = begun(docs, robot)
    for other in (thief, browser()):
        page = other.open(back)
        assert page.status == 400 and "begun in another browser" in page.text, page.text
        other.open(docs.page)
    assert docs.login.token_requests() == []
    assert robot.open(back).status == 200
    docs.wait("ready")


def test_a_code_of_another_login_is_refused(docs, browser):
    """Somebody's code put into the answer for somebody else: PKCE, and the words of the authorization server."""
    one, other = browser(), browser()
    first, second = begun(docs, one), begun(docs, other)
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(first).query))["code"]
    page = other.open(changed(second, code=code))
    assert page.status == 400 and "invalid_grant: code_verifier does not fit" in page.text, page.text
    assert docs.state == "login needed"


def test_words_of_others_are_text_on_the_page(docs, browser):
    docs.login.answer_changes = {"code": None, "error": "x", "error_description": "<script>alert(1)</script>\u202e"}
    text = refused(docs, browser())
    assert "&lt;script&gt;" in text and "<script" not in text and "\u202e" not in text, text


def test_what_another_issuer_says_is_not_even_shown(docs, browser):
    docs.login.iss = "wrong"
    docs.login.answer_changes = {"code": None, "error": "x", "error_description": "call 555-0100"}
    text = refused(docs, browser())
    assert "another authorization server" in text and "555-0100" not in text, text


def test_browsers_that_never_come_back_leave_nothing_behind(docs, browser):
    """Any number of logins may be begun; whoever comes back ends his own."""
    robots = [browser() for _ in range(5)]
    backs = [begun(docs, robot) for robot in robots]
    assert len(docs.login.registrations) == 1 and docs.state == "login needed"
    assert robots[2].open(backs[2]).status == 200
    docs.wait("ready").called()


TOKENS = {
    "none": {"access_token": None},
    "empty": {"access_token": ""},
    "lines": {"access_token": "canary\r\nX-Injected: 1"},
    "blank": {"access_token": "two words"},
    "number": {"access_token": 7},
    "long": {"access_token": "x" * 70_000},
    "no-type": {"token_type": None},
    "mac": {"token_type": "mac"},
}


def test_a_token_that_cannot_be_sent_is_not(docs, browser):
    for kind, changes in TOKENS.items():
        docs.login.token_changes = changes
        text = refused(docs, browser())
        assert "access_token" in text or "Bearer only" in text, (kind, text)
    assert docs.server.tokens == []


UNUSUAL = [
    {"expires_in": "3600"}, {"expires_in": None}, {"expires_in": 10**30}, {"scope": None}, {"token_type": "bearer"},
    {"refresh_token": ""}, {"id_token": "a.b.c"},
]  # fmt: skip


def test_what_is_only_unusual_does(docs, browser):
    for changes in UNUSUAL:
        docs.login.token_changes = changes
        docs.logged_in(browser()).called()
        assert docs.post("logout").status_code == 200


def test_a_registration_without_a_name_is_none(docs, browser):
    for name in (None, ""):
        docs.login.registration_changes = {"client_id": name}
        assert "does not register the proxy" in refused(docs, browser())
    docs.login.registration_changes = {}
    docs.logged_in(browser())


def test_a_registration_that_is_refused_says_why(docs, browser):
    docs.login.registration = "refused"
    text = refused(docs, browser())
    assert "access_denied: only an administrator registers clients here" in text and "auth.clientID" in text, text


def test_pages_take_the_methods_that_they_are_for(docs):
    callback = docs.proxy.url("/oauth/callback")
    with docs.proxy.visitor() as visitor:
        for method, address in [("POST", callback), ("DELETE", docs.page), ("PUT", callback), ("HEAD", callback)]:
            response = visitor.request(method, address)
            assert response.status_code == 405 and "GET" in response.headers["allow"], (method, address)
        assert visitor.head(docs.page).status_code == 200
        assert visitor.post(docs.page, content=b"x" * 10_000).status_code == 413


def test_an_issuer_that_is_away_at_the_start_is_waited_for(launch, bench):
    """The server then says that it wants a login, without anybody's help."""
    with LoginServer() as login, ProtectedServer(bench.fixture, login) as server:
        login.faults["metadata"] = faults.Status(503)
        with launch({"docs": server.streamable()}) as proxy:
            proxy.wait_state("docs", "failed")
            assert "status 503" in proxy.servers()["docs"]["error"], proxy.servers()
            login.faults.clear()
            proxy.wait_state("docs", "login needed")
