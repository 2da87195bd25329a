"""What servers that fail again and again, that flood, or that attack their guard cost others: nothing (issue 12)."""

import asyncio
import collections
import contextlib
import json
import os
import signal
import socket
import uuid
from pathlib import Path

import httpx
import pytest

from support import processes
from support.fixture import stdio
from support.management import Management
from support.raw import call_body, http_client, initialize_body, only_answer
from support.wait import SECONDS, eventually, eventually_async
from test_faults import started_with

pytestmark = pytest.mark.anyio

TOKEN = "management-token-of-the-tests"
MANAGED = {"management": {"authTokens": [TOKEN], "maxChangesPerMinute": 100_000}}
SLOW_BACKOFF = {"restartBackoffMinimum": "200ms", "restartBackoffMaximum": "1m"}


# Calls that were never sent


async def test_calls_that_were_never_sent_wait_for_the_next_start(launch, http, new_ledger):
    """kill -9 under load, ten times: what was sent gets one error, everything else an answer, nothing is sent twice."""
    ledger = new_ledger()
    # A grandchild keeps the tree alive for a moment after the child has closed its output.
    server = stdio("grandchild", ledger=ledger, name="server")
    with launch({"server": server}, limits=SLOW_BACKOFF) as proxy:
        client = await proxy.client("server", http).initialize()
        pid = json.loads(await client.call_text("whoami"))["pid"]
        outcomes, running = [], True

        async def call_on_and_on(worker):
            number = 0
            while running:
                number += 1
                outcomes.append(await client.call("echo", {"text": f"{worker}-{number}."}, f"{worker}-{number}"))

        workers = [asyncio.ensure_future(call_on_and_on(worker)) for worker in range(10)]
        for _ in range(10):
            seen = len(outcomes)
            await eventually_async(lambda: len(outcomes) > seen + 50, "calls that are answered")
            os.kill(pid, signal.SIGKILL)
            before = pid
            while pid == before:
                answer = await client.call("whoami", {}, uuid.uuid4().hex)
                if "result" in answer:
                    pid = json.loads(answer["result"]["content"][0]["text"])["pid"]
            # Up for long enough to be started again at once.
            await asyncio.sleep(1.1)
        running = False
        await asyncio.gather(*workers)
        errors = [answer["error"] for answer in outcomes if "error" in answer]
        assert {error["code"] for error in errors} <= {-31002}, errors[:5]
        sent = [entry["params"]["arguments"]["text"] for entry in ledger.calls("echo")]
        assert len(sent) == len(set(sent)), "calls were sent twice"
        answered = [answer for answer in outcomes if "result" in answer]
        assert len(answered) > 10 * len(errors)


# Circuits


async def failing(client, body=None):
    answer = only_answer(await client.post(body or call_body("echo", {"text": "t"})))
    assert "error" in answer, answer
    return answer["error"]


async def test_a_crash_loop_costs_callers_no_time_and_is_seen(launch, http, new_ledger, directory):
    """After five starts that failed calls fail at once and say when the next one is; /readyz, log and API show it."""
    ledger, flag = new_ledger(), directory() / "mended"
    server = stdio("crash-at-start", ledger=ledger, flag=flag, protocol="legacy")
    with launch({"loop": server}, proxy=MANAGED, limits=SLOW_BACKOFF, ready=False) as proxy:
        eventually(lambda: readyz(proxy)["loop"].get("circuit"), "an open circuit")
        starts = len(ledger.entries("start"))
        client = proxy.client("loop", http)
        error = await failing(client, initialize_body())
        assert error["code"] == -31001 and error["data"]["circuit"] == "open", error
        assert "times in a row" in error["message"] and error["data"]["retryAfter"].isdigit()
        assert len(ledger.entries("start")) <= starts + 1
        report = (await Management(proxy, http, TOKEN).servers())["loop"]["circuit"]
        assert report["state"] in ("open", "half-open") and report["failures"] >= 5 and "3" in report["error"]
        proxy.wait_output("calls fail at once until it has recovered")
        flag.touch()
        await Management(proxy, http, TOKEN).done("POST", "/loop/restart")
        client = await client.initialize()
        assert await client.call_text("echo", {"text": "t"}) == "t"
        assert "circuit" not in readyz(proxy)["loop"]
        proxy.wait_output("server has recovered and is called again")


def readyz(proxy):
    answer = httpx.get(proxy.url("/readyz"), headers={"Authorization": f"Bearer {TOKEN}"})
    return answer.json().get("servers", {})


OUTAGES = {
    "503": {"action": "fail", "status": 503, "body": "busy"},
    "503 that closes": {"action": "fail", "status": 503, "body": "busy", "headers": {"Connection": "close"}},
    "garbage": {"action": "fail", "status": 200, "type": "text/plain", "body": "garbage"},
    "broken JSON": {"action": "fail", "status": 200, "type": "application/json", "body": '{"jsonrpc":'},
    "closed connections": {"action": "cut"},
}


