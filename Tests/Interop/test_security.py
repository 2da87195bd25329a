"""Who may call, what they may call, and what is never told."""

import json
import os
import secrets

import pytest

from support.fixture import stdio
from support.raw import ACCEPT, call_body, initialize_body, request_body, text_of

pytestmark = pytest.mark.anyio


def canary(place):
    """A secret that must never be seen outside its place."""
    return f"canary-{place}-{secrets.token_hex(16)}"


DEFAULT = canary("default-token")
SECOND = canary("second-token")
SPECIFIC = canary("specific-token")
IN_PATH = canary("path-token")
ENVIRONMENT = canary("environment")
UPSTREAM_HEADER = canary("upstream-header")
UPSTREAM_QUERY = canary("upstream-query")
ARGUMENT = canary("argument")
RESULT = canary("result")
ALL_CANARIES = [DEFAULT, SECOND, SPECIFIC, IN_PATH, ENVIRONMENT, UPSTREAM_HEADER, UPSTREAM_QUERY, ARGUMENT, RESULT]

JSON = {"Content-Type": "application/json", "Accept": ACCEPT}


@pytest.fixture(scope="module")
def ledger(new_ledger):
    return new_ledger()


@pytest.fixture(scope="module")
def proxy(launch, http_fixture, ledger):
    """Everything asks for a token by default; some servers have tokens of their own, or none."""
    with http_fixture(name="web", ledger=ledger) as web:
        with_query = {"url": f"{web.mcp_url}?key={UPSTREAM_QUERY}", "transportType": "streamable-http"}
        servers = {
            "default": stdio(ledger=ledger, name="default", env={"SECRET": ENVIRONMENT}),
            "specific": stdio(name="specific", options={"authTokens": [SPECIFIC]}),
            "public": stdio(name="public", options={"authTokens": []}),
            f"fetch/{IN_PATH}": stdio(name="fetch", options={"authTokens": []}),
            "web": {**with_query, "headers": {"X-Key": UPSTREAM_HEADER}},
            "allowing": stdio(
                ledger=ledger, name="allowing", options={"toolFilter": {"mode": "allow", "list": ["echo", "whoami"]}}
            ),
            "blocking": stdio(
                ledger=ledger,
                name="blocking",
                options={"toolFilter": {"mode": "BLOCK", "list": ["echo", "tool-003"]}},
                tools=10,
                page=4,
            ),
            "broken": {
                "command": "/nonexistent/command",
                "args": ["--key", ENVIRONMENT],
                "env": {"SECRET": ENVIRONMENT},
            },
        }
        options = {"authTokens": [DEFAULT, SECOND], "logEnabled": True}
        with launch(servers, options=options) as proxy:
            yield proxy


@pytest.fixture(scope="module", autouse=True)
def never_logged(proxy):
    """After all tests of this module: no secret is anywhere in the proxy's output."""
    yield
    for secret in ALL_CANARIES:
        assert secret not in proxy.output, f"a {secret.rsplit('-', 1)[0]} was logged"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


async def initialized(proxy, http, name, token=DEFAULT):
    return await proxy.client(name, http, headers=bearer(token)).initialize()


# Tokens

ROUTES = [
    ("POST", "/default/mcp"),
    ("GET", "/default/mcp"),
    ("DELETE", "/default/mcp"),
    ("POST", "/default/"),
    ("POST", "/default"),
    ("GET", "/default/sse"),
    ("POST", "/default/message?sessionId=x"),
    ("POST", "/web/mcp"),
    ("GET", "/web/sse"),
]
WRONG = {
    "none": {},
    "empty": {"Authorization": ""},
    "only the scheme": {"Authorization": "Bearer"},
    "unknown": bearer("wrong"),
    "one character less": bearer(DEFAULT[:-1]),
    "one character more": bearer(DEFAULT + "x"),
    "another server's": bearer(SPECIFIC),
    "basic": {"Authorization": "Basic dXNlcjpwYXNz"},
}


@pytest.mark.parametrize("method, path", ROUTES)
async def test_every_route_of_a_server_asks_for_a_token(proxy, http, method, path):
    """Without a token: 401 with a WWW-Authenticate challenge, on every method of every transport."""
    response = await http.request(method, proxy.url(path), content=initialize_body(), headers=JSON)
    assert response.status_code == 401, response.text
    assert response.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("case", WRONG)
async def test_a_wrong_token_is_refused(proxy, http, case):
    """Anything but a configured token: 401, and the answer does not repeat what was shown."""
    response = await http.post(proxy.url("/default/mcp"), content=initialize_body(), headers={**JSON, **WRONG[case]})
    assert response.status_code == 401
    assert "www-authenticate" in response.headers
    assert DEFAULT not in response.text and SPECIFIC not in response.text


