"""The GET stream of a server comes before the calls of who listens: what is said during a call is heard."""

import asyncio

import pytest

from support.wait import eventually_async

pytestmark = pytest.mark.anyio


async def asked_for(ledger):
    """Waits for two streams: that of the connection which is always there, and that of a client."""
    await eventually_async(lambda: len(ledger.entries("http", method="GET", path="/mcp")) >= 2, "both to be asked for")


async def test_calls_are_posted_once_the_stream_is_open(launch, http, http_fixture):
    """The server takes its time with the stream. A call that comes meanwhile waits; those of others do not."""
    with http_fixture(name="web") as upstream, launch({"web": upstream.streamable()}) as proxy:
        ledger = upstream.ledger
        other = await proxy.client("web", http).initialize()
        upstream.control("listen", how="late")
        client = await proxy.client("web", http).initialize()
        async with client.listening() as stream:
            await asked_for(ledger)
            call = asyncio.ensure_future(client.call_text("add_tool", {"name": "fresh"}))
            # When this has come back, the call before it could have been posted, too.
            assert await other.call_text("echo", {"text": "meanwhile"}) == "meanwhile"
            upstream.control("listen", how="now")
            assert await call == "added"
            await stream.notification("notifications/tools/list_changed")
        (called,) = ledger.calls("add_tool")
        (opened,) = ledger.entries("stream", session=called["session"])
        assert ledger.entries().index(opened) < ledger.entries().index(called)


@pytest.mark.parametrize("how", ["refuse", "late", "drop"])
async def test_no_call_waits_for_ever_for_a_stream(launch, http, http_fixture, how):
    """Refused with 405, kept waiting, or cut off: calls go on without, also in a session that is opened anew."""
    with http_fixture(name="web") as upstream, launch({"web": upstream.streamable()}) as proxy:
        upstream.control("listen", how=how)
        client = await proxy.client("web", http).initialize()
        async with client.listening():
            await asked_for(upstream.ledger)
            assert await client.call_text("echo", {"text": "without"}) == "without"
            upstream.control("forget")
            assert await client.call_text("echo", {"text": "anew"}) == "anew"
        sessions = {call["session"] for call in upstream.ledger.calls("echo")}
        assert len(sessions) == 2
        assert not any(upstream.ledger.entries("stream", session=session) for session in sessions)
