"""Servers that forget their sessions and say so in words of their own: opened anew once, whoever calls and however."""

import os

import pytest

from support.raw import call_body, notification_body, only_answer, text_of
from support.visits import Place, visitor
from support.wait import eventually, eventually_async

pytestmark = pytest.mark.anyio

LOST = "server has forgotten the session"
# What servers say instead of 404, as `forget` of the fixture server takes it.
WORDS = {
    "404": {},
    "400-text": {"status": 400, "words": "Invalid or missing session ID"},
    "400-error": {"status": 400, "code": -32000, "words": "Bad Request: No valid session ID provided"},
    "410-error": {"status": 410, "code": -32001, "words": "Session expired"},
    "422-error": {"status": 422, "code": -32600, "words": "Session not found"},
    "200-32000": {"status": 200, "code": -32000, "words": "Session not found"},
    "200-32001": {"status": 200, "code": -32001, "words": "Session has expired"},
    "200-32600": {"status": 200, "code": -32600, "words": "Invalid session"},
    "200-stream": {"code": -32001, "words": "Unknown session", "stream": True},
}
ISOLATIONS = ["shared", "principal", "session"]
KINDS = ["2025-11-25", "2025-03-26", "2026-07-28"]


def initializations(ledger):
    return len(ledger.entries("request", method="initialize"))


def texts(ledger):
    return [entry["params"]["arguments"]["text"] for entry in ledger.calls("echo")]


async def lose_and_call(client, upstream, words):
    """A call before the session is forgotten, and two after: how often the server was greeted for those two."""
    assert text_of(await client.call("echo", {"text": "before"})) == "before"
    greeted = initializations(upstream.ledger)
    upstream.control("forget", **words)
    for text in ("first", "second"):
        assert text_of(await client.call("echo", {"text": text})) == text
    assert texts(upstream.ledger) == ["before", "first", "second"], "each call is carried out once"
    return initializations(upstream.ledger) - greeted


