"""One bad server stops nobody, and what breaks is mended without anybody's help."""

import asyncio
import json
import os
import signal
import time

import pytest

from support import processes
from support.fixture import stdio
from support.raw import call_body, error_of, initialize_body, only_answer, text_of
from support.wait import eventually, eventually_async

pytestmark = pytest.mark.anyio

MEBIBYTE = 1024 * 1024
QUICK = {
    "callTimeout": "5s",
    "startTimeout": "20s",
    "shutdownGracePeriod": "3s",
    "restartBackoffMinimum": "50ms",
    "restartBackoffMaximum": "500ms",
    "maxMessageBytes": 2 * MEBIBYTE,
}
# Servers that survive what they do, and ones that do not even start.
SURVIVORS = ["stderr-flood", "banner", "junk", "split"]
NEVER_UP = {
    "missing": {"command": "/nonexistent/mcp-server", "args": []},
    "not-found": {"command": "no-such-command-of-ours"},
    "at-once": stdio("crash-at-start"),
    "explains": stdio("stderr-last"),
    "ancient": stdio("wrong-version"),
}


@pytest.fixture(scope="module")
def ledger(new_ledger):
    return new_ledger()


@pytest.fixture(scope="module")
def web(http_fixture):
    with http_fixture(answers="sse", name="web") as fixture:
        yield fixture


@pytest.fixture(scope="module")
def proxy(launch, ledger, web):
    """Good servers, bad servers and very bad servers behind one proxy."""
    servers = {"good": stdio(ledger=ledger, name="good"), **NEVER_UP}
    servers |= {mode: stdio(mode, name=mode) for mode in SURVIVORS}
    servers |= {name: stdio(ledger=ledger, name=name) for name in ("crasher", "messy", "stopped")}
    servers |= {
        "leaver": stdio("exit-after-one", ledger=ledger, name="leaver"),
        "closer": stdio("close-stdout", ledger=ledger, name="closer"),
        "endless": stdio("endless-line", ledger=ledger, name="endless"),
        "stubborn": stdio("stubborn", "grandchild", name="stubborn"),
        "web": web.streamable(),
    }
    with launch(servers, limits=QUICK) as proxy:
        yield proxy


async def assert_good_server_works(proxy, http):
    client = await proxy.client("good", http).initialize()
    assert await client.call_text("echo", {"text": "good"}) == "good"


async def call_until_it_works(proxy, http, name, tool="echo", arguments=None):
    """Calls in new sessions until one is answered with a result: a server that recovers needs a moment."""
    deadline = time.monotonic() + 30
    while True:
        try:
            client = await proxy.client(name, http).initialize()
            answer = await client.call(tool, arguments or {"text": "t"})
            if "result" in answer:
                return text_of(answer)
            problem = answer
        except AssertionError as error:
            problem = error
        assert time.monotonic() < deadline, f"{name} did not recover: {problem}"
        await asyncio.sleep(0.1)


def assert_names(answer, name):
    assert "error" in answer, answer
    assert name in answer["error"]["message"], f"the error does not name {name}: {answer}"


# Starting


async def test_a_good_server_is_served_beside_servers_that_cannot_start(proxy, http):
    """Missing commands and crashes at start are the state `failed` of those servers and nobody else's business."""
    states = proxy.servers()
    for name in NEVER_UP:
        assert states[name]["state"] in ("failed", "starting"), (name, states[name])
    assert states["good"]["state"] == "ready"
    await assert_good_server_works(proxy, http)


@pytest.mark.parametrize("name", NEVER_UP)
async def test_a_client_of_a_server_that_cannot_start_is_told_so(proxy, http, name):
    """initialize answers with a JSON-RPC error whose message names the server, without paths or stderr."""
    response = await proxy.client(name, http).post(initialize_body())
    error = error_of(response)
    assert name in error["message"], error
    assert "/nonexistent" not in response.text and "database" not in response.text


REASONS = {
    "missing": "/nonexistent/mcp-server",
    "not-found": "no-such-command-of-ours",
    "explains": "cannot open the database",
    "at-once": "3",
    "ancient": "1999-01-01",
}


