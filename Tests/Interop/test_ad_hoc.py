"""Servers that a client brings with its session: HTTP+SSE, streamable HTTP, and what is refused."""

import asyncio
import contextlib
import json

import pytest

from support.envelope import modern_call
from support.fixture import stdio
from support.managed import (
    ACCESS,
    HEADER,
    META,
    TOKEN,
    BroughtOverSSE,
    Management,
    bearer,
    brought_in_header,
    encoded,
    problem_of,
)
from support.modern import Front
from support.raw import (
    ACCEPT,
    CLIENT,
    LATEST,
    Streamable,
    http_client,
    initialize_body,
    only_answer,
    request_body,
    text_of,
)
from support.wait import eventually_async, eventually_succeeds

pytestmark = pytest.mark.anyio

OTHER = "another-management-token"
JSON = {"Content-Type": "application/json", "Accept": ACCEPT}
SETTINGS = {"management": {**ACCESS, "authTokens": [TOKEN, OTHER]}}


@pytest.fixture(scope="module")
def proxy(launch):
    with launch({"fixed": stdio(name="fixed")}, proxy=SETTINGS) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def web(http_fixture):
    with http_fixture(name="web") as fixture:
        yield fixture


@pytest.fixture
def management(proxy, http):
    return Management(proxy, http)


@pytest.fixture(autouse=True)
async def _nothing_left(proxy):
    """After every test no process is left but that of the configured server."""
    yield
    async with http_client() as http:
        management = Management(proxy, http)
        # What a failed test has left must not spoil the next.
        for name in await management.named("ad-hoc"):
            await management.send("DELETE", f"/api/servers/{name}")
    await eventually_async(lambda: len(fixtures_of(proxy)) == 1, f"only one server's process, not {fixtures_of(proxy)}")


def fixtures_of(proxy):
    """The fixture servers alone: the proxy may run something beside each."""
    return {pid: line for pid, line in proxy.children().items() if line.split(" ")[0].endswith("python")}


def brought(proxy, *modes, **settings):
    return proxy.marked(stdio(*modes, name="brought", **settings))


async def none_listed(management):
    async def look():
        assert await management.named("ad-hoc") == []

    await eventually_succeeds(look, "no server that came with a session")


async def pid_of(client):
    return json.loads(text_of(await client.call("whoami", request_id="whoami")))["pid"]


# HTTP+SSE


async def test_a_server_comes_with_an_event_stream_and_goes_with_it(proxy, http, management):
    """The response stream is a session on a server of its own, which is listed; at its end nothing is left of it."""
    client = BroughtOverSSE(proxy, http, brought(proxy))
    async with client.connected():
        await client.post(request_body("tools/list", {}, "list"))
        tools = (await client.stream.answer("list"))["result"]["tools"]
        assert "echo" in [tool["name"] for tool in tools]
        assert text_of(await client.call("echo", {"text": "mine"})) == "mine"
        pid = await pid_of(client)
        assert pid in fixtures_of(proxy)
        (name,) = await management.named("ad-hoc")
        entry = (await management.servers())[name]
        assert entry["path"] == f"/{name}/" and entry["transport"] == "stdio" and entry["state"] == "ready", entry
        endpoint = client.endpoint
    await none_listed(management)
    await eventually_async(lambda: pid not in proxy.children(), "the process to be gone")
    for path in (f"/{name}/mcp", f"/{name}/sse"):
        response = await http.post(proxy.url(path), content=initialize_body(), headers={**JSON, **bearer()})
        assert response.status_code == 404, f"{path}: {response.status_code} {response.text}"
    gone = await http.post(endpoint, content=request_body("ping"), headers={**JSON, **bearer()})
    assert gone.status_code == 404, gone.text


