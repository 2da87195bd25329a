"""Streams and sessions: how they begin, break, are resumed and end."""

import asyncio
import json

import pytest

from support.fixture import stdio
from support.raw import call_body, initialize_body, request_body, text_of
from support.wait import eventually, eventually_async

pytestmark = pytest.mark.anyio

OTHER_REVISIONS = ["2024-11-05", "2025-03-26", "2025-06-18"]


@pytest.fixture(scope="module")
def ledger(new_ledger):
    return new_ledger()


@pytest.fixture(scope="module")
def proxy(launch, http_fixture, ledger):
    with http_fixture(answers="sse", ledger=ledger, name="web") as web:
        servers = {"stdio": stdio(ledger=ledger), "web": web.streamable()}
        with launch(servers, limits={"streamAfter": "50ms", "keepAliveInterval": "300ms"}) as proxy:
            yield proxy


@pytest.fixture(params=["stdio", "web"])
async def client(proxy, http, request):
    return await proxy.client(request.param, http).initialize()


def ids(stream):
    return [event.id for event in stream.events if event.id is not None]


async def first_id(stream):
    return await stream.wait_for(lambda stream: ids(stream)[:1], "event with an id")


# Resumption


async def test_a_stream_begins_with_an_event_that_only_has_an_id(client, tmp_path):
    """Revision 2025-11-25: the priming event comes at once, before any message, so that the stream can be resumed."""
    gate = tmp_path / "open"
    async with client.posted_stream(call_body("hold", {"file": str(gate)})) as stream:
        await first_id(stream)
        assert stream.events[0].data == "" and stream.events[0].id
        gate.touch()
        assert text_of(await stream.answer()) == "released"
    async with client.listening() as stream:
        await first_id(stream)
        assert stream.events[0].data == ""


@pytest.mark.parametrize("version", OTHER_REVISIONS)
async def test_an_older_client_gets_no_event_without_data(proxy, http, version, tmp_path):
    """Revisions before 2025-11-25 would choke on a priming event: every event of theirs is a message."""
    client = await proxy.client("stdio", http, version=version).initialize()
    gate = tmp_path / "open"
    async with client.posted_stream(call_body("hold", {"file": str(gate)})) as stream:
        gate.touch()
        await stream.answer()
        assert all(event.data for event in stream.events), stream.events


async def test_a_client_that_disconnects_has_not_cancelled_and_can_fetch_its_answer(client, ledger, tmp_path):
    """The call goes on upstream; GET with Last-Event-ID brings its answer."""
    gate = tmp_path / "open"
    async with client.posted_stream(call_body("hold", {"file": str(gate), "text": "late"})) as stream:
        [last] = await first_id(stream)
        held = await asyncio.to_thread(ledger.wait_for_call, "hold", str(gate))
    gate.touch()
    async with client.listening(last_event_id=last) as resumed:
        assert text_of(await resumed.answer()) == "late"
    assert not [
        entry for entry in ledger.entries("cancelled", pid=held["pid"]) if entry["params"]["requestId"] == held["id"]
    ]


async def test_a_client_that_disconnects_before_a_stream_began_has_not_cancelled_either(proxy, http, ledger, tmp_path):
    """The connection of a JSON answer closes: the call still runs to its end."""
    client = await proxy.client("stdio", http).initialize()
    gate = tmp_path / "open"
    call = asyncio.ensure_future(client.post(call_body("hold", {"file": str(gate)})))
    held = await asyncio.to_thread(ledger.wait_for_call, "hold", str(gate))
    call.cancel()
    await asyncio.wait([call])
    gate.touch()
    await asyncio.to_thread(ledger.wait_for, "answered", pid=held["pid"], id=held["id"])


async def test_a_resumed_stream_brings_exactly_what_was_missed(client):
    """Events up to Last-Event-ID are not repeated, those after it come once and in order."""
    body = call_body("progress", {"steps": 6}, 1, {"progressToken": "p"})
    async with client.posted_stream(body) as stream:
        await stream.answer()
        known = [event for event in stream.events if event.data]
    assert len(known) == 7
    async with client.listening(last_event_id=known[2].id) as resumed:
        await resumed.answer()
        again = [event for event in resumed.events if event.data]
    assert [event.data for event in again] == [event.data for event in known[3:]]


