"""The token endpoint: what each kind of grant is given tokens for."""

import hashlib
import secrets
import time

import jwt

from support.issuer import base64url
from support.login.refusals import Refused
from support.login.switches import JWT_BEARER, TOKEN_EXCHANGE
from support.secrets import remember, remember_verifier

TOKEN_TYPE = "urn:ietf:params:oauth:token-type:"
ID_JAG = TOKEN_TYPE + "id-jag"
JAG_TYPE = "oauth-id-jag+jwt"
JAG_SECONDS = 300
ALGORITHMS = ["ES256", "RS256", "EdDSA"]


class TokenEndpoint:
    def __init__(self, login):
        self._login = login
        self._seen_assertions = set()
        self._kinds = {
            "authorization_code": self._code,
            "refresh_token": self._refresh,
            "client_credentials": self._credentials,
            TOKEN_EXCHANGE: self._exchange,
            JWT_BEARER: self._assertion,
        }

    def answer(self, asked):
        """The document to answer with."""
        form = asked.form
        if len(asked.form_pairs) != len(form) or asked.query:
            raise Refused("invalid_request", "a parameter is there twice, or in the address")
        client = self._login.clients.authenticated(asked)
        kind = form.get("grant_type")
        if kind not in self._login.grants:
            raise Refused("unsupported_grant_type", f"grant_type {kind} is not known here")
        return self._kinds[kind](client, form)

    # With a person

    def _code(self, client, form):
        code = self._login.authorization.used(form.get("code"), client)
        query = code.query
        if form.get("redirect_uri", query["redirect_uri"]) != query["redirect_uri"]:
            raise Refused("invalid_grant", f"the code was sent to {query['redirect_uri']}")
        verifier = form.get("code_verifier", "")
        remember_verifier(verifier)
        digest = base64url(hashlib.sha256(verifier.encode()).digest())
        if not 43 <= len(verifier) <= 128 or digest != query["code_challenge"]:
            raise Refused("invalid_grant", "code_verifier does not fit the challenge")
        self._same_resource(form, query.get("resource"))
        code.grant = self._login.tokens.begin(code.person, client.id, code.scopes, query.get("resource"))
        return self._given(code.grant, openid="openid" in code.scopes)

    def _refresh(self, client, form):
        login = self._login
        grant = login.tokens.redeem(form.get("refresh_token"), client.id)
        self._same_resource(form, grant.resource)
        scopes = frozenset(form["scope"].split()) if form.get("scope") else grant.scopes
        if not scopes <= grant.scopes:
            raise Refused("invalid_scope", f"{' '.join(scopes - grant.scopes)} was never allowed")
        return self._given(grant, scopes)

    def _same_resource(self, form, resource):
        self._login.check_resource(form.get("resource"))
        if form.get("resource") != resource and self._login.resource_required:
            raise Refused("invalid_target", f"this was allowed for {resource}, not for {form.get('resource')}")

    # Without one

    def _credentials(self, client, form):
        if client.method == "none":
            raise Refused("unauthorized_client", "a public client has no credentials")
        self._login.check_resource(form.get("resource"))
        return self._given(self._begin(client.id, client, form), refresh=False)

    def _begin(self, person, client, form, resource=None):
        scopes = frozenset(form.get("scope", "").split()) - self._login.never_granted
        return self._login.tokens.begin(person, client.id, scopes, resource or form.get("resource"))

    def _exchange(self, client, form):
        kind = form.get("subject_token_type", "").removeprefix(TOKEN_TYPE)
        if kind not in ("access_token", "id_token", "jwt"):
            raise Refused("invalid_request", f"subject_token_type {form.get('subject_token_type')} is not known here")
        claims = self._believed(form.get("subject_token"), audience=client.id if kind == "id_token" else None)
        if not form.get("audience") and not form.get("resource"):
            raise Refused("invalid_request", "audience or resource is required")
        wanted = form.get("requested_token_type", TOKEN_TYPE + "access_token")
        if wanted == ID_JAG:
            return self._identity_assertion(client, form, claims)
        if wanted != TOKEN_TYPE + "access_token":
            raise Refused("invalid_request", f"requested_token_type {wanted} is not known here")
        resource = form.get("resource") or form["audience"]
        self._login.check_resource(resource)
        grant = self._begin(claims["sub"], client, form, resource)
        return {**self._given(grant, refresh=False), "issued_token_type": wanted}

    def _identity_assertion(self, client, form, subject):
        if not form.get("audience") or not form.get("resource"):
            raise Refused("invalid_request", "an ID-JAG has an audience and a resource")
        there = self._login.clients_elsewhere.get(form["audience"], {}).get(client.id, client.id)
        now = int(time.time())
        claims = {
            "iss": self._login.url, "sub": subject["sub"], "aud": form["audience"], "resource": form["resource"],
            "client_id": there, "jti": secrets.token_hex(8), "iat": now, "exp": now + JAG_SECONDS,
            **({"scope": form["scope"]} if form.get("scope") else {}),
        }  # fmt: skip
        made = self._login.keys[0].sign(claims, typ=JAG_TYPE)
        remember(made)
        return {"access_token": made, "issued_token_type": ID_JAG, "token_type": "N_A", "expires_in": JAG_SECONDS}

    def _assertion(self, client, form):
        login = self._login
        claims = self._believed(form.get("assertion"), audience=login.url, kind=JAG_TYPE)
        if claims.get("client_id") != client.id:
            raise Refused("invalid_grant", f"the assertion is for the client {claims.get('client_id')}")
        if not claims.get("jti") or claims["jti"] in self._seen_assertions:
            raise Refused("invalid_grant", "this assertion was shown before, or has no jti")
        login.check_resource(claims.get("resource"))
        self._seen_assertions.add(claims["jti"])
        return self._given(self._begin(claims["sub"], client, form, claims["resource"]), refresh=False)

    def _believed(self, token, audience=None, kind=None):
        """The claims of what somebody has signed whom this server trusts."""
        try:
            header = jwt.get_unverified_header(token or "")
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
            trusted = [key for other in self._login.trusts if other.url == issuer for key in other.keys]
            key = next((key for key in trusted if key.name == header.get("kid")), None)
            if key is None or (kind and header.get("typ") != kind):
                raise Refused("invalid_grant", f"{issuer} is not trusted, or {header.get('typ')} is not {kind}")
            options = {"require": ["exp", "sub"], "verify_aud": audience is not None}
            return jwt.decode(token, key.private.public_key(), ALGORITHMS, audience=audience, options=options)
        except jwt.PyJWTError as failure:
            raise Refused("invalid_grant", f"this assertion is not good: {failure}") from failure

    # What is given

    def _given(self, grant, scopes=None, refresh=True, openid=False):
        login = self._login
        scopes = grant.scopes if scopes is None else scopes
        document = {
            "access_token": login.tokens.access(grant, scopes),
            "token_type": "Bearer",
            "expires_in": login.lifetime,
            "scope": " ".join(sorted(scopes)) or None,
        }
        with_offline = login.refresh_tokens == "offline_access" and "offline_access" in grant.scopes
        if refresh and (login.refresh_tokens == "always" or with_offline) and "refresh_token" in login.grants:
            document["refresh_token"] = login.tokens.refresh(grant) if login.rotates else self._same_refresh(grant)
        if openid:
            document["id_token"] = login.id_token(grant.client, grant.person)
        return document

    def _same_refresh(self, grant):
        return grant.refresh[0] if grant.refresh else self._login.tokens.refresh(grant)
