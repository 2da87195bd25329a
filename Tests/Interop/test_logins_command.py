"""`mcp-proxy login` and `logout`, and links for somebody else's browser."""

import contextlib
import os
import signal
import urllib.parse

import httpx
import pytest

from support import secrets
from support.login import faults
from support.login.server import LoginServer
from support.login_bench import ROOMY, SECONDS, LoginBench, Place, Terminal
from support.protected_server import ProtectedServer
from support.robot_browser import Opener

TOKEN = "canary-token-of-the-operator-0123456789"
SERVERS = "canary-token-of-who-calls-0123456789"


@pytest.fixture(scope="module")
def fixture(http_fixture):
    with http_fixture() as fixture:
        yield fixture


@pytest.fixture(scope="module")
def bench(launch, fixture):
    with launch({}, proxy={"management": ROOMY}) as proxy:
        yield LoginBench(proxy, fixture)


@pytest.fixture
def docs(bench):
    with bench.place() as place:
        yield place


@pytest.fixture
def opener(tmp_path):
    return Opener(tmp_path)


def address_in(process):
    """The address to open, in what a command says on standard error. What it says after that is left to be read."""
    line = b""
    while byte := os.read(process.stderr.fileno(), 1):
        line += byte
        if byte == b"\n":
            if line.strip().startswith(b"http"):
                return line.strip().decode()
            line = b""
    raise AssertionError(f"the command ended with {process.wait()} and named no address")


def come_back(browser, address):
    """Where a browser would come back to, in words: nobody follows it there."""
    redirect = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))["redirect_uri"]
    return browser.open(address, stop_before=redirect).awaited


# On one machine


def test_the_command_opens_the_browser_and_waits_for_it(docs, bench, opener, browser):
    process = Terminal(bench.proxy, opener).begin("login", docs.name)
    page = browser().open(opener.wait_for_url())
    assert (page.status, f"Logged in to {docs.name}" in page.text) == (200, True), page.text
    assert page.headers["cache-control"] == "no-store" and page.headers["x-frame-options"] == "DENY"
    output, errors = Terminal(bench.proxy).end(process)
    ending = "the login counts until the proxy ends: it has no --state-dir"
    assert output == f"logged in to {docs.name}, which is ready at {bench.proxy.base}; {ending}\n", output
    docs.called()
    (wanted,) = docs.login.registrations
    assert wanted["application_type"] == "native" and wanted["redirect_uris"][0].startswith("http://127.0.0.1:")


def test_the_proxy_is_registered_once_for_many_logins(docs, bench, opener, browser):
    """The browser comes back to one port, unless somebody else has it, such as another test."""
    redirects = []
    for number in range(20):
        process = Terminal(bench.proxy, opener).begin("login", docs.name)
        address = opener.wait_for_url(number)
        browser().open(address)
        Terminal(bench.proxy).end(process)
        redirects.append(urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["redirect_uri"][0])
        if redirects.count(redirects[-1]) > 1:
            break
    else:
        raise AssertionError(f"each login came back to another port: {redirects}")
    assert sorted(uri for wanted in docs.login.registrations for uri in wanted["redirect_uris"]) == sorted(set(redirects))


def test_without_a_browser_the_address_is_printed_and_pasted(docs, bench, browser):
    """Also after something that is no address, with blanks around and a newline."""
    process = Terminal(bench.proxy).begin("login", docs.name, "--no-browser")
    back = come_back(browser(), address_in(process))
    output, errors = Terminal(bench.proxy).end(process, f"hello\n  {back}  \n")
    assert "this is not the address of a login" in errors
    assert output.startswith(f"logged in to {docs.name}")
    docs.called()


def test_where_no_browser_can_be_opened_the_address_is_printed(docs, bench, tmp_path, browser):
    process = Terminal(bench.proxy, PATH=str(tmp_path)).begin("login", docs.name)
    browser().open(address_in(process))
    output, errors = Terminal(bench.proxy).end(process)
    assert "no browser could be opened here" in errors and output.startswith("logged in"), errors


def test_what_was_pasted_of_another_login_is_refused(docs, bench, browser):
    """A state that nobody has begun, and one that was used."""
    process = Terminal(bench.proxy).begin("login", docs.name, "--no-browser")
    back = come_back(browser(), address_in(process))
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)["state"][0]
    _, errors = Terminal(bench.proxy).end(process, back.replace(state, "A" * len(state)) + "\n", status=1)
    assert "this login is not known" in errors, errors
    assert docs.login.token_requests() == [] and docs.state == "login needed"


def test_somebody_who_says_no_is_told_in_both_places(docs, bench, opener, browser):
    docs.login.consent = "page"
    process = Terminal(bench.proxy, opener).begin("login", docs.name)
    robot = browser()
    page = robot.press(robot.open(opener.wait_for_url()), "Deny")
    assert "access_denied" in page.text, page.text
    _, errors = Terminal(bench.proxy).end(process, status=1)
    assert "access_denied" in errors


