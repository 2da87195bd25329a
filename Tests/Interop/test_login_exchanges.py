"""Servers that are called without anybody logging in: for the proxy itself, or for the token with which a caller comes."""

import pytest

from support.issuer import Issuer
from support.login.server import LoginServer
from support.managed import bearer
from test_login_equipment import keys

pytestmark = pytest.mark.anyio

SECRET = "canary-secret-of the proxy: 100%"


@pytest.fixture
def login():
    with LoginServer("/tenant", registration="off") as login:
        yield login


@pytest.fixture
def issuer():
    with Issuer() as issuer:
        yield issuer


@pytest.fixture(params=["legacy", "modern"])
def era(request):
    return request.param


def identity(issuer):
    return {
        "identity": {"issuers": [{"issuer": issuer.url, "audience": issuer.audience}]},
        "clients": {"staff": {"match": {"issuer": issuer.url}, "servers": ["*"]}},
    }


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "private_key_jwt"])
async def test_the_proxy_has_credentials_of_its_own(launch, login, protected, http, tmp_path, method, era):
    private, public = keys()
    login.auth_methods = (method,)
    if method == "private_key_jwt":
        login.add_client("nightly", method=method, public_key=public)
        (tmp_path / "key.pem").write_text(private)
        proof = {"privateKeyFile": str(tmp_path / "key.pem")}
    else:
        login.add_client("nightly", secret=SECRET, method=method)
        proof = {"clientSecret": SECRET}
    with protected(login, era, scope="read") as server:
        auth = {"type": "clientCredentials", "clientID": "nightly", **proof}
        with launch({"docs": server.streamable(auth=auth)}) as proxy:
            proxy.wait_state("docs", "ready")
            client = await proxy.client("docs", http).initialize()
            for _ in range(3):
                assert "result" in await client.call("whoami")
            assert server.calls == [("nightly", "whoami")] * 3
            assert {form["grant_type"] for form in login.token_requests()} == {"client_credentials"}
            # Renewed because it was refused, without anybody noticing.
            login.tokens.revoke()
            assert "result" in await client.call("whoami")
            assert SECRET not in proxy.output and "PRIVATE" not in proxy.output


async def test_a_token_is_exchanged_for_each_caller(launch, login, protected, issuer, http, era):
    login.trusts = [issuer]
    login.add_client("gateway", secret=SECRET, method="client_secret_basic")
    with protected(login, era) as server:
        auth = {
            "type": "tokenExchange", "tokenURL": login.url + "/token", "clientID": "gateway", "clientSecret": SECRET,
        }  # fmt: skip
        with launch({"corp": server.streamable(auth=auth)}, proxy=identity(issuer)) as proxy:
            for person in ("ann", "bob"):
                client = await proxy.client("corp", http, headers=bearer(issuer.token(sub=person))).initialize()
                assert "result" in await client.call("whoami")
            assert server.calls == [("ann", "whoami"), ("bob", "whoami")]


async def test_an_identity_provider_vouches_for_each_caller(launch, login, protected, issuer, http, era):
    with LoginServer("/idp") as provider:
        provider.trusts, provider.clients_elsewhere = [issuer], {login.url: {"gateway": "safe"}}
        login.trusts = [provider]
        provider.add_client("gateway", secret=SECRET, method="client_secret_basic")
        login.add_client("safe", secret=SECRET, method="client_secret_basic")
        with protected(login, era, scope="read") as server:
            auth = {
                "type": "enterpriseManaged", "clientID": "safe", "clientSecret": SECRET,
                "identityProvider": {"issuer": provider.url, "clientID": "gateway", "clientSecret": SECRET},
            }  # fmt: skip
            with launch({"saas": server.streamable(auth=auth)}, proxy=identity(issuer)) as proxy:
                for person in ("ann", "bob"):
                    client = await proxy.client("saas", http, headers=bearer(issuer.token(sub=person))).initialize()
                    assert "result" in await client.call("whoami")
                assert server.calls == [("ann", "whoami"), ("bob", "whoami")]


def test_check_reads_the_key(shell, tmp_path):
    """Whether it is there, and can sign."""
    good, broken, missing = (tmp_path / name for name in ("good.pem", "broken.pem", "missing.pem"))
    good.write_text(keys()[0])
    broken.write_text("no key")
    servers = {
        path.stem: {
            "url": "https://docs.example.com/mcp",
            "auth": {"type": "clientCredentials", "clientID": "nightly", "privateKeyFile": str(path)},
        }
        for path in (good, broken, missing)
    }
    checked = shell.run("check", shell.write("config.json", {"mcpServers": servers}))
    assert checked.returncode == 0 and "mcpServers.good" not in checked.stderr, checked.stderr
    assert "mcpServers.broken.auth.privateKeyFile: auth.privateKeyFile holds no private key in PEM" in checked.stderr
    assert f'mcpServers.missing.auth.privateKeyFile: auth.privateKeyFile "{missing}"' in checked.stderr