@pytest.mark.parametrize("token", ["default", "second"])
@pytest.mark.parametrize("form", ["Bearer {}", "{}", "Bearer   {}"])
async def test_a_token_is_accepted_with_and_without_bearer(proxy, http, form, token):
    """The Authorization header may hold the bare token or `Bearer` and the token."""
    value = form.format({"default": DEFAULT, "second": SECOND}[token])
    client = await proxy.client("default", http, headers={"Authorization": value}).initialize()
    assert await client.call_text("echo", {"text": "let in"}) == "let in"


async def test_a_token_in_the_query_is_not_accepted(proxy, http):
    """Tokens in URLs end up in logs: they count for nothing."""
    for key in ("token", "access_token", "authorization"):
        response = await http.post(proxy.url(f"/default/mcp?{key}={DEFAULT}"), content=initialize_body(), headers=JSON)
        assert response.status_code in (400, 401)


async def test_a_servers_own_tokens_replace_the_default_ones(proxy, http):
    """The specific server takes its own token and no longer the default one."""
    await initialized(proxy, http, "specific", SPECIFIC)
    response = await http.post(
        proxy.url("/specific/mcp"), content=initialize_body(), headers={**JSON, **bearer(DEFAULT)}
    )
    assert response.status_code == 401


async def test_an_empty_list_of_tokens_opens_a_server(proxy, http):
    """`authTokens: []` replaces the default list with none."""
    client = await proxy.client("public", http).initialize()
    assert await client.call_text("echo", {"text": "open"}) == "open"


async def test_readiness_names_servers_only_to_who_shows_a_token(proxy, http):
    """/healthz and /readyz answer everybody, but what the servers are is not for everybody."""
    assert (await http.get(proxy.url("/healthz"))).status_code == 200
    without = await http.get(proxy.url("/readyz"))
    assert without.status_code == 200
    assert "servers" not in without.json()
    wrong = await http.get(proxy.url("/readyz"), headers=bearer("wrong"))
    assert wrong.status_code == 401 or "servers" not in wrong.json()
    shown = await http.get(proxy.url("/readyz"), headers=bearer(DEFAULT))
    assert shown.json()["servers"]["default"]["state"] == "ready"
    for secret in ALL_CANARIES:
        if secret != IN_PATH:
            assert secret not in shown.text


async def test_a_token_in_the_path_is_a_way_in_without_headers(proxy, http):
    """`fetch/{token}` as a server key: the right path is served over both transports, any other is not found."""
    client = await proxy.client(f"fetch/{IN_PATH}", http).initialize()
    assert await client.call_text("echo", {"text": "in"}) == "in"
    async with proxy.old_client(f"fetch/{IN_PATH}", http).connected() as old:
        assert IN_PATH in old.endpoint
        assert text_of(await old.call("echo", {"text": "old"})) == "old"
    for path in ("/fetch/mcp", "/fetch/wrong/mcp", f"/fetch/{IN_PATH}x/mcp", "/fetch/", f"/fetch/{IN_PATH[:-1]}/sse"):
        response = await http.post(proxy.url(path), content=initialize_body(), headers=JSON)
        assert response.status_code == 404, path
        assert IN_PATH not in response.text


async def test_an_unknown_path_does_not_tell_what_servers_there_are(proxy, http):
    """A 404 names no server to somebody without a token."""
    response = await http.post(proxy.url("/nothing/mcp"), content=initialize_body(), headers=JSON)
    assert response.status_code in (401, 404)
    assert "specific" not in response.text and IN_PATH not in response.text


# Sessions


async def test_a_session_belongs_to_the_principal_who_began_it(proxy, http):
    """With another valid token the session does not exist: 404 on POST, GET and DELETE, and its owner notices
    nothing."""
    owner = await initialized(proxy, http, "default")
    thief = proxy.client("default", http, headers=bearer(SECOND))
    thief.session = owner.session
    async with owner.listening() as stream:
        assert (await thief.post(call_body("echo", {"text": "t"}))).status_code == 404
        assert (await http.get(thief.url, headers=thief.headers(Accept="text/event-stream"))).status_code == 404
        assert (await thief.delete()).status_code == 404
        await owner.call("add_tool", {"name": "for-the-owner"})
        await stream.notification("notifications/tools/list_changed")
    assert await owner.call_text("echo", {"text": "mine"}) == "mine"


async def test_a_foreign_session_looks_exactly_like_an_unknown_one(proxy, http):
    """The two refusals are the same, byte for byte."""
    owner = await initialized(proxy, http, "default")
    thief = proxy.client("default", http, headers=bearer(SECOND))
    thief.session = owner.session
    foreign = await thief.post(request_body("ping"))
    thief.session = "0" * len(owner.session)
    unknown = await thief.post(request_body("ping"))
    assert (foreign.status_code, foreign.text) == (unknown.status_code, unknown.text)


