"""Canaille, an authorization server of other people's, as a process, and how a robot logs in at its pages."""

import subprocess
from pathlib import Path

import httpx

from support.login.tokens import Access, Grant
from support.proxy import free_port
from support.visit import interpreter

SCRIPT = Path(__file__).resolve().parent.parent / "fixtures" / "canaille_server.py"
PASSWORD = "password of ann"
MOST_PAGES = 5


class Canaille:
    """Used as a context manager. It may stand behind the lock of a `ProtectedServer`, with `openid` as a scope."""

    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process = None

    def __enter__(self):
        self._process = subprocess.Popen(
            [interpreter("identity"), str(SCRIPT), str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        told = self._process.stdout.readline()
        if told != "listening\n":
            self.__exit__()
        assert told == "listening\n", f"Canaille said {told!r}"
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def check(self, token, resources):
        """The token if it is good. For which resource one is, this server does not know."""
        answer = httpx.get(
            f"{self.url}/oauth/userinfo", headers={"Authorization": f"Bearer {token}"}, trust_env=False, verify=False
        )
        if answer.status_code != 200:
            return None
        scopes = frozenset({"openid"})
        return Access(Grant(answer.json()["sub"], "", scopes, None), scopes, 0)


def log_in_at_pages(browser, url, stop_before):
    """Opens the first page, and goes through all. Returns the page at which that ends."""
    return go_through_pages(browser, browser.open(url, stop_before=stop_before), stop_before)


def go_through_pages(browser, page, stop_before=None):
    """Goes through the pages that ask for a name, a password and consent. Returns the page at which that ends."""
    for _ in range(MOST_PAGES):
        fields = {name for form in page.forms for name, _ in form.fields}
        if page.awaited or not fields:
            return page
        if "login" in fields:
            page = browser.press(page, "Continue", stop_before, login="ann")
        elif "password" in fields:
            page = browser.press(page, "Sign in", stop_before, password=PASSWORD)
        else:
            page = browser.press(page, "Accept", stop_before)
    raise AssertionError(f"still asked after {MOST_PAGES} pages: {browser.urls}")
