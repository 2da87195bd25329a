"""What callers bring for a server is shown to nobody, also where the server repeats it in what it answers."""

import contextlib
import json
import threading

import pytest

from support.envelope import modern_call
from support.keyed_server import KeyedServer
from support.managed import bearer
from support.raw import Streamable, call_body, initialize_body, only_answer
from support.site import send_bytes
from support.wait import eventually
from test_passed_headers_needed import ANN, BOB, CLIENTS, EVA, KEY, ask, entry, headers, state

pytestmark = pytest.mark.anyio

SECRET = "canary-wrong-key"
WRONG = f"Bearer {SECRET}"


class Echoing(KeyedServer):
    """Repeats the key of whoever it does not know."""

    # Set while a handshake is to wait.
    held = None

    def _guard(self, handler, asked):
        key = asked.headers.get(self.field)
        if self.held and b'"initialize"' in asked.body and key in self.keys:
            self.held.wait(20)
        if key and key not in self.keys:
            return send_bytes(handler, f"no such key: {key}".encode(), self.status, "text/plain")
        return self._pass_on(handler, asked)


@pytest.fixture
def stand(make_proxy, http_fixture, modern_http_fixture):
    @contextlib.contextmanager
    def standing(kind, status):
        make = modern_http_fixture if kind == "modern" else http_fixture
        with make(answers="json") as fixture, Echoing(fixture, [KEY], status=status) as server:
            settings = {"clients": CLIENTS, "management": {}}
            proxy = make_proxy({"code": entry(kind, server)}, proxy=settings)
            proxy.use_arguments(["--config", str(proxy.file), "--log-level", "debug"])
            proxy.start().wait_ready()
            yield proxy, server
            proxy.stop()

    return standing


def check(proxy):
    with proxy.visitor(headers=bearer(EVA)) as visitor:
        shown = visitor.get(proxy.url("/api/servers")).text + visitor.get(proxy.url("/status")).text
    assert SECRET not in json.dumps(state(proxy)) + shown
    assert SECRET not in proxy.output, [line for line in proxy.output.splitlines() if SECRET in line]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("status", [400, 401, 404, 422, 500, 503])
@pytest.mark.parametrize("kind", ["legacy", "modern", "sse"])
async def test_a_server_repeats_a_wrong_header(stand, http, kind, status):
    """In the middle of a session, in a handshake, and again and again, until it is not called any more."""
    with stand(kind, status) as (proxy, _):
        client = await Streamable(proxy.url("/code/mcp"), http, headers=headers(ANN, KEY)).initialize()
        assert "result" in await client.call("whoami")
        client._headers = headers(ANN, WRONG)
        for number in range(7):
            assert "error" in await client.call("whoami", {}, 10 + number)
        other = Streamable(proxy.url("/code/mcp"), http, headers=headers(BOB, WRONG))
        await other.post(initialize_body())
        await ask(proxy, http, "/code/mcp", modern_call("whoami"), BOB, WRONG)
        assert "callError" not in state(proxy), "what one caller brings says nothing to all others"
        check(proxy)


async def test_a_server_repeats_it_at_the_end_of_a_handshake(stand, http):
    with stand("legacy", 401) as (proxy, server):
        client = await Streamable(proxy.url("/mcp"), http, headers=headers(BOB, KEY)).initialize()
        await client.request("tools/list")
        server.held = held = threading.Event()
        client = await Streamable(proxy.url("/mcp"), http, headers=bearer(ANN)).initialize()
        before = len(server.record)
        bodies = [(call_body("code__echo", {"text": "a"}, 5), KEY), (call_body("code__echo", {"text": "b"}, 6), WRONG)]
        async with client.posted_stream(bodies[0][0], **headers(ANN, KEY)) as first:
            eventually(lambda: len(server.record) > before, "the handshake begins")
            async with client.posted_stream(bodies[1][0], **headers(ANN, WRONG)) as second:
                held.set()
                await first.answer(5)
                assert "error" in await second.answer(6)
        check(proxy)
