"""Nobody ever gets what belongs to somebody else."""

import asyncio
import collections
import json
import random
import uuid

import pytest

from support.fixture import stdio
from support.processes import peak_resident_bytes, resident_bytes
from support.raw import Wire, call_body, error_of, text_of
from support.wait import eventually_async

pytestmark = pytest.mark.anyio

CLIENTS = 50
CALLS_EACH = 200
IN_FLIGHT = 4
DISCONNECTS = 0.03
TOKENS = ["first-principal", "second-principal"]


@pytest.fixture(scope="module")
def ledger(new_ledger):
    return new_ledger()


@pytest.fixture(scope="module")
def proxy(launch, http_fixture, ledger):
    with http_fixture(answers="sse", ledger=ledger, name="http") as upstream:
        servers = {
            "stdio": stdio(ledger=ledger, name="stdio"),
            "http": upstream.streamable(),
            "tenants": stdio(ledger=ledger, name="tenants", options={"authTokens": TOKENS}),
        }
        with launch(servers, limits={"streamAfter": "20ms"}) as proxy:
            yield proxy


class Caller:
    """One client with a secret. It gives id 1 to everything it sends."""

    def __init__(self, seed):
        self.secret = uuid.uuid4().hex
        self.random = random.Random(seed)
        self.outcomes = {}
        self.numbers = iter(range(CALLS_EACH))

    async def run(self, wires):
        """Makes all calls, one at a time on each connection."""
        await asyncio.gather(*(self._one_after_another(wire) for wire in wires))

    async def _one_after_another(self, wire):
        for number in self.numbers:
            arguments = {"secret": self.secret, "seq": number, "delay": self.random.uniform(0, 0.05)}
            calling = asyncio.ensure_future(wire.post(call_body("secret", arguments, 1, {"progressToken": 1})))
            if self.random.random() < DISCONNECTS:
                await asyncio.wait([calling], timeout=self.random.uniform(0, 0.05))
                calling.cancel()
            await asyncio.wait([calling])
            self.outcomes[number] = None if calling.cancelled() else self._checked(calling.result())
        wire.close()

    def _checked(self, texts):
        """The text of the answer. Everything that came with it must be about this call."""
        *notes, answer = map(json.loads, texts)
        assert all(note["params"]["progressToken"] == 1 for note in notes), notes
        assert answer["id"] == 1
        return text_of(answer)

    def wrong(self):
        return {
            number: outcome
            for number, outcome in self.outcomes.items()
            if outcome is not None and outcome != f"{self.secret}:{number}"
        }


def assert_own_answers_only(callers, ledger):
    for caller in callers:
        assert len(caller.outcomes) == CALLS_EACH
        assert not caller.wrong(), f"answers that are not the caller's own: {caller.wrong()}"
    received = [outcome for caller in callers for outcome in caller.outcomes.values() if outcome]
    assert len(received) > 0.9 * CLIENTS * CALLS_EACH
    executed = collections.Counter()
    for entry in ledger.calls("secret"):
        arguments = entry["params"]["arguments"]
        executed[f"{arguments['secret']}:{arguments['seq']}"] += 1
    assert not [key for key, count in executed.items() if count > 1], "a call was executed twice"
    assert not [key for key in received if executed[key] != 1], "an answer without an execution"


@pytest.mark.timeout(240)
async def test_fifty_clients_with_equal_ids_get_exactly_their_own_answers(proxy, http, ledger):
    """10,000 calls, every one with id 1 and an equal progress token, random delays and disconnects: no mix-up."""
    callers = [Caller(seed) for seed in range(CLIENTS)]

    async def visit(index, caller):
        name = "stdio" if index % 2 else "http"
        client = await proxy.client(name, http).initialize()
        await caller.run([Wire(proxy.port, f"/{name}/mcp", client.headers()) for _ in range(IN_FLIGHT)])

    await asyncio.gather(*(visit(index, caller) for index, caller in enumerate(callers)))
    assert_own_answers_only(callers, ledger)


