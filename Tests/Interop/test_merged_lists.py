"""What servers list that is huge, odd or hostile, behind one endpoint: nothing is lost, and nobody else suffers."""

import time

import pytest

from support.offered import offered
from support.raw import Streamable, text_of
from support.shelves import REFUSED, Shelf, Shelves, said, tool
from support.visit import visit
from support.visits import Place, visitor
from support.wait import eventually_async, eventually_succeeds

pytestmark = pytest.mark.anyio

MEBIBYTE = 1 << 20
KINDS = ["2025-11-25", "2026-07-28"]


def place(proxy):
    return Place(mcp=proxy.url("/mcp"), sse=proxy.url("/sse"))


async def names(client, method="tools/list", member="tools", key="name"):
    entries, _ = await client.every(method, member)
    return [entry[key] for entry in entries]


async def says(client, tool):
    """What the tool of this offered name answers."""
    return text_of(await client.call(tool))


@pytest.mark.parametrize("client", [("v1", "legacy"), ("v2", "auto")], ids=lambda it: it[0])
def test_ten_thousand_tools_are_read_page_by_page(launch, client):
    """The official client reads every page to the end, in order, and calls the first, the last and its neighbour's."""
    sdk, mode = client
    many = [f"tool-{number:05}" for number in range(10_000)]
    with Shelves(Shelf("many", map(tool, many), page=999), Shelf("few", [tool("only")])) as shelves:
        with launch(shelves.entries()) as proxy:
            expected = [offered("many", name) for name in many] + ["few__only"]
            order = {
                "kind": "streamable",
                "url": proxy.url("/mcp"),
                "mode": mode,
                "silent": True,
                "count": len(expected),
                "calls": [[name, {}] for name in (expected[0], expected[-2], expected[-1])],
            }
            outcomes = visit(sdk, order, ["whole_lists", "given_calls"])
    assert outcomes["whole_lists"]["value"]["tools"] == expected, outcomes
    texts = [result["content"][0]["text"] for result in outcomes["given_calls"]["value"]]
    assert texts == ["many: tool-00000", "many: tool-09999", "few: only"]


async def test_a_page_is_bounded_in_entries_and_in_bytes(launch, http):
    """No page has more than 1,000 entries, nor much more than 1 MiB, and all pages together have everything."""
    large = [tool(f"large-{number}", description="d" * 100_000) for number in range(12)]
    small = [tool(f"small-{number}") for number in range(1_200)]
    with Shelves(Shelf("a", large), Shelf("b", small)) as shelves, launch(shelves.entries()) as proxy:
        async with visitor("2026-07-28", place(proxy), http) as client:
            pages, cursor = [], {}
            while cursor is not None:
                answer = await client.request("tools/list", cursor)
                pages.append(answer["result"]["tools"])
                following = answer["result"].get("nextCursor")
                cursor = None if following is None else {"cursor": following}
    assert [entry["name"] for page in pages for entry in page] == [
        offered(server, entry["name"]) for server, entries in (("a", large), ("b", small)) for entry in entries
    ]
    assert max(map(len, pages)) <= 1_000
    assert max(len(str(page)) for page in pages) < 1.2 * MEBIBYTE


ODD = ["a.b", "a_b", "a-b", "a b", "a/b", "A_b", "é", "è", "e", "_", "__", "", " ", "a__b", "\n", "名前"]
LONG = ["x" * 47, "x" * 48, "m" * MEBIBYTE + "1", "m" * MEBIBYTE + "2"]


@pytest.mark.parametrize("kind", KINDS)
async def test_names_that_differ_in_what_is_replaced_stay_apart(launch, http, kind):
    """Empty ones, odd ones and those of a megabyte each have a name of their own, by which the right one is called."""
    odd = [*ODD, *LONG]
    shelf = Shelf("a", map(tool, odd), prompts=[{"name": name} for name in odd])
    with Shelves(shelf, Shelf("b", [tool("plain")])) as shelves, launch(shelves.entries()) as proxy:
        async with visitor(kind, place(proxy), http) as client:
            expected = [offered("a", name) for name in odd]
            assert len(set(expected)) == len(odd) and max(map(len, expected)) <= 46

            async def all_are_listed():
                """Which takes its time: two of the names have a megabyte."""
                assert await names(client) == [*expected, "b__plain"]

            await eventually_succeeds(all_are_listed, "the lists of both servers")
            assert await names(client, "prompts/list", "prompts") == expected
            for name, spelt in zip(odd, expected, strict=True):
                assert await says(client, spelt) == said("a", name)
                got = await client.request("prompts/get", {"name": spelt})
                assert got["result"]["messages"][0]["content"]["text"] == said("a", name)