@pytest.mark.parametrize("kind", ["sse", "streamable", "url"])
async def test_a_remote_server_comes_with_an_event_stream(proxy, http, web, management, kind):
    """A configuration with a URL is reached, as the seed has it."""
    config = {"sse": web.sse, "streamable": web.streamable, "url": lambda: {"url": web.sse_url}}[kind]()
    config["options"] = {"logEnabled": True}
    client = BroughtOverSSE(proxy, http, config)
    async with client.connected():
        assert text_of(await client.call("echo", {"text": "remote"})) == "remote"
        assert len(await management.named("ad-hoc")) == 1
    await none_listed(management)


@pytest.mark.parametrize("kind", ["sse", "streamable", "url"])
@pytest.mark.parametrize("way", ["sse", "header"])
async def test_one_remote_server_is_one_session_there(proxy, http, web, management, kind, way):
    """What was opened to see whether the server is there is what serves the client."""
    config = {"sse": web.sse, "streamable": web.streamable, "url": lambda: {"url": web.mcp_url}}[kind]()
    before = len(web.ledger.entries("request", method="initialize"))
    async with contextlib.AsyncExitStack() as stack:
        if way == "sse":
            client = await stack.enter_async_context(BroughtOverSSE(proxy, http, config).connected())
        else:
            client = await brought_in_header(proxy, http, config).initialize()
            stack.push_async_callback(client.delete)
        assert text_of(await client.call("echo", {"text": "remote"})) == "remote"
        assert len(web.ledger.entries("request", method="initialize")) - before == 1
    await none_listed(management)


async def test_a_client_with_capabilities_has_one_session_in_the_end(proxy, http, web, management):
    """What was opened before its capabilities were known is closed when it comes."""
    ended = len(web.ledger.entries("deleted"))
    client = BroughtOverSSE(proxy, http, web.streamable())
    async with client.connected({"roots": {}}):
        assert text_of(await client.call("echo", {"text": "remote"})) == "remote"
        told = json.loads(text_of(await client.call("whoami", request_id="whoami")))["client"]
        assert told["capabilities"] == {"roots": {}}
        web.ledger.wait_for("deleted", count=ended + 1)
    await none_listed(management)


@pytest.mark.parametrize("way", ["sse", "header"])
async def test_one_server_is_one_process(proxy, http, management, way):
    """The process that was started for the session is the one that serves it."""
    async with contextlib.AsyncExitStack() as stack:
        if way == "sse":
            client = await stack.enter_async_context(BroughtOverSSE(proxy, http, brought(proxy)).connected())
        else:
            client = await brought_in_header(proxy, http, brought(proxy)).initialize()
            stack.push_async_callback(client.delete)
        (name,) = await management.named("ad-hoc")
        pid = await pid_of(client)
        assert len(fixtures_of(proxy)) == 2, f"besides the configured one there are more: {fixtures_of(proxy)}"
        assert pid in fixtures_of(proxy)
        assert (await management.servers())[name]["processID"] in proxy.children()
    await none_listed(management)


async def test_two_at_once_are_separate(proxy, http, management):
    """The same configuration twice is two servers; the end of one does not touch the other."""
    first, second = (BroughtOverSSE(proxy, http, brought(proxy)) for _ in range(2))
    async with first.connected():
        async with second.connected():
            assert await pid_of(first) != await pid_of(second)
            assert len(await management.named("ad-hoc")) == 2
        assert text_of(await first.call("echo", {"text": "still"}, request_id="still")) == "still"
    await none_listed(management)


async def test_removing_the_server_ends_the_stream(proxy, http, management):
    """An operator may end a server that came with a session; its stream ends with it."""
    client = BroughtOverSSE(proxy, http, brought(proxy))
    async with client.connected():
        (name,) = await management.named("ad-hoc")
        await management.done("DELETE", f"/api/servers/{name}")
        await client.stream.end()
    await none_listed(management)


async def test_a_client_that_leaves_during_the_start_leaves_nothing(proxy, http, management, directory):
    """The server whose client has gone ends as soon as it has started."""
    flag = directory() / "go"
    config = brought(proxy, "slow-start", flag=str(flag))
    opening = asyncio.ensure_future(http.post(proxy.url("/sse"), json={"config": config}, headers=bearer()))
    await eventually_async(lambda: len(fixtures_of(proxy)) == 2, "the server to be started")
    opening.cancel()
    await asyncio.wait([opening])
    flag.touch()
    await eventually_async(lambda: len(fixtures_of(proxy)) == 1, "the process to be gone")
    await none_listed(management)


