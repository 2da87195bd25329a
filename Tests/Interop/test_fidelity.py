"""What goes through stays as it is, byte for byte: only ids and progress tokens are replaced, and restored."""

import json

import httpx
import pytest

from support.fixture import stdio
from support.processes import peak_resident_bytes
from support.raw import call_body, initialize_body, messages_of, only_answer_text, text_of
from support.wait import eventually_async

pytestmark = pytest.mark.anyio

MEBIBYTE = 1024 * 1024
UPSTREAMS = ["stdio", "streamable-json", "streamable-sse", "http-sse"]
LARGE = 64 * MEBIBYTE

# Results as an upstream may write them. Each must arrive with exactly these bytes.
RESULTS = {
    "twenty digits": '{"content":[],"structuredContent":{"n":12345678901234567890}}',
    "2^53+1": '{"content":[],"structuredContent":{"n":9007199254740993,"m":-9007199254740993}}',
    "numbers as written": '{"content":[],"structuredContent":{"a":1.0,"b":1e400,"c":-0,"d":1E+2,"e":0.10,"f":1e-400}}',
    "escapes as written": r'{"content":[{"type":"text","text":"\u0041\/\u00e9\ud83d\ude00\u2028\u0000\t\"\\"}]}',
    "raw characters": '{"content":[{"type":"text","text":"\u00e9 \u4e2d \U0001f600 \u2028 \u007f"}]}',
    "member order": '{"z":1,"content":[{"text":"t","type":"text"}],"a":2,"isError":false}',
    "unknown members": '{"content":[{"type":"hologram","x":{"y":[null,true]}}],"com.example/x":[[]],"":{"":0}}',
    "_meta": '{"_meta":{"com.example/a":{"b":1.50}},"content":[{"type":"text","text":"t","_meta":{"k":1}}]}',
    "white space": '{ "content" : [ ] , "n" :\t1 }',
    "names like ours": '{"content":[],"id":7,"jsonrpc":"1.0","method":"m","error":{"code":1},"progressToken":5}',
    "not a tool result": '"only a string"',
    "null": "null",
}

ERRORS = {
    "code and data": '{"code":-32050,"message":"no","data":{"n":12345678901234567890,"x":1.0}}',
    "unknown members": '{"code":-1,"message":"\\u0041","data":null,"x-more":[1,2]}',
    "reserved code": '{"code":-32603,"message":"Internal error"}',
}

# Arguments as a client may write them. The upstream must get exactly these bytes.
ARGUMENTS = {
    "numbers": '{"a":1.0,"b":1e400,"c":12345678901234567890,"d":-0,"e":1E+2}',
    "escapes": r'{"s":"\u0041\/\ud83d\ude00\u0000","\u006b":1}',
    "order and white space": '{ "z" : 1 , "a" : [ ] , "" : null }',
    "names like ours": '{"id":5,"method":"x","jsonrpc":"1","params":{"name":"y","_meta":{"progressToken":"z"}}}',
}

IDS = [
    "0",
    "-1",
    "9007199254740993",
    "-9007199254740993",
    "12345678901234567890",
    "1.0",
    "-3.00",
    '"string"',
    '"1"',
    '""',
    r'"\u0041\"\\"',
    '"\u4e2d \U0001f600"',
    '"' + "x" * 200 + '"',
]


@pytest.fixture(scope="module")
def ledger(new_ledger):
    return new_ledger()


@pytest.fixture(scope="module")
def direct(http_fixture, ledger):
    with http_fixture(answers="json", ledger=ledger) as fixture:
        yield fixture


@pytest.fixture(scope="module")
def proxy(launch, http_fixture, direct, ledger):
    with http_fixture(answers="sse", ledger=ledger) as sse_answers:
        servers = {
            "stdio": stdio(ledger=ledger),
            "streamable-json": direct.streamable(),
            "streamable-sse": sse_answers.streamable(),
            "http-sse": direct.sse(),
        }
        with launch(servers) as proxy:
            yield proxy


