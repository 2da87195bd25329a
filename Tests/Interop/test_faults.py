"""Faults under load: what is killed, stopped, slow or gone costs nobody else anything and leaves nothing behind."""

import asyncio
import collections
import contextlib
import fcntl
import json
import os
import random
import signal
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from support import processes
from support.fixture import stdio
from support.processes import MARK, anonymous_bytes
from support.raw import ACCEPT, Wire, call_body, http_client, notification_body, text_of
from support.wait import SECONDS, eventually_async

pytestmark = pytest.mark.anyio

MEBIBYTE = 1024 * 1024
PIPE_BYTES = 4096
# Far more than is in flight here, so that no bound but the fault decides.
WIDE = {"maxCallsInFlight": 4096, "maxCallsInFlightPerPrincipal": 4096, "maxCallsInFlightPerServer": 4096}
VISITORS = 8
QUICK = {"restartBackoffMinimum": "50ms", "restartBackoffMaximum": "500ms"}


def headers_of(client):
    return {"Content-Type": "application/json", "Accept": ACCEPT, **client.headers()}


def wire_of(proxy, client, name):
    """A connection of its own for the client's session."""
    return Wire(proxy.port, f"/{name}/mcp", headers_of(client))


def http_request(proxy, client, name, body, method="POST", **extra):
    """The bytes of one request."""
    fields = {"Host": proxy.address, **headers_of(client), **extra, "Content-Length": len(body)}
    lines = [f"{method} /{name}/mcp HTTP/1.1"] + [f"{key}: {value}" for key, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@contextlib.contextmanager
def unread(proxy, request):
    """A connection on which a request is sent and of whose answer nothing is read."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", proxy.port))
        connection.sendall(request)
        yield connection


def is_cut(connection):
    """Whether the other side has closed, seen without reading what it sent."""
    with contextlib.suppress(BlockingIOError):
        try:
            connection.send(b"\r\n", socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except (BrokenPipeError, ConnectionResetError):
            return True
    return False


def descriptors(pid):
    """How many descriptors of each kind a process has open."""
    kinds = collections.Counter()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            kinds[os.readlink(link).split(":")[0]] += 1
    return kinds


def answer_in(texts):
    """The only answer among messages."""
    answers = [message for message in map(json.loads, texts) if "method" not in message]
    assert len(answers) == 1, f"{len(answers)} answers in {texts}"
    return answers[0]


@contextlib.asynccontextmanager
async def undisturbed(client):
    """Calls a server all through the block; every call must succeed."""
    over = False

    async def call_on_and_on():
        while not over:
            assert await client.call_text("echo", {"text": "fine"}) == "fine"

    calling = asyncio.ensure_future(call_on_and_on())
    try:
        yield
    finally:
        over = True
        await calling


# Killed and stopped (F1, F3, F5)


async def test_four_hundred_calls_in_flight_each_end_with_one_error_at_every_kill(launch, http, new_ledger):
    """kill -9 of the child, three times: one error for each call, none sent twice, other servers fail no call."""
    ledger = new_ledger()
    count = 400
    servers = {"victim": stdio(ledger=ledger, name="victim"), "good": stdio(name="good")}
    with launch(servers, limits={**WIDE, **QUICK, "streamAfter": "1h"}) as proxy:
        client = await proxy.client("victim", http).initialize()
        wires = [wire_of(proxy, client, "victim") for _ in range(count)]
        other = await proxy.client("good", http).initialize()
        async with undisturbed(other):
            for kill in range(3):
                numbers = range(kill * count, (kill + 1) * count)
                calls = [
                    asyncio.ensure_future(wire.post(call_body("mute", {}, number)))
                    for wire, number in zip(wires, numbers)
                ]
                await eventually_async(
                    lambda: len(ledger.calls("mute")) == numbers.stop, f"{numbers.stop} calls to have reached a child"
                )
                processes.kill(ledger.calls("mute")[-1]["pid"])
                for number, texts in zip(numbers, await asyncio.gather(*calls)):
                    answer = answer_in(texts)
                    assert answer["id"] == number
                    assert "victim" in answer["error"]["message"]
                restarted = await client.call("echo", {"text": "again"})
                assert text_of(restarted) == "again"
        for wire in wires:
            wire.close()
        assert len(ledger.calls("mute")) == 3 * count, "calls were sent twice"
        assert len(ledger.entries("start")) == 4


async def test_late_answers_of_a_stopped_child_reach_nobody(launch, http, new_ledger):
    """SIGSTOP with 100 calls in flight: each ends at its time limit. SIGCONT: the same process serves, nobody gets
    an answer to somebody else's earlier question."""
    ledger = new_ledger()
    servers = {"sleeper": stdio(ledger=ledger, name="sleeper"), "good": stdio(name="good")}
    with launch(servers, limits={**WIDE, "callTimeout": "1s"}) as proxy:
        client = await proxy.client("sleeper", http).initialize()
        other = await proxy.client("good", http).initialize()
        pid = json.loads(await client.call_text("whoami"))["pid"]
        wires = [wire_of(proxy, client, "sleeper") for _ in range(100)]

        def ask(word):
            return asyncio.gather(
                *(wire.post(call_body("echo", {"text": f"{word} {n}"}, n)) for n, wire in enumerate(wires))
            )

        os.kill(pid, signal.SIGSTOP)
        try:
            async with undisturbed(other):
                for number, texts in enumerate(await ask("early")):
                    answer = answer_in(texts)
                    assert (answer["id"], answer["error"]["code"]) == (number, -31003), answer
        finally:
            os.kill(pid, signal.SIGCONT)
        await eventually_async(
            lambda: "early 99" in ledger.raw_bytes().decode(), "the child to read what it was sent while stopped"
        )
        for number, texts in enumerate(await ask("late")):
            assert text_of(answer_in(texts)) == f"late {number}"
        assert json.loads(await client.call_text("whoami"))["pid"] == pid
        for wire in wires:
            wire.close()


async def test_nothing_survives_a_kill_of_the_proxy_during_calls_and_it_starts_anew(make_proxy, http, new_ledger):
    """kill -9 of the proxy with calls in its servers, stubborn ones among them: all gone, the port is free at once."""
    ledger = new_ledger()
    modes = [(), ("stubborn",), ("grandchild",), ("stubborn", "grandchild")]
    names = [f"server-{number}" for number in range(len(modes))]
    proxy = make_proxy({name: stdio(*mode, ledger=ledger, name=name) for name, mode in zip(names, modes)})
    proxy.start()
    proxy.wait_ready()
    clients = [await proxy.client(name, http).initialize() for name in names]
    calls = [asyncio.ensure_future(client.call("mute")) for client in clients]
    await eventually_async(lambda: len(ledger.calls("mute")) == len(calls), "a call in every server")
    assert len(proxy.children()) > len(names)
    proxy.kill()
    await asyncio.gather(*calls, return_exceptions=True)
    proxy.assert_nothing_left()
    proxy.start()
    proxy.wait_ready()
    again = await proxy.client(names[0], http).initialize()
    assert await again.call_text("echo", {"text": "back"}) == "back"
    proxy.stop()


# Clients that do not read (F7)


async def test_streams_that_nobody_reads_are_closed_and_cost_little(launch, http):
    """Each is sent 16 MB, of which the kernel takes up to 4, and reads nothing: the proxy keeps little of it, closes
    them and serves others meanwhile."""
    streams = 20
    with launch({"loud": stdio(name="loud"), "good": stdio(name="good")}) as proxy:
        other = await proxy.client("good", http).initialize()
        clients = [await proxy.client("loud", http).initialize() for _ in range(streams)]
        before = anonymous_bytes(proxy.pid)
        with contextlib.ExitStack() as held:
            connections = [
                held.enter_context(
                    unread(proxy, http_request(proxy, client, "loud", "", "GET", Accept="text/event-stream"))
                )
                for client in clients
            ]
            caller = await proxy.client("loud", http).initialize()
            async with undisturbed(other):
                # A notification that the proxy does not know goes to everybody and is never left out.
                notification = notification_body("notifications/example", {"padding": "x" * 40_000})
                for _ in range(400):
                    assert await caller.call_text("notify_verbatim", {"message": notification}) == "sent"
                await eventually_async(lambda: all(map(is_cut, connections)), "every unread stream to be closed")
            # For each: what waits to be sent and what is kept to be sent again, a mebibyte each.
            assert anonymous_bytes(proxy.pid) - before < streams * 2 * MEBIBYTE + 64 * MEBIBYTE
            await eventually_async(lambda: "does not read" in proxy.stderr, "a line that says why")


async def test_answers_do_not_pile_up_for_a_client_that_asks_on_without_reading(launch, http):
    """Two hundred calls of a mebibyte each on one connection: only a few are answered before the client reads."""
    with launch({"big": stdio(name="big")}) as proxy:
        client = await proxy.client("big", http).initialize()
        before = anonymous_bytes(proxy.pid)
        one = http_request(proxy, client, "big", call_body("big", {"bytes": MEBIBYTE}))
        with unread(proxy, one * 200):
            # They go to the same process, so that many of the greedy client's calls could have been answered by then.
            for _ in range(100):
                assert await client.call_text("echo", {"text": "fine"}) == "fine"
            assert anonymous_bytes(proxy.pid) - before < 32 * MEBIBYTE


async def test_an_answer_that_is_read_slowly_is_whole(launch, http):
    """An answer may take longer than a connection may be idle: it is not cut off."""
    size = 24 * MEBIBYTE
    with launch({"big": stdio(name="big")}, limits={"keepAliveTimeout": "200ms", "streamAfter": "1h"}) as proxy:
        client = await proxy.client("big", http).initialize()
        with unread(proxy, http_request(proxy, client, "big", call_body("big", {"bytes": size}))) as connection:
            connection.setblocking(False)
            loop = asyncio.get_running_loop()
            received = bytearray(await loop.sock_recv(connection, 65536))
            for _ in range(3):
                # Each of these ends because that idle time has passed.
                reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
                writer.write(http_request(proxy, client, "big", call_body("echo", {"text": "t"})))
                await reader.read()
                writer.close()
            while len(received) < size and (chunk := await loop.sock_recv(connection, MEBIBYTE)):
                received += chunk
            assert len(received) >= size, f"the answer was cut after {len(received)} bytes"


async def test_an_answer_larger_than_the_replay_limit_is_not_kept(launch, http):
    """Four sessions that each had 20 MB over a stream: once the client has it, the proxy forgets it."""
    with launch({"big": stdio(name="big")}, limits={"replayBytes": "1MiB"}) as proxy:
        before = anonymous_bytes(proxy.pid)
        for _ in range(4):
            client = await proxy.client("big", http, headers={"Accept": "text/event-stream"}).initialize()
            answer = await client.call("big", {"bytes": 20 * MEBIBYTE})
            assert len(text_of(answer)) == 20 * MEBIBYTE
        # One of them may still be on its way out; four must not be there.
        assert anonymous_bytes(proxy.pid) - before < 60 * MEBIBYTE


# Cancellation (F22)


async def test_thousands_of_cancellations_at_random_moments_leave_nothing_stuck(launch, new_ledger):
    """Each call has its own answer or none, a server hears at most one cancellation of it, and all slots are free."""
    ledger = new_ledger()
    workers, rounds, slots = 16, 125, 32
    with launch({"racer": stdio(ledger=ledger, name="racer")}, limits={"maxCallsInFlightPerServer": slots}) as proxy:
        async with http_client() as http:
            clients = [await proxy.client("racer", http).initialize() for _ in range(workers)]

        async def race(index, client):
            rng = random.Random(index)
            asking, withdrawing = wire_of(proxy, client, "racer"), Withdrawal(proxy, client, "racer")
            answered = 0
            for number in range(rounds):
                latency = rng.choice([0, 0.002, 0.01])
                arguments = {"secret": f"s{index}", "seq": number, "delay": latency}
                call = asyncio.ensure_future(asking.post(call_body("secret", arguments, number)))
                await asyncio.wait([call], timeout=rng.uniform(0, 2 * latency + 0.002))
                await withdrawing.send(number)
                answers = [message for message in map(json.loads, await call) if message.get("id") == number]
                assert len(answers) <= 1, answers
                if answers:
                    assert text_of(answers[0]) == f"s{index}:{number}"
                    answered += 1
            asking.close()
            withdrawing.close()
            return answered

        answered = sum(await asyncio.gather(*(race(*item) for item in enumerate(clients))))
        assert 0 < answered < workers * rounds, "the race was not one"
        cancelled = collections.Counter(
            entry["params"]["requestId"] for entry in ledger.entries("notification", method="notifications/cancelled")
        )
        assert max(cancelled.values()) == 1
        executed = collections.Counter(
            (entry["params"]["arguments"]["secret"], entry["params"]["arguments"]["seq"])
            for entry in ledger.calls("secret")
        )
        assert max(executed.values()) == 1
        # Every slot is free again: as many calls as there are slots are in the server at the same time.
        wires = [wire_of(proxy, clients[0], "racer") for _ in range(slots)]
        held = [asyncio.ensure_future(wire.post(call_body("mute", {}, n))) for n, wire in enumerate(wires)]
        await eventually_async(lambda: len(ledger.calls("mute")) == slots, f"{slots} calls at once")
        for call in held:
            call.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        for number in range(slots):
            withdrawal = Withdrawal(proxy, clients[0], "racer")
            await withdrawal.send(number)
            withdrawal.close()


class Withdrawal:
    """A connection on which calls are cancelled."""

    def __init__(self, proxy, client, name):
        self._proxy, self._client, self._name = proxy, client, name
        self._reader = self._writer = None

    async def send(self, request_id):
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._proxy.port)
        body = notification_body("notifications/cancelled", {"requestId": request_id})
        self._writer.write(http_request(self._proxy, self._client, self._name, body))
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert b" 202 " in head, head

    def close(self):
        if self._writer:
            self._writer.close()


