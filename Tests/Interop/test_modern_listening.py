"""`subscriptions/listen`: acknowledged first, filtered, told apart by id, ended with an answer, at every server."""

import json

import pytest

from support.envelope import SUBSCRIPTION, modern_call, modern_request
from support.fixture import modern_stdio, stdio
from support.modern import Front
from support.visitors import subscription_of
from support.wait import eventually_async

pytestmark = pytest.mark.anyio

ALL = ["legacy-stdio", "legacy-http", "legacy-sse", "modern-stdio", "modern-http"]
BOTH = ["legacy-stdio", "modern-http"]
ACKNOWLEDGED = "notifications/subscriptions/acknowledged"
UPDATED = "notifications/resources/updated"
TOOLS, PROMPTS, RESOURCES = (f"notifications/{kind}/list_changed" for kind in ("tools", "prompts", "resources"))
EVERYTHING = {"toolsListChanged": True, "promptsListChanged": True, "resourcesListChanged": True}


def listen(wanted, request_id=1):
    return modern_request("subscriptions/listen", {"notifications": wanted}, request_id)


async def listening(front, wanted, request_id=1):
    """An open subscription. The first message is the acknowledgement, of just what was wanted."""
    stream = await front.stream(listen(wanted, request_id))
    first = await stream.message(lambda message: True, "message")
    assert first["method"] == ACKNOWLEDGED, first
    assert first["params"]["_meta"][SUBSCRIPTION] == request_id
    assert type(first["params"]["_meta"][SUBSCRIPTION]) is type(request_id)
    assert first["params"]["notifications"] == wanted, first
    return stream


def told(stream):
    return [message["method"] for message in stream.messages()[1:]]


async def change(front, tool, **arguments):
    assert "resultType" in await front.result(modern_call(tool, arguments))


@pytest.mark.parametrize("request_id", [1, 0, "mine", "é", 9007199254740993])
@pytest.mark.parametrize("server", BOTH)
async def test_everything_on_a_subscription_carries_its_id(front, request_id):
    """The acknowledgement and what follows name the request, in its own type; the stream is not to be buffered."""
    stream = await listening(front, EVERYTHING, request_id)
    assert stream.response.headers.get("x-accel-buffering") == "no"
    await change(front, "changed")
    for method in (PROMPTS, RESOURCES):
        assert subscription_of((await stream.notification(method))["params"]) == request_id
    await stream.close()


@pytest.mark.parametrize("server", ALL)
async def test_only_what_was_wanted_is_told(front, directory):
    """Of all that changes the subscriber to tools hears of tools, and the one to a resource of that."""
    tools = await listening(front, {"toolsListChanged": True}, 1)
    mine = f"mem://item/{directory().name}"
    resource = await listening(front, {"resourceSubscriptions": [mine]}, 2)
    await change(front, "changed")
    await change(front, "touch", uri="mem://item/other")
    await change(front, "touch", uri=mine)
    await change(front, "add_tool", name=f"new-{directory().name}")
    await tools.notification(TOOLS)
    assert (await resource.notification(UPDATED))["params"]["uri"] == mine
    assert told(tools) == [TOOLS]
    assert told(resource) == [UPDATED]
    await tools.close()
    await resource.close()


@pytest.mark.parametrize("server", BOTH)
async def test_a_subscription_to_nothing_is_acknowledged_as_that(front):
    """An empty filter is allowed and brings nothing."""
    stream = await listening(front, {})
    await change(front, "changed")
    other = await listening(front, EVERYTHING, 2)
    await change(front, "changed")
    await other.notification(RESOURCES)
    assert told(stream) == []
    await stream.close()
    await other.close()


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"notifications": None},
        {"notifications": []},
        {"notifications": {"toolsListChanged": "yes"}},
        {"notifications": {"resourceSubscriptions": "mem://one"}},
        {"notifications": {"resourceSubscriptions": [1]}},
    ],
    ids=str,
)
@pytest.mark.parametrize("server", BOTH)
async def test_a_filter_that_is_none_is_refused(front, params):
    """-32602."""
    request = front.request(modern_request("subscriptions/listen", params))
    response = await front.http.send(request, stream=True)
    try:
        # A stream would stay open for ever.
        assert response.headers["content-type"] == "application/json", f"acknowledged: {params}"
        assert json.loads(await response.aread())["error"]["code"] == -32602
    finally:
        await response.aclose()


@pytest.mark.parametrize("server", ALL)
async def test_subscribers_to_the_same_resource_do_not_end_each_other(front, directory):
    """When one of two goes, the other still hears."""
    uri = f"mem://item/{directory().name}"
    first = await listening(front, {"resourceSubscriptions": [uri]}, 1)
    second = await listening(front, {"resourceSubscriptions": [uri]}, 2)
    await change(front, "touch", uri=uri)
    await first.notification(UPDATED)
    await second.notification(UPDATED)
    await first.close()
    await change(front, "touch", uri=uri)
    await second.wait_for(lambda stream: told(stream).count(UPDATED) >= 2, "second update")
    await second.close()


