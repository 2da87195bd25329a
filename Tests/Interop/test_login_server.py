"""What the authorization server of these tests insists on, and each thing that it can be told to do wrong."""

import time

import httpx
import pytest

from support.issuer import Issuer, Key
from support.login.app import REDIRECT, RESOURCE, App, answer_of, error_of
from support.login.clients import ASSERTION
from support.login.metadata import OIDC, RFC8414
from support.login.server import LoginServer
from support.login.switches import JWT_BEARER, TOKEN_EXCHANGE
from support.login.token_endpoint import ID_JAG, TOKEN_TYPE

SECRET = "canary-secret-of an app: 100%"


@pytest.fixture
def login():
    with LoginServer("/tenant") as login:
        login.add_client("app", redirect_uris=[REDIRECT])
        login.add_client("safe", secret=SECRET, method="client_secret_basic", redirect_uris=[REDIRECT])
        yield login


@pytest.fixture
def app(login, browser):
    return App(login, browser=browser())


# Metadata


def test_metadata_is_where_it_is_told_to_be_and_says_what_it_is_told_to(login):
    places = {
        "rfc8414": f"{RFC8414}/tenant", "rfc8414-root": RFC8414, "oidc": f"{OIDC}/tenant", "oidc-appended": f"/tenant{OIDC}"
    }  # fmt: skip
    with httpx.Client(trust_env=False, verify=False, base_url=login.origin) as http:
        for name in places:
            login.metadata_at = (name,)
            assert [other for other, path in places.items() if http.get(path).status_code == 200] == [name]
        login.metadata_changes = {"issuer": "https://evil.example.com", "code_challenge_methods_supported": None}
        document = http.get(f"/tenant{OIDC}").json()
    assert (document["issuer"], "code_challenge_methods_supported" in document) == ("https://evil.example.com", False)
    assert document["token_endpoint"] == f"{login.url}/token"


# Registration


def test_registration_is_open_closed_refused_or_for_who_says_what_it_is(app, login):
    wanted = {"redirect_uris": [REDIRECT], "token_endpoint_auth_method": "none", "application_type": "native"}

    def register(**changes):
        return httpx.post(f"{login.url}/register", json={**wanted, **changes}, trust_env=False, verify=False)

    made = register()
    assert (made.status_code, "client_secret" in made.json()) == (201, False)
    assert register(token_endpoint_auth_method="client_secret_post").json()["client_secret"].startswith("canary-")
    login.registration = "matching"
    assert register().status_code == 201
    assert error_of(register(application_type="web")) == "invalid_redirect_uri"
    assert error_of(register(redirect_uris=["https://a.example/x"])) == "invalid_redirect_uri"
    login.registration = "refused"
    assert (register().status_code, error_of(register())) == (403, "access_denied")
    login.registration = "off"
    assert register().status_code == 404
    app.client = made.json()["client_id"]
    assert app.authorize(redirect_uri=REDIRECT.replace(":1/", ":1234/"))["code"]
    login.clients.forget(app.client)
    assert app.authorize().status == 400


def test_a_client_that_is_an_address_is_believed_if_its_document_is_right(app, login):
    app.client = "https://app.example.com/client.json"
    right = {"client_id": app.client, "client_name": "app", "redirect_uris": [REDIRECT]}
    login.documents = {app.client: right}
    assert app.authorize().status == 400
    login.client_documents = True
    assert app.token().status_code == 200
    other = "https://app.example.com"
    for wrong in [{"client_id": other}, {"client_name": ""}, {"redirect_uris": []}, {"client_secret": "x"}]:
        login.documents[app.client] = {**right, **wrong}
        assert app.authorize().status == 400, wrong


# Authorization


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"resource": None}, "invalid_target"),
        ({"resource": RESOURCE + "#x"}, "invalid_target"),
    ],
)
def test_a_wrong_request_comes_back_with_an_error_and_the_state(app, login, changes, error):
    answer = app.authorize(state="abc", **changes)
    assert {name: answer.get(name) for name in ("error", "state", "iss")} == {
        "error": error, "state": "abc", "iss": login.url
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes", [{"redirect_uri": REDIRECT + "/"}, {"redirect_uri": "http://127.0.0.1:2/callback"}, {"client_id": "x"}]
)
def test_nobody_is_sent_to_where_a_stranger_says(app, changes):
    assert app.authorize(**changes).status == 400


@pytest.mark.parametrize("kind, suffix", [("right", ""), ("absent", None), ("normalised", "/"), ("wrong", "evil")])
def test_the_answer_says_who_gives_it(app, login, kind, suffix):
    login.iss = kind
    expected = {None: None, "evil": "https://evil.example.com"}.get(suffix, f"{login.url}{suffix}")
    assert app.authorize().get("iss") == expected


def test_an_answer_can_be_an_error_or_otherwise_wrong(app, login):
    login.answer_changes = {"state": "another"}
    assert app.authorize(state="mine")["state"] == "another"
    login.refuses_with = "temporarily_unavailable"
    assert app.authorize()["error"] == "temporarily_unavailable"