@pytest.fixture
async def client(proxy, http, upstream):
    return await proxy.client(upstream, http).initialize()


async def old_answer(proxy, http, upstream, body, request_id):
    """The text of the answer over HTTP+SSE."""
    async with proxy.old_client(upstream, http).connected() as client:
        await client.post(body)
        await client.stream.answer(request_id)
        return next(
            event.data for event in client.stream.events if event.name == "message" and "init" not in event.data
        )


@pytest.mark.parametrize("case", RESULTS)
@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_a_result_arrives_with_the_bytes_the_upstream_wrote(client, upstream, case):
    """The answer is the upstream's message with nothing but the id replaced."""
    answer = await client.answer(call_body("verbatim", {"result": RESULTS[case]}))
    assert answer == f'{{"jsonrpc":"2.0","id":1,"result":{RESULTS[case]}}}'


@pytest.mark.parametrize("case", RESULTS)
async def test_a_result_arrives_with_the_same_bytes_over_http_sse(proxy, http, case):
    """The older transport changes nothing either."""
    answer = await old_answer(proxy, http, "stdio", call_body("verbatim", {"result": RESULTS[case]}, 7), 7)
    assert answer == f'{{"jsonrpc":"2.0","id":7,"result":{RESULTS[case]}}}'


@pytest.mark.parametrize("case", ERRORS)
@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_a_json_rpc_error_arrives_with_its_code_message_and_data(client, upstream, case):
    """An error stays an error, with its own code, its data and what we do not know."""
    answer = await client.answer(call_body("verbatim", {"error": ERRORS[case]}))
    assert answer == f'{{"jsonrpc":"2.0","id":1,"error":{ERRORS[case]}}}'


@pytest.mark.parametrize("case", ARGUMENTS)
@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_arguments_reach_the_upstream_with_the_bytes_the_client_wrote(client, upstream, case):
    """The upstream gets the client's message with nothing but the id replaced."""
    params = f'{{"x-first":1,"name":"received","arguments":{ARGUMENTS[case]},"x-unknown":[1.0]}}'
    body = f'{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}'
    received = text_of(json.loads(await client.answer(body)))
    assert f'"params":{params}' in received


@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_request_meta_reaches_the_upstream_and_only_the_progress_token_is_replaced(client, upstream):
    """`_meta` members such as traceparent stay beside our own progress token."""
    meta = '{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","progressToken":"mine","x/y":1.0}'
    body = (
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"received","_meta":%s,"arguments":{}}}' % meta
    )
    received = text_of(json.loads(await client.answer(body)))
    start, _, rest = received.partition('"progressToken":')
    assert start.endswith('"_meta":{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",')
    assert rest.partition(",")[2] == '"x/y":1.0},"arguments":{}}}'


@pytest.mark.parametrize("request_id", IDS)
@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_an_id_comes_back_as_it_was_written(client, upstream, request_id):
    """Big integers, strings and escapes in an id are restored exactly, type included."""
    body = f'{{"jsonrpc":"2.0","id":{request_id},"method":"ping"}}'
    assert await client.answer(body) == f'{{"jsonrpc":"2.0","id":{request_id},"result":{{}}}}'
    params = '{"name":"echo","arguments":{"text":"t"}}'
    body = f'{{"method":"tools/call","params":{params},"id":{request_id},"jsonrpc":"2.0"}}'
    assert f'"id":{request_id},' in await client.answer(body)


@pytest.mark.parametrize("request_id", IDS)
async def test_an_id_comes_back_as_it_was_written_over_http_sse(proxy, http, request_id):
    """The older transport restores ids exactly as well."""
    body = f'{{"jsonrpc":"2.0","id":{request_id},"method":"tools/call","params":{{"name":"echo","arguments":{{}}}}}}'
    answer = await old_answer(proxy, http, "stdio", body, json.loads(request_id))
    assert answer.startswith(f'{{"jsonrpc":"2.0","id":{request_id},"result":')