@pytest.mark.parametrize("name, reason", REASONS.items())
def test_the_operator_reads_why_a_server_cannot_start(proxy, name, reason):
    """The output says which server failed and why: the command, the exit code, the last lines of stderr."""
    eventually(
        lambda: [line for line in proxy.output.splitlines() if reason in line],
        f"{reason!r} in the output, for {name}; it ends with:\n{proxy.last_lines()}",
    )


@pytest.mark.parametrize("name", SURVIVORS)
async def test_a_server_that_is_only_untidy_works(proxy, http, name):
    """A megabyte on stderr, a banner, junk between messages and messages in halves disturb nothing."""
    client = await proxy.client(name, http).initialize()
    for text in ("one", "two"):
        assert await client.call_text("echo", {"text": text}) == text


async def test_others_work_while_a_server_is_slow_to_start(launch, http, directory):
    """A server that takes its time is `starting`, /readyz says 503, and the others are served meanwhile."""
    flag = directory() / "go"
    servers = {"good": stdio(), "slow": stdio("slow-start", flag=flag)}
    with launch(servers, ready=False, limits=QUICK) as proxy:
        await call_until_it_works(proxy, http, "good")
        readiness = proxy.readiness()
        assert readiness.status_code == 503
        assert readiness.json()["servers"]["slow"]["state"] == "starting"
        flag.touch()
        proxy.wait_ready()
        proxy.wait_state("slow", "ready")
        assert await call_until_it_works(proxy, http, "slow") == "t"


async def test_a_silent_server_fails_after_its_time_and_holds_up_nobody(launch, http):
    """A server that never answers initialize becomes `failed` after startTimeout; the others never wait for it."""
    with launch(
        {"good": stdio(), "silent": stdio("silent")}, ready=False, limits={**QUICK, "startTimeout": "3s"}
    ) as proxy:
        await call_until_it_works(proxy, http, "good")
        proxy.wait_ready()
        assert proxy.servers()["silent"]["state"] in ("failed", "starting")
        assert "silent" in error_of(await proxy.client("silent", http).post(initialize_body()))["message"]
        await assert_good_server_works(proxy, http)


async def test_a_crash_loop_is_retried_for_ever_and_ever_more_rarely(launch, http, new_ledger, directory):
    """A server that crashes at each start is started again with back-off, and is served once it is mended."""
    ledger, flag = new_ledger(), directory() / "mended"
    limits = {**QUICK, "restartBackoffMaximum": "10s"}
    with launch({"loop": stdio("crash-at-start", ledger=ledger, flag=flag)}, limits=limits) as proxy:
        starts = ledger.wait_for("start", 7)
        gaps = [later["time"] - earlier["time"] for earlier, later in zip(starts, starts[1:])]
        # How long a start takes is the machine's affair; what was waited before the last one is not.
        assert gaps[-1] > 0.75, f"no back-off: {gaps}"
        flag.touch()
        proxy.wait_state("loop", "ready")
        assert await call_until_it_works(proxy, http, "loop") == "t"


async def test_a_server_whose_list_never_ends_is_cut_off(launch, http, new_ledger):
    """The same next cursor for ever: the proxy stops reading, the others are ready, and calls work."""
    ledger = new_ledger()
    with launch({"round": stdio("endless-pages", ledger=ledger), "good": stdio()}, limits=QUICK) as proxy:
        await assert_good_server_works(proxy, http)
        client = await proxy.client("round", http).initialize()
        assert await client.call_text("echo", {"text": "t"}) == "t"
        assert len(ledger.entries("request", method="tools/list")) <= 1001


# Dying


async def test_a_call_whose_child_crashes_ends_at_once_and_the_next_one_works(proxy, http, ledger):
    """The error names the server, the child is started anew, its tools are still listed, and no zombie is left."""
    client = await proxy.client("crasher", http).initialize()
    first = json.loads(await client.call_text("whoami"))["pid"]
    assert_names(await client.call("crash"), "crasher")
    second = json.loads(await call_until_it_works(proxy, http, "crasher", "whoami"))["pid"]
    assert second != first
    # The session of before the crash goes on.
    assert await client.call_text("echo", {"text": "again"}) == "again"
    assert len((await client.request("tools/list"))["result"]["tools"]) > 10
    proxy.assert_no_zombie()
    assert len(ledger.calls("crash")) == 1, "the call was sent twice"


