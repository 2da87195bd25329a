"""The proxy ends politely when asked once, and at once when asked twice."""

import asyncio
import json
import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from support.fixture import stdio
from support.raw import call_body, initialize_body, text_of
from support.wait import eventually_async

pytestmark = pytest.mark.anyio


@pytest.fixture
def ledger(new_ledger):
    return new_ledger()


@pytest.fixture
def started(make_proxy, ledger):
    """Starts a proxy with one stdio server and these limits."""

    def start(**limits):
        proxy = make_proxy({"server": stdio(ledger=ledger)}, limits=limits)
        proxy.start()
        proxy.wait_ready()
        return proxy

    return start


async def drained(proxy):
    """Waits until the proxy has noticed that it shall end."""

    def noticed():
        try:
            return httpx.get(proxy.url("/readyz"), timeout=5).status_code == 503
        except httpx.TransportError:
            return True

    await eventually_async(noticed, "/readyz to say 503")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("transport", ["streamable", "sse"])
async def test_a_call_in_flight_is_answered_before_the_proxy_ends(started, http, ledger, tmp_path, transport, number):
    """SIGTERM or SIGINT: the running call gets its answer, nothing new is let in, and the exit code is 0."""
    proxy = started(shutdownGracePeriod="20s")
    gate = tmp_path / "open"
    if transport == "sse":
        async with proxy.old_client("server", http).connected() as client:
            call = asyncio.ensure_future(client.call("hold", {"file": str(gate)}))
            await end_during_call(proxy, ledger, gate, number)
            assert text_of(await call) == "released"
            await client.stream.end()
    else:
        client = await proxy.client("server", http).initialize()
        call = asyncio.ensure_future(client.call("hold", {"file": str(gate)}))
        await end_during_call(proxy, ledger, gate, number)
        assert text_of(await call) == "released"
    assert await asyncio.to_thread(proxy.wait_exit) == 0
    await asyncio.to_thread(proxy.assert_nothing_left)


async def end_during_call(proxy, ledger, gate, number):
    """Signals the proxy while the call is held, sees that it lets nobody in, and releases the call."""
    await asyncio.to_thread(ledger.wait_for_call, "hold", str(gate))
    proxy.process.send_signal(number)
    await drained(proxy)
    await assert_nobody_gets_in(proxy)
    assert proxy.process.poll() is None, "the proxy ended before its call was answered"
    gate.touch()


async def assert_nobody_gets_in(proxy):
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    async with httpx.AsyncClient(trust_env=False) as fresh:
        try:
            response = await fresh.post(proxy.url("/server/mcp"), content=initialize_body(), headers=headers)
        except httpx.TransportError:
            return
        assert "mcp-session-id" not in response.headers
        assert "error" in json.loads(response.text), response.text


async def test_open_streams_are_ended_properly_and_do_not_delay_the_end(started, http):
    """GET and HTTP+SSE streams end with a complete last chunk; no stream keeps the proxy alive for its grace period."""
    proxy = started(shutdownGracePeriod="60s")
    client = await proxy.client("server", http).initialize()
    request = http.build_request("GET", client.url, headers=client.headers(Accept="text/event-stream"))
    old_request = http.build_request("GET", proxy.url("/server/sse"), headers={"Accept": "text/event-stream"})
    responses = [await http.send(stream, stream=True) for stream in (request, old_request)]
    reading = [asyncio.ensure_future(response.aread()) for response in responses]
    proxy.terminate()
    # A stream that is cut instead of ended raises here.
    await asyncio.wait_for(asyncio.gather(*reading), 30)
    assert await asyncio.to_thread(proxy.wait_exit) == 0
    await asyncio.to_thread(proxy.assert_nothing_left)


async def test_an_idle_proxy_ends_at_once(started, http):
    """Without calls there is nothing to wait for, idle connections included."""
    proxy = started(shutdownGracePeriod="60s")
    await proxy.client("server", http).initialize()
    proxy.terminate()
    assert await asyncio.to_thread(proxy.wait_exit) == 0
    await asyncio.to_thread(proxy.assert_nothing_left)


async def test_a_call_that_outlives_the_grace_period_gets_an_error(started, http, ledger, tmp_path):
    """After shutdownGracePeriod the call ends with a JSON-RPC error instead of silence, and the exit code is 0."""
    proxy = started(shutdownGracePeriod="1s")
    client = await proxy.client("server", http).initialize()
    never = str(tmp_path / "never")
    call = asyncio.ensure_future(client.call("hold", {"file": never}))
    await asyncio.to_thread(ledger.wait_for_call, "hold", never)
    proxy.terminate()
    answer = await call
    assert "error" in answer, answer
    assert await asyncio.to_thread(proxy.wait_exit) == 0
    await asyncio.to_thread(proxy.assert_nothing_left)


