"""A client whose headers change in the middle of a session, as with a token that was renewed: what it has begun goes on."""

import asyncio
import contextlib
import threading

import pytest

from support.keyed_server import KeyedServer
from support.managed import bearer
from support.raw import Streamable, call_body, only_answer
from support.wait import eventually, eventually_async
from test_passed_headers_needed import ANN, CLIENTS, EVA, HEADER, KEY, OTHER_KEY, PASSED, headers

pytestmark = pytest.mark.anyio


class CutStreams(KeyedServer):
    """Has streams of nothing, while `cut` is set to what ends them, and refuses others when `refuses` is set."""

    cut = None

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.refuses = threading.Event()
        self.refuses.set()
        # The sessions whose streams it was asked for with what it refuses.
        self.expired = []

    def _guard(self, handler, asked):
        if asked.method == "GET" and asked.headers.get(self.field) not in self.keys:
            self.expired.append(asked.headers["mcp-session-id"])
            self.refuses.wait(30)
        return super()._guard(handler, asked)

    def _pass_on(self, handler, asked):
        cut = self.cut
        if asked.method != "GET" or cut is None:
            return super()._pass_on(handler, asked)
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(b": nothing\n\n")
        handler.wfile.flush()
        cut.wait(30)
        handler.close_connection = True


class SlowHandshake(KeyedServer):
    """Handshakes wait while `go` is not set."""

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.go = threading.Event()
        self.go.set()
        self.waiting = 0

    def _guard(self, handler, asked):
        if b'"initialize"' in asked.body and not self.go.is_set():
            self.waiting += 1
            self.go.wait(20)
        return super()._guard(handler, asked)


@pytest.fixture
def stand(launch, http_fixture, modern_http_fixture):
    @contextlib.contextmanager
    def standing(era="modern", make=KeyedServer, **limits):
        make_fixture = modern_http_fixture if era == "modern" else http_fixture
        with make_fixture(answers="json") as fixture, make(fixture, [KEY, OTHER_KEY]) as server:
            servers = {"code": server.streamable(headersFromClient=PASSED)}
            with launch(servers, proxy={"clients": CLIENTS}, limits=limits) as proxy:
                yield proxy, server

    return standing


async def begun(server, client, file, tool):
    """A call that lasts until there is a file."""
    before = len(server.calls)
    call = asyncio.ensure_future(client.post(call_body(tool, {"file": str(file)}, 5)))
    while len(server.calls) == before:
        await asyncio.sleep(0.02)
    return call


# Calls


@pytest.mark.parametrize("path, prefix", [("/code/mcp", ""), ("/mcp", "code__")])
async def test_a_call_lasts_longer_than_its_token(stand, http, directory, path, prefix):
    """Nobody uses the connection any more on which it is, for longer than idleTimeout."""
    with stand(idleTimeout="1s") as (proxy, server):
        client = await Streamable(proxy.url(path), http, headers=headers(ANN, KEY)).initialize()
        file = directory() / "go"
        call = await begun(server, client, file, f"{prefix}hold")
        client._headers = headers(ANN, OTHER_KEY)
        for number in range(4):
            assert "result" in await client.call(f"{prefix}echo", {"text": "x"}, 10 + number)
            await asyncio.sleep(0.7)
        file.write_text("")
        assert "result" in only_answer(await call)


