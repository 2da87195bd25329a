"""Two servers behind one endpoint that have to do with the same client at the same time, whatever the eras."""

import asyncio
import contextlib
import json
from pathlib import Path

import pytest

from support.answers import ROOTS, everything, named
from support.features import INTERVIEW, check_roots, check_survey
from support.matrix import matrix
from support.offered import offered
from support.visit import visit
from support.visitors import plain
from support.visits import Place, capabilities_of, has_elicitation, visitor
from support.wait import eventually_async, eventually_succeeds

pytestmark = pytest.mark.anyio

# Of one era, of the other, and of both.
LEGACY, MODERN, MIXED = ("legacy-stdio", "legacy-http"), ("modern-stdio", "modern-http"), ("legacy-http", "modern-http")
VISITS = [
    ("2025-11-25", LEGACY),
    ("2025-11-25", MODERN),
    ("2025-11-25", MIXED),
    ("2026-07-28", LEGACY),
    ("2026-07-28", MODERN),
    ("2026-07-28", MIXED),
    ("http-sse", MIXED),
    ("stdio-legacy", MIXED),
    ("stdio-modern", MIXED),
]


class Both:
    """One client and the two members that it turns to at once."""

    def __init__(self, client, members):
        self.client = client
        self.members = members

    async def call(self, tool, arguments=None, **more):
        """The plain results of the two, in their order. `arguments(member)` gives what each is called with."""
        arguments = arguments or (lambda member: {})
        calls = [self.client.call(offered(it, tool), arguments(it), **each(more, it)) for it in self.members]
        return [plain(self.client, "tools/call", answer) for answer in await asyncio.gather(*calls)]

    async def texts(self, tool, arguments=None):
        return [result["content"][0]["text"] for result in await self.call(tool, arguments)]

    def address(self, member, uri):
        """What all members have is offered with a prefix by all but the first."""
        return uri if member == "legacy-stdio" else f"{member}+{uri}"


def each(more, member):
    return {key: value(member) for key, value in more.items()}


@pytest.fixture
def opened(servers, http):
    def coming(kind, answering=everything, **more):
        proxy = servers.proxy
        place = Place(proxy.url("/mcp"), proxy.url("/sse"), [proxy.binary, "stdio", "--config", str(proxy.file)])
        return visitor(kind, place, http, capabilities=capabilities_of(kind), answering=answering, **more)

    return coming


@pytest.fixture(scope="module")
def servers(launch, http_fixture, modern_http_fixture, new_ledger):
    with matrix(launch, http_fixture, modern_http_fixture, new_ledger, one_sender=False) as made:
        yield made


def known_as(value):
    return value if isinstance(value, str) else "+".join(value)


every_pair = pytest.mark.parametrize("kind, members", VISITS, ids=known_as)


@every_pair
async def test_both_ask_and_get_their_own_answers(opened, kind, members):
    """Questions to the user, the model and the client reach it from both, and each has the answers to its own."""
    async with opened(kind) as client:
        both = Both(client, members)
        prompts = {member: f"a poem for {member}" for member in members}
        texts = await both.texts("compose", lambda member: {"prompt": prompts[member]})
        assert texts == [f"composed sampled: {prompts[member]}" for member in members]
        assert [json.loads(text) for text in await both.texts("ask_roots")] == [{"result": ROOTS}] * 2
        if not has_elicitation(kind):
            return
        assert await both.texts("interview") == ["Ada likes green"] * 2
        surveys = await both.call("survey")
        whole = {"name": "Ada", "colour": "green", "poem": "sampled: a poem", "roots": ["file:///roots/raw"]}
        assert [result["structuredContent"] for result in surveys] == [whole] * 2
        asked = [method for method, _ in client.asked]
        assert [asked.count(it) for it in ("elicitation/create", "sampling/createMessage", "roots/list")] == [8, 4, 4]


@every_pair
async def test_progress_and_log_messages_of_both_say_whose_they_are(opened, kind, members):
    """Progress comes under each call's own token, and a log message names the server in its logger."""
    async with opened(kind) as client:
        both = Both(client, members)
        await client.set_level("notice")
        steps = await both.call(
            "progress",
            lambda member: {"steps": 5, "confirm": True},
            meta=lambda member: {"progressToken": f"of {member}"},
        )
        assert [result["content"][0]["text"] for result in steps] == ["5 steps"] * 2
        for member in members:
            notes = client.notes("notifications/progress")
            told = [note["progress"] for note in notes if note["progressToken"] == f"of {member}"]
            assert told == [1, 2, 3, 4, 5], member
        await both.call("log_levels", lambda member: {"confirm": True})
        for member in members:
            notes = client.notes("notifications/message")
            told = [note["level"] for note in notes if note["logger"] == f"{member}/fixture"]
            assert told == ["notice", "warning", "error", "critical", "alert", "emergency"], member
        assert len(client.notes("notifications/message")) == 12