# Streamable HTTP


async def test_a_server_comes_in_a_header_and_goes_with_its_session(proxy, http, management):
    """The session is followed at /mcp by its id alone; DELETE ends it and the server."""
    client = await brought_in_header(proxy, http, brought(proxy)).initialize()
    follower = Streamable(proxy.url("/mcp"), http, headers=bearer())
    follower.session = client.session
    assert await follower.call_text("echo", {"text": "followed"}) == "followed"
    (name,) = await management.named("ad-hoc")
    pid = await pid_of(follower)
    async with follower.listening() as stream:
        await follower.call("add_tool", {"name": "fresh"})
        await stream.notification("notifications/tools/list_changed")
        assert (await follower.delete()).status_code in (200, 204)
        await stream.end()
    assert (await follower.post(request_body("ping"))).status_code == 404
    await eventually_async(
        lambda: pid not in proxy.children(), f"the process of {name} to be gone soon after its session", 15
    )
    await none_listed(management)


async def test_a_server_comes_in_the_meta_of_initialize(proxy, http, management):
    """The other form; two such sessions have two servers."""
    clients = []
    for _ in range(2):
        client = Streamable(proxy.url("/mcp"), http, headers=bearer())
        params = {"protocolVersion": LATEST, "capabilities": {}, "clientInfo": CLIENT}
        params["_meta"] = {META: brought(proxy)}
        response = await client.post(request_body("initialize", params))
        assert response.status_code == 200, response.text
        assert "result" in only_answer(response)
        client.session = response.headers["mcp-session-id"]
        clients.append(client)
    first, second = [await pid_of(client) for client in clients]
    assert first != second
    assert len(await management.named("ad-hoc")) == 2
    for client in clients:
        await client.delete()
    await none_listed(management)


async def test_requests_without_sessions_share_one_server(launch, http):
    """Modern requests of one caller with one configuration reach one process, which ends when nobody uses it."""
    with launch({}, proxy=SETTINGS, limits={"idleTimeout": "1s"}) as proxy:
        management = Management(proxy, http)
        config = brought(proxy)

        async def whoami(token):
            front = Front(proxy.url("/mcp"), http, {**bearer(token), HEADER: encoded(config)})
            return json.loads((await front.result(modern_call("whoami")))["content"][0]["text"])["pid"]

        pids = set(await asyncio.gather(*(whoami(TOKEN) for _ in range(10))))
        assert len(pids) == 1, pids
        assert await whoami(OTHER) not in pids
        await none_listed(management)
        proxy.assert_nothing_left()


async def test_an_idle_session_ends_with_its_server(launch, http):
    """Nobody says goodbye: after sessionIdleTimeout and idleTimeout nothing is left."""
    limits = {"idleTimeout": "1s", "sessionIdleTimeout": "1s"}
    with launch({}, proxy=SETTINGS, limits=limits) as proxy:
        client = await brought_in_header(proxy, http, brought(proxy)).initialize()
        assert await client.call_text("echo", {"text": "once"}) == "once"
        assert proxy.children()
        await none_listed(Management(proxy, http))
        proxy.assert_nothing_left()


# Who may


async def test_the_server_of_one_token_is_nobody_elses(proxy, http, management):
    """With another token of the proxy neither its route nor its session can be used."""
    client = await brought_in_header(proxy, http, brought(proxy)).initialize()
    (name,) = await management.named("ad-hoc")
    stranger = Streamable(proxy.url("/mcp"), http, headers=bearer(OTHER))
    stranger.session = client.session
    assert (await stranger.post(request_body("ping"))).status_code == 404
    for token in (OTHER, None):
        url = proxy.url(f"/{name}/mcp")
        response = await http.post(url, content=initialize_body(), headers={**JSON, **bearer(token)})
        assert response.status_code in (401, 404), f"{response.status_code} {response.text}"
    assert await client.call_text("echo", {"text": "mine"}) == "mine"
    await client.delete()
    await none_listed(management)


