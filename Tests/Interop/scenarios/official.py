"""Scenarios at a server on the official SDK 2.x (`sdk_server.py`)."""

from support.answers import everything
from support.visitors import plain


async def text_of(client, tool, arguments=None, **more):
    return plain(client, "tools/call", await client.call(tool, arguments, **more))["content"][0]["text"]


async def reading(cell):
    """Its tools are called, its resource is read, its prompt is got."""
    async with cell.client() as client:
        assert await text_of(client, "double", {"n": 21}) == "42"
        found = plain(client, "resources/read", await client.request("resources/read", {"uri": "mem://one"}))
        assert found["contents"][0]["text"] == "one"
        prompt = await client.request("prompts/get", {"name": "greet", "arguments": {"name": "Ada"}})
        assert plain(client, "prompts/get", prompt)["messages"][0]["content"]["text"] == "Greet Ada"


async def asking(cell):
    """Its questions reach the client, the second after the first was answered, and the answers reach it."""
    async with cell.client(everything) as client:
        assert await text_of(client, "interview") == "Ada likes green"
        assert await text_of(client, "compose") == "composed sampled: a poem"
        assert await text_of(client, "first_root") == "file:///roots/raw"


async def progress(cell):
    """Its progress arrives in order under the client's token."""
    async with cell.client(everything) as client:
        assert await text_of(client, "steps", meta={"progressToken": "mine"}) == "3 steps"
        told = "notifications/progress"
        await client.inbox.wait_for(lambda: len(client.notes(told)) >= 3, "three steps")
        assert [params["progress"] for params in client.notes(told)] == [1, 2, 3]


async def changes(cell):
    """A tool it adds is told and can be called."""
    async with cell.client() as client:
        name = cell.fresh()
        async with client.listening(toolsListChanged=True):
            await text_of(client, "grow", {"name": name})
            await client.inbox.notification("notifications/tools/list_changed")
        assert await text_of(client, name) == f"{name} was called"


async def marks(cell):
    """A marked argument reaches it with its header."""
    async with cell.client() as client:
        if cell.is_modern_client:
            await client.read_tools()
        assert await text_of(client, "marked", {"region": "Zürich"}) == "Zürich"


SCENARIOS = [reading, asking, progress, changes, marks]
