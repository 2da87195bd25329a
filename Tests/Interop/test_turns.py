"""A server over stdio asks its clients without saying for which call: who is asked, who waits, and for whom.

Clients of revision 2026-07-28 are asked in the answer to their request and may never come back. Nobody else has to wait
for them.
"""

import asyncio
import contextlib
import json
import stat

import pytest

from support.answers import accept, everything, named
from support.envelope import modern_call
from support.fixture import stdio
from support.modern import Front
from support.wait import eventually, eventually_async

pytestmark = pytest.mark.anyio

CAPABILITIES = {"elicitation": {"form": {}}, "sampling": {}, "roots": {}}
# Far below the five minutes for which a call waits for its client, and the ten seconds after which its question moves.
SECONDS = 8
# A name that stands for a web server in front of the proxy, through which anybody may come.
OPEN = {"allowedHosts": ["proxy.example.com"]}
EVERYTHING = {"name": "Ada", "colour": "green", "poem": "sampled: a poem", "roots": ["file:///roots/raw"]}


def call(tool, arguments=None, request_id=1, client="client", **added):
    info = {"name": client, "version": "1"}
    message = modern_call(tool, arguments, request_id, capabilities=CAPABILITIES, info=info)
    message["params"].update(added)
    return message


def front(proxy, http, server="fixture"):
    return Front(proxy.url(f"/{server}/mcp"), http)


async def asked(front, *arguments, **settings):
    """The result that asks; nobody answers it."""
    result = await front.result(call(*arguments, **settings))
    assert result["resultType"] == "input_required", result
    return result


async def answered(front, tool, arguments=None, client="client", answering=everything):
    """The result of a call whose client answers all that it is asked, and what it was asked, round by round."""
    rounds, more = [], {}
    while True:
        result = await front.result(call(tool, arguments, len(rounds) + 1, client, **more))
        if result["resultType"] == "complete":
            return result, rounds
        rounds.append(result["inputRequests"])
        answers = {key: answering(it["method"], it.get("params", {})) for key, it in rounds[-1].items()}
        more = {"requestState": result["requestState"], "inputResponses": answers}


def text_of(result):
    return result["content"][0]["text"]


@contextlib.asynccontextmanager
async def soon():
    """Nothing in this block waits for a client that does not come back."""
    async with asyncio.timeout(SECONDS):
        yield


@pytest.mark.parametrize("isolation", [None, "session"])
async def test_a_client_that_left_a_call_alone_is_not_kept_waiting(launch, http, isolation):
    """After a question that nobody answers, the same client's next calls are asked and answered at once."""
    settings = {"isolation": isolation} if isolation else {}
    with launch({"fixture": stdio(**settings)}) as proxy:
        client = front(proxy, http)
        await asked(client, "interview")
        async with soon():
            for _ in range(2):
                result, rounds = await answered(client, "interview")
                assert text_of(result) == "Ada likes green" and len(rounds) == 2
            result, _ = await answered(client, "echo", {"text": "plain"})
            assert text_of(result) == "plain"


async def test_nobody_waits_for_a_client_that_stays_away(launch, http, new_ledger):
    """Another client's question and plain calls, and a session's, are served at once, all in the same process."""
    ledger = new_ledger()
    with launch({"fixture": stdio(ledger=ledger)}) as proxy:
        client = front(proxy, http)
        await asked(client, "interview", client="away")
        async with soon():
            for name in ("Bea", "Cem"):
                result, _ = await answered(client, "interview", client=name, answering=named(name))
                assert text_of(result) == f"{name} likes {name}'s"
                result, _ = await answered(client, "echo", {"text": name}, client=name)
                assert text_of(result) == name
        assert len(ledger.entries("start")) == 2, "the one without capabilities, and one for all these"


async def test_what_is_asked_together_is_one_result_also_the_second_time(launch, http):
    """Four questions at once come in one result, although calls before were left alone with some."""
    with launch({"fixture": stdio()}) as proxy:
        client = front(proxy, http)
        await asked(client, "interview")
        for _ in range(2):
            assert len((await asked(client, "survey"))["inputRequests"]) == 4
        async with soon():
            result, rounds = await answered(client, "survey")
        assert result["structuredContent"] == EVERYTHING and len(rounds) == 1


async def test_a_question_is_known_by_the_servers_own_identifier(launch, http):
    """A text is the key as it is; for a number there is one that says it."""
    servers = {"words": stdio("named-questions"), "numbers": stdio()}
    with launch(servers) as proxy:
        words = await asked(front(proxy, http, "words"), "survey")
        assert set(words["inputRequests"]) == {f"question {number}" for number in range(4)}
        numbers = await asked(front(proxy, http, "numbers"), "survey")
        assert set(numbers["inputRequests"]) == {f"input-{number}" for number in range(4)}


async def test_an_answer_counts_whichever_call_brings_it(launch, http):
    """Two calls of one client are asked; the answers to both come with the second, and both go on."""
    with launch({"fixture": stdio("named-questions")}) as proxy:
        client = front(proxy, http)
        first = await asked(client, "hold_then_ask", {"file": "/"})
        second = await asked(client, "hold_then_ask", {"file": "/"}, request_id=2)
        [one], [other] = first["inputRequests"], second["inputRequests"]
        assert one != other
        answers = {one: accept(name="Ada"), other: accept(name="Bea")}
        async with soon():
            for number, (state, given) in enumerate([(second, answers), (first, {})]):
                more = {"requestState": state["requestState"], "inputResponses": given}
                result = await client.result(call("hold_then_ask", {"file": "/"}, 3 + number, **more))
                assert text_of(result) == ["Bea passed", "Ada passed"][number]


