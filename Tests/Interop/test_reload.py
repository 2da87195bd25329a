"""The configuration is read again while the proxy runs: what changes, what stays, what is refused."""

import asyncio
import contextlib
import json
import os
import random
import signal

import pytest

from support.config_host import ConfigHost
from support.envelope import modern_call
from support.fixture import stdio
from support.managed import ACCESS, Management, bearer, problem_of
from support.modern import Front
from support.processes import open_descriptors
from support.raw import initialize_body, text_of
from support.wait import eventually, eventually_async, eventually_succeeds

pytestmark = pytest.mark.anyio

QUIET = {"management": {**ACCESS, "watch": False}}
WATCHED = {"management": ACCESS}
BROKEN = {"broken JSON": '{"mcpServers": {', "unknown shape": "[1, 2]", "empty": "", "wrong type": '{"mcpServers": 7}'}
RELOADS = 200
CALLS_PER_SECOND = 200
CALLERS = 10


def server(name, **settings):
    return stdio(name=name, **settings)


async def pids(management):
    return {name: entry.get("processID") for name, entry in (await management.servers()).items()}


async def until_served(management, names):
    async def look():
        entries = await management.servers()
        assert set(entries) == set(names), entries
        assert all(entry["state"] == "ready" for entry in entries.values()), entries

    await eventually_succeeds(look, f"{names} to be ready")


# What makes it read


def in_place(proxy, servers):
    proxy.rewrite(servers, proxy=WATCHED)


def by_rename(proxy, servers):
    text = proxy.file.read_text()
    proxy.rewrite(servers, proxy=WATCHED)
    fresh = proxy.file.with_suffix(".fresh")
    fresh.write_text(proxy.file.read_text())
    proxy.file.write_text(text)
    os.replace(fresh, proxy.file)


def by_link(proxy, servers):
    text = json.dumps(proxy.document(servers, WATCHED))
    target = proxy.directory / "second.json"
    target.write_text(text)
    link = proxy.directory / "link"
    link.symlink_to(target)
    os.replace(link, proxy.file)


@pytest.mark.parametrize("write", [in_place, by_rename, by_link])
async def test_the_file_is_watched(launch, http, write):
    """However the file changes, the servers in it come and go, and the one that stays keeps its process."""
    with launch({"stays": server("stays"), "goes": server("goes")}, proxy=WATCHED) as proxy:
        management = Management(proxy, http)
        before = await pids(management)
        client = await proxy.client("stays", http).initialize()
        write(proxy, {"stays": server("stays"), "comes": server("comes")})
        await until_served(management, ["stays", "comes"])
        assert (await pids(management))["stays"] == before["stays"]
        assert await client.call_text("echo", {"text": "same session"}) == "same session"
        assert await (await proxy.client("comes", http).initialize()).call_text("echo", {"text": "new"}) == "new"
        response = await http.post(proxy.url("/goes/mcp"), content=initialize_body(), headers=client.headers())
        assert response.status_code == 404, response.text


async def test_a_hangup_reads_the_file(launch, http):
    """SIGHUP is another way to ask, also when the file is not watched."""
    with launch({"stays": server("stays")}, proxy=QUIET) as proxy:
        proxy.rewrite({"stays": server("stays"), "comes": server("comes")}, proxy=QUIET)
        proxy.process.send_signal(signal.SIGHUP)
        await until_served(Management(proxy, http), ["stays", "comes"])


async def test_a_remote_configuration_is_polled(make_proxy, http):
    """What is at the URL is asked for with the tag that is known, and taken over when it is another."""
    settings = {"management": {**ACCESS, "pollInterval": "1s"}}
    proxy = make_proxy({"stays": server("stays")}, proxy=settings)
    with ConfigHost(proxy.file.read_text(), tagged=True) as host:
        proxy.use_arguments(["--config", host.url])
        proxy.start()
        proxy.wait_ready()
        management = Management(proxy, http)
        before = await pids(management)
        await eventually_async(lambda: host.unchanged >= 2, "two answers of 304")
        proxy.rewrite({"stays": server("stays"), "comes": server("comes")}, proxy=settings)
        host.body = proxy.file.read_text()
        await until_served(management, ["stays", "comes"])
        assert (await pids(management))["stays"] == before["stays"]
        proxy.stop()


# What it does


