"""Header fields of clients that are for one server: each request goes with its own, whatever else waits or came before."""

import asyncio
import json

import pytest

from support.envelope import modern_call, modern_headers
from support.keyed_server import KeyedServer
from support.managed import bearer
from support.raw import (
    OldClient,
    Streamable,
    call_body,
    exchange,
    initialize_body,
    notification_body,
    only_answer,
)

pytestmark = pytest.mark.anyio

ANN = "canary-token-of-ann-0123456789"
CLIENTS = {"ann": {"tokens": [ANN], "servers": ["*"]}}
PASSED = {"Authorization": "X-GitHub-Authorization", "X-Tenant": "X-Tenant"}
KINDS = ["legacy", "modern", "sse", "detected"]
PATHS = [("/github/mcp", "echo"), ("/mcp", "github__echo")]


@pytest.fixture(scope="module", params=KINDS)
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def upstream(kind, http_fixture, modern_http_fixture):
    """Everybody is let in: who has come with what is in its record, and not a matter of what it remembers of a session."""
    make = modern_http_fixture if kind == "modern" else http_fixture
    with make(answers="json") as fixture, KeyedServer(fixture) as server:
        yield server


def entry(kind, upstream):
    match kind:
        case "sse":
            return upstream.sse(headersFromClient=PASSED)
        case "detected":
            return {"url": upstream.mcp_url, "headersFromClient": PASSED}
    return upstream.streamable(headersFromClient=PASSED)


@pytest.fixture(scope="module")
def proxy(kind, upstream, launch):
    with launch({"github": entry(kind, upstream)}, proxy={"clients": CLIENTS}) as proxy:
        yield proxy


def key(name):
    return {"X-GitHub-Authorization": f"Bearer canary-{name}"}


def said(asked):
    """What a call says that has reached the server."""
    return asked.json["params"]["arguments"]["text"]


class Calls:
    """The calls of one test among those that have reached the server."""

    def __init__(self, upstream):
        self._upstream = upstream
        self._before = len(upstream.calls)

    @property
    def all(self):
        return self._upstream.calls[self._before :]

    def headers(self, text):
        (found,) = [asked.headers for asked in self.all if said(asked) == text]
        return found

    def key(self, text):
        return self.headers(text).get("authorization")


@pytest.fixture
def calls(upstream):
    return Calls(upstream)


async def opened(proxy, http, path, **headers):
    return await Streamable(proxy.url(path), http, headers={**bearer(ANN), **headers}).initialize()


async def call_at_once(client, tool, numbers):
    """One client that works for many people, as a service does."""

    async def call(number):
        answer = only_answer(await client.post(call_body(tool, {"text": str(number)}, number), **key(number)))
        assert "result" in answer, answer

    await asyncio.gather(*(call(number) for number in numbers))


def check_keys(calls, numbers):
    went = {said(asked): asked.headers.get("authorization") for asked in calls.all}
    assert went.keys() == {str(number) for number in numbers} and len(calls.all) == len(numbers)
    wrong = {text: shown for text, shown in went.items() if shown != f"Bearer canary-{text}"}
    assert not wrong, f"{len(wrong)} calls went with other credentials than theirs, such as {list(wrong.items())[:3]}"


@pytest.mark.parametrize("path, tool", PATHS)
async def test_calls_of_a_session_at_once(proxy, http, calls, path, tool):
    """The first of them come before it is known how the server is reached for the session."""
    client = await opened(proxy, http, path, **key("first"))
    await call_at_once(client, tool, range(1, 41))
    await call_at_once(client, tool, range(41, 61))
    check_keys(calls, range(1, 61))


async def test_calls_in_the_queue_of_the_server(kind, upstream, launch, http, calls):
    limits = {"maxCallsInFlightPerServer": 1}
    with launch({"github": entry(kind, upstream)}, proxy={"clients": CLIENTS}, limits=limits) as proxy:
        await call_at_once(await opened(proxy, http, "/github/mcp", **key("first")), "echo", range(1, 31))
        check_keys(calls, range(1, 31))


@pytest.mark.parametrize("path, tool", PATHS)
async def test_what_is_left_out_is_not_sent(proxy, http, calls, path, tool):
    client = await opened(proxy, http, path, **key("first"))
    for text, headers in (("a", key("first")), ("b", {}), ("c", key("second"))):
        client._headers = {**bearer(ANN), **headers}
        assert "result" in await client.call(tool, {"text": text})
    assert [calls.key(text) for text in "abc"] == ["Bearer canary-first", None, "Bearer canary-second"]


async def test_one_of_two_is_left_out(proxy, http, calls):
    client = await opened(proxy, http, "/github/mcp", **key("first"))
    await client.call("echo", {"text": "a"})
    client._headers = {**bearer(ANN), "X-Tenant": "b"}
    await client.call("echo", {"text": "b"})
    assert calls.headers("b")["x-tenant"] == "b" and calls.key("b") is None


@pytest.mark.parametrize("listed", ["x-github-authorization", "keep-alive, X-GitHub-Authorization"])
async def test_what_is_for_the_next_hop_alone(proxy, calls, listed):
    message = modern_call("echo", {"text": "a"})
    body = json.dumps(message).encode()
    headers = {**modern_headers(message), **bearer(ANN), **key("a"), "X-Tenant": "b", "Host": proxy.address}
    headers |= {"Content-Length": str(len(body))}
    fields = [*headers.items(), ("Connection", listed), ("Connection", "close")]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    received = await asyncio.to_thread(exchange, proxy.port, f"POST /github/mcp HTTP/1.1\r\n{head}\r\n".encode() + body)
    assert b"200 OK" in received, received
    assert calls.headers("a")["x-tenant"] == "b" and calls.key("a") is None


async def test_an_old_client_that_does_not_wait(proxy, http, calls):
    """Over HTTP+SSE: what comes before the handshake is over goes with what it came with, too."""
    client = OldClient(proxy.url("/github/sse"), http, headers={**bearer(ANN), **key("first")})
    async with client.stream_opened():
        await client.post(initialize_body("2024-11-05", None, "init"))
        for number in range(1, 6):
            client._headers = {**bearer(ANN), **key(number)}
            await client.post(call_body("echo", {"text": str(number)}, number))
        client._headers = bearer(ANN)
        await client.post(call_body("echo", {"text": "6"}, 6))
        await client.post(notification_body("notifications/initialized"))
        for number in range(1, 7):
            assert "result" in await client.stream.answer(number)
    assert [calls.key(str(number)) for number in range(1, 6)] == [f"Bearer canary-{number}" for number in range(1, 6)]
    assert calls.key("6") is None