@every_pair
async def test_updates_of_both_are_told_under_the_offered_addresses(opened, kind, members):
    """Of one address at both servers each has its own, for subscribing, for what is told and for reading."""
    async with opened(kind) as client:
        both = Both(client, members)
        item = f"mem://item/{kind}"
        uris = [both.address(member, item) for member in members]
        for member, uri in zip(members, uris, strict=True):
            read = plain(client, "resources/read", await client.request("resources/read", {"uri": uri}))
            assert read["contents"] == [{"uri": uri, "mimeType": "text/plain", "text": kind}], member
        async with client.listening(uris=sorted(uris)):
            await both.call("touch", lambda member: {"uri": item})
            told = "notifications/resources/updated"
            await client.inbox.wait_for(lambda: len(client.notes(told)) >= 2, "both updates")
            await both.call("touch", lambda member: {"uri": f"{item}-other"})
            [text, _] = await both.texts("echo", lambda member: {"text": "after"})
            assert text == "after"
        assert sorted(params["uri"] for params in client.notes(told)) == sorted(uris)


@every_pair
async def test_lists_that_both_change_have_what_both_added(opened, kind, members):
    """A client that listens is told, and finds the new tool of each in the list and can call it."""
    async with opened(kind) as client:
        both = Both(client, members)
        # Too long to be offered as it stands.
        name = f"new-tool-of-{kind}-with-a-very-long-name-indeed"
        async with client.listening(toolsListChanged=True):
            await both.call("add_tool", lambda member: {"name": name})
            await client.inbox.notification("notifications/tools/list_changed")
            wanted = {offered(member, name) for member in members}

            async def listed():
                tools, _ = await client.every("tools/list", "tools")
                assert wanted <= {tool["name"] for tool in tools}

            await eventually_succeeds(listed, f"{wanted} to be listed")
        assert await both.texts(name) == [f"{name} was called"] * 2


@every_pair
async def test_completions_come_from_the_server_of_the_prompt(opened, servers, kind, members):
    """A completion for a prompt or a template of one server is asked of that one."""
    async with opened(kind) as client:
        both = Both(client, members)
        for member in members:
            template = both.address(member, "mem://item/{id}")
            for reference in (
                {"type": "ref/prompt", "name": offered(member, "greet")},
                {"type": "ref/resource", "uri": template},
            ):
                before = {it: completions(servers, it) for it in members}
                params = {"ref": reference, "argument": {"name": "name", "value": "al"}}
                answer = await client.request("completion/complete", params)
                assert plain(client, "completion/complete", answer)["completion"]["values"] == ["alice", "alfred"]
                asked = {it: completions(servers, it) - before[it] for it in members}
                assert asked == {it: int(it == member) for it in members}, reference


def completions(servers, member):
    return len(servers.ledgers[member].entries("request", method="completion/complete"))


@every_pair
async def test_a_call_of_one_is_given_up_while_the_other_goes_on(opened, servers, directory, kind, members):
    """The cancellation reaches the server whose call it is; the other's call is answered."""
    async with opened(kind) as client:
        gates = [str(directory() / "gate") for _ in members]
        started = [
            await client.start("tools/call", {"name": offered(member, "hold"), "arguments": {"file": gate}})
            for member, gate in zip(members, gates, strict=True)
        ]
        calls = [
            await eventually_async(lambda: held(servers, member, gate), f"the call at {member} to start")
            for member, gate in zip(members, gates, strict=True)
        ]
        await client.cancel(started[0])
        await eventually_async(lambda: cancelled(servers, members[0], calls[0]), "the first to be told")
        Path(gates[1]).touch()
        answer = plain(client, "tools/call", await client.inbox.answer(started[1]))
        assert answer["content"][0]["text"] == "released"
        assert not cancelled(servers, members[1], calls[1])


def held(servers, member, gate):
    return next((call for call in servers.ledgers[member].calls("hold") if gate in call["raw"]), None)


def cancelled(servers, member, call):
    found = servers.ledgers[member].entries("cancelled", pid=call["pid"], matched=True)
    return [entry for entry in found if entry["params"]["requestId"] == call["id"] and entry["time"] > call["time"]]