# Coming and going (F15, F20)


async def test_sessions_that_come_and_go_leave_nothing(launch, http_fixture):
    """Ended, cut or left lying, over every transport: sessions upstream, descriptors, children and memory return."""
    limits = {"sessionIdleTimeout": "1s", "maxSessionsPerPrincipal": 10_000}
    with (
        http_fixture(name="web") as web,
        launch({"program": stdio(name="program"), "web": web.streamable()}, limits=limits) as proxy,
    ):
        children = proxy.children().keys()
        await come_and_go(proxy, 40)
        await everybody_gone(proxy, web)
        open_before, memory_before = descriptors(proxy.pid), anonymous_bytes(proxy.pid)
        await come_and_go(proxy, 160)
        await everybody_gone(proxy, web)
        await eventually_async(
            lambda: descriptors(proxy.pid)["socket"] <= open_before["socket"] + 2, "the connections to be closed"
        )
        assert descriptors(proxy.pid)["pipe"] == open_before["pipe"]
        assert anonymous_bytes(proxy.pid) - memory_before < 4 * MEBIBYTE
        assert proxy.children().keys() == children


async def come_and_go(proxy, count):
    """Opens that many sessions, calls something in each and leaves: politely, abruptly, or without a word."""
    rng = random.Random(count)

    async def visit(number, http):
        name = rng.choice(["program", "web"])
        manner = rng.choices(["delete", "abort", "vanish"], [30, 40, 30])[0]
        if number % 3 == 0:
            async with proxy.old_client(name, http).connected() as client:
                assert text_of(await client.call("echo", {"text": "t"})) == "t"
            return
        client = await proxy.client(name, http).initialize()
        assert await client.call_text("echo", {"text": "t"}) == "t"
        if manner == "abort":
            with unread(proxy, http_request(proxy, client, name, call_body("secret", {"secret": "s", "seq": 1}))):
                pass
        elif manner == "delete":
            assert (await client.delete()).status_code == 204

    async def visits(numbers):
        async with http_client() as http:
            for number in numbers:
                await visit(number, http)

    await asyncio.gather(*(visits(range(first, count, VISITORS)) for first in range(VISITORS)))


