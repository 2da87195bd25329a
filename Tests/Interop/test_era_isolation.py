"""Which process or session of a server serves whom, when clients have no session of their own."""

import asyncio
import json

import pytest

from support.answers import named
from support.envelope import modern_call, modern_request
from support.fixture import modern_stdio, stdio
from support.modern import Front
from support.visitors import plain
from support.visits import Place, visitor

pytestmark = pytest.mark.anyio

ALICE, BOB = "token-of-alice-1234567890", "token-of-bob-1234567890"
ELICITATION = {"elicitation": {}}


@pytest.fixture(scope="module")
def ledger(new_ledger):
    return new_ledger()


@pytest.fixture(scope="module")
def proxy(launch, ledger):
    servers = {
        "legacy": stdio(ledger=ledger),
        "shared": {**stdio(), "isolation": "shared"},
        "modern": modern_stdio(),
    }
    with launch(servers, options={"authTokens": [ALICE, BOB]}) as proxy:
        yield proxy


@pytest.fixture
def front(proxy, http):
    """Makes the endpoint of a server as this caller sees it."""
    return lambda token, server="legacy": Front(
        proxy.url(f"/{server}/mcp"), http, {"Authorization": f"Bearer {token}"}
    )


async def facts(front, capabilities=None):
    result = await front.result(modern_call("whoami", capabilities=capabilities))
    return json.loads(result["content"][0]["text"])


async def test_a_process_belongs_to_a_caller_and_what_it_declares(front):
    """The same caller with the same capabilities shares a process; another caller or other capabilities do not."""
    alice = (await facts(front(ALICE), ELICITATION))["pid"]
    assert (await facts(front(ALICE), ELICITATION))["pid"] == alice
    assert (await facts(front(ALICE), {}))["pid"] != alice
    assert (await facts(front(BOB), ELICITATION))["pid"] != alice


async def test_a_modern_server_serves_everybody(front):
    """A server without sessions is one process, and each request says whose it is."""
    of_alice, of_bob = await facts(front(ALICE, "modern"), ELICITATION), await facts(front(BOB, "modern"), {})
    assert of_alice["pid"] == of_bob["pid"]
    assert (of_alice["client"]["capabilities"], of_bob["client"]["capabilities"]) == (ELICITATION, {})


async def test_a_server_that_all_share_is_told_of_no_capabilities(front):
    """With isolation "shared" nobody's capabilities are declared, and nobody is asked."""
    assert (await facts(front(ALICE, "shared"), ELICITATION))["pid"] == (await facts(front(BOB, "shared"), {}))["pid"]
    answer = (await front(ALICE, "shared").post(modern_call("interview", capabilities=ELICITATION))).json()
    assert "error" in answer, answer


async def test_changes_reach_the_callers_own_subscription(front):
    """What happens in one caller's process is not told to another."""
    listen = modern_request("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
    mine, other = await front(ALICE).stream(listen), await front(BOB).stream(listen)
    await front(ALICE).result(modern_call("add_tool", {"name": "of-alice"}))
    await mine.notification("notifications/tools/list_changed")
    await front(BOB).result(modern_call("add_tool", {"name": "of-bob"}))
    await other.notification("notifications/tools/list_changed")
    for stream in (mine, other):
        told = [m for m in stream.messages() if m.get("method") == "notifications/tools/list_changed"]
        assert len(told) == 1
        await stream.close()
    names = [tool["name"] for tool in (await front(BOB).result(modern_request("tools/list")))["tools"]]
    assert "of-bob" in names and "of-alice" not in names


@pytest.mark.parametrize("kind", ["2025-11-25", "2026-07-28"])
async def test_one_persons_clients_come_one_after_the_other(proxy, http, kind):
    """A server that does not say for which call it asks may put the first questions to another client of the same person.

    From then on it is used by one of them after the other, and both get theirs.
    """
    place = Place(mcp=proxy.url("/legacy/mcp"))

    def connected(name):
        settings = {"capabilities": ELICITATION, "answering": named(name), "info": {"name": name, "version": "1"}}
        return visitor(kind, place, http, {"Authorization": f"Bearer {ALICE}"}, **settings)

    async with connected("Ada") as ada, connected("Bob") as bob:
        names = ("Ada", "Bob")
        for text in await asyncio.gather(interviewed(ada), interviewed(bob)):
            assert text in {f"{name} likes {owner}'s" for name in names for owner in names}
        assert await asyncio.gather(interviewed(ada), interviewed(bob)) == ["Ada likes Ada's", "Bob likes Bob's"]


@pytest.mark.parametrize("kind", ["2025-11-25", "2026-07-28"])
async def test_callers_with_tokens_of_their_own_do_not_wait_for_each_other(proxy, http, kind):
    """Each has a process of its own, and each is asked its own questions at once."""
    place = Place(mcp=proxy.url("/legacy/mcp"))

    async def met(name, token):
        settings = {"capabilities": ELICITATION, "answering": named(name)}
        async with visitor(kind, place, http, {"Authorization": f"Bearer {token}"}, **settings) as client:
            return await interviewed(client)

    assert await asyncio.gather(met("Ada", ALICE), met("Bob", BOB)) == ["Ada likes Ada's", "Bob likes Bob's"]


async def interviewed(client):
    return plain(client, "tools/call", await client.call("interview"))["content"][0]["text"]
