"""The part of the authorization server that people see: it lets them log in, asks them, and sends them back with a code."""

import html
import secrets
import time
import urllib.parse
from dataclasses import dataclass

from support.login.metadata import changed
from support.login.refusals import Refused
from support.login.tokens import Grant
from support.secrets import remember
from support.site import send_away, send_bytes

CODE_SECONDS = 600
PERSON, BROWSER = "login-person", "login-browser"


@dataclass
class Code:
    """Good for one use by the client that asked for it."""

    query: dict
    person: str
    scopes: frozenset
    made: float
    # What was given for it.
    grant: Grant | None = None

    @property
    def fresh(self):
        return time.monotonic() - self.made < CODE_SECONDS


@dataclass
class Pending:
    """A person who looks at the page that asks for consent."""

    query: dict
    person: str
    browser: str


class Authorization:
    def __init__(self, login):
        self._login = login
        self._pending = {}
        self.codes = {}

    def sign_in(self, handler, asked):
        """Makes the browser that of a person."""
        cookie = f"{PERSON}={asked.query['person']}; Path=/; HttpOnly; SameSite=Lax"
        page(handler, f"<p>Hello, {html.escape(asked.query['person'])}", headers={"Set-Cookie": cookie})

    def authorize(self, handler, asked):
        query = asked.query
        try:
            client = self._login.clients.find(query.get("client_id", ""))
            if not client.accepts(query.get("redirect_uri", "")):
                raise Refused("invalid_request", f"{query.get('redirect_uri')} is not registered for {client.id}")
        except Refused as refusal:
            # Nobody is sent to where a stranger says.
            return page(handler, f"<p>{html.escape(str(refusal))}", 400)
        try:
            self._check(asked)
        except Refused as refusal:
            return self._send_back(handler, query, refusal.document)
        person = asked.cookies.get(PERSON, self._login.person)
        if self._login.consent == "automatic":
            return self._allow(handler, query, person)
        return self._ask(handler, asked, client, person)

    def _check(self, asked):
        query, login = asked.query, self._login
        if len(urllib.parse.parse_qsl(asked.target.partition("?")[2])) != len(query):
            raise Refused("invalid_request", "a parameter is there twice")
        if login.refuses_with:
            raise Refused(login.refuses_with, "as the test wants it")
        if query.get("response_type") != "code":
            raise Refused("unsupported_response_type", "response_type has to be code")
        if query.get("code_challenge_method") != "S256" or len(query.get("code_challenge", "")) != 43:
            raise Refused("invalid_request", "PKCE with S256 is required")
        login.check_resource(query.get("resource"))

    # The page

    def _ask(self, handler, asked, client, person):
        name, browser = secrets.token_hex(8), asked.cookies.get(BROWSER) or secrets.token_hex(8)
        self._pending[name] = Pending(asked.query, person, browser)
        host = urllib.parse.urlsplit(asked.query["redirect_uri"]).netloc
        page(
            handler,
            f"<p>{html.escape(person)}, may {html.escape(client.name)} at {html.escape(host)} have "
            f"<b>{html.escape(asked.query.get('scope', 'nothing in particular'))}</b>?"
            f'<form method="post" action="{self._login.url}/consent">'
            f'<input type="hidden" name="request" value="{name}">'
            '<button name="answer" value="allow">Allow</button>'
            '<button name="answer" value="deny">Deny</button></form>',
            headers={"Set-Cookie": f"{BROWSER}={browser}; Path=/; HttpOnly; SameSite=Lax"},
        )

    def consent(self, handler, asked):
        pending = self._pending.pop(asked.form.get("request"), None)
        if pending is None or asked.cookies.get(BROWSER) != pending.browser:
            return page(handler, "<p>This page is of another browser, or was answered before.", 400)
        if asked.form.get("answer") != "allow":
            return self._send_back(handler, pending.query, Refused("access_denied", "somebody said no").document)
        return self._allow(handler, pending.query, pending.person)

    # Back

    def _allow(self, handler, query, person):
        code = f"canary-code-{secrets.token_hex(16)}"
        remember(code)
        scopes = frozenset(query.get("scope", "").split()) - self._login.never_granted
        self.codes[code] = Code(query, person, scopes, time.monotonic())
        self._send_back(handler, query, {"code": code})

    def _send_back(self, handler, query, answer):
        login = self._login
        issuer = {"right": login.url, "absent": None, "wrong": "https://evil.example.com", "normalised": login.url + "/"}
        told = {**answer, "state": query.get("state"), "iss": issuer[login.iss]}
        told = urllib.parse.urlencode(changed(told, login.answer_changes))
        redirect = query["redirect_uri"]
        send_away(handler, f"{redirect}{'&' if '?' in redirect else '?'}{told}")

    def used(self, code, client):
        """The code if it is good now, for this client; it is not a second time."""
        found = self.codes.get(code)
        if found is None or found.query["client_id"] != client.id or not found.fresh:
            raise Refused("invalid_grant", "this code is not good here, or no more")
        if found.grant:
            found.grant.ended = True
            raise Refused("invalid_grant", "this code was used before; what was given for it has ended")
        return found


def page(handler, content, status=200, headers=None):
    fixed = {"Cache-Control": "no-store", "X-Frame-Options": "DENY"}
    content = f"<!doctype html><title>Log in</title>{content}".encode()
    send_bytes(handler, content, status, "text/html; charset=utf-8", {**fixed, **(headers or {})})
