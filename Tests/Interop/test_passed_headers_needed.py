"""A server that lets in nobody without the credentials that clients bring: it is well, and waits for them."""

import asyncio
import contextlib

import pytest

from support.envelope import modern_call, modern_headers, modern_request
from support.keyed_server import KeyedServer
from support.login.server import LoginServer
from support.managed import bearer
from support.protected_server import ProtectedServer
from support.raw import Streamable, call_body, initialize_body, only_answer, text_of
from support.site import send
from support.wait import eventually

pytestmark = pytest.mark.anyio

ANN, BOB, EVA = (f"canary-token-of-{name}-0123456789" for name in ("ann", "bob", "eva"))
CLIENTS = {
    "ann": {"tokens": [ANN], "servers": ["*"]},
    "bob": {"tokens": [BOB], "servers": ["*"]},
    "eva": {"tokens": [EVA], "servers": ["*"], "management": "execute"},
}
HEADER = "X-Code-Authorization"
PASSED = {"Authorization": HEADER}
KEY, OTHER_KEY = "Bearer canary-key-one", "Bearer canary-key-two"
KINDS = ["legacy", "modern", "sse", "detected", "detected-sse", "told-legacy", "told-modern", "auth-none", "own-field"]
REFUSED = f'server "code" refused what you sent as {HEADER}'
WANTED = f'server "code" wants to know who you are: send it {HEADER}'


def entry(kind, server):
    settings = {"headersFromClient": PASSED}
    match kind:
        case "sse":
            return server.sse(**settings)
        case "detected":
            return {"url": server.mcp_url, **settings}
        case "detected-sse":
            return {"url": server.sse_url, **settings}
        case "told-legacy" | "told-modern":
            return server.streamable(protocol=kind.removeprefix("told-"), **settings)
        case "auth-none":
            return server.streamable(auth="none", **settings)
        case "own-field":
            return server.streamable(headersFromClient={"X-API-Key": HEADER})
    return server.streamable(**settings)


@pytest.fixture
def stand(launch, http_fixture, modern_http_fixture):
    """Makes a proxy and the server behind it for a `with` block."""

    @contextlib.contextmanager
    def standing(kind, keys=(KEY,), make=KeyedServer, **settings):
        make_fixture = modern_http_fixture if "modern" in kind else http_fixture
        if kind == "own-field":
            settings["field"] = "x-api-key"
        with make_fixture(answers="json") as fixture, make(fixture, keys, **settings) as server:
            with launch({"code": entry(kind, server)}, proxy={"clients": CLIENTS, "management": {}}) as proxy:
                yield proxy, server

    return standing


def test_who_says_that_clients_bring_what_a_server_wants_is_not_told_to_log_in(launch, http_fixture):
    """Also where the server says that one could, and the field is no usual one."""
    with http_fixture() as fixture, LoginServer("/tenant") as login, ProtectedServer(fixture, login) as server:
        entry = server.streamable(headersFromClient={"X-Own": HEADER})
        with launch({"code": entry}, proxy={"clients": CLIENTS, "management": {}}) as proxy:
            eventually(lambda: state(proxy)["state"] == "header needed", "header needed")
            assert "login" not in state(proxy)


def state(proxy):
    with proxy.visitor(headers=bearer(EVA)) as visitor:
        return visitor.get(proxy.url("/api/servers/code")).json()


def headers(token, key):
    return {**bearer(token), **({HEADER: key} if key else {})}


async def ask(proxy, http, path, message, token, key):
    fields = {**modern_headers(message), **headers(token, key)}
    return only_answer(await http.post(proxy.url(path), json=message, headers=fields))


async def try_to_open(proxy, http, token, key):
    client = Streamable(proxy.url("/code/mcp"), http, headers=headers(token, key))
    return only_answer(await client.post(initialize_body()))


