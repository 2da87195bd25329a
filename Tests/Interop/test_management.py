"""Servers come and go over the management API while the proxy runs."""

import asyncio
import contextlib
import json
import stat

import pytest

from support import processes
from support.fixture import SDKServer, stdio
from support.management import Management, problem_of
from support.envelope import modern_call
from support.modern import Front
from support.raw import call_body, text_of
from support.visit import visit
from support.wait import eventually, eventually_async

pytestmark = pytest.mark.anyio

TOKEN = "a-token-of-the-operator-0123456789"
OTHER = "a-token-of-a-server-0123456789abcd"
ROOMY = {"maxChangesPerMinute": 1_000_000, "drainTimeout": "20s"}
ENOUGH_CALLS = 20
# What is kept of servers wherever they come from, once they have listed what they have.
OF_SERVERS = {"catalogs.json", "pins.json", "pinned.json", ".in-use"}


@pytest.fixture(scope="module")
def web(http_fixture):
    with http_fixture(name="web") as fixture:
        yield fixture


@pytest.fixture(scope="module")
def proxy(launch, web):
    servers = {"fetch": stdio(name="fetch"), "tavily-mcp-sse": web.sse()}
    with launch(servers, options={"authTokens": [TOKEN]}, proxy={"management": ROOMY}) as proxy:
        yield proxy


@pytest.fixture
def api(proxy, http):
    return Management(proxy, http, TOKEN)


def client_of(proxy, http, name, token=TOKEN):
    return proxy.client(name, http, headers={"Authorization": f"Bearer {token}"})


async def assert_usable(proxy, http, name, token=TOKEN):
    """Both transports answer at once."""
    client = await client_of(proxy, http, name, token).initialize()
    assert await client.call_text("echo", {"text": name}) == name
    assert (await client.delete()).status_code in (200, 204)
    old = proxy.old_client(name, http, headers={"Authorization": f"Bearer {token}"})
    async with old.connected():
        assert text_of(await old.call("echo", {"text": name})) == name


# What the documentation of the original promises, by its letter

async def test_the_documented_list(api):
    servers = await api.servers()
    assert servers["fetch"]["path"] == "/fetch/"
    assert servers["tavily-mcp-sse"]["path"] == "/tavily-mcp-sse/"
    assert {servers[name]["source"] for name in ("fetch", "tavily-mcp-sse")} == {"file"}


def documented(web):
    """(the documented body, which token opens the server)"""
    options = {"logEnabled": True}
    headers = {"Authorization": "Bearer your-token"}
    everything = stdio()
    return {
        "new-server-name": (
            {"url": web.mcp_url, "headers": headers, "options": {**options, "authTokens": [OTHER, "token2"]}},
            OTHER,
        ),
        "stdio-server": ({"transportType": "stdio", **everything, "env": {}, "options": options}, TOKEN),
        "streamable-server": ({"transportType": "streamable-http", "url": web.mcp_url, "options": options}, TOKEN),
        "sse-server": ({"transportType": "sse", "url": web.sse_url}, TOKEN),
    }


@pytest.mark.parametrize("name", ["new-server-name", "stdio-server", "streamable-server", "sse-server"])
async def test_the_documented_additions_and_removals(proxy, api, http, web, name):
    config, token = documented(web)[name]
    answer = await api.add(name, config)
    assert answer.keys() == {"message", "path"} and answer["path"] == f"/{name}/"
    assert name in answer["message"]
    assert (await api.servers())[name]["source"] == "api"
    await assert_usable(proxy, http, name, token)
    without = await proxy.client(name, http).post("{}")
    assert without.status_code == 401, "a server that was added asks for a token, too"
    answer = await api.remove(name)
    assert answer.keys() == {"message"} and name in answer["message"]
    assert name not in await api.servers()
    assert (await client_of(proxy, http, name, token).post("{}")).status_code == 404


async def test_the_documented_token_is_needed(proxy, http):
    for token, method in ((None, "GET"), (None, "POST"), ("wrong", "GET"), ("wrong", "DELETE")):
        path = "/fetch" if method == "DELETE" else ""
        await Management(proxy, http, token).refused(401, "unauthorized", method, path)


