"""Calls between the eras that end before their time: given up, withdrawn, overtaken or left by one of the two sides."""

import asyncio
import json

import pytest

from support.answers import everything
from support.envelope import modern_call, modern_request
from support.fixture import modern_stdio, stdio
from support.modern import Front
from support.raw import call_body, initialize_body, notification_body, text_of
from support.visitors import plain
from support.wait import eventually_async

pytestmark = pytest.mark.anyio

ELICITATION = {"elicitation": {}}
LEGACY, MODERN = ["legacy-stdio", "legacy-http-streams", "legacy-sse"], ["modern-stdio", "modern-http"]


def call(tool, arguments=None, request_id=1, **added):
    message = modern_call(tool, arguments, request_id, capabilities=ELICITATION)
    message["params"].update(added)
    return message


def retry(result, tool, arguments=None, request_id=2):
    answers = {key: everything(asked["method"], asked["params"]) for key, asked in result["inputRequests"].items()}
    return call(tool, arguments, request_id, requestState=result["requestState"], inputResponses=answers)


async def held_call(ledger, gate, tool="hold"):
    def started():
        return next((entry for entry in ledger.calls(tool) if gate in entry["raw"]), None)

    return await eventually_async(started, "the call to start")


async def cancelled(ledger, started):
    def told():
        entries = ledger.entries("cancelled", pid=started["pid"], matched=True)
        return [entry for entry in entries if entry["params"]["requestId"] == started["id"]]

    await eventually_async(told, "the server to be told")


# A client of the handshake era leaves a server of the newest revision


@pytest.mark.parametrize("server", MODERN)
async def test_the_end_of_a_session_cancels_its_calls(proxy, http, ledger, directory, server):
    """DELETE while a call is under way: the server is told, by the means of its own transport."""
    client = await proxy.client(server, http).initialize()
    gate = str(directory() / "gate")
    posted = asyncio.ensure_future(client.post(call_body("hold", {"file": gate}, 2)))
    started = await held_call(ledger, gate)
    await client.delete()
    await cancelled(ledger, started)
    posted.cancel()


@pytest.mark.parametrize("server", MODERN)
async def test_the_end_of_an_sse_stream_cancels_its_calls(proxy, http, ledger, directory, server):
    """With HTTP+SSE the stream is the session."""
    gate = str(directory() / "gate")
    async with proxy.old_client(server, http).connected() as client:
        await client.post(call_body("hold", {"file": gate}, 2))
        started = await held_call(ledger, gate)
    await cancelled(ledger, started)


@pytest.mark.parametrize("server", MODERN)
async def test_a_client_that_only_loses_its_connection_has_not_cancelled(proxy, http, ledger, directory, server):
    """In the handshake era the answer is kept for who comes back; the server works on."""
    client = await proxy.client(server, http).initialize()
    gate = directory() / "gate"
    posted = asyncio.ensure_future(client.post(call_body("hold", {"file": str(gate)}, 2)))
    started = await held_call(ledger, str(gate))
    posted.cancel()
    await asyncio.wait([posted])
    assert await client.call_text("echo", {"text": "meanwhile"}) == "meanwhile"
    gate.touch()
    await eventually_async(
        lambda: [e for e in ledger.entries("answered", pid=started["pid"]) if e["id"] == started["id"]], "the answer"
    )


@pytest.mark.parametrize("server", MODERN)
async def test_a_call_that_is_cancelled_while_a_question_is_open_is_not_repeated(proxy, http, ledger, server):
    """The client cancels instead of answering: the server is not called again."""
    client = await proxy.client(server, http).initialize(ELICITATION)
    before = len(ledger.calls("interview"))
    async with client.posted_stream(call_body("interview", {}, 2)) as stream:
        question = await stream.message(lambda m: m.get("method") == "elicitation/create", "question")
        params = {"requestId": 2, "reason": "enough"}
        assert (await client.post(notification_body("notifications/cancelled", params))).status_code == 202
        await stream.end()
        assert not [m for m in stream.messages() if m.get("id") == 2 and "result" in m]
        late = {"jsonrpc": "2.0", "id": question["id"], "result": {"action": "cancel"}}
        assert (await client.post(json.dumps(late))).status_code == 202
    assert await client.call_text("echo", {"text": "after"}) == "after"
    assert len(ledger.calls("interview")) == before + 1


# A client of the newest revision leaves a server of the handshake era