async def test_event_ids_are_unique_across_the_streams_of_a_session(client):
    """Two calls and a standing stream: no id occurs twice."""
    seen = []
    async with client.listening() as standing:
        for _ in range(2):
            async with client.posted_stream(call_body("progress", {"steps": 3}, 1, {"progressToken": 1})) as stream:
                await stream.answer()
                seen += ids(stream)
        await client.call("changed")
        await standing.notification("notifications/prompts/list_changed")
        seen += ids(standing)
    assert len(seen) == len(set(seen)) and len(seen) > 6


async def test_one_session_cannot_resume_the_stream_of_another(proxy, http):
    """An event id of A shown by B replays nothing of A's."""
    first = await proxy.client("stdio", http).initialize()
    second = await proxy.client("stdio", http).initialize()
    async with first.posted_stream(call_body("progress", {"steps": 3}, 1, {"progressToken": "of-first"})) as stream:
        await stream.answer()
        stolen = ids(stream)[0]
    await assert_replays_nothing(second, stolen, "of-first")


@pytest.mark.parametrize("made_up", ["0", "nonsense", "1-1", "../../etc/passwd", "9" * 500])
async def test_a_made_up_event_id_replays_nothing_and_does_no_harm(proxy, http, made_up):
    """An event id we never gave is refused or gives an ordinary stream."""
    client = await proxy.client("stdio", http).initialize()
    await assert_replays_nothing(client, made_up, "progress")
    assert await client.call_text("echo", {"text": "t"}) == "t"


async def assert_replays_nothing(client, event_id, forbidden):
    headers = client.headers(**{"Accept": "text/event-stream", "Last-Event-ID": event_id})
    request = client.http.build_request("GET", client.url, headers=headers)
    response = await client.http.send(request, stream=True)
    try:
        if response.status_code != 200:
            assert 400 <= response.status_code < 500, response.status_code
            return
        lines = response.aiter_lines()
        seen = [await anext(lines) for _ in range(4)]
        assert forbidden not in "".join(seen), seen
    finally:
        await response.aclose()


async def test_an_idle_stream_is_kept_alive_with_comments(client):
    """Comment lines come at the configured interval."""
    request = client.http.build_request("GET", client.url, headers=client.headers(Accept="text/event-stream"))
    response = await client.http.send(request, stream=True)
    comments = 0
    async for line in response.aiter_lines():
        comments += line.startswith(":")
        if comments == 3:
            break
    await response.aclose()


async def test_a_stream_says_that_it_must_not_be_buffered(client):
    """Content-Type, Cache-Control and X-Accel-Buffering are what intermediaries need."""
    async with client.listening() as stream:
        headers = stream.response.headers
    assert headers["content-type"].startswith("text/event-stream")
    assert "no-cache" in headers["cache-control"] or "no-store" in headers["cache-control"]
    assert headers["x-accel-buffering"] == "no"


# Several streams


async def test_each_message_is_on_exactly_one_of_several_streams(client):
    """With two GET streams open, a notification comes once: neither twice nor never."""
    async with client.listening() as first, client.listening() as second:
        for turn in range(1, 4):
            await client.call("changed")
            await eventually_async(lambda: len(heard(first) + heard(second)) >= turn, "the notification")
            assert len(heard(first) + heard(second)) == turn
        assert not first.ended and not second.ended


def heard(stream):
    return [message for message in stream.messages() if message.get("method") == "notifications/resources/list_changed"]


async def test_no_answer_is_on_a_standing_stream(client):
    """The GET stream never carries the answer of a POST."""
    async with client.listening() as standing:
        await client.call("echo", {"text": "t"})
        await client.call("changed")
        await standing.notification("notifications/prompts/list_changed")
        assert all("method" in message for message in standing.messages())


# Sessions


