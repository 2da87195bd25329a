"""Access tokens of an authorization server of other people's, Canaille, as it is."""

import httpx
import pytest

from support.canaille import Canaille
from support.fixture import stdio
from support.managed import bearer
from support.raw import ACCEPT, Streamable, initialize_body

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json", "Accept": ACCEPT}


class Provider(Canaille):
    async def token(self, http, client, **form):
        answer = await http.post(
            f"{self.url}/oauth/token", data=form, auth=httpx.BasicAuth(client, f"secret of {client}")
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    async def login(self, http, client="app", scope="openid profile groups"):
        return await self.token(
            http, client, grant_type="password", username="ann", password="password of ann", scope=scope
        )


@pytest.fixture(scope="module")
def provider():
    with Provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def proxy(launch, provider):
    introspection = {
        "url": f"{provider.url}/oauth/introspect", "clientID": "mcp-proxy", "clientSecret": "secret of mcp-proxy"
    }  # fmt: skip
    issuer = {
        "issuer": provider.url, "audience": "mcp-proxy", "algorithms": ["RS256", "RS512", "EdDSA"],
        "introspection": introspection,
    }  # fmt: skip
    engineers = {"match": {"issuer": provider.url, "claims": {"groups": "engineering"}}, "servers": ["*"]}
    general = {"identity": {"issuers": [issuer]}, "clients": {"engineers": engineers}}
    with launch({"a": stdio(name="a")}, proxy=general) as proxy:
        yield proxy
    assert "secret of mcp-proxy" not in proxy.output


async def knock(http, proxy, token):
    return await http.post(proxy.url("/a/mcp"), content=initialize_body(), headers={**JSON, **bearer(token)})


async def test_who_has_logged_in_is_let_in_and_stays_the_same_with_another_token(proxy, http, provider):
    session = await Streamable(proxy.url("/a/mcp"), http, headers=bearer(await provider.login(http))).initialize()
    first = session._headers
    # With other claims, so that it is another one.
    session._headers = bearer(await provider.login(http, scope="openid groups"))
    assert session._headers != first
    assert "result" in await session.call("echo", {"text": "hello"})


async def test_a_token_for_another_client_of_the_same_issuer_is_refused(proxy, http, provider):
    response = await knock(http, proxy, await provider.login(http, "other", "openid profile"))
    assert response.status_code == 401
    assert "issued for another server" in response.text


async def test_who_does_not_say_its_groups_is_nobody_here(proxy, http, provider):
    response = await knock(http, proxy, await provider.login(http, scope="openid profile"))
    assert response.status_code == 403
    assert "mcpProxy.clients" in response.text


async def test_an_opaque_token_is_asked_for_and_one_that_stands_for_nobody_refused(proxy, http, provider):
    token = await provider.token(http, "app", grant_type="client_credentials", scope="openid")
    assert "." not in token
    response = await knock(http, proxy, token)
    assert response.status_code == 401
    assert "lacks something" in response.text
    assert (await knock(http, proxy, "made-up")).status_code == 401
    assert "could not be asked" not in proxy.output
