"""A legacy server asks during a call of a client of the newest revision: the call is suspended and resumed.

The state that the proxy hands out stands for the suspended call. It is bound to who called, where and with what, works
once and not for ever.
"""

import json

import pytest

from support.answers import accept, everything, sampled
from support.envelope import modern_call, modern_request
from support.fixture import modern_stdio, stdio
from support.ledger import Ledger
from support.modern import Front
from support.raw import call_body
from support.wait import eventually_async

pytestmark = pytest.mark.anyio

ALICE, BOB = "token-of-alice-1234567890", "token-of-bob-1234567890"
SERVERS = ["stdio", "streams", "objects", "old"]
CAPABILITIES = {"elicitation": {"form": {}, "url": {}}, "sampling": {}, "roots": {}}
INVALID = -32602


@pytest.fixture(scope="module")
def ledger(new_ledger):
    return new_ledger()


@pytest.fixture(scope="module")
def proxy(launch, http_fixture, ledger):
    """Servers of the handshake era, over every transport, open to two callers."""
    with (
        http_fixture(answers="sse", ledger=ledger) as streams,
        http_fixture(answers="json", ledger=ledger) as objects,
    ):
        servers = {
            "stdio": stdio(ledger=ledger),
            "streams": streams.streamable(),
            "objects": objects.streamable(),
            "old": objects.sse(),
        }
        with launch(servers, options={"authTokens": [ALICE, BOB]}) as proxy:
            yield proxy


@pytest.fixture
def front(proxy, server, http):
    return front_of(proxy, server, http)


def front_of(proxy, server, http, token=ALICE):
    return Front(proxy.url(f"/{server}/mcp"), http, {"Authorization": f"Bearer {token}"})


def call(tool, arguments=None, request_id=1, **added):
    message = modern_call(tool, arguments, request_id, capabilities=CAPABILITIES)
    message["params"].update(added)
    return message


async def suspended(front, tool="interview", arguments=None):
    """The result that asks, checked for its shape."""
    result = await front.result(call(tool, arguments))
    assert result["resultType"] == "input_required", result
    assert isinstance(result["requestState"], str) and result["requestState"]
    assert result["inputRequests"], result
    assert not {"ttlMs", "cacheScope", "content"} & result.keys()
    for question in result["inputRequests"].values():
        assert question.keys() <= {"method", "params"}, "an input request is no message of its own"
    return result


def answers(result, answering=everything):
    return {key: answering(asked["method"], asked.get("params", {})) for key, asked in result["inputRequests"].items()}


def retry(result, responses=None, tool="interview", arguments=None, request_id=2):
    responses = answers(result) if responses is None else responses
    return call(tool, arguments, request_id, requestState=result["requestState"], inputResponses=responses)


async def refused(front, message):
    answer = await front.post(message)
    error = answer.json()["error"]
    assert error["code"] == INVALID, error
    assert answer.json()["id"] == message["id"]


async def finished(front, result, **settings):
    """The call goes on from here and ends as it must."""
    second = await front.result(retry(result, **settings))
    assert second["resultType"] == "input_required", second
    done = await front.result(retry(second, request_id=3))
    assert done["resultType"] == "complete"
    assert done["content"][0]["text"] == "Ada likes green"


@pytest.mark.parametrize("server", SERVERS)
async def test_each_question_is_a_result_that_asks(front):
    """Two questions one after the other are three requests, each with an answer of its own."""
    await finished(front, await suspended(front))


@pytest.mark.parametrize("server", SERVERS)
async def test_a_retry_without_answers_is_asked_again(front):
    """Nothing is lost when a client comes back empty-handed: the same question, and then the answer counts."""
    first = await suspended(front)
    question = [asked["params"] for asked in first["inputRequests"].values()]
    for added in ({}, {"inputResponses": {}}, {"inputResponses": {"unknown": accept(name="x")}}):
        again = await front.result(call("interview", request_id=2, requestState=first["requestState"], **added))
        assert again["resultType"] == "input_required"
        assert [asked["params"] for asked in again["inputRequests"].values()] == question
        first = again
    await finished(front, first)


@pytest.mark.parametrize("server", SERVERS)
async def test_only_what_is_missing_is_asked_again(front):
    """Answers to some of several questions are kept; in the end the server has all of them."""
    pending = await suspended(front, "survey")
    asked, rounds = [], 0
    while pending["resultType"] == "input_required":
        key, question = next(iter(pending["inputRequests"].items()))
        asked.append(json.dumps(question))
        one = {key: everything(question["method"], question.get("params", {}))}
        pending = await front.result(retry(pending, one, "survey", request_id=2 + rounds))
        rounds += 1
        assert rounds <= 8, f"asked over and over: {asked}"
    expected = {"name": "Ada", "colour": "green", "poem": "sampled: a poem", "roots": ["file:///roots/raw"]}
    assert pending["structuredContent"] == expected
    assert len(set(asked)) == len(asked) == 4


