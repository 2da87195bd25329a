"""Bad input gets a clear error, and the proxy goes on."""

import contextlib
import json
import socket
import threading

import pytest

from support.fixture import stdio
from support.processes import peak_resident_bytes
from support.raw import (
    ACCEPT,
    call_body,
    error_of,
    exchange,
    initialize_body,
    messages_of,
    notification_body,
    only_answer,
    request_body,
    status_of,
    text_of,
)

pytestmark = pytest.mark.anyio

MEBIBYTE = 1024 * 1024
PARSE_ERROR = -32700
INVALID_REQUEST = -32600
DEEP = 100_000


@pytest.fixture(scope="module")
def ledger(new_ledger):
    return new_ledger()


@pytest.fixture(scope="module")
def proxy(launch, ledger):
    with launch({"echo": stdio(ledger=ledger), "other": stdio()}) as proxy:
        yield proxy


@pytest.fixture
async def client(proxy, http):
    client = await proxy.client("echo", http).initialize()
    yield client
    assert await client.call_text("echo", {"text": "still"}) == "still", "the session did not survive bad input"


NOT_JSON = {
    "cut off": b'{"jsonrpc":"2.0","id":1,"method":"pi',
    "empty": b"",
    "only white space": b" \n ",
    "trailing text": b'{"jsonrpc":"2.0","id":1,"method":"ping"} x',
    "two values": b'{"jsonrpc":"2.0","id":1,"method":"ping"}{"jsonrpc":"2.0","id":2,"method":"ping"}',
    "single quotes": b"{'jsonrpc':'2.0','id':1,'method':'ping'}",
    "a comment": b'{"jsonrpc":"2.0","id":1,"method":"ping"/**/}',
    "a trailing comma": b'{"jsonrpc":"2.0","id":1,"method":"ping",}',
    "NaN": b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":NaN}}',
    "a leading zero": b'{"jsonrpc":"2.0","id":01,"method":"ping"}',
    "a control character in a string": b'{"jsonrpc":"2.0","id":1,"method":"pi\x01ng"}',
    "a bad escape": b'{"jsonrpc":"2.0","id":1,"method":"pi\\xng"}',
    "a byte order mark": b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"method":"ping"}',
    "UTF-16": '{"jsonrpc":"2.0","id":1,"method":"ping"}'.encode("utf-16"),
    "invalid UTF-8": b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\xff\xfe"}}',
    "an overlong form": b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\xc0\xaf"}}',
    "an encoded surrogate": b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\xed\xa0\x80"}}',
    "a form": b"jsonrpc=2.0&id=1&method=ping",
}

NOT_A_REQUEST = {
    "id null": '{"jsonrpc":"2.0","id":null,"method":"ping"}',
    "id an object": '{"jsonrpc":"2.0","id":{},"method":"ping"}',
    "id an array": '{"jsonrpc":"2.0","id":[1],"method":"ping"}',
    "id true": '{"jsonrpc":"2.0","id":true,"method":"ping"}',
    "id 1e2": '{"jsonrpc":"2.0","id":1e2,"method":"ping"}',
    "id 1.5": '{"jsonrpc":"2.0","id":1.5,"method":"ping"}',
    "jsonrpc 1.0": '{"jsonrpc":"1.0","id":1,"method":"ping"}',
    "jsonrpc missing": '{"id":1,"method":"ping"}',
    "jsonrpc a number": '{"jsonrpc":2.0,"id":1,"method":"ping"}',
    "method a number": '{"jsonrpc":"2.0","id":1,"method":5}',
    "method and result": '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}',
    "neither method nor result": '{"jsonrpc":"2.0","id":1}',
    "result and error": '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"m"}}',
    "a string": '"ping"',
    "a number": "42",
    "null": "null",
}