@pytest.mark.parametrize("upstream", ["stdio", "http"])
async def test_clients_over_http_sse_get_exactly_their_own_answers(proxy, http, upstream):
    """The same over the older transport, where all answers of a session share one stream."""

    async def visit(number):
        secret = uuid.uuid4().hex
        async with proxy.old_client(upstream, http).connected() as client:
            for seq in range(20):
                arguments = {"secret": secret, "seq": seq, "delay": 0.001 * (number % 5)}
                answer = await client.call("secret", arguments, seq, {"progressToken": 1})
                assert text_of(answer) == f"{secret}:{seq}"
            answers = [message for message in client.stream.messages() if "result" in message]
            assert len(answers) == 1 + 20, "more answers than questions"

    await asyncio.gather(*(visit(number) for number in range(20)))


async def ask_roots(client, uri):
    """Calls ask_roots, answers the question on the call's own stream and returns what the upstream got."""
    async with client.posted_stream(call_body("ask_roots")) as stream:
        question = await stream.message(lambda message: message.get("method") == "roots/list", "roots/list")
        await client.reply(question, json.dumps({"roots": [{"uri": uri}]}))
        answer = json.loads(text_of(await stream.answer()))
    return answer["result"]["roots"][0]["uri"]


@pytest.mark.parametrize("upstream", ["stdio", "http"])
async def test_roots_asked_by_one_clients_call_never_go_to_another(proxy, http, upstream):
    """Two clients with equal capabilities: the question of B's call reaches B alone, and A's stream stays silent."""
    first = await proxy.client(upstream, http).initialize({"roots": {"listChanged": True}})
    second = await proxy.client(upstream, http).initialize({"roots": {"listChanged": True}})
    async with first.listening() as stream_of_first:
        for number in range(10):
            uri = f"file:///second/{number}"
            assert await ask_roots(second, uri) == uri
        await first.request("ping")
        assert not [message for message in stream_of_first.messages() if message.get("method") == "roots/list"]


@pytest.mark.parametrize("upstream", ["stdio", "http"])
async def test_roots_asked_while_another_clients_call_is_running_never_go_there(
    proxy, http, ledger, upstream, tmp_path
):
    """Even while A has a call in flight on the same upstream, the question of B's call reaches B alone."""
    first = await proxy.client(upstream, http).initialize({"roots": {}})
    second = await proxy.client(upstream, http).initialize({"roots": {}})
    gate = tmp_path / "open"
    async with first.posted_stream(call_body("hold", {"file": str(gate)}, meta={"progressToken": 1})) as held:
        await asyncio.to_thread(ledger.wait_for_call, "hold", str(gate))
        asking = asyncio.ensure_future(ask_roots(second, "file:///second"))
        await asyncio.wait([asking], timeout=0.5)
        gate.touch()
        assert await asking == "file:///second"
        await held.answer()
        assert not [message for message in held.messages() if message.get("method") == "roots/list"]


@pytest.mark.parametrize("upstream", ["stdio", "http"])
async def test_nobody_can_answer_a_question_put_to_somebody_else(proxy, http, upstream):
    """Another session that knows the id of A's question cannot answer it, and A's own answer counts."""
    asked = await proxy.client(upstream, http).initialize({"roots": {}})
    thief = await proxy.client(upstream, http).initialize({"roots": {}})
    async with asked.posted_stream(call_body("ask_roots")) as stream:
        question = await stream.message(lambda message: message.get("method") == "roots/list", "roots/list")
        forged = json.dumps({"jsonrpc": "2.0", "id": question["id"], "result": {"roots": [{"uri": "file:///forged"}]}})
        assert (await thief.post(forged)).status_code in (202, 400)
        await asked.reply(question, '{"roots":[{"uri":"file:///own"}]}')
        answer = json.loads(text_of(await stream.answer()))
    assert answer["result"]["roots"][0]["uri"] == "file:///own"


@pytest.mark.parametrize("upstream", ["stdio", "http"])
async def test_a_question_that_is_withdrawn_is_withdrawn_at_the_client(proxy, http, upstream):
    """An upstream's notifications/cancelled for its own question names the question as the client knows it."""
    client = await proxy.client(upstream, http).initialize({"roots": {}})
    async with client.listening() as standing, client.posted_stream(call_body("ask_and_withdraw")) as stream:
        question = await stream.message(lambda message: message.get("method") == "roots/list", "roots/list")
        assert text_of(await stream.answer()) == "withdrawn"

        def withdrawn():
            notes = [message for message in stream.messages() + standing.messages()]
            return [note for note in notes if note.get("method") == "notifications/cancelled"]

        await eventually_async(withdrawn, "notifications/cancelled")
    assert [note["params"]["requestId"] for note in withdrawn()] == [question["id"]]