def test_a_person_presses_a_button_in_the_browser_that_asked(app, login, browser):
    login.consent = "page"
    ann, bob = app.browser, browser()
    for person, name in [(ann, "ann"), (bob, "bob")]:
        person.open(f"{login.url}/sign-in?person={name}")
    page = ann.open(app.authorize_url(scope="read"))
    assert (page.buttons, "ann, may" in page.text) == (["Allow", "Deny"], True)
    assert bob.press(page, "Allow").status == 400
    # That page is used up.
    assert ann.press(page, "Allow").status == 400
    assert answer_of(ann.press(ann.open(app.authorize_url()), "Deny", stop_before=REDIRECT))["error"] == "access_denied"
    back = bob.press(bob.open(app.authorize_url()), "Allow", stop_before=REDIRECT)
    assert bob.visits[-1].request.headers["Origin"] == login.origin
    token = app.token(answer_of(back)["code"]).json()["access_token"]
    assert login.check(token, {RESOURCE}).grant.person == "bob"


# Tokens


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:2/callback"}, "invalid_grant"),
        ({"resource": None}, "invalid_target"),
        ({"resource": "https://other.example.com"}, "invalid_target"),
        ({"client_id": "x"}, "invalid_client"),
        ({"client_id": "safe"}, "invalid_client"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_code_is_exchanged_by_who_asked_for_it_as_it_was_asked_for(app, changes, error):
    code = app.code()
    assert error_of(app.token(**{"code": code, **changes})) == error
    assert app.token(code).status_code == 200


def test_a_code_that_comes_twice_ends_what_was_given_for_it(app, login):
    code = app.code()
    token = app.token(code).json()["access_token"]
    assert login.check(token, {RESOURCE})
    assert login.check(token, {RESOURCE + "/"}) is None
    assert error_of(app.token(code)) == "invalid_grant"
    assert login.check(token, {RESOURCE}) is None


def test_scopes_are_what_was_asked_for_less_what_is_never_granted(app, login):
    login.never_granted = frozenset({"admin"})
    token = app.token(app.code(scope="read admin")).json()
    assert token["scope"] == "read"
    assert error_of(app.refresh(token["refresh_token"], scope="read write")) == "invalid_scope"
    assert "scope" not in app.token().json()


def test_a_refresh_token_is_for_one_use_or_for_many(app, login):
    first = app.token().json()
    second = app.refresh(first["refresh_token"]).json()
    assert error_of(app.refresh(second["refresh_token"], resource=None)) == "invalid_target"
    third = app.refresh(app.token().json()["refresh_token"]).json()
    assert error_of(app.refresh(first["refresh_token"])) == "invalid_grant"
    # Whoever has stolen it has lost everything, and so has the one from whom it was stolen.
    assert error_of(app.refresh(second["refresh_token"])) == "invalid_grant"
    assert login.check(second["access_token"], {RESOURCE}) is None
    assert login.check(third["access_token"], {RESOURCE})
    login.rotates = False
    lasting = app.token().json()["refresh_token"]
    assert [app.refresh(lasting).json()["refresh_token"] for _ in range(2)] == [lasting] * 2
    login.refresh_tokens = "offline_access"
    assert "refresh_token" not in app.token().json()
    assert "refresh_token" in app.token(app.code(scope="offline_access")).json()
    login.tokens.forget_refresh_tokens()
    assert error_of(app.refresh(lasting)) == "invalid_grant"


def test_a_refresh_token_can_be_good_until_what_came_for_it_is_used(app, login):
    login.forgives_lost_answers = True
    first = app.token().json()["refresh_token"]
    lost, second = app.refresh(first).json(), app.refresh(first).json()
    assert login.check(second["access_token"], {RESOURCE})
    assert error_of(app.refresh(first)) == "invalid_grant"
    assert error_of(app.refresh(second["refresh_token"])) == "invalid_grant"
    first = app.token().json()["refresh_token"]
    third = app.refresh(app.refresh(first).json()["refresh_token"]).json()
    login.notices_reuse = False
    assert error_of(app.refresh(first)) == "invalid_grant"
    assert app.refresh(third["refresh_token"]).status_code == 200
    assert lost["refresh_token"] != second["refresh_token"]


def test_a_client_shows_itself_as_it_is_registered(app, login):
    form = {"grant_type": "client_credentials", "resource": RESOURCE}
    basic = httpx.BasicAuth("safe", "canary-secret-of+an+app%3A+100%25")
    assert app.post("/token", auth=basic, **form).status_code == 200
    for auth, more in [
        (httpx.BasicAuth("safe", "wrong"), {}), (None, {"client_id": "safe", "client_secret": SECRET}),
        (None, {"client_id": "safe", "client_assertion": "a.b.c", "client_assertion_type": ASSERTION}),
    ]:  # fmt: skip
        refused = app.post("/token", auth=auth, **form, **more)
        assert (refused.status_code, error_of(refused)) == (401, "invalid_client"), more
    assert error_of(app.post("/token", auth=basic, client_secret=SECRET, **form)) == "invalid_request"
    assert error_of(app.post("/token", **form, client_id="app")) == "unauthorized_client"
    login.auth_methods = ("none",)
    assert error_of(app.post("/token", auth=basic, **form)) == "invalid_client"


def test_an_assertion_of_a_client_is_for_this_issuer_and_for_one_use(app, login):
    key, other, now = Key("ES256"), Key("ES256"), int(time.time())
    login.add_client("signer", method="private_key_jwt", public_key=key.public)
    form = {"grant_type": "client_credentials", "resource": RESOURCE, "client_assertion_type": ASSERTION}
    right = {"iss": "signer", "sub": "signer", "aud": login.url, "jti": "once", "iat": now, "exp": now + 60}

    def show(key=key, **changes):
        return app.post("/token", **form, client_assertion=key.sign({**right, **changes}))

    for changes in [
        {"aud": f"{login.url}/token"}, {"aud": [login.url + "/"]}, {"iss": "another"}, {"sub": "app"}, {"exp": now - 1},
        {"key": other},
    ]:  # fmt: skip
        refused = show(**changes)
        assert (refused.status_code, error_of(refused)) == (401, "invalid_client"), changes
    assert show().status_code == 200
    assert error_of(show()) == "invalid_client"
    assert show(jti="twice").status_code == 200


def test_revocation_ends_a_login(app, login):
    tokens = app.token().json()
    assert app.post("/revoke", client_id="app", token=tokens["refresh_token"]).status_code == 404
    login.revocation = True
    assert app.post("/revoke", client_id="app", token=tokens["refresh_token"]).status_code == 200
    assert login.check(tokens["access_token"], {RESOURCE}) is None


# For somebody


def test_a_token_of_another_issuer_is_exchanged_for_one_of_here(app, login):
    with Issuer() as issuer:
        form = {
            "grant_type": TOKEN_EXCHANGE, "client_id": "app", "subject_token": issuer.token(sub="bob"),
            "subject_token_type": TOKEN_TYPE + "access_token", "resource": RESOURCE, "scope": "read",
        }  # fmt: skip
        assert error_of(app.post("/token", **form)) == "invalid_grant"
        login.trusts = [issuer]
        answer = app.post("/token", **form).json()
        found = login.check(answer["access_token"], {RESOURCE})
        assert (found.grant.person, found.scopes) == ("bob", {"read"})
        assert answer["issued_token_type"] == TOKEN_TYPE + "access_token"
        assert error_of(app.post("/token", **{**form, "subject_token": issuer.token(exp=1)})) == "invalid_grant"
        assert error_of(app.post("/token", **{**form, "resource": None})) == "invalid_request"


def test_an_identity_provider_vouches_for_somebody_at_another_authorization_server(app, login):
    with LoginServer() as provider:
        at_provider = App(provider, "gateway")
        provider.add_client("gateway", secret=SECRET, method="client_secret_post")
        provider.trusts, provider.clients_elsewhere = [provider], {login.url: {"gateway": "safe"}}
        form = {
            "grant_type": TOKEN_EXCHANGE, "client_id": "gateway", "client_secret": SECRET, "audience": login.url,
            "requested_token_type": ID_JAG, "subject_token": provider.id_token("gateway", "bob"),
            "subject_token_type": TOKEN_TYPE + "id_token", "resource": RESOURCE,
        }  # fmt: skip
        for wrong in [provider.id_token("other"), provider.id_token("gateway", exp=1)]:
            assert error_of(at_provider.post("/token", **{**form, "subject_token": wrong})) == "invalid_grant"
        assert error_of(at_provider.post("/token", **{**form, "audience": None})) == "invalid_request"
        answer = at_provider.post("/token", **form).json()
        assert (answer["token_type"], answer["issued_token_type"]) == ("N_A", ID_JAG)
        assertion = {"grant_type": JWT_BEARER, "assertion": answer["access_token"]}
        basic = httpx.BasicAuth("safe", "canary-secret-of+an+app%3A+100%25")
        assert error_of(app.post("/token", auth=basic, **assertion)) == "invalid_grant"
        login.trusts = [provider]
        assert error_of(app.post("/token", client_id="app", **assertion)) == "invalid_grant"
        token = app.post("/token", auth=basic, **assertion).json()
        assert login.check(token["access_token"], {RESOURCE}).grant.person == "bob"
        assert "refresh_token" not in token
        assert error_of(app.post("/token", auth=basic, **assertion)) == "invalid_grant"
        plain = {**assertion, "assertion": provider.id_token(login.url, client_id="safe", resource=RESOURCE, jti="x")}
        assert error_of(app.post("/token", auth=basic, **plain)) == "invalid_grant"