async def test_a_session_belongs_to_its_route(proxy, http):
    """The same principal cannot use a session of one server at another."""
    owner = await initialized(proxy, http, "default")
    elsewhere = proxy.client("web", http, headers=bearer(DEFAULT))
    elsewhere.session = owner.session
    assert (await elsewhere.post(request_body("ping"))).status_code == 404
    assert (await elsewhere.delete()).status_code == 404
    assert await owner.call_text("echo", {"text": "mine"}) == "mine"


async def test_a_session_belongs_to_its_transport(proxy, http):
    """An id of HTTP+SSE is none of streamable HTTP, and the other way round."""
    async with proxy.old_client("default", http, headers=bearer(DEFAULT)).connected() as old:
        client = proxy.client("default", http, headers=bearer(DEFAULT))
        client.session = old.endpoint.partition("sessionId=")[2]
        assert (await client.post(request_body("ping"))).status_code == 404
    streamable = await initialized(proxy, http, "default")
    url = proxy.url(f"/default/message?sessionId={streamable.session}")
    assert (await http.post(url, content=request_body("ping"), headers={**JSON, **bearer(DEFAULT)})).status_code == 404


async def test_an_old_session_belongs_to_the_principal_who_began_it(proxy, http):
    """POST to somebody else's message URL is 404 and nothing appears on the owner's stream."""
    async with proxy.old_client("default", http, headers=bearer(DEFAULT)).connected() as owner:
        headers = {"Content-Type": "application/json", **bearer(SECOND)}
        response = await http.post(owner.endpoint, content=call_body("echo", {"text": "x"}, 55), headers=headers)
        assert response.status_code == 404
        assert text_of(await owner.call("echo", {"text": "mine"}, 2)) == "mine"
        assert not [message for message in owner.stream.messages() if message.get("id") == 55]


async def test_a_token_must_be_shown_with_every_request_of_a_session(proxy, http):
    """A session is not authentication."""
    owner = await initialized(proxy, http, "default")
    bare = proxy.client("default", http)
    bare.session = owner.session
    assert (await bare.post(request_body("ping"))).status_code == 401


# Tool filters


async def every_tool(client):
    names, cursor = [], None
    while True:
        result = (await client.request("tools/list", {"cursor": cursor} if cursor else {}))["result"]
        names += [tool["name"] for tool in result["tools"]]
        cursor = result.get("nextCursor")
        if cursor is None:
            return names


async def test_an_allow_list_shows_only_its_tools(proxy, http):
    """mode allow: the listed tools in the upstream's order, and no other."""
    assert await every_tool(await initialized(proxy, http, "allowing")) == ["echo", "whoami"]


async def test_a_block_list_hides_its_tools_on_every_page(proxy, http):
    """mode block, in any case of letters: everything else is listed, over all pages."""
    names = await every_tool(await initialized(proxy, http, "blocking"))
    assert "echo" not in names and "tool-003" not in names
    assert {"whoami", "tool-002", "tool-009"} <= set(names)


@pytest.mark.parametrize(
    "name, tool",
    [("allowing", "progress"), ("blocking", "echo"), ("blocking", "tool-003"), ("allowing", "no-such-tool")],
)
async def test_a_filtered_tool_cannot_be_called_either(proxy, http, ledger, name, tool):
    """A call is refused with a JSON-RPC error and never reaches the upstream, over both transports."""
    client = await initialized(proxy, http, name)
    assert "error" in await client.call(tool, {"text": ARGUMENT})
    async with proxy.old_client(name, http, headers=bearer(DEFAULT)).connected() as old:
        assert "error" in await old.call(tool, {"text": ARGUMENT}, 9)
    assert not [entry for entry in ledger.calls(tool) if entry["server"] == name]


@pytest.mark.parametrize(
    "body",
    [
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{},"\\u006eame":"\\u0065cho"}}',
        '{"jsonrpc":"2.0","id":1,"\\u006dethod":"tools\\/call","params":{"name":"echo"}}',
    ],
)
async def test_a_filtered_tool_cannot_be_called_by_writing_it_otherwise(proxy, http, ledger, body):
    """Escapes in names and methods are read before the filter decides."""
    client = await initialized(proxy, http, "blocking")
    assert "error" in json.loads(await client.answer(body))
    assert not [entry for entry in ledger.calls("echo") if entry["server"] == "blocking"]