async def everybody_gone(proxy, web):
    """Waits until the HTTP upstream has been told of the end of every session but the proxy's own."""

    def settled():
        opened = len(web.ledger.entries("request", method="initialize"))
        return len(web.ledger.entries("deleted")) >= opened - 1

    await eventually_async(settled, "every session upstream to be ended", 30)


async def test_two_hundred_clients_at_once_are_each_served(launch, new_ledger):
    """All are connected before anybody calls, half of them over HTTP+SSE: everybody gets what is theirs."""
    with launch({"server": stdio(name="server")}) as proxy:
        all_connected = asyncio.Barrier(200)

        async def old(index, http):
            async with proxy.old_client("server", http).connected() as client:
                await all_connected.wait()
                assert text_of(await client.call("echo", {"text": f"client {index}"})) == f"client {index}"

        async def new(index, http):
            client = await proxy.client("server", http).initialize()
            await all_connected.wait()
            assert await client.call_text("echo", {"text": f"client {index}"}) == f"client {index}"

        async def group(first):
            # Few connections for each client library: its pool is slow with many.
            async with http_client() as http:
                await asyncio.gather(*((old if n % 2 else new)(n, http) for n in range(first, first + 10)))

        await asyncio.gather(*(group(first) for first in range(0, 200, 10)))