@pytest.mark.parametrize("kind", KINDS)
async def test_servers_whose_names_meet_stay_apart(launch, http, kind):
    """What two servers offer is never one name, however their keys and tools are cut and put together."""
    tools = {"a.b": "c", "a_b": "c", "s" * 60: "t", "s" * 61: "t", "x__y": "z", "x": "y__z"}
    with Shelves(*(Shelf(server, [tool(name)]) for server, name in tools.items())) as shelves:
        with launch(shelves.entries()) as proxy:
            async with visitor(kind, place(proxy), http) as client:
                listed = await names(client)
                assert len(set(listed)) == len(tools), listed
                for (server, name), spelt in zip(tools.items(), listed, strict=True):
                    assert await says(client, spelt) == said(server, name)


async def test_where_the_rule_gives_two_one_name_the_first_has_it(launch, http):
    """The other is not offered, and that is said in the log."""
    with Shelves(Shelf("a", [tool("_b")]), Shelf("a_", [tool("b"), tool("c")])) as shelves:
        with launch(shelves.entries()) as proxy:
            async with visitor("2025-11-25", place(proxy), http) as client:
                assert await names(client) == ["a___b", "a___c"]
                assert await says(client, "a___b") == "a: _b"
            proxy.wait_output('tool \\"b\\" of \\"a_\\" is not offered')


async def test_what_is_no_tool_is_left_out(launch, http):
    """Entries without a name, or with one that is no text, are not listed, and everything else is."""
    broken = [tool("first"), {"inputSchema": {}}, {"name": 7, "inputSchema": {}}, None, "text", tool("last")]
    odd = Shelf("b")
    odd.special = lambda session, method, params: {"tools": broken} if method == "tools/list" else None
    with Shelves(Shelf("a", [tool("kept")]), odd) as shelves:
        with launch(shelves.entries()) as proxy:
            async with visitor("2025-11-25", place(proxy), http) as client:
                assert await names(client) == ["a__kept", "b__first", "b__last"]


async def test_a_list_without_an_end_is_cut(launch, http):
    """Cursors that go round in a circle, or never end, cost the others nothing; every page is listed once."""

    def circle(session, method, params):
        turn = {None: "b", "b": "c", "c": "b"}
        if method == "tools/list":
            cursor = params.get("cursor")
            return {"tools": [tool(f"page-{cursor}")], "nextCursor": turn[cursor]}
        return None

    def endless(session, method, params):
        if method == "tools/list":
            number = int(params.get("cursor", 0))
            return {"tools": [tool(f"page-{number}")], "nextCursor": str(number + 1)}
        return None

    round_and_round, on_and_on, plain = Shelf("circle"), Shelf("endless"), Shelf("plain", [tool("last")])
    round_and_round.special, on_and_on.special = circle, endless
    with Shelves(round_and_round, on_and_on, plain) as shelves, launch(shelves.entries()) as proxy:
        async with visitor("2025-11-25", place(proxy), http) as client:

            async def whole():
                listed = await names(client)
                assert listed[:3] == ["circle__page-None", "circle__page-b", "circle__page-c"]
                pages = listed[3:-1]
                assert 100 < len(pages) < 100_000 and pages == [f"endless__page-{n}" for n in range(len(pages))]
                assert listed[-1] == "plain__last"

            await eventually_succeeds(whole, "all lists")
            assert await says(client, "plain__last") == "plain: last"


async def test_a_server_that_shows_each_client_something_else_is_offered_as_it_shows_itself(launch, http):
    """What a session was shown counts for it from its first call on; it is told, and others see nothing of it."""

    def own(session, method, params):
        if method == "tools/list":
            return {"tools": [tool("common"), tool(f"of-{session}")]}
        if method == "tools/call":
            return {"content": [{"type": "text", "text": session}]}
        return None

    moody = Shelf("moody")
    moody.special = own
    with Shelves(moody, Shelf("plain", [tool("same")])) as shelves, launch(shelves.entries()) as proxy:
        async with visitor("2025-11-25", place(proxy), http) as one, visitor("2025-11-25", place(proxy), http) as other:
            before = await names(one)
            assert len(before) == 3 and before[0] == "moody__common" and before[2] == "plain__same"
            session = await says(one, "moody__common")
            seen = ["moody__common", offered("moody", f"of-{session}"), "plain__same"]
            assert seen != before
            await one.inbox.notification("notifications/tools/list_changed")

            async def shown():
                assert await names(one) == seen

            await eventually_succeeds(shown, "the session's own list")
            assert await says(one, seen[1]) == session
            assert await names(other) == before
            # What is listed stays callable.
            assert await says(other, before[1])