async def test_two_hundred_calls_in_flight_each_get_one_error_when_the_child_is_killed(proxy, http, ledger, tmp_path):
    """kill -9 of the child: every call ends with exactly one error that names the server, and none is repeated."""
    client = await proxy.client("crasher", http).initialize()
    never = str(tmp_path / "never")
    calls = [asyncio.ensure_future(client.call("hold", {"file": never}, number)) for number in range(200)]

    def held():
        return [entry for entry in ledger.calls("hold") if never in entry["raw"]]

    await eventually_async(lambda: len(held()) == 200, "200 calls in the child")
    os.kill(held()[0]["pid"], signal.SIGKILL)
    for number, answer in enumerate(await asyncio.gather(*calls)):
        assert answer["id"] == number
        assert_names(answer, "crasher")
    assert await call_until_it_works(proxy, http, "crasher") == "t"
    assert len(held()) == 200, "calls were sent twice"
    await assert_good_server_works(proxy, http)


@pytest.mark.parametrize("name", ["closer", "endless"])
async def test_a_child_that_breaks_its_stdout_is_replaced(proxy, http, name, ledger):
    """Closing stdout while staying alive, or a line without end: the call fails, the child is ended and started
    anew."""
    client = await proxy.client(name, http).initialize()
    first = json.loads(await client.call_text("whoami"))["pid"]
    assert_names(await client.call("echo", {"text": "t"}), name)
    await eventually_async(lambda: not processes.alive(first), f"the broken child {first} to be ended")
    second = json.loads(await call_until_it_works(proxy, http, name, "whoami"))["pid"]
    assert second != first
    assert processes.peak_resident_bytes(proxy.pid) < 512 * MEBIBYTE


async def test_a_child_that_exits_after_each_call_is_started_again(proxy, http):
    """A server that leaves with code 0 after one call serves the next one from a new process."""
    first = json.loads(await call_until_it_works(proxy, http, "leaver", "whoami"))["pid"]
    second = json.loads(await call_until_it_works(proxy, http, "leaver", "whoami"))["pid"]
    assert first != second
    proxy.assert_no_zombie()


NONSENSE = [
    "junk",
    "invalid utf-8",
    "half message",
    "not a message",
    "empty lines",
    "duplicate answer",
    "unknown answer",
]


@pytest.mark.parametrize("kind", NONSENSE)
async def test_nonsense_on_stdout_disturbs_no_call(proxy, http, kind):
    """Lines that are not messages, and answers nobody waits for, are dropped; calls before and after work."""
    client = await proxy.client("messy", http).initialize()
    assert await client.call_text("misbehave", {"kind": kind}) in ("survived", "first")
    assert await client.call_text("echo", {"text": kind}) == kind


