"""Scenarios about what a server says besides its answers, and about calls that are given up."""

from fixtures.tools import LEVELS
from support.answers import everything
from support.cells import is_modern, only
from support.visitors import plain, subscription_of
from support.wait import eventually_async

LISTS = {
    "tools": ("add_tool", "name", "toolsListChanged", "tools/list", "tools"),
    "prompts": ("add_prompt", "name", "promptsListChanged", "prompts/list", "prompts"),
    "resources": ("add_resource", "uri", "resourcesListChanged", "resources/list", "resources"),
}


async def progress(cell):
    """Every step of a call arrives in order, under the client's own token."""
    async with cell.client(everything) as client:
        answer = await client.call("progress", {"steps": 7, "confirm": True}, meta={"progressToken": "mine"})
        assert plain(client, "tools/call", answer)["content"][0]["text"] == "7 steps"
        assert client.notes("notifications/progress") == [
            {"progressToken": "mine", "progress": step, "total": 7, "message": f"step {step}"} for step in range(1, 8)
        ]


async def no_progress(cell):
    """A call without a token brings no progress."""
    async with cell.client(everything) as client:
        plain(client, "tools/call", await client.call("progress", {"steps": 2, "confirm": True}))
        assert client.notes("notifications/progress") == []


async def logs(cell):
    """Of log messages at every level those at or above the level that the client chose arrive, in order."""
    async with cell.client(everything) as client:
        for chosen in ("warning", "debug", "emergency"):
            await client.set_level(chosen)
            mark = client.mark()
            answer = await client.call("log_levels", {"confirm": True})
            assert plain(client, "tools/call", answer)["content"][0]["text"] == "logged at every level"
            assert client.notes("notifications/message", mark) == [
                {"level": level, "logger": "fixture", "data": {"text": f"a {level} message"}}
                for level in LEVELS[LEVELS.index(chosen) :]
            ], chosen


@only(is_modern)
async def no_logs(cell):
    """A request of the newest revision that asks for no log messages gets none."""
    async with cell.client(everything) as client:
        plain(client, "tools/call", await client.call("log_levels", {"confirm": True}))
        plain(client, "tools/call", await client.call("log", {"level": "emergency"}))
        assert client.notes("notifications/message") == []


async def lists_changed(cell):
    """A change of a list is told to who listens, and the list has the new entry."""
    async with cell.client() as client:
        for tool, argument, kind, method, member in LISTS.values():
            name = cell.fresh("mem://new" if argument == "uri" else "new")
            async with client.listening(**{kind: True}) as subscription:
                since = client.mark()
                plain(client, "tools/call", await client.call(tool, {argument: name}))
                told = f"notifications/{member}/list_changed"
                await client.inbox.wait_for(lambda told=told, since=since: client.notes(told, since), told)
                if cell.is_modern_client:
                    assert {subscription_of(params) for params in client.notes(told, since)} == {subscription}
            items, _ = await client.every(method, member)
            assert name in [item[argument] for item in items]


async def added_tool(cell):
    """A tool that was added can be called."""
    async with cell.client() as client:
        name = cell.fresh()
        plain(client, "tools/call", await client.call("add_tool", {"name": name}))
        called = plain(client, "tools/call", await client.call(name))
        assert called == {"content": [{"type": "text", "text": f"{name} was called"}]}


async def updated(cell):
    """Updates of a resource arrive while it is subscribed to, and those of others do not."""
    async with cell.client() as client:
        mine, other = cell.fresh("mem://item/a"), cell.fresh("mem://item/b")
        async with client.listening(uris=[mine], toolsListChanged=True) as subscription:
            for uri in (other, mine, mine):
                plain(client, "tools/call", await client.call("touch", {"uri": uri}))
            told = "notifications/resources/updated"
            await client.inbox.wait_for(lambda: len(client.notes(told)) >= 2, "two updates")
        assert [params["uri"] for params in client.notes(told)] == [mine, mine]
        if cell.is_modern_client:
            assert {subscription_of(params) for params in client.notes(told)} == {subscription}


async def unsubscribed(cell):
    """Nothing is told of a resource that the client no longer wants to hear of."""
    async with cell.client() as client:
        mine = cell.fresh("mem://item/c")
        async with client.listening(uris=[mine]):
            plain(client, "tools/call", await client.call("touch", {"uri": mine}))
            await client.inbox.notification("notifications/resources/updated")
        async with client.listening(toolsListChanged=True):
            plain(client, "tools/call", await client.call("touch", {"uri": mine}))
            since = client.mark()
            plain(client, "tools/call", await client.call("add_tool", {"name": cell.fresh()}))
            told = "notifications/tools/list_changed"
            await client.inbox.wait_for(lambda: client.notes(told, since), told)
        assert len(client.notes("notifications/resources/updated")) == 1


async def cancellation(cell):
    """A call that the client gives up is cancelled at the server, and the next call works."""
    async with cell.client() as client:
        gate = str(cell.gate())
        request_id = await client.start("tools/call", {"name": "hold", "arguments": {"file": gate}})
        started = await eventually_async(
            lambda: next((call for call in cell.ledger.calls("hold") if gate in call["raw"]), None), "the call to start"
        )
        await client.cancel(request_id)
        await eventually_async(lambda: cancelled(cell, started), "the server to be told")
        answer = plain(client, "tools/call", await client.call("echo", {"text": "after"}))
        assert answer["content"][0]["text"] == "after"
        answered = [message for message in client.inbox.messages() if message.get("id") == request_id]
        assert not [message for message in answered if "result" in message]


def cancelled(cell, started):
    return [
        entry
        for entry in cell.ledger.entries("cancelled", pid=started["pid"], matched=True)
        if entry["params"]["requestId"] == started["id"]
    ]


async def held(cell):
    """A call that takes its time is answered when it is done."""
    async with cell.client() as client:
        gate = cell.gate()
        request_id = await client.start("tools/call", {"name": "hold", "arguments": {"file": str(gate)}})
        await eventually_async(
            lambda: [call for call in cell.ledger.calls("hold") if str(gate) in call["raw"]], "the call to start"
        )
        assert plain(client, "tools/call", await client.call("echo", {"text": "meanwhile"}))
        gate.touch()
        answer = plain(client, "tools/call", await client.inbox.answer(request_id))
        assert answer["content"][0]["text"] == "released"


SCENARIOS = [
    progress,
    no_progress,
    logs,
    no_logs,
    lists_changed,
    added_tool,
    updated,
    unsubscribed,
    cancellation,
    held,
]