async def test_a_client_of_an_ended_session_over_http_sse_is_told_so(launch, http):
    """sessionLifetime ends the stream; a message that comes afterwards is refused instead of taken and forgotten."""
    with launch({"server": stdio()}, limits={"sessionIdleTimeout": "1s", "sessionLifetime": "1s"}) as proxy:
        async with proxy.old_client("server", http).connected() as client:
            await client.stream.end()
            late = await http.post(
                client.endpoint, content=call_body("echo", {"text": "t"}), headers={"Content-Type": "application/json"}
            )
            assert late.status_code == 404, f"{late.status_code} {late.text}"


# What the proxy itself may lack (F10, F11)


@contextlib.contextmanager
def started_with(proxy, command=(), **streams):
    """Runs a proxy that was made, with streams or limits of its own. It must end politely afterwards."""
    proxy.process = subprocess.Popen(
        [*command, proxy.binary, "--config", str(proxy.file)],
        stdin=subprocess.DEVNULL,
        cwd=proxy.directory,
        env={**os.environ, MARK: proxy.run},
        **streams,
    )
    try:
        proxy.wait_ready()
        yield
        proxy.stop()
    finally:
        proxy.abandon()


@pytest.mark.parametrize("sink", ["full", "undrained", "closed"])
async def test_a_log_that_cannot_be_written_costs_no_call(make_proxy, sink):
    """stdout and stderr are a full disk, a pipe that nobody drains, or closed: calls and the end are as ever."""
    proxy = make_proxy({"server": stdio(options={"logEnabled": True})})
    with contextlib.ExitStack() as held:
        if sink == "full":
            full = held.enter_context(open("/dev/full", "wb"))
            streams = {"stdout": full, "stderr": full}
        elif sink == "undrained":
            reading, writing = os.pipe()
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            held.callback(os.close, reading)
            held.callback(os.close, writing)
            streams = {"stdout": writing, "stderr": writing}
        else:
            streams = {"preexec_fn": lambda: os.closerange(1, 3)}
        with started_with(proxy, **streams):
            async with http_client() as http:
                client = await proxy.client("server", http).initialize()
                wire = wire_of(proxy, client, "server")
                # More lines than a pipe holds.
                for number in range(200):
                    answer = answer_in(await wire.post(call_body("echo", {"text": "t"}, number)))
                    assert text_of(answer) == "t"
                wire.close()