async def test_the_request_of_initialize_may_have_any_id_too(proxy, http):
    """The handshake's own id is restored exactly."""
    body = initialize_body().replace('"id": 1', '"id": 9007199254740993')
    answer = only_answer_text(await proxy.client("stdio", http).post(body))
    assert '"id":9007199254740993' in answer.replace(" ", "")


@pytest.mark.parametrize("method", ["tools/list", "prompts/list", "resources/list", "resources/templates/list"])
@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_a_list_arrives_as_the_upstream_wrote_it(client, http, direct, upstream, method):
    """Titles, icons, unknown members, annotations and the order of tools are kept: the result's bytes are the same."""
    body = f'{{"jsonrpc":"2.0","id":1,"method":"{method}"}}'
    assert await client.answer(body) == await straight(http, direct, body)


async def straight(http, direct, body):
    """The fixture's own answer, without a proxy."""
    accept = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    begun = await http.post(direct.mcp_url, content=initialize_body(), headers=accept)
    session = {"Mcp-Session-Id": begun.headers["mcp-session-id"]}
    return (await http.post(direct.mcp_url, content=body, headers={**accept, **session})).text


@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_instructions_and_server_info_arrive_unchanged(client, upstream):
    """What the upstream says about itself in initialize is what the client reads."""
    result = client.initialized["result"]
    assert result["instructions"] == "Use echo first.\nThen the rest."
    assert result["serverInfo"]["x-unknown"] == 1
    assert result["serverInfo"]["icons"][0]["sizes"] == ["48x48"]
    assert result["capabilities"]["experimental"] == {"com.example/extra": {"level": 3}}


@pytest.mark.parametrize("upstream", ["stdio", "streamable-sse", "http-sse"])
async def test_a_notification_we_do_not_know_arrives_with_its_bytes(client, upstream):
    """An unknown notification during a call reaches the caller's stream byte for byte."""
    note = (
        '{"jsonrpc":"2.0","method":"notifications/com.example/x","params":{"n":1.0,"\\u0041":[12345678901234567890]}}'
    )
    body = call_body("notify_verbatim", {"message": note}, meta={"progressToken": 1})
    async with client.listening() as standing:
        posted = messages_of(await client.post(body))
        # On stdio nothing says which call a notification belongs to, so either stream may bring it.
        await eventually_async(
            lambda: note in posted or note in [event.data for event in standing.events], "the notification"
        )


@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_a_method_we_do_not_know_is_the_upstreams_to_answer(client, upstream):
    """An unknown method is forwarded and the upstream's own error comes back."""
    answer = await client.request("com.example/custom", {"a": 1})
    assert answer["error"] == {"code": -32601, "message": "method not found: com.example/custom"}


@pytest.mark.parametrize("upstream", ["stdio", "streamable-sse", "http-sse"])
async def test_the_clients_answer_to_sampling_reaches_the_upstream_with_its_bytes(proxy, http, ledger, upstream):
    """A client's result for a request of the upstream is passed on as written."""
    result = (
        '{"role":"assistant","content":{"type":"text","text":"\\u0041"},"model":"m","n":12345678901234567890,"x":1.50}'
    )
    client = await proxy.client(upstream, http).initialize({"sampling": {}})
    async with client.posted_stream(call_body("ask_sampling", {"prompt": "p"})) as stream:
        question = await stream.message(lambda message: message.get("method") == "sampling/createMessage", "question")
        assert question["params"]["messages"][0]["content"]["text"] == "p"
        await client.reply(question, result)
        await stream.answer()
    assert [entry for entry in ledger.entries("answer") if f'"result":{result}' in entry["raw"]]


@pytest.mark.parametrize("upstream", ["stdio", "streamable-sse", "http-sse"])
async def test_the_clients_refusal_of_a_question_reaches_the_upstream_unchanged(proxy, http, upstream):
    """A JSON-RPC error as the answer to elicitation keeps its code, message and data."""
    refusal = {"code": -1, "message": "User rejected", "data": {"why": ["not now"]}}
    client = await proxy.client(upstream, http).initialize({"elicitation": {}})
    async with client.posted_stream(call_body("ask_elicitation", {"question": "q"})) as stream:
        question = await stream.message(lambda message: message.get("method") == "elicitation/create", "question")
        body = json.dumps({"jsonrpc": "2.0", "id": question["id"], "error": refusal})
        assert (await client.post(body)).status_code == 202
        assert json.loads(text_of(await stream.answer()))["error"] == refusal


