"""A token that the configuration does not have any more opens nothing from then on, and what it had opened ends at once."""

import asyncio
import contextlib
import signal

import httpx
import pytest

from support.envelope import modern_call, modern_request
from support.fixture import modern_stdio, stdio
from support.managed import ACCESS, BroughtOverSSE, Management, bearer, brought_in_header
from support.modern import Front
from support.raw import call_body, exchange, status_of
from support.wait import eventually_async, eventually_succeeds

pytestmark = pytest.mark.anyio

ALICE, BOB = "token-of-alice-1234567890", "token-of-bob-1234567890"
OPERATOR = "token-of-the-operator-1234567890"
BRINGER = "token-of-who-brings-servers-1234567890"
CAPABILITIES = {"elicitation": {"form": {}}, "sampling": {}, "roots": {}}


def settings(*tokens, management=(OPERATOR, BRINGER)):
    access = {**ACCESS, "watch": False, "stdio": "allow", "adHoc": "allow", "authTokens": list(management)}
    return {"proxy": {"management": access}, "options": {"authTokens": list(tokens)}}


@pytest.fixture
def servers(new_ledger):
    """One of each era."""
    ledger = new_ledger()
    return {"old": stdio(ledger=ledger, name="old"), "new": modern_stdio(ledger=ledger, name="new")}, ledger


@pytest.fixture
def proxy(launch, servers):
    with launch(servers[0], **settings(ALICE, BOB)) as proxy:
        yield proxy


async def withdraw(proxy, servers, http, by_signal=False):
    """Reads a configuration without Alice's token."""
    proxy.rewrite(servers[0], **settings(BOB))
    if by_signal:
        proxy.process.send_signal(signal.SIGHUP)
        proxy.wait_output("SIGHUP")
    else:
        await Management(proxy, http, OPERATOR).reload()


async def cut_short(held):
    """The call ends without a result: by an error, or with its connection."""
    with contextlib.suppress(httpx.NetworkError, httpx.RemoteProtocolError):
        assert "result" not in (await held).text


@pytest.mark.parametrize("by_signal", [False, True])
async def test_a_session_its_stream_and_its_call_end(proxy, servers, http, by_signal):
    """Alice's listening stream and her call under way end; Bob's go on."""
    alice = await proxy.client("old", http, headers=bearer(ALICE)).initialize()
    bob = await proxy.client("old", http, headers=bearer(BOB)).initialize()
    gate = proxy.directory / "gate"
    hold = {"file": str(gate)}
    async with alice.listening() as hers, bob.listening() as his:
        hers_held = asyncio.ensure_future(alice.post(call_body("hold", hold, 9)))
        his_held = asyncio.ensure_future(bob.call("hold", hold, 9))
        ledger = servers[1]
        await eventually_async(lambda: len(ledger.calls("hold")) == 2, "both calls to be under way")
        await withdraw(proxy, servers, http, by_signal)
        await hers.end()
        await cut_short(hers_held)
        assert not his.ended and not his_held.done()
        gate.touch()
        assert "result" in await his_held
    assert (await alice.post(call_body("echo", {"text": "x"}))).status_code == 401


async def test_an_event_stream_of_the_old_transport_ends(proxy, servers, http):
    """Also one on which nothing was said yet."""
    hers, silent = (proxy.old_client("old", http, headers=bearer(ALICE)) for _ in range(2))
    his = proxy.old_client("old", http, headers=bearer(BOB))
    async with hers.connected(), silent.stream_opened(), his.connected():
        await withdraw(proxy, servers, http)
        await hers.stream.end()
        await silent.stream.end()
        assert not his.stream.ended
        assert "result" in await his.call("echo", {"text": "x"})


@pytest.mark.parametrize("name", ["old", "new"])
async def test_a_subscription_of_the_newest_revision_ends(proxy, servers, http, name):
    """`subscriptions/listen` needs no session; its stream ends all the same."""
    streams = []
    for token in (ALICE, BOB):
        front = Front(proxy.url(f"/{name}/mcp"), http, bearer(token))
        stream = await front.stream(modern_request("subscriptions/listen", {"notifications": {"toolsListChanged": True}}))
        await stream.notification("notifications/subscriptions/acknowledged")
        streams.append(stream)
    await withdraw(proxy, servers, http)
    await streams[0].end()
    assert not streams[1].ended
    for stream in streams:
        await stream.close()


