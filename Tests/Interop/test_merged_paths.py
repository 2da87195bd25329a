"""Several servers at one path: who may come, what each sees, and what changes while sessions are open."""

import contextlib

import pytest

from support.envelope import modern_call, modern_request
from support.fixture import stdio
from support.managed import ACCESS, HEADER, META, TOKEN, Management, bearer, encoded, problem_of
from support.modern import Front
from support.raw import ACCEPT, CLIENT, LATEST, OldClient, Streamable, initialize_body, request_body, text_of

pytestmark = pytest.mark.anyio

ALICE = "token-of-alice-1234567890"
BOB = "token-of-bob-1234567890"
OWN = "token-of-the-group-1234567890"
JSON = {"Content-Type": "application/json", "Accept": ACCEPT}


def server(name, *tokens, **settings):
    options = {"options": {"authTokens": list(tokens)}} if tokens else {}
    return stdio(name=name, **options, **settings)


async def tools_of(client):
    listed = await client.request("tools/list", {}, "list")
    assert "result" in listed, listed
    return [tool["name"] for tool in listed["result"]["tools"]]


async def servers_of(client):
    """Of which servers tools are listed, in the order of the list."""
    return list(dict.fromkeys(name.split("__")[0] for name in await tools_of(client)))


async def opened(proxy, http, path="/mcp", token=None, **headers):
    return await Streamable(proxy.url(path), http, headers={**bearer(token), **headers}).initialize()


async def status(proxy, http, path="/mcp", token=None, body=None, **headers):
    response = await http.post(
        proxy.url(path), content=body or initialize_body(), headers={**JSON, **bearer(token), **headers}
    )
    return response.status_code


# Paths and tokens


@pytest.fixture(scope="module")
def mixed(launch):
    groups = {
        "dev": {"servers": ["hers", "open"]},
        "closed": {"servers": ["hers", "his"]},
        "own": {"servers": ["his", "hers"], "options": {"authTokens": [OWN]}},
    }
    servers = {"open": server("open"), "hers": server("hers", ALICE), "his": server("his", BOB, ALICE)}
    with launch(servers, proxy={"groups": groups, "management": ACCESS}) as proxy:
        yield proxy


@pytest.mark.parametrize(
    ("path", "token", "seen"),
    [
        ("/mcp", None, ["open"]),
        ("/mcp/", ALICE, ["open", "hers", "his"]),
        ("/mcp", BOB, ["open", "his"]),
        ("/mcp", "wrong", ["open"]),
        ("/dev/mcp", ALICE, ["hers", "open"]),
        ("/dev", None, ["open"]),
        ("/closed/", BOB, ["his"]),
        ("/own/mcp", OWN, ["his", "hers"]),
    ],
)
async def test_each_sees_what_their_token_opens(mixed, http, path, token, seen):
    client = await opened(mixed, http, path, token)
    assert await servers_of(client) == seen
    assert text_of(await client.call(f"{seen[-1]}__echo", {"text": "there"})) == "there"
    for other in {"open", "hers", "his"} - set(seen):
        refused = await client.call(f"{other}__echo", {"text": "x"})
        assert refused["error"]["code"] == -32602, refused
    await client.delete()


@pytest.mark.parametrize(
    ("path", "token", "expected"),
    [
        ("/closed/mcp", None, 401),
        ("/closed/mcp", "wrong", 403),
        ("/closed/mcp", OWN, 403),
        ("/own/mcp", None, 401),
        ("/own/mcp", ALICE, 401),
        ("/own", "wrong", 401),
        ("/nothing/mcp", ALICE, 404),
    ],
)
async def test_where_no_server_is_left_nobody_comes_in(mixed, http, path, token, expected):
    assert await status(mixed, http, path, token) == expected
    front = Front(mixed.url(path), http, bearer(token))
    assert (await front.post(modern_call("open__echo"))).status_code == expected