@pytest.mark.parametrize("kind", KINDS)
async def test_it_waits_and_serves_who_brings_it(stand, http, kind):
    with stand(kind) as (proxy, server):
        report = state(proxy)
        assert report["state"] == "header needed" and report["headersNeeded"] == [HEADER], report
        assert "error" not in report
        proxy.wait_output(f"code waits for callers who send {HEADER}.")
        client = await Streamable(proxy.url("/code/mcp"), http, headers=headers(ANN, KEY)).initialize()
        assert "result" in await client.call("whoami")
        assert "result" in await ask(proxy, http, "/code/mcp", modern_call("whoami"), BOB, KEY)
        eventually(lambda: state(proxy).get("tools"), "the tools are counted")
        assert state(proxy)["state"] == "ready" and "headersNeeded" not in state(proxy)
        assert set(server.calls_with) == {KEY}


@pytest.mark.parametrize("kind", KINDS)
async def test_merged_with_others(stand, http, kind):
    """Whoever comes first sees the tools at once, and so does everybody from then on."""
    with stand(kind) as (proxy, server):
        client = await Streamable(proxy.url("/mcp"), http, headers=headers(ANN, KEY)).initialize()
        listed = (await client.request("tools/list"))["result"]["tools"]
        assert "code__whoami" in {tool["name"] for tool in listed}
        assert "result" in await client.call("code__whoami")
        assert "result" in await ask(proxy, http, "/mcp", modern_call("code__whoami"), BOB, KEY)
        assert set(server.calls_with) == {KEY}


@pytest.mark.parametrize("kind", ["legacy", "modern"])
async def test_the_first_list_is_asked_for_without_a_session(stand, http, kind):
    with stand(kind) as (proxy, _):
        answer = await ask(proxy, http, "/mcp", modern_request("tools/list"), ANN, KEY)
        assert "code__whoami" in {tool["name"] for tool in answer["result"]["tools"]}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("kind", KINDS)
async def test_who_is_refused_is_told_what_to_mend(stand, http, kind, status):
    refusal = {"jsonrpc": "2.0", "id": None, "error": {"code": -32001, "message": "Unauthorized"}}
    with stand(kind, status=status, refusal=refusal) as (proxy, _):
        for key, words in ((None, WANTED), ("Bearer canary-wrong", REFUSED)):
            answers = [
                await try_to_open(proxy, http, ANN, key),
                await ask(proxy, http, "/code/mcp", modern_call("whoami"), ANN, key),
                await ask(proxy, http, "/code/mcp", modern_request("tools/list"), ANN, key),
            ]
            for answer in answers:
                assert answer["error"]["message"] == words, answer
                assert answer["error"]["data"]["reason"] == "callerRefused", answer
        assert state(proxy)["state"] == "header needed"


@pytest.mark.parametrize("kind", ["legacy", "modern"])
async def test_wrong_ones_block_nobody(stand, http, kind):
    """Neither other callers, nor the same one who brings another header."""
    with stand(kind) as (proxy, _):
        for number in range(8):
            for key in (None, f"Bearer canary-wrong-{number}"):
                answer = await try_to_open(proxy, http, ANN, key)
                assert answer["error"]["message"] in (WANTED, REFUSED), answer
                answer = await ask(proxy, http, "/code/mcp", modern_call("whoami"), ANN, key)
                assert answer["error"]["message"] in (WANTED, REFUSED), answer
        report = state(proxy)
        assert report["state"] == "header needed" and "circuit" not in report, report
        for token in (ANN, BOB):
            client = await Streamable(proxy.url("/code/mcp"), http, headers=headers(token, KEY)).initialize()
            assert "result" in await client.call("whoami")


@pytest.mark.parametrize("kind", ["legacy", "modern"])
async def test_a_session_at_the_endpoint_for_all_corrects_its_header(stand, http, kind):
    with stand(kind) as (proxy, _):
        client = await Streamable(proxy.url("/mcp"), http, headers=headers(BOB, KEY)).initialize()
        await client.request("tools/list")
        client = await Streamable(proxy.url("/mcp"), http, headers=headers(ANN, "Bearer canary-wrong")).initialize()
        assert (await client.call("code__whoami"))["error"]["message"] == REFUSED
        client._headers = headers(ANN, KEY)
        assert "result" in await client.call("code__whoami")


