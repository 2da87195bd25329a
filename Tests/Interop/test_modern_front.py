"""What a request of revision 2026-07-28 must carry, how it is refused without, and what its answer carries."""

import json

import pytest

from support.channels import LegacySSE
from support.envelope import CACHEABLE, META, VERSION, meta_of, modern_call, modern_request
from support.raw import error_of
from support.wait import eventually_async

pytestmark = pytest.mark.anyio

# One of each era is enough where the proxy answers by itself.
BOTH = ["legacy-stdio", "modern-http"]
ALL = ["legacy-stdio", "legacy-http", "legacy-sse", "modern-stdio", "modern-http"]
REMOVED = ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"]
ECHO = modern_call("echo", {"text": "t"})
COMPLETION = {"ref": {"type": "ref/prompt", "name": "greet"}, "argument": {"name": "name", "value": "al"}}


def with_meta(changed, method="tools/list"):
    """A request whose `_meta` lacks what is None and has what is not."""
    meta = {**meta_of(), **{META + name: value for name, value in changed.items()}}
    meta = {name: value for name, value in meta.items() if value is not None}
    return {"jsonrpc": "2.0", "id": "mine", "method": method, "params": {"_meta": meta}}


@pytest.mark.parametrize("server", BOTH)
async def test_an_unknown_version_is_refused_with_the_known_ones(front):
    """-32022 and HTTP 400; the data names what was asked for and what is spoken here."""
    message = modern_request("tools/list", request_id="mine", version="2099-01-01")
    error = await front.refusal(message, 400, -32022)
    assert error["data"]["requested"] == "2099-01-01"
    assert VERSION in error["data"]["supported"]


@pytest.mark.parametrize("method", ["server/discover", "tools/list", "subscriptions/listen"])
@pytest.mark.parametrize("server", BOTH)
async def test_an_unknown_version_is_refused_for_every_method(front, method):
    """The version counts before what is asked for."""
    await front.refusal(modern_request(method, {"notifications": {}}, version="1900-01-01"), 400, -32022)


@pytest.mark.parametrize(
    "changed",
    [
        {"protocolVersion": None},
        {"clientCapabilities": None},
        {"clientCapabilities": []},
        {"clientCapabilities": "all"},
        {"logLevel": "loud"},
        {"logLevel": 3},
    ],
    ids=str,
)
@pytest.mark.parametrize("server", BOTH)
async def test_metadata_that_is_missing_or_of_the_wrong_type_is_refused(front, changed):
    """-32602 and HTTP 400."""
    await front.refusal(with_meta(changed), 400, -32602)


@pytest.mark.parametrize("params", [{}, {"_meta": {}}, {"_meta": None}, {"_meta": []}, None], ids=str)
@pytest.mark.parametrize("server", BOTH)
async def test_a_request_without_metadata_is_refused(front, http, params):
    """A header that names the revision does not stand for the metadata: -32602 and HTTP 400."""
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    if params is not None:
        message["params"] = params
    headers = front.headers(modern_request("tools/list"))
    response = await http.post(front.url, content=json.dumps(message), headers=headers)
    assert response.status_code == 400, response.text
    assert error_of(response)["code"] == -32602
    assert response.json()["id"] == 1


@pytest.mark.parametrize("server", ALL)
async def test_the_clients_name_is_optional(front):
    """A request without clientInfo is served."""
    result = await front.result(modern_call("echo", {"text": "t"}, info=None))
    assert result["content"][0]["text"] == "t"


@pytest.mark.parametrize("method", REMOVED)
@pytest.mark.parametrize("server", BOTH)
async def test_a_removed_method_is_unknown(front, ledger, method):
    """-32601 and HTTP 404, and the server behind is not bothered."""
    before = len(ledger.entries("request", method=method))
    params = {"uri": "mem://one", "level": "debug", "protocolVersion": VERSION, "capabilities": {}}
    await front.refusal(modern_request(method, params, request_id="mine"), 404, -32601)
    assert len(ledger.entries("request", method=method)) == before


@pytest.mark.parametrize("server", ALL)
async def test_an_unknown_method_is_unknown_with_the_right_status(front):
    """-32601 and HTTP 404, also when it is the server behind that says so."""
    await front.refusal(modern_request("com.example/unknown", request_id="mine"), 404, -32601)