@pytest.mark.parametrize("upstream", ["stdio", "http"])
async def test_many_clients_asked_at_the_same_time_each_answer_their_own_question(proxy, http, upstream):
    """Twenty clients, ten questions each, all at once: every call gets its own client's roots."""

    async def visit(number):
        client = await proxy.client(upstream, http).initialize({"roots": {}})
        for turn in range(10):
            uri = f"file:///client/{number}/{turn}"
            assert await ask_roots(client, uri) == uri

    await asyncio.gather(*(visit(number) for number in range(20)))


@pytest.mark.parametrize("token", [1, "1", "t", 9007199254740993])
@pytest.mark.parametrize("upstream", ["stdio", "http"])
async def test_equal_progress_tokens_of_two_clients_do_not_meet(proxy, http, upstream, token):
    """Both clients use the same token at the same time; each gets all of its own progress and nothing else."""

    async def visit(steps):
        client = await proxy.client(upstream, http).initialize()
        async with client.posted_stream(call_body("progress", {"steps": steps}, 1, {"progressToken": token})) as stream:
            await stream.answer()
            return [
                message["params"] for message in stream.messages() if message.get("method") == "notifications/progress"
            ]

    first, second = await asyncio.gather(visit(30), visit(50))
    assert first == progress_of(30, token)
    assert second == progress_of(50, token)


def progress_of(steps, token):
    return [
        {"progressToken": token, "progress": step, "total": steps, "message": f"step {step}"}
        for step in range(1, steps + 1)
    ]


async def test_a_log_message_during_a_call_reaches_only_the_caller(proxy, http):
    """notifications/message of an HTTP upstream's call is on the caller's side alone."""
    first = await proxy.client("http", http).initialize()
    second = await proxy.client("http", http).initialize()
    async with first.listening() as other, second.listening() as own:
        async with second.posted_stream(call_body("log", {"text": "private"}, meta={"progressToken": 1})) as posted:
            await posted.answer()
            await eventually_async(lambda: "private" in str(posted.events + own.events), "the log message")
        await first.request("ping")
        assert "private" not in str(other.events)


async def whoami(client):
    return json.loads(await client.call_text("whoami"))


async def test_one_principals_clients_share_a_process_when_they_declare_the_same(proxy, http):
    """Same principal and same capabilities: one process; other capabilities: another process."""
    same = [await proxy.client("stdio", http).initialize({"roots": {}}) for _ in range(2)]
    other = await proxy.client("stdio", http).initialize({"sampling": {}})
    first, second, third = [(await whoami(client))["pid"] for client in (*same, other)]
    assert first == second != third


async def test_a_process_is_told_exactly_the_capabilities_of_its_clients(proxy, http):
    """The upstream sees what the client declared: nothing more, nothing less."""
    client = await proxy.client("stdio", http).initialize({"elicitation": {}, "roots": {"listChanged": True}})
    assert (await whoami(client))["client"]["capabilities"] == {"elicitation": {}, "roots": {"listChanged": True}}
    bare = await proxy.client("stdio", http).initialize({})
    assert (await whoami(bare))["client"]["capabilities"] == {}


async def test_two_principals_never_share_a_process(proxy, http):
    """Two tokens are two tenants: each has its own process, whatever they declare."""
    clients = []
    for token in TOKENS:
        client = proxy.client("tenants", http, headers={"Authorization": f"Bearer {token}"})
        clients.append(await client.initialize({"roots": {}}))
    first, second = [(await whoami(client))["pid"] for client in clients]
    assert first != second


async def test_a_question_to_a_client_that_declared_nothing_is_refused_clearly(proxy, http):
    """The upstream gets a JSON-RPC error instead of silence, and nobody else is asked."""
    bystander = await proxy.client("stdio", http).initialize({"roots": {}})
    client = await proxy.client("stdio", http).initialize({})
    async with bystander.listening() as stream:
        answer = json.loads(text_of(await client.call("ask_roots")))
        assert "error" in answer, answer
        assert not stream.messages()


