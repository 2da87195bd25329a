"""Access tokens of an issuer: which open the proxy, what they open, and what clients are told who have none."""

import asyncio
import contextlib
import hmac
import json
import re
import subprocess
import time
from pathlib import Path

import pytest

from support.fixture import stdio
from support.issuer import Issuer, Key, base64url
from support.managed import bearer
from support.raw import ACCEPT, Streamable, call_body, initialize_body, only_answer
from support.site import send_bytes
from support.visit import log_in
from support.wait import eventually, eventually_async, eventually_succeeds

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json", "Accept": ACCEPT}
WELL_KNOWN = "/.well-known/oauth-protected-resource"
STATIC = "canary-static-token-0123456789"


def identity(issuer, **changes):
    return {"issuers": [{"issuer": issuer.url, "audience": issuer.audience, **changes}]}


def clients(issuer, **rights):
    return {
        "laptop": {"tokens": [STATIC], "servers": ["*"]},
        "staff": {"match": {"issuer": issuer.url}, "servers": ["*"], **rights},
    }


def settings(issuer, *, rights=None, issuer_changes=None, **general):
    return {
        "identity": {**identity(issuer, **(issuer_changes or {})), **general.pop("identity", {})},
        "clients": general.pop("clients", None) or clients(issuer, **(rights or {})),
        **general,
    }


SERVERS = {"a": stdio(name="a"), "b": stdio(name="b")}


@contextlib.contextmanager
def proxy_with(launch, issuer, servers=None, **changes):
    with launch(servers or SERVERS, proxy=settings(issuer, **changes)) as proxy:
        yield proxy
    assert STATIC not in proxy.output


async def knock(http, proxy, token, path="/a/mcp", body=None):
    headers = {**JSON, **(bearer(token) if token else {})}
    return await http.post(proxy.url(path), content=body or initialize_body(), headers=headers)


@pytest.fixture(scope="module")
def issuer():
    with Issuer(path="/realms/x") as issuer:
        yield issuer


@pytest.fixture(scope="module")
def proxy(launch, issuer):
    with proxy_with(launch, issuer, issuer_changes={"algorithms": ["RS256", "PS256", "ES256", "EdDSA", "ES384"]}) as proxy:
        yield proxy


# What clients are told


def challenge_of(response):
    scheme, _, rest = response.headers["www-authenticate"].partition(" ")
    assert scheme == "Bearer"
    return dict(re.findall(r'(\w+)="([^"]*)"', rest))


async def test_who_has_no_token_is_told_where_to_get_one(proxy, http, issuer):
    """The challenge leads to the metadata, which names the issuer, and nothing is said of an error."""
    response = await knock(http, proxy, None)
    assert response.status_code == 401
    challenge = challenge_of(response)
    assert challenge == {"resource_metadata": proxy.url(f"{WELL_KNOWN}/a/mcp")}
    metadata = await http.get(challenge["resource_metadata"])
    assert metadata.status_code == 200
    assert metadata.json() == {
        "resource": proxy.url("/a/mcp"),
        "authorization_servers": [issuer.url],
        "bearer_methods_supported": ["header"],
    }


async def test_every_place_of_clients_has_metadata_and_nothing_else_has(proxy, http):
    for path, resource in [("", ""), ("/", ""), ("/mcp", "/mcp"), ("/a/mcp", "/a/mcp"), ("/a/mcp/", "/a/mcp"), ("/b/sse", "/b/sse")]:
        response = await http.get(proxy.url(WELL_KNOWN + path))
        assert response.status_code == 200, path
        assert response.json()["resource"] == proxy.url(resource)
    for path in ["/c/mcp", "/healthz", "x", "/a/mcp/x", "/api/servers"]:
        assert (await http.get(proxy.url(WELL_KNOWN + path))).status_code == 404, path
    assert (await http.post(proxy.url(WELL_KNOWN))).status_code == 405