@pytest.mark.parametrize("server", ALL)
async def test_an_error_of_a_tool_is_no_error_of_http(front):
    """What a tool refuses comes with HTTP 200."""
    answer = await front.answer(modern_call("fail", {"code": 4050}))
    assert answer["error"]["code"] == 4050


@pytest.mark.parametrize("server", ["modern-stdio", "modern-http"])
async def test_a_missing_capability_is_refused_with_the_right_status(front):
    """-32021 and HTTP 400, with the capability that is needed."""
    error = await front.refusal(modern_call("interview"), 400, -32021)
    assert error["data"] == {"requiredCapabilities": {"elicitation": {}}}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("server", BOTH)
async def test_only_post_exists(front, http, method):
    """GET and DELETE with this revision's header: 405."""
    headers = {"MCP-Protocol-Version": VERSION, "Accept": "text/event-stream, application/json"}
    response = await http.request(method, front.url, headers=headers)
    assert response.status_code == 405
    assert "POST" in response.headers.get("allow", "")


@pytest.mark.parametrize(
    "body, code",
    [
        ("[%s]", -32600),
        ("[%s, %s]", -32600),
        ("[]", -32600),
        ('"text"', -32600),
        ("{", -32700),
        ("", -32700),
    ],
)
@pytest.mark.parametrize("server", BOTH)
async def test_what_is_not_one_message_is_refused(front, http, ledger, body, code):
    """Batches are gone, and what is no JSON is none: HTTP 400 and the code for it."""
    before = len(ledger.calls("echo"))
    content = body.replace("%s", json.dumps(ECHO))
    response = await http.post(front.url, content=content, headers=front.headers(ECHO))
    assert response.status_code == 400, response.text
    assert error_of(response)["code"] == code
    assert len(ledger.calls("echo")) == before


@pytest.mark.parametrize("request_id", [None, 1.5, True, [], {}], ids=str)
@pytest.mark.parametrize("server", BOTH)
async def test_an_id_is_a_string_or_an_integer(front, request_id):
    """Anything else is refused: -32600 and HTTP 400."""
    response = await front.post({**ECHO, "id": request_id})
    assert response.status_code == 400, response.text
    assert error_of(response)["code"] == -32600


@pytest.mark.parametrize("outcome", [{"result": {}}, {"error": {"code": -1, "message": "no"}}], ids=str)
@pytest.mark.parametrize("server", BOTH)
async def test_an_answer_is_refused(front, http, ledger, outcome):
    """Clients of this revision are never asked, so they have nothing to answer: HTTP 400, and nobody sees it."""
    before = len(ledger.entries("answer"))
    body = json.dumps({"jsonrpc": "2.0", "id": 1, **outcome})
    response = await http.post(front.url, content=body, headers=front.headers(ECHO))
    assert response.status_code == 400, response.text
    await front.result(ECHO)
    assert len(ledger.entries("answer")) == before


@pytest.mark.parametrize("method", ["notifications/cancelled", "notifications/com.example/unknown"])
@pytest.mark.parametrize("server", BOTH)
async def test_a_notification_is_accepted_without_a_body(front, http, method):
    """202; what the revision does not know of is not bothered about."""
    message = {"jsonrpc": "2.0", "method": method, "params": {"requestId": 77, "_meta": meta_of()}}
    response = await http.post(front.url, content=json.dumps(message), headers=front.headers(message))
    assert (response.status_code, response.content) == (202, b"")
    assert (await front.result(ECHO))["content"][0]["text"] == "t"


@pytest.mark.parametrize("server", ALL)
async def test_sessions_are_neither_made_nor_minded(front):
    """No answer names a session, and a session id or an event id that comes along means nothing."""
    for message in (modern_request("server/discover"), modern_request("tools/list"), ECHO):
        response = await front.post(message, changed={"Mcp-Session-Id": "made-up", "Last-Event-ID": "made-up"})
        assert response.status_code == 200, response.text
        assert "mcp-session-id" not in response.headers


@pytest.mark.parametrize("server", BOTH)
async def test_a_foreign_origin_is_refused(front, http):
    """A page of another site gets nothing: HTTP 403."""
    response = await front.post(ECHO, changed={"Origin": "https://evil.example.com"})
    assert response.status_code == 403