@pytest.mark.parametrize("kind", ["legacy", "modern"])
async def test_a_header_that_is_accepted_later(stand, http, kind):
    """The same caller with the same header: the server knows it by now."""
    with stand(kind, keys=()) as (proxy, server):
        answer = await ask(proxy, http, "/code/mcp", modern_call("whoami"), ANN, KEY)
        assert answer["error"]["message"] == REFUSED
        server.keys.add(KEY)
        assert "result" in await ask(proxy, http, "/code/mcp", modern_call("whoami"), ANN, KEY)


@pytest.mark.parametrize("kind", ["legacy", "modern"])
async def test_a_key_that_has_ended(stand, http, kind):
    """In the middle of a session; the call after it goes with another one."""
    with stand(kind) as (proxy, server):
        client = await Streamable(proxy.url("/code/mcp"), http, headers=headers(ANN, KEY)).initialize()
        assert "result" in await client.call("whoami")
        server.keys = {OTHER_KEY}
        assert (await client.call("whoami"))["error"]["message"] == REFUSED
        client._headers = headers(ANN, OTHER_KEY)
        assert "result" in await client.call("whoami")
        assert "callError" not in state(proxy), "what a caller has sent is nothing for the operator"


class Lesser(KeyedServer):
    """Lets in two keys, one of which may list nothing."""

    def _guard(self, handler, asked):
        method = asked.json.get("method", "") if asked.method == "POST" else ""
        if asked.headers.get(self.field) == OTHER_KEY and method.endswith("/list"):
            return send(handler, {"message": "not for you"}, 403)
        return super()._guard(handler, asked)


@pytest.mark.parametrize("has_session", [False, True])
@pytest.mark.parametrize("kind", ["legacy", "modern"])
async def test_who_may_list_nothing_hides_nothing_from_others(stand, http, kind, has_session):
    async def listed(proxy, token, key):
        if has_session:
            client = await Streamable(proxy.url("/mcp"), http, headers=headers(token, key)).initialize()
            answer = await client.request("tools/list")
        else:
            answer = await ask(proxy, http, "/mcp", modern_request("tools/list"), token, key)
        return {tool["name"] for tool in answer["result"]["tools"]}

    with stand(kind, keys=[KEY, OTHER_KEY], make=Lesser) as (proxy, _):
        assert "code__whoami" not in await listed(proxy, ANN, OTHER_KEY)
        assert "code__whoami" in await listed(proxy, BOB, KEY)
        eventually(lambda: state(proxy).get("tools"), "the tools are counted")


async def test_callers_at_once_with_keys_of_their_own(stand, http):
    keys = [f"Bearer canary-key-{number}" for number in range(20)]
    with stand("legacy", keys=keys) as (proxy, server):

        async def work(key):
            client = await Streamable(proxy.url("/code/mcp"), http, headers=headers(ANN, key)).initialize()
            return only_answer(await client.post(call_body("echo", {"text": key}, 1)))

        answers = await asyncio.gather(*(work(key) for key in keys))
        assert [text_of(answer) for answer in answers] == keys
        assert sorted(server.calls_with) == sorted(keys)


async def test_a_server_that_is_out_of_order_has_failed(stand, http):
    """That callers are waited for hides no outage, and that is over when it is over."""
    with stand("legacy") as (proxy, server):
        server.is_up = False
        answer = await try_to_open(proxy, http, ANN, KEY)
        assert "not the protocol's" in answer["error"]["message"], answer
        eventually(lambda: state(proxy)["state"] == "failed", "the outage is seen")
        server.is_up = True
        # After several failures the proxy looks less often.
        eventually(lambda: state(proxy)["state"] == "header needed", "the end of the outage is seen", 90)
        client = await Streamable(proxy.url("/code/mcp"), http, headers=headers(ANN, KEY)).initialize()
        assert "result" in await client.call("whoami")