async def test_a_page_of_an_accepted_origin_can_read_the_metadata(proxy, http):
    origin = {"Origin": "http://localhost:6274"}
    response = await http.get(proxy.url(WELL_KNOWN), headers=origin)
    assert response.headers["access-control-allow-origin"] == origin["Origin"]
    asked = await http.options(proxy.url(WELL_KNOWN), headers={**origin, "Access-Control-Request-Method": "GET"})
    assert asked.status_code == 204
    refused = await http.post(proxy.url("/a/mcp"), headers={**JSON, **origin}, content=initialize_body())
    assert "WWW-Authenticate" in refused.headers["access-control-expose-headers"]


async def test_without_an_issuer_nobody_begins_a_login(launch, http):
    with launch(SERVERS, options={"authTokens": [STATIC]}) as proxy:
        for path in ["", "/a/mcp"]:
            assert (await http.get(proxy.url(WELL_KNOWN + path))).status_code == 404
        response = await knock(http, proxy, None)
        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
        response = await knock(http, proxy, "wrong")
        assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_a_token_in_the_address_is_refused_and_not_logged(proxy, http, issuer):
    token = issuer.token()
    response = await http.post(
        proxy.url(f"/a/mcp?access_token={token}"), content=initialize_body(), headers=JSON
    )
    assert response.status_code == 400
    assert "Authorization" in response.text
    assert token not in proxy.output


# Which tokens are accepted


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "ES384", "EdDSA"])
async def test_a_token_of_the_issuer_opens_the_proxy(launch, http, algorithm):
    with Issuer() as issuer:
        issuer.keys = [Key(algorithm), Key(algorithm)]
        with proxy_with(launch, issuer, issuer_changes={"algorithms": [algorithm]}) as proxy:
            assert (await knock(http, proxy, issuer.token())).status_code == 200
            assert (await knock(http, proxy, issuer.token(issuer.keys[1], header={"typ": "at+jwt"}))).status_code == 200
            assert (await knock(http, proxy, STATIC)).status_code == 200


def bad_tokens(issuer):
    now = int(time.time())
    good = issuer.token()
    header, claims, signature = good.split(".")
    hmac_header = base64url(json.dumps({"alg": "HS256", "kid": issuer.keys[0].name}).encode())
    public = json.dumps(issuer.keys[0].public).encode()
    hmac_signature = base64url(hmac.digest(public, f"{hmac_header}.{claims}".encode(), "sha256"))
    other = Key()
    other.name = issuer.keys[0].name
    none = base64url(json.dumps({"alg": "none", "kid": issuer.keys[0].name}).encode())
    changed = base64url(json.dumps({**issuer.claims, "sub": "root"}).encode())
    return {
        "no signature": f"{header}.{claims}.",
        "none": f"{none}.{claims}.",
        "none, with a signature": f"{none}.{claims}.{signature}",
        "other claims": f"{header}.{changed}.{signature}",
        "HMAC with the public key": f"{hmac_header}.{claims}.{hmac_signature}",
        "somebody else's key": issuer.token(other),
        "a key that is a path": issuer.token(header={"kid": "../../../../dev/null"}),
        "another audience": issuer.token(aud="other"),
        "no audience": issuer.token(aud=None),
        "another issuer": issuer.token(iss="https://evil.example"),
        "nearly the issuer": issuer.token(iss=issuer.url + "/"),
        "expired": issuer.token(exp=now - 61),
        "no end": issuer.token(exp=None),
        "not yet": issuer.token(nbf=now + 90),
        "the issuer's clock is an hour ahead": issuer.token(iat=now + 3600, nbf=now + 3600, exp=now + 7200),
        "the issuer's clock is an hour behind": issuer.token(iat=now - 3600, exp=now - 3300),
        "nobody": issuer.token(sub=None),
        "crit": issuer.token(header={"crit": ["exp"]}),
        "an ID token": issuer.token(header={"typ": "id_token+jwt"}),
        "bound to a key": issuer.token(cnf={"jkt": "x"}),
        "garbage": "a.b.c",
        "opaque": "opaque",
    }


async def test_every_other_token_is_refused_in_the_same_way(proxy, http, issuer):
    for what, token in bad_tokens(issuer).items():
        response = await knock(http, proxy, token)
        assert response.status_code == 401, what
        challenge = challenge_of(response)
        assert challenge["error"] == "invalid_token", what
        assert challenge["resource_metadata"] == proxy.url(f"{WELL_KNOWN}/a/mcp")
        told = response.text + response.headers["www-authenticate"]
        for secret in [token, issuer.keys[0].name, "JWKS", "kid"]:
            assert secret not in told, what
        assert token not in proxy.output, what
    assert (await knock(http, proxy, issuer.token())).status_code == 200