async def test_clients_that_take_every_descriptor_stop_nobody_who_is_there(make_proxy, http):
    """300 idle connections where 128 files may be open: calls go on, a child comes back, and so do new clients."""
    proxy = make_proxy({"server": stdio(), "crasher": stdio(name="crasher")}, limits=QUICK)
    output = open(proxy.directory / "stderr.txt", "wb")
    with output, started_with(proxy, ["prlimit", "--nofile=128:128"], stdout=output, stderr=output):
        client = await proxy.client("server", http).initialize()
        crasher = await proxy.client("crasher", http).initialize()
        await client.call_text("echo", {"text": "t"})
        with contextlib.ExitStack() as held:
            for _ in range(300):
                connection = held.enter_context(socket.socket())
                connection.setblocking(False)
                connection.connect_ex(("127.0.0.1", proxy.port))
            for _ in range(50):
                assert await client.call_text("echo", {"text": "t"}) == "t"
            assert "error" in await crasher.call("crash")
            async with asyncio.timeout(SECONDS):
                while "error" in await crasher.call("echo", {"text": "t"}):
                    pass
        async with asyncio.timeout(SECONDS), http_client() as fresh:
            assert await (await served(proxy, fresh)).call_text("echo", {"text": "t"}) == "t"


async def served(proxy, http):
    """A session that is opened as soon as the proxy takes connections again."""
    while True:
        with contextlib.suppress(httpx.TransportError):
            return await proxy.client("server", http).initialize()
