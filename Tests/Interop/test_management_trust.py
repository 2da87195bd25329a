"""Who may do what where tokens are missing, and that only what is allowed at that moment is started."""

import json
import sys

import pytest

from support import processes
from support.fixture import stdio
from support.managed import BroughtOverSSE
from support.management import Management, bearer
from support.raw import text_of
from support.wait import eventually, eventually_async, eventually_succeeds

pytestmark = pytest.mark.anyio

TOKEN = "a-token-of-the-operator-0123456789"
OWN = "a-token-of-one-server-0123456789abc"
ROOMY = {"maxChangesPerMinute": 1_000_000}
OPEN = {"management": ROOMY}
WITH_TOKEN = {"management": {**ROOMY, "authTokens": [TOKEN]}}


@pytest.fixture(scope="module")
def web(http_fixture):
    with http_fixture(name="web") as fixture:
        yield fixture


async def refused_everything(api, name, web):
    """Whoever has no token changes nothing and sees nothing but path and state."""
    for method, path, body in (
        ("POST", "", {"name": "new", "config": web.streamable()}), ("PUT", f"/{name}", {"config": web.streamable()}),
        ("PUT", "/new", {"config": web.streamable()}), ("DELETE", f"/{name}", None),
        ("POST", f"/{name}/restart", None), ("POST", f"/{name}/disable", None), ("POST", f"/{name}/enable", None),
        ("GET", f"/{name}", None), ("GET", f"/{name}/logs", None), ("GET", f"/{name}/tools", None),
    ):
        problem = await api.refused(403, "forbidden", method, path, body)
        assert "mcpProxy.management.authTokens" in problem["detail"], problem
    assert {entry.keys() == {"path", "state"} for entry in (await api.servers()).values()} == {True}


@pytest.mark.parametrize("where", ["one server", "another server", "all servers", "disabled"])
async def test_where_any_token_is_configured_management_needs_one(launch, http, web, where):
    """Servers with tokens of their own cannot be taken over by who happens to be on this machine."""
    guarded = web.streamable(options={"authTokens": [OWN], "disabled": where == "disabled"})
    servers = {"server": guarded} if where == "one server" else {"server": web.streamable(), "other": guarded}
    settings = {"options": {"authTokens": [OWN]}, "proxy": {"management": ROOMY}}
    if where == "all servers":
        # A server may be opened for itself; that opens nothing else.
        servers = {"server": web.streamable(options={"authTokens": []}), "other": web.streamable()}
    with launch(servers, **(settings if where == "all servers" else {"proxy": OPEN})) as proxy:
        if where != "all servers":
            await refused_everything(Management(proxy, http), "server", web)
        for method, path in (("DELETE", "/server"), ("GET", "/server/logs"), ("POST", "/server/restart")):
            if where != "all servers":
                await Management(proxy, http, OWN).refused(403, "forbidden", method, path)
            else:
                assert (await Management(proxy, http).ask(method, path)).status_code == 401


@pytest.mark.parametrize("how", [
    {"allowedHosts": ["mcp.example.com"]}, {"allowedHosts": ["localhost", "mcp.example.com:8443"]},
    {"baseURL": "https://mcp.example.com"}, {"baseURL": "http://127.0.0.1.example.com"},
])
async def test_a_public_name_makes_it_reachable(launch, http, web, how):
    """Wherever the name is written: a web server that passes requests on stands in front of the listener."""
    def text(proxy):
        return json.dumps({"mcpProxy": {"addr": proxy.address, **OPEN, **how}, "mcpServers": {"server": web.streamable()}})

    with launch(text=text) as proxy:
        await refused_everything(Management(proxy, http), "server", web)
        assert "WARNING" in proxy.output and "server" in proxy.output


async def test_a_token_needs_a_token(launch, http, web):
    """Without one nobody adds a server that only its token can open, and that anybody could then manage."""
    with launch({}, proxy=OPEN) as proxy:
        api = Management(proxy, http)
        config = web.streamable(options={"authTokens": [OWN]})
        for method, path in (("POST", ""), ("PUT", "/new")):
            body = {"config": config} if path else {"name": "new", "config": config}
            problem = await api.refused(403, "forbidden", method, path, body)
            assert "mcpProxy.management.authTokens" in problem["detail"]
        await api.add("new", web.streamable())
        await api.refused(403, "forbidden", "PUT", "/new", {"config": config})


