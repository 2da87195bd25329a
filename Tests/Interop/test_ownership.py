"""What belongs to one caller, or is kept from all, stays so whatever a server or a client writes."""

import sys

import pytest

from support.fixture import DIRECTORY
from support.management import bearer

pytestmark = pytest.mark.anyio

SERVER = {"command": sys.executable, "args": [str(DIRECTORY / "owned_tasks.py")]}
TOKENS = ["alice-alice-alice", "mallory-mallory-mallory"]
# One name in two spellings, which Swift takes for equal.
SPELLINGS = ["caf\u00e9", "cafe\u0301"]


@pytest.mark.parametrize("isolation", ["shared", "principal", "session"])
async def test_tasks_belong_to_who_created_them(launch, http, isolation):
    """Another caller neither sees nor reaches them, by the server's identifier or by their owner's."""
    entry = {**SERVER, "isolation": isolation, "options": {"authTokens": TOKENS}}
    with launch({"tasks": entry}) as proxy:
        alice, mallory = [
            await proxy.client("tasks", http, headers=bearer(token)).initialize() for token in TOKENS
        ]
        arguments = {"name": "start", "arguments": {"text": "secret"}, "task": {}}
        created = (await alice.request("tools/call", arguments))["result"]["task"]["taskId"]
        assert created != "t-1"
        assert [task["taskId"] for task in (await alice.request("tasks/list", {}))["result"]["tasks"]] == [created]
        got = (await alice.request("tasks/result", {"taskId": created}))["result"]
        assert got["content"][0]["text"] == "secret"
        assert got["_meta"]["io.modelcontextprotocol/related-task"]["taskId"] == created
        assert (await mallory.request("tasks/list", {}))["result"]["tasks"] == []
        for name in ("t-1", created, "t-1\u0301"):
            for method in ("tasks/get", "tasks/result", "tasks/cancel"):
                answer = await mallory.request(method, {"taskId": name})
                assert answer.get("error", {}).get("code") == -32602, answer


async def test_each_spelling_of_a_name_is_another_tool(launch, http):
    """A list with both spellings means both, a list with one only that one."""
    names = {"block both": ("block", SPELLINGS), "allow both": ("allow", SPELLINGS), "block one": ("block", SPELLINGS[1:])}
    servers = {
        name.replace(" ", "-"): {**SERVER, "options": {"toolFilter": {"mode": mode, "list": listed}}}
        for name, (mode, listed) in names.items()
    }
    seen = {}
    with launch(servers) as proxy:
        for name in servers:
            client = await proxy.client(name, http).initialize()
            listed = [tool["name"] for tool in (await client.request("tools/list"))["result"]["tools"]]
            called = [tool for tool in SPELLINGS if "result" in await client.call(tool)]
            seen[name] = (listed, called)
    assert seen == {
        "block-both": (["start"], []),
        "allow-both": (SPELLINGS, SPELLINGS),
        "block-one": ([SPELLINGS[0], "start"], SPELLINGS[:1]),
    }
