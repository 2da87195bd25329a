"""The proxy logs in at authorization servers of other people's, and calls the servers that they protect."""

import contextlib
import time

import pytest

from support.canaille import Canaille, go_through_pages
from support.fixture import SDKProtectedServer
from support.login_bench import ROOMY, Place, Terminal


def place_of(proxy, server):
    return Place(proxy, "docs", None, server)


@pytest.fixture
def kept(make_proxy, directory):
    """Makes a proxy, not started, that keeps its logins."""

    def made(server):
        entry = {"url": server.mcp_url, "transportType": "streamable-http"}
        proxy = make_proxy({"docs": entry}, proxy={"management": ROOMY})
        proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(directory() / "state")])
        return proxy

    return made


@contextlib.contextmanager
def running(proxy):
    proxy.start().wait_ready()
    yield
    proxy.stop()


def said(result):
    return [block["text"] for block in result["content"]]


def test_the_official_sdks_own_authorization_server(kept, browser):
    """From a 401 to a call, renewals, a restart, and a logout after which what was given counts no more."""
    with SDKProtectedServer("protected", lifetime=2) as server:
        proxy = kept(server)
        docs = place_of(proxy, server)
        with running(proxy):
            docs.wait("login needed")
            docs.logged_in(browser())
            end = time.monotonic() + 6
            while time.monotonic() < end:
                assert said(docs.called("whose")) == ["ann"]
        with running(proxy):
            docs.wait("ready")
            assert said(docs.called("whose")) == ["ann"]
            Terminal(proxy).run("logout", "docs")
            docs.wait("login needed")
            assert "log in" in docs.refused("whose")


def test_an_authorization_server_of_other_people(kept, protected, browser):
    """Canaille, whose pages a robot goes through, and which has never heard of the proxy before."""
    with Canaille() as provider, protected(provider, scope="openid") as server:
        proxy = kept(server)
        docs = place_of(proxy, server)
        with running(proxy):
            docs.wait("login needed")
            robot = browser()
            page = go_through_pages(robot, robot.press(robot.open(docs.page), "Log in"))
            assert "Logged in to docs" in page.text, page.text
            docs.wait("ready").called()
        with running(proxy):
            docs.wait("ready").called()
    assert [person for person, _ in server.calls] == ["ann", "ann"]
