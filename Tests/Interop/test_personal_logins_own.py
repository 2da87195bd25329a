"""Where each caller logs in for himself he needs nothing but what he uses the server with, and the first one shows what there is."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import secrets
from support.login import faults
from support.login.server import LoginServer
from support.login_bench import ROOMY, SECONDS, Place, Terminal
from support.managed import bearer
from support.protected_server import ProtectedServer
from support.raw import Streamable
from support.robot_browser import Opener
from support.wait import eventually

pytestmark = pytest.mark.anyio

ANN, BOB, EVE, BOSS = (f"canary-token-of-{name}-0123456789" for name in ("ann", "bob", "eve", "boss"))
CLIENTS = {
    "ann": {"tokens": [ANN], "servers": ["*"]},
    "bob": {"tokens": [BOB], "servers": ["*"], "management": "read"},
    "eve": {"tokens": [EVE], "servers": ["elsewhere"]},
    "boss": {"tokens": [BOSS], "servers": ["*"], "management": "execute"},
}
PERSONAL = {"type": "oauth", "per": "principal"}


@pytest.fixture(scope="module")
def proxy(launch):
    with launch({}, proxy={"clients": CLIENTS, "management": ROOMY}) as proxy:
        yield proxy


@contextlib.contextmanager
def standing(proxy, fixture, auth):
    with LoginServer("/tenant") as login, ProtectedServer(fixture, login) as server:
        place = Place(proxy, "jira", login, server, token=BOSS)
        added = place.add(auth)
        # What was said when it was added.
        place.message = added["message"]
        yield place
        place.ask("DELETE", "/jira")
        place.check_requests()


@pytest.fixture(params=["legacy"])
def jira(proxy, fixtures, request):
    with standing(proxy, fixtures[request.param], PERSONAL) as place:
        yield place


@pytest.fixture
def shared(proxy, fixtures):
    with standing(proxy, fixtures["legacy"], None) as place:
        yield place


def log_in_by_command(place, tmp_path, browser, token):
    """What the command says in the end, and on standard error."""
    opener = Opener(tmp_path)
    process = Terminal(place.proxy, opener).begin("login", "jira", "--token", token)
    assert "Logged in" in browser().open(opener.wait_for_url()).text
    return Terminal(place.proxy).end(process)


# What the server lists


async def listed(place, http, token):
    client = await Streamable(place.proxy.url("/jira/mcp"), http, headers=bearer(token)).initialize()
    return {tool["name"] for tool in (await client.request("tools/list"))["result"]["tools"]}


@pytest.mark.parametrize("jira", ["legacy", "modern"], indirect=True)
@pytest.mark.parametrize("way", ["command", "link", "call"])
async def test_the_first_login_shows_what_the_server_lists(jira, http, tmp_path, browser, way):
    """To everybody, and before anybody has called anything; whoever is logged in or not."""
    assert jira.wait("login needed").entry.get("tools") is None
    if way == "command":
        log_in_by_command(jira, tmp_path, browser, BOSS)
    elif way == "link":
        address = Terminal(jira.proxy).run("login", "jira", "--link", "--token", BOSS)[0].strip()
        secrets.remember(address.partition("ticket=")[2])
        assert "Logged in" in jira.log_in(browser(), address).text
    else:
        address = jira.call(token=BOSS)["error"]["data"]["url"]
        secrets.remember(address.partition("ticket=")[2])
        assert "Logged in" in jira.log_in(browser(), address).text
    jira.wait("ready")
    eventually(lambda: jira.entry.get("tools"), f"the tools of jira: {jira.entry}")
    assert jira.server.calls == []
    assert "whoami" in await listed(jira, http, BOSS)
    assert "whoami" in await listed(jira, http, ANN)
    assert "whoami" in Terminal(jira.proxy).run("tools", "jira", "--token", BOSS)[0]
    assert "result" not in jira.call(token=ANN)


async def test_what_is_listed_is_read_anew_with_another_login_once_the_first_has_ended(jira, http, tmp_path, browser):
    """Whoever was first has logged out, and the server is started anew."""
    log_in_by_command(jira, tmp_path, browser, BOSS)
    jira.wait("ready")
    Terminal(jira.proxy).run("logout", "jira", "--token", BOSS)
    jira.post("restart")
    (tmp_path / "ann").mkdir()
    log_in_by_command(jira, tmp_path / "ann", browser, ANN)
    jira.wait("ready")
    assert "whoami" in await listed(jira, http, ANN)


async def test_that_one_has_no_token_any_more_is_not_said_of_the_server(jira, http, tmp_path, browser):
    """The authorization server is away when one caller's login is to be renewed: the others go on."""
    for name, token in [("ann", ANN), ("bob", BOB)]:
        jira.login.person = name
        (tmp_path / name).mkdir()
        log_in_by_command(jira, tmp_path / name, browser, token)
        jira.wait("ready")
        # A session of each, so that a connection is there that can be lost.
        await listed(jira, http, token)
        assert "result" in jira.call(token=token)
    jira.login.tokens.expire()
    assert "result" in jira.call(token=ANN)
    jira.login.faults["/token"] = faults.Status(503)
    for _ in range(3):
        assert "error" in jira.call(token=BOB)
        assert jira.state == "ready", jira.entry
    assert "result" in jira.call(token=ANN)


# By whom