# Starting

async def test_without_a_token_nothing_of_the_file_is_started(launch, http):
    """Not what the operator has left out, not what runs already, and not by reading the file again."""
    off, on = stdio(name="off", options={"disabled": True}), stdio(name="on")
    proxy_settings = {"management": {**ROOMY, "watch": False}}
    with launch({"off": off, "on": on}, proxy=proxy_settings) as proxy:
        api, before = Management(proxy, http), proxy.children()
        for path in ("/off/enable", "/on/restart"):
            problem = await api.refused(403, "forbidden", "POST", path)
            assert "mcpProxy.management.authTokens" in problem["detail"]
        await api.done("GET", "/on/tools")
        proxy.rewrite({"off": off, "on": on, "third": stdio(name="third")}, proxy=proxy_settings)
        response = await http.post(proxy.url("/api/reload"))
        assert response.status_code == 403, response.text
        assert "third" not in await api.servers()
        assert proxy.children() == before
        # What starts nothing works.
        await api.done("POST", "/on/disable")
        await api.refused(403, "forbidden", "POST", "/on/enable")
        eventually(lambda: not proxy.children(), "the server to end")


async def test_reading_starts_nothing(launch, http):
    """The tools are read over what runs already, whoever the connection is for; where nothing runs, it is said."""
    gone = {"command": "sh", "args": ["-c", "exit 1"]}
    with launch({"own": stdio(options={"authTokens": [OWN]}), "gone": gone}, proxy=WITH_TOKEN) as proxy:
        api = Management(proxy, http, TOKEN)

        def running():
            """The programs and their guards, without the one that is tried again and again by itself."""
            return {pid: line for pid, line in proxy.children().items() if "exit 1" not in line}

        before = running()
        for _ in range(3):
            tools = (await api.done("GET", "/own/tools"))["tools"]
            assert "echo" in [tool["name"] for tool in tools]
        assert running() == before
        await api.refused(422, "server-failed", "GET", "/gone/tools")


@pytest.mark.parametrize("site", ["same-site", "cross-site", "SAME-ORIGIN", ""])
async def test_a_page_that_embeds_a_request_reads_nothing(launch, http, site):
    """A browser names no origin for an image; how far away the page is it does say."""
    with launch({"server": stdio()}, proxy=OPEN) as proxy:
        for path in ("/server", "/server/tools", "/server/logs"):
            response = await Management(proxy, http).ask("GET", path, **{"Sec-Fetch-Site": site})
            assert response.status_code == 403, response.text
        for site in ("same-origin", "none"):
            assert (await Management(proxy, http).ask("GET", "/server", **{"Sec-Fetch-Site": site})).status_code == 200


@pytest.mark.parametrize("rule", ["deny", "templates"])
async def test_a_rule_holds_for_what_was_added_before(make_proxy, http, web, directory, rule):
    """A reload that forbids commands ends those of the API, and nothing starts them again, now or later."""
    state = directory() / "state"
    proxy = make_proxy({}, proxy=WITH_TOKEN)
    proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(state)])
    proxy.start().wait_ready()
    api = Management(proxy, http, TOKEN)
    await api.add("command", proxy.marked(stdio()))
    await api.add("off", proxy.marked(stdio(options={"disabled": True})))
    await api.add("web", web.streamable())
    forbidding = {"management": {**WITH_TOKEN["management"], "stdio": rule}}
    proxy.rewrite({}, proxy=forbidding)
    await eventually_async(lambda: not proxy.children(), "the command to end")
    for path in ("/command/enable", "/off/enable"):
        problem = await api.refused(403, "forbidden", "POST", path)
        assert "mcpProxy.management.stdio" in problem["detail"]
    await api.refused(409, "conflict", "POST", "/command/restart")
    assert await api.state("command") == "disabled" and await api.state("web") == "ready"
    proxy.stop()
    proxy.start().wait_ready()
    assert set(await api.servers()) == {"web"} and not proxy.children()
    proxy.rewrite({}, proxy=WITH_TOKEN)
    proxy.stop()
    proxy.start().wait_ready()
    await eventually_succeeds(lambda: api_state(api, "command", "ready"), "the command to be ready")
    assert await api.state("off") == "disabled"
    proxy.stop()