async def test_a_token_is_asked_for(proxy, http, management):
    """Without one, and with a wrong one, nothing starts."""
    for token in (None, "wrong"):
        sse = await http.post(proxy.url("/sse"), json={"config": brought(proxy)}, headers=bearer(token))
        problem_of(sse, 401, "unauthorized")
        mcp = await brought_in_header(proxy, http, brought(proxy), token).post(initialize_body())
        problem_of(mcp, 401, "unauthorized")
    assert await management.named("ad-hoc") == []


async def test_without_tokens_only_remote_servers_come(launch, http, web):
    """A proxy without tokens on loopback starts no process for anybody, and says what to configure."""
    with launch({}) as proxy:
        sse = await http.post(proxy.url("/sse"), json={"config": brought(proxy)})
        assert "mcpProxy.management.authTokens" in problem_of(sse, 403, "forbidden")["detail"]
        mcp = await brought_in_header(proxy, http, brought(proxy), None).post(initialize_body())
        problem_of(mcp, 403, "forbidden")
        assert not proxy.children()
        client = BroughtOverSSE(proxy, http, web.sse(), token=None)
        async with client.connected():
            assert text_of(await client.call("echo", {"text": "remote"})) == "remote"


async def test_the_operator_may_switch_them_off(launch, http):
    """With adHoc: deny nobody brings a server, whatever they show."""
    with launch({}, proxy={"management": {**ACCESS, "adHoc": "deny"}}) as proxy:
        sse = await http.post(proxy.url("/sse"), json={"config": brought(proxy)}, headers=bearer())
        assert "mcpProxy.management.adHoc" in problem_of(sse, 403, "forbidden")["detail"]
        mcp = await brought_in_header(proxy, http, brought(proxy)).post(initialize_body())
        problem_of(mcp, 403, "forbidden")
        assert not proxy.children()


@pytest.mark.parametrize("key", ["maxAdHocServers", "maxServersPerPrincipal"])
async def test_there_are_only_so_many(launch, http, key):
    """The one too many is refused with 429, and comes when another one has gone."""
    with launch({}, proxy={"management": {**ACCESS, key: 1}}) as proxy:
        first = BroughtOverSSE(proxy, http, brought(proxy))
        async with first.connected():
            response = await http.post(proxy.url("/sse"), json={"config": brought(proxy)}, headers=bearer())
            assert key in problem_of(response, 429, "quota")["detail"]
        await none_listed(Management(proxy, http))
        async with BroughtOverSSE(proxy, http, brought(proxy)).connected():
            pass
        await none_listed(Management(proxy, http))


async def test_only_so_many_come_in_a_minute(launch, http):
    """The budget of changes counts them as well, and says when to try again."""
    with launch({}, proxy={"management": {**ACCESS, "maxChangesPerMinute": 1}}) as proxy:
        bodies = {"config": {"command": "/nonexistent/server"}}
        answers = [await http.post(proxy.url("/sse"), json=bodies, headers=bearer()) for _ in range(2)]
        problem_of(answers[0], 422, "server-failed")
        problem_of(answers[1], 429, "rate-limited")
        assert int(answers[1].headers["retry-after"]) > 0


# What cannot be used