async def test_an_official_client_uses_an_added_server(proxy, api):
    await api.add("official", {**SDKServer.stdio(), "options": {"authTokens": [OTHER]}})
    order = {"kind": "streamable", "url": proxy.url("/official/mcp"), "mode": None, "calls": [],
             "headers": {"Authorization": f"Bearer {OTHER}"}}
    outcome = await asyncio.to_thread(visit, "v1", order, ["tools"])
    assert "value" in outcome["tools"], outcome
    await api.remove("official")


# What can be seen

async def test_details_tools_and_logs(api):
    command = stdio(name="talker")
    script = 'echo "noise in its own words" >&2; exec "$0" "$@"'
    await api.add("talker", {"command": "sh", "args": ["-c", script, command["command"], *command["args"]]})
    details = await api.done("GET", "/talker")
    assert details["name"] == "talker" and details["state"] == "ready" and details["transport"] == "stdio"
    assert details["era"] == "legacy" and details["protocolVersion"] and details["restarts"] == 0
    assert processes.alive(details["processID"])
    tools = (await api.done("GET", "/talker/tools"))["tools"]
    assert details["tools"] == len(tools) and "echo" in [tool["name"] for tool in tools]
    entries = (await api.done("GET", "/talker/logs"))["entries"]
    assert any(entry["kind"] == "stderr" and "noise" in entry["text"] for entry in entries)
    async with api.following("talker") as stream:
        await stream.wait_for(lambda stream: len(stream.events) >= len(entries), "entries that were there before")
        await api.done("POST", "/talker/restart")
        last = entries[-1]["number"]
        await stream.wait_for(
            lambda stream: [e for e in stream.events if e.data and json.loads(e.data).get("number", 0) > last
                            and json.loads(e.data)["kind"] == "event"], "an event after those")
        await api.remove("talker")
        await stream.end()
        assert stream.events[-1].name == "end"


# Changes without a gap

@contextlib.asynccontextmanager
async def calls_running(proxy, http, name):
    """Calls every few milliseconds on one legacy session and without a session; all of them have to be answered."""
    session = await client_of(proxy, http, name).initialize()
    front = Front(session.url, http, {"Authorization": f"Bearer {TOKEN}"})
    done = {"session": 0, "stateless": 0}
    going = True

    async def in_session():
        while going:
            text = f"s{done['session']}"
            answer = await session.call("echo", {"text": text}, request_id=done["session"] + 10)
            assert text_of(answer) == text
            done["session"] += 1
            await asyncio.sleep(0.003)

    async def without_session():
        while going:
            text = f"m{done['stateless']}"
            answer = await front.result(modern_call("echo", {"text": text}, done["stateless"] + 10))
            assert answer["content"][0]["text"] == text
            done["stateless"] += 1
            await asyncio.sleep(0.003)

    tasks = [asyncio.ensure_future(in_session()), asyncio.ensure_future(without_session())]
    try:
        yield done, tasks
    finally:
        going = False
        await asyncio.gather(*tasks)


@pytest.mark.parametrize("how", ["replace", "restart"])
async def test_ten_changes_lose_no_call(proxy, api, http, how):
    name = f"changing-{how}"
    await api.add(name, stdio(name=name))
    async with calls_running(proxy, http, name) as (done, tasks):
        for turn in range(10):
            before, process = dict(done), (await api.done("GET", f"/{name}"))["processID"]
            if how == "replace":
                body = {"config": stdio(name=name, tools=turn + 1)}
                answer = await api.done("PUT", f"/{name}", body)
            else:
                answer = await api.done("POST", f"/{name}/restart")
            assert answer["server"]["processID"] != process, answer
            await eventually_async(
                lambda: all(task.done() or done[key] >= before[key] + 5 for key, task in zip(done, tasks)),
                f"calls to go on after turn {turn}: {done}")
            assert not any(task.done() for task in tasks), "a call was lost"
            await eventually_async(lambda: not processes.alive(process), "the old process to end")
    assert min(done.values()) >= ENOUGH_CALLS
    if how == "replace":
        tools = (await api.done("GET", f"/{name}/tools"))["tools"]
        assert "tool-009" in [tool["name"] for tool in tools]
    await api.remove(name)


