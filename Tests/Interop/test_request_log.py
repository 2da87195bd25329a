"""What `logEnabled` writes: the tools of a server, how each call went, and why a request was refused."""

import json
import re

import pytest

from support.fixture import stdio
from support.managed import ACCESS, Management, bearer
from support.raw import call_body, initialize_body

pytestmark = pytest.mark.anyio

LOGGED = {"logEnabled": True}


def logged_lines(proxy, message):
    return [line for line in proxy.stderr.splitlines() if f" {message} " in line]


async def test_a_server_that_becomes_ready_names_its_tools(launch):
    """What clients see and what the filter hides, each in a list; without logEnabled nothing."""
    options = {**LOGGED, "toolFilter": {"mode": "block", "list": ["fail"]}}
    with launch({"one": stdio(name="one", options=options), "quiet": stdio(name="quiet")}) as proxy:
        proxy.wait_output("server lists tools")
        lines = logged_lines(proxy, "server lists tools")
        assert len(lines) == 1 and "server=one" in lines[0], lines
        shown = re.search(r'tools="([^"]*)"', lines[0])[1].split(", ")
        assert "echo" in shown and "fail" not in shown, lines
        assert "hidden=fail" in lines[0], lines


async def test_logging_that_is_switched_on_names_the_tools(launch, http):
    """A reload that sets logEnabled is as good as a start with it."""
    quiet = {"management": {**ACCESS, "watch": False}}
    with launch({"one": stdio(name="one")}, proxy=quiet) as proxy:
        assert not logged_lines(proxy, "server lists tools")
        proxy.rewrite({"one": stdio(name="one", options=LOGGED)}, proxy=quiet)
        await Management(proxy, http).reload()
        proxy.wait_output("server lists tools")


async def test_a_filter_that_names_no_tool_is_told(launch, http):
    """Once for the names that no tool has, also without logEnabled, and not once they are right."""

    def servers(*names):
        return {"one": stdio(name="one", options={"toolFilter": {"mode": "block", "list": ["echo", *names]}})}

    quiet = {"management": {**ACCESS, "watch": False}}
    message = "toolFilter names tools that the server does not list"
    with launch(servers("fial", "Echo"), proxy=quiet) as proxy:
        proxy.wait_output(message)
        management = Management(proxy, http)
        for names in (["fail"], ["fial"]):
            proxy.rewrite(servers(*names), proxy=quiet)
            await management.reload()
            if names == ["fial"]:
                proxy.wait_output("tools=fial")
        lines = logged_lines(proxy, message)
        assert [line.split(message)[1].strip() for line in lines] == ['server=one tools="fial, Echo"', "server=one tools=fial"]
        assert all(" warning " in line for line in lines), lines


async def test_a_tool_that_failed_is_not_logged_as_ok(launch, http):
    """A result with isError is told from one without."""
    with launch({"one": stdio(name="one", options=LOGGED)}) as proxy:
        client = await proxy.client("one", http).initialize()
        assert (await client.call("is_error"))["result"]["isError"]
        await client.call("echo", {"text": '"isError":true'})
        proxy.wait_output("tool=echo")
        outcomes = {re.search(r"tool=(\w+)", line)[1]: re.search(r"outcome=(\w+)", line)[1]
                    for line in logged_lines(proxy, "request") if "tool=" in line}
        assert outcomes == {"is_error": "isError", "echo": "ok"}, outcomes


async def refused(http, proxy, kind):
    """Sends a request that is refused in this way; returns the status that is expected."""
    url, headers, body = proxy.url("/one/mcp"), {"Content-Type": "application/json", **bearer("right")}, initialize_body()
    match kind:
        case "no token":
            expected = 401
            del headers["Authorization"]
        case "wrong token": expected, headers["Authorization"] = 401, "Bearer very-secret"
        case "host": expected, headers["Host"] = 403, "evil.example"
        case "path": expected, url = 404, proxy.url("/nothing-secret/mcp")
        case "session":
            expected, headers["Mcp-Session-Id"] = 404, "gone"
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
        case "body": expected, body = 413, b" " * 3000
        case "no JSON": expected, body = 400, b"{not"
        case "empty batch": expected, body = 400, b"[]"
        case "no metadata":
            expected, headers["MCP-Protocol-Version"] = 400, "2026-07-28"
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).encode()
        case "sessions":
            await proxy.client("one", http, headers=bearer("right")).initialize()
            expected = 503
        case "rate":
            management = Management(proxy, http)
            await management.send("POST", "/api/reload")
            return await management.send("POST", "/api/reload"), 429
    return await http.post(url, content=body, headers=headers), expected


REASONS = {
    "no token": "needs a token", "wrong token": "token is not valid", "host": "host name is not accepted",
    "path": "no server at this path", "session": "no such session", "body": "longer than 2000 bytes",
    "rate": "a minute", "no JSON": "unexpected character", "empty batch": "at least one message",
    "no metadata": "_meta is missing", "sessions": "too many sessions",
}


@pytest.mark.parametrize("kind", REASONS)
async def test_a_refused_request_leaves_a_line(launch, http, kind):
    """Status, address and reason, and nothing of the token or the path."""
    one = stdio(name="one", options={**LOGGED, "authTokens": ["right"]})
    settings = {"management": {**ACCESS, "maxChangesPerMinute": 1}}
    with launch({"one": one}, proxy=settings, limits={"maxBodyBytes": 2000, "maxSessionsPerPrincipal": 1}) as proxy:
        response, expected = await refused(http, proxy, kind)
        assert response.status_code == expected, response.text
        proxy.wait_output("request refused")
        (line,) = logged_lines(proxy, "request refused")
        assert f"status={expected}" in line and "address=127.0.0.1" in line and REASONS[kind] in line, line
        assert "secret" not in line, line
        assert ("server=one" in line) == (kind not in ("host", "path", "rate")), line


async def test_a_message_that_is_refused_over_sse_leaves_a_line(launch, http):
    """A second request with an id that is still in flight, and what is no JSON."""
    with launch({"one": stdio(name="one", options=LOGGED)}) as proxy:
        client = proxy.old_client("one", http)
        async with client.connected():
            post = lambda body: http.post(client.endpoint, content=body, headers={"Content-Type": "application/json"})
            assert (await post(call_body("mute", request_id=7))).status_code == 202
            assert (await post(call_body("echo", request_id=7))).status_code == 400
            proxy.wait_output("still in flight")
            assert (await post("{not")).status_code == 400
            proxy.wait_output("unexpected character")
            lines = logged_lines(proxy, "request refused")
            assert len(lines) == 2 and all("status=400" in line and "server=one" in line for line in lines), lines


async def test_many_equal_refusals_leave_a_few_lines(launch, http):
    """Whoever guesses tokens does not fill the disk."""
    with launch({"one": stdio(name="one", options={**LOGGED, "authTokens": ["right"]})}) as proxy:
        for number in range(40):
            response = await http.post(proxy.url("/one/mcp"), headers=bearer(f"guess-{number}"))
            assert response.status_code == 401
        proxy.wait_output("repeated=30")
        assert len(logged_lines(proxy, "request refused")) == 11


async def test_refusals_leave_no_line_without_logging(launch, http):
    """As before: nobody asked for it."""
    with launch({"one": stdio(name="one", options={"authTokens": ["right"]}), "other": stdio(name="other", options=LOGGED)}) as proxy:
        assert (await http.post(proxy.url("/one/mcp"))).status_code == 401
        assert (await http.post(proxy.url("/nowhere/mcp"))).status_code == 404
        proxy.wait_output("request refused")
        assert [line for line in logged_lines(proxy, "request refused") if "status=401" in line] == []