@pytest.mark.parametrize(
    "body, status, kind",
    [
        (b"", 400, "not-json"),
        (b"{", 400, "not-json"),
        (b"\xff\xfe", 400, "not-json"),
        (b"[]", 422, "invalid-request"),
        (b"{}", 422, "invalid-request"),
        (b'{"config":null}', 422, "invalid-request"),
        (b'{"config":[]}', 422, "invalid-request"),
        (b'{"config":{},"config":{}}', 422, "invalid-request"),
        (b'{"config":{},"name":"mine"}', 422, "invalid-request"),
        (b'{"config":{}}', 422, "invalid-configuration"),
        (b'{"config":{"command":7}}', 422, "invalid-configuration"),
        (b'{"config":{"url":"file:///etc/passwd"}}', 422, "invalid-configuration"),
        (b'{"config":{"url":"http://127.0.0.1:1/sse","options":{"panicIfInvalid":3}}}', 422, "invalid-configuration"),
        (b'{"config":{"a":' + b"[" * 200 + b"]" * 200 + b"}}", 422, "invalid-request"),
        (b'{"config":{"command":"' + b"x" * 300_000 + b'"}}', 413, "too-large"),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else None,
)
async def test_a_body_that_cannot_be_used_is_refused(proxy, http, management, body, status, kind):
    """A problem document says what is wrong; nothing is started."""
    response = await http.post(proxy.url("/sse"), content=body, headers={**JSON, **bearer()})
    problem_of(response, status, kind)
    assert await management.named("ad-hoc") == []


@pytest.mark.parametrize("header", ["", "%%%", "e30", encoded([]), encoded("text"), encoded({}), "bm90IEpTT04="])
async def test_a_header_that_cannot_be_used_is_refused(proxy, http, management, header):
    """What is not base64, or not the configuration of a server, starts nothing."""
    headers = {**JSON, **bearer(), HEADER: header}
    response = await http.post(proxy.url("/mcp"), content=initialize_body(), headers=headers)
    assert 400 <= response.status_code < 500, f"{response.status_code} {response.text}"
    assert response.json()["detail"], response.text
    assert await management.named("ad-hoc") == []


async def test_a_message_that_is_none_leaves_nothing(proxy, http, management):
    """A good header with a body that is no message is refused, and no server stays because of it."""
    for body in (b"", b"{", b"[]", b"7"):
        headers = {**JSON, **bearer(), HEADER: encoded(brought(proxy))}
        response = await http.post(proxy.url("/mcp"), content=body, headers=headers)
        assert 400 <= response.status_code < 500, f"{body}: {response.status_code} {response.text}"
    assert await management.named("ad-hoc") == []


@pytest.mark.parametrize("limit, depth, is_served", [(300, 200, True), (10, 20, False)])
async def test_the_message_that_brings_a_server_is_as_deep_as_any_other(launch, http, limit, depth, is_served):
    """`maxJSONDepth` decides, before a server is started."""
    with launch({}, proxy=SETTINGS, limits={"maxJSONDepth": limit}) as proxy:
        nested = json.loads("[" * depth + "]" * depth)
        client = brought_in_header(proxy, http, brought(proxy))
        if is_served:
            await client.initialize({"experimental": {"nested": nested}})
            assert await client.call_text("echo", {"text": "deep"}) == "deep"
            await client.delete()
        else:
            response = await client.post(initialize_body(capabilities={"experimental": {"nested": nested}}))
            assert "nested" in problem_of(response, 400, "not-json")["detail"]
        await none_listed(Management(proxy, http))


async def test_a_server_that_fails_says_why(proxy, http, management):
    """The problem document carries the last lines of its error output, in both ways to bring it."""
    config = brought(proxy, "stderr-last")
    sse = await http.post(proxy.url("/sse"), json={"config": config}, headers=bearer())
    assert "cannot open the database" in json.dumps(problem_of(sse, 422, "server-failed"))
    mcp = await brought_in_header(proxy, http, config).post(initialize_body())
    assert "cannot open the database" in json.dumps(problem_of(mcp, 422, "server-failed"))
    assert await management.named("ad-hoc") == []


async def test_a_killed_proxy_leaves_no_process(launch, make_proxy, http):
    """kill -9 ends the servers that came with sessions too."""
    proxy = make_proxy({}, proxy=SETTINGS).start()
    proxy.wait_ready()
    async with BroughtOverSSE(proxy, http, brought(proxy, "stubborn")).connected():
        assert proxy.children()
        proxy.kill()
        proxy.assert_nothing_left()