async def test_a_replacement_that_fails_changes_nothing(proxy, api, http):
    await api.add("kept", stdio(name="kept"))
    process = (await api.done("GET", "/kept"))["processID"]
    problem = await api.refused(422, "server-failed", "PUT", "/kept", {"config": stdio("stderr-last")})
    assert "fixture: cannot open the database" in problem["stderr"]
    assert (await api.done("GET", "/kept"))["processID"] == process
    await assert_usable(proxy, http, "kept")
    await api.remove("kept")


async def test_put_adds_what_is_not_there(proxy, api, http):
    answer = await api.done("PUT", "/fresh", {"name": "fresh", "config": stdio(name="fresh")})
    assert answer["path"] == "/fresh/"
    await assert_usable(proxy, http, "fresh")
    await api.remove("fresh")


async def test_disable_and_enable(proxy, api, http):
    await api.add("switched", stdio(name="switched"))
    process = (await api.done("GET", "/switched"))["processID"]
    await api.done("POST", "/switched/disable")
    assert not processes.alive(process) and await api.state("switched") == "disabled"
    assert (await client_of(proxy, http, "switched").post("{}")).status_code == 404
    await api.refused(409, "conflict", "POST", "/switched/restart")
    await api.done("POST", "/switched/enable")
    assert await api.state("switched") == "ready"
    await assert_usable(proxy, http, "switched")
    await api.remove("switched")


# Failure and end leave nothing

async def test_a_server_that_fails_leaves_nothing_behind(proxy, api, http):
    before = proxy.children().keys()
    problem = await api.refused(422, "server-failed", "POST", "", {"name": "bad", "config": stdio("stderr-last")})
    assert "3" in problem["detail"] and "fixture: cannot open the database" in problem["stderr"], problem
    assert "bad" not in await api.servers()
    assert (await client_of(proxy, http, "bad").post("{}")).status_code == 404
    await eventually_async(lambda: proxy.children().keys() == before, "no process to be left of it")
    await api.refused(404, "unknown-server", "GET", "/bad")
    problem = await api.refused(
        422, "server-failed", "POST", "", {"name": "bad", "config": {"command": "no-such-command-of-ours"}})
    assert "no-such-command-of-ours" in problem["detail"]
    # The name is free.
    await api.add("bad", stdio())
    await api.remove("bad")


async def test_removal_drains(proxy, api, http, directory, new_ledger):
    ledger, gate = new_ledger(), directory() / "gate"
    await api.add("slow", stdio("grandchild", ledger=ledger, name="slow"))
    [started] = ledger.wait_for("start")
    process = (await api.done("GET", "/slow"))["processID"]
    client = await client_of(proxy, http, "slow").initialize()
    held = asyncio.ensure_future(client.answer(call_body("hold", {"file": str(gate)}, 7)))
    await asyncio.to_thread(ledger.wait_for_call, "hold")
    removal = asyncio.ensure_future(api.remove("slow"))

    async def refused():
        response = await client.post(call_body("echo", {"text": "late"}, 8))
        return response.status_code != 200 or "error" in response.text

    async with asyncio.timeout(20):
        while not await refused():
            await asyncio.sleep(0.01)
    assert not held.done() and not removal.done() and processes.alive(process)
    gate.touch()
    assert text_of(json.loads(await held)) == "released"
    await removal
    assert not processes.alive(process) and not processes.alive(started["grandchild"])
    assert (await client.post(call_body("echo", {}, 9))).status_code == 404


# Refusals