@pytest.mark.parametrize("kind", KINDS)
async def test_a_list_that_changes_a_hundred_times_is_right_in_the_end(launch, http, kind):
    """The client hears of it, not more often than it changed, and the last state is what is listed."""
    busy = Shelf("busy", [tool("state-0")])
    with Shelves(busy, Shelf("plain", [tool("same")])) as shelves, launch(shelves.entries()) as proxy:
        async with visitor(kind, place(proxy), http) as client, client.listening(toolsListChanged=True):
            assert await names(client) == ["busy__state-0", "plain__same"]
            for number in range(1, 101):
                busy.lists["tools"] = [tool(f"state-{number}")]
                shelves.tell(busy)
                assert await says(client, "plain__same") == "plain: same"

            async def last():
                assert await names(client) == ["busy__state-100", "plain__same"]

            await eventually_succeeds(last, "the last state")
            assert await says(client, "busy__state-100") == "busy: state-100"
            told = client.notes("notifications/tools/list_changed")
            assert 1 <= len(told) <= 100


NO_LISTS = [{}, {"tools": None}, {"tools": {}}, {"tools": "none"}, {"tools": [[[[]]]]}, {"tools": [], "nextCursor": 7}]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_no_list_costs_the_others_nothing(launch, http, kind):
    """Servers that answer with anything but a list have nothing, and the others' tools are all there."""
    odd = [Shelf(f"odd-{at}") for at in range(len(NO_LISTS))]
    made = [Shelf("first", [tool("one")]), *odd, Shelf("last", [tool("two")])]
    for shelf, result in zip(odd, NO_LISTS, strict=True):
        shelf.special = lambda session, method, params, result=result: result if method == "tools/list" else None
    with Shelves(*made) as shelves, launch(shelves.entries()) as proxy:
        async with visitor(kind, place(proxy), http) as client:
            assert await names(client) == ["first__one", "last__two"]
            assert await says(client, "last__two") == "last: two"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_list_that_cannot_be_read_to_the_end_stays_as_it_was(launch, http, kind):
    """What was listed before stays listed and callable, until the server gives a whole list again."""
    busy = Shelf("busy", [tool(f"old-{n}") for n in range(4)], page=2)
    with Shelves(busy, Shelf("plain", [tool("same")])) as shelves, launch(shelves.entries()) as proxy:
        async with visitor(kind, place(proxy), http) as client, client.listening(toolsListChanged=True):
            before = await names(client)
            assert before == [*(f"busy__old-{n}" for n in range(4)), "plain__same"]
            failed = []

            def failing(session, method, params):
                if method != "tools/list":
                    return None
                failed.append(params)
                return REFUSED if "cursor" in params else {"tools": [tool("new")], "nextCursor": "2"}

            busy.special = failing
            busy.lists["tools"] = [tool("old-0"), tool("new")]
            shelves.tell(busy)
            await eventually_async(lambda: {"cursor": "2"} in failed, "the list to be read again")
            assert await says(client, "plain__same") == "plain: same"
            assert await names(client) == before
            assert await says(client, "busy__old-0") == "busy: old-0"
            busy.special = lambda session, method, params: None
            shelves.tell(busy)

            async def renewed():
                assert await names(client) == ["busy__old-0", "busy__new", "plain__same"]

            await eventually_succeeds(renewed, "the new list")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_that_hangs_from_the_start_is_waited_for_once(launch, http, kind):
    """The first list has the others, whoever listens is told when it comes, and then it is in its place."""
    hanging = Shelf("hanging", [tool("late")])
    hanging.hangs = True
    hurried = {"endpoint": {"firstListWait": "500ms"}}
    with Shelves(hanging, Shelf("plain", [tool("same")])) as shelves:
        with launch(shelves.entries(), ready=False, proxy=hurried) as proxy:
            async with visitor(kind, place(proxy), http) as client, client.listening(toolsListChanged=True):

                async def others():
                    assert await names(client) == ["plain__same"]

                await eventually_succeeds(others, "the list of the other")
                assert await says(client, "plain__same") == "plain: same"
                hanging.hangs = False
                await client.inbox.notification("notifications/tools/list_changed")

                async def whole():
                    assert await names(client) == ["hanging__late", "plain__same"]

                await eventually_succeeds(whole, "the whole list")
                assert await says(client, "hanging__late") == "hanging: late"