async def test_a_header_that_is_for_another_server_ends_nothing(launch, modern_http_fixture, http, directory):
    with (
        modern_http_fixture(answers="json") as one,
        modern_http_fixture(answers="json") as two,
        KeyedServer(one) as code,
        KeyedServer(two) as docs,
    ):
        servers = {
            "code": code.streamable(headersFromClient={"Authorization": "X-Code"}),
            "docs": docs.streamable(headersFromClient={"Authorization": "X-Docs"}),
        }
        with launch(servers, proxy={"clients": CLIENTS}, limits={"idleTimeout": "1s"}) as proxy:
            shown = {**bearer(ANN), "X-Docs": "Bearer canary-docs"}
            client = Streamable(proxy.url("/mcp"), http, headers={**shown, "X-Code": "Bearer canary-a"})
            await client.initialize()
            assert "result" in await client.request("logging/setLevel", {"level": "info"}, 7)
            file = directory() / "go"
            call = await begun(docs, client, file, "docs__hold")
            client._headers = {**shown, "X-Code": "Bearer canary-b"}
            for number in range(4):
                assert "result" in await client.call("docs__echo", {"text": "x"}, 10 + number)
                await asyncio.sleep(0.7)
            anew = (b'"server/discover"', b'"subscriptions/listen"')
            for word in anew:
                asked = [a for a in docs.record if word in a.body and a.headers.get("authorization")]
                assert len(asked) <= 1, (word, "it is asked anew")
            file.write_text("")
            assert "result" in only_answer(await call)
            assert {asked.headers.get("authorization") for asked in docs.calls} == {"Bearer canary-docs"}


@pytest.mark.parametrize("last", [None, "Bearer canary-wrong"])
async def test_the_session_ends_with_what_was_taken(stand, http, last):
    with stand("legacy") as (proxy, server):
        client = await Streamable(proxy.url("/code/mcp"), http, headers=headers(ANN, KEY)).initialize()
        assert "result" in await client.call("echo", {"text": "x"})
        client._headers = headers(ANN, last)
        assert "error" in await client.call("echo", {"text": "x"})
        await client.delete()
        ends = eventually(lambda: [a for a in server.record if a.method == "DELETE"], "the session ends")
        assert [a.headers.get("authorization") for a in ends] == [KEY]


@pytest.mark.parametrize("order", ["wrong-first", "right-first"])
async def test_calls_with_other_headers_wait_for_the_same_handshake(stand, http, order):
    """None is refused for another's, and no session is left half open."""
    keys = ["Bearer canary-wrong", KEY, None]
    keys = keys if order == "wrong-first" else [KEY, *keys]
    with stand("legacy", make=SlowHandshake) as (proxy, server):
        client = await Streamable(proxy.url("/mcp"), http, headers=headers(ANN, KEY)).initialize()
        await client.request("tools/list")
        server.go.clear()
        client = await Streamable(proxy.url("/mcp"), http, headers=bearer(ANN)).initialize()
        calls = []
        for number, key in enumerate(keys):
            body = call_body("code__echo", {"text": "x"}, 10 + number)
            calls.append(asyncio.ensure_future(client.post(body, **({HEADER: key} if key else {}))))
            await eventually_async(lambda: server.waiting, "the handshake begins")
            # One that comes later than that is only an easier case.
            await asyncio.sleep(0.2)
        server.go.set()
        answers = [only_answer(await call) for call in calls]
        assert [("result" in answer) for answer in answers] == [key == KEY for key in keys], answers
        client._headers = headers(ANN, KEY)
        for _ in range(3):
            assert "result" in await client.call("code__echo", {"text": "x"})
        begun = [a for a in server.record if b'"notifications/initialized"' in a.body]
        assert {a.headers.get("authorization") for a in begun} == {KEY}


async def test_what_callers_have_brought_goes_to_no_other_address(launch, http_fixture, http):
    """Not unasked to the new one, and not any more to the former one: sessions that were opened there end."""
    settings = {"clients": CLIENTS, "management": {}}
    with http_fixture(answers="json") as fixture, KeyedServer(fixture, [KEY]) as old, KeyedServer(fixture, [OTHER_KEY]) as new:
        with launch({"code": old.streamable(headersFromClient=PASSED)}, proxy=settings) as proxy:
            opened = await Streamable(proxy.url("/code/mcp"), http, headers=headers(ANN, KEY)).initialize()
            assert "result" in await opened.call("echo", {"text": "x"})
            proxy.rewrite({"code": new.streamable(headersFromClient=PASSED)}, proxy=settings)
            assert (await http.post(proxy.url("/api/reload"), headers=bearer(EVA))).status_code == 200
            former = len(old.calls)
            assert (await opened.post(call_body("echo", {"text": "x"}, 9))).status_code == 404
            client = await Streamable(proxy.url("/code/mcp"), http, headers=headers(ANN, OTHER_KEY)).initialize()
            assert "result" in await client.call("echo", {"text": "x"})
            assert new.record.holding(OTHER_KEY) and new.record.holding(KEY) == []
            assert len(old.calls) == former and old.record.holding(OTHER_KEY) == []