@pytest.mark.parametrize("path", ["", "/dev", "/own"])
async def test_over_an_event_stream_it_is_the_same(mixed, http, path):
    token = OWN if path == "/own" else ALICE
    client = OldClient(mixed.url(f"{path}/sse"), http, headers=bearer(token))
    async with client.connected():
        assert client.endpoint.split("?")[0].endswith(f"{path}/message")
        assert text_of(await client.call("hers__echo", {"text": "streamed"})) == "streamed"


async def test_a_session_is_of_its_path_and_its_token(mixed, http):
    client = await opened(mixed, http, "/mcp", ALICE)
    for path, token in (("/dev/mcp", ALICE), ("/mcp", BOB), ("/mcp", None), ("/hers/mcp", ALICE)):
        assert await status(mixed, http, path, token, request_body("ping"), **{"Mcp-Session-Id": client.session}) == 404
    assert "result" in await client.request("ping")


async def test_without_servers_left_the_endpoint_is_closed(launch, http):
    with launch({"hers": server("hers", ALICE)}) as proxy:
        assert [await status(proxy, http, "/mcp", token) for token in (None, "wrong", ALICE)] == [401, 403, 200]


async def test_the_endpoint_can_be_switched_off(launch, http):
    with launch({"open": server("open")}, proxy={"endpoint": {"enabled": False}}) as proxy:
        assert await status(proxy, http, "/open/mcp") == 200
        response = await http.post(proxy.url("/mcp"), content=initialize_body(), headers=JSON)
        assert response.status_code == 422, response.text
        assert (await http.get(proxy.url("/sse"), headers={"Accept": "text/event-stream"})).status_code == 405


async def test_a_server_whose_path_is_its_token_is_offered_only_where_it_is_named(launch, http):
    servers = {"open": server("open"), "fetch/3f8a9c": server("secret")}
    with launch(servers, proxy={"groups": {"named": {"servers": ["fetch/*"]}}}) as proxy:
        assert await servers_of(await opened(proxy, http)) == ["open"]
        assert len(await tools_of(await opened(proxy, http, "/named/mcp"))) > 0


# Beside it: servers that clients bring


def brought_in_meta(config):
    params = {"protocolVersion": LATEST, "capabilities": {}, "clientInfo": CLIENT, "_meta": {META: config}}
    return request_body("initialize", params)


async def test_what_brings_a_server_is_judged_by_the_management_alone(launch, http):
    """Whoever opens servers may bring none, and whoever may bring one need not open any."""
    with launch({"hers": server("hers", ALICE)}, proxy={"management": ACCESS}) as proxy:
        config = proxy.marked(stdio(name="brought"))
        for headers, body in (({HEADER: encoded(config)}, initialize_body()), ({}, brought_in_meta(config))):
            for token in (None, "wrong"):
                assert await status(proxy, http, "/mcp", token, body, **headers) in (401, 403)
            response = await http.post(
                proxy.url("/mcp"), content=body, headers={**JSON, **bearer(ALICE), **headers}
            )
            problem_of(response, 403, "forbidden")
            client = Streamable(proxy.url("/mcp"), http, headers=bearer(TOKEN))
            answer = await client.post(body, **headers)
            assert answer.status_code == 200, answer.text
            client.session = answer.headers["mcp-session-id"]
            assert text_of(await client.call("echo", {"text": "mine"})) == "mine"
            assert (await client.delete()).status_code == 204
        # The token of the management opens no server of others.
        assert await status(proxy, http, "/mcp", TOKEN) == 403
        stream = await http.post(proxy.url("/sse"), json={"config": config}, headers=bearer(ALICE))
        problem_of(stream, 403, "forbidden")


async def test_an_ended_session_of_a_brought_server_is_unknown(launch, http):
    with launch({"hers": server("hers", ALICE)}, proxy={"management": ACCESS}) as proxy:
        client = Streamable(proxy.url("/mcp"), http, headers=bearer(TOKEN))
        client.session = "ended-long-ago"
        assert (await client.post(request_body("ping"))).status_code == 404