AMBIGUOUS = {
    "id twice": '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
    "id twice, once escaped": '{"jsonrpc":"2.0","id":1,"\\u0069d":2,"method":"ping"}',
    "name twice": '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","name":"fail"}}',
    "a key twice in arguments": (
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"a","text":"b"}}}'
    ),
}


@pytest.mark.parametrize("case", NOT_JSON)
async def test_what_is_not_json_is_a_parse_error_with_id_null(client, case):
    """Malformed JSON and invalid UTF-8 answer 400 with -32700 and id null."""
    response = await client.post(NOT_JSON[case])
    assert response.status_code == 400, response.text
    message = json.loads(response.text)
    assert message["error"]["code"] == PARSE_ERROR, message
    assert "id" in message and message["id"] is None, message


@pytest.mark.parametrize("case", NOT_A_REQUEST)
async def test_what_is_not_a_message_is_an_invalid_request(client, case):
    """JSON that is not a JSON-RPC message answers 400 with -32600."""
    response = await client.post(NOT_A_REQUEST[case])
    assert response.status_code == 400, response.text
    assert error_of(response)["code"] == INVALID_REQUEST, response.text


@pytest.mark.parametrize("case", AMBIGUOUS)
async def test_a_name_that_stands_twice_in_an_object_is_refused(client, case):
    """What another parser might read otherwise answers 400, and never reaches a server."""
    response = await client.post(AMBIGUOUS[case])
    assert response.status_code == 400, response.text
    assert error_of(response)["code"] in (PARSE_ERROR, INVALID_REQUEST), response.text


@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"a":', "}")])
async def test_json_of_a_hundred_thousand_levels_is_refused(client, opening, closing):
    """Deep nesting answers 400, by the depth limit, without harm."""
    nested = opening * DEEP + ("1" if opening != "[" else "") + closing * DEEP
    response = await client.post(f'{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"x":{nested}}}}}')
    assert response.status_code == 400, response.text
    assert error_of(response)["code"] in (PARSE_ERROR, INVALID_REQUEST), response.text


BATCH = [
    {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "echo", "arguments": {"text": "one"}}},
    {"jsonrpc": "2.0", "method": "notifications/com.example/x"},
    {"jsonrpc": "2.0", "id": "two", "method": "ping"},
]


def answers_of(response):
    """The answers of a batch, however they are framed: one array, or one or more events."""
    found = []
    for text in messages_of(response):
        value = json.loads(text)
        found += value if isinstance(value, list) else [value]
    return {message["id"]: message for message in found}


async def test_a_batch_is_accepted_in_revision_2025_03_26(proxy, http):
    """That revision must accept batches: both requests are answered, the notification is not."""
    client = await proxy.client("echo", http, version="2025-03-26").initialize()
    response = await client.post(json.dumps(BATCH))
    assert response.status_code == 200, response.text
    answers = answers_of(response)
    assert set(answers) == {1, "two"}
    assert answers[1]["result"]["content"][0]["text"] == "one"
    assert answers["two"]["result"] == {}


NO_REQUESTS = {
    "notifications": [BATCH[1], BATCH[1]],
    "a response": [{"jsonrpc": "2.0", "id": 99, "result": {}}],
    "both": [BATCH[1], {"jsonrpc": "2.0", "id": 99, "error": {"code": 1, "message": "no"}}],
}


@pytest.mark.parametrize("batch", NO_REQUESTS.values(), ids=NO_REQUESTS)
@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", None])
async def test_a_batch_without_requests_is_accepted_without_an_answer(proxy, http, version, batch):
    """202 and an empty body, in sessions of any revision and without a session."""
    client = proxy.client("echo", http, version=version or "2025-03-26")
    if version:
        await client.initialize()
    response = await client.post(json.dumps(batch))
    assert (response.status_code, response.text) == (202, "")