async def test_an_allowed_tool_works(proxy, http):
    """The filter touches nothing else."""
    assert await (await initialized(proxy, http, "allowing")).call_text("echo", {"text": "t"}) == "t"
    assert (await (await initialized(proxy, http, "blocking")).call("whoami"))["result"]


# What passes and what does not


async def test_nothing_of_the_clients_credentials_reaches_an_upstream(proxy, http, ledger):
    """Token, cookies, session id, Origin and forwarding headers stay here; the configured headers are sent."""
    cookie = canary("cookie")
    headers = {
        **bearer(DEFAULT),
        "Cookie": f"a={cookie}",
        "X-Api-Key": cookie,
        "Proxy-Authorization": cookie,
        "X-Forwarded-For": "203.0.113.9",
        "Forwarded": f"for={cookie}",
    }
    client = await proxy.client("web", http, headers=headers).initialize()
    seen = json.loads(await client.call_text("whoami"))["headers"]
    assert seen["x-key"] == UPSTREAM_HEADER
    assert seen["mcp-session-id"] != client.session
    written = ledger.raw_bytes().decode()
    for secret in (cookie, DEFAULT, SECOND, SPECIFIC, client.session, "203.0.113.9"):
        assert secret not in written, f"{secret} reached the upstream"


async def test_a_child_sees_no_token(proxy, http):
    """The environment of a child holds what its entry says and none of the proxy's tokens."""
    client = await initialized(proxy, http, "default")
    assert json.loads(await client.call_text("environment", {"name": "SECRET"}))["value"] == ENVIRONMENT
    for pid in proxy.children():
        with open(f"/proc/{pid}/environ", "rb") as environment, open(f"/proc/{pid}/cmdline", "rb") as command:
            assert DEFAULT.encode() not in environment.read() + command.read()


async def test_a_child_inherits_nothing_but_its_three_pipes(proxy):
    """No socket, file or pipe of the proxy leaks into a child: descriptors 0, 1 and 2 only at its start."""
    for pid, command in proxy.children().items():
        if "stdio_server.py" not in command:
            continue
        for descriptor in os.listdir(f"/proc/{pid}/fd"):
            target = os.readlink(f"/proc/{pid}/fd/{descriptor}")
            # Python's own event loop opens an epoll descriptor and a pair of sockets.
            own = target.startswith(("anon_inode:", "socket:", "/dev/null")) or target.endswith("ledger.jsonl")
            assert int(descriptor) <= 2 or own, f"{descriptor} of {pid} is {target}"


async def test_errors_about_a_broken_server_tell_nothing_of_its_command_line(proxy, http):
    """The client learns that the server is broken, not how it is started."""
    response = await http.post(proxy.url("/broken/mcp"), content=initialize_body(), headers={**JSON, **bearer(DEFAULT)})
    assert "broken" in response.text
    assert "/nonexistent" not in response.text and ENVIRONMENT not in response.text


async def test_arguments_and_results_are_never_logged(proxy, http):
    """With logEnabled, a call's line tells method and tool; `never_logged` checks that it does not tell the rest."""
    client = await initialized(proxy, http, "default")
    assert await client.call_text("echo", {"text": ARGUMENT}) == ARGUMENT
    assert "error" in await client.call("verbatim", {"error": json.dumps({"code": -1, "message": RESULT})})


async def test_a_name_cannot_forge_a_line_of_the_log(proxy, http):
    """Control characters in what a client sends appear escaped, never as a line of their own."""
    client = await initialized(proxy, http, "default")
    await client.call("x\n2026-01-01 forged line\r\x1b[31m", {})
    assert "\n2026-01-01 forged line" not in proxy.output
    assert "\x1b[31m" not in proxy.output


HIDDEN = ["\x00", "\x7f", "\x85", "\x9b", "\u061c", "\u200b", "\u200f", "\u2028", "\u2029", "\u202e", "\u2066", "\ufeff"]


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda text: f"U+{ord(text):04X}")
async def test_what_nobody_sees_is_written_out_in_the_log(proxy, http, hidden):
    """Controls of both kinds, separators, marks of direction and what has no width."""
    client = await initialized(proxy, http, "default")
    await client.call(f"start{hidden}end", {})
    proxy.wait_output(f"tool=start\\u{{{ord(hidden):x}}}end")
    assert hidden not in proxy.output


async def test_a_long_name_is_cut_in_the_log(proxy, http):
    """256 bytes of a name are enough."""
    client = await initialized(proxy, http, "default")
    await client.call("long" + "x" * 10_000, {})
    await client.request("longer" + "y" * 10_000)
    proxy.wait_output("long" + "x" * 252 + "…")
    proxy.wait_output("longer" + "y" * 250 + "…")
    assert "x" * 257 not in proxy.output and "y" * 257 not in proxy.output