# Narrower for one client


@pytest.fixture(scope="module")
def pair(launch):
    with launch({"git": server("git"), "time": server("time")}) as proxy:
        yield proxy


@pytest.mark.parametrize(
    ("query", "headers", "seen"),
    [
        ("?servers=time", {}, ["time"]),
        ("?servers=%2A,!git", {}, ["time"]),
        ("", {"X-MCP-Servers": "git"}, ["git"]),
        ("?servers=time", {"X-MCP-Servers": "git"}, []),
        ("?tools=git__echo,time__echo", {"x-mcp-tools": "time*"}, ["time"]),
        ("?unknown=1&servers=*&discovery=list", {"X-MCP-Discovery": "list"}, ["git", "time"]),
    ],
)
async def test_a_client_sees_less_when_it_wants_less(pair, http, query, headers, seen):
    client = await opened(pair, http, f"/mcp{query}", None, **headers)
    assert await servers_of(client) == seen
    # It holds as said at initialize.
    client.url, client._headers = pair.url("/mcp"), {}
    assert await servers_of(client) == seen
    for other in {"git", "time"} - set(seen):
        assert (await client.call(f"{other}__echo", {"text": "x"}))["error"]["code"] == -32602
    front = Front(pair.url(f"/mcp{query}"), http, headers)
    listed = (await front.result(modern_request("tools/list")))["tools"]
    assert list(dict.fromkeys(tool["name"].split("__")[0] for tool in listed)) == seen
    once = Streamable(pair.url(f"/mcp{query}"), http, headers=headers)
    assert await servers_of(once) == seen


async def test_a_client_of_one_server_may_want_less_too(pair, http):
    client = await opened(pair, http, "/git/mcp?tools=ec*")
    assert await tools_of(client) == ["echo"]
    assert text_of(await client.call("echo", {"text": "own"})) == "own"
    assert (await client.call("whoami"))["error"]["code"] == -32602
    stream = OldClient(pair.url("/git/sse"), http, headers={"X-MCP-Tools": "echo"})
    async with stream.connected():
        await stream.post(request_body("tools/list", {}, "list"))
        assert [tool["name"] for tool in (await stream.stream.answer("list"))["result"]["tools"]] == ["echo"]


@pytest.mark.parametrize(
    ("query", "headers", "said"),
    [
        ("?servers=a&servers=b", {}, "servers"),
        ("?readOnly=yes", {}, "readOnly"),
        ("", [("X-MCP-Tools", "a"), ("X-MCP-Tools", "b")], "X-MCP-Tools"),
        ("", {"X-MCP-Readonly": "no"}, "X-MCP-Readonly"),
        ("?discovery=none", {}, "discovery"),
    ],
)
async def test_what_cannot_be_read_is_refused_in_words(pair, http, query, headers, said):
    headers = [*JSON.items(), *(headers.items() if isinstance(headers, dict) else headers)]
    for path in ("/mcp", "/git/mcp"):
        for body in (initialize_body(), request_body("tools/list")):
            response = await http.post(pair.url(path + query), content=body, headers=headers)
            assert response.status_code == 400 and said in response.text, response.text
        stream = await http.get(
            pair.url(path.replace("/mcp", "/sse") + query), headers=[("Accept", "text/event-stream"), *headers[2:]]
        )
        assert stream.status_code == 400 and said in stream.text, stream.text


# Changes


async def told(stream, before):
    changes = "notifications/tools/list_changed"
    await stream.wait_for(
        lambda it: len([m for m in it.messages() if m.get("method") == changes]) > before, f"{changes}, {before + 1}."
    )
    return len([m for m in stream.messages() if m.get("method") == changes])