@pytest.mark.parametrize("kind", KINDS)
async def test_two_servers_with_one_resource_each_keep_theirs(launch, http, kind):
    """The second's has a prefix in lists, reads, links and embedded resources, and leads to the second everywhere."""
    shelves = [Shelf(name, [tool("link")], resources=[{"uri": "mem://same", "name": "same"}]) for name in ("a", "b")]

    def linking(session, method, params):
        if method != "tools/call":
            return None
        link = {"type": "resource_link", "uri": "mem://same", "name": "same"}
        embedded = {"type": "resource", "resource": {"uri": "mem://same", "text": "embedded"}}
        return {"content": [link, embedded]}

    for shelf in shelves:
        shelf.special = linking
    with Shelves(*shelves) as servers, launch(servers.entries()) as proxy:
        async with visitor(kind, place(proxy), http) as client:
            uris = await names(client, "resources/list", "resources", "uri")
            assert uris == ["mem://same", "b+mem://same"]
            for server, uri in zip("ab", uris, strict=True):
                read = (await client.request("resources/read", {"uri": uri}))["result"]["contents"]
                assert read == [{"uri": uri, "text": f"{server}: mem://same"}]
                link, embedded = (await client.call(f"{server}__link"))["result"]["content"]
                assert (link["uri"], embedded["resource"]["uri"]) == (uri, uri)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_cursor_of_an_old_list_loses_and_repeats_nothing(launch, http, kind):
    """Where the list has changed it goes on with what comes next, or is refused; what is no cursor is refused."""
    many = [f"tool-{number:04}" for number in range(2_500)]
    busy = Shelf("busy", map(tool, many), prompts=[{"name": "prompt"}])
    with Shelves(busy, Shelf("plain", [tool("same")])) as shelves, launch(shelves.entries()) as proxy:
        async with visitor(kind, place(proxy), http) as client, client.listening(toolsListChanged=True):
            first = (await client.request("tools/list"))["result"]
            cursor = first["nextCursor"]
            assert len(first["tools"]) == 1_000
            for wrong in ("", "no cursor", cursor + "x", "0", "999999999"):
                answer = await client.request("tools/list", {"cursor": wrong})
                assert answer.get("error", {}).get("code") == -32602, wrong
            answer = await client.request("prompts/list", {"cursor": cursor})
            assert answer.get("error", {}).get("code") == -32602, answer
            busy.lists["tools"] = [tool("new"), *map(tool, many[500:])]
            shelves.tell(busy)
            await client.inbox.notification("notifications/tools/list_changed")
            answer = await client.request("tools/list", {"cursor": cursor})
            if "error" in answer:
                assert answer["error"]["code"] == -32602, answer
                return
            following = [entry["name"] for entry in answer["result"]["tools"]]
            assert following[0] == offered("busy", many[1_000])


SERVERS, TOOLS = 50, 20


async def test_fifty_servers_of_twenty_tools_are_listed_at_once(launch, http, capsys):
    """The first list is whole, and a session on it opens nothing at any server."""
    made = [Shelf(f"server-{number:02}", [tool(f"tool-{n:02}") for n in range(TOOLS)]) for number in range(SERVERS)]
    # To read the certificates for each server takes longer than all the rest.
    plain = {"SSL_CERT_FILE": "", "SSL_CERT_DIR": ""}
    with Shelves(*made) as shelves:
        began = time.monotonic()
        patient = {"endpoint": {"firstListWait": "20s"}}
        with launch(shelves.entries(), ready=False, environment=plain, proxy=patient) as proxy:
            client = await Streamable(proxy.url("/mcp"), http).initialize()
            listed = [entry["name"] for entry in (await client.request("tools/list"))["result"]["tools"]]
            took = time.monotonic() - began
            assert listed == [f"{shelf.name}__tool-{n:02}" for shelf in made for n in range(TOOLS)]
            asked = [len(shelf.received) for shelf in made]
            for _ in range(3):
                another = await Streamable(proxy.url("/mcp"), http).initialize()
                assert len((await another.request("tools/list"))["result"]["tools"]) == SERVERS * TOOLS
            assert [len(shelf.received) for shelf in made] == asked
    with capsys.disabled():
        print(f"\n{SERVERS} servers of {TOOLS} tools: the first whole list came {took * 1000:.0f} ms after the start")
