"""Servers of the package index behind one endpoint: everything is there, and each has its own troubles."""

import asyncio
import contextlib
import json
import os
import signal
import uuid

import pytest

from support import processes
from support.index_servers import SERVERS
from support.neighbourhood import START_SECONDS, neighbourhood
from support.offered import offered
from support.portrait import LISTS, every
from support.raw import LATEST, http_client
from support.visit import visit
from support.visits import Place, visitor
from support.wait import eventually, eventually_async, eventually_succeeds

pytestmark = pytest.mark.timeout(300)

# In this order. Every SDK, old and new, and code of their own; over stdio, streamable HTTP and HTTP+SSE.
NAMES = [
    "mcp-server-sqlite",
    "mcp-server-converter",
    "mcp-server-calculator",
    "mcp-server-time",
    "mcp-server-git",
    "mcp-server-fetch",
    "datasette-mcp",
    "mcp-sequential-thinking",
    "mcp-python-interpreter",
    "mcp-server-motherduck",
    "code-review-graph",
    "chuk-mcp-echo",
    "mcp-grafana",
    "jmrplens-gitlab-mcp-server",
    "agent-lsp",
    "eval-hub-mcp",
]
# Those that cost little to start once more for each client that speaks over stdio, or run already.
LIGHT = [
    "mcp-server-sqlite",
    "mcp-server-time",
    "datasette-mcp",
    "mcp-sequential-thinking",
    "mcp-server-motherduck",
    "chuk-mcp-echo",
    "mcp-grafana",
    "jmrplens-gitlab-mcp-server",
    "agent-lsp",
    "eval-hub-mcp",
]
KNOWN = {server.name: server for server in SERVERS}

# {client: (the SDK, its transport, its mode)}
CLIENTS = {
    "v1": ("v1", "streamable", "legacy"),
    "v1-sse": ("v1", "sse", "legacy"),
    "v2": ("v2", "streamable", "auto"),
    "v2-sse": ("v2", "sse", "legacy"),
    "v2-stdio": ("v2", "stdio", "auto"),
    "sdk-1.2-sse": ("sdk-1.2", "sse", "legacy"),
    "sdk-1.6-stdio": ("sdk-1.6", "stdio", "legacy"),
    "sdk-1.9": ("sdk-1.9", "streamable", "legacy"),
}
FEATURES = ["whole_lists", "given_calls", "given_prompts", "given_reads", "given_completions"]

# {server: (the prompt there, its arguments)}
PROMPTS = {
    "mcp-server-sqlite": ("mcp-demo", {"topic": "tea"}),
    "agent-lsp": ("lsp-explore", {}),
    "mcp-python-interpreter": ("debug_python_error", {"code": "1/0", "error_message": "ZeroDivisionError"}),
}
# What is listed, and what only fits a template.
READS = {
    "mcp-server-sqlite": "memo://insights",
    "chuk-mcp-echo": "echo://docs",
    "jmrplens-gitlab-mcp-server": "gitlab://guides/git-workflow",
    "mcp-python-interpreter": "python://session/never-opened/history",
    "eval-hub-mcp": "evalhub://server/version",
}
# {server: (the prompt there, the argument, what is there of it)}
COMPLETIONS = {"jmrplens-gitlab-mcp-server": ("my_open_mrs", "state", "")}


@pytest.fixture(scope="module")
def world(directory):
    with neighbourhood(directory(), uuid.uuid4().hex, [KNOWN[name] for name in NAMES]) as made:
        yield made


@pytest.fixture(scope="module")
def proxy(launch, world):
    entries = {name: world.entry(KNOWN[name]) for name in NAMES}
    with launch(entries, ready=False, limits={"startTimeout": f"{START_SECONDS}s"}) as proxy:
        eventually(lambda: proxy.readiness().status_code == 200, "every server to start", START_SECONDS)
        yield proxy


@pytest.fixture(scope="module")
def light(make_proxy, world):
    """A configuration that nobody serves yet."""
    return make_proxy({name: world.entry(KNOWN[name]) for name in LIGHT})


# What each has by itself


class Alone:
    """What a server lists and answers at its own path: the same as without a proxy (test_compatibility.py)."""

    def __init__(self, lists, answers):
        self.lists = lists
        self.answers = answers


