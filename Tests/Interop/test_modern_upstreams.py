"""Servers of the newest revision that break its rules: nobody hangs, and no client sees what it must not see."""

import asyncio
import json

import pytest

from support.answers import everything
from support.envelope import modern_call
from support.fixture import modern_stdio
from support.modern import Front
from support.raw import call_body, messages_of
from support.visitors import plain
from support.visits import Place, visitor

pytestmark = pytest.mark.anyio

SERVERS = ["stdio", "http", "streams"]
CLIENTS = ["2025-11-25", "2026-07-28"]
CAPABILITIES = {"elicitation": {}}


@pytest.fixture(scope="module")
def servers(modern_http_fixture):
    with modern_http_fixture(answers="json") as objects, modern_http_fixture(answers="sse") as streams:
        yield {"http": objects, "streams": streams}


@pytest.fixture(scope="module")
def proxy(launch, servers):
    entries = {"stdio": modern_stdio(), **{name: server.streamable() for name, server in servers.items()}}
    with launch(entries, limits={"callTimeout": "20s"}) as proxy:
        yield proxy


@pytest.fixture
def client(proxy, server, kind, http):
    place = Place(mcp=proxy.url(f"/{server}/mcp"), sse=proxy.url(f"/{server}/sse"))
    return visitor(kind, place, http, capabilities=CAPABILITIES, answering=everything)


async def verbatim(client, result):
    return await client.call("verbatim", {"result": json.dumps(result)})


BAD_RESULTS = {
    "an unknown kind of result": {"resultType": "com.example/unknown", "content": []},
    "input required, and nothing said": {"resultType": "input_required"},
    "questions that are none": {"resultType": "input_required", "inputRequests": [], "requestState": "s"},
    "a question that is no object": {"resultType": "input_required", "inputRequests": {"a": 7}, "requestState": "s"},
    "a question without a method": {"resultType": "input_required", "inputRequests": {"a": {}}, "requestState": "s"},
    "a question that may not be asked": {
        "resultType": "input_required",
        "inputRequests": {"a": {"method": "tools/call", "params": {"name": "echo"}}},
        "requestState": "s",
    },
}


@pytest.mark.parametrize("case", BAD_RESULTS)
@pytest.mark.parametrize("kind", ["2025-11-25"])
@pytest.mark.parametrize("server", SERVERS)
async def test_a_bad_result_is_an_error_to_a_client_that_cannot_know_it(client, case):
    """The call fails, the client is not asked, and the next call works."""
    async with client as connected:
        answer = await verbatim(connected, BAD_RESULTS[case])
        assert "error" in answer, answer
        assert connected.asked == []
        assert plain(connected, "tools/call", await connected.call("echo", {"text": "next"}))


@pytest.mark.parametrize("kind", ["2025-11-25"])
@pytest.mark.parametrize("server", SERVERS)
async def test_what_the_client_did_not_declare_is_not_asked(client):
    """A server that asks for sampling all the same gets no answer of ours; the call fails."""
    question = {"method": "sampling/createMessage", "params": {"messages": [], "maxTokens": 1}}
    wanted = {"resultType": "input_required", "inputRequests": {"a": question}, "requestState": "s"}
    async with client as connected:
        answer = await verbatim(connected, wanted)
        assert "error" in answer, answer
        assert connected.asked == []


REQUESTS = {
    "ping": '{"jsonrpc":"2.0","id":%d,"method":"ping"}',
    "elicitation": '{"jsonrpc":"2.0","id":%d,"method":"elicitation/create","params":{"message":"m"}}',
    "roots": '{"jsonrpc":"2.0","id":"q%d","method":"roots/list"}',
}