async def test_a_call_of_the_newest_revision_that_streams_ends(proxy, servers, http):
    """A call under way is cancelled at the server."""
    front = Front(proxy.url("/new/mcp"), http, bearer(ALICE))
    gate = proxy.directory / "gate"
    held = asyncio.ensure_future(front.post(modern_call("hold", {"file": str(gate)})))
    ledger = servers[1]
    await eventually_async(lambda: ledger.calls("hold"), "the call to be under way")
    await withdraw(proxy, servers, http)
    await cut_short(held)
    await eventually_async(
        lambda: ledger.entries("notification", method="notifications/cancelled"), "the server to hear of the end"
    )


async def test_a_suspended_call_is_given_up(proxy, servers, http):
    """What waits for Alice's answer does not wait any more: its server hears so."""
    front = Front(proxy.url("/old/mcp"), http, bearer(ALICE))
    message = modern_call("interview", {}, capabilities=CAPABILITIES)
    result = await front.result(message)
    assert result["resultType"] == "input_required", result
    await withdraw(proxy, servers, http)
    ledger = servers[1]
    await eventually_async(
        lambda: ledger.entries("notification", method="notifications/cancelled"), "the server to hear of the end"
    )
    # Who gets the token back later does not find the call again.
    proxy.rewrite(servers[0], **settings(ALICE, BOB))
    await Management(proxy, http, OPERATOR).reload()
    again = {**message, "params": {**message["params"], "requestState": result["requestState"]}}
    refused = await front.post(again)
    assert "requestState" in refused.text and "result" not in refused.json(), refused.text


async def test_a_session_on_one_server_ends_and_on_another_stays(launch, http):
    """Alice may not use one server any more, and still may use the other."""
    def documents(*tokens):
        return {
            "one": stdio(name="one", options={"authTokens": list(tokens)}),
            "two": stdio(name="two", options={"authTokens": [ALICE, BOB]}),
        }

    with launch(documents(ALICE, BOB), **settings()) as proxy:
        one = await proxy.client("one", http, headers=bearer(ALICE)).initialize()
        two = await proxy.client("two", http, headers=bearer(ALICE)).initialize()
        async with one.listening() as ending, two.listening() as staying:
            proxy.rewrite(documents(BOB), **settings())
            await Management(proxy, http, OPERATOR).reload()
            await ending.end()
            assert not staying.ended
            assert await two.call_text("echo", {"text": "x"}) == "x"


async def test_a_change_that_fails_takes_the_token_away_all_the_same(proxy, servers, http):
    """The new command does not start, so that the old one stays: without Alice."""
    alice = await proxy.client("old", http, headers=bearer(ALICE)).initialize()
    bob = await proxy.client("old", http, headers=bearer(BOB)).initialize()
    async with alice.listening() as hers:
        broken = {**servers[0], "old": {"command": "/nonexistent/server"}}
        proxy.rewrite(broken, **settings(BOB))
        report = await Management(proxy, http, OPERATOR).reload()
        assert "old" in report["failed"], report
        await hers.end()
    assert (await alice.post(call_body("echo", {"text": "x"}))).status_code == 401
    assert await bob.call_text("echo", {"text": "x"}) == "x"


async def test_a_server_that_becomes_private_shows_everybody_out(launch, http):
    """A stream from the time when no token was asked for ends when one is."""
    with launch({"one": stdio(name="one")}, **settings()) as proxy:
        anybody = await proxy.client("one", http).initialize()
        async with anybody.listening() as stream:
            proxy.rewrite({"one": stdio(name="one")}, **settings(ALICE))
            await Management(proxy, http, OPERATOR).reload()
            await stream.end()


async def test_the_status_is_not_shown_any_more(proxy, servers, http):
    """/readyz names servers only to whoever has a token that counts now."""
    async def servers_shown(token):
        return "servers" in (await http.get(proxy.url("/readyz"), headers=bearer(token))).json()

    assert await servers_shown(ALICE) and await servers_shown(BOB)
    await withdraw(proxy, servers, http)
    assert not await servers_shown(ALICE)
    assert await servers_shown(BOB)


async def test_a_server_that_was_added_closes_as_well(proxy, servers, http):
    """A server over the API inherits the tokens of the configuration, and loses them with it."""
    added = {"name": "added", "config": proxy.marked(stdio(name="added"))}
    await Management(proxy, http, OPERATOR).done("POST", "/api/servers", added)
    alice = await proxy.client("added", http, headers=bearer(ALICE)).initialize()
    async with alice.listening() as stream:
        await withdraw(proxy, servers, http)
        await stream.end()
    assert (await alice.post(call_body("echo", {"text": "x"}))).status_code == 401