@pytest.mark.parametrize("server", LEGACY)
async def test_a_retry_that_is_given_up_cancels_the_call(front, ledger, directory):
    """The stream of the retry is closed while the server works on: the server is told, under the first call's id."""
    arguments = {"file": str(directory() / "gate")}
    message = call("ask_then_hold", arguments)
    message["params"]["_meta"]["progressToken"] = "mine"
    first = await front.result(message)
    started = await held_call(ledger, arguments["file"], "ask_then_hold")
    message = retry(first, "ask_then_hold", arguments)
    message["params"]["_meta"]["progressToken"] = "mine"
    channel = front.visitor().channel
    await channel.send(message)
    await channel.inbox.notification("notifications/progress")
    await channel.cancel(2)
    await cancelled(ledger, started)


@pytest.mark.parametrize("server", LEGACY)
async def test_two_retries_at_once_are_one(front):
    """Of two that use the same state at the same time one goes on and the other is refused."""
    first = await front.result(call("interview"))
    responses = await asyncio.gather(
        front.post(retry(first, "interview", request_id=2)), front.post(retry(first, "interview", request_id=3))
    )
    answers = [response.json() if response.text.startswith("{") else None for response in responses]
    refused = [answer for answer in answers if answer and "error" in answer]
    assert [answer["error"]["code"] for answer in refused] == [-32602]
    [second] = [answer["result"] for answer in answers if answer not in refused]
    done = await front.result(retry(second, "interview", request_id=4))
    assert done["content"][0]["text"] == "Ada likes green"


@pytest.mark.parametrize("server", LEGACY)
async def test_a_question_that_is_withdrawn_is_no_obstacle(front):
    """A server that does not want to know any more answers, and so the call ends, asked or not."""
    visitor = front.visitor(capabilities={"roots": {}}, answering=everything)
    answer = await visitor.call("ask_and_withdraw")
    assert plain(visitor, "tools/call", answer)["content"][0]["text"] == "withdrawn"
    await visitor.channel.close()


@pytest.mark.parametrize("server", ["legacy-stdio"])
async def test_a_server_that_dies_takes_its_suspended_calls_with_it(front):
    """The retry gets an error at once, and the next call a new process."""
    first = await front.result(call("interview"))
    await front.post(call("crash", request_id=5))
    answer = (await front.post(retry(first, "interview", request_id=6))).json()
    assert "error" in answer, answer
    visitor = front.visitor(capabilities=ELICITATION, answering=everything)
    assert plain(visitor, "tools/call", await visitor.call("interview"))["content"][0]["text"] == "Ada likes green"
    await visitor.channel.close()


# What is told with a result


@pytest.mark.parametrize("transport", ["stdio", "http"])
async def test_caching_hints_of_a_modern_server_are_passed_on(launch, modern_http_fixture, http, transport):
    """How long and by whom a list may be kept is the server's to say."""
    with modern_http_fixture(ttl=5000, scope="public") as server:
        entry = modern_stdio(ttl=5000, scope="public") if transport == "stdio" else server.streamable()
        with launch({"only": entry}) as proxy:
            front = Front(proxy.url("/only/mcp"), http)
            for method in ("server/discover", "tools/list", "resources/list"):
                result = await front.result(modern_request(method))
                assert (result["ttlMs"], result["cacheScope"]) == (5000, "public"), method


@pytest.mark.parametrize("era", ["legacy", "modern"])
async def test_a_client_that_shuts_down_late_is_not_waited_for(make_proxy, http, era):
    """A suspended call and an open question do not keep the proxy from ending in time."""
    proxy = make_proxy({"only": stdio() if era == "modern" else modern_stdio()}, limits={"shutdownGracePeriod": "1s"})
    proxy.start()
    proxy.wait_ready()
    if era == "modern":
        result = await Front(proxy.url("/only/mcp"), http).result(call("interview"))
        assert result["resultType"] == "input_required"
        proxy.terminate()
    else:
        client = await proxy.client("only", http).initialize(ELICITATION)
        async with client.posted_stream(call_body("interview", {}, 2)) as stream:
            await stream.message(lambda m: m.get("method") == "elicitation/create", "question")
            proxy.terminate()
            await stream.end()
    assert await asyncio.to_thread(proxy.wait_exit) == 0
    proxy.assert_nothing_left()


@pytest.mark.parametrize("server", MODERN)
async def test_a_request_without_a_session_reaches_a_modern_server(proxy, http, server):
    """As in revision 2025-03-26, a request may stand alone, and initialize may be asked for without going on."""
    assert text_of(await proxy.client(server, http).call("echo", {"text": "alone"})) == "alone"
    begun = await proxy.client(server, http).post(initialize_body("2025-03-26"))
    assert begun.json()["result"]["protocolVersion"] == "2025-03-26"
