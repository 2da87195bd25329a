"""The requests of clients are seen over the management API as they end, without what was in them."""

import asyncio
import contextlib
import json

import pytest

from support.fixture import stdio
from support.managed import ACCESS, TOKEN, Management, bearer, brought_in_header, problem_of
from support.raw import Stream, call_body

pytestmark = pytest.mark.anyio

HELD = {"management": ACCESS}
SECRET = "a-word-that-stands-in-arguments-only"


@contextlib.asynccontextmanager
async def following(proxy, http, token=TOKEN, **headers):
    """The event stream, once the proxy tells."""
    named = {**bearer(token), "Accept": "text/event-stream", **headers}
    request = http.build_request("GET", proxy.url("/api/traffic"), headers=named)
    response = await http.send(request, stream=True)
    assert response.status_code == 200 and response.headers["content-type"].startswith("text/event-stream")
    stream = Stream(response)
    try:
        yield stream
    finally:
        await stream.close()


def told(stream):
    return [json.loads(event.data) for event in stream.events if event.name == "message"]


async def until(stream, method, **members):
    """The first request that fits."""

    def fitting(stream):
        return [each for each in told(stream) if each["method"] == method and members.items() <= each.items()]

    return (await stream.wait_for(fitting, f"{method} {members}"))[0]


async def test_requests_are_told_as_they_end_without_their_arguments(launch, http):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy:
        async with following(proxy, http) as stream:
            client = await proxy.client("one", http).initialize()
            await until(stream, "initialize")
            response = await client.post(call_body("echo", {"text": SECRET}))
            line = await until(stream, "tools/call")
            assert line["request"] == response.headers["x-request-id"]
            known = {"principal": "anonymous", "route": "one", "server": "one", "tool": "echo", "outcome": "ok"}
            assert {key: line[key] for key in known} == known
            assert line["client"] and line["ms"] >= 0 and line["time"].endswith("Z")
            await client.post(call_body("is_error", {}, 2))
            assert (await until(stream, "tools/call", tool="is_error"))["outcome"] == "tool_error"
            numbers = [line["number"] for line in told(stream)]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
            assert [event.id for event in stream.events] == [str(number) for number in numbers]
            assert SECRET not in "".join(event.data for event in stream.events)
        # Who comes back goes on.
        async with following(proxy, http, **{"Last-Event-ID": str(numbers[-2])}) as stream:
            await until(stream, "tools/call", tool="is_error")
            assert len(told(stream)) == 1
        async with http.stream("GET", proxy.url("/api/traffic"), headers=bearer()) as answer:
            kept = json.loads(await answer.aread())["requests"]
        assert [line["number"] for line in kept] == numbers


async def test_it_is_for_those_who_may_read_everything(launch, http):
    clients = {
        "reader": {"tokens": ["token-of-the-reader-1"], "management": "read"},
        "user": {"tokens": ["token-of-the-user-2"], "servers": ["*"]},
    }
    with launch({"one": stdio(name="one")}, proxy={**HELD, "clients": clients}) as proxy:
        assert (await Management(proxy, http, "token-of-the-reader-1").done("GET", "/api/traffic")) == {"requests": []}
        problem_of(await Management(proxy, http, "token-of-the-user-2").send("GET", "/api/traffic"), 404, "unknown-path")
        problem_of(await Management(proxy, http, None).send("GET", "/api/traffic"), 401, "unauthorized")
        await proxy.client("one", http, headers=bearer("token-of-the-user-2")).initialize()
        seen = await Management(proxy, http).done("GET", "/api/traffic")
        assert [line["principal"] for line in seen["requests"] if line["method"] == "initialize"] == ["client user"]


async def test_who_is_taken_the_right_sees_no_more(launch, http):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy:
        async with following(proxy, http) as stream:
            await (proxy.client("one", http)).initialize()
            await until(stream, "initialize")
            proxy.rewrite({"one": stdio(name="one")}, proxy={"management": {"authTokens": ["another-token-of-the-tests"]}})
            await stream.end()


async def test_what_a_client_brings_is_told_to_those_with_a_token_alone(launch, http):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy:
        async with following(proxy, http) as stream:
            client = await brought_in_header(proxy, http, proxy.marked(stdio(name="brought"))).initialize()
            line = await until(stream, "initialize")
            assert line["server"].startswith("adhoc-")
            await client.delete()


async def test_calls_are_answered_while_nobody_reads_the_stream_and_are_told_when_somebody_does(launch, http):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy:
        client = await proxy.client("one", http).initialize()
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        head = f"GET /api/traffic?follow=true HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        writer.write(head.encode())
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
        for number in range(60):
            response = await client.post(call_body("echo", {"text": "a"}, number + 1))
            assert response.status_code == 200
        text = b""
        while text.count(b'"method":"tools/call"') < 60:
            text += await asyncio.wait_for(reader.read(1 << 16), 30)
        writer.close()