async def test_a_stopped_child_costs_its_callers_their_time_limit_and_nobody_else_anything(proxy, http, ledger):
    """SIGSTOP: calls end with an error that names the server; after SIGCONT the next call works; late answers go
    nowhere."""
    client = await proxy.client("stopped", http).initialize()
    pid = json.loads(await client.call_text("whoami"))["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        calls = [asyncio.ensure_future(client.call("echo", {"text": str(number)}, number)) for number in range(50)]
        await assert_good_server_works(proxy, http)
        for number, answer in enumerate(await asyncio.gather(*calls)):
            assert answer["id"] == number
            assert_names(answer, "stopped")
    finally:
        if processes.alive(pid):
            os.kill(pid, signal.SIGCONT)
    assert await call_until_it_works(proxy, http, "stopped", "echo", {"text": "after"}) == "after"


async def test_a_call_without_an_answer_ends_after_the_time_limit_and_the_server_is_told(proxy, http, ledger):
    """callTimeout: the client gets an error that names the server, the upstream gets notifications/cancelled."""
    client = await proxy.client("messy", http).initialize()
    assert_names(await client.call("mute"), "messy")
    muted = ledger.calls("mute")[-1]
    await eventually_async(
        lambda: (
            muted["id"] in [entry["params"]["requestId"] for entry in ledger.entries("cancelled", pid=muted["pid"])]
        ),
        "notifications/cancelled upstream",
    )


async def test_crashes_leak_no_descriptor_and_no_process(proxy, http):
    """After twenty crashes the proxy holds as many descriptors as before."""
    await call_until_it_works(proxy, http, "crasher")
    before = processes.open_descriptors(proxy.pid)
    for _ in range(20):
        client = await proxy.client("crasher", http).initialize()
        await client.call("crash")
        await call_until_it_works(proxy, http, "crasher")
        await client.delete()
    await eventually_async(
        lambda: processes.open_descriptors(proxy.pid) <= before + 8, f"descriptors to fall back to {before}"
    )
    proxy.assert_no_zombie()


# Ending


def test_stubborn_children_and_grandchildren_end_with_the_proxy(make_proxy, new_ledger):
    """A child that ignores the end of stdin and SIGTERM, and its own child, are gone when the proxy has ended with
    0."""
    ledger = new_ledger()
    proxy = make_proxy(
        {"stubborn": stdio("stubborn", "grandchild", ledger=ledger), "good": stdio("grandchild")}, limits=QUICK
    )
    proxy.start()
    proxy.wait_ready()
    [start] = ledger.wait_for("start")
    assert processes.alive(start["pid"]) and processes.alive(start["grandchild"])
    proxy.stop()


def test_nothing_is_left_when_the_proxy_itself_is_killed(make_proxy, new_ledger):
    """kill -9 of the proxy: children that ignore everything, and grandchildren, are gone all the same."""
    ledger = new_ledger()
    servers = {f"stubborn-{number}": stdio("stubborn", "grandchild", ledger=ledger) for number in range(4)}
    proxy = make_proxy({**servers, "good": stdio(ledger=ledger)}, limits=QUICK)
    proxy.start()
    proxy.wait_ready()
    ledger.wait_for("start", 5)
    assert len(proxy.children()) >= 9
    proxy.kill()
    proxy.assert_nothing_left()


async def test_a_restart_can_bind_the_port_at_once(make_proxy, http):
    """With connections open until the end, the next proxy listens on the same port right away."""
    proxy = make_proxy({"good": stdio()}, limits=QUICK)
    for _ in range(3):
        proxy.start()
        proxy.wait_ready()
        client = await proxy.client("good", http).initialize()
        async with client.listening():
            proxy.stop()
    proxy.start()
    proxy.wait_ready()
    proxy.kill()
    proxy.start()
    proxy.wait_ready()
    proxy.stop()


def test_a_port_in_use_is_named(proxy, make_proxy):
    """A second proxy on the same port ends with an error that names the port, and leaves nothing."""
    second = make_proxy({"good": stdio()}, proxy={"addr": proxy.address})
    assert second.run_to_end() != 0
    assert str(proxy.port) in second.output, second.output
    second.assert_nothing_left()


# Upstreams over HTTP


async def test_an_http_upstream_that_is_down_at_start_is_served_once_it_is_up(launch, http, http_fixture):
    """No 404 for ever: the state goes from failed to ready when the upstream comes."""
    upstream = http_fixture(name="late").start()
    upstream.stop()
    try:
        with launch({"late": upstream.streamable(), "untyped": {"url": upstream.mcp_url}}, limits=QUICK) as proxy:
            assert proxy.servers()["late"]["state"] != "ready"
            assert "late" in error_of(await proxy.client("late", http).post(initialize_body()))["message"]
            upstream.start()
            for name in ("late", "untyped"):
                proxy.wait_state(name, "ready")
                assert await call_until_it_works(proxy, http, name) == "t"
    finally:
        upstream.stop()


@pytest.mark.parametrize("answers", ["json", "sse"])
async def test_a_restarted_upstream_is_initialized_anew_without_the_client_noticing(
    launch, http, http_fixture, answers
):
    """The same client session goes on after the upstream forgot everything; the call is executed once."""
    with (
        http_fixture(name="web", answers=answers) as upstream,
        launch({"web": upstream.streamable()}, limits=QUICK) as proxy,
    ):
        client = await proxy.client("web", http).initialize({"roots": {}})
        assert await client.call_text("echo", {"text": "before"}) == "before"
        upstream.restart()
        assert await client.call_text("echo", {"text": "after the restart"}) == "after the restart"
        upstream.control("forget")
        answers_of_ten = await asyncio.gather(
            *(client.call_text("echo", {"text": f"forgotten {n}"}) for n in range(10))
        )
        assert answers_of_ten == [f"forgotten {n}" for n in range(10)]
        for text in ("after the restart", *(f"forgotten {n}" for n in range(10))):
            assert len([entry for entry in upstream.ledger.calls("echo") if f'"{text}"' in entry["raw"]]) == 1
        told = json.loads(await client.call_text("whoami"))["client"]
        assert told["capabilities"] == {"roots": {}}, "the new upstream session lost the client's capabilities"


async def test_list_changed_is_heard_again_after_an_upstream_restarted(launch, http, http_fixture):
    """The standing stream to the upstream is opened anew as well."""
    with http_fixture(name="web") as upstream, launch({"web": upstream.streamable()}, limits=QUICK) as proxy:
        client = await proxy.client("web", http).initialize()
        async with client.listening() as stream:
            upstream.restart()
            assert await client.call_text("add_tool", {"name": "fresh"}) == "added"
            await stream.notification("notifications/tools/list_changed")
        assert await client.call_text("fresh") == "fresh was called"


async def test_an_old_sse_upstream_that_restarts_is_connected_again(launch, http, http_fixture):
    """An HTTP+SSE upstream whose stream broke is connected anew."""
    with http_fixture(name="web") as upstream, launch({"web": upstream.sse()}, limits=QUICK) as proxy:
        assert await call_until_it_works(proxy, http, "web") == "t"
        upstream.restart()
        assert await call_until_it_works(proxy, http, "web") == "t"


REFUSALS = {
    "401": {"status": 401, "headers": {"WWW-Authenticate": "Bearer"}},
    "403": {"status": 403},
    "500": {"status": 500, "body": "secret-of-the-upstream"},
    "502": {"status": 502, "type": "text/html", "body": "<html>secret-of-the-upstream</html>"},
    "HTML with 200": {"status": 200, "type": "text/html", "body": "<!doctype html><p>secret-of-the-upstream</p>"},
    "broken JSON with 200": {"status": 200, "type": "application/json", "body": '{"jsonrpc":'},
    "another's answer": {
        "status": 200,
        "type": "application/json",
        "body": '{"jsonrpc":"2.0","id":987654,"result":{}}',
    },
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_an_upstream_that_answers_nonsense_gives_an_error_that_names_it(proxy, http, web, case):
    """401, 5xx, HTML and broken JSON become a JSON-RPC error; the upstream's body is not shown; then it works again."""
    client = await proxy.client("web", http).initialize()
    web.control("fail", **REFUSALS[case])
    try:
        response = await client.post(call_body("echo", {"text": "t"}))
        assert_names(only_answer(response), "web")
        assert "secret-of-the-upstream" not in response.text
        await assert_good_server_works(proxy, http)
    finally:
        web.control("work")
    assert await call_until_it_works(proxy, http, "web") == "t"


async def test_a_url_that_answers_html_is_a_failed_server_that_says_so(launch, http, http_fixture):
    """At start: the state is failed with a reason, for a typed and an untyped URL, and it recovers."""
    with http_fixture(name="page") as upstream:
        upstream.control("fail", status=200, type="text/html", body="<html></html>")
        with launch({"page": upstream.streamable(), "untyped": {"url": upstream.mcp_url}}, limits=QUICK) as proxy:
            for name in ("page", "untyped"):
                state = proxy.servers()[name]
                assert state["state"] == "failed" and state["error"], state
            upstream.control("work")
            for name in ("page", "untyped"):
                proxy.wait_state(name, "ready")


async def test_a_connection_cut_in_a_call_is_an_error_and_the_call_is_not_repeated(proxy, http, web):
    """tools/call is not idempotent: once a byte has left it is never sent again."""
    client = await proxy.client("web", http).initialize()
    before = len(web.ledger.calls("misbehave"))
    assert_names(await client.call("misbehave", {"kind": "drop"}), "web")
    assert len(web.ledger.calls("misbehave")) == before + 1
    assert await client.call_text("echo", {"text": "next"}) == "next"


async def test_idle_connections_cut_by_the_upstream_are_not_noticed(proxy, http, web):
    """A connection that the upstream closed while it was idle costs no call."""
    client = await proxy.client("web", http).initialize()
    for number in range(5):
        assert await client.call_text("echo", {"text": str(number)}) == str(number)
        web.control("drop")


async def test_an_upstream_that_hangs_costs_its_caller_the_time_limit_only(proxy, http, web):
    """Time limit and an error that names the server; other servers do not notice."""
    client = await proxy.client("web", http).initialize()
    web.control("hang")
    try:
        call = asyncio.ensure_future(client.call("echo", {"text": "t"}))
        await assert_good_server_works(proxy, http)
        assert_names(await call, "web")
    finally:
        web.control("work")
    assert await call_until_it_works(proxy, http, "web") == "t"


async def test_an_upstream_stream_that_pauses_is_resumed(launch, http, http_fixture):
    """An upstream that closes an answer's stream early, after an event id, is asked for the rest with Last-Event-ID."""
    with http_fixture(name="web", answers="sse", event_ids=True) as upstream:
        with launch({"web": upstream.streamable()}, limits={**QUICK, "callTimeout": "15s"}) as proxy:
            client = await proxy.client("web", http).initialize()
            assert await client.call_text("misbehave", {"kind": "pause"}) == "resumed"
            assert len(upstream.ledger.calls("misbehave")) == 1


@pytest.mark.parametrize("status", [302, 307])
async def test_a_redirect_of_an_upstream_is_not_followed(launch, http, http_fixture, status):
    """A 3xx is an error of the upstream: nothing is sent to the place it names, configured headers least of all."""
    with http_fixture(name="web") as upstream, http_fixture(name="elsewhere") as elsewhere:
        with launch({"web": upstream.streamable(headers={"X-Key": "k"})}, limits=QUICK) as proxy:
            client = await proxy.client("web", http).initialize()
            upstream.control("fail", status=status, headers={"Location": elsewhere.mcp_url})
            assert_names(await client.call("echo", {"text": "t"}), "web")
            assert not elsewhere.ledger.entries("http")


async def test_an_endpoint_event_that_names_another_place_is_not_followed(launch, http, http_fixture):
    """HTTP+SSE: the message URL must have the origin of the stream, or the server has failed."""
    with http_fixture(name="old") as upstream, http_fixture(name="elsewhere") as elsewhere:
        upstream.control("mislead", endpoint=f"http://127.0.0.1:{elsewhere.port}/message?sessionId=x")
        with launch({"old": upstream.sse(), "good": stdio()}, limits=QUICK) as proxy:
            assert proxy.servers()["old"]["state"] == "failed"
            upstream.control("work")
            proxy.wait_state("old", "ready")
            assert not elsewhere.ledger.entries("http")


async def test_calls_never_start_children_anew(launch, http, new_ledger):
    """Ten calls to each of five servers: five processes, each the same from the first call to the last."""
    ledger = new_ledger()
    names = [f"server-{number}" for number in range(5)]
    with launch({name: stdio(ledger=ledger, name=name) for name in names}, limits=QUICK) as proxy:
        for name in names:
            client = await proxy.client(name, http).initialize()
            pids = {json.loads(await client.call_text("whoami"))["pid"] for _ in range(10)}
            assert len(pids) == 1
        assert len(ledger.entries("start")) == 5