@pytest.mark.parametrize("server", ["legacy-stdio", "modern-stdio"])
async def test_the_end_of_a_subscription_reaches_the_server(front, ledger, directory):
    """When the last subscriber closes its stream, the server need not look after the resource any more."""
    uri = f"mem://item/{directory().name}"
    stream = await listening(front, {"resourceSubscriptions": [uri]})
    await stream.close()

    def dropped():
        requests = ledger.entries("request", method="resources/unsubscribe")
        unsubscribed = [entry for entry in requests if entry["params"]["uri"] == uri]
        listened = [e for e in ledger.entries("listened") if uri in e["filter"].get("resourceSubscriptions", [])]
        return unsubscribed or listened

    await eventually_async(dropped, "the server to be told")


@pytest.mark.parametrize("server", ["legacy-stdio", "modern-stdio"])
async def test_a_subscription_outlives_the_servers_process(front, proxy, ledger, server, directory):
    """A server that crashed and was started again is listened to again, on the client's same stream."""
    uri = f"mem://item/{directory().name}"
    stream = await listening(front, {"toolsListChanged": True, "resourceSubscriptions": [uri]})
    starts = len(ledger.entries("start"))
    await front.post(modern_call("crash"))
    await eventually_async(lambda: len(ledger.entries("start")) > starts, "another process")
    pid = ledger.entries("start")[-1]["pid"]

    def subscribed_again():
        subscribed = [e for e in ledger.entries("request", method="resources/subscribe", pid=pid) if uri in e["raw"]]
        heard = [e for e in ledger.entries("listening", pid=pid) if uri in e["filter"].get("resourceSubscriptions", [])]
        return subscribed or heard

    await eventually_async(subscribed_again, "the new process to be subscribed to")
    await change(front, "touch", uri=uri)
    await stream.notification(UPDATED)
    await stream.close()


async def test_a_server_that_ends_a_subscription_is_listened_to_again(launch, modern_http_fixture, http, directory):
    """The client either hears on, or is told that its own subscription has ended."""
    with modern_http_fixture() as server, launch({"server": server.streamable()}) as proxy:
        front = Front(proxy.url("/server/mcp"), http)
        stream = await listening(front, EVERYTHING)
        open_before = len(server.ledger.entries("listening"))
        server.control("end")
        await eventually_async(
            lambda: stream.ended or len(server.ledger.entries("listening")) > open_before, "an end or a new beginning"
        )
        if stream.ended:
            assert stream.messages()[-1]["result"]["_meta"][SUBSCRIPTION] == 1
        else:
            await change(front, "changed")
            await stream.notification(RESOURCES)
        await stream.close()


@pytest.mark.parametrize("kind", ["stdio", "modern"])
async def test_the_proxys_end_is_a_graceful_end(make_proxy, http, kind):
    """At shutdown the request is answered, with the subscription's id, and then the stream closes."""
    proxy = make_proxy({"server": stdio() if kind == "stdio" else modern_stdio()})
    proxy.start()
    proxy.wait_ready()
    front = Front(proxy.url("/server/mcp"), http)
    streams = [await listening(front, EVERYTHING, request_id) for request_id in (1, "two")]
    proxy.terminate()
    for stream, request_id in zip(streams, (1, "two"), strict=True):
        await stream.end()
        last = stream.messages()[-1]
        assert last["id"] == request_id
        assert last["result"]["resultType"] == "complete"
        assert last["result"]["_meta"][SUBSCRIPTION] == request_id
        await stream.close()
    assert proxy.wait_exit() == 0


@pytest.mark.parametrize("server", ["modern-stdio", "modern-http"])
async def test_a_legacy_client_subscribes_and_misses_nothing(proxy, http, ledger, server, directory):
    """While a session subscribes to one resource after the other, updates of those it has go on to arrive."""
    client = await proxy.client(server, http).initialize()
    uris = [f"mem://item/{directory().name}" for _ in range(5)]
    async with client.listening() as standing:
        for number, uri in enumerate(uris):
            assert "result" in await client.request("resources/subscribe", {"uri": uri})
            for known in uris[: number + 1]:
                await client.call("touch", {"uri": known})

        def updates(stream):
            return [m["params"]["uri"] for m in stream.messages() if m.get("method") == UPDATED]

        expected = [known for number in range(5) for known in uris[: number + 1]]
        await standing.wait_for(lambda stream: len(updates(stream)) >= len(expected), "all updates")
        assert updates(standing) == expected
        assert not [m for m in standing.messages() if m.get("method") == ACKNOWLEDGED]
        told_to_client = [m["params"] for m in standing.messages() if m.get("method") == UPDATED]
        assert [subscription_of(params) for params in told_to_client] == [None] * len(expected)
    assert ledger.entries("violation") == []
