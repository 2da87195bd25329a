"""An authorization server small enough to misbehave on purpose, for programs that log in at other people's servers.

    with LoginServer("/tenant", registration="off", iss="wrong") as login:
        login.add_client("app", secret="…", redirect_uris=[…], method="client_secret_basic")
        login.faults["/token"] = Status(503, times=1)

It is strict where the specification is (PKCE with S256, `resource` in every request, redirect URIs to the letter, codes and
refresh tokens for one use); `switches.py` and `faults.py` say what it can be told to do otherwise. Everything that it is
asked is in `record`. Nobody has a password: a browser is that of `person` until it asks for /sign-in?person=NAME.
"""

import json
import threading
import time

from support.issuer import Key
from support.login.authorization import Authorization
from support.login.clients import Client, Clients
from support.login.metadata import WELL_KNOWN, changed, metadata, places
from support.login.refusals import Refused
from support.login.switches import Switches
from support.login.token_endpoint import TokenEndpoint
from support.login.tokens import Tokens
from support.secrets import remember
from support.site import Site, send, send_bytes

NO_STORE = {"Cache-Control": "no-store"}
ID_TOKEN_SECONDS = 300


class LoginServer(Switches, Site):
    """Used as a context manager; `path` is that of the issuer."""

    def __init__(self, path="", certificate=None, **switches):
        Switches.__init__(self, **switches)
        Site.__init__(self, certificate)
        self.path = path
        self.url = self.origin + path
        # Of what it signs: ID tokens, and assertions for other authorization servers.
        self.keys = [Key("ES256")]
        self.clients = Clients(self)
        self.tokens = Tokens(self)
        self.authorization = Authorization(self)
        self._token_endpoint = TokenEndpoint(self)
        # Codes and refresh tokens are for one use, also of two who come at once.
        self._lock = threading.RLock()

    def add_client(self, name, **settings):
        """A client that somebody has registered by hand; `Client` says how it can be."""
        redirects = tuple(settings.pop("redirect_uris", ()))
        return self.clients.add(Client(name, redirect_uris=redirects, **settings))

    def id_token(self, client, person="ann", **changes):
        """What a client gets that logs somebody in here."""
        now = int(time.time())
        claims = {"iss": self.url, "sub": person, "aud": client, "iat": now, "exp": now + ID_TOKEN_SECONDS}
        made = self.keys[0].sign(changed(claims, changes))
        remember(made)
        return made

    def check(self, token, resources):
        """What a resource server asks: the token if it is good for one of its names, otherwise None."""
        with self._lock:
            return self.tokens.check(token, resources)

    def check_resource(self, resource):
        if resource is None and self.resource_required:
            raise Refused("invalid_target", "resource is required")
        if resource is not None and ("#" in resource or (self.resources is not None and resource not in self.resources)):
            raise Refused("invalid_target", f"there are no tokens for {resource} here")

    # What was asked

    @property
    def registrations(self):
        return [asked.json for asked in self.asked("/register")]

    @property
    def logins(self):
        """The queries with which browsers came."""
        return [asked.query for asked in self.asked("/authorize")]

    def asked(self, path, **parameters):
        """The requests to a place below the issuer."""
        return self.record.of(self.path + path, **parameters)

    def token_requests(self, **parameters):
        """The forms that came to the token endpoint."""
        return [asked.form for asked in self.asked("/token", **parameters)]

    # HTTP

    def answer(self, handler, asked):
        own = "metadata" if WELL_KNOWN in asked.path else asked.path.removeprefix(self.path)
        fault = self.faults.get(asked.path, self.faults.get(own))

        def normal():
            self._answer(handler, asked, own)

        return fault(self, handler, normal) if fault else normal()

    def _answer(self, handler, asked, own):
        try:
            with self._lock:
                return self._route(handler, asked, own)
        except json.JSONDecodeError:
            return send(handler, Refused("invalid_request", "this is no JSON").document, 400, NO_STORE)
        except Refused as refusal:
            headers = {"WWW-Authenticate": 'Basic realm="login"'} if refusal.status == 401 else {}
            return send(handler, refusal.document, refusal.status, {**NO_STORE, **headers})

    def _route(self, handler, asked, own):
        match asked.method, own:
            case "GET", "metadata":
                found = {places(self.path)[name] for name in self.metadata_at}
                return send(handler, metadata(self)) if asked.path in found else send(handler, {}, 404)
            case "GET", "/authorize":
                return self.authorization.authorize(handler, asked)
            case "POST", "/consent":
                return self.authorization.consent(handler, asked)
            case "GET", "/sign-in":
                return self.authorization.sign_in(handler, asked)
            case "POST", "/token":
                changes = self.token_changes(asked.form) if callable(self.token_changes) else self.token_changes
                return send(handler, changed(self._token_endpoint.answer(asked), changes), headers=NO_STORE)
            case "POST", "/register" if self.registration != "off":
                return send(handler, self.clients.register(asked.json), 201, NO_STORE)
            case "POST", "/revoke" if self.revocation:
                self.clients.authenticated(asked)
                self.tokens.revoke(asked.form.get("token", ""))
                return send_bytes(handler, b"", 200, "text/plain")
            case "POST", "/introspect":
                return send(handler, self.tokens.described(asked.form.get("token")))
            case "GET", "/keys":
                return send(handler, {"keys": [key.public for key in self.keys]})
        return send_bytes(handler, b"no such page", 404, "text/plain")