async def test_groups_come_change_and_go_with_a_reload(launch, http):
    """Whoever has a session hears of it once, goes on with it, and is shown out when the group is gone."""
    servers = {"git": server("git"), "time": server("time")}
    management = {**ACCESS, "watch": False}

    def groups(**groups):
        return {"management": management, "groups": groups}

    with launch(servers, proxy={"management": management}) as proxy:
        manager = Management(proxy, http)
        assert await status(proxy, http, "/dev/mcp") == 404
        proxy.rewrite(servers, proxy=groups(dev={"servers": ["git"]}))
        assert '+ group "dev"' in (await manager.reload())["lines"]
        client = await opened(proxy, http, "/dev/mcp")
        assert await servers_of(client) == ["git"]
        async with client.listening() as stream:
            proxy.rewrite(servers, proxy=groups(dev={"servers": ["time", "git"]}))
            await manager.reload()
            assert await told(stream, 0) == 1
            assert await servers_of(client) == ["time", "git"]
            # What clients cannot notice they are not told.
            proxy.rewrite(servers, proxy=groups(dev={"servers": ["time", "git"], "options": {"logEnabled": True}}))
            await manager.reload()
            proxy.rewrite(servers, proxy=groups(dev={"servers": ["time"]}))
            await manager.reload()
            assert await told(stream, 1) == 2
            assert await servers_of(client) == ["time"]
            assert (await client.call("git__echo", {"text": "x"}))["error"]["code"] == -32602
            assert text_of(await client.call("time__echo", {"text": "on"})) == "on"
            proxy.rewrite(servers, proxy=groups())
            await manager.reload()
            await stream.end()
        assert await status(proxy, http, "/dev/mcp") == 404


async def test_a_token_that_is_taken_away_takes_its_servers_away(launch, http):
    management = {**ACCESS, "watch": False}
    before = {"open": server("open"), "hers": server("hers", ALICE)}
    with launch(before, proxy={"management": management}) as proxy:
        manager = Management(proxy, http)
        client = await opened(proxy, http, "/mcp", ALICE)
        assert await servers_of(client) == ["open", "hers"]
        proxy.rewrite({"open": before["open"], "hers": server("hers", BOB)}, proxy={"management": management})
        await manager.reload()
        # Without a token that opens anything she is nobody in particular, so that the session is not hers.
        assert await status(proxy, http, "/mcp", ALICE, request_body("ping"), **{"Mcp-Session-Id": client.session}) == 404
        assert await servers_of(await opened(proxy, http, "/mcp", ALICE)) == ["open"]


async def test_servers_that_come_and_go_are_told_to_whoever_sees_them(launch, http):
    with launch({"git": server("git")}, proxy={"management": ACCESS}) as proxy:
        manager = Management(proxy, http)
        client = await opened(proxy, http)
        async with client.listening() as stream:
            await manager.done("POST", "/api/servers", {"name": "more", "config": proxy.marked(server("more"))})
            await told(stream, 0)
            assert await servers_of(client) == ["git", "more"]
            assert text_of(await client.call("more__echo", {"text": "new"})) == "new"
            await manager.done("POST", "/api/servers/git/disable")
            await told(stream, 1)
            assert await servers_of(client) == ["more"]
            await manager.done("POST", "/api/servers/git/enable")
            await told(stream, 2)
            assert await servers_of(client) == ["git", "more"]
            await manager.done("DELETE", "/api/servers/more")
            await told(stream, 3)
            assert await servers_of(client) == ["git"]


# Groups over the API