async def api_state(api, name, state):
    assert await api.state(name) == state


async def test_a_server_is_added_without_being_started(launch, http, directory):
    """`options.disabled` adds it, with POST and with PUT; enabled later, it works; a reload does not start it."""
    touched = directory() / "touched"
    script = f'touch {touched}; exec "$0" "$@"'
    command = stdio()
    config = {"command": "sh", "args": ["-c", script, command["command"], *command["args"]], "options": {"disabled": True}}
    with launch({}, proxy=WITH_TOKEN) as proxy:
        api = Management(proxy, http, TOKEN)
        await api.add("posted", config)
        await api.done("PUT", "/put", {"config": config})
        proxy.rewrite({}, options={"logEnabled": True}, proxy=WITH_TOKEN)
        proxy.wait_output("configuration:")
        assert [await api.state(name) for name in ("posted", "put")] == ["disabled", "disabled"]
        assert not touched.exists() and not proxy.children()
        assert (await proxy.client("posted", http).post("{}")).status_code == 404
        for name in ("posted", "put"):
            await api.done("POST", f"/{name}/enable")
            client = await proxy.client(name, http).initialize()
            assert await client.call_text("echo", {"text": name}) == name
            await api.remove(name)
        sse = await http.post(proxy.url("/sse"), json={"config": config}, headers=bearer(TOKEN))
        assert sse.status_code == 422, sse.text


async def test_who_may_name_a_command_may_set_any_variable(launch, http):
    """And who may not, none at all."""
    with launch({}, proxy=WITH_TOKEN) as proxy:
        api = Management(proxy, http, TOKEN)
        await api.add("free", {**stdio(), "env": {"LD_BIND_NOW": "1", "http_proxy": "http://127.0.0.1:9", "PATH": "/"}})
        client = await proxy.client("free", http).initialize()
        assert "127.0.0.1:9" in await client.call_text("environment", {"name": "http_proxy"})


# Servers for one session

async def test_without_tokens_nobody_sees_what_another_has_brought(launch, http, web):
    """Neither the list nor the status names it, while who brought it uses it."""
    with launch({"server": web.streamable()}, proxy=OPEN) as proxy:
        api = Management(proxy, http)
        client = BroughtOverSSE(proxy, http, web.sse(), token=None)
        async with client.connected():
            assert text_of(await client.call("echo", {"text": "mine"})) == "mine"
            assert set(await api.servers()) == {"server"}
            assert set(proxy.servers()) == {"server"}


# Hostile servers

ENDLESS = """
import json, sys
filler = "x" * (1 << 20)
for line in sys.stdin:
    message = json.loads(line)
    if "id" not in message:
        continue
    if message["method"] == "initialize":
        result = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
                  "serverInfo": {"name": "endless", "version": "1"}}
    elif message["method"] == "tools/list":
        number = int(message.get("params", {}).get("cursor", "0"))
        tool = {"name": f"tool-{number}", "description": filler, "inputSchema": {"type": "object"}}
        # As many values as fit, none of which is a tool.
        result = {"tools": [tool] + [0] * (1 << 15), "nextCursor": str(number + 1)}
    else:
        result = {}
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
"""


async def test_a_list_without_an_end_is_not_collected(launch, http):
    """It is given up after 8 MiB, and however many values a page has, the memory stays within bounds."""
    with launch({"endless": {"command": sys.executable, "args": ["-c", ENDLESS]}}, proxy=WITH_TOKEN) as proxy:
        api = Management(proxy, http, TOKEN)
        before = processes.peak_resident_bytes(proxy.pid)
        for _ in range(3):
            problem = await api.refused(422, "server-failed", "GET", "/endless/tools")
            assert "8 MiB" in problem["detail"]
        grown = processes.peak_resident_bytes(proxy.pid) - before
        assert grown < 100 << 20, f"{grown >> 20} MiB more"
