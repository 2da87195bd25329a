"""One client's whole visit to one server: every feature of the protocol once, each outcome as JSON.

The client is an adapter around an SDK (`client_v1.py`, `client_v2.py`, `client_fastmcp.py`; the scripts to run). The
script gets one JSON object as its argument and prints one JSON object: {feature: {"value": …} or {"failure": …}}.

    {"kind": "streamable" | "sse" | "stdio", "url": …, "command": …, "args": …, "env": …, "headers": …,
     "ledger": FILE, "mode": "legacy" | "auto" | "2026-07-28", "features": [names], "calls": [[tool, arguments]],
     "silent": whether the client declares nothing that it could be asked,
     "count": how many tools are listed in the end, "prompts": [[name, arguments]], "reads": [uris],
     "completions": [[prompt, argument, value]]}

An array of such objects is a tour: it prints an array of outcomes.
"""

import asyncio
import json
import sys
import traceback
import uuid

STEP_SECONDS = 20
POLL_SECONDS = 0.01

FEATURES = {}


def feature(function):
    FEATURES[function.__name__] = function
    return function


async def eventually(condition):
    """Waits for the condition to give something true. The step's time limit ends it."""
    while not (value := condition()):
        await asyncio.sleep(POLL_SECONDS)
    return value


def texts(result):
    return [block.get("text") for block in result["content"]]


async def every_page(fetch, member):
    items, cursor, pages = [], None, 0
    while True:
        result = await fetch(cursor)
        items += result[member]
        pages += 1
        cursor = result.get("nextCursor")
        if cursor is None:
            return items, pages


@feature
async def server(client, order):
    return client.server()


@feature
async def ping(client, order):
    await client.ping()
    return "answered"


@feature
async def tools(client, order):
    items, pages = await every_page(client.list_tools, "tools")
    return {"names": [item["name"] for item in items], "first": items[0]}


@feature
async def tool_names(client, order):
    items, _ = await every_page(client.list_tools, "tools")
    return [item["name"] for item in items]


@feature
async def call(client, order):
    return await client.call_tool("echo", {"text": "h\u00e9llo \U0001f600"})


@feature
async def tool_error(client, order):
    return await client.call_tool("is_error", {})


@feature
async def protocol_error(client, order):
    return await client.error_of(client.call_tool("fail", {"code": 4050}))


@feature
async def prompts(client, order):
    items, _ = await every_page(client.list_prompts, "prompts")
    return items


@feature
async def prompt(client, order):
    return await client.get_prompt("greet", {"name": "Ada"})


@feature
async def resources(client, order):
    items, _ = await every_page(client.list_resources, "resources")
    return items


@feature
async def resource_text(client, order):
    return await client.read_resource("mem://one")


@feature
async def resource_blob(client, order):
    return await client.read_resource("mem://two")


@feature
async def missing_resource(client, order):
    return await client.error_of(client.read_resource("mem://nowhere"))


@feature
async def templates(client, order):
    items, _ = await every_page(client.list_templates, "resourceTemplates")
    return items


@feature
async def resource_of_template(client, order):
    return await client.read_resource("mem://item/42")


@feature
async def completion(client, order):
    return await client.complete("greet", "name", "al")


@feature
async def progress(client, order):
    seen = []
    arguments = {"steps": 4, "confirm": True}
    result = await client.call_tool("progress", arguments, lambda *step: seen.append(list(step)))
    await eventually(lambda: len(seen) >= 4)
    return {"seen": seen, "result": texts(result)}


@feature
async def logging(client, order):
    await client.set_level("debug")
    await client.call_tool("log", {"level": "warning", "text": "look"})
    return await eventually(lambda: client.heard("notifications/message"))


@feature
async def subscription(client, order):
    async with client.listening("mem://one"):
        await client.call_tool("touch", {"uri": "mem://one"})
        return await eventually(lambda: client.heard("notifications/resources/updated"))


@feature
async def lists_changed(client, order):
    async with client.listening():
        await client.call_tool("changed", {})
        await eventually(lambda: client.heard("notifications/prompts/list_changed"))
        await eventually(lambda: client.heard("notifications/resources/list_changed"))
    return "heard"