@pytest.mark.parametrize("method", sorted(CACHEABLE))
@pytest.mark.parametrize("server", ALL)
async def test_what_can_be_cached_says_how_long_and_by_whom(front, method):
    """ttlMs and cacheScope are in every result that may be kept, beside resultType and who the server is."""
    result = await front.result(modern_request(method, {"uri": "mem://one"} if method == "resources/read" else {}))
    assert result["resultType"] == "complete"
    assert isinstance(result["ttlMs"], int) and result["ttlMs"] >= 0
    assert result["cacheScope"] in ("public", "private")
    assert isinstance(result["_meta"][META + "serverInfo"]["name"], str)


@pytest.mark.parametrize(
    "method, params",
    [
        ("tools/call", {"name": "echo", "arguments": {"text": "t"}}),
        ("prompts/get", {"name": "greet", "arguments": {"name": "Ada"}}),
        ("completion/complete", COMPLETION),
    ],
)
@pytest.mark.parametrize("server", ALL)
async def test_what_cannot_be_cached_says_nothing_of_it(front, method, params):
    """A result of a call has resultType and who the server is, and no caching hints."""
    result = await front.result(modern_request(method, params))
    assert result["resultType"] == "complete"
    assert isinstance(result["_meta"][META + "serverInfo"]["name"], str)
    assert not {"ttlMs", "cacheScope"} & result.keys()


@pytest.mark.parametrize("server", ALL)
async def test_a_stream_is_not_to_be_buffered(front):
    """An answer with notifications before it is an event stream that tells proxies not to hold it back."""
    stream = await front.stream(modern_call("progress", {"steps": 3}, meta={"progressToken": 1}))
    try:
        await stream.end()
        assert stream.response.headers.get("x-accel-buffering") == "no"
        assert "mcp-session-id" not in stream.response.headers
        told = [message.get("method", "answer") for message in stream.messages()]
        assert told == 3 * ["notifications/progress"] + ["answer"]
    finally:
        await stream.close()


@pytest.mark.parametrize("server", ALL)
async def test_two_requests_may_have_the_same_id_at_once(front, ledger, directory):
    """Clients that know nothing of each other are served side by side."""
    gate = directory() / "gate"
    stream = front.visitor()
    held = modern_call("hold", {"file": str(gate)}, request_id=1)
    await stream.channel.send(held)
    await eventually_async(lambda: [call for call in ledger.calls("hold") if str(gate) in call["raw"]], "the held call")
    answer = await front.answer(modern_call("echo", {"text": "other"}, request_id=1))
    assert (answer["id"], answer["result"]["content"][0]["text"]) == (1, "other")
    gate.touch()
    answer = await stream.inbox.answer(1)
    assert answer["result"]["content"][0]["text"] == "released"
    await stream.channel.close()


@pytest.mark.parametrize("request_id", [0, -1, 9007199254740993, "", "1", "é\U0001f600", "x" * 200], ids=repr)
@pytest.mark.parametrize("server", BOTH)
async def test_an_id_comes_back_as_it_was_written(front, request_id):
    """Type and value stay."""
    answer = await front.answer(modern_call("echo", {"text": "t"}, request_id=request_id))
    assert answer["id"] == request_id and type(answer["id"]) is type(request_id)


@pytest.mark.parametrize("server", ["modern-stdio", "modern-http"])
async def test_a_modern_server_sees_the_clients_own_metadata(front, ledger):
    """clientInfo, capabilities, logLevel, trace context and what we do not know of arrive as the client wrote them."""
    declared, info = {"roots": {}, "extensions": {"com.example/x": {}}}, {"name": "é", "version": "9", "x": 1}
    sent = {
        **meta_of(declared, "notice", info=info),
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "com.example/n": {"n": 12345678901234567890},
    }
    params = {"name": "echo", "arguments": {"text": "seen"}, "_meta": sent, "com.example/beside": [1]}
    await front.result({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    received = ledger.calls("echo")[-1]["params"]
    assert received["_meta"] == sent
    assert received["com.example/beside"] == [1]


@pytest.mark.parametrize("server", BOTH)
async def test_over_http_sse_there_are_only_sessions(servers, server, http):
    """The transport ended before this revision: its metadata means nothing there, and a session is needed."""
    channel = LegacySSE(servers.proxy.url(f"/{server}/sse"), http)
    async with channel.opened():
        await channel.send(modern_request("tools/list", request_id="mine"))
        answer = await channel.inbox.wait_for(
            lambda: next((message for message in channel.inbox.messages() if message.get("id") == "mine"), None),
            "the refusal",
        )
        assert answer["error"]["code"] == -32600
