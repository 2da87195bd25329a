"""What was called and changed is written down, in a file that shows when somebody has changed it."""

import asyncio
import json
import os
import re
import signal
import subprocess

import httpx
import pytest

from support.fixture import stdio
from support.managed import ACCESS, Management, bearer, brought_in_header, problem_of
from support.wait import eventually

pytestmark = pytest.mark.anyio

TOKEN = "a-very-secret-token"


@pytest.fixture
def audit(tmp_path):
    return tmp_path / "audit.jsonl"


def proxy_keys(audit, **more):
    return {"management": ACCESS, "audit": {"file": str(audit), **more}}


def entries(audit, event=None):
    # What is behind the last end of a line is being written.
    whole = audit.read_text().rpartition("\n")[0] if audit.exists() else ""
    lines = [json.loads(line) for line in whole.splitlines()]
    return [line for line in lines if event in (None, line["event"])]


def waited(audit, event, count=1):
    """The entries of that kind, once there are so many."""
    return eventually(lambda: len(found := entries(audit, event)) >= count and found, f"{count} lines of {event}")


def verify(proxy, *files):
    return subprocess.run([proxy.binary, "audit", "verify", *map(str, files)], capture_output=True, text=True)


async def test_a_call_leaves_a_line(launch, http, audit):
    with launch({"one": stdio(name="one")}, proxy=proxy_keys(audit)) as proxy:
        client = await proxy.client("one", http).initialize()
        response = await client.post(call("echo", {"text": "hello"}))
        (line,) = waited(audit, "call")
        assert re.match(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", line["time"])
        assert line["request"] == response.headers["x-request-id"]
        told = {"principal": "anonymous", "address": "127.0.0.1", "route": "one", "server": "one", "tool": "echo", "outcome": "ok"}
        assert {key: line[key] for key in told} == told
        assert line["client"] and line["clientVersion"] and line["ms"] > 0
        assert line["requestBytes"] == len(call("echo", {"text": "hello"})) and line["answerBytes"] > 10
        assert "arguments" not in line and "hello" not in audit.read_text()
        assert audit.stat().st_mode & 0o777 == 0o600
    assert [line["event"] for line in entries(audit)] == ["start", "call", "end"]
    verified = verify(proxy, audit)
    assert verified.returncode == 0 and "3 lines in order, number 1 to 3" in verified.stdout, verified


def call(tool, arguments=None, request_id=7):
    return json.dumps(
        {"jsonrpc": "2.0", "id": request_id, "method": "tools/call", "params": {"name": tool, "arguments": arguments or {}}}
    ).encode()


async def test_calls_that_fail_or_are_refused_leave_lines_too(launch, http, audit):
    options = {"toolFilter": {"mode": "block", "list": ["fail"]}}
    with launch({"one": stdio(name="one", options=options)}, proxy=proxy_keys(audit)) as proxy:
        client = await proxy.client("one", http).initialize()
        await client.call("is_error")
        await client.call("fail")
        lines = waited(audit, "call", 2)
        assert [(line["tool"], line["outcome"], line["reason"]) for line in lines] == [
            ("is_error", "tool_error", "isError"), ("fail", "refused", "filtered"),
        ]


@pytest.mark.parametrize("arguments", ["none", "redacted", "full"])
async def test_as_much_of_arguments_as_is_asked_for(launch, http, audit, arguments):
    one = stdio(name="one", options={"authTokens": [TOKEN]})
    with launch({"one": one}, proxy=proxy_keys(audit, arguments=arguments)) as proxy:
        client = await proxy.client("one", http, headers=bearer(TOKEN)).initialize()
        await client.call("echo", {"text": f"it is {TOKEN}!", "password": "hunter2", "more": {"apiKey": 7, "n": 1}})
        (line,) = waited(audit, "call")
        expected = {
            "none": None,
            "redacted": {"text": "it is …!", "password": "***", "more": {"apiKey": "***", "n": 1}},
            "full": {"text": f"it is {TOKEN}!", "password": "hunter2", "more": {"apiKey": 7, "n": 1}},
        }[arguments]
        assert line.get("arguments") == expected
        assert (TOKEN in audit.read_text()) == (arguments == "full")


async def test_a_change_is_written_before_a_process_starts(launch, http, audit, tmp_path):
    """The program that is started finds the line already, and so does one that cannot be started."""
    seen = tmp_path / "seen"
    program = {"command": "sh", "args": ["-c", f"cp '{audit}' '{seen}'; exit 1"]}
    with launch({"one": stdio(name="one")}, proxy=proxy_keys(audit)) as proxy:
        management = Management(proxy, http)
        answer = await management.send("POST", "/api/servers", {"name": "new", "config": program})
        assert answer.status_code == 422, answer.text
        before = entries(seen, "change")
        assert [(line["change"], line["server"], line["outcome"]) for line in before] == [("add", "new", "begins")]
        after = waited(audit, "change", 2)[1]
        assert (after["outcome"], after["request"]) == ("server-failed", answer.headers["x-request-id"])


async def test_changes_that_are_refused_and_reloads_leave_lines(launch, http, audit):
    quiet = {**ACCESS, "watch": False}
    keys = {"management": quiet, "audit": {"file": str(audit)}}
    with launch({"one": stdio(name="one")}, proxy=keys) as proxy:
        assert (await Management(proxy, http, token="wrong").send("POST", "/api/servers/one/restart")).status_code == 401
        (line,) = waited(audit, "change")
        assert (line["change"], line["server"], line["outcome"]) == ("restart", "one", "unauthorized")
        proxy.rewrite({"one": stdio(name="one"), "two": stdio(name="two")}, proxy=keys)
        os.kill(proxy.pid, signal.SIGHUP)
        begins, done = waited(audit, "change", 3)[1:]
        assert [(line["principal"], line["change"], line["outcome"]) for line in (begins, done)] == [
            ("SIGHUP", "reload", "begins"), ("SIGHUP", "reload", "done"),
        ]
        assert any("two" in detail for detail in done["details"]), done


async def test_full_files_are_rotated_and_verified_together(launch, http, audit):
    with launch({"one": stdio(name="one")}, proxy=proxy_keys(audit, maxBytes="8KiB", keep=3)) as proxy:
        client = await proxy.client("one", http).initialize()
        for _ in range(100):
            await client.call("echo", {"text": "x"})
    files = sorted(audit.parent.glob("audit.jsonl*"))
    assert [file.name for file in files] == ["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2", "audit.jsonl.3"]
    assert all(file.stat().st_size <= 8192 and file.stat().st_mode & 0o777 == 0o600 for file in files)
    verified = verify(proxy, *files)
    assert verified.returncode == 0 and "to 102;" in verified.stdout, verified


@pytest.mark.parametrize("change", ["byte", "removed", "swapped", "inserted"])
async def test_what_somebody_has_changed_is_found(launch, http, audit, change):
    with launch({"one": stdio(name="one")}, proxy=proxy_keys(audit)) as proxy:
        client = await proxy.client("one", http).initialize()
        for _ in range(5):
            await client.call("echo", {"text": "x"})
    lines = audit.read_text().splitlines(keepends=True)
    if change == "byte":
        lines[2] = lines[2].replace('"outcome":"ok"', '"outcome":"no"')
    elif change == "removed":
        del lines[2]
    elif change == "swapped":
        lines[2], lines[3] = lines[3], lines[2]
    else:
        lines.insert(3, lines[2])
    audit.write_text("".join(lines))
    verified = verify(proxy, audit)
    assert verified.returncode == 1
    place, words = {
        "byte": (3, "the line was changed"), "removed": (3, "line number 3 is missing"),
        "swapped": (3, "line number 3 is missing"), "inserted": (4, "line number 3 stands where 4 is due"),
    }[change]
    assert f"{audit}:{place}: {words}" in verified.stderr, verified


def test_verify_says_what_it_cannot_read(binary, tmp_path):
    verified = subprocess.run([binary, "audit", "verify", str(tmp_path / "no")], capture_output=True, text=True)
    assert verified.returncode == 1 and "cannot be opened" in verified.stderr


async def test_a_full_disk_loses_lines_loudly_and_no_calls(launch, http):
    with launch({"one": stdio(name="one")}, proxy=proxy_keys("/dev/full")) as proxy:
        proxy.wait_output("the audit cannot be written: calls and changes go on without it")
        client = await proxy.client("one", http).initialize()
        assert (await client.call_text("echo", {"text": "x"})) == "x"
        await Management(proxy, http).done("POST", "/api/servers/one/restart")

        async def lost():
            page = await http.get(proxy.url("/metrics"), headers=bearer())
            return int(float(re.search(r"^mcp_proxy_audit_lines_dropped_total (\S+)$", page.text, re.M)[1]))

        for _ in range(100):
            if await lost() >= 3:
                break
            await asyncio.sleep(0.05)
        assert await lost() >= 3


async def test_a_file_that_grows_no_more_refuses_calls_until_it_does(launch, http, audit, tmp_path):
    """The limit of the process for files is the full disk; what comes when there is room again is in one chain."""
    with launch({"one": stdio(name="one")}, proxy=proxy_keys(audit, onFailure="refuse")) as proxy:
        client = await proxy.client("one", http).initialize()
        # The limit is one for all files, and what the proxy says goes into another one.
        for _ in range(40):
            await client.call("echo", {"text": "x"})
        waited(audit, "call", 40)
        assert audit.stat().st_size > len(proxy.stderr) + 4_000
        limit(proxy.pid, audit.stat().st_size + 50)
        # The first call is answered before it is known that it cannot be written down.
        refused = await eventually_refused(client)
        assert refused["error"]["message"].startswith("the audit cannot be written"), refused
        problem_of(await Management(proxy, http).send("POST", "/api/servers/one/restart"), 503, "not-audited")
        proxy.wait_output("calls and changes are refused until it can be")
        limit(proxy.pid, None)
        proxy.wait_output("the audit is written again")
        assert (await client.call_text("echo", {"text": "x"})) == "x"
    assert any(line.get("reason") == "audit" for line in entries(audit, "call"))
    assert not entries(audit, "lost")
    assert verify(proxy, audit).returncode == 0


def limit(pid, size):
    subprocess.run(["prlimit", f"--pid={pid}", f"--fsize={'unlimited' if size is None else size}:unlimited"], check=True)


async def eventually_refused(client):
    for _ in range(200):
        answer = await client.call("echo", {"text": "x"})
        if "error" in answer:
            return answer
    raise AssertionError("no call was refused")


async def test_what_a_killed_run_leaves_is_in_order(make_proxy, launch, http, audit):
    """50 clients call while the proxy is killed; the next run goes on with the chain."""
    servers, keys = {"one": stdio(name="one")}, proxy_keys(audit)
    proxy = make_proxy(servers, proxy=keys)
    try:
        proxy.start().wait_ready()
        clients = [await proxy.client("one", http).initialize() for _ in range(50)]
        running = [asyncio.create_task(calls_without_end(client)) for client in clients]
        await asyncio.to_thread(waited, audit, "call", 200)
        proxy.kill()
        await asyncio.gather(*running)
    finally:
        proxy.abandon()
    killed = audit.read_bytes()
    assert verify(proxy, audit).returncode == 0
    # A line that was torn in its middle is told of by the next run.
    torn = killed[: killed.rindex(b'"event"')]
    audit.write_bytes(torn)
    with launch(servers, proxy=keys):
        pass
    length = len(torn) - torn.rindex(b"\n")
    assert f'"event":"start","torn":{length}'.encode() in audit.read_bytes()[len(torn) :]
    verified = verify(proxy, audit)
    assert verified.returncode == 0 and "a run which was killed" in verified.stdout, verified


async def calls_without_end(client):
    """Calls until the proxy is gone."""
    while True:
        try:
            await client.call("echo", {"text": "x"})
        except httpx.HTTPError:
            return


async def test_without_the_key_nothing_is_written(launch, http, tmp_path):
    with launch({"one": stdio(name="one")}) as proxy:
        client = await proxy.client("one", http).initialize()
        await client.call("echo", {"text": "x"})
    assert not list(tmp_path.glob("*audit*"))


async def test_a_client_that_brings_a_server_is_written_down_before(launch, http, audit):
    with launch({"one": stdio(name="one")}, proxy=proxy_keys(audit)) as proxy:
        client = await brought_in_header(proxy, http, stdio(name="mine")).initialize()
        await client.call("echo", {"text": "x"})
        changes = waited(audit, "change", 2)
        assert [(line["change"], line["outcome"]) for line in changes] == [("ad-hoc", "begins"), ("ad-hoc", "done")]
        waited(audit, "call")


async def test_an_audit_without_a_file_is_refused(make_proxy, shell):
    proxy = make_proxy({"one": stdio(name="one")}, proxy={"audit": {"arguments": "full"}})
    refused = subprocess.run([proxy.binary, "check", "--config", str(proxy.file)], capture_output=True, text=True)
    assert refused.returncode != 0 and "there is no file for the audit" in refused.stdout + refused.stderr, refused
