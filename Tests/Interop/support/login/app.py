"""A client of an authorization server without any mind of its own: a test says what is to be wrong in a request."""

import base64
import hashlib
import secrets
import urllib.parse

import httpx

from support.login.metadata import changed

REDIRECT = "http://127.0.0.1:1/callback"
RESOURCE = "https://mcp.example.com/mcp"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class App:
    """One client. Parameters that are None are left out."""

    def __init__(self, login, client="app", browser=None):
        self.login = login
        self.client = client
        self.browser = browser

    def authorize_url(self, **changes):
        query = {
            "response_type": "code", "client_id": self.client, "redirect_uri": REDIRECT, "state": secrets.token_hex(8),
            "code_challenge": CHALLENGE, "code_challenge_method": "S256", "resource": RESOURCE,
        }  # fmt: skip
        return f"{self.login.url}/authorize?{urllib.parse.urlencode(changed(query, changes))}"

    def authorize(self, **changes):
        """What a browser comes back with; or the page with which it does not."""
        page = self.browser.open(self.authorize_url(**changes), stop_before=changes.get("redirect_uri", REDIRECT))
        return answer_of(page) if page.awaited else page

    def code(self, **changes):
        return self.authorize(**changes)["code"]

    def post(self, path, auth=None, timeout=30, **form):
        with httpx.Client(trust_env=False, verify=False, timeout=timeout) as client:
            return client.post(self.login.url + path, data=changed(form, {}), auth=auth)

    def token(self, code=None, **changes):
        """The answer to the exchange of a code, perhaps not of one for which everything is right."""
        form = {
            "grant_type": "authorization_code", "code": code or self.code(), "redirect_uri": REDIRECT,
            "client_id": self.client, "code_verifier": VERIFIER, "resource": RESOURCE,
        }  # fmt: skip
        return self.post("/token", **{**form, **changes})

    def refresh(self, token, **changes):
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.client, "resource": RESOURCE}
        return self.post("/token", **{**form, **changes})


def answer_of(page):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.awaited).query))


def error_of(response):
    return response.json().get("error")