@feature
async def tool_added(client, order):
    name = f"new-{uuid.uuid4().hex}"
    async with client.listening():
        await client.call_tool("add_tool", {"name": name})
        await eventually(lambda: client.heard("notifications/tools/list_changed"))
    items, _ = await every_page(client.list_tools, "tools")
    result = await client.call_tool(name, {})
    return {"listed": name in [item["name"] for item in items], "called": texts(result) == [f"{name} was called"]}


@feature
async def roots(client, order):
    return json.loads(texts(await client.call_tool("ask_roots", {}))[0])


@feature
async def sampling(client, order):
    return json.loads(texts(await client.call_tool("ask_sampling", {"prompt": "say hello"}))[0])


@feature
async def elicitation(client, order):
    return json.loads(texts(await client.call_tool("ask_elicitation", {"question": "who?"}))[0])


@feature
async def interview(client, order):
    return texts(await client.call_tool("interview", {}))


@feature
async def survey(client, order):
    return json.loads(texts(await client.call_tool("survey", {}))[0])


@feature
async def page(client, order):
    """The user is sent to a page, by an error in the older revision and by a question in the newest."""
    account = uuid.uuid4().hex
    outcome = await client.error_of(client.call_tool("connect_account", {"account": account}))
    if outcome.get("code") == -32042:
        outcome = await client.error_of(client.call_tool("connect_account", {"account": account}))
    return texts(outcome["no error"]) == [f"{account} connected"]


@feature
async def cancellation(client, order):
    """The call reaches the server, the client cancels it, and the server is told."""
    never = f"/nonexistent/{uuid.uuid4().hex}"
    task = await client.start_call("hold", {"file": never})
    started = await eventually(lambda: find(order["ledger"], event="request", containing=never))
    await client.cancel(task)
    return await eventually(
        lambda: any(
            entry["pid"] == started["pid"] and entry["matched"] and entry["params"]["requestId"] == started["id"]
            for entry in entries(order["ledger"], "cancelled")
        )
    )


@feature
async def after_cancellation(client, order):
    return texts(await client.call_tool("echo", {"text": "still here"}))


@feature
async def given_calls(client, order):
    return [await client.call_tool(name, arguments) for name, arguments in order["calls"]]


@feature
async def whole_lists(client, order):
    """What is listed as soon as there are so many tools: a proxy just started learns of slow servers later."""

    async def tool_names():
        items, _ = await every_page(client.list_tools, "tools")
        return [item["name"] for item in items]

    tools = await tool_names()
    while len(tools) < order["count"]:
        await asyncio.sleep(POLL_SECONDS)
        tools = await tool_names()
    prompts, _ = await every_page(client.list_prompts, "prompts")
    resources, _ = await every_page(client.list_resources, "resources")
    templates, _ = await every_page(client.list_templates, "resourceTemplates")
    return {
        "tools": tools,
        "prompts": [item["name"] for item in prompts],
        "resources": [item["uri"] for item in resources],
        "resourceTemplates": [item["uriTemplate"] for item in templates],
    }


@feature
async def given_prompts(client, order):
    return [await client.get_prompt(name, arguments) for name, arguments in order["prompts"]]


@feature
async def given_reads(client, order):
    return [await client.read_resource(uri) for uri in order["reads"]]


@feature
async def given_completions(client, order):
    return [await client.complete(*completion) for completion in order["completions"]]


def entries(ledger, event):
    with open(ledger) as file:
        return [entry for entry in map(json.loads, file) if entry["event"] == event]


def find(ledger, event, containing):
    return next((entry for entry in entries(ledger, event) if containing in entry["raw"]), None)


def inner(error):
    """The cause inside nested exception groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def described(error):
    error = inner(error)
    return "".join(traceback.format_exception_only(error)).strip()


async def visit(connect, order):
    outcomes = {}
    try:
        async with connect(order) as client:
            for name in order["features"]:
                try:
                    async with asyncio.timeout(STEP_SECONDS):
                        outcomes[name] = {"value": await FEATURES[name](client, order)}
                except Exception as error:
                    outcomes[name] = {"failure": described(error)}
    except Exception as error:
        outcomes["connection"] = {"failure": described(error)}
    return outcomes


async def tour(connect, orders):
    return [await visit(connect, order) for order in orders]


def main(connect):
    given = json.loads(sys.argv[1])
    made = tour(connect, given) if isinstance(given, list) else visit(connect, given)
    json.dump(asyncio.run(made), sys.stdout)