# What the server says unasked


@pytest.mark.parametrize("way", ["headerless", "expired", "expired, and told so late"])
async def test_the_listening_stream_is_asked_for_again(stand, http, way):
    """It was refused with what came last; with what comes now it is there, also when that comes before the refusal."""

    def session():
        return server.calls[0].headers["mcp-session-id"]

    def streams(status):
        asked = [a for a in server.record if a.method == "GET" and a.status == status]
        return [a for a in asked if a.headers["mcp-session-id"] == session()]

    with stand("legacy", make=CutStreams) as (proxy, server):
        server.cut = cut = threading.Event()
        client = await Streamable(proxy.url("/code/mcp"), http, headers=headers(ANN, KEY)).initialize()
        async with client.listening() as stream:
            assert "result" in await client.call("echo", {"text": "x"})
            eventually(lambda: streams(200), "the stream")
            if way == "headerless":
                client._headers = bearer(ANN)
                assert "error" in await client.call("echo", {"text": "y"})
            else:
                server.keys = {OTHER_KEY}
            is_late = way.endswith("late")
            if is_late:
                server.refuses.clear()
            server.cut = None
            cut.set()
            await eventually_async(lambda: session() in server.expired, "the stream is asked for")
            if not is_late:
                await eventually_async(lambda: streams(401), "it is refused")
            client._headers = headers(ANN, OTHER_KEY)
            assert "result" in await client.call("echo", {"text": "z"})
            server.refuses.set()
            await eventually_async(lambda: len(streams(200)) == 2, "the stream is there again")
            assert "result" in await client.call("add_tool", {"name": "fresh"})
            await asyncio.wait_for(stream.notification("notifications/tools/list_changed"), 60)


@pytest.mark.parametrize("path, prefix", [("/code/mcp", ""), ("/mcp", "code__")])
async def test_the_log_level_stays(stand, http, path, prefix):
    with stand() as (proxy, _):
        client = await Streamable(proxy.url(path), http, headers=headers(ANN, KEY)).initialize()
        await client.request("tools/list")
        assert "result" in await client.request("logging/setLevel", {"level": "info"}, 7)
        for key in (KEY, OTHER_KEY, KEY):
            client._headers = headers(ANN, key)
            body = call_body(f"{prefix}log", {"level": "warning", "text": "hi"}, 9)
            async with client.posted_stream(body) as stream:
                await stream.answer(9)
                assert [m for m in stream.messages() if m.get("method") == "notifications/message"], key


@pytest.mark.parametrize("era", ["legacy", "modern"])
async def test_subscriptions_stay(stand, http, era):
    with stand(era) as (proxy, _):
        client = await Streamable(proxy.url("/code/mcp"), http, headers=headers(ANN, KEY)).initialize()
        async with client.listening() as stream:
            uri = (await client.request("resources/list"))["result"]["resources"][0]["uri"]
            assert "result" in await client.request("resources/subscribe", {"uri": uri}, 7)
            for key in (OTHER_KEY, KEY):
                client._headers = headers(ANN, key)
                assert "result" in await client.call("echo", {"text": "x"})
            assert "result" in await client.call("touch", {"uri": uri})
            await asyncio.wait_for(stream.notification("notifications/resources/updated"), 10)
            assert "result" in await client.request("resources/unsubscribe", {"uri": uri}, 8)