async def test_groups_come_change_and_go_over_the_api(make_proxy, http, directory):
    """As servers do: with the same rights, kept for the next start, and described with what is offered and hidden."""
    state = directory()
    servers = {"git": server("git"), "time": server("time"), "fixed": server("fixed")}
    groups = {"file": {"servers": ["fixed"]}}

    @contextlib.contextmanager
    def started():
        proxy = make_proxy(servers, proxy={"management": ACCESS, "groups": groups})
        proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(state)])
        proxy.start().wait_ready()
        yield proxy
        proxy.stop()

    with started() as proxy:
        manager = Management(proxy, http)
        problem_of(await Management(proxy, http, None).send("GET", "/api/groups"), 401, "unauthorized")
        problem_of(await manager.send("GET", "/api/groups/dev"), 404, "unknown-group")
        problem_of(await manager.send("DELETE", "/api/groups/dev"), 404, "unknown-group")
        put = {"config": {"servers": ["time", "git"], "tools": ["*__echo", "*__whoami"]}}
        assert (await manager.done("PUT", "/api/groups/dev", put))["path"] == "/dev/"
        client = await opened(proxy, http, "/dev/mcp")
        assert await tools_of(client) == [f"{name}__{tool}" for name in ("time", "git") for tool in ("echo", "whoami")]
        report = await manager.done("GET", "/api/groups/dev")
        assert [entry["name"] for entry in report["servers"]] == ["time", "git"] and report["source"] == "api"
        shown = [entry for entry in report["offered"] if entry["list"] == "tools"]
        assert {"list": "tools", "offered": "git__echo", "server": "git", "name": "echo"} in shown
        assert any(entry["name"] == "add_tool" and entry["rule"] for entry in report["hidden"]), report["hidden"]
        async with client.listening() as stream:
            await manager.done("PUT", "/api/groups/dev", {"config": {"servers": ["git"]}})
            assert await told(stream, 0) == 1
            assert await servers_of(client) == ["git"]
        listed = (await manager.done("GET", "/api/groups"))["groups"]
        assert {name: entry["source"] for name, entry in listed.items()} == {"dev": "api", "file": "file"}
        problem_of(await manager.send("PUT", "/api/groups/git", {"config": {}}), 409, "name-taken")
        problem_of(await manager.send("PUT", "/api/groups/x", {"config": {"nothing": 1}}), 422, "invalid-configuration")
        problem_of(await manager.send("PUT", "/api/groups/api", {"config": {}}), 422, "invalid-configuration")
        taken = await manager.send("POST", "/api/servers", {"name": "dev", "config": proxy.marked(server("dev"))})
        problem_of(taken, 422, "invalid-configuration")
        # A group that a reload has not changed stays what it is.
        await manager.reload()
        assert await servers_of(client) == ["git"]
        await manager.done("DELETE", "/api/groups/file")
        assert await status(proxy, http, "/file/mcp") == 404
    with started() as proxy:
        manager = Management(proxy, http)
        listed = (await manager.done("GET", "/api/groups"))["groups"]
        assert {name: entry["servers"] for name, entry in listed.items()} == {"dev": ["git"], "file": ["fixed"]}
        assert await servers_of(await opened(proxy, http, "/dev/mcp")) == ["git"]
        await manager.done("DELETE", "/api/groups/dev")
        assert await status(proxy, http, "/dev/mcp") == 404


async def test_a_group_with_tokens_over_the_api_is_opened_by_these_alone(launch, http):
    with launch({"open": server("open"), "his": server("his", BOB)}, proxy={"management": ACCESS}) as proxy:
        manager = Management(proxy, http)
        await manager.done("PUT", "/api/groups/g", {"config": {}})
        anybody = await opened(proxy, http, "/g/mcp")
        assert await servers_of(anybody) == ["open"]
        async with anybody.listening() as stream:
            await manager.done("PUT", "/api/groups/g", {"config": {"options": {"authTokens": [OWN]}}})
            await stream.end()
        assert [await status(proxy, http, "/g/mcp", token) for token in (None, BOB, OWN)] == [401, 401, 200]
        assert await servers_of(await opened(proxy, http, "/g/mcp", OWN)) == ["open", "his"]


def test_the_table_at_the_start_shows_the_address_of_all_servers_first(launch):
    groups = {"dev": {"servers": ["git"]}}
    with launch({"git": server("git"), "time": server("time")}, proxy={"groups": groups}) as proxy:
        proxy.wait_output("listening on")
        shown = [proxy.stdout.index(proxy.url(path)) for path in ("/mcp\n", "/dev/mcp\n", "/git/")]
        assert shown == sorted(shown), proxy.stdout
