"""The headers that repeat a request of revision 2026-07-28 must say the same as its body, whatever server is behind."""

import asyncio
import json

import pytest

from fixtures.marked_tools import MARKED_TOOLS
from support.envelope import VERSION, modern_call, modern_request
from support.raw import exchange, status_of

pytestmark = pytest.mark.anyio

ALL = ["legacy-stdio", "legacy-http", "legacy-sse", "modern-stdio", "modern-http"]
BOTH = ["legacy-stdio", "modern-http"]
MISMATCH = -32020
ECHO = modern_call("echo", {"text": "t"}, request_id="mine")
MARKED = next(tool["inputSchema"] for tool in MARKED_TOOLS if tool["name"] == "marked")


@pytest.fixture
def front(front, ledger):
    """No request that is refused reaches the server."""
    front.ledger = ledger
    return front


async def refused(front, message, changed, schema=None):
    """The request is refused as a header mismatch, and the server behind does not see it."""
    before = len(front.ledger.entries("request", method=message["method"]))
    await front.refusal(message, 400, MISMATCH, schema=schema, changed=changed)
    assert len(front.ledger.entries("request", method=message["method"])) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"MCP-Protocol-Version": None},
        {"MCP-Protocol-Version": "2025-11-25"},
        {"MCP-Protocol-Version": "2099-01-01"},
        {"MCP-Protocol-Version": ""},
        {"Mcp-Method": None},
        {"Mcp-Method": "tools/list"},
        {"Mcp-Method": "TOOLS/CALL"},
        {"Mcp-Method": ""},
        {"Mcp-Name": None},
        {"Mcp-Name": "fail"},
        {"Mcp-Name": "ECHO"},
        {"Mcp-Name": "=?base64?ZmFpbA==?="},
        {"Mcp-Name": "=?base64?ZWNobw?="},
        {"Mcp-Name": "=?base64?!!!!?="},
    ],
    ids=str,
)
@pytest.mark.parametrize("server", BOTH)
async def test_a_header_that_is_missing_or_says_something_else_is_refused(front, changed):
    """-32020 and HTTP 400, under the request's id."""
    await refused(front, ECHO, changed)


@pytest.mark.parametrize(
    "method, params",
    [("prompts/get", {"name": "greet"}), ("resources/read", {"uri": "mem://one"}), ("tools/call", {"name": "echo"})],
)
@pytest.mark.parametrize("server", ALL)
async def test_what_a_request_names_is_in_its_header(front, method, params):
    """Mcp-Name is required wherever something is named, and must name the same."""
    message = modern_request(method, params, request_id="mine")
    await refused(front, message, {"Mcp-Name": None})
    await refused(front, message, {"Mcp-Name": "other"})
    assert "result" in await front.answer(message)


@pytest.mark.parametrize(
    "changed",
    [
        {"Mcp-Name": "=?base64?ZWNobw==?="},
        {"mcp-method": "tools/call"},
        {"MCP-METHOD": "tools/call"},
        {"MCP-PROTOCOL-VERSION": VERSION},
        {"MCP-NAME": "echo"},
    ],
    ids=str,
)
@pytest.mark.parametrize("server", BOTH)
async def test_the_case_of_a_header_means_nothing(front, changed):
    """HTTP says so; and an encoded name counts as the name."""
    assert (await front.result(ECHO, changed=changed))["content"][0]["text"] == "t"


@pytest.mark.parametrize("server", BOTH)
async def test_white_space_around_a_value_means_nothing(front, servers):
    """HTTP takes it off before anybody looks at the value."""
    message = modern_call("marked", {"region": "us-west1"})
    fields = {**front.headers(message, schema=MARKED), "Mcp-Name": "  marked\t ", "Mcp-Param-Region": "\t us-west1  "}
    body = json.dumps(message)
    head = "".join(f"{name}:{value}\r\n" for name, value in fields.items())
    path = front.url.removeprefix(servers.proxy.base)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{head}Content-Length: {len(body)}\r\n\r\n"
    received = await asyncio.to_thread(exchange, servers.proxy.port, (head + body).encode())
    assert status_of(received) == 200, received


@pytest.mark.parametrize("name", ["Mcp-Method", "Mcp-Name", "MCP-Protocol-Version"])
@pytest.mark.parametrize("server", BOTH)
async def test_a_header_that_is_given_twice_is_refused(front, http, name):
    """Whoever reads the first and whoever reads the last would not agree."""
    headers = [*front.headers(ECHO).items(), (name, "other")]
    response = await http.post(front.url, json=ECHO, headers=headers)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == MISMATCH


