"""Who may log in at the authorization server: clients of its own, those that register, and those that are a URL."""

import json
import secrets
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

import jwt

from support.login.metadata import changed
from support.login.refusals import Refused
from support.secrets import remember

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["ES256", "RS256", "EdDSA"]
LOOPBACK = ("127.0.0.1", "::1", "localhost")
LARGEST_DOCUMENT = 5 << 10


def is_loopback(uri):
    parts = urllib.parse.urlsplit(uri)
    return parts.scheme == "http" and parts.hostname in LOOPBACK


def without_port(uri):
    parts = urllib.parse.urlsplit(uri)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return parts._replace(netloc=host).geturl()


@dataclass
class Client:
    id: str
    secret: str | None = None
    method: str = "none"
    redirect_uris: tuple = ()
    name: str = "a client"
    # A key that checks the assertions of `private_key_jwt`: PEM, or a JWK.
    public_key: str | dict | None = None
    # Whether redirects to loopback may be to another port, as RFC 8252 has it.
    any_port: bool = False

    def accepts(self, redirect):
        if redirect in self.redirect_uris:
            return True
        loopback = self.any_port and is_loopback(redirect)
        return loopback and without_port(redirect) in {without_port(uri) for uri in self.redirect_uris if is_loopback(uri)}

    @property
    def verifying_key(self):
        return jwt.PyJWK(self.public_key).key if isinstance(self.public_key, dict) else self.public_key


class Clients:
    def __init__(self, login):
        self._login = login
        self._known = {}
        self._seen_assertions = set()

    def add(self, client):
        self._known[client.id] = client
        if client.secret:
            remember(client.secret)
        return client

    def find(self, name):
        """The client of this name, whose document may be fetched for it."""
        if name in self._known:
            return self._known[name]
        if self._login.client_documents and name.startswith("https://"):
            return self._described(name)
        raise Refused("invalid_client", f"there is no client {name}", 401)

    # Registration

    def register(self, wanted):
        """The answer to a request for registration."""
        login = self._login
        if login.registration == "refused":
            raise Refused("access_denied", "only an administrator registers clients here", 403)
        redirects = wanted.get("redirect_uris") or []
        for uri in redirects:
            if not (is_loopback(uri) or uri.startswith("https://")) or "#" in uri:
                raise Refused("invalid_redirect_uri", f"{uri} is no place to send codes to")
        if login.registration == "matching":
            self._match(wanted.get("application_type"), redirects)
        method = wanted.get("token_endpoint_auth_method", "client_secret_basic")
        method = login.registration_changes.get("token_endpoint_auth_method", method)
        if method not in login.auth_methods:
            raise Refused("invalid_client_metadata", f"token_endpoint_auth_method {method} is not known here")
        secret = None if method == "none" else f"canary-secret-{secrets.token_hex(12)}"
        native = wanted.get("application_type") == "native"
        client = self.add(Client(
            f"client-{secrets.token_hex(6)}", secret, method, tuple(redirects), wanted.get("client_name", "a client"),
            any_port=native,
        ))  # fmt: skip
        more = {"client_id": client.id, "client_id_issued_at": int(time.time()), "token_endpoint_auth_method": method}
        if secret:
            more |= {"client_secret": secret, "client_secret_expires_at": 0}
        return changed({**wanted, **more}, login.registration_changes)

    @staticmethod
    def _match(kind, redirects):
        fitting = "native" if redirects and all(map(is_loopback, redirects)) else "web"
        if kind != fitting:
            raise Refused("invalid_redirect_uri", f"{redirects} are of a {fitting} application, not of one that is {kind}")

    @property
    def all(self):
        return list(self._known.values())

    def forget(self, name):
        """Makes a client unknown, as servers do that clean up."""
        del self._known[name]

    # Documents

    def _described(self, url):
        parts = urllib.parse.urlsplit(url)
        if parts.path in ("", "/") or parts.fragment or parts.username:
            raise Refused("invalid_client", f"{url} cannot be the name of a client", 401)
        document = self._login.documents.get(url) or self._fetched(url)
        if document.get("client_id") != url:
            raise Refused("invalid_client", f"the document at {url} is of {document.get('client_id')}", 401)
        if not document.get("client_name") or not document.get("redirect_uris"):
            raise Refused("invalid_client", f"the document at {url} lacks client_name or redirect_uris", 401)
        if document.get("client_secret"):
            raise Refused("invalid_client", f"the document at {url} tells a secret to everybody", 401)
        keys = document.get("jwks", {}).get("keys", [])
        return Client(
            url, None, document.get("token_endpoint_auth_method", "none"), tuple(document["redirect_uris"]),
            document["client_name"], keys[0] if keys else None, any_port=True,
        )  # fmt: skip

    def _fetched(self, url):
        context = ssl.create_default_context(cafile=self._login.trusted)
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        try:
            with opener.open(url, timeout=5) as response:
                return json.loads(response.read(LARGEST_DOCUMENT))
        except (urllib.error.URLError, ValueError, OSError) as failure:
            raise Refused("invalid_client", f"{url} could not be read: {failure}", 401) from failure

    # Authentication

    def authenticated(self, asked):
        """The client that has sent a request to the token endpoint, by exactly one method."""
        form = asked.form
        ways = [asked.headers.get("authorization"), form.get("client_secret"), form.get("client_assertion")]
        if sum(way is not None for way in ways) > 1:
            raise Refused("invalid_request", "a client shows itself in one way")
        if form.get("client_assertion"):
            client, method = self._by_assertion(form), "private_key_jwt"
        elif asked.headers.get("authorization"):
            name, secret = (urllib.parse.unquote_plus(part) for part in asked.basic or ("", ""))
            client, method = self._by_secret(name, secret), "client_secret_basic"
        elif form.get("client_secret"):
            client, method = self._by_secret(form.get("client_id", ""), form["client_secret"]), "client_secret_post"
        else:
            client, method = self.find(form.get("client_id", "")), "none"
        if method != client.method or method not in self._login.auth_methods:
            raise Refused("invalid_client", f"{client.id} has to use {client.method}, not {method}", 401)
        if form.get("client_id", client.id) != client.id:
            raise Refused("invalid_client", f"{client.id} says that it is {form['client_id']}", 401)
        return client

    def _by_secret(self, name, secret):
        client = self.find(name)
        if client.secret is None or client.secret != secret:
            raise Refused("invalid_client", f"this is not the secret of {name}", 401)
        return client

    def _by_assertion(self, form):
        if form.get("client_assertion_type") != ASSERTION:
            raise Refused("invalid_client", f"client_assertion_type has to be {ASSERTION}", 401)
        try:
            named = jwt.decode(form["client_assertion"], options={"verify_signature": False}).get("sub", "")
            client = self.find(named)
            if client.public_key is None:
                raise Refused("invalid_client", f"no key of {named} is known", 401)
            claims = jwt.decode(
                form["client_assertion"], client.verifying_key, ALGORITHMS, issuer=client.id,
                audience=self._login.url, options={"require": ["exp", "jti", "sub", "iss", "aud"]},
            )  # fmt: skip
        except jwt.PyJWTError as failure:
            raise Refused("invalid_client", f"the assertion is not good: {failure}", 401) from failure
        if claims["jti"] in self._seen_assertions:
            raise Refused("invalid_client", "this assertion was shown before", 401)
        self._seen_assertions.add(claims["jti"])
        return client