@pytest.mark.parametrize("server", SERVERS)
async def test_answers_nobody_asked_for_are_ignored(front):
    """What is unknown stands beside the right answer without harm."""
    first = await suspended(front)
    await finished(front, first, responses={**answers(first), "unknown": {"action": "accept"}, "": {}})


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        "text",
        7,
        {"KEY": "text"},
        {"KEY": []},
        {"KEY": None},
        {"KEY": {"no": "action"}},
        {"KEY": {"action": "maybe"}},
    ],
    ids=str,
)
@pytest.mark.parametrize("server", ["stdio", "streams"])
async def test_answers_of_the_wrong_shape_are_refused_and_the_call_waits_on(front, wrong):
    """-32602, and the right answer still counts afterwards."""
    first = await suspended(front)
    [key] = first["inputRequests"]
    responses = {key: wrong["KEY"]} if isinstance(wrong, dict) else wrong
    await refused(front, call("interview", request_id=2, requestState=first["requestState"], inputResponses=responses))
    await finished(front, first)


@pytest.mark.parametrize("state", ["", "made up", "AAAA", 7, None, {"a": 1}], ids=repr)
@pytest.mark.parametrize("server", ["stdio", "streams"])
async def test_a_made_up_state_is_refused(front, state):
    """-32602: it stands for nothing."""
    await refused(front, call("interview", requestState=state, inputResponses={"x": accept(name="Eve")}))