async def test_a_deleted_session_is_gone(client):
    """DELETE ends the session: everything after it is 404, and its streams end."""
    async with client.listening() as stream:
        assert (await client.delete()).status_code in (200, 202, 204)
        await stream.end()
    assert (await client.post(request_body("ping"))).status_code == 404
    assert (await client.http.get(client.url, headers=client.headers(Accept="text/event-stream"))).status_code == 404
    assert (await client.delete()).status_code == 404


async def test_deleting_a_session_cancels_its_calls_upstream(client, ledger, tmp_path):
    """A client that ends its session wants none of its answers."""
    never = str(tmp_path / "never")
    call = asyncio.ensure_future(client.post(call_body("hold", {"file": never})))
    held = await asyncio.to_thread(ledger.wait_for_call, "hold", never)
    await client.delete()
    await asyncio.to_thread(wait_cancelled_or_deleted, ledger, held)
    await asyncio.gather(call, return_exceptions=True)


def wait_cancelled_or_deleted(ledger, held):
    """An upstream that is shared gets a cancellation; one of its own may be ended as a whole."""
    eventually(
        lambda: [
            entry
            for entry in ledger.entries("cancelled", pid=held["pid"]) + ledger.entries("deleted", pid=held["pid"])
            if entry["event"] == "deleted" or entry["params"]["requestId"] == held["id"]
        ],
        "the call to be cancelled upstream",
    )


async def test_an_old_client_whose_stream_closes_has_ended_its_session(proxy, http, ledger, tmp_path):
    """HTTP+SSE: closing the stream cancels the calls upstream, and the message URL is 404 from then on."""
    never = str(tmp_path / "never")
    async with proxy.old_client("stdio", http).connected() as client:
        await client.post(call_body("hold", {"file": never}))
        held = await asyncio.to_thread(ledger.wait_for_call, "hold", never)
    await asyncio.to_thread(wait_cancelled_or_deleted, ledger, held)

    async def gone():
        headers = {"Content-Type": "application/json"}
        return (await http.post(client.endpoint, content=request_body("ping"), headers=headers)).status_code == 404

    async with asyncio.timeout(30):
        while not await gone():
            await asyncio.sleep(0.05)


async def test_an_idle_session_ends_by_itself(launch, http, http_fixture):
    """After sessionIdleTimeout the upstream session is ended and the client's id is 404."""
    with (
        http_fixture(name="web") as web,
        launch({"web": web.streamable()}, limits={"sessionIdleTimeout": "1s"}) as proxy,
    ):
        client = await proxy.client("web", http).initialize()
        session = json.loads(await client.call_text("whoami"))["headers"]["mcp-session-id"]
        await asyncio.to_thread(web.ledger.wait_for, "deleted", session=session)
        assert (await client.post(request_body("ping"))).status_code == 404


async def test_a_session_with_an_open_stream_or_a_running_call_is_not_idle(launch, http, directory):
    """sessionIdleTimeout does not end a session in use."""
    gate = directory() / "open"
    with launch({"stdio": stdio()}, limits={"sessionIdleTimeout": "2s", "keepAliveInterval": "1s"}) as proxy:
        client = await proxy.client("stdio", http).initialize()
        request = http.build_request("GET", client.url, headers=client.headers(Accept="text/event-stream"))
        stream = await http.send(request, stream=True)
        comments = 0
        async for line in stream.aiter_lines():
            comments += line.startswith(":")
            if comments == 4:
                break
        gate.touch()
        assert await client.call_text("hold", {"file": str(gate)}) == "released"
        await stream.aclose()


async def test_session_ids_are_long_random_and_printable(proxy, http):
    """At least 128 bits, visible ASCII, all different, and unlike the upstream's."""
    sessions = []
    for _ in range(20):
        response = await proxy.client("stdio", http).post(initialize_body())
        sessions.append(response.headers["mcp-session-id"])
    assert len(set(sessions)) == 20
    for session in sessions:
        assert all(0x21 <= ord(character) <= 0x7E for character in session)
        assert len(session) >= 22
    prefix = sum(len(set(column)) == 1 for column in zip(*sessions))
    assert prefix < 8, f"session ids look alike: {sessions[:3]}"