async def test_many_clients_at_all_servers_get_their_own(opened):
    """Clients of every kind call and are asked by every server at once; nobody hears what is another's."""
    members = [*LEGACY, *MODERN]
    async with contextlib.AsyncExitStack() as stack:
        kinds = ["2025-11-25", "2026-07-28"] * 4
        clients = {
            f"user {at}": await stack.enter_async_context(
                # Requests without a session are told apart by who they say they are.
                opened(kind, named(f"user {at}"), info={"name": f"user {at}", "version": "1"})
            )
            for at, kind in enumerate(kinds)
        }

        # From its first question on a server over stdio is called by one after the other.
        for name, client in clients.items():
            assert await Both(client, members).texts("interview") == [f"{name} likes {name}'s"] * len(members)

        async def busy(name, client):
            both = Both(client, members)
            for turn in range(5):
                values = await both.call("reflect", lambda member: {"value": {"of": name, "at": member, "turn": turn}})
                expected = [{"of": name, "at": member, "turn": turn} for member in members]
                assert [result["structuredContent"] for result in values] == expected
                assert await both.texts("interview") == [f"{name} likes {name}'s"] * len(members)

        await asyncio.gather(*(busy(name, client) for name, client in clients.items()))
        for client in clients.values():
            assert len(client.asked) == 6 * 2 * len(members)


@pytest.mark.parametrize("kind", ["http-sse", "2025-11-25", "2026-07-28"])
async def test_a_server_that_dies_fails_its_own_calls_alone(opened, servers, directory, kind):
    """Its calls end with an error at once, the other's goes on, and it is back for the same client."""
    members = dying, living = "legacy-stdio", "modern-http"
    async with opened(kind) as client:
        gates = {member: directory() / "gate" for member in members}
        started = {
            member: await client.start(
                "tools/call", {"name": offered(member, "hold"), "arguments": {"file": str(gate)}}
            )
            for member, gate in gates.items()
        }
        for member, gate in gates.items():
            await eventually_async(lambda: held(servers, member, str(gate)), f"the call at {member} to start")
        assert "error" in await client.call(offered(dying, "crash"))
        assert "error" in await client.inbox.answer(started[dying])
        gates[living].touch()
        answer = plain(client, "tools/call", await client.inbox.answer(started[living]))
        assert answer["content"][0]["text"] == "released"

        async def back():
            assert "result" in await client.call(offered(dying, "echo"), {"text": "back"})

        await eventually_succeeds(back, f"{dying} to be back")


@pytest.mark.parametrize("client, mode", [("v1", "legacy"), ("v2", "legacy"), ("v2", "auto"), ("fastmcp", "auto")])
def test_an_official_client_is_asked_by_every_server(servers, client, mode):
    """Its user, its model and its roots are asked by servers of both eras, and each gets the answers."""
    members = [*LEGACY, *MODERN]
    asking = ["interview", "compose", "ask_roots", "survey"]
    calls = [[offered(member, tool), {}] for tool in asking for member in members]
    order = {"kind": "streamable", "url": servers.proxy.url("/mcp"), "mode": mode, "calls": calls}
    outcome = visit(client, order, ("given_calls",))["given_calls"]
    assert "failure" not in outcome, outcome
    texts = [result["content"][0]["text"] for result in outcome["value"]]
    interviews, poems, roots, surveys = (texts[at : at + len(members)] for at in range(0, len(texts), len(members)))
    assert interviews == [INTERVIEW] * len(members)
    assert poems == ["composed sampled: a poem"] * len(members)
    for text in roots:
        check_roots(json.loads(text))
    for text in surveys:
        check_survey(json.loads(text))


async def test_the_endpoint_says_who_it_is_and_what_all_can(opened, servers):
    """Its name is the proxy's, its capabilities are those of all, its instructions have a section for each."""
    async with opened("2025-11-25") as client:
        found = client.discovered
        assert found["serverInfo"]["name"] == "proxy under test"
        assert found["capabilities"]["tools"] == {"listChanged": True}
        assert found["capabilities"]["prompts"] == {"listChanged": True}
        assert found["capabilities"]["resources"] == {"subscribe": True, "listChanged": True}
        assert {"logging", "completions"} <= found["capabilities"].keys()
        for member in servers.ledgers:
            assert f"## {member}\nUse echo first.\nThen the rest." in found["instructions"]
        assert len(found["instructions"]) <= 2048