@pytest.mark.parametrize("server", ALL)
async def test_a_name_beyond_ascii_is_encoded(front):
    """A tool whose name cannot be in a header is called by its encoded name."""
    name = "новый-中-\U0001f600"
    await front.result(modern_call("add_tool", {"name": name}))
    message = modern_call(name, request_id="mine")
    assert (await front.result(message))["content"][0]["text"] == f"{name} was called"
    await refused(front, message, {"Mcp-Name": name.encode()})


ARGUMENTS = {"region": "us-west1", "count": 42, "dry_run": True, "target": {"zone": "=?base64?x?="}}


@pytest.mark.parametrize(
    "changed",
    [
        {"Mcp-Param-Region": None},
        {"Mcp-Param-Region": "us-east1"},
        {"Mcp-Param-Region": "US-WEST1"},
        {"Mcp-Param-Region": "=?base64?dXMtd2VzdDE?="},
        {"Mcp-Param-Region": "=?base64?dXMt!!!d2VzdDE=?="},
        {"Mcp-Param-Region": "=?BASE64?dXMtd2VzdDE=?="},
        {"Mcp-Param-Region": "dXMtd2VzdDE="},
        {"Mcp-Param-Region": "ü".encode()},
        {"Mcp-Param-Count": None},
        {"Mcp-Param-Count": "43"},
        {"Mcp-Param-Count": "42.5"},
        {"Mcp-Param-Count": "forty-two"},
        {"Mcp-Param-Dry-Run": None},
        {"Mcp-Param-Dry-Run": "True"},
        {"Mcp-Param-Dry-Run": "1"},
        {"Mcp-Param-Zone": None},
        {"Mcp-Param-Zone": "=?base64?x?="},
    ],
    ids=str,
)
@pytest.mark.parametrize("server", ALL)
async def test_a_marked_argument_must_be_in_its_header(front, changed):
    """-32020 and HTTP 400 when the header is missing, differs or cannot be decoded, whatever server is behind."""
    await refused(front, modern_call("marked", ARGUMENTS, request_id="mine"), changed, schema=MARKED)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"Mcp-Param-Count": "42.0"},
        {"Mcp-Param-Region": "=?base64?dXMtd2VzdDE=?="},
        {"MCP-PARAM-REGION": "us-west1"},
        {"Mcp-Param-Unknown": "anything"},
    ],
    ids=str,
)
@pytest.mark.parametrize("server", ALL)
async def test_a_marked_argument_may_be_written_in_more_than_one_way(front, changed):
    """Encoded or not, or as another spelling of the same integer: all say the same."""
    result = await front.result(modern_call("marked", ARGUMENTS), schema=MARKED, changed=changed)
    assert result["structuredContent"] == ARGUMENTS


@pytest.mark.parametrize("value", ["SGVsbG8=", "=?base64?SGVsbG8=", "SGVsbG8=?="])
@pytest.mark.parametrize("server", BOTH)
async def test_half_a_sentinel_is_an_ordinary_value(front, value):
    """Only both ends together mean Base64."""
    result = await front.result(
        modern_call("marked", {"region": value}), schema=MARKED, changed={"Mcp-Param-Region": value}
    )
    assert result["structuredContent"] == {"region": value}


@pytest.mark.parametrize("arguments", [{}, {"region": None}, {"target": None}, {"target": {"unmarked": "u"}}], ids=str)
@pytest.mark.parametrize("server", ALL)
async def test_no_header_is_wanted_for_an_argument_that_is_not_there(front, arguments):
    """An argument that is absent or null has no header."""
    result = await front.result(modern_call("marked", arguments))
    assert result["structuredContent"] == arguments


@pytest.mark.parametrize("server", ["modern-http"])
async def test_a_parameter_header_that_we_do_not_know_goes_through(front):
    """An intermediary forwards what it does not recognise."""
    await front.result(ECHO, changed={"Mcp-Param-Unknown": "anything", "Mcp-Param-Other": "=?base64?w6k=?="})
    headers = front.ledger.calls("echo")[-1]["headers"]
    assert (headers["mcp-param-unknown"], headers["mcp-param-other"]) == ("anything", "=?base64?w6k=?=")


@pytest.mark.parametrize("server", ["modern-http"])
async def test_what_the_server_gets_is_made_from_the_body(front):
    """Headers go out in one spelling, and nothing of the client's connection goes with them."""
    await front.result(ECHO, changed={"mcp-name": "=?base64?ZWNobw==?=", "Mcp-Session-Id": "made-up"})
    headers = front.ledger.calls("echo")[-1]["headers"]
    assert headers["mcp-name"] == "echo"
    assert headers["mcp-method"] == "tools/call"
    assert headers["mcp-protocol-version"] == VERSION
    assert "mcp-session-id" not in headers