def asked_of(world, name):
    """What a server is asked, by the feature that asks for it."""
    asked = {}
    if KNOWN[name].called:
        asked["given_calls"] = tuple(world.filled(KNOWN[name], list(KNOWN[name].ask)))
    if name in PROMPTS:
        prompt, arguments = PROMPTS[name]
        asked["given_prompts"] = ("prompts/get", {"name": prompt, "arguments": arguments})
    if name in READS:
        asked["given_reads"] = ("resources/read", {"uri": READS[name]})
    if name in COMPLETIONS:
        prompt, argument, value = COMPLETIONS[name]
        reference = {"type": "ref/prompt", "name": prompt}
        asked["given_completions"] = (
            "completion/complete",
            {"ref": reference, "argument": {"name": argument, "value": value}},
        )
    return asked


async def looked_at(proxy, world, name, http):
    async with visitor(LATEST, Place(mcp=proxy.url(f"/{name}/mcp")), http) as client:
        lists = {member: await every(client, method, member) for method, member in LISTS.items()}
        answers = {}
        for feature, question in asked_of(world, name).items():
            answer = await client.request(*question)
            assert "result" in answer, answer
            answers[feature] = answer["result"]
        return Alone(lists, answers)


@pytest.fixture(scope="module")
def alone(proxy, world):
    """{server: what it has}"""

    async def looked():
        async with http_client() as http:
            return {name: await looked_at(proxy, world, name, http) for name in NAMES}

    return asyncio.run(looked())


KEYS = {"tools": "name", "prompts": "name", "resources": "uri", "resourceTemplates": "uriTemplate"}


def together(alone, names):
    """What these servers list together: all of each, in their order."""
    lists = {}
    for member, key in KEYS.items():
        lists[member] = [
            offered(name, item[key]) if key == "name" else item[key]
            for name in names
            for item in alone[name].lists[member]
        ]
    return lists


# Everything is listed and called


def order_for(client, proxy, light, world, alone):
    _, kind, mode = CLIENTS[client]
    names = LIGHT if kind == "stdio" else NAMES
    order = {"kind": kind, "mode": mode, "silent": True, "features": FEATURES}
    if kind == "stdio":
        order |= {"command": light.binary, "args": ["stdio", "--config", str(light.file)]}
    else:
        order["url"] = proxy.url("/sse" if kind == "sse" else "/mcp")
    order["count"] = len(together(alone, names)["tools"])
    calls = {name: asked_of(world, name)["given_calls"][1] for name in names if KNOWN[name].called}
    order["calls"] = [[offered(name, call["name"]), call["arguments"]] for name, call in calls.items()]
    order["prompts"] = [[offered(name, PROMPTS[name][0]), PROMPTS[name][1]] for name in names if name in PROMPTS]
    order["reads"] = [READS[name] for name in names if name in READS]
    order["completions"] = [
        [offered(name, COMPLETIONS[name][0]), *COMPLETIONS[name][1:]] for name in names if name in COMPLETIONS
    ]
    return names, order


@pytest.mark.parametrize("client", CLIENTS)
def test_an_official_client_finds_everything_of_each(proxy, light, world, alone, client):
    """It lists the union of what each lists by itself, in order, and what it asks is answered by the right one."""
    names, order = order_for(client, proxy, light, world, alone)
    outcomes = visit(CLIENTS[client][0], order, FEATURES)
    failures = {feature: outcome["failure"] for feature, outcome in outcomes.items() if "failure" in outcome}
    assert not failures, failures
    for member, expected in together(alone, names).items():
        assert outcomes["whole_lists"]["value"][member] == expected, member
    assert len(names) >= 10 and all(alone[name].answers for name in names)
    called = [name for name in names if KNOWN[name].called]
    for name, result in zip(called, outcomes["given_calls"]["value"], strict=True):
        assert KNOWN[name].answer in texts_of(result), name
    for feature in ("given_prompts", "given_reads", "given_completions"):
        expected = [texts_of(alone[name].answers[feature]) for name in names if feature in alone[name].answers]
        assert expected, feature
        assert [texts_of(result) for result in outcomes[feature]["value"]] == expected, feature


def texts_of(answer):
    """Everything that is said in an answer, as one text."""
    lists = ("content", "contents", "messages")
    parts = next((answer[member] for member in lists if member in answer), [answer.get("completion", answer)])
    return "\n".join(part["text"] if "text" in part else json.dumps(part, sort_keys=True) for part in parts)


# Troubles of some

KILLED = "mcp-server-time"
HANGING = "mcp-server-calculator"
SLOW = "chuk-mcp-echo"
FORGETFUL = "mcp-server-motherduck"
TROUBLED = {KILLED, HANGING, SLOW, FORGETFUL}
# A call that waits for another server's end waits much longer.
BOUND_SECONDS = 10