async def test_what_the_management_token_had_opened_ends(proxy, servers, http):
    """Logs that are followed, servers that were brought, over both transports."""
    management = Management(proxy, http, OPERATOR)
    config = proxy.marked(stdio(name="brought"))
    streamable = await brought_in_header(proxy, http, config, BRINGER).initialize()
    following = http.build_request(
        "GET", proxy.url("/api/servers/old/logs?follow=true"),
        headers={**bearer(BRINGER), "Accept": "text/event-stream"},
    )
    sse = BroughtOverSSE(proxy, http, config, BRINGER)
    async with sse.connected(), streamable.listening() as stream, streamable.opened(following) as log:
        proxy.rewrite(servers[0], **settings(ALICE, BOB, management=[OPERATOR]))
        await management.reload()
        for ending in (sse.stream, stream, log):
            await ending.end()
    assert (await streamable.post(call_body("echo", {"text": "x"}))).status_code == 401

    async def none_left():
        assert not await management.named("ad-hoc")

    await eventually_succeeds(none_left, "the brought servers to end")


async def test_a_body_that_is_still_coming_is_refused(proxy, servers, http):
    """Whoever began to send while the token counted is not served when it does not any more."""
    body = call_body("echo", {"text": "x" * 200_000})
    head = (
        f"POST /old/mcp HTTP/1.1\r\nHost: {proxy.address}\r\nAuthorization: Bearer {ALICE}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write((head + body[:100_000]).encode())
    await writer.drain()
    # An answer on another connection, after this one's bytes: they have been read, or will be refused at the head.
    look = f"GET /healthz HTTP/1.1\r\nHost: {proxy.address}\r\nConnection: close\r\n\r\n"
    assert status_of(exchange(proxy.port, look.encode())) == 200
    await withdraw(proxy, servers, http)
    assert b"401" in (await asyncio.wait_for(reader.readline(), 30))
    writer.close()


@pytest.mark.parametrize("path, token", [("/old/sse", ALICE), ("/api/servers/old/logs?follow=true", BRINGER), ("/readyz", ALICE)])
async def test_a_request_whose_body_is_thrown_away_is_refused_as_well(proxy, servers, http, path, token):
    """What it asks for is given, or followed, only when its body is complete, and not if the token does not count by then."""
    head = f"GET {path} HTTP/1.1\r\nHost: {proxy.address}\r\nAuthorization: Bearer {token}\r\nContent-Length: 3\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(head.encode())
    await writer.drain()
    look = f"GET /healthz HTTP/1.1\r\nHost: {proxy.address}\r\nConnection: close\r\n\r\n"
    assert status_of(exchange(proxy.port, look.encode())) == 200
    proxy.rewrite(servers[0], **settings(BOB, management=(OPERATOR,)))
    await Management(proxy, http, OPERATOR).reload()
    writer.write(b"abc")
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    assert b" 401 " in answer if path != "/readyz" else b"old" not in await asyncio.wait_for(reader.read(65536), 30)
    writer.close()


@pytest.mark.parametrize("tool", ["hold", "interview"])
async def test_what_was_under_way_beside_other_servers_ends(launch, http, new_ledger, tool):
    """Alice may still use another server at the same path; what she had begun at the one she lost ends at once."""
    ledger = new_ledger()
    servers = {"open": stdio(name="open"), "hers": stdio(ledger=ledger, name="hers")}

    def settled(token):
        hers = {**servers["hers"], "options": {"authTokens": [token]}}
        return {"open": servers["open"], "hers": hers}, {"proxy": settings()["proxy"]}

    def launched(token):
        made, more = settled(token)
        return launch(made, **more)

    with launched(ALICE) as proxy:
        front = Front(proxy.url("/mcp"), http, bearer(ALICE))
        message = modern_call(f"hers__{tool}", {"file": str(proxy.directory / "gate")}, capabilities=CAPABILITIES)
        held = asyncio.ensure_future(front.post(message))
        await eventually_async(lambda: ledger.calls(tool), "the call to be under way")
        if tool == "interview":
            assert "input_required" in (await held).text
        made, more = settled(BOB)
        proxy.rewrite(made, **more)
        await Management(proxy, http, OPERATOR).reload()
        if tool == "hold":
            await cut_short(held)
        await eventually_async(
            lambda: ledger.entries("notification", method="notifications/cancelled"), "the server to hear of the end"
        )
        assert "result" in (await front.post(modern_call("open__echo", {"text": "on"}))).text
        assert "result" not in (await front.post(modern_call("hers__echo", {"text": "x"}))).text
