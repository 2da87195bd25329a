"""Every client over every transport to every kind of upstream: each feature of the protocol passes."""

import asyncio
import contextlib

import pytest

from support.features import CHECKS, MANY_TOOLS, PAGE, check
from support.fixture import stdio
from support.raw import call_body, notification_body
from support.visit import visit
from support.wait import eventually_async

CLIENTS = {
    "v1": ("v1", "streamable"),
    "v1-sse": ("v1", "sse"),
    "v2": ("v2", "streamable"),
    "fastmcp": ("fastmcp", "streamable"),
}
UPSTREAMS = ["stdio", "streamable-json", "streamable-sse", "http-sse", "url-of-streamable", "url-of-sse"]
MANY_STREAMS = 200


@pytest.fixture(scope="module")
def ledger(new_ledger):
    return new_ledger()


@pytest.fixture(scope="module")
def proxy(launch, http_fixture, ledger):
    """One proxy in front of every kind of upstream. Every upstream writes to the same ledger."""
    settings = {"tools": MANY_TOOLS, "page": PAGE, "ledger": ledger}
    with (
        http_fixture(answers="json", **settings) as json_answers,
        http_fixture(answers="sse", **settings) as sse_answers,
        http_fixture(transport="streamable", **settings) as only_streamable,
        http_fixture(transport="sse", **settings) as only_sse,
    ):
        servers = {
            "stdio": stdio(**settings),
            "streamable-json": json_answers.streamable(),
            "streamable-sse": sse_answers.streamable(),
            "http-sse": json_answers.sse(),
            "url-of-streamable": {"url": only_streamable.mcp_url},
            "url-of-sse": {"url": only_sse.sse_url},
        }
        with launch(servers) as proxy:
            yield proxy


@pytest.fixture(scope="module")
def outcomes(proxy, ledger):
    """The outcome of each visit, made once."""
    made = {}

    def outcome(client, upstream):
        if (client, upstream) not in made:
            sdk, kind = CLIENTS[client]
            path = "sse" if kind == "sse" else "mcp"
            order = {"kind": kind, "url": proxy.url(f"/{upstream}/{path}"), "ledger": str(ledger.path)}
            made[client, upstream] = visit(sdk, order)
        return made[client, upstream]

    return outcome


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_every_kind_of_upstream_is_ready(proxy, upstream):
    """Each upstream is ready with all its tools counted; for a URL without transportType it was found out which."""
    state = proxy.servers()[upstream]
    assert state["state"] == "ready", state
    transport = {"stdio": "stdio", "http-sse": "sse", "url-of-sse": "sse"}.get(upstream, "streamable-http")
    assert state["transport"] == transport, state


@pytest.mark.parametrize("feature", CHECKS)
@pytest.mark.parametrize("upstream", UPSTREAMS)
@pytest.mark.parametrize("client", CLIENTS)
def test_the_feature_passes_through(outcomes, client, upstream, feature):
    """Every client gets every feature from every upstream, exactly as without the proxy."""
    check(outcomes(client, upstream), feature)


@pytest.mark.anyio
@pytest.mark.parametrize("upstream", ["stdio", "streamable-json"])
async def test_a_new_tool_is_told_to_every_open_stream_and_can_be_called(proxy, http, upstream):
    """tools/list_changed reaches 200 open streams, on both transports; the new tool is listed and callable."""
    name = f"told-{upstream}"
    sessions = [await proxy.client(upstream, http).initialize() for _ in range(MANY_STREAMS // 2)]
    async with contextlib.AsyncExitStack() as opened:
        streams = [await opened.enter_async_context(session.listening()) for session in sessions]
        for _ in range(MANY_STREAMS // 2):
            client = await opened.enter_async_context(proxy.old_client(upstream, http).connected())
            streams.append(client.stream)
        await sessions[0].call("add_tool", {"name": name})
        await asyncio.gather(*(stream.notification("notifications/tools/list_changed") for stream in streams))
    assert await sessions[-1].call_text(name) == f"{name} was called"


@pytest.mark.anyio
@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_a_cancelled_call_is_cancelled_upstream_under_its_id_there(proxy, http, ledger, upstream, tmp_path):
    """notifications/cancelled reaches the upstream with the upstream's own request id, and ends the call there."""
    client = await proxy.client(upstream, http).initialize()
    gate = str(tmp_path / "never")
    call = asyncio.ensure_future(client.post(call_body("hold", {"file": gate}, "mine")))
    held = await asyncio.to_thread(ledger.wait_for_call, "hold", gate)
    body = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"mine","reason":"enough"}}'
    assert (await client.post(body)).status_code == 202
    told = await asyncio.to_thread(
        ledger.wait_for, "cancelled", pid=held["pid"], params={"requestId": held["id"], "reason": "enough"}
    )
    assert told[0]["matched"]
    call.cancel()


@pytest.mark.anyio
async def test_calls_of_one_session_run_side_by_side(proxy, http, ledger, tmp_path):
    """Twenty calls are all in the upstream before the first of them is answered."""
    client = await proxy.client("stdio", http).initialize()
    gate = tmp_path / "open"
    calls = [asyncio.ensure_future(client.call_text("hold", {"file": str(gate)})) for _ in range(20)]
    await eventually_async(
        lambda: len([entry for entry in ledger.calls("hold") if str(gate) in entry["raw"]]) == 20,
        "twenty calls in the upstream",
    )
    gate.touch()
    assert await asyncio.gather(*calls) == ["released"] * 20


@pytest.mark.anyio
@pytest.mark.parametrize("upstream", UPSTREAMS)
async def test_roots_list_changed_is_passed_on(proxy, http, ledger, upstream):
    """A client's notifications/roots/list_changed reaches its upstream."""
    client = await proxy.client(upstream, http).initialize({"roots": {"listChanged": True}})
    told = len(ledger.entries("notification", method="notifications/roots/list_changed"))
    assert (await client.post(notification_body("notifications/roots/list_changed"))).status_code == 202
    await asyncio.to_thread(ledger.wait_for, "notification", told + 1, method="notifications/roots/list_changed")