class Regular:
    """A client that lists everything and calls all servers without troubles, again and again."""

    def __init__(self, client, world, alone):
        self.client = client
        self.rounds = 0
        self._expected = together(alone, NAMES)["tools"]
        self._calls = {
            name: asked_of(world, name)["given_calls"][1]
            for name in NAMES
            if name not in TROUBLED and KNOWN[name].called
        }

    async def come_again_and_again(self):
        while True:
            async with asyncio.timeout(BOUND_SECONDS):
                tools, _ = await self.client.every("tools/list", "tools")
            assert [tool["name"] for tool in tools] == self._expected
            for name, call in self._calls.items():
                await self._call(name, call)
            self.rounds += 1

    async def _call(self, name, call):
        try:
            async with asyncio.timeout(BOUND_SECONDS):
                answer = await self.client.call(offered(name, call["name"]), call["arguments"])
        except TimeoutError:
            raise AssertionError(f"{name} was not heard within {BOUND_SECONDS} s") from None
        assert KNOWN[name].answer in texts_of(answer.get("result", answer)), (name, answer)


class Regulars:
    def __init__(self, regulars):
        self._regulars = regulars
        self._tasks = []

    def _go_on(self):
        for task in self._tasks:
            if task.done():
                task.result()

    async def one_more_round(self):
        """Waits until each has come twice more: the first round may have begun before."""
        wanted = [regular.rounds + 2 for regular in self._regulars]

        def done():
            self._go_on()
            return all(it.rounds >= rounds for it, rounds in zip(self._regulars, wanted, strict=True))

        await eventually_async(done, "another round of each client", seconds=60)

    async def __aenter__(self):
        self._tasks = [asyncio.ensure_future(regular.come_again_and_again()) for regular in self._regulars]
        return self

    async def __aexit__(self, *_):
        self._go_on()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def signal_to(run, name, number):
    """Sends a signal to every process of this server."""
    found = [pid for pid, command in processes.marked(run).items() if name in command]
    assert found, f"no process of {name}"
    for pid in found:
        os.kill(pid, number)


@contextlib.asynccontextmanager
async def hanging(run, name):
    signal_to(run, name, signal.SIGSTOP)
    try:
        yield
    finally:
        signal_to(run, name, signal.SIGCONT)


async def started(client, tool, arguments):
    return await client.start("tools/call", {"name": tool, "arguments": arguments})


async def answered(client, world, name):
    """A call of this server that succeeds."""
    call = asked_of(world, name)["given_calls"][1]
    answer = await client.call(offered(name, call["name"]), call["arguments"])
    assert KNOWN[name].answer in texts_of(answer.get("result", answer)), answer


@pytest.mark.anyio
async def test_nobody_notices_the_troubles_of_others(proxy, world, alone, http):
    """One is killed, one hangs, one is slow, one forgets its sessions: lists stay whole, others answer."""
    place = Place(mcp=proxy.url("/mcp"), sse=proxy.url("/sse"))
    async with contextlib.AsyncExitStack() as stack:
        kinds = ["http-sse", "2025-11-25", "2026-07-28"]
        clients = [await stack.enter_async_context(visitor(kind, place, http)) for kind in kinds]
        for client in clients:
            for name in TROUBLED:
                await answered(client, world, name)
        regulars = await stack.enter_async_context(Regulars([Regular(client, world, alone) for client in clients]))

        signal_to(proxy.run, KILLED, signal.SIGKILL)
        await regulars.one_more_round()
        call = offered(HANGING, "calculate"), asked_of(world, HANGING)["given_calls"][1]["arguments"]
        slow = offered(SLOW, "echo_delay"), {"message": "late", "delay_seconds": 4}
        async with hanging(proxy.run, HANGING):
            waiting = [await started(client, *call) for client in clients]
            late = [await started(client, *slow) for client in clients]
            signal_to(f"{world.run}-upstream", FORGETFUL, signal.SIGKILL)
            await regulars.one_more_round()
            for kind in kinds:
                async with asyncio.timeout(BOUND_SECONDS), visitor(kind, place, http) as newcomer:
                    tools, _ = await newcomer.every("tools/list", "tools")
                    assert [tool["name"] for tool in tools] == together(alone, NAMES)["tools"]
            process = stack.enter_context(world.running(KNOWN[FORGETFUL]))
            await asyncio.to_thread(world.wait_listening, KNOWN[FORGETFUL], process)
            await regulars.one_more_round()
            for client in clients:
                for name in (KILLED, FORGETFUL):
                    await eventually_succeeds(lambda: answered(client, world, name), f"{name} to be back")
        for client, call, other in zip(clients, waiting, late, strict=True):
            assert "42" in texts_of((await client.inbox.answer(call))["result"])
            assert "late" in texts_of((await client.inbox.answer(other))["result"])