@pytest.mark.parametrize("kind", OUTAGES)
async def test_a_remote_server_that_fails_every_call_is_asked_once_a_second(launch, http, http_fixture, kind):
    """500 calls in a row are few requests; the others fail at once, and the first after the recovery is answered."""
    with http_fixture(name="web") as web, launch({"web": web.streamable()}, ready=True) as proxy:
        client = await proxy.client("web", http).initialize()
        other = await proxy.client("web", http).initialize()
        web.control(**OUTAGES[kind])
        asked, connected, loop = len(posts(web)), connections(web), asyncio.get_running_loop()
        began = loop.time()
        errors = [await failing(client if number % 2 else other) for number in range(500)]
        probes = 2 * (loop.time() - began + 1)
        refused = [error for error in errors if error.get("data", {}).get("circuit") == "open"]
        assert len(posts(web)) - asked <= 5 + probes, "one probe at a time"
        # A probe may renew the session, on a connection of its own, with a stream.
        assert connections(web) - connected <= 5 + 3 * probes, "connections are not made for calls that fail at once"
        assert len(refused) >= 500 - 5 - probes
        assert all(error["code"] == -31001 for error in refused)
        assert proxy.servers()["web"]["circuit"]["failures"] >= 5
        web.control("work")

        async def answered():
            answer = only_answer(await client.post(call_body("echo", {"text": "t"})))
            return "result" in answer

        async with asyncio.timeout(SECONDS):
            while not await answered():
                await asyncio.sleep(0.05)
        assert await other.call_text("echo", {"text": "t"}) == "t"


def connections(web):
    return len(web.ledger.entries("connection"))


def posts(web):
    return [entry for entry in web.ledger.entries("http", method="POST") if entry["path"] == "/mcp"]


async def test_errors_that_are_answers_open_no_circuit(launch, http, http_fixture):
    """400 to every call is an answer: each call is made."""
    with http_fixture(name="web") as web, launch({"web": web.streamable()}) as proxy:
        client = await proxy.client("web", http).initialize()
        web.control("fail", status=400, body="no")
        before = len(posts(web))
        for _ in range(20):
            assert "circuit" not in (await failing(client)).get("data", {})
        assert len(posts(web)) - before == 20
        web.control("work")


# Floods


async def test_refused_connections_are_one_line_and_a_sum(launch):
    """600 connections where 20 may be open: a handful of lines in the log, not hundreds."""
    with launch({"server": stdio()}, limits={"maxConnections": 20}) as proxy:
        held = [socket.create_connection(("127.0.0.1", proxy.port)) for _ in range(20)]
        for _ in range(600):
            with socket.create_connection(("127.0.0.1", proxy.port)):
                pass
        proxy.wait_output("too many are open")
        proxy.wait_output("more connections refused")
        lines = [line for line in proxy.output.splitlines() if "too many are open" in line]
        assert len(lines) <= 5, f"{len(lines)} lines"
        for connection in held:
            connection.close()