@pytest.mark.parametrize("version", ["2025-03-26", "2025-11-25"])
async def test_an_empty_batch_is_refused_in_every_revision(proxy, http, version):
    """JSON-RPC demands an error for it."""
    client = await proxy.client("echo", http, version=version).initialize()
    response = await client.post("[]")
    assert response.status_code == 400 and error_of(response)["code"] == INVALID_REQUEST, response.text
    assert "at least one message" in error_of(response)["message"]


@pytest.mark.parametrize("body", ["[]", "[1]", json.dumps([json.loads(initialize_body())])])
async def test_a_batch_that_makes_no_sense_is_refused_in_revision_2025_03_26(proxy, http, body):
    """An empty batch, a batch of no messages and `initialize` in a batch are -32600."""
    client = await proxy.client("echo", http, version="2025-03-26").initialize()
    response = await client.post(body)
    refusals = json.loads(messages_of(response)[0])
    refusal = refusals[0] if isinstance(refusals, list) else refusals
    assert refusal["error"]["code"] == INVALID_REQUEST, response.text


@pytest.mark.parametrize("version", ["2024-11-05", "2025-06-18", "2025-11-25"])
async def test_a_batch_is_refused_in_every_other_revision(proxy, http, version):
    """Other revisions answer a batch with 400 and -32600."""
    client = await proxy.client("echo", http, version=version).initialize()
    response = await client.post(json.dumps(BATCH))
    assert response.status_code == 400, response.text
    assert error_of(response)["code"] == INVALID_REQUEST


# Sizes


def head(proxy, path, *fields, host=None):
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {host or proxy.address}",
        "Content-Type: application/json",
        f"Accept: {ACCEPT}",
    ]
    return ("\r\n".join([*lines, *fields]) + "\r\n\r\n").encode()


def test_a_body_of_100_megabytes_is_refused_by_its_announced_length(proxy):
    """Content-Length above the limit answers 413 without reading the body."""
    received = exchange(proxy.port, head(proxy, "/echo/mcp", f"Content-Length: {100 * MEBIBYTE}"))
    assert status_of(received) == 413


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_body_of_100_megabytes_is_refused_while_it_is_sent(proxy, framing):
    """A client that pushes 100 MB gets 413, and the proxy does not keep what it pushed."""
    before = peak_resident_bytes(proxy.pid)
    block = b" " * MEBIBYTE
    if framing == "chunked":
        request = (
            head(proxy, "/echo/mcp", "Transfer-Encoding: chunked")
            + b"".join([b"100000\r\n" + block + b"\r\n"] * 100)
            + b"0\r\n\r\n"
        )
    else:
        request = head(proxy, "/echo/mcp", f"Content-Length: {100 * MEBIBYTE}") + block * 100
    assert status_of(send_and_read(proxy.port, request)) == 413
    assert peak_resident_bytes(proxy.pid) - before < 64 * MEBIBYTE