async def test_problem_documents(api):
    config = stdio()
    await api.refused(404, "unknown-server", "DELETE", "/nobody")
    await api.refused(404, "unknown-server", "POST", "/nobody/restart")
    await api.refused(404, "unknown-server", "GET", "/nobody/logs")
    await api.refused(405, "method-not-allowed", "PATCH", "/fetch")
    await api.refused(409, "name-taken", "POST", "", {"name": "fetch", "config": config})
    await api.refused(413, "too-large", "POST", "", b'{"name":"' + b"x" * (256 << 10) + b'"}')
    await api.refused(415, "unsupported-media-type", "POST", "", b"{}", **{"Content-Type": "text/plain"})
    await api.refused(400, "not-json", "POST", "", b"{")
    for body in (b"[]", b"{}", b'{"name":1,"config":{}}', b'{"name":"a","config":{},"more":1}'):
        await api.refused(422, "invalid-request", "POST", "", body)
    for config in ({}, {"url": "ftp://x/"}, {"comand": "x"}, {"Command": "x"}, {"command": ["x"]}):
        problem = await api.refused(422, "invalid-configuration", "POST", "", {"name": "wrong", "config": config})
        assert problem["problems"], problem
    for name in ("", "a/b", "..", "-a", "api", "sse", "mcp", "metrics", "x" * 64, "a b", "é"):
        await api.refused(422, "invalid-configuration", "POST", "", {"name": name, "config": stdio()})


@pytest.mark.parametrize("key", ["maxChangesPerMinute", "maxServers", "maxServersPerPrincipal"])
async def test_quotas(launch, http, web, key):
    management = {**ROOMY, "authTokens": [TOKEN], key: 2}
    with launch({}, proxy={"management": management}) as proxy:
        api = Management(proxy, http, TOKEN)
        for name in ("one", "two"):
            await api.add(name, web.streamable())
        kind = "rate-limited" if key == "maxChangesPerMinute" else "quota"
        body = {"name": "three", "config": web.streamable()}
        response = await api.ask("POST", "", body)
        assert key in problem_of(response, 429, kind)["detail"]
        assert int(response.headers["retry-after"]) > 0
        assert set(await api.servers()) == {"one", "two"}


# Across restarts

@pytest.mark.parametrize("end", ["terminate", "kill"])
async def test_servers_survive_a_restart(make_proxy, http, directory, web, end):
    state = directory() / "state"
    proxy = make_proxy({}, proxy={"management": {**ROOMY, "authTokens": [TOKEN]}})
    proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(state)])
    proxy.start().wait_ready()
    api = Management(proxy, http, TOKEN)
    for name, config in {"web": web.streamable(), "child": stdio(name="child"), "gone": web.sse()}.items():
        await api.add(name, config)
    await api.add("off", stdio(name="off"))
    await api.done("POST", "/off/disable")
    await api.remove("gone")
    [file] = [path for path in state.iterdir() if path.is_file() and path.name not in OF_SERVERS]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    if end == "kill":
        proxy.kill()
    else:
        proxy.stop()
    eventually(lambda: not proxy.children(), "the children to follow the proxy")
    proxy.start().wait_ready()
    servers = await api.servers()
    assert {name: entry["source"] for name, entry in servers.items()} == dict.fromkeys(("web", "child", "off"), "api")
    assert servers["off"]["state"] == "disabled"
    for name in ("web", "child"):
        client = await proxy.client(name, http).initialize()
        assert await client.call_text("echo", {"text": name}) == name
    proxy.stop()


async def test_a_corrupt_list_is_set_aside(make_proxy, http, directory):
    state = directory()
    (state / "servers.json").write_text('{"version":1,"servers":{"a":')
    proxy = make_proxy({"fetch": stdio()}, proxy={"management": {**ROOMY, "authTokens": [TOKEN]}})
    proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(state)])
    proxy.start().wait_ready()
    [aside] = [path for path in state.iterdir() if path.name not in OF_SERVERS]
    assert aside.name != "servers.json" and aside.read_text().endswith('"a":')
    assert "set aside" in proxy.output and aside.name in proxy.output
    await Management(proxy, http, TOKEN).add("new", stdio())
    assert aside.exists() and "new" in json.loads((state / "servers.json").read_text())["servers"]
    proxy.stop()