async def test_a_second_signal_ends_it_at_once(started, http, ledger, tmp_path):
    """SIGTERM twice: no waiting for the call, and still nothing is left behind."""
    proxy = started(shutdownGracePeriod="600s")
    client = await proxy.client("server", http).initialize()
    never = str(tmp_path / "never")
    call = asyncio.ensure_future(client.post(call_body("hold", {"file": never})))
    await asyncio.to_thread(ledger.wait_for_call, "hold", never)
    proxy.terminate()
    await drained(proxy)
    assert proxy.process.poll() is None, "one signal must let the call finish"
    proxy.terminate()
    await asyncio.to_thread(proxy.wait_exit, 10)
    # Whether the cut call still gets an answer does not matter here.
    await asyncio.gather(call, return_exceptions=True)
    await asyncio.to_thread(proxy.assert_nothing_left)


async def test_readiness_says_draining_while_calls_finish(started, http, ledger, tmp_path):
    """/readyz is 503 with status draining, for as long as the port answers."""
    proxy = started(shutdownGracePeriod="20s")
    client = await proxy.client("server", http).initialize()
    gate = tmp_path / "open"
    call = asyncio.ensure_future(client.call("hold", {"file": str(gate)}))
    await asyncio.to_thread(ledger.wait_for_call, "hold", str(gate))
    proxy.terminate()
    await drained(proxy)
    readiness = proxy.readiness()
    # A draining proxy may also accept no new connections.
    if readiness is not None:
        assert readiness.status_code == 503 and readiness.json()["status"] == "draining"
    gate.touch()
    assert text_of(await call) == "released"
    assert await asyncio.to_thread(proxy.wait_exit) == 0


async def test_a_proxy_that_is_still_starting_ends_too(make_proxy, new_ledger, directory):
    """SIGTERM while a server has not answered initialize yet: exit code 0, nothing left."""
    proxy = make_proxy({"slow": stdio("slow-start", flag=directory() / "never")}, limits={"shutdownGracePeriod": "2s"})
    proxy.start()
    proxy.wait_listening()
    proxy.terminate()
    assert await asyncio.to_thread(proxy.wait_exit) == 0
    await asyncio.to_thread(proxy.assert_nothing_left)


# Whatever holds the proxy up


def catches(pid, number):
    """Whether the process has put its own handling in the place of a signal's usual effect."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False


async def end_at_once(proxy):
    """Signals again and again, since the kernel tells of two in close succession as of one."""

    def has_ended():
        proxy.terminate()
        return proxy.process.poll() is not None

    await eventually_async(has_ended, "the proxy to end", 10)
    await asyncio.to_thread(proxy.assert_nothing_left)


async def test_a_proxy_that_hangs_at_its_start_ends_with_the_second_signal(make_proxy):
    """The configuration is at a URL from which no answer ever comes."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = make_proxy({})
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/config.json"
        proxy.use_arguments(["--config", url, "--http-timeout", "600"])
        proxy.start()
        await eventually_async(lambda: catches(proxy.pid, signal.SIGTERM), "signals to be caught")
        await end_at_once(proxy)


async def test_a_server_that_is_stopped_at_its_start_holds_up_no_signal(make_proxy, http, directory):
    """One is added that never answers, frozen with all that belongs to it: two signals end the proxy and it."""
    token = "a-token-of-the-operator-0123456789"
    proxy = make_proxy({}, proxy={"management": {"authTokens": [token]}})
    proxy.start()
    proxy.wait_ready()
    config = proxy.marked(stdio("slow-start", flag=directory() / "never"))
    adding = asyncio.ensure_future(http.post(
        proxy.url("/api/servers"), json={"name": "slow", "config": config},
        headers={"Authorization": f"Bearer {token}"}))
    await eventually_async(lambda: any("stdio_server" in line for line in proxy.children().values()), "it to start")
    for pid, line in proxy.children().items():
        if "guard" not in line:
            os.kill(pid, signal.SIGSTOP)
    await end_at_once(proxy)
    await asyncio.gather(adding, return_exceptions=True)


HOSTILE_PATTERN = {"command": "sh", "args": ["{word}"],
                   "parameters": {"word": {"type": "string", "pattern": "([a-z0-9]+-?)+", "maxLength": 8192}}}


async def test_a_hostile_value_for_a_pattern_holds_nothing_up(make_proxy, http):
    """A text that an engine with backtracking would try for years is refused at once, and the proxy ends as ever."""
    token = "a-token-of-the-operator-0123456789"
    management = {"authTokens": [token], "templates": {"shell": HOSTILE_PATTERN}}
    proxy = make_proxy({}, proxy={"management": management})
    proxy.start()
    proxy.wait_ready()
    headers = {"Authorization": f"Bearer {token}"}
    body = {"name": "t", "config": {"template": "shell", "parameters": {"word": "a" * 8191 + "!"}}}
    answer = await http.post(proxy.url("/api/servers"), json=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert (await http.get(proxy.url("/api/servers"), headers=headers)).status_code == 200
    proxy.terminate()
    assert await asyncio.to_thread(proxy.wait_exit) == 0