def send_and_read(port, request):
    """Reads while it sends, so that an early answer is not lost to the reset that may follow."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:

        def send():
            # Being refused half-way is what this is about.
            with contextlib.suppress(OSError):
                connection.sendall(request)

        sender = threading.Thread(target=send)
        sender.start()
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
        sender.join()
        return received


async def test_a_body_at_the_limit_passes_and_one_byte_more_does_not(launch, http):
    """maxBodyBytes is exact."""
    limit = 10_000
    with launch({"echo": stdio()}, limits={"maxBodyBytes": limit}) as proxy:
        client = await proxy.client("echo", http).initialize()
        body = call_body("echo", {"text": ""})
        at_limit = call_body("echo", {"text": "x" * (limit - len(body))})
        assert len(at_limit) == limit
        assert (await client.post(at_limit)).status_code == 200
        assert (await client.post(at_limit + " ")).status_code == 413


def test_headers_beyond_the_limit_are_refused(proxy):
    """A header of 64 KiB answers 431."""
    received = exchange(proxy.port, head(proxy, "/echo/mcp", "X-Large: " + "x" * 65536, "Content-Length: 0"))
    assert status_of(received) == 431


# Headers of the protocol


@pytest.mark.parametrize(
    "value", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx"]
)
async def test_another_content_type_is_refused(client, value):
    """POST takes application/json and nothing else: 415."""
    assert (await client.post(request_body("ping"), **{"Content-Type": value})).status_code == 415


async def test_a_missing_content_type_is_refused(proxy, client):
    """A POST that does not say what it carries is 415 too: browsers send such across sites."""
    body = request_body("ping").encode()
    lines = [
        "POST /echo/mcp HTTP/1.1",
        f"Host: {proxy.address}",
        f"Accept: {ACCEPT}",
        f"Mcp-Session-Id: {client.session}",
        "MCP-Protocol-Version: 2025-11-25",
        f"Content-Length: {len(body)}",
        "Connection: close",
        "",
        "",
    ]
    assert status_of(exchange(proxy.port, "\r\n".join(lines).encode() + body)) == 415


async def test_a_content_type_with_parameters_is_fine(client):
    """`application/json; charset=utf-8` is JSON."""
    assert (
        await client.post(request_body("ping"), **{"Content-Type": "Application/JSON; charset=utf-8"})
    ).status_code == 200


async def test_a_client_that_accepts_neither_framing_is_refused(client):
    """POST with `Accept: text/html` is 406, and so is GET without text/event-stream."""
    assert (await client.post(request_body("ping"), Accept="text/html")).status_code == 406
    response = await client.http.get(client.url, headers=client.headers(Accept="application/json"))
    assert response.status_code == 406


async def test_a_client_that_accepts_anything_is_served(client):
    """`Accept: */*` includes both framings."""
    assert (await client.post(request_body("ping"), Accept="*/*")).status_code == 200


async def test_an_unknown_session_is_not_found(client):
    """POST, GET and DELETE with a session that does not exist answer 404, so that the client initializes anew."""
    headers = client.headers(**{"Mcp-Session-Id": "0123456789abcdef0123456789abcdef"})
    assert (await client.http.post(client.url, content=request_body("ping"), headers=headers)).status_code == 404
    assert (await client.http.get(client.url, headers={**headers, "Accept": "text/event-stream"})).status_code == 404
    assert (await client.http.delete(client.url, headers=headers)).status_code == 404


async def test_a_request_without_a_session_stands_on_its_own(proxy, http):
    """As with the Go program, which has no sessions: the call is answered, and no session is begun by it."""
    response = await proxy.client("echo", http).post(call_body("echo", {"text": "alone"}))
    assert response.status_code == 200, response.text
    assert text_of(only_answer(response)) == "alone"
    assert "mcp-session-id" not in response.headers


@pytest.mark.parametrize("path", ["/nothing", "/nothing/mcp", "/nothing/sse", "/", "/echo/nothing", "/ECHO/mcp"])
async def test_an_unknown_path_is_not_found_with_a_helpful_body(proxy, http, path):
    """404 as JSON that says what is wrong."""
    response = await http.post(
        proxy.url(path), content=initialize_body(), headers={"Content-Type": "application/json", "Accept": ACCEPT}
    )
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("application/json"), response.headers
    assert "error" in json.loads(response.text), response.text


async def test_an_unknown_protocol_version_is_refused(client):
    """MCP-Protocol-Version: 1999-01-01 answers 400."""
    response = await client.post(request_body("ping"), **{"MCP-Protocol-Version": "1999-01-01"})
    assert response.status_code == 400, response.text


async def test_a_client_of_an_unknown_revision_is_offered_one_we_know(proxy, http):
    """initialize with 1999-01-01 is answered with a revision the proxy speaks."""
    response = await proxy.client("echo", http).post(initialize_body("1999-01-01"))
    assert json.loads(messages_of(response)[-1])["result"]["protocolVersion"] == "2025-11-25"


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
async def test_each_revision_is_spoken_as_asked(proxy, http, version):
    """A client gets the revision it asked for."""
    client = await proxy.client("echo", http, version=version).initialize()
    assert client.initialized["result"]["protocolVersion"] == version
    assert await client.call_text("echo", {"text": version}) == version


async def test_a_response_nobody_asked_for_is_taken_or_refused_but_not_answered(client):
    """202 or 400, never 200."""
    response = await client.post('{"jsonrpc":"2.0","id":99,"result":{"roots":[]}}')
    assert response.status_code in (202, 400), response.text


async def test_a_notification_is_accepted_without_a_body(client):
    """202 and nothing else."""
    response = await client.post(notification_body("notifications/roots/list_changed"))
    assert (response.status_code, response.text) == (202, "")


async def test_a_cancellation_of_nothing_is_ignored(client):
    """notifications/cancelled for an unknown request is accepted and does no harm."""
    body = notification_body("notifications/cancelled", {"requestId": 123456})
    assert (await client.post(body)).status_code == 202


async def test_the_older_transport_refuses_bad_input_too(proxy, http):
    """POST to /message with an unknown session is 404; malformed JSON is 400 and leaves the stream alone."""
    headers = {"Content-Type": "application/json"}
    unknown = proxy.url("/echo/message?sessionId=0123456789abcdef")
    assert (await http.post(unknown, content=request_body("ping"), headers=headers)).status_code == 404
    assert (await http.post(proxy.url("/echo/message"), content=request_body("ping"), headers=headers)).status_code in (
        400,
        404,
    )
    async with proxy.old_client("echo", http).connected() as client:
        assert (await http.post(client.endpoint, content="{", headers=headers)).status_code == 400
        assert (
            await http.post(client.endpoint, content=request_body("ping"), headers={"Content-Type": "text/plain"})
        ).status_code == 415
        assert (await client.call("echo", {"text": "fine"}))["result"]["content"][0]["text"] == "fine"


# Browsers and foreign names


ROUTES = [
    ("POST", "/echo/mcp"),
    ("GET", "/echo/mcp"),
    ("DELETE", "/echo/mcp"),
    ("OPTIONS", "/echo/mcp"),
    ("POST", "/echo/"),
    ("GET", "/echo/sse"),
    ("POST", "/echo/message?sessionId=x"),
]


@pytest.mark.parametrize("method, path", ROUTES)
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1.evil.example", "https://localhost.evil.example"]
)
async def test_a_foreign_origin_is_forbidden_everywhere(proxy, http, method, path, origin):
    """A page of another site gets 403 on every route and method, before anything else is looked at."""
    headers = {"Origin": origin, "Content-Type": "application/json", "Accept": ACCEPT}
    assert (await http.request(method, proxy.url(path), content=initialize_body(), headers=headers)).status_code == 403


@pytest.mark.parametrize("method, path", ROUTES)
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:9090", "localhost.evil.example"]
)
def test_a_foreign_host_is_forbidden_everywhere(proxy, method, path, host):
    """A name that is not ours (DNS rebinding) gets 403 on every route and method."""
    body = initialize_body().encode()
    request = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nAccept: {ACCEPT}\r\nContent-Type: application/json\r\n"
    request += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    assert status_of(exchange(proxy.port, request.encode() + body)) == 403


async def test_our_own_origin_is_fine(proxy, http):
    """Pages we serve ourselves, on localhost or 127.0.0.1, may call."""
    for name in ("127.0.0.1", "localhost"):
        client = proxy.client("echo", http, headers={"Origin": f"http://{name}:{proxy.port}"})
        await client.initialize()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_our_own_host_names_are_fine(proxy, name):
    """localhost and 127.0.0.1 with our port are served."""
    body = initialize_body().encode()
    fields = (f"Content-Length: {len(body)}", "Connection: close")
    assert status_of(exchange(proxy.port, head(proxy, "/echo/mcp", *fields, host=f"{name}:{proxy.port}") + body)) == 200


MALFORMED_HTTP = {
    "two hosts": "POST /echo/mcp HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n{rest}",
    "two different hosts": "POST /echo/mcp HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n{rest}",
    "no host": "POST /echo/mcp HTTP/1.1\r\n{rest}",
    "two origins": "POST /echo/mcp HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nOrigin: http://{host}\r\n{rest}",
    "two lengths": "POST /echo/mcp HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n{rest}",
    "length and chunked": "POST /echo/mcp HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n{rest}",
    "negative length": "POST /echo/mcp HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n",
    "space before the colon": "POST /echo/mcp HTTP/1.1\r\nHost : {host}\r\n{rest}",
    "not HTTP": "HELLO\r\n\r\n",
}


@pytest.mark.parametrize("case", MALFORMED_HTTP)
def test_malformed_http_is_a_bad_request_and_ends_the_connection(proxy, ledger, case):
    """400 and a closed connection; what follows on it is never taken for another request."""
    before = len(ledger.entries("request", method="initialize"))
    body = initialize_body()
    rest = f"Accept: {ACCEPT}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    request = MALFORMED_HTTP[case].format(host=proxy.address, rest=rest)
    received = exchange(proxy.port, (request + head(proxy, "/echo/mcp", "Content-Length: 0").decode()).encode())
    assert status_of(received) == 400
    assert received.count(b"HTTP/1.1 ") == 1, received
    assert len(ledger.entries("request", method="initialize")) == before


def test_requests_sent_without_waiting_are_answered_in_their_order(proxy):
    """Pipelined requests on one connection: as many answers, each for its own request."""
    request = b""
    for number in range(5):
        body = initialize_body(request_id=number).encode()
        ending = ["Connection: close"] if number == 4 else []
        request += head(proxy, "/echo/mcp", f"Content-Length: {len(body)}", *ending) + body
    received = exchange(proxy.port, request)
    assert received.count(b"HTTP/1.1 200 ") == 5, received
    positions = [received.index(b'"id":%d,' % number) for number in range(5)]
    assert positions == sorted(positions)


@pytest.mark.parametrize(
    "target", ["/echo//mcp", "/echo/../echo/mcp", "/echo/%2e%2e/other/mcp", "/echo%2fmcp", "/echo/mcp%00"]
)
def test_a_path_in_disguise_reaches_no_server(proxy, target):
    """Paths that only decode to a route are refused: 400 or 404."""
    body = initialize_body().encode()
    received = exchange(proxy.port, head(proxy, target, f"Content-Length: {len(body)}", "Connection: close") + body)
    assert status_of(received) in (400, 404)


def test_an_encoded_letter_is_refused_with_what_may_be_encoded(proxy):
    """The rules of a web server in front may be about paths as they are written."""
    received = exchange(proxy.port, head(proxy, "/%65cho/mcp", "Content-Length: 0", "Connection: close"))
    assert status_of(received) == 400 and b"percent-encoded" in received and b"as it is" in received


@pytest.mark.parametrize(
    "method, path",
    [
        ("PUT", "/echo/mcp"),
        ("PATCH", "/echo/mcp"),
        ("POST", "/echo/sse"),
        ("DELETE", "/echo/sse"),
        ("GET", "/echo/message"),
    ],
)
async def test_a_method_that_a_route_does_not_have_is_refused_with_those_it_has(proxy, http, method, path):
    """405 with an Allow header."""
    response = await http.request(method, proxy.url(path), headers={"Content-Type": "application/json"})
    assert response.status_code == 405, response.text
    assert response.headers["allow"]


def test_the_proxy_is_still_alive_and_has_lost_nothing(proxy):
    """After all of this both servers are ready and /healthz answers."""
    assert {name: state["state"] for name, state in proxy.servers().items()} == {"echo": "ready", "other": "ready"}