@pytest.mark.parametrize("name, token", [("ann", ANN), ("bob", BOB)])
def test_whoever_uses_a_server_logs_in_and_out_with_his_own_token(jira, tmp_path, browser, name, token):
    jira.login.person = name
    output, _ = log_in_by_command(jira, tmp_path, browser, token)
    said = f'logged in to jira for "{name}" alone (per: principal) at {jira.proxy.base}; the login counts until the proxy ends'
    assert output.startswith(said), output
    assert "result" in jira.call(token=token)
    assert "error" in jira.call(token=BOSS)
    Terminal(jira.proxy).run("logout", "jira", "--token", token)
    assert "error" in jira.call(token=token)
    _, errors = Terminal(jira.proxy).run("logout", "jira", "--token", token, status=1)
    assert 'nobody is logged in to "jira"' in errors and "not possible" not in errors, errors
    assert jira.server.calls == [(name, "whoami")]


def test_whoever_only_logs_in_sees_nothing_of_servers(jira, tmp_path, browser):
    with jira.proxy.visitor(headers=bearer(ANN), timeout=SECONDS) as visitor:
        begun = visitor.post(jira.proxy.url("/api/servers/jira/login")).json()
        assert begun["for"] == "ann", begun
        secrets.remember(begun["url"].partition("ticket=")[2])
        log_in_by_command(jira, tmp_path, browser, ANN)
        out = visitor.post(jira.proxy.url("/api/servers/jira/logout"))
        assert out.status_code == 200 and set(out.json()) == {"message", "path"}, out.text
        for method, path in [("GET", ""), ("GET", "/jira"), ("POST", "/jira/restart"), ("DELETE", "/jira")]:
            assert visitor.request(method, jira.proxy.url(f"/api/servers{path}")).status_code == 404, path


@pytest.mark.parametrize("action", ["login", "logout"])
def test_what_a_caller_may_not_use_is_not_there_for_him(jira, action):
    with jira.proxy.visitor(headers=bearer(EVE), timeout=SECONDS) as visitor:
        answers = [visitor.post(jira.proxy.url(f"/api/servers/{name}/{action}")) for name in ("jira", "no-such-server")]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    with jira.proxy.visitor(timeout=SECONDS) as visitor:
        assert visitor.post(jira.proxy.url(f"/api/servers/jira/{action}")).status_code == 401


@pytest.mark.parametrize("action", ["login", "logout"])
def test_a_login_for_everybody_takes_the_right_to_change_servers(shared, action):
    for token, status in [(ANN, 404), (BOB, 403), (EVE, 404)]:
        with shared.proxy.visitor(headers=bearer(token), timeout=SECONDS) as visitor:
            answer = visitor.post(shared.proxy.url(f"/api/servers/jira/{action}"))
            assert answer.status_code == status, answer.text
    assert shared.login.logins == []


@pytest.mark.parametrize("action", ["login", "logout"])
def test_a_caller_is_not_cut_off_when_something_is_changed_meanwhile(
    make_proxy, directory, fixtures, browser, action
):
    """What he has asked for has happened: he has to hear of it. The code of his login is spent."""
    with LoginServer("/tenant", revocation=True) as login, ProtectedServer(fixtures["legacy"], login) as server:
        servers = {"jira": server.streamable(auth=PERSONAL)}
        proxy = make_proxy(servers, proxy={"clients": CLIENTS, "management": ROOMY})
        proxy.start().wait_ready()
        place = Place(proxy, "jira", login, server, token=ANN)
        began = place.post("login", {"redirect": "http://127.0.0.1:19850/callback"})
        page = browser().open(began.json()["url"], stop_before="http://127.0.0.1:19850")
        body = {"answer": page.awaited.partition("?")[2]}
        if action == "logout":
            assert place.post("login", body).status_code == 200
            body = None
        hold = login.faults["/revoke" if action == "logout" else "/token"] = faults.Hold()
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(place.post, action, body)
            eventually(lambda: hold.met, "the authorization server is asked")
            added = {"tokens": ["canary-token-of-new-0123456789"], "servers": ["*"]}
            proxy.rewrite(servers, proxy={"clients": {**CLIENTS, "new": added}, "management": ROOMY})
            with proxy.visitor(headers=bearer(BOSS), timeout=SECONDS) as visitor:
                assert visitor.post(proxy.url("/api/reload")).status_code == 200
            hold.release()
            assert answer.result().status_code == 200
        proxy.stop()


# In words


def test_it_is_said_that_each_caller_is_led_to_the_login(jira):
    """In the log, in the list, and to whoever has added it."""
    needed = "each caller is led to the login at his first call of a tool; or mcp-proxy login jira, with the caller's own token"
    assert needed in jira.proxy.output
    assert needed in jira.message
    assert jira.wait("login needed").entry["login"]["needed"] == needed
    assert f"jira wants somebody to log in: {needed}" in Terminal(jira.proxy).run("list", "--token", BOSS)[1]
    _, errors = Terminal(jira.proxy).run("tools", "jira", "--token", BOSS, status=1)
    assert "the server wants somebody to log in: " + needed in errors, errors


def test_the_page_says_how_one_comes_to_a_link_of_his_own(jira, browser):
    """To whom may know of the server."""
    own = "call a tool of it with your client; the error has a link for you"
    for address in [jira.page, jira.page + "?ticket=nonsense"]:
        page = browser().open(address)
        assert page.status == 403 and own in page.text and "--link" not in page.text, page.text
    with jira.proxy.visitor(headers=bearer(EVE), timeout=SECONDS) as visitor:
        answer = visitor.get(jira.page + "?ticket=nonsense")
        assert answer.status_code == 403 and own not in answer.text
        assert visitor.get(jira.page).status_code == 404


def test_the_page_of_a_login_for_everybody_names_the_command(shared, browser):
    page = browser().open(shared.page)
    assert page.status == 403 and "mcp-proxy login SERVER --link" in page.text, page.text


def test_it_is_said_for_whom_a_link_is(jira):
    address, said = Terminal(jira.proxy).run("login", "jira", "--link", "--token", BOSS)
    secrets.remember(address.strip().partition("ticket=")[2])
    assert 'the link is for "boss" alone' in said, said
