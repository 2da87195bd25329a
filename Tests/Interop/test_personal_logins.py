"""Servers to which each caller of the proxy logs in for himself."""

import asyncio
import time

import pytest

from support.envelope import modern_call, modern_headers
from support.login.server import LoginServer
from support.managed import bearer
from support.raw import Streamable, only_answer

pytestmark = pytest.mark.anyio

ANN, BOB, EVA = (f"canary-token-of-{name}-0123456789" for name in ("ann", "bob", "eva"))
CLIENTS = {name: {"tokens": [token], "servers": ["*"]} for name, token in (("ann", ANN), ("bob", BOB))}
OPENS_URLS = {"elicitation": {"url": {}}}


@pytest.fixture
def login():
    with LoginServer("/tenant") as login:
        yield login


@pytest.fixture(params=["legacy", "modern"])
def era(request):
    return request.param


@pytest.fixture
def server(login, protected, era):
    with protected(login, era, scope="read") as server:
        yield server


@pytest.fixture
def proxy(launch, server):
    servers = {"jira": server.streamable(auth={"type": "oauth", "per": "principal"})}
    with launch(servers, proxy={"clients": CLIENTS}) as proxy:
        yield proxy


def log_in(browser, address, login, person):
    login.person = person
    page = browser.open(address)
    assert page.status == 200, page.text
    page = browser.press(page, "Log in")
    assert (page.status, "Logged in" in page.text) == (200, True), page.text


@pytest.mark.parametrize("path", ["/jira/mcp", "/mcp"])
async def test_each_caller_is_led_to_the_login_and_calls_as_himself(proxy, server, login, browser, http, path):
    tool = "whoami" if path != "/mcp" else "jira__whoami"
    for name, token in (("ann", ANN), ("bob", BOB)):
        client = await Streamable(proxy.url(path), http, headers=bearer(token)).initialize(OPENS_URLS)
        answer = await client.call(tool)
        assert answer["error"]["code"] == -32042, answer
        (asked,) = answer["error"]["data"]["elicitations"]
        assert asked["mode"] == "url" and asked["elicitationId"] not in asked["url"]
        log_in(browser(), asked["url"], login, name)
        answer = await client.call(tool)
        assert "result" in answer, answer
    assert server.calls == [("ann", "whoami"), ("bob", "whoami")]


async def test_a_client_with_a_session_hears_that_its_user_has_logged_in(proxy, server, login, browser, http):
    """Of each time that it was led there, so that it may call again without being asked to."""
    client = await proxy.client("jira", http, headers=bearer(ANN)).initialize(OPENS_URLS)
    stranger = await proxy.client("jira", http, headers=bearer(BOB)).initialize(OPENS_URLS)
    async with client.listening() as stream, stranger.listening() as other:
        asked = [(await client.call("whoami"))["error"]["data"]["elicitations"][0] for _ in range(2)]
        assert (await stranger.call("whoami"))["error"]["code"] == -32042
        log_in(browser(), asked[1]["url"], login, "ann")
        await stream.wait_for(lambda stream: len(completed(stream)) == 2, "word of two logins")
        assert completed(stream) == [each["elicitationId"] for each in asked]
        assert "result" in await client.call("whoami")
        assert not completed(other)


def completed(stream):
    return [
        message["params"]["elicitationId"]
        for message in stream.messages()
        if message.get("method") == "notifications/elicitation/complete"
    ]


async def test_a_client_that_opens_no_urls_reads_the_address(proxy, server, login, browser, http):
    client = await proxy.client("jira", http, headers=bearer(ANN)).initialize()
    answer = await client.call("whoami")
    assert answer["error"]["data"]["url"] in answer["error"]["message"]
    log_in(browser(), answer["error"]["data"]["url"], login, "ann")
    assert "result" in await client.call("whoami")
    assert server.calls == [("ann", "whoami")]


async def stateless_call(proxy, http, **more):
    message = modern_call("whoami", capabilities=OPENS_URLS)
    message["params"].update(more)
    headers = {**modern_headers(message), **bearer(ANN)}
    return only_answer(await http.post(proxy.url("/jira/mcp"), json=message, headers=headers))


async def led_to_the_login(proxy, http):
    """What a client without a session is asked, and the call with which it has come back, which waits."""
    answer = await stateless_call(proxy, http)
    assert answer["result"]["resultType"] == "input_required", answer
    ((key, asked),) = answer["result"]["inputRequests"].items()
    assert (asked["method"], asked["params"]["mode"]) == ("elicitation/create", "url")
    more = {"inputResponses": {key: {"action": "accept"}}, "requestState": answer["result"]["requestState"]}
    return asked, asyncio.ensure_future(stateless_call(proxy, http, **more))


async def test_a_client_without_a_session_comes_back_after_the_login(proxy, server, login, browser, http):
    asked, again = await led_to_the_login(proxy, http)
    log_in(browser(), asked["params"]["url"], login, "ann")
    answer = await again
    assert "content" in answer["result"], answer
    assert server.calls == [("ann", "whoami")]


@pytest.mark.parametrize("way", ["the proxy ends", "the server is removed"])
async def test_a_call_that_waits_for_a_login_is_answered_when_nobody_can_log_in_any_more(
    launch, server, http, way
):
    """At once, with what has happened: not when time is over, and not cut off."""
    clients = {**CLIENTS, "eva": {"tokens": [EVA], "servers": ["*"], "management": "execute"}}
    settings = {"clients": clients, "management": {}}
    entry = server.streamable(auth={"type": "oauth", "per": "principal"})
    with launch({"jira": entry}, proxy=settings) as proxy:
        _, again = await led_to_the_login(proxy, http)

        async def is_under_way():
            shown = await http.get(proxy.url("/api/servers"), headers=bearer(EVA))
            return shown.json()["servers"]["jira"]["callsInFlight"] == 1

        while not await is_under_way():
            await asyncio.sleep(0.02)
        begun = time.monotonic()
        if way == "the proxy ends":
            proxy.terminate()
        else:
            proxy.rewrite({}, proxy=settings)
            reload = asyncio.ensure_future(http.post(proxy.url("/api/reload"), headers=bearer(EVA)))
        answer = await asyncio.wait_for(again, 10)
        assert answer["error"]["code"] == -31005, answer
        assert time.monotonic() - begun < 5
        if way == "the proxy ends":
            await asyncio.to_thread(proxy.wait_exit)
        else:
            assert (await reload).status_code == 200