def gated(client, gate, name):
    """A call that asks once the gate is open, of a client of this name."""
    arguments = {"file": str(gate)}
    return asyncio.ensure_future(answered(client, "hold_then_ask", arguments, client=name, answering=named(name)))


async def test_one_persons_clients_may_be_asked_at_the_same_moment(launch, http, directory, new_ledger):
    """Three clients of one person, asked together for the first time: all get their answers, at once."""
    gate, ledger = directory() / "gate", new_ledger()
    with launch({"fixture": stdio(ledger=ledger)}) as proxy:
        names = ["Ada", "Bea", "Cem"]
        calls = [gated(front(proxy, http), gate, name) for name in names]
        await eventually_async(lambda: len(ledger.calls("hold_then_ask")) == 3, "all calls at the server")
        async with soon():
            gate.touch()
            texts = [text_of(result) for result, _ in await asyncio.gather(*calls)]
        assert sorted(texts) == [f"{name} passed" for name in names]


@pytest.mark.parametrize("tokens", [[], ["a-token-of-one-person-123456"]])
async def test_strangers_are_not_asked_for_each_other(launch, http, directory, new_ledger, tokens):
    """Where anybody can come, what may be for several callers without a token is cancelled at once, and the log says so."""
    gate, ledger = directory() / "gate", new_ledger()
    options = {"authTokens": tokens} if tokens else None
    with launch({"fixture": stdio(ledger=ledger)}, proxy=OPEN, options=options) as proxy:
        headers = {"Authorization": f"Bearer {tokens[0]}"} if tokens else {}
        client = Front(proxy.url("/fixture/mcp"), http, headers)
        calls = [gated(client, gate, name) for name in ("Ada", "Bea")]
        await eventually_async(lambda: len(ledger.calls("hold_then_ask")) == 2, "both calls at the server")
        async with soon():
            gate.touch()
            texts = {text_of(result) for result, _ in await asyncio.gather(*calls)}
        if tokens:
            assert texts == {"Ada passed", "Bea passed"}
        else:
            assert "cancel passed" in texts
            proxy.wait_output('isolation: "session"')


async def test_that_a_server_asks_is_known_after_a_restart(make_proxy, http, directory, new_ledger):
    """With --state-dir clients take turns from the first call on, in a file that is nobody else's."""
    ledger, state = new_ledger(), directory() / "state"
    proxy = make_proxy({"fixture": stdio(ledger=ledger), "quiet": stdio(name="quiet", ledger=ledger)})
    proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(state)])
    proxy.start().wait_ready()
    await asked(front(proxy, http), "interview")
    file = state / "asking.json"
    eventually(file.exists, "what is kept")
    assert json.loads(file.read_text()) == {"version": 1, "asking": ["fixture"]}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    proxy.stop()
    proxy.start().wait_ready()
    for server, together in [("fixture", False), ("quiet", True)]:
        gate = directory() / "gate"
        client = front(proxy, http, server)
        first = gated(client, gate, "Ada")
        await eventually_async(lambda: ledger.calls("hold_then_ask"), "the first call at the server")
        second = asyncio.ensure_future(answered(client, "echo", {"text": server}, client="Bea"))
        if together:
            assert text_of((await second)[0]) == server
        # What is asked of its own connection by another set of capabilities goes past all turns.
        other = modern_call("echo", {"text": "past"}, 9)
        assert text_of(await client.result(other)) == "past"
        assert together or not [entry for entry in ledger.calls("echo") if server in entry["raw"]]
        gate.touch()
        assert text_of((await first)[0]) == "Ada passed"
        assert text_of((await second)[0]) == server
    proxy.stop()


@pytest.mark.parametrize("text", ["", "[]", '{"version":1,"asking":[1]}', '{"version":2,"asking":[]}'])
async def test_a_list_that_cannot_be_read_is_set_aside(make_proxy, http, directory, text):
    """The proxy starts all the same, says so and begins a new list."""
    state = directory() / "state"
    state.mkdir(mode=0o700)
    (state / "asking.json").write_text(text)
    (state / "asking.json").chmod(0o600)
    proxy = make_proxy({"fixture": stdio()})
    proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(state)])
    proxy.start().wait_ready()
    proxy.wait_output("set aside")
    [aside] = [path for path in state.iterdir() if "unreadable" in path.name]
    assert aside.read_text() == text
    await asked(front(proxy, http), "interview")
    eventually((state / "asking.json").exists, "the new list")
    proxy.stop()


async def test_a_list_that_others_may_write_is_not_trusted(make_proxy, directory):
    """The proxy does not start, and says what to do."""
    state = directory() / "state"
    state.mkdir(mode=0o700)
    (state / "asking.json").write_text('{"version":1,"asking":[]}')
    (state / "asking.json").chmod(0o622)
    proxy = make_proxy({"fixture": stdio()})
    proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(state)])
    proxy.start()
    assert proxy.process.wait(SECONDS) == 1
    assert "chmod 600" in proxy.output and "asking.json" in proxy.output