async def test_each_client_session_has_one_upstream_session_of_its_own(proxy, http, ledger):
    """Twenty calls of one client are one upstream session and a handful of connections, not one each."""
    before = len(ledger.entries("request", server="http", method="initialize"))
    client = await proxy.client("http", http).initialize()
    headers = [(await whoami(client))["headers"]["mcp-session-id"] for _ in range(20)]
    assert len(set(headers)) == 1
    assert client.session not in headers
    assert len(ledger.entries("request", server="http", method="initialize")) == before + 1


async def test_connections_to_an_http_upstream_are_used_again(proxy, http, ledger):
    """A hundred calls at eight a time open only a few connections."""
    client = await proxy.client("http", http).initialize()
    before = len(ledger.entries("connection", server="http"))
    for _ in range(13):
        await asyncio.gather(*(client.call_text("echo", {"text": "t"}) for _ in range(8)))
    assert len(ledger.entries("connection", server="http")) - before <= 16


async def test_a_client_that_does_not_read_holds_up_nobody(proxy, http):
    """While four results of 7 MiB lie unread, another client's echo is answered."""
    slow = await proxy.client("stdio", http).initialize()
    pending = []
    for _ in range(4):
        body = call_body("big", {"bytes": 7 * 1024 * 1024})
        pending.append(
            await http.send(http.build_request("POST", slow.url, content=body, headers=slow.headers()), stream=True)
        )
    other = await proxy.client("stdio", http).initialize()
    assert await other.call_text("echo", {"text": "through"}) == "through"
    for response in pending:
        await response.aclose()


async def test_ids_that_only_differ_in_type_are_different_ids(proxy, http, ledger, tmp_path):
    """1 and "1" in flight together on one HTTP+SSE stream: each gets its own answer, of its own type."""
    gate = tmp_path / "open"
    async with proxy.old_client("stdio", http).connected() as client:
        for request_id in (1, "1", 9007199254740993, 9007199254740992):
            await client.post(call_body("hold", {"file": str(gate), "text": repr(request_id)}, request_id))
        gate.touch()
        for request_id in (1, "1", 9007199254740993, 9007199254740992):
            answer = await client.stream.message(
                lambda message: type(message.get("id")) is type(request_id) and message["id"] == request_id,
                repr(request_id),
            )
            assert text_of(answer) == repr(request_id)


async def test_an_id_that_is_in_flight_already_is_refused_on_a_shared_stream(proxy, http, ledger, tmp_path):
    """HTTP+SSE: a second request with the same id could not be told apart: 400 and -32600, the first is undisturbed."""
    gate = tmp_path / "open"
    async with proxy.old_client("stdio", http).connected() as client:
        await client.post(call_body("hold", {"file": str(gate)}, 5))
        await asyncio.to_thread(ledger.wait_for_call, "hold", str(gate))
        body, headers = call_body("echo", {"text": "second"}, 5), {"Content-Type": "application/json"}
        response = await http.post(client.endpoint, content=body, headers=headers)
        assert response.status_code == 400
        assert error_of(response)["code"] == -32600
        gate.touch()
        assert text_of(await client.stream.answer(5)) == "released"


async def test_streams_that_nobody_reads_cost_little_and_hold_up_nobody(proxy, http):
    """Thirty streams are never read while the upstream sends 20 MiB to each: memory stays bounded, others are
    served."""
    lazy = [await proxy.client("stdio", http).initialize() for _ in range(30)]
    before = resident_bytes(proxy.pid)
    responses = []
    for client in lazy:
        request = http.build_request("GET", client.url, headers=client.headers(Accept="text/event-stream"))
        responses.append(await http.send(request, stream=True))
    caller = await proxy.client("stdio", http).initialize()
    assert await caller.call_text("flood", {"count": 200, "bytes": 100 * 1024}) == "flooded"
    assert await caller.call_text("echo", {"text": "through"}) == "through"
    assert peak_resident_bytes(proxy.pid) - before < 200 * 1024 * 1024
    for response in responses:
        await response.aclose()
