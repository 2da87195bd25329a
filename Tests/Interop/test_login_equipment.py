"""The authorization server and the locked servers of these tests, and real clients that log in there, without a proxy."""

import json

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support.authority import Authority
from support.config_host import ConfigHost
from support.connect_proxy import TLSFront
from support.envelope import modern_call, modern_headers
from support.login import faults
from support.login.app import REDIRECT
from support.login.server import LoginServer
from support.protected_server import WELL_KNOWN, calls_alone, knock
from support.raw import ACCEPT, call_body, initialize_body, only_answer
from support.visit import log_in

SECRET = "canary-secret-of a client: 100%"


def keys():
    """A key of a client: what signs, and what checks, both in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@pytest.fixture
def login():
    with LoginServer("/tenant") as login:
        yield login


def look(url):
    return httpx.get(url, trust_env=False, verify=False)


def token_for(login, server, scopes=(), person="ann"):
    return login.tokens.access(login.tokens.begin(person, "app", scopes, server.mcp_url))


# Real clients


@pytest.mark.parametrize("environment, era", [("old", "legacy"), ("new", "legacy"), ("new", "modern")])
def test_the_official_sdk_registers_and_logs_in(login, protected, environment, era):
    """By the challenge, the metadata and a code; the token reaches the lock at every call and the fixture never."""
    login.registration = "matching" if environment == "new" else "open"
    with protected(login, era, scope="read") as server:
        outcome = log_in(environment, {"url": server.mcp_url, "tool": "whoami", "calls": 2})
        assert (outcome["logins"], server.calls) == (1, [("ann", "whoami")] * 2)
        (token,) = server.tokens
        assert all(token not in said for said in outcome["said"])
        assert token.encode() not in server.fixture.ledger.raw_bytes()
        assert server.fixture.ledger.entries("violation") == []
        (registered,), (query,), (form,) = login.registrations, login.logins, login.token_requests()
        assert registered["redirect_uris"] == [query["redirect_uri"]] == [REDIRECT]
        assert query["scope"] == "read"
        assert query["resource"] == form["resource"] == server.mcp_url


def test_the_official_sdk_logs_in_under_an_address(tmp_path, login, protected):
    """The authorization server fetches what stands there, over TLS from a server of an authority that it trusts."""
    authority = Authority(tmp_path)
    login.client_documents, login.trusted = True, str(authority.file)
    with ConfigHost("") as host, TLSFront(authority.certificate("localhost"), httpx.URL(host.url).port) as front:
        name = f"https://localhost:{front.port}/client.json"
        host.body = json.dumps({"client_id": name, "client_name": "interop", "redirect_uris": [REDIRECT]})
        with protected(login) as server:
            log_in("new", {"url": server.mcp_url, "tool": "whoami", "calls": 1, "metadata_url": name})
    assert (login.registrations, len(host.requests)) == ([], 2)
    assert login.logins[0]["client_id"] == name


def test_the_official_sdk_logs_in_as_a_client_that_is_known(login, protected):
    login.registration = "off"
    login.add_client("app", secret=SECRET, method="client_secret_basic", redirect_uris=[REDIRECT])
    order = {"tool": "whoami", "calls": 1, "client": {"id": "app", "secret": SECRET, "method": "client_secret_basic"}}
    with protected(login) as server:
        log_in("old", {"url": server.mcp_url, **order})
        assert server.calls == [("ann", "whoami")]
    (asked,) = login.asked("/token")
    assert login.record.holding(SECRET) == [asked]


def test_the_official_sdk_asks_for_more_when_a_tool_needs_it(login, protected):
    with protected(login, scope="read", tool_scopes={"log_levels": "write"}, tells_all=False) as server:
        outcome = log_in("new", {"url": server.mcp_url, "tools": ["whoami", "log_levels"]})
        assert outcome["logins"] == 2
        assert [set(query["scope"].split()) for query in login.logins] == [{"read"}, {"read", "write"}]
        assert server.calls == [("ann", "whoami"), ("ann", "log_levels")]


def test_the_official_sdk_renews_what_has_expired(login, protected):
    """The first token is said to be over already, so that it is renewed before the next request."""
    login.token_changes = lambda form: {"expires_in": -1} if form["grant_type"] == "authorization_code" else {}
    with protected(login) as server:
        assert log_in("old", {"url": server.mcp_url, "tool": "whoami", "calls": 2})["logins"] == 1
        (grant,) = login.tokens.grants
        assert [form["refresh_token"] for form in login.token_requests(grant_type="refresh_token")] == grant.refresh[:1]
        assert (server.tokens, grant.ended) == (grant.access, False)


def test_the_official_sdk_comes_with_credentials_of_its_own(login, protected):
    private, public = keys()
    login.add_client("job", secret=SECRET, method="client_secret_basic")
    login.add_client("signer", method="private_key_jwt", public_key=public)
    with protected(login) as server:
        order = {"url": server.mcp_url, "tool": "whoami", "calls": 1}
        log_in("old", {**order, "grant": "client_credentials", "client": {"id": "job", "secret": SECRET}})
        log_in("new", {**order, "grant": "private_key_jwt", "client": {"id": "signer"}, "key": private})
        assert server.calls == [("job", "whoami"), ("signer", "whoami")]
    assert login.logins == []
    shown = login.token_requests()[1]["client_assertion"]
    assert jwt.decode(shown, options={"verify_signature": False})["aud"] == login.url


# The lock


def test_the_lock_says_where_to_log_in_at_each_place(login, protected):
    with protected(login, metadata_at=("path", "root", "/elsewhere.json"), scope="read") as server:
        challenge = knock(server).headers["www-authenticate"]
        assert challenge == f'Bearer scope="read", resource_metadata="{server.origin}{WELL_KNOWN}/mcp"'
        places = {f"{WELL_KNOWN}/mcp": server.mcp_url, WELL_KNOWN: server.origin, "/elsewhere.json": server.mcp_url}
        for path, resource in places.items():
            document = look(server.origin + path).json()
            assert (document["resource"], document["authorization_servers"]) == (resource, [login.url]), path
        server.metadata_changes = {"resource": "https://evil.example.com/mcp", "authorization_servers": None}
        assert look(f"{server.origin}{WELL_KNOWN}").json() == {
            "resource": "https://evil.example.com/mcp", "bearer_methods_supported": ["header"]
        }  # fmt: skip
        server.metadata_at, server.challenges = ("root",), False
        assert "www-authenticate" not in knock(server).headers
        assert look(f"{server.origin}{WELL_KNOWN}/mcp").status_code == 404
        server.metadata_at, server.challenges = (), True
        assert knock(server).headers["www-authenticate"] == 'Bearer scope="read"'


def test_the_lock_opens_to_tokens_for_this_server_while_they_are_good(login, protected):
    with protected(login) as server:
        token = token_for(login, server)
        assert knock(server, token).status_code == 200
        elsewhere = login.tokens.access(login.tokens.begin("ann", "app", (), "https://mcp.example.com/mcp"))
        for wrong in ["made-up", elsewhere]:
            refused = knock(server, wrong)
            assert (refused.status_code, 'error="invalid_token"' in refused.headers["www-authenticate"]) == (401, True)
        login.tokens.expire()
        assert knock(server, token).status_code == 401
        another = token_for(login, server)
        assert knock(server, another).status_code == 200
        login.tokens.revoke()
        assert knock(server, another).status_code == 401
        with LoginServer() as other:
            token, server.login = token_for(login, server), other
            assert knock(server, token).status_code == 401
            assert knock(server, token_for(other, server)).status_code == 200
            assert look(f"{server.origin}{WELL_KNOWN}/mcp").json()["authorization_servers"] == [other.url]


def test_the_lock_opens_to_tokens_for_the_origin_where_its_metadata_is_that_of_the_origin(login, protected):
    with protected(login) as server:
        for resource in [server.origin, server.origin + "/"]:
            token = login.tokens.access(login.tokens.begin("ann", "app", (), resource))
            server.metadata_at = ("path",)
            assert knock(server, token).status_code == 401
            server.metadata_at = ("root",)
            assert knock(server, token).status_code == 200


def test_the_lock_may_close_in_the_middle_of_a_session_only(login, protected):
    with protected(login, era="legacy", protects=calls_alone) as server:
        session = knock(server).headers["mcp-session-id"]
        with httpx.Client(trust_env=False, verify=False, headers={"Mcp-Session-Id": session, "Accept": ACCEPT}) as client:
            listed = client.post(server.mcp_url, json={"jsonrpc": "2.0", "id": 2, "method": "tools/list"})
            assert listed.json()["result"]["tools"]
            assert client.post(server.mcp_url, content=call_body("whoami", {}, 3)).status_code == 401


def test_the_lock_wants_scopes_and_may_never_have_enough(login, protected):
    settings = {"scope": "read", "tool_scopes": {"echo": "write"}, "insatiable": {"fail"}}
    with protected(login, **settings) as server:
        reader = token_for(login, server, ["read"])

        def asked_for(token, tool):
            refused = knock(server, token, call_body(tool, {}))
            assert refused.status_code == 403
            assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
            return refused.headers["www-authenticate"].split('scope="')[1].split('"')[0]

        assert asked_for(reader, "echo") == "read write"
        assert asked_for(token_for(login, server, ["read", "write"]), "fail") == "read"
        server.tells_all = False
        assert asked_for(reader, "echo") == "write"
        # The fixture, which wants a session, has been reached.
        assert knock(server, reader, call_body("whoami", {})).status_code == 400


def test_a_call_that_its_client_leaves_is_left_at_the_fixture_too(login, protected, tmp_path):
    with protected(login, era="modern", answers="sse", protects=lambda method, tool: False) as server:
        message = modern_call("hold", {"file": str(tmp_path / "never")})
        with httpx.Client(trust_env=False, verify=False) as client:
            with client.stream("POST", server.mcp_url, json=message, headers=modern_headers(message)) as response:
                assert response.status_code == 200
                server.fixture.ledger.wait_for_call("hold")
        server.fixture.ledger.wait_for("cancelled")


@pytest.mark.parametrize("answers", ["json", "sse"])
def test_the_lock_passes_on_what_the_fixture_says_as_it_says_it(login, protected, answers):
    with protected(login, answers=answers) as server:
        headers = {"Accept": ACCEPT, "Authorization": f"Bearer {token_for(login, server)}"}
        with httpx.Client(trust_env=False, verify=False, headers=headers) as client:
            opened = client.post(server.mcp_url, content=initialize_body())
            headers = {"Mcp-Session-Id": opened.headers["mcp-session-id"]}
            called = client.post(server.mcp_url, content=call_body("progress", {"steps": 2}, 2), headers=headers)
            assert only_answer(called)["result"]
            kind = {"json": "application/json", "sse": "text/event-stream"}[answers]
            assert called.headers["content-type"] == kind
            assert client.delete(server.mcp_url, headers=headers).status_code == 200
        assert [asked.status for asked in server.record] == [200, 200, 200]
        assert server.calls == [("ann", "progress")]


def test_the_lock_can_be_out_of_order(login, protected):
    with protected(login) as server:
        server.faults = {"metadata": faults.HTML(), "/mcp": faults.Status(500, times=1)}
        assert look(f"{server.origin}{WELL_KNOWN}/mcp").headers["content-type"] == "text/html"
        assert [knock(server).status_code for _ in range(2)] == [500, 401]


def test_both_servers_speak_tls(tmp_path, protected, browser):
    authority = Authority(tmp_path)
    certificate = authority.certificate("localhost")
    with LoginServer(certificate=certificate) as login, protected(login, certificate=certificate) as server:
        assert server.mcp_url.startswith("https://localhost:")
        page = browser(trusted=authority.file).open(f"{server.origin}{WELL_KNOWN}/mcp")
        assert json.loads(page.text)["authorization_servers"] == [login.url]
        with pytest.raises(httpx.ConnectError):
            browser().open(server.mcp_url)