@pytest.mark.parametrize("case", REQUESTS)
@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("server", SERVERS)
async def test_a_request_of_the_server_goes_nowhere(client, case):
    """Servers of this revision send none: it reaches no client, is not answered, and the call goes on."""
    async with client as connected:
        answer = await connected.call("notify_verbatim", {"message": REQUESTS[case] % 4711})
        assert plain(connected, "tools/call", answer)["content"][0]["text"] == "sent"
        assert connected.asked == []
        asked = [m for m in connected.inbox.messages() if "method" in m and "id" in m and m["method"] != "ping"]
        assert asked == []


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("server", ["http", "streams"])
async def test_a_connection_that_breaks_is_an_error(client):
    """The caller is told at once, and the next call works."""
    async with client as connected:
        answer = await connected.call("misbehave", {"kind": "drop"})
        assert "error" in answer, answer
        assert plain(connected, "tools/call", await connected.call("echo", {"text": "next"}))


FAILURES = {
    "401": {"status": 401, "body": "who are you?"},
    "403": {"status": 403},
    "500": {"status": 500, "body": "<html>oops</html>", "type": "text/html"},
    "503": {"status": 503, "headers": {"Retry-After": "1"}},
    "empty 200": {"status": 200, "type": "application/json"},
    "html 200": {"status": 200, "type": "text/html", "body": "<html>hello</html>"},
    "202": {"status": 202},
}


@pytest.mark.parametrize("case", FAILURES)
@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("server", ["http"])
async def test_an_http_failure_is_a_json_rpc_error(servers, server, client, case):
    """Whatever HTTP says, the client gets an error of the protocol, without the page that came with it."""
    async with client as connected:
        servers[server].control("fail", **FAILURES[case])
        try:
            answer = await connected.call("echo", {"text": "t"})
        finally:
            servers[server].control("work")
        assert "error" in answer, answer
        assert "html" not in json.dumps(answer) and "who are you" not in json.dumps(answer)
        assert plain(connected, "tools/call", await connected.call("echo", {"text": "next"}))


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("server", ["stdio"])
async def test_a_server_that_crashes_in_a_call_is_started_again(client):
    """The caller gets an error, and the next call goes to a new process."""
    async with client as connected:
        pid = json.loads(plain(connected, "tools/call", await connected.call("whoami"))["content"][0]["text"])["pid"]
        assert "error" in await connected.call("crash")
        again = plain(connected, "tools/call", await connected.call("whoami"))
        assert json.loads(again["content"][0]["text"])["pid"] != pid


@pytest.mark.parametrize("server", SERVERS)
async def test_the_same_progress_token_of_two_clients_is_told_apart(proxy, http, server):
    """Each of two calls at once hears of its own progress under its own token, though both chose the same."""
    front = Front(proxy.url(f"/{server}/mcp"), http)
    legacy = await proxy.client(server, http).initialize()
    steps = {"steps": 30}
    modern = modern_call("progress", steps, meta={"progressToken": "same"})
    bodies = [
        front.post(modern),
        front.post(modern),
        legacy.post(call_body("progress", steps, meta={"progressToken": "same"})),
        legacy.post(call_body("progress", steps, 2, meta={"progressToken": "same"})),
    ]
    for response in await asyncio.gather(*bodies):
        messages = [json.loads(text) for text in messages_of(response)]
        told = [m["params"] for m in messages if m.get("method") == "notifications/progress"]
        assert [params["progress"] for params in told] == list(range(1, 31))
        assert {params["progressToken"] for params in told} == {"same"}


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("server", SERVERS)
async def test_many_clients_at_once_each_get_their_own(proxy, http, server, kind):
    """Answers do not get mixed up between clients of a server that all share."""
    place = Place(mcp=proxy.url(f"/{server}/mcp"))

    async def one(number):
        async with visitor(kind, place, http) as client:
            answers = await asyncio.gather(*(client.call("reflect", {"value": {"n": [number, i]}}) for i in range(4)))
            return [plain(client, "tools/call", answer)["structuredContent"]["n"] for answer in answers]

    found = await asyncio.gather(*(one(number) for number in range(15)))
    assert found == [[[number, i] for i in range(4)] for number in range(15)]