@pytest.mark.parametrize("identity", ["12345678901234567890", '"\\u0041 text"', "-5"])
@pytest.mark.parametrize("upstream", ["stdio", "streamable-sse", "http-sse"])
async def test_an_upstreams_own_request_is_answered_under_exactly_its_id(client, ledger, upstream, identity):
    """The proxy answers a ping of the upstream itself, with the id as the upstream wrote it."""
    ping = f'{{"jsonrpc":"2.0","id":{identity},"method":"ping"}}'

    def answers():
        return [entry for entry in ledger.entries("answer") if f'"id":{identity},' in entry["raw"]]

    before = len(answers())
    await client.call("notify_verbatim", {"message": ping})
    await eventually_async(lambda: len(answers()) > before, f"an answer to the ping {identity}")


async def test_a_pretty_printed_answer_of_an_http_upstream_survives_both_framings(proxy, http):
    """Line breaks between the tokens of an HTTP answer do not break the event stream."""
    result = '{\n  "content": [],\r\n  "n": 1\n}'
    client = await proxy.client("streamable-json", http).initialize()
    assert json.loads(await client.answer(call_body("verbatim", {"result": result})))["result"] == json.loads(result)
    answer = await old_answer(proxy, http, "streamable-json", call_body("verbatim", {"result": result}, 3), 3)
    assert json.loads(answer)["result"] == json.loads(result)


@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_a_result_of_one_mebibyte_arrives_whole(client, upstream):
    """A large result is complete, over every transport."""
    assert await client.call_text("big", {"bytes": MEBIBYTE}) == "x" * MEBIBYTE


@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_a_large_argument_arrives_whole(client, upstream):
    """A request of three mebibytes, below the limit, comes back complete."""
    text = "y" * (3 * MEBIBYTE)
    assert await client.call_text("echo", {"text": text}) == text


@pytest.mark.timeout(180)
@pytest.mark.parametrize("upstream", ["stdio", "streamable-json"])
async def test_a_result_of_64_mebibytes_arrives_whole_when_the_limit_allows_it(launch, http_fixture, upstream):
    """With maxMessageBytes raised, 64 MiB pass and the memory they take stays in proportion."""
    with http_fixture() as fixture:
        servers = {"stdio": stdio(), "streamable-json": fixture.streamable()}
        with launch(servers, limits={"maxMessageBytes": 2 * LARGE}) as proxy:
            async with httpx.AsyncClient(timeout=120, trust_env=False) as http:
                client = await proxy.client(upstream, http).initialize()
                answer = await client.answer(call_body("big", {"bytes": LARGE}))
            assert len(answer) > LARGE and answer.count("x") >= LARGE
            assert peak_resident_bytes(proxy.pid) < 6 * LARGE


@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_a_result_beyond_the_limit_is_an_error_that_names_the_server(small_limit, http, upstream):
    """A result above maxMessageBytes ends its call with an error, and the next call works."""
    client = await small_limit.client(upstream, http).initialize()
    answer = await client.call("big", {"bytes": 2 * MEBIBYTE})
    assert upstream in answer["error"]["message"], answer
    fresh = await small_limit.client(upstream, http).initialize()
    assert await fresh.call_text("echo", {"text": "next"}) == "next"


@pytest.fixture(scope="module")
def small_limit(launch, http_fixture):
    with http_fixture(answers="json") as json_answers, http_fixture(answers="sse") as sse_answers:
        servers = {
            "stdio": stdio(),
            "streamable-json": json_answers.streamable(),
            "streamable-sse": sse_answers.streamable(),
            "http-sse": json_answers.sse(),
        }
        with launch(servers, limits={"maxMessageBytes": MEBIBYTE}) as proxy:
            yield proxy