async def test_a_flood_on_standard_error_is_drained_and_summarised(launch, http, directory):
    """100 MB: the program does not block, its last words are kept, and the journal gets a sum instead of the lines."""
    script = directory() / "flood.py"
    script.write_text(
        "import sys, runpy\n"
        "line = b'x' * 99 + b'\\n'\n"
        "for _ in range(1000): sys.stderr.buffer.write(line * 1000)\n"
        "sys.stderr.buffer.write(b'the last word\\n'); sys.stderr.flush()\n"
        "sys.argv = sys.argv[1:]\n"
        "sys.path.insert(0, sys.argv[0].rsplit('/', 1)[0])\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    server = stdio()
    server["args"] = [str(script), *server["args"]]
    with launch({"server": server}, proxy=MANAGED) as proxy:
        before = processor_seconds(proxy.pid)
        assert before < 3, f"{before} s of processor time"
        client = await proxy.client("server", http).initialize()
        assert await client.call_text("echo", {"text": "t"}) == "t"
        api = Management(proxy, http, TOKEN)

        async def lines():
            entries = (await api.done("GET", "/server/logs"))["entries"]
            return [entry["text"] for entry in entries if entry["kind"] == "stderr"]

        async with asyncio.timeout(SECONDS):
            for words in ("the last word", "were left out"):
                while not any(words in line for line in await lines()):
                    await asyncio.sleep(0.05)


def processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# Descriptors


async def visit(proxy, held):
    """A client on connections of its own that holds a GET stream. Returns what became of it: served, or refused."""
    client = proxy.client("web", await held.enter_async_context(http_client()))
    try:
        answer = await client.post(initialize_body())
        if answer.status_code == 200 and "error" not in only_answer(answer):
            await client.initialize()
            listening = client.http.build_request("GET", client.url, headers=client.headers())
            stream = await client.http.send(listening, stream=True)
            held.push_async_callback(stream.aclose)
            if stream.status_code == 200:
                answer = await client.post(call_body("echo", {"text": "t"}))
            else:
                await stream.aread()
                answer = stream
    except httpx.TransportError:
        return "cut"
    if answer.status_code == 503:
        assert answer.headers["retry-after"] == "1" and "maxConnections" in answer.text
        return "refused"
    answer = only_answer(answer)
    return "served" if "result" in answer else str(answer["error"])


async def test_clients_of_a_remote_server_leave_room_for_management(make_proxy, http_fixture):
    """150 clients with a stream each, 256 open files: each is served or told to come back, management always answers."""
    with http_fixture(name="web") as web:
        proxy = make_proxy({"web": web.streamable(), "server": stdio()}, proxy=MANAGED)
        output = open(proxy.directory / "stderr.txt", "wb")
        with output, started_with(proxy, ["prlimit", "--nofile=256:256"], stdout=output, stderr=output):
            outcomes = collections.Counter()
            async with contextlib.AsyncExitStack() as held:
                for _ in range(30):
                    outcomes.update(await asyncio.gather(*[visit(proxy, held) for _ in range(5)]))
                    async with http_client() as operator:
                        assert set(await Management(proxy, operator, TOKEN).servers()) == {"web", "server"}
                        assert (await operator.get(proxy.url("/readyz"))).status_code == 200
            assert set(outcomes) <= {"served", "refused"}, outcomes
            assert outcomes["served"] >= 25, outcomes
            async with http_client() as late:
                assert await (await proxy.client("web", late).initialize()).call_text("echo", {"text": "t"}) == "t"
        assert "Too many open files" not in proxy.output


# Guards that are attacked


def leaving(directory):
    """A server that leaves two processes behind: one in a session of its own, one that has forgotten its environment."""
    first, second = (f"1{uuid.uuid4().int % 10**8:08}" for _ in range(2))
    inner = stdio("stubborn")
    words = " ".join(f"'{word}'" for word in [inner["command"], *inner["args"]])
    script = f"setsid sleep {first} & env -i setsid setsid sleep {second} & exec {words}"
    return {"command": "sh", "args": ["-c", script], "env": {}}, [first, second]


def running(*words):
    """The processes that have one of these words in their command line."""
    found = []
    for directory in Path("/proc").iterdir():
        try:
            line = (directory / "cmdline").read_bytes().split(b"\0") if directory.name.isdigit() else []
        except OSError:
            continue
        if any(word.encode() in line for word in words):
            found.append(int(directory.name))
    return [pid for pid in found if processes.alive(pid)]


def guards_of(proxy):
    below = processes.descendants(proxy.pid)
    return {pid for pid in below if b"__guard" in Path(f"/proc/{pid}/cmdline").read_bytes()}


@pytest.mark.parametrize("attack", [signal.SIGSTOP, signal.SIGKILL])
async def test_a_guard_that_is_attacked_leaves_nobody_behind(launch, http, directory, attack):
    """DELETE ends the tree of a guard that was stopped or killed: whoever left the session or the environment, too."""
    server, words = leaving(directory())
    with launch({"good": stdio()}, proxy=MANAGED, limits={"stopTimeout": "2s"}) as proxy:
        api = Management(proxy, http, TOKEN)
        known = guards_of(proxy)
        await api.add("victim", server)
        eventually(lambda: len(running(*words)) >= 2, "the processes that leave")
        [guard] = guards_of(proxy) - known
        os.kill(guard, attack)
        if attack == signal.SIGSTOP:
            eventually(lambda: processes.state(guard)[0] == "T", "the guard to be stopped")
        answer = await api.remove("victim")
        assert answer == {"message": "server victim removed"}
        eventually(lambda: not running(*words), "everybody to be gone", seconds=5)
        proxy.assert_no_zombie()
        assert processes.state(guard) is None
        client = await proxy.client("good", http).initialize()
        assert await client.call_text("echo", {"text": "t"}) == "t"


async def test_a_server_whose_guard_was_stopped_ends_with_the_proxy(make_proxy, directory):
    """SIGTERM to the proxy: nothing is left, in the time that servers have to end."""
    server, words = leaving(directory())
    proxy = make_proxy({"victim": server}, limits={"stopTimeout": "2s"})
    proxy.start()
    proxy.wait_ready()
    eventually(lambda: len(running(*words)) >= 2, "the processes that leave")
    os.kill(guards_of(proxy).pop(), signal.SIGSTOP)
    proxy.terminate()
    assert proxy.wait_exit() == 0
    eventually(lambda: not running(*words), "everybody to be gone", seconds=5)