@pytest.mark.parametrize("isolation", ISOLATIONS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", ["400-text", "410-error", "200-32001"])
async def test_a_forgotten_session_is_opened_anew_for_every_kind_of_client(
    launch, http, http_fixture, kind, isolation, words
):
    """In every isolation, with a session or without one at the client: one new handshake, told in log and /readyz."""
    with (
        http_fixture(name="web", transport="streamable") as upstream,
        launch({"web": upstream.streamable(isolation=isolation)}) as proxy,
    ):
        async with visitor(kind, Place(mcp=proxy.url("/web/mcp")), http) as client:
            assert await lose_and_call(client, upstream, WORDS[words]) == 1
        proxy.wait_output(LOST)
        status = proxy.servers()["web"]
        assert status["state"] == "ready" and status["sessionsLost"] == 1, status
        assert proxy.output.count(LOST) == 1


@pytest.mark.parametrize("answers", ["json", "sse"])
@pytest.mark.parametrize("words", WORDS)
async def test_the_words_of_servers_are_understood(launch, http, http_fixture, words, answers):
    """Whatever status, code and form they come in."""
    with (
        http_fixture(name="web", answers=answers) as upstream,
        launch({"web": upstream.streamable()}) as proxy,
    ):
        async with visitor("2025-11-25", Place(mcp=proxy.url("/web/mcp")), http) as client:
            assert await lose_and_call(client, upstream, WORDS[words]) == 1
        proxy.wait_output(WORDS[words].get("words", LOST))


@pytest.mark.parametrize("words", ["400-text", "200-32001"])
@pytest.mark.parametrize("kind", ["stdio-legacy", "stdio-modern"])
async def test_the_bridge_opens_a_forgotten_session_anew(binary, directory, http, http_fixture, kind, words):
    """`mcp-proxy stdio URL` does what the proxy does."""
    with http_fixture(name="web", transport="streamable") as upstream:
        place = Place(
            command=[binary, "stdio", upstream.mcp_url],
            environment={"HOME": str(directory()), "PATH": os.environ["PATH"]},
        )
        async with visitor(kind, place, http) as client:
            assert await lose_and_call(client, upstream, WORDS[words]) == 1


@pytest.mark.parametrize("words", ["404", "400-text", "400-error"])
async def test_a_stream_tells_of_a_forgotten_session(launch, http, http_fixture, words):
    """Nobody calls anything: the GET streams break, their next ones are refused, and what is said unasked comes again."""
    with http_fixture(name="web") as upstream, launch({"web": upstream.streamable()}) as proxy:
        client = await proxy.client("web", http).initialize()
        async with client.listening() as stream:
            # That of the connection which is always there, and that of the client.
            upstream.ledger.wait_for("stream", count=2)
            upstream.control("forget", **WORDS[words])
            upstream.control("drop")
            await eventually_async(lambda: proxy.servers()["web"].get("sessionsLost") == 2, "the losses to be told")
            upstream.ledger.wait_for("stream", count=4)
            assert await client.call_text("add_tool", {"name": "fresh"}) == "added"
            await stream.notification("notifications/tools/list_changed")
        eventually(lambda: proxy.output.count(LOST) == 2, "two lines of the log")


@pytest.mark.parametrize("words", ["404", "400-text", "400-error", "422-error"])
async def test_a_refused_notification_tells_of_a_forgotten_session(launch, http, http_fixture, words):
    """The next call finds a new session."""
    with http_fixture(name="web") as upstream, launch({"web": upstream.streamable()}) as proxy:
        client = await proxy.client("web", http).initialize({"roots": {"listChanged": True}})
        assert await client.call_text("echo", {"text": "before"}) == "before"
        greeted = initializations(upstream.ledger)
        upstream.control("forget", **WORDS[words])
        assert (await client.post(notification_body("notifications/roots/list_changed"))).status_code == 202
        await eventually_async(lambda: proxy.servers()["web"].get("sessionsLost") == 1, "the loss to be told")
        assert await client.call_text("echo", {"text": "after"}) == "after"
        assert initializations(upstream.ledger) - greeted == 1


@pytest.mark.parametrize("words", WORDS)
async def test_the_end_of_a_session_that_is_forgotten_already_is_nobodys_failure(launch, http, http_fixture, words):
    """DELETE is refused in words of the server: nothing is opened for that, and nothing told."""
    with (
        http_fixture(name="web") as upstream,
        launch({"web": upstream.streamable(isolation="session")}) as proxy,
    ):
        client = await proxy.client("web", http).initialize()
        assert await client.call_text("echo", {"text": "before"}) == "before"
        greeted = initializations(upstream.ledger)
        upstream.control("forget", **WORDS[words])
        assert (await client.delete()).status_code == 204
        upstream.ledger.wait_for("http", method="DELETE")
        other = await proxy.client("web", http).initialize()
        assert await other.call_text("echo", {"text": "other"}) == "other"
        assert initializations(upstream.ledger) - greeted == 1, "that of the other client"
        assert LOST not in proxy.output and "sessionsLost" not in proxy.servers()["web"]


@pytest.mark.parametrize("words", WORDS)
async def test_a_server_that_knows_no_session_at_all_is_asked_twice(launch, http, http_fixture, words):
    """It forgets new sessions, too: one new handshake for the call, whose end is what the server says."""
    with http_fixture(name="web") as upstream, launch({"web": upstream.streamable()}) as proxy:
        client = await proxy.client("web", http).initialize()
        assert await client.call_text("echo", {"text": "before"}) == "before"
        upstream.control("forget", always=True, **WORDS[words])
        greeted = initializations(upstream.ledger)
        told = WORDS[words]
        for number in (1, 2):
            error = only_answer(await client.post(call_body("echo", {"text": "after"})))["error"]
            if "code" in told:
                assert (error["code"], error["message"]) == (told["code"], told["words"])
            elif "status" in told:
                assert error["code"] == -31006 and told["words"] in proxy.servers()["web"]["callError"]
            else:
                assert error["code"] == -31002
            # 404 is certain: the session is opened anew the second time as well.
            assert initializations(upstream.ledger) - greeted <= number * (2 if words == "404" else 1)
        assert texts(upstream.ledger) == ["before"]


SPOKEN = '{"code":-32000,"message":"Session not found: nobody"}'


async def test_a_call_that_speaks_of_a_session_itself_gets_its_answer(launch, http, http_fixture):
    """Where a tool has sessions of its own, what it says of them is no reason to carry it out twice."""
    with http_fixture(name="web") as upstream, launch({"web": upstream.streamable()}) as proxy:
        client = await proxy.client("web", http).initialize()
        error = (await client.call("verbatim", {"error": SPOKEN}))["error"]
        assert error["message"] == "Session not found: nobody"
        assert len(upstream.ledger.calls("verbatim")) == 1 and LOST not in proxy.output
