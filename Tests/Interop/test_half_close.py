"""Clients that end their side of the connection after their request: they get their answers. Those that have gone
altogether look the same at first, and their calls are cancelled all the same."""

import asyncio
import contextlib
import json

import pytest

from support.envelope import modern_call, modern_headers
from support.fixture import modern_stdio, stdio
from support.raw import ACCEPT, SECONDS, call_body, read_answer, text_of
from support.wait import eventually_async

pytestmark = pytest.mark.anyio

JSON_ONLY = "application/json"


@pytest.fixture(scope="module")
def ledger(new_ledger):
    return new_ledger()


@pytest.fixture(scope="module")
def proxy(launch, ledger):
    with launch({"legacy": stdio(ledger=ledger), "modern": modern_stdio()}) as proxy:
        yield proxy


class HalfClosed:
    """A connection whose client has sent all that it will ever send, and reads."""

    def __init__(self, reader):
        self._reader = reader

    async def answer(self):
        """The next final answer: its status and the messages of its body."""
        return await read_answer(self._reader)

    async def until(self, text):
        return (await self._reader.readuntil(text)).decode()

    async def rest(self):
        return await self._reader.read()


@contextlib.asynccontextmanager
async def half_closed(proxy, request):
    """Sends the bytes and ends the client's side at once."""
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        try:
            writer.write(request)
            writer.write_eof()
            yield HalfClosed(reader)
        finally:
            writer.close()


def http_request(proxy, path, body=None, **headers):
    fields = {"Host": proxy.address, "Content-Type": "application/json", "Accept": ACCEPT, **headers}
    method = "GET" if body is None else "POST"
    if body is not None:
        fields["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n{body or ''}".encode()


async def call_of(era, proxy, http, server, tool, arguments, accept):
    """The bytes of a call by a client of this era: in a session, without one, or without a handshake."""
    path = f"/{server}/mcp"
    match era:
        case "session":
            client = await proxy.client(server, http).initialize()
            headers = {**client.headers(), "Accept": accept}
            return http_request(proxy, path, call_body(tool, arguments), **headers)
        case "sessionless":
            return http_request(proxy, path, call_body(tool, arguments), Accept=accept)
        case "modern":
            message = modern_call(tool, arguments)
            return http_request(proxy, path, json.dumps(message), **{**modern_headers(message), "Accept": accept})


@pytest.mark.parametrize("accept", [ACCEPT, JSON_ONLY, "text/event-stream"])
@pytest.mark.parametrize("server", ["legacy", "modern"])
@pytest.mark.parametrize("era", ["session", "sessionless", "modern"])
async def test_a_client_that_has_ended_its_side_gets_its_answer(proxy, http, directory, era, server, accept):
    """Also one that is long in coming; then the connection is closed."""
    quick = await call_of(era, proxy, http, server, "echo", {"text": "quick"}, accept)
    async with half_closed(proxy, quick) as connection:
        status, messages = await connection.answer()
        assert status == 200 and text_of(json.loads(messages[-1])) == "quick"
        assert await connection.rest() == b""
    file = directory() / "go"
    slow = await call_of(era, proxy, http, server, "hold", {"file": str(file), "text": "slow"}, accept)
    async with half_closed(proxy, slow) as connection:
        # What tells one that has gone from one that reads has come by then, if the answer has not begun: the beginning
        # of a stream, or an interim answer where none is accepted, or the session lives on another event loop than the
        # connection.
        begun = await connection.until(b"\r\n\r\n")
        interim, stream = "HTTP/1.1 100 ", "HTTP/1.1 200 "
        may_be_elsewhere = era == "session" and accept == ACCEPT
        assert begun.startswith((interim, stream) if may_be_elsewhere else interim if accept == JSON_ONLY else stream), begun
        file.touch()
        assert '"slow"' in (await connection.rest()).decode()


async def test_what_was_sent_ahead_is_answered_too(proxy):
    """Two requests, then the end: two answers, then the end."""
    one, two = (http_request(proxy, "/legacy/mcp", call_body("echo", {"text": text})) for text in ("one", "two"))
    async with half_closed(proxy, one + two) as connection:
        for text in ("one", "two"):
            status, messages = await connection.answer()
            assert status == 200 and text_of(json.loads(messages[-1])) == text
        assert await connection.rest() == b""


@pytest.mark.parametrize("server", ["legacy", "modern"])
async def test_the_old_transport_works_with_sides_that_have_ended(proxy, server):
    """The stream goes on, and answers what is posted over connections of the same kind."""
    async with half_closed(proxy, http_request(proxy, f"/{server}/sse")) as stream:
        await stream.until(b"data: ")
        endpoint = (await stream.until(b"\n")).strip()
        hello = {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}
        for body in (
            json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}),
            call_body("echo", {"text": "over the old transport"}, request_id=2),
        ):
            async with half_closed(proxy, http_request(proxy, endpoint, body)) as post:
                status, messages = await post.answer()
                assert (status, messages) == (202, [""])
        await stream.until(b"over the old transport")


async def test_a_request_that_is_cut_off_is_refused(proxy):
    """Less body than announced, and the end: nothing of it is executed."""
    whole = http_request(proxy, "/legacy/mcp", call_body("echo", {"text": "cut off"}))
    async with half_closed(proxy, whole[:-5]) as connection:
        status, _ = await connection.answer()
        assert status == 400 and await connection.rest() == b""


@pytest.mark.parametrize("accept", [ACCEPT, JSON_ONLY])
async def test_the_call_of_a_client_that_has_gone_is_cancelled(proxy, http, ledger, accept):
    """At once, or when it goes some time after it has ended its side."""
    for lingers in (False, True):
        before = len(ledger.calls("mute"))
        async with half_closed(proxy, await call_of("modern", proxy, http, "legacy", "mute", {}, accept)) as connection:
            await eventually_async(lambda: len(ledger.calls("mute")) > before, "the call upstream")
            if lingers:
                await connection.until(b"\r\n\r\n")
        muted = ledger.calls("mute")[-1]
        await eventually_async(
            lambda: (
                muted["id"] in [entry["params"]["requestId"] for entry in ledger.entries("cancelled", pid=muted["pid"])]
            ),
            f"notifications/cancelled upstream (lingers: {lingers})",
        )