@pytest.mark.parametrize("server", ["stdio", "streams"])
async def test_a_state_that_was_tampered_with_is_refused(front):
    """-32602 for a change anywhere in it; as it was it still works."""
    first = await suspended(front)
    state = first["requestState"]
    for place in {0, 1, len(state) // 2, len(state) - 2}:
        other = "A" if state[place] != "A" else "B"
        await refused(front, retry({**first, "requestState": state[:place] + other + state[place + 1 :]}))
    for changed in (state + "A", state[:-4], state + state):
        await refused(front, retry({**first, "requestState": changed}))
    await finished(front, first)


@pytest.mark.parametrize("server", ["stdio", "streams"])
async def test_a_state_of_another_caller_is_refused(front, proxy, http, server):
    """-32602 for whoever has another token, and the caller it belongs to goes on."""
    first = await suspended(front)
    await refused(front_of(proxy, server, http, BOB), retry(first))
    await finished(front, first)


@pytest.mark.parametrize("server", ["stdio", "streams"])
async def test_a_state_at_another_server_is_refused(front, proxy, http, server):
    """-32602 on another path, and on its own the call goes on."""
    first = await suspended(front)
    await refused(front_of(proxy, "old", http), retry(first))
    await finished(front, first)


@pytest.mark.parametrize("server", ["stdio", "streams"])
async def test_a_state_belongs_to_its_request(front):
    """-32602 with another tool, other arguments or another method, and with its own the call goes on."""
    first = await suspended(front)
    await refused(front, retry(first, tool="compose"))
    await refused(front, retry(first, arguments={"more": 1}))
    other = {"name": "greet_asked", "requestState": first["requestState"], "inputResponses": answers(first)}
    await refused(front, modern_request("prompts/get", other, 2, capabilities=CAPABILITIES))
    await finished(front, first)


@pytest.mark.parametrize("server", ["stdio", "streams"])
async def test_a_state_works_once(front):
    """-32602 for a state that was used, before and after the call is done; the server is not asked twice."""
    first = await suspended(front)
    second = await front.result(retry(first))
    await refused(front, retry(first))
    done = await front.result(retry(second, request_id=3))
    assert done["content"][0]["text"] == "Ada likes green"
    await refused(front, retry(first))
    await refused(front, retry(second))


@pytest.mark.parametrize("server", ["stdio", "streams"])
async def test_a_prompt_and_a_resource_are_suspended_as_well(front):
    """prompts/get and resources/read may ask; the answer is theirs, with what may be cached where it may."""
    for method, named in (("prompts/get", {"name": "greet_asked"}), ("resources/read", {"uri": "mem://asked"})):
        first = await front.result(modern_request(method, named, 1, capabilities=CAPABILITIES))
        assert first["resultType"] == "input_required" and "ttlMs" not in first
        more = {"requestState": first["requestState"], "inputResponses": answers(first)}
        done = await front.result(modern_request(method, {**named, **more}, 2, capabilities=CAPABILITIES))
        assert done["resultType"] == "complete"
        assert ("ttlMs" in done) == (method == "resources/read")


@pytest.mark.parametrize("server", ["stdio", "streams"])
async def test_progress_goes_on_after_the_answer(front, directory):
    """What the server says after the answer comes on the stream of the retry, under the retry's own token."""
    gate = directory() / "gate"
    gate.touch()
    asked = modern_call("hold_then_ask", {"file": str(gate)}, 1, capabilities=CAPABILITIES, meta={"progressToken": "a"})
    stream = await front.stream(asked)
    first = (await stream.answer(1))["result"]
    await stream.close()
    again = modern_call("hold_then_ask", {"file": str(gate)}, 2, capabilities=CAPABILITIES, meta={"progressToken": "b"})
    again["params"].update(requestState=first["requestState"], inputResponses=answers(first))
    stream = await front.stream(again)
    await stream.end()
    progress, done = stream.messages()
    assert progress["params"] == {"progressToken": "b", "progress": 2, "total": 2, "message": "after the question"}
    assert done["result"]["content"][0]["text"] == "Ada passed"
    await stream.close()


@pytest.mark.parametrize("server", ["stdio", "streams"])
async def test_a_page_to_visit_needs_the_capability(front):
    """-32042 is no code of this revision: without url elicitation a server that wants it is told of as -32021."""
    page = {"mode": "url", "elicitationId": "p", "url": "https://accounts.example.com/p", "message": "Visit"}
    error = json.dumps({"code": -32042, "message": "more information", "data": {"elicitations": [page]}})
    message = modern_call("verbatim", {"error": error}, capabilities={"elicitation": {}})
    answer = (await front.post(message)).json()
    assert answer["error"]["code"] == -32021, answer
    assert answer["error"]["data"]["requiredCapabilities"] == {"elicitation": {"url": {}}}


# A client that does not come back


@pytest.fixture(scope="module")
def hasty(launch, http_fixture, new_ledger):
    """A proxy that keeps a suspended call for a second only."""
    ledgers = {"stdio": new_ledger(), "streams": new_ledger()}
    with http_fixture(answers="sse", ledger=ledgers["streams"]) as streams:
        servers = {"stdio": stdio(ledger=ledgers["stdio"]), "streams": streams.streamable()}
        with launch(servers, limits={"interactionTimeout": "1s"}) as proxy:
            yield proxy, ledgers


@pytest.mark.parametrize("server", ["stdio", "streams"])
async def test_a_call_that_nobody_resumes_is_given_up(hasty, http, server):
    """The server's question is answered for the user who is gone, the call ends there, and the state is worthless."""
    proxy, ledgers = hasty
    front = Front(proxy.url(f"/{server}/mcp"), http)
    first = await suspended(front)
    [asked] = ledgers[server].calls("interview")
    await eventually_async(lambda: given_up(ledgers[server], asked), "the server to be told that the user is gone")
    await refused(front, retry(first))
    assert (await front.result(call("echo", {"text": "after"})))["content"][0]["text"] == "after"


def given_up(ledger: Ledger, asked):
    """The question was answered with a cancel or an error, or the call itself was cancelled."""
    answered = [entry for entry in ledger.entries("answer") if '"cancel"' in entry["raw"] or '"error"' in entry["raw"]]
    cancelled = [e for e in ledger.entries("cancelled", matched=True) if e["params"]["requestId"] == asked["id"]]
    return answered or cancelled


# A server that never has enough


@pytest.mark.parametrize("kind", ["stdio", "http"])
async def test_a_modern_server_that_asks_for_ever_is_stopped(launch, modern_http_fixture, new_ledger, http, kind):
    """A client of the handshake era is asked as often as maxInputRounds says, and then its call fails."""
    asked = []

    def answering(question):
        asked.append(question)
        return json.dumps(accept(name="Ada"))

    with modern_http_fixture() as server:
        entry = modern_stdio(ledger=new_ledger()) if kind == "stdio" else server.streamable()
        with launch({"server": entry}, limits={"maxInputRounds": 5}) as proxy:
            client = await proxy.client("server", http).initialize({"elicitation": {}})
            async with client.posted_stream(call_body("ask_for_ever")) as stream:
                while True:
                    news = await stream.message(lambda m: "id" in m and m not in asked, "question or answer")
                    if "method" not in news:
                        break
                    await client.reply(news, answering(news))
    assert "error" in news, news
    assert len(asked) == 5


async def test_sampling_answers_reach_the_server_whole(proxy, http):
    """A result of sampling goes through with everything that is in it."""
    front = front_of(proxy, "stdio", http)
    first = await suspended(front, "ask_sampling")
    [(key, question)] = first["inputRequests"].items()
    result = {**sampled(question["params"]), "stopReason": "endTurn", "x-unknown": {"n": 12345678901234567890}}
    done = await front.result(retry(first, {key: result}, "ask_sampling"))
    assert json.loads(done["content"][0]["text"]) == {"result": result}