async def test_a_token_of_sixteen_kilobytes_is_read_and_a_longer_one_is_not(launch, http, issuer):
    with launch(
        SERVERS, proxy=settings(issuer), limits={"maxHeaderFieldBytes": "64KiB", "maxHeaderBytes": "64KiB"}
    ) as proxy:
        empty = len(issuer.token(filler=""))
        fits = issuer.token(filler="x" * ((16 * 1024 - empty) * 3 // 4 - 4))
        assert 16 * 1024 - 16 < len(fits) <= 16 * 1024
        assert (await knock(http, proxy, fits)).status_code == 200
        longer = issuer.token(filler="x" * ((16 * 1024 - empty) * 3 // 4 + 10))
        response = await knock(http, proxy, longer)
        assert (response.status_code, challenge_of(response)["error"]) == (401, "invalid_token")


# Whom they stand for


async def test_a_refreshed_token_goes_on_with_the_session_and_nobody_elses_does(proxy, http, issuer):
    session = await Streamable(proxy.url("/a/mcp"), http, headers=bearer(issuer.token())).initialize()
    session._headers = bearer(issuer.token(jti="another"))
    assert "result" in await session.call("echo", {"text": "hello"})
    session._headers = bearer(issuer.token(sub="bob"))
    assert (await session.post(call_body("echo", {"text": "hello"}))).status_code == 404


async def test_what_a_token_opens_is_what_the_first_client_says_that_matches(launch, http, issuer):
    entries = {
        "ops": {"match": {"issuer": issuer.url, "claims": {"/realm_access/roles": ["ops", "root"]}}, "servers": ["*"]},
        "dev": {"match": {"issuer": issuer.url, "claims": {"groups": "dev", "site": "x"}}, "servers": ["a"]},
    }
    with launch(SERVERS, proxy=settings(issuer, clients=entries)) as proxy:

        async def opened(**claims):
            token = issuer.token(**claims)
            return [(await knock(http, proxy, token, path)).status_code for path in ("/a/mcp", "/b/mcp")]

        assert await opened(groups=["dev", "all"], site="x") == [200, 404]
        assert await opened(realm_access={"roles": ["ops"]}) == [200, 200]
        assert await opened(groups=["dev"], site="x", realm_access={"roles": ["root"]}) == [200, 200]
        for claims in [{}, {"groups": ["dev"]}, {"groups": "devs", "site": "x"}, {"realm_access.roles": ["ops"]}]:
            assert await opened(**claims) == [403, 403], claims
        response = await knock(http, proxy, issuer.token())
        assert "mcpProxy.clients" in response.text
        assert "www-authenticate" not in response.headers, "another token of the same person would not help"


async def test_scopes_add_to_what_a_client_may_do(launch, http, issuer):
    rights = {"servers": ["a"], "scopes": {"mcp:b": {"servers": ["b"]}}}
    with proxy_with(launch, issuer, rights=rights, identity={"requiredScopes": ["mcp"], "scopesSupported": ["mcp", "mcp:b"]}) as proxy:
        for scope, expected in [("mcp", [200, 403]), ("mcp mcp:b", [200, 200]), ("mcp:b", [403, 403])]:
            token = issuer.token(scope=scope)
            assert [(await knock(http, proxy, token, path)).status_code for path in ("/a/mcp", "/b/mcp")] == expected
        response = await knock(http, proxy, issuer.token(scope="other"))
        challenge = challenge_of(response)
        assert (challenge["error"], challenge["scope"]) == ("insufficient_scope", "mcp")
        assert challenge["resource_metadata"] == proxy.url(f"{WELL_KNOWN}/a/mcp")
        assert challenge_of(await knock(http, proxy, None))["scope"] == "mcp"
        more = challenge_of(await knock(http, proxy, issuer.token(scope="mcp"), "/b/mcp"))
        assert (more["error"], more["scope"]) == ("insufficient_scope", "mcp mcp:b"), "all that is needed at once"
        assert (await http.get(proxy.url(WELL_KNOWN))).json()["scopes_supported"] == ["mcp", "mcp:b"]


async def test_a_token_with_fewer_scopes_cannot_use_the_session_of_one_with_more(launch, http, issuer):
    rights = {"servers": ["a"], "readOnly": True, "scopes": {"write": {"readOnly": False}}}
    with proxy_with(launch, issuer, rights=rights) as proxy:
        session = await Streamable(proxy.url("/a/mcp"), http, headers=bearer(issuer.token(scope="write"))).initialize()
        assert "result" in await session.call("echo", {"text": "hello"})
        session._headers = bearer(issuer.token(scope="read"))
        assert (await session.post(call_body("echo", {"text": "hello"}))).status_code == 404


async def test_a_reload_takes_rights_away_from_tokens_that_are_in_use(launch, http, issuer):
    with launch(SERVERS, proxy=settings(issuer)) as proxy:
        token = issuer.token()
        session = await Streamable(proxy.url("/a/mcp"), http, headers=bearer(token)).initialize()
        async with session.listening() as stream:
            changed = clients(issuer, servers=["b"])
            proxy.rewrite(SERVERS, proxy=settings(issuer, clients=changed))
            await stream.wait_for(lambda stream: stream.ended, "the end of the stream")
        await eventually_succeeds(lambda: knocked(http, proxy, token, 404), "a refusal")
        assert (await knock(http, proxy, token, "/b/mcp")).status_code == 200


async def test_a_reload_judges_each_token_by_itself(launch, http, issuer):
    """What was opened with a token that opens nothing any more ends, whatever its caller has shown since."""
    groups = lambda name: {**clients(issuer)["staff"], "match": {"issuer": issuer.url, "claims": {"groups": name}}}
    old, new = issuer.token(groups=["old"]), issuer.token(groups=["old", "new"])
    with launch(SERVERS, proxy=settings(issuer, clients={"staff": groups("old")})) as proxy:
        sessions = [await Streamable(proxy.url("/a/mcp"), http, headers=bearer(token)).initialize() for token in (old, new)]
        async with sessions[0].listening() as ends, sessions[1].listening() as stays:
            assert (await knock(http, proxy, new)).status_code == 200
            proxy.rewrite(SERVERS, proxy=settings(issuer, clients={"staff": groups("new")}))
            await ends.wait_for(lambda stream: stream.ended, "the end of the stream")
            assert (await knock(http, proxy, old)).status_code == 403
            assert only_answer(await sessions[1].post(call_body("echo", {"text": "x"})))["result"]
            assert not stays.ended


async def knocked(http, proxy, token, status):
    assert (await knock(http, proxy, token)).status_code == status


async def test_nothing_of_a_token_reaches_a_server(launch, http, http_fixture, new_ledger, issuer):
    ledger = new_ledger()
    with http_fixture(name="web", ledger=ledger) as web:
        servers = {"web": {"url": web.mcp_url, "transportType": "streamable-http"}}
        with proxy_with(launch, issuer, servers) as proxy:
            token = issuer.token()
            session = await Streamable(proxy.url("/web/mcp"), http, headers=bearer(token)).initialize()
            assert "result" in await session.call("echo", {"text": "hello"})
    seen = Path(ledger.path).read_text()
    assert "hello" in seen or "echo" in seen
    assert token not in seen and token.split(".")[2] not in seen


async def test_a_token_can_open_the_management_api_as_far_as_its_client_may(launch, http, issuer):
    rights = {"scopes": {"admin": {"management": "read"}}}
    with proxy_with(launch, issuer, rights=rights) as proxy:
        for scope, status in [("mcp", 404), ("admin", 200)]:
            answer = await http.get(proxy.url("/api/servers"), headers=bearer(issuer.token(scope=scope)))
            assert answer.status_code == status
        answer = await http.get(proxy.url("/api/servers"), headers=bearer(issuer.token(aud="other")))
        assert answer.status_code == 401
        for path in ["/readyz", "/healthz"]:
            assert (await http.get(proxy.url(path), headers=bearer(issuer.token(scope="admin")))).status_code == 200


async def test_a_legacy_client_comes_in_with_a_token_as_well(proxy, http, issuer):
    client = proxy.old_client("a", http, headers=bearer(issuer.token()))
    async with client.connected():
        assert "result" in await client.call("echo", {"text": "hello"})


def test_what_tokens_open_can_be_looked_at(make_proxy, binary, issuer):
    """One line for a client, one for each of its scopes, and one for all of them."""
    rights = {"servers": ["a"], "readOnly": True, "scopes": {"w": {"readOnly": False}, "b": {"servers": ["b"]}}}
    proxy = make_proxy(SERVERS, proxy=settings(issuer, rights=rights))
    done = subprocess.run([binary, "access", "--config", proxy.file], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    lines = [re.split(r"  +", line) for line in done.stdout.splitlines()]
    assert [[line[0], line[1], line[3]] for line in lines if line[0].startswith("staff")] == [
        ["staff", "a", "all, read-only"],
        ["staff with w", "a", "all"],
        ["staff with b", "a, b", "all, read-only"],
        ["staff with w b", "a, b", "all"],
    ]


# The issuer


async def test_the_keys_are_fetched_once_for_all_who_wait(launch, http):
    with Issuer() as issuer, proxy_with(launch, issuer) as proxy:
        issuer.gate.clear()
        waiting = [asyncio.ensure_future(knock(http, proxy, issuer.token(jti=str(number)))) for number in range(50)]
        await eventually_async(lambda: issuer.requests, "a request to the issuer")
        issuer.gate.set()
        answers = await asyncio.gather(*waiting)
        assert [answer.status_code for answer in answers] == [200] * 50
        assert issuer.count("/keys") == 1
        for number in range(20):
            assert (await knock(http, proxy, issuer.token(jti=f"later-{number}"))).status_code == 200
        assert issuer.count("/keys") == 1


async def test_a_body_that_comes_while_the_keys_are_fetched_is_read_afterwards(launch, issuer):
    """Half of a body before, half after the decision, and a second request in the same packet."""
    with Issuer() as issuer, proxy_with(launch, issuer) as proxy:
        issuer.gate.clear()
        body = initialize_body().encode()
        head = (
            f"POST /a/mcp HTTP/1.1\r\nHost: {proxy.address}\r\nAuthorization: Bearer {issuer.token()}\r\n"
            f"Content-Type: application/json\r\nAccept: {ACCEPT}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(head + body[:20])
        await eventually_async(lambda: issuer.requests, "a request to the issuer")
        issuer.gate.set()
        writer.write(body[20:] + b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        assert received.startswith(b"HTTP/1.1 200"), received[:300]
        assert b'"serverInfo"' in received and received.rstrip().endswith(b'{"status":"ok"}')


@pytest.mark.long
async def test_an_issuer_that_hangs_delays_only_who_is_not_known_yet(launch, http):
    """503 with Retry-After and no 401 for the one; the other is not disturbed."""
    with Issuer() as issuer, proxy_with(launch, issuer) as proxy:
        known = issuer.token()
        session = await Streamable(proxy.url("/a/mcp"), http, headers=bearer(known)).initialize()
        issuer.gate.clear()
        await eventually_succeeds(lambda: is_told_later(http, proxy, issuer, session), "a refusal for now", seconds=60)


async def is_told_later(http, proxy, issuer, session):
    """A token of a new key makes the proxy ask again, at most every thirty seconds."""
    stranger = asyncio.ensure_future(knock(http, proxy, issuer.token(Key())))
    while not stranger.done():
        assert "result" in await session.call("echo", {"text": "hello"})
    response = await stranger
    # Or else it was asked a moment ago, and knows no such key.
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"


def hundred_megabytes(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(100 << 20))
    handler.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(100):
            handler.wfile.write(b" " * (1 << 20))


def redirect(handler):
    handler.send_response(302)
    handler.send_header("Location", "/realms/x/keys")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@pytest.mark.parametrize(
    "answer, words",
    [
        (lambda handler: send_bytes(handler, b"<html>Log in</html>", 200, "text/html"), "is not JSON"),
        (lambda handler: send_bytes(handler, b"{}"), "it has no list"),
        (lambda handler: send_bytes(handler, b'{"keys":[],"keys":[]}'), "twice"),
        (lambda handler: send_bytes(handler, b"down", 500), "status 500"),
        (hundred_megabytes, "larger than"),
        (redirect, "redirects are not followed"),
    ],
    ids=["html", "empty", "duplicate", "error", "100 MB", "redirect"],
)
async def test_what_are_no_keys_is_told_in_the_log_once(launch, http, answer, words):
    with Issuer() as issuer, proxy_with(launch, issuer) as proxy:
        issuer.key_answer = answer
        for number in range(10):
            response = await knock(http, proxy, issuer.token(jti=str(number)))
            assert (response.status_code, response.headers["retry-after"]) == (503, "5")
            assert words not in response.text
        assert (await knock(http, proxy, STATIC)).status_code == 200
        proxy.wait_output(words)
        assert proxy.output.count("the keys of an issuer could not be fetched") == 1
        assert issuer.count("/keys") <= 2, "it is not asked for every token"
        issuer.key_answer = None
        await eventually_succeeds(lambda: knocked(http, proxy, issuer.token(), 200), "keys")


async def test_ten_thousand_keys_are_told_and_the_first_thousand_used(launch, http):
    with Issuer() as issuer, proxy_with(launch, issuer) as proxy:
        filler = {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}
        last = Key()
        keys = [issuer.keys[0].public, *[filler] * 9_998, last.public]
        issuer.key_answer = lambda handler: send_bytes(handler, json.dumps({"keys": keys}, separators=(",", ":")).encode())
        assert (await knock(http, proxy, issuer.token())).status_code == 200
        assert (await knock(http, proxy, issuer.token(last))).status_code == 401
        proxy.wait_output("9000 stand behind the first 1000")


async def test_metadata_of_another_issuer_is_not_believed(launch, http):
    with Issuer() as issuer, proxy_with(launch, issuer) as proxy:
        issuer.metadata_changes = {"issuer": issuer.url + "/"}
        assert (await knock(http, proxy, issuer.token())).status_code == 503
        proxy.wait_output("write it in the configuration as it stands there")
        assert issuer.count("/keys") == 0


async def test_keys_change_under_load_without_a_wrong_answer(launch, http):
    """While the issuer rotates, old tokens work until their key is gone, and the new key is found within its time."""
    with Issuer() as issuer, proxy_with(launch, issuer) as proxy:
        session = await Streamable(proxy.url("/a/mcp"), http, headers=bearer(issuer.token())).initialize()
        new = Key()
        issuer.keys.append(new)
        done = asyncio.Event()

        async def keep_calling():
            while not done.is_set():
                # Each time with a token that nobody has seen.
                session._headers = bearer(issuer.token(jti=str(time.monotonic_ns())))
                assert "result" in await session.call("echo", {"text": "hello"})

        load = [asyncio.ensure_future(keep_calling()) for _ in range(4)]
        try:
            await eventually_succeeds(lambda: knocked(http, proxy, issuer.token(new), 200), "the new key", seconds=60)
        finally:
            done.set()
            await asyncio.gather(*load)
        assert issuer.count("/keys") == 2


# Tokens that only their issuer can read


def introspecting(issuer):
    name, secret = issuer.client
    return {"introspection": {"url": issuer.url + "/introspect", "clientID": name, "clientSecret": secret}}


async def test_an_opaque_token_is_asked_for_once_for_all_who_wait(launch, http):
    with Issuer() as issuer:
        with proxy_with(launch, issuer, issuer_changes=introspecting(issuer)) as proxy:
            issuer.opaque["canary-opaque-token"] = {"active": True, **issuer.claims}
            issuer.gate.clear()
            waiting = [asyncio.ensure_future(knock(http, proxy, "canary-opaque-token")) for _ in range(20)]
            await eventually_async(lambda: issuer.requests, "a request to the issuer")
            issuer.gate.set()
            assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200] * 20
            assert (await knock(http, proxy, "canary-opaque-token")).status_code == 200
            assert issuer.count("/introspect") == 1
        assert "canary-opaque-token" not in proxy.output
        assert issuer.client[1] not in proxy.output


async def test_an_opaque_token_counts_only_if_its_issuer_says_that_it_is_for_us(launch, http):
    with Issuer() as issuer:
        with proxy_with(launch, issuer, issuer_changes=introspecting(issuer)) as proxy:
            for number, changes in enumerate(
                [{"active": False}, {"aud": "other"}, {"aud": None}, {"iss": "https://evil.example"}, {"exp": 1}, {"sub": None}]
            ):
                said = {"active": True, **issuer.claims, **changes}
                issuer.opaque[str(number)] = {name: value for name, value in said.items() if value is not None}
                for _ in range(3):
                    assert (await knock(http, proxy, str(number))).status_code == 401, changes
            assert issuer.count("/introspect") == 6, "what was refused is remembered for a moment"
            issuer.client = ("proxy", "changed")
            response = await knock(http, proxy, "more")
            assert (response.status_code, response.headers["retry-after"]) == (503, "5")
            proxy.wait_output("/introspect answers with status 401")


# Other people's clients


def test_the_official_sdk_asks_for_a_scope_that_it_needs(launch):
    """A login for what every token needs, and one more for the server that wants more (2.x; 1.x does so with its next
    request only, and gives the first one up)."""
    with Issuer(audience=None) as issuer:
        rights = {"servers": ["a"], "scopes": {"mcp:b": {"servers": ["b"]}}}
        general = {
            "identity": {"issuers": [{"issuer": issuer.url}], "requiredScopes": ["mcp"]},
            "clients": clients(issuer, **rights),
        }
        with launch(SERVERS, proxy=general) as proxy:
            order = {"url": proxy.url("/b/mcp"), "tool": "whoami", "calls": 2}
            outcome = log_in("new", order)
            assert (outcome["logins"], len(outcome["said"])) == (2, 2)


@pytest.mark.parametrize("environment", ["old", "new"])
@pytest.mark.parametrize("path", ["/a/mcp", "/mcp"])
def test_the_official_sdk_logs_in_by_itself(launch, environment, path):
    """Discovery, registration, authorization with PKCE and calls, with a token for the address that it has called."""
    with Issuer(path="/realms/x", audience=None) as issuer:
        general = {
            "identity": {"issuers": [{"issuer": issuer.url}], "requiredScopes": ["mcp"]},
            "clients": clients(issuer),
        }
        with launch(SERVERS, proxy=general) as proxy:
            tool = "whoami" if path == "/a/mcp" else "a__whoami"
            order = {"url": proxy.url(path), "tool": tool, "calls": 3}
            outcome = log_in(environment, order)
            assert outcome["logins"] == 1
            assert len(outcome["said"]) == 3
            eventually(lambda: issuer.count("/keys") == 1, "one look at the keys")


# What an attack has found


async def test_several_fields_are_nobodys(launch, http):
    """Whatever stands in them: another reader could take the other one."""
    with Issuer() as issuer, proxy_with(launch, issuer) as proxy:
        good = issuer.token()
        for pair in [(good, "junk"), (good, STATIC), (good, issuer.token(sub="bob")), (STATIC, STATIC), ("junk", good)]:
            headers = [*JSON.items(), *(("Authorization", f"Bearer {token}") for token in pair)]
            answer = await http.post(proxy.url("/a/mcp"), content=initialize_body(), headers=headers)
            assert answer.status_code == 401, pair
        assert (await knock(http, proxy, good)).status_code == 200


async def test_what_is_no_token_is_shown_to_no_issuer(launch, http):
    """Passwords, empty fields, and what was sent to where nobody is asked who they are."""
    with Issuer() as issuer:
        with proxy_with(launch, issuer, issuer_changes=introspecting(issuer)) as proxy:
            for field in ["Basic dXNlcjpwYXNzd29yZA==", 'Digest username="x"', "", "Bearer", "Bearer a b"]:
                answer = await http.post(proxy.url("/a/mcp"), content=initialize_body(), headers={**JSON, "Authorization": field})
                assert answer.status_code == 401, field
            for path in ["/healthz", "/nowhere", "/nowhere/mcp"]:
                await http.get(proxy.url(path), headers=bearer("opaque-token-0123456789"))
            assert issuer.count("/introspect") == 0
            assert (await knock(http, proxy, "opaque-token-0123456789")).status_code == 401
            assert issuer.count("/introspect") == 1
