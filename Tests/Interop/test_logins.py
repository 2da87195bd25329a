"""Servers that want OAuth, and the proxy as their client: somebody logs in once, and everybody calls."""

import contextlib

import pytest

from support.login.server import LoginServer
from support.raw import ACCEPT, Streamable, call_body, initialize_body, only_answer
from support.wait import eventually

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json", "Accept": ACCEPT}


@pytest.fixture
def login():
    with LoginServer("/tenant") as login:
        yield login


def log_in(proxy, browser, name="docs"):
    page = browser.open(proxy.url(f"/oauth/login/{name}"))
    assert page.status == 200, page.text
    return browser.press(page, "Log in")


@pytest.mark.parametrize("era", ["legacy", "modern"])
async def test_somebody_logs_in_with_a_browser(launch, login, protected, browser, http, era):
    with protected(login, era, scope="read") as server, launch({"docs": server.streamable()}) as proxy:
        proxy.wait_state("docs", "login needed")
        page = log_in(proxy, browser())
        assert (page.status, "Logged in to docs" in page.text) == (200, True), page.text
        proxy.wait_state("docs", "ready")
        client = await proxy.client("docs", http).initialize()
        answer = await client.call("whoami")
        assert "result" in answer, answer
        assert server.calls == [("ann", "whoami")]
        (token,) = server.tokens
        assert token not in proxy.output
