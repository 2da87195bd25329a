"""Scenarios in which the server asks the client before it answers."""

import asyncio
import json

from support.answers import ROOTS, everything, failing, refusing
from support.cells import is_modern, only
from support.visitors import plain
from support.visits import has_elicitation, has_url_elicitation


async def text_of(client, tool, arguments=None, **more):
    result = plain(client, "tools/call", await client.call(tool, arguments, **more))
    return result["content"][0]["text"]


@only(has_elicitation)
async def two_rounds(cell):
    """The second question knows the first answer, and the result knows both."""
    async with cell.client(everything) as client:
        result = plain(client, "tools/call", await client.call("interview"))
        assert result == {
            "content": [{"type": "text", "text": "Ada likes green"}],
            "structuredContent": {"name": "Ada", "colour": "green"},
        }
        asked = [params["message"] for _, params in client.asked]
        assert asked == ["What is your name?", "Which colour does Ada like?"]
        assert [list(params["requestedSchema"]["properties"]) for _, params in client.asked] == [["name"], ["colour"]]


@only(has_elicitation)
async def declined(cell):
    """A question that the user declines or cancels, at once or later, is told to the server as just that."""
    expected = {
        (0, "decline"): "no name: decline",
        (0, "cancel"): "no name: cancel",
        (1, "decline"): "no colour for Ada: decline",
        (1, "cancel"): "no colour for Ada: cancel",
    }
    async with cell.client() as client:
        for (at, action), text in expected.items():
            client.answering = refusing(at, action)
            assert await text_of(client, "interview") == text


@only(lambda kind: has_elicitation(kind) and not is_modern(kind))
async def elicitation_fails(cell):
    """A client's error instead of an answer to an elicitation counts as the user having cancelled."""
    async with cell.client(failing) as client:
        assert await text_of(client, "interview") == "no name: cancel"


async def sampling(cell):
    """The model's answer reaches the server."""
    async with cell.client(everything) as client:
        assert await text_of(client, "compose", {"prompt": "a haiku"}) == "composed sampled: a haiku"
        [(method, params)] = client.asked
        assert method == "sampling/createMessage" and params["maxTokens"] == 10


@only(lambda kind: not is_modern(kind))
async def sampling_fails(cell):
    """A client that refuses to sample makes the call fail."""
    async with cell.client(failing) as client:
        answer = await client.call("compose")
        assert "error" in answer, answer


async def roots(cell):
    """The client's roots reach the server."""
    async with cell.client(everything) as client:
        assert json.loads(await text_of(client, "ask_roots")) == {"result": ROOTS}


async def several_at_once(cell):
    """Questions asked together are all answered, each with its own answer."""
    parts = ["name", "colour", "poem", "roots"] if cell.has_elicitation else ["poem", "roots"]
    every = {"name": "Ada", "colour": "green", "poem": "sampled: a poem", "roots": ["file:///roots/raw"]}
    async with cell.client(everything) as client:
        result = plain(client, "tools/call", await client.call("survey", {"parts": parts}))
        assert result["structuredContent"] == {part: every[part] for part in parts}
        assert len(client.asked) == len(parts)


async def not_declared(cell):
    """A server that needs what the client did not declare says so, and the client is not asked."""
    async with cell.client(capabilities={}) as client:
        answer = await client.call("interview")
        assert answer["error"]["code"] == -32021, answer
        assert answer["error"]["data"] == {"requiredCapabilities": {"elicitation": {}}}
        assert client.asked == []


@only(has_url_elicitation)
async def page_to_visit(cell):
    """A user who is to visit a page gets its address, and the call goes on afterwards."""
    async with cell.client(everything) as client:
        account = cell.fresh("account")
        assert await text_of(client, "connect_account", {"account": account}) == f"{account} connected"
        [(method, params)] = client.asked
        assert method == "elicitation/create"
        assert params["mode"] == "url" and params["url"] == f"https://accounts.example.com/connect/{account}"
        assert params["message"] == f"Connect {account}"
        if not cell.is_modern_client:
            assert isinstance(params["elicitationId"], str), "required in 2025-11-25"


async def sent_away(cell):
    """A server that wants to be called again without asking anything is called again."""
    async with cell.client(everything) as client:
        assert await text_of(client, "come_back", {"times": 3}) == "here again"
        assert client.asked == []


@only(has_elicitation)
async def progress_around_a_question(cell):
    """Progress before and after a question arrives, and the question comes when the server asks it."""
    async with cell.client(everything) as client:
        gate = cell.gate()
        params = {"name": "hold_then_ask", "arguments": {"file": str(gate)}}
        meta = {"progressToken": 5}
        asking = asyncio.ensure_future(client.request("tools/call", params, meta))
        await client.inbox.wait_for(lambda: client.notes("notifications/progress"), "the progress before the question")
        assert client.asked == []
        gate.touch()
        answer = await asking
        assert plain(client, "tools/call", answer)["content"][0]["text"] == "Ada passed"
        last = {"progressToken": 5, "progress": 2, "total": 2, "message": "after the question"}
        await client.inbox.wait_for(lambda: last in client.notes("notifications/progress"), "the progress after it")


@only(has_elicitation)
async def parallel_interviews(cell):
    """Two calls that ask at the same time get their own answers."""
    async with cell.client(everything) as client:
        texts = await asyncio.gather(text_of(client, "interview"), text_of(client, "interview"))
        assert texts == ["Ada likes green", "Ada likes green"]


@only(has_elicitation)
async def prompt_and_resource(cell):
    """A prompt and a resource may ask as well as a tool."""
    async with cell.client(everything) as client:
        prompt = plain(client, "prompts/get", await client.request("prompts/get", {"name": "greet_asked"}))
        assert prompt["messages"][0]["content"]["text"] == "Greet Ada"
        read = plain(client, "resources/read", await client.request("resources/read", {"uri": "mem://asked"}))
        assert read["contents"][0]["text"] == "for Ada"
        assert [params["message"] for _, params in client.asked] == ["Whom to greet?", "Who reads?"]


SCENARIOS = [
    two_rounds,
    declined,
    elicitation_fails,
    sampling,
    sampling_fails,
    roots,
    several_at_once,
    not_declared,
    page_to_visit,
    sent_away,
    progress_around_a_question,
    parallel_interviews,
    prompt_and_resource,
]