def test_who_gives_up_leaves_everything_as_it_was(docs, bench, opener):
    """A browser that never comes back, and Ctrl-C."""
    process = Terminal(bench.proxy, opener).begin("login", docs.name)
    opener.wait_for_url()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=SECONDS)
    assert process.returncode not in (0, -signal.SIGKILL)
    assert docs.state == "login needed" and docs.page in docs.refused()


def test_another_page_that_calls_at_the_port_ends_no_login(docs, bench, opener, browser):
    """Nobody else knows the state."""
    process = Terminal(bench.proxy, opener).begin("login", docs.name)
    address = opener.wait_for_url()
    redirect = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))["redirect_uri"]
    for stranger in ["/favicon.ico", "/callback", "/callback?code=x&state=y"]:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(urllib.parse.urljoin(redirect, stranger), trust_env=False, verify=False)
    browser().open(address)
    output, _ = Terminal(bench.proxy).end(process)
    assert output.startswith(f"logged in to {docs.name}")


@pytest.mark.parametrize("command", ["login", "logout"])
def test_servers_to_which_nobody_logs_in_are_named(bench, command):
    _, errors = Terminal(bench.proxy).run(command, "no-such-server", status=1)
    assert 'there is no server "no-such-server"' in errors


# With a link, at a proxy that asks who somebody is


@pytest.fixture(scope="module")
def guarded(launch, fixture):
    settings = {"management": {"authTokens": [TOKEN], **ROOMY}}
    with launch({}, options={"authTokens": [SERVERS]}, proxy=settings) as proxy:
        yield proxy


@pytest.fixture
def jira(guarded, fixture):
    """A server to log in to, at a proxy with tokens."""
    with LoginServer("/tenant") as login, ProtectedServer(fixture, login) as server:
        place = Place(guarded, "jira", login, server, token=TOKEN)
        place.add()
        yield place
        place.ask("DELETE", "/jira")
        place.check_requests()


def link(jira):
    output, _ = Terminal(jira.proxy).run("login", "jira", "--link")
    address = output.strip()
    assert address.startswith(f"{jira.page}?ticket="), address
    secrets.remember(address.partition("ticket=")[2])
    return address


def test_strangers_do_not_log_in(jira, browser):
    """Nor does whoever may only call, nor may they ask for a link."""
    for headers in [{}, {"Authorization": f"Bearer {SERVERS}"}]:
        with jira.proxy.visitor(headers=headers) as visitor:
            assert visitor.get(jira.page).status_code == 403
            assert visitor.post(jira.page, data={}).status_code == 403
            refused = visitor.post(jira.proxy.url("/api/servers/jira/login"), json={})
            assert refused.status_code in (401, 403, 404), refused.text
    page = browser().open(jira.page)
    assert page.status == 403 and "mcp-proxy login SERVER --link" in page.text and page.forms == []
    assert jira.login.record.of(jira.login.path + "/register") == jira.login.logins == []


def test_a_link_lets_one_browser_log_in_once(jira, browser):
    """It may be looked at twice, and is used up by the button, for whoever has it."""
    address = link(jira)
    first, second = browser(), browser()
    for robot in (first, second):
        assert robot.open(address).status == 200
    jira.logged_in(first, address)
    for robot in (first, second, browser()):
        page = robot.open(address)
        assert page.status == 403 and "count once" in page.text, page.text
    assert len(jira.login.logins) == 1


def test_a_page_that_was_open_when_its_link_was_used_leads_nowhere(jira, browser):
    address = link(jira)
    slow = browser()
    page = slow.open(address)
    jira.logged_in(browser(), address)
    assert slow.press(page, "Log in").status == 403
    assert len(jira.login.logins) == 1


def test_a_link_is_for_one_server(jira, browser):
    address = link(jira)
    jira.ask("POST", "", {"name": "wiki", "config": jira.server.streamable()}, 201)
    assert browser().open(address.replace("/jira?", "/wiki?")).status == 403
    jira.ask("DELETE", "/wiki")
    assert browser().open(address[:-1] + ("A" if address[-1] != "A" else "B")).status == 403


def test_a_link_that_a_failure_has_met_still_counts(jira, browser):
    """The person tries again once the authorization server is back."""
    address = link(jira)
    jira.login.faults["/register"] = faults.Status(503, times=1)
    page = jira.log_in(browser(), address)
    assert page.status == 403 and "503" in page.text, page.text
    jira.logged_in(browser(), address)


def test_the_command_logs_in_with_the_token_of_the_operator(jira, opener, browser):
    process = Terminal(jira.proxy, opener).begin("login", "jira")
    assert "Logged in to jira" in browser().open(opener.wait_for_url()).text
    Terminal(jira.proxy).end(process)
    assert "result" in jira.call(token=SERVERS)
    Terminal(jira.proxy).run("logout", "jira")
    _, errors = Terminal(jira.proxy).run("login", "jira", "--token", SERVERS, status=1)
    assert SERVERS not in errors
