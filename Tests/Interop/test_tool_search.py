"""Tools that are found by search: what a model is listed, finds and calls, with clients of both eras."""

import json

import pytest

from support.raw import text_of
from support.shelves import Shelf, Shelves, tool
from support.visit import visit
from support.visits import Place, visitor
from support.wait import eventually_succeeds

pytestmark = pytest.mark.anyio

KINDS = ["2025-11-25", "2026-07-28", "http-sse"]
OWN = ["search_tools", "describe_tools", "call_tool"]
SEARCH = {"endpoint": {"toolDiscovery": "search"}}


def place(proxy, query=""):
    return Place(mcp=proxy.url("/mcp" + query), sse=proxy.url("/sse" + query))


def described(name, description, **more):
    return tool(name, description=description, **more)


def shelves():
    git = Shelf("git", [described("git_commit", "Record changes to the repository"), tool("git_log")])
    mail = Shelf("mail", [described("send", "Send an e-mail to somebody"), described("remove", "Delete a message")])
    return Shelves(git, mail)


async def names(client):
    entries, _ = await client.every("tools/list", "tools")
    return [entry["name"] for entry in entries]


async def search(client, query, **more):
    """What is found, and the words that no tool has."""
    result = (await client.call("search_tools", {"query": query, **more}))["result"]
    assert not result.get("isError"), result
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
    found = result["structuredContent"]
    scores = [entry["score"] for entry in found["tools"]]
    assert scores == sorted(scores, reverse=True)
    return [entry["name"] for entry in found["tools"]], found["unmatched"]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_found_is_called(launch, http, kind):
    """A model is listed three tools, finds the one it needs in its own words, and calls it either way."""
    with shelves() as servers, launch(servers.entries(), proxy=SEARCH) as proxy:
        async with visitor(kind, place(proxy), http) as client:
            assert await names(client) == OWN
            found, unmatched = await search(client, "send an email to my boss")
            assert found[0] == "mail__send" and unmatched == ["boss"]
            answer = await client.call("call_tool", {"name": "mail__send", "arguments": {"to": "boss"}})
            assert text_of(answer) == "mail: send"
            assert text_of(await client.call("mail__send", {"to": "boss"})) == "mail: send"
            result = (await client.call("describe_tools", {"names": ["git__git_commit", "none"]}))["result"]
            assert [entry["name"] for entry in result["structuredContent"]["tools"]] == ["git__git_commit"]
            assert result["structuredContent"]["unknown"] == ["none"]


@pytest.mark.parametrize("sdk", [("v1", "legacy"), ("v2", "auto")], ids=lambda it: it[0])
def test_the_official_clients_find_and_call(launch, sdk):
    """Their own checks of results pass."""
    version, mode = sdk
    with shelves() as servers, launch(servers.entries(), proxy=SEARCH) as proxy:
        calls = [["search_tools", {"query": "delete a mail"}], ["call_tool", {"name": "mail__remove"}]]
        order = {"kind": "streamable", "url": proxy.url("/mcp"), "mode": mode, "silent": True, "calls": calls}
        outcomes = visit(version, order, ["given_calls"])
    found, called = (result["content"][0]["text"] for result in outcomes["given_calls"]["value"])
    assert json.loads(found)["tools"][0]["name"] == "mail__remove"
    assert called == "mail: remove"


@pytest.mark.parametrize("kind", KINDS[:2])
async def test_hostile_queries_are_answered(launch, http, kind):
    """A megabyte, nothing but stop words, other scripts, markup: each has an answer, and the next one is right."""
    long = "d" * 100_000
    odd = Shelf(
        "odd",
        [
            described("long", f"weather {long}"),
            described("rtl", "يرسل رسالة بريد إلكتروني"),
            described("zh", "查询天气预报"),
            described("markup", "<b>Render</b> a [chart](https://example.com) &amp; save"),
        ],
    )
    with Shelves(odd) as servers, launch(servers.entries(), proxy=SEARCH) as proxy:
        async with visitor(kind, place(proxy), http) as client:
            await search(client, "word " * 200_000)
            await search(client, "x" * (1 << 20))
            await search(client, "the of and to")
            assert (await search(client, "天气"))[0][0] == "odd__zh"
            assert (await search(client, "رسالة"))[0][0] == "odd__rtl"
            assert (await search(client, "<script>render</script> chart"))[0][0] == "odd__markup"
            assert (await search(client, "weather"))[0][0] == "odd__long"
            assert await search(client, "\u202e\u200b\x00") == ([], [])


async def test_auto_depends_on_the_list_and_on_the_client(launch, http):
    """Up to forty tools are listed; of more a client is listed three, unless it searches by itself."""
    many = Shelf("many", [tool(f"tool{number}") for number in range(40)])
    with Shelves(many) as servers, launch(servers.entries(), proxy={"endpoint": {"toolDiscovery": "auto"}}) as proxy:
        async with visitor("2025-11-25", place(proxy), http) as client:
            assert len(await names(client)) == 40
            many.lists["tools"].append(tool("one-more"))
            servers.tell(many)

            async def found():
                assert await names(client) == OWN

            await eventually_succeeds(found, "tools to search with")
            # What was listed before can still be called.
            assert text_of(await client.call("many__tool7")) == "many: tool7"


async def test_search_is_what_less_is_offered(launch, http):
    """A client may ask for it on any path; what it does not want or may not use it does not find."""
    with shelves() as servers, launch(servers.entries()) as proxy:
        for target in ("/mcp?discovery=search&tools=git__*", "/git/mcp?discovery=search"):
            prefix = "git__" if target.startswith("/mcp") else ""
            async with visitor("2025-11-25", Place(mcp=proxy.url(target), sse=None), http) as client:
                assert await names(client) == OWN
                found, _ = await search(client, "commit mail")
                assert found == [f"{prefix}git_commit"]
                answer = await client.call("call_tool", {"name": "mail__send", "arguments": {}})
                assert answer["error"]["code"] == -32602
                assert text_of(await client.call("call_tool", {"name": found[0]})) == "git: git_commit"
