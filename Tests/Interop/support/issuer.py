"""An issuer of access tokens: an authorization server small enough to misbehave on purpose.

It gives tokens to whoever asks in the way of the specification (metadata, registration, authorization with PKCE, tokens),
without asking anybody to log in, and signs whatever claims a test wants.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
import urllib.parse

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from support.secrets import remember
from support.site import Site, send, send_away

LIFETIME = 300


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """A key of the issuer, with the name under which it is listed."""

    def __init__(self, algorithm="RS256", name=None):
        self.algorithm = algorithm
        self.name = name or secrets.token_hex(4)
        match algorithm[:2]:
            case "RS" | "PS":
                self.private = rsa.generate_private_key(65537, 2048)
            case "ES":
                curve = {"256": ec.SECP256R1, "384": ec.SECP384R1, "512": ec.SECP521R1}[algorithm[2:]]
                self.private = ec.generate_private_key(curve())
            case _:
                self.private = ed25519.Ed25519PrivateKey.generate()

    @property
    def public(self):
        algorithm = jwt.get_algorithm_by_name(self.algorithm)
        return {**json.loads(algorithm.to_jwk(self.private.public_key())), "kid": self.name, "use": "sig"}

    def sign(self, claims, **header):
        return jwt.encode(claims, self.private, algorithm=self.algorithm, headers={"kid": self.name, **header})


class Issuer(Site):
    """Used as a context manager. What it answers can be changed at any time."""

    def __init__(self, path="", audience="mcp"):
        super().__init__()
        self.audience = audience
        self.keys = [Key()]
        self.tokens = {}
        self.refresh_tokens = {}
        self.codes = {}
        # Replaces the set of keys: a function that is given the handler.
        self.key_answer = None
        # Held while an answer must not come.
        self.gate = threading.Event()
        self.gate.set()
        # What the introspection endpoint says of a token.
        self.opaque = {}
        self.client = ("proxy", "s3cret:with a colon")
        self.metadata_changes = {}
        self.lifetime = LIFETIME
        self.scope = "mcp"
        self.path = path
        self.url = self.origin + path

    def __exit__(self, *error):
        self.gate.set()
        super().__exit__(*error)

    # Tokens

    @property
    def claims(self):
        now = int(time.time())
        return {
            "iss": self.url, "sub": "ann", "aud": self.audience, "iat": now, "exp": now + self.lifetime,
            "scope": self.scope,
        }  # fmt: skip

    def token(self, key=None, header=None, **changes):
        """A token with these claims; one that is None is left out."""
        claims = {name: value for name, value in {**self.claims, **changes}.items() if value is not None}
        made = (key or self.keys[0]).sign(claims, **(header or {}))
        remember(made)
        return made

    def count(self, path):
        """How often a path was asked for."""
        return sum(1 for asked in self.requests if asked == self.path + path or asked == path)

    @property
    def requests(self):
        """The paths that were asked for."""
        return self.record.paths

    # HTTP

    def answer(self, handler, asked):
        self.gate.wait(60)
        path = asked.path
        own = path.removeprefix(self.path) if self.path else path
        if ".well-known" in path:
            return self.metadata(handler, path)
        match own:
            case "/keys":
                return (self.key_answer or self.list_keys)(handler)
            case "/register":
                return self.register(handler, asked.json)
            case "/authorize":
                return self.authorize(handler, asked.query)
            case "/token":
                return self.give_token(handler, asked.form)
            case "/introspect":
                return self.introspect(handler, asked.form)
        return send(handler, {"error": "unknown path"}, 404)

    def metadata(self, handler, path):
        if path != f"/.well-known/oauth-authorization-server{self.path}":
            return send(handler, {}, 404)
        document = {
            "issuer": self.url,
            "authorization_endpoint": self.url + "/authorize",
            "token_endpoint": self.url + "/token",
            "registration_endpoint": self.url + "/register",
            "jwks_uri": self.url + "/keys",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_post", "client_secret_basic"],
        }
        send(handler, {**document, **self.metadata_changes})

    def list_keys(self, handler):
        send(handler, {"keys": [key.public for key in self.keys]})

    def register(self, handler, wanted):
        send(handler, {**wanted, "client_id": secrets.token_hex(8), "client_id_issued_at": int(time.time())}, 201)

    def authorize(self, handler, query):
        code = secrets.token_hex(16)
        self.codes[code] = query
        answer = {"code": code, "state": query.get("state", ""), "iss": self.url}
        send_away(handler, f"{query['redirect_uri']}?{urllib.parse.urlencode(answer)}")

    def give_token(self, handler, form):
        if form.get("grant_type") == "refresh_token":
            query = self.refresh_tokens.pop(form.get("refresh_token"), None)
        else:
            query = self.codes.pop(form.get("code"), None)
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            if query and query["code_challenge"] != base64url(digest):
                query = None
        if query is None:
            return send(handler, {"error": "invalid_grant"}, 400)
        audience = query.get("resource") if self.audience is None else self.audience
        refresh = secrets.token_hex(16)
        self.refresh_tokens[refresh] = query
        scope = query.get("scope") or self.scope
        send(handler, {
            "access_token": self.token(aud=audience, scope=scope), "token_type": "Bearer",
            "expires_in": self.lifetime, "refresh_token": refresh, "scope": scope,
        })  # fmt: skip

    def introspect(self, handler, form):
        name, secret = (urllib.parse.quote(part, safe="") for part in self.client)
        wanted = "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()
        if handler.headers.get("Authorization") != wanted:
            return send(handler, {"error": "invalid_client"}, 401)
        send(handler, self.opaque.get(form.get("token"), {"active": False}))
