"""Header fields of clients that are for one server: each caller's own credentials, which nobody else gets."""

import asyncio
import json

import pytest

from support.envelope import modern_call, modern_headers
from support.managed import bearer
from support.raw import Streamable, only_answer, text_of

pytestmark = pytest.mark.anyio

ANN, BOB = "canary-token-of-ann-0123456789", "canary-token-of-bob-0123456789"
CLIENTS = {name: {"tokens": [token], "servers": ["*"]} for name, token in (("ann", ANN), ("bob", BOB))}
PASSED = {"Authorization": "X-GitHub-Authorization", "X-Tenant": "X-Tenant"}


@pytest.fixture(scope="module", params=["legacy", "modern"])
def proxy(request, launch, http_fixture, modern_http_fixture):
    make = {"legacy": http_fixture, "modern": modern_http_fixture}[request.param]
    with make(answers="json") as github, make(answers="json") as other:
        servers = {"github": github.streamable(headersFromClient=PASSED), "other": other.streamable()}
        with launch(servers, proxy={"clients": CLIENTS}) as proxy:
            yield proxy
            assert "canary-" not in proxy.output


def own(token, secret, **more):
    return {**bearer(token), "X-GitHub-Authorization": f"Bearer canary-{secret}", "X-Secret": "canary-x", **more}


def seen(answer):
    return json.loads(text_of(answer))["headers"]


@pytest.mark.parametrize("path, tool", [("/github/mcp", "whoami"), ("/mcp", "github__whoami")])
async def test_a_session_brings_its_own(proxy, http, path, tool):
    for token, secret in ((ANN, "of-ann"), (BOB, "of-bob")):
        client = await Streamable(proxy.url(path), http, headers=own(token, secret)).initialize()
        headers = seen(await client.call(tool))
        assert headers["authorization"] == f"Bearer canary-{secret}"
        assert "x-secret" not in headers and "x-tenant" not in headers


async def test_what_a_request_brings_counts_for_it(proxy, http):
    """Requests without a session, of one caller, with different credentials at the same time."""

    async def call(secret):
        message = modern_call("whoami")
        headers = {**modern_headers(message), **own(ANN, secret, **{"X-Tenant": secret})}
        return seen(only_answer(await http.post(proxy.url("/github/mcp"), json=message, headers=headers)))

    for headers, secret in zip(await asyncio.gather(*(call(f"n{n}") for n in range(40))), range(40), strict=True):
        assert (headers["authorization"], headers["x-tenant"]) == (f"Bearer canary-n{secret}", f"n{secret}")


async def test_a_session_may_bring_others_later(proxy, http):
    client = await Streamable(proxy.url("/github/mcp"), http, headers=own(ANN, "first")).initialize()
    assert seen(await client.call("whoami"))["authorization"] == "Bearer canary-first"
    client._headers = own(ANN, "second")
    assert seen(await client.call("whoami"))["authorization"] == "Bearer canary-second"


async def test_other_servers_get_nothing(proxy, http):
    client = await Streamable(proxy.url("/other/mcp"), http, headers=own(ANN, "of-ann")).initialize()
    headers = seen(await client.call("whoami"))
    assert "authorization" not in headers and "x-github-authorization" not in headers


async def test_a_field_that_comes_twice_is_not_passed_on(proxy, http):
    message = modern_call("whoami")
    headers = [*{**modern_headers(message), **bearer(ANN)}.items(), ("X-Tenant", "a"), ("X-Tenant", "b")]
    answer = only_answer(await http.post(proxy.url("/github/mcp"), json=message, headers=headers))
    assert "x-tenant" not in seen(answer)
