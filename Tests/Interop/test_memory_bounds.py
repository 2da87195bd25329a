"""What clients can make the proxy hold in memory: bodies, answers that they do not read, events that they may fetch again."""

import asyncio
import contextlib
import re
import select
import socket

import pytest

from support.fixture import stdio
from support.managed import ACCESS
from support.processes import anonymous_bytes
from support.raw import Wire, call_body, initialize_body
from support.wait import eventually_async

pytestmark = pytest.mark.anyio

MEBIBYTE = 1024 * 1024
TOKEN = "token-of-the-server-1234567890"
STRANGERS = 40
BODY = 4 * MEBIBYTE - 1


def sent(proxy, lines, length):
    """A connection on which all but the last byte of a request was sent, as far as the proxy takes it."""
    connection = socket.create_connection(("127.0.0.1", proxy.port))
    connection.setblocking(False)
    head = "\r\n".join([*lines, "Content-Type: application/json", f"Content-Length: {length}", "", ""])
    rest = head.encode() + b"x" * (length - 1)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        while rest:
            # Whoever is not read from for a moment is not read from at all.
            if not select.select([connection], [connection], [], 1)[1]:
                break
            with contextlib.suppress(BlockingIOError):
                rest = rest[connection.send(rest) :]
    return connection


def first_bytes(connection):
    with contextlib.suppress(BlockingIOError, ConnectionResetError):
        return connection.recv(65536)
    return b""


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("POST /one/mcp", [], 401),
        ("POST /one/mcp", ["Authorization: Bearer wrong"], 401),
        ("POST /one/message?sessionId=1", [], 401),
        ("POST /none/mcp", [], 404),
        ("POST /one/mcp", ["Origin: https://evil.example"], 403),
        ("POST /api/servers", [], 401),
        ("POST /api/servers", ["Authorization: Bearer " + ACCESS["authTokens"][0]], 413),
        ("POST /sse", [], 401),
        ("POST /mcp", [], 401),
        ("POST /healthz", [], 405),
    ],
)
async def test_strangers_make_it_hold_nothing(launch, path, fields, status):
    """The body of what is not let in is not read, whatever it is refused for."""
    options = {"options": {"authTokens": [TOKEN]}, "proxy": {"management": {**ACCESS, "adHoc": "allow"}}}
    with launch({"one": stdio(name="one")}, **options) as proxy:
        before = anonymous_bytes(proxy.pid)
        lines = [f"{path} HTTP/1.1", f"Host: {proxy.address}", *fields]
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(sent(proxy, lines, BODY)) for _ in range(STRANGERS)]
            assert anonymous_bytes(proxy.pid) - before < 24 * MEBIBYTE
            # A reset may have taken the answer with it; one that came is the right one.
            answers = [answer for answer in map(first_bytes, connections) if answer]
            assert all(answer.startswith(b"HTTP/1.1 %d " % status) for answer in answers), answers


async def test_callers_share_one_bound_for_their_bodies(launch):
    """Whoever has a token is refused with 503 when too much is being read already, and small requests still pass."""
    limits = {"maxBufferedBytes": "16MiB", "bodyTimeout": "1h"}
    with launch({"one": stdio(name="one")}, options={"authTokens": [TOKEN]}, limits=limits) as proxy:
        before = anonymous_bytes(proxy.pid)
        fields = [f"Host: {proxy.address}", f"Authorization: Bearer {TOKEN}"]
        with contextlib.ExitStack() as stack:
            lines = ["POST /one/mcp HTTP/1.1", *fields]
            connections = [stack.enter_context(sent(proxy, lines, BODY)) for _ in range(STRANGERS)]
            assert anonymous_bytes(proxy.pid) - before < 48 * MEBIBYTE
            refused = [answer for answer in map(first_bytes, connections) if answer]
            assert refused and all(answer.startswith(b"HTTP/1.1 503 ") for answer in refused), refused
            assert all(b"Retry-After" in answer and b"maxBufferedBytes" in answer for answer in refused)
            headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
            wire = Wire(proxy.port, "/one/mcp", headers)
            assert await wire.post(initialize_body())
            wire.close()


async def test_answers_that_nobody_reads_share_one_bound(launch, http):
    """Twenty-four answers of 20 MB: those that have waited longest are given up, with a line in the log."""
    count, size = 24, 20 * MEBIBYTE
    limits = {"maxBufferedBytes": "64MiB", "streamAfter": "1h", "bodyTimeout": "1h"}
    with launch({"big": stdio(name="big")}, limits=limits) as proxy:
        client = await proxy.client("big", http).initialize()
        before = anonymous_bytes(proxy.pid)
        body = call_body("big", {"bytes": size})
        fields = {"Host": proxy.address, **client.headers(), "Content-Length": len(body)}
        lines = ["POST /big/mcp HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", body]
        with contextlib.ExitStack() as stack:
            connections = []
            for _ in range(count):
                connection = stack.enter_context(socket.socket())
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.connect(("127.0.0.1", proxy.port))
                connection.sendall("\r\n".join(lines).encode())
                connections.append(connection)
            await eventually_async(lambda: given_up(proxy) >= count - 4, "the oldest to be given up", seconds=60)
            assert anonymous_bytes(proxy.pid) - before < 150 * MEBIBYTE
            assert given_up(proxy) < count, "some of them still wait"
        proxy.wait_output("limits.maxBufferedBytes")


def given_up(proxy):
    """How often the log says so; of equal lines it gives the number."""
    lines = [line for line in proxy.stderr.splitlines() if "too much waits" in line]
    return sum(int(found[1]) if (found := re.search(r"repeated=(\d+)", line)) else 1 for line in lines)


@pytest.mark.parametrize("bound", [{"maxReplayBytes": "8MiB"}, {}])
async def test_sessions_whose_clients_are_away_keep_little(launch, http, bound):
    """A hundred sessions that each had nearly as much as may be kept: in all no more than one bound, and little soon."""
    with launch({"big": stdio(name="big")}, limits=bound) as proxy:
        before = anonymous_bytes(proxy.pid)

        async def visit():
            client = await proxy.client("big", http, headers={"Accept": "text/event-stream"}).initialize()
            await client.call("big", {"bytes": MEBIBYTE - 4096})

        for _ in range(10):
            await asyncio.gather(*(visit() for _ in range(10)))
        if bound:
            assert anonymous_bytes(proxy.pid) - before < 48 * MEBIBYTE
        await eventually_async(
            lambda: anonymous_bytes(proxy.pid) - before < 32 * MEBIBYTE, "the sessions to keep little", seconds=60
        )


async def test_a_client_cannot_pile_up_messages_before_the_handshake_is_over(launch, http, tmp_path):
    """Sixty messages of 1 MB while the server starts: what is too much is refused on the stream, the rest is served."""
    flag = tmp_path / "flag"
    with launch({"slow": stdio("slow-start", name="slow", flag=flag)}, ready=False) as proxy:
        client = proxy.old_client("slow", http)
        async with client.stream_opened() as stream:
            await client.post(initialize_body("2024-11-05", None, "init"))
            before = anonymous_bytes(proxy.pid)
            for number in range(60):
                await client.post(call_body("echo", {"text": "x" * MEBIBYTE}, request_id=number))
            assert anonymous_bytes(proxy.pid) - before < 32 * MEBIBYTE
            assert "initialize" in (await stream.answer(59))["error"]["message"]
            flag.touch()
            assert "result" in await stream.answer("init")
            assert "result" in await stream.answer(0)