async def test_a_rehearsal_changes_nothing(launch, http):
    """dryRun tells the difference; the same request without it makes it."""
    first = {"stays": server("stays"), "goes": server("goes"), "changes": server("changes")}
    second = {"stays": server("stays"), "comes": server("comes"), "changes": server("changes", tools=3)}
    with launch(first, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        before = await pids(management)
        proxy.rewrite(second, proxy=QUIET)
        rehearsal = await management.reload(dryRun=True)
        assert await pids(management) == before
        report = await management.reload()
        for told in (rehearsal, report):
            assert (told["added"], told["removed"], told["changed"]) == (["comes"], ["goes"], ["changes"]), told
            assert told["unchanged"] == 1 and told["lines"] and told["failed"] == {}, told
        await until_served(management, second)
        after = await pids(management)
        assert after["stays"] == before["stays"] and after["changes"] != before["changes"]
        again = await management.reload()
        assert again["unchanged"] == 3 and not again["lines"], again


async def test_unchanged_servers_keep_streams(launch, http):
    """An open stream and a call under way outlive the reload of everything else."""
    with launch({"stays": server("stays"), "goes": server("goes")}, proxy=QUIET) as proxy:
        client = await proxy.client("stays", http).initialize()
        gate = proxy.directory / "gate"
        async with client.listening() as stream:
            held = asyncio.ensure_future(client.call("hold", {"file": str(gate)}, 9))
            proxy.rewrite({"stays": server("stays"), "comes": server("comes")}, proxy=QUIET)
            await Management(proxy, http).reload()
            assert not held.done() and not stream.ended
            gate.touch()
            assert text_of(await held) == "released"
            await client.call("add_tool", {"name": "fresh"})
            await stream.notification("notifications/tools/list_changed")


async def test_a_server_is_switched_off_and_on(launch, http):
    """disabled in the file ends the process and comes back without it."""
    with launch({"one": server("one")}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        proxy.rewrite({"one": server("one", options={"disabled": True})}, proxy=QUIET)
        await management.reload()
        assert (await management.servers())["one"]["state"] == "disabled"
        proxy.assert_nothing_left()
        proxy.rewrite({"one": server("one")}, proxy=QUIET)
        await management.reload()
        await until_served(management, ["one"])


async def test_filter_tokens_and_log_need_no_new_process(launch, http):
    """What concerns only the way to a server takes effect at once, in the same process."""
    with launch({"one": server("one")}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        before = await pids(management)
        options = {"authTokens": ["fresh"], "logEnabled": True, "toolFilter": {"mode": "block", "list": ["fail"]}}
        proxy.rewrite({"one": server("one", options=options)}, proxy=QUIET)
        await management.reload()
        assert await pids(management) == before
        refused = await proxy.client("one", http).post(initialize_body())
        assert refused.status_code == 401, refused.text
        client = await proxy.client("one", http, headers=bearer("fresh")).initialize()
        tools = [tool["name"] for tool in (await client.request("tools/list", {}))["result"]["tools"]]
        assert "echo" in tools and "fail" not in tools
        assert "error" in await client.call("fail")
        proxy.wait_output("tools/call")


async def test_times_of_a_server_need_no_new_process(launch, http):
    """A time that is raised or lowered holds for the session that is open, and for the call that is under way."""
    with launch({"one": server("one", callTimeout="10m")}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        before = await pids(management)
        client = await proxy.client("one", http).initialize()
        call = asyncio.create_task(client.call("mute"))

        async def is_under_way():
            assert (await management.servers())["one"]["callsInFlight"] == 1

        await eventually_succeeds(is_under_way, "the call to be under way")
        proxy.rewrite({"one": server("one", callTimeout="1s", startTimeout="1m")}, proxy=QUIET)
        report = await management.reload()
        assert report["lines"] == ["~ one: startTimeout, callTimeout"] and report["needsRestart"] == [], report
        assert "1 s (callTimeout)" in (await call)["error"]["message"]
        assert await pids(management) == before
        assert await client.call_text("echo", {"text": "same session"}) == "same session"


async def test_what_needs_a_restart_is_told(launch, http):
    """A new address or limit is named and nothing else happens."""
    with launch({"one": server("one")}, proxy=QUIET) as proxy:
        before = await pids(Management(proxy, http))
        proxy.rewrite(
            {"one": server("one")}, proxy={**QUIET, "addr": "127.0.0.1:1"}, limits={"maxSessions": 77}
        )
        report = await Management(proxy, http).reload()
        assert set(report["needsRestart"]) == {"addr", "limits.maxSessions"}, report
        assert await pids(Management(proxy, http)) == before


async def test_added_servers_stay(launch, http):
    """What came over the API does not go with a reload."""
    with launch({"one": server("one")}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        await management.done(
            "POST", "/api/servers", {"name": "added", "config": proxy.marked(server("added"))}
        )
        before = await pids(management)
        proxy.rewrite({"two": server("two")}, proxy=QUIET)
        await management.reload()
        await until_served(management, ["added", "two"])
        assert (await pids(management))["added"] == before["added"]


# What it refuses


@pytest.mark.parametrize("kind", [*BROKEN, "removed"])
async def test_an_unusable_file_changes_nothing(launch, http, kind):
    """The answer and the log say why; everything goes on as before."""
    with launch({"one": server("one")}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        before = await pids(management)
        if kind == "removed":
            proxy.file.unlink()
        else:
            proxy.file.write_text(BROKEN[kind])
        problem = problem_of(await management.send("POST", "/api/reload"), 422, "invalid-configuration")
        assert "nothing was changed" in problem["detail"], problem
        assert problem["problems"], problem
        proxy.process.send_signal(signal.SIGHUP)
        proxy.wait_output("nothing was changed")
        assert await pids(management) == before


# The newest configuration wins


MISSING = {"command": "/nonexistent/server"}


def later(mark, **settings):
    """A server that starts once a file is there."""
    entry = server("later", **settings)
    script = f'test -e "{mark}" || exit 7; exec "$0" "$@"'
    return {**entry, "command": "/bin/sh", "args": ["-c", script, entry["command"], *entry["args"]]}


async def nothing_is_left_to_do(management):
    report = await management.reload(dryRun=True)
    assert not report["lines"], report


async def until_process_is_another(management, name, before):
    async def look():
        entry = (await management.servers())[name]
        assert entry["state"] == "ready" and entry["processID"] != before, entry

    await eventually_succeeds(look, f"{name} to have another process than {before}")


async def nothing_is_awaited(management, name):
    async def look():
        entry = (await management.servers())[name]
        assert "pendingChange" not in entry, entry

    await eventually_succeeds(look, f"{name} to be what its configuration says")


# A change of this kind keeps the sessions, the other one replaces the whole server.
KINDS = {"command": {}, "whole": {"isolation": "shared"}}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_change_that_fails_keeps_the_old_server_until_the_new_one_is_ready(launch, http, kind, tmp_path):
    """The old process goes on, its state says why, and the new one takes over as soon as it starts."""
    mark = tmp_path / "mark"
    with launch({"one": server("one")}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        client = await proxy.client("one", http).initialize()
        before = await pids(management)
        proxy.rewrite({"one": {**later(mark, tools=4), **KINDS[kind]}}, proxy=QUIET)
        report = await management.reload()
        assert "did not start" in report["failed"]["one"] and "serves as it was" in report["failed"]["one"], report
        await nothing_is_left_to_do(management)
        assert await pids(management) == before
        assert await client.call_text("echo", {"text": "old"}) == "old"
        assert "exit status 7" in (await management.servers())["one"]["pendingChange"]
        assert "exit status 7" in proxy.servers()["one"]["pendingChange"]
        mark.touch()
        await until_process_is_another(management, "one", before["one"])
        # The new process is seen first, and then that nothing is awaited any more.
        await nothing_is_awaited(management, "one")
        if kind == "command":
            assert await client.call_text("echo", {"text": "new"}) == "new"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_fix_that_does_not_start_at_once_is_not_thrown_away(launch, http, kind, tmp_path):
    """A failed server is what the newest configuration says, also when that fails at first."""
    mark = tmp_path / "mark"
    with launch({"one": MISSING}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        proxy.rewrite({"one": {**later(mark), **KINDS[kind]}}, proxy=QUIET)
        report = await management.reload()
        assert "exit status 7" in report["failed"]["one"], report
        await nothing_is_left_to_do(management)
        assert "exit status 7" in (await management.servers())["one"]["error"]
        problem = problem_of(await management.send("POST", "/api/servers/one/restart"), 422, "server-failed")
        assert "exit status 7" in problem["detail"], problem
        mark.touch()
        await until_served(management, ["one"])


async def test_a_server_that_ends_takes_the_newest_configuration(launch, http, tmp_path):
    """What served meanwhile is gone: what is started next is the new one, not the old one again."""
    with launch({"one": server("one")}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        before = await pids(management)
        proxy.rewrite({"one": MISSING}, proxy=QUIET)
        await management.reload()
        os.kill(before["one"], signal.SIGKILL)

        async def look():
            entry = (await management.servers())["one"]
            assert entry["state"] == "failed" and "nonexistent" in entry["error"], entry

        await eventually_succeeds(look, "the new command to be tried")
        await nothing_is_left_to_do(management)


async def test_a_restart_starts_what_is_newest(launch, http, tmp_path):
    """While the old one serves, restart tries the new one at once and says how that went."""
    mark = tmp_path / "mark"
    limits = {"restartBackoffMinimum": "1h", "restartBackoffMaximum": "1h"}
    with launch({"one": server("one")}, proxy=QUIET, limits=limits) as proxy:
        management = Management(proxy, http)
        before = await pids(management)
        proxy.rewrite({"one": later(mark)}, proxy=QUIET, limits=limits)
        await management.reload()
        problem_of(await management.send("POST", "/api/servers/one/restart"), 422, "server-failed")
        assert await pids(management) == before
        mark.touch()
        await management.done("POST", "/api/servers/one/restart")
        after = (await management.servers())["one"]
        assert after["processID"] != before["one"] and "pendingChange" not in after


async def test_a_change_that_is_taken_back_is_forgotten(launch, http):
    """The old configuration again: the process that serves is the right one and is not touched."""
    with launch({"one": server("one")}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        before = await pids(management)
        proxy.rewrite({"one": MISSING}, proxy=QUIET)
        await management.reload()
        proxy.rewrite({"one": server("one")}, proxy=QUIET)
        report = await management.reload()
        assert not report["failed"], report
        assert "pendingChange" not in (await management.servers())["one"]
        assert await pids(management) == before


async def test_a_disabled_server_that_is_enabled_is_there_from_now_on(launch, http, tmp_path):
    """Enabled in the file it is tried until it starts, like one that is new."""
    mark = tmp_path / "mark"
    with launch({"one": {**server("one"), "options": {"disabled": True}}}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        proxy.rewrite({"one": later(mark)}, proxy=QUIET)
        assert "exit status 7" in (await management.reload())["failed"]["one"]
        await nothing_is_left_to_do(management)
        mark.touch()
        await until_served(management, ["one"])


async def test_a_server_of_the_file_takes_the_place_of_one_that_was_added(launch, http, tmp_path):
    """Also when it does not start at once: what somebody has added does not go on under its name."""
    mark = tmp_path / "mark"
    with launch({"two": server("two")}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        added = {"name": "one", "config": proxy.marked(server("added"))}
        await management.done("POST", "/api/servers", added)
        proxy.rewrite({"one": later(mark), "two": server("two")}, proxy=QUIET)
        assert "exit status 7" in (await management.reload())["failed"]["one"]
        entry = (await management.servers())["one"]
        assert entry["source"] == "file" and entry["state"] == "failed", entry
        mark.touch()
        await until_served(management, ["one", "two"])


async def test_a_removed_server_of_the_file_comes_back_with_a_reload(launch, http):
    """To remove it changes no file; what a reload would do says so."""
    with launch({"one": server("one"), "two": server("two")}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        before = await pids(management)
        await management.done("DELETE", "/api/servers/one")
        assert list(await management.servers()) == ["two"]
        for rehearsal in ({"dryRun": True}, {}):
            report = await management.reload(**rehearsal)
            assert report["added"] == ["one"] and report["unchanged"] == 1, report
        await until_served(management, ["one", "two"])
        assert (await pids(management))["two"] == before["two"]


# Without a gap


async def calls_until(stop, call):
    """Calls again and again; every answer must be right. Returns how many there were."""
    count = 0
    while not stop.is_set():
        count += 1
        assert text_of(await call(count)) == str(count)
    return count


async def test_a_changed_command_is_replaced_without_a_gap(launch, http):
    """Calls over a session, HTTP+SSE and without a session are all answered while the process changes."""
    with launch({"one": server("one")}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        before = await pids(management)
        session = await proxy.client("one", http).initialize()
        front = Front(proxy.url("/one/mcp"), http)
        old = proxy.old_client("one", http)
        stop = asyncio.Event()
        async with old.connected():
            calls = [
                lambda n: session.call("echo", {"text": str(n)}, n),
                lambda n: old.call("echo", {"text": str(n)}, n),
                lambda n: front.answer(modern_call("echo", {"text": str(n)}, n)),
            ]
            calling = [asyncio.ensure_future(calls_until(stop, call)) for call in calls]
            for tools in range(1, 6):
                proxy.rewrite({"one": server("one", tools=tools)}, proxy=QUIET)
                report = await management.reload()
                assert report["changed"] == ["one"] and not report["failed"], report
            stop.set()
            counts = await asyncio.gather(*calling)
        assert min(counts) >= 5, counts
        assert (await pids(management))["one"] != before["one"]


async def calls_at_a_rate(stop, client, number):
    """One caller's share of the rate, as far as the answers come in time."""
    count = 0
    begun = asyncio.get_running_loop().time()
    while not stop.is_set():
        count += 1
        assert await client.call_text("echo", {"text": f"{number}:{count}"}) == f"{number}:{count}"
        due = begun + count * CALLERS / CALLS_PER_SECOND
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), max(0.001, due - asyncio.get_running_loop().time()))
    return count


async def one_reload(proxy, management, fixed, kind, turn):
    """Writes a file that differs from the last in this way, and has it read."""
    if kind == "invalid":
        proxy.file.write_text(list(BROKEN.values())[turn % len(BROKEN)])
        problem_of(await management.send("POST", "/api/reload"), 422, "invalid-configuration")
        return
    others = {
        "filter": {"turns": server("turns", options={"toolFilter": {"mode": "block", "list": [f"tool-{turn}"]}})},
        "add": {"turns": server("turns"), f"extra-{turn}": server("extra")},
        "command": {"turns": server("turns", tools=turn + 1)},
        "same": {"turns": server("turns")},
    }
    for _ in range(2 if kind == "same" else 1):
        proxy.rewrite({**fixed, **others[kind]}, proxy=QUIET)
        report = await management.reload()
        assert not report["failed"] and report["unchanged"] >= len(fixed), report
    assert kind != "same" or not report["lines"], report


async def test_many_reloads_under_load(launch, http):
    """Changes, no-ops and invalid files, mixed: unchanged servers lose no call and no process, and nothing is left."""
    choose = random.Random(5)
    fixed = {"first": server("first"), "second": server("second")}
    with launch({**fixed, "turns": server("turns")}, proxy=QUIET) as proxy:
        management = Management(proxy, http)
        clients = [await proxy.client(list(fixed)[i % 2], http).initialize() for i in range(CALLERS)]
        before, descriptors = await pids(management), open_descriptors(proxy.pid)
        processes = len(proxy.children())
        stop = asyncio.Event()
        calling = [asyncio.ensure_future(calls_at_a_rate(stop, c, n)) for n, c in enumerate(clients)]
        began = asyncio.get_running_loop().time()
        for turn in range(RELOADS):
            # A process takes a while to start, so there are fewer of those.
            kinds = ["filter", "same", "invalid"] if turn % 5 else ["add", "command"]
            await one_reload(proxy, management, fixed, choose.choice(kinds), turn)
            assert not any(caller.done() for caller in calling), "a caller has failed"
        seconds = asyncio.get_running_loop().time() - began
        stop.set()
        counts = await asyncio.gather(*calling)
        print(f"{sum(counts)} calls in {seconds:.1f} s, {RELOADS} reloads")
        # As much of the rate as a machine manages that has other things to do.
        assert sum(counts) > seconds * CALLS_PER_SECOND / 4, f"{sum(counts)} calls in {seconds} s"
        proxy.rewrite({**fixed, "turns": server("turns")}, proxy=QUIET)
        await management.reload()
        await until_served(management, ["first", "second", "turns"])
        after = await pids(management)
        assert {name: after[name] for name in fixed} == {name: before[name] for name in fixed}
        eventually(lambda: len(proxy.children()) == processes, f"{processes} processes, not {proxy.children()}")
        await eventually_async(
            lambda: open_descriptors(proxy.pid) <= descriptors + CALLERS, f"{descriptors} descriptors and a few"
        )
