"""Scenarios in which the client reads and calls, and the server asks nothing."""

import asyncio
import json

from fixtures.behaviour import TOOLS
from fixtures.catalog import CAPABILITIES, ICON, INSTRUCTIONS, PROMPTS, RESOURCES, TEMPLATES
from fixtures.modern import LEGACY_TOOLS
from fixtures.tools import REFUSAL_DATA
from support.envelope import META, VERSION
from support.features import BADLY_MARKED, MANY_TOOLS, part_of
from support.visitors import plain

VALUES = {
    "unicode": {"é": "中\U0001f600\u2028", "\u0000": "\u0001", "escape": '"\\/\b'},
    "numbers": {"big": 12345678901234567890123, "safe": 9007199254740993, "negative": -5, "float": 1.5, "large": 1e300},
    "shapes": {"": {"": []}, "null": None, "deep": [[[[[{"a": [True, False]}]]]]]},
    "names of ours": {"_meta": {"a": 1}, "resultType": "x", "jsonrpc": "1.0", "id": 7, "ttlMs": -1, "method": "m"},
}


async def identity(cell):
    """Who the server is, what it can and how to use it reach the client as the server says it."""
    async with cell.client() as client:
        found = client.discovered
        if cell.is_modern_client:
            assert VERSION in found["supportedVersions"]
            info = found["_meta"][META + "serverInfo"]
        else:
            assert found["protocolVersion"] == client.version
            info = found["serverInfo"]
        part_of({"name": cell.server, "title": "The fixture", "version": "1.2.3", "icons": [ICON]}, info)
        assert info["x-unknown"] == 1
        assert found["instructions"] == INSTRUCTIONS
        part_of(CAPABILITIES, found["capabilities"])


async def tools(cell):
    """Every page of the tools, in order, with every member; tools with bad marks only where marks mean nothing."""
    async with cell.client() as client:
        listed, _ = await client.every("tools/list", "tools")
    names = {tool["name"] for tool in listed}
    if not cell.direct and (cell.is_modern_client or cell.is_modern_http_server):
        assert not BADLY_MARKED & names
    elif not cell.is_modern_client and not cell.is_modern_server:
        assert BADLY_MARKED <= names
    absent = BADLY_MARKED | (LEGACY_TOOLS if cell.is_modern_server else set())
    expected = [tool for tool in TOOLS if tool["name"] not in absent]
    expected += [{"name": f"tool-{number:03}", "inputSchema": {"type": "object"}} for number in range(MANY_TOOLS)]
    assert [tool for tool in listed if tool["name"] not in BADLY_MARKED and not is_new(tool["name"])] == expected


def is_new(name):
    """Whether a scenario has added this to the server's list."""
    return name.startswith("new-") or name.startswith("mem://new-")


async def lists(cell):
    """Prompts, resources and templates arrive complete and unchanged."""
    async with cell.client() as client:
        prompts, _ = await client.every("prompts/list", "prompts")
        assert [prompt for prompt in prompts if not is_new(prompt["name"])] == PROMPTS
        resources, _ = await client.every("resources/list", "resources")
        assert [resource for resource in resources if not is_new(resource["uri"])] == RESOURCES
        templates, _ = await client.every("resources/templates/list", "resourceTemplates")
        assert templates == TEMPLATES


async def values(cell):
    """What a tool returns is equal to what it was given, whatever JSON that is."""
    async with cell.client() as client:
        for name, value in VALUES.items():
            result = plain(client, "tools/call", await client.call("reflect", {"value": value}))
            assert result == {
                "content": [{"type": "text", "text": json.dumps(value)}],
                "structuredContent": value,
                "x-unknown": {"n": [1, None, True]},
            }, name


async def results(cell):
    """Unknown members, `_meta` and isError of a result stay."""
    async with cell.client() as client:
        assert plain(client, "tools/call", await client.call("echo", {"text": "t"})) == {
            "content": [{"type": "text", "text": "t", "_meta": {"com.example/block": 1}}],
            "_meta": {"com.example/result": True},
            "x-unknown": [1, 2],
        }
        assert plain(client, "tools/call", await client.call("is_error")) == {
            "content": [{"type": "text", "text": "the tool failed"}],
            "isError": True,
        }


async def parallel(cell):
    """Calls at the same time each get their own answer."""
    async with cell.client() as client:

        async def reflected(number):
            return plain(client, "tools/call", await client.call("reflect", {"value": {"n": number}}))

        answers = await asyncio.gather(*(reflected(number) for number in range(20)))
        assert [answer["structuredContent"]["n"] for answer in answers] == list(range(20))


async def errors(cell):
    """A JSON-RPC error keeps code, message and data; a resource that is not there has the code of the client's era."""
    async with cell.client() as client:
        answer = await client.call("fail", {"code": 4050})
        assert answer["error"] == {"code": 4050, "message": "the fixture refuses", "data": REFUSAL_DATA}
        missing = await client.request("resources/read", {"uri": "mem://nowhere"})
        code = -32602 if cell.is_modern_client else -32002
        assert missing["error"] == {"code": code, "message": "Resource not found", "data": {"uri": "mem://nowhere"}}
        assert (await client.call("no such tool"))["error"]["code"] == -32602
        assert (await client.request("prompts/get", {"name": "no such prompt"}))["error"]["code"] == -32602
        assert (await client.request("tools/list", {"cursor": "no such cursor"}))["error"]["code"] == -32602
        assert (await client.request("com.example/unknown"))["error"]["code"] == -32601


async def reading(cell):
    """Prompts, resources and completions give what the server has."""
    async with cell.client() as client:

        async def read(method, params):
            return plain(client, method, await client.request(method, params))

        assert await read("prompts/get", {"name": "greet", "arguments": {"name": "Ada"}}) == {
            "description": "A greeting",
            "messages": [{"role": "user", "content": {"type": "text", "text": "Greet Ada"}}],
        }
        one = {"uri": "mem://one", "mimeType": "text/plain", "text": "one"}
        assert await read("resources/read", {"uri": "mem://one"}) == {"contents": [one]}
        two = {"uri": "mem://two", "mimeType": "application/octet-stream", "blob": "AAEC/w=="}
        assert await read("resources/read", {"uri": "mem://two"}) == {"contents": [two]}
        item = {"uri": "mem://item/é", "mimeType": "text/plain", "text": "é"}
        assert await read("resources/read", {"uri": "mem://item/é"}) == {"contents": [item]}
        reference = {"ref": {"type": "ref/prompt", "name": "greet"}, "argument": {"name": "name", "value": "al"}}
        completion = {"values": ["alice", "alfred"], "total": 2, "hasMore": False}
        assert await read("completion/complete", reference) == {"completion": completion}


async def declared(cell):
    """The server sees the capabilities that this client declared, and no others."""
    async with cell.client(capabilities={"roots": {}, "sampling": {}}) as client:
        result = plain(client, "tools/call", await client.call("whoami"))
        seen = json.loads(result["content"][0]["text"])["client"]["capabilities"]
        assert seen == {"roots": {}, "sampling": {}}


SCENARIOS = [identity, tools, lists, values, results, parallel, errors, reading, declared]
