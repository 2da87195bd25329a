"""Real clients log in at authorization servers and at protected servers of other people's. No proxy is involved."""

import pytest

from support.canaille import Canaille, log_in_at_pages
from support.fixture import SDKProtectedServer
from support.login.app import REDIRECT
from support.login.server import LoginServer
from support.protected_server import knock
from support.visit import log_in


def test_the_official_sdk_logs_in_at_other_peoples_authorization_server(protected, browser):
    """Canaille, whose pages a robot goes through: a name, a password, consent; the second time it knows that browser."""
    ann = browser()

    def go(url):
        return log_in_at_pages(ann, url, REDIRECT).awaited

    with Canaille() as provider, protected(provider, scope="openid") as server:
        order = {"url": server.mcp_url, "tool": "whoami", "calls": 1}
        assert log_in("new", order, go)["logins"] == 1
        pages = len(ann.visits)
        assert log_in("old", order, go)["logins"] == 1
        assert server.calls == [("ann", "whoami")] * 2
        (token, another) = server.tokens
        assert provider.check(token, ()) and provider.check(another, ()) and provider.check("made-up", ()) is None
    assert 0 < len(ann.visits) - pages < pages


@pytest.mark.parametrize("own", [True, False])
def test_the_official_sdk_logs_in_at_its_own_protected_server(own):
    """Whether that is its own authorization server, as in the SDK's example, or asks ours about each token."""
    with LoginServer("/tenant") as login, SDKProtectedServer("protected", None if own else login.url) as server:
        outcome = log_in("new", {"url": server.mcp_url, "tool": "whose", "calls": 1})
        assert (outcome["said"], outcome["logins"]) == (["ann"], 1)
        assert (len(login.logins), bool(login.asked("/introspect"))) == (0 if own else 1, not own)


def test_a_protected_server_of_the_sdk_refuses_what_was_revoked():
    with LoginServer("/tenant") as login, SDKProtectedServer("protected", login.url) as server:
        elsewhere = login.tokens.access(login.tokens.begin("ann", "app", ["read"], "https://mcp.example.com/mcp"))
        weak = login.tokens.access(login.tokens.begin("ann", "app", [], server.mcp_url))
        good = login.tokens.access(login.tokens.begin("ann", "app", ["read"], server.mcp_url))
        assert [knock(server, token).status_code for token in (None, elsewhere, weak, good)] == [401, 401, 403, 200]
        login.tokens.revoke()
        assert knock(server, good).status_code == 401
