"""Servers that send requests on to another place: followed within their origin, with all that was sent, and not beyond."""

import pytest

from support.visits import Place, visitor
from support.wait import eventually

pytestmark = pytest.mark.anyio

QUICK = {"restartBackoffMinimum": "50ms", "restartBackoffMaximum": "200ms"}
TOKEN = "Bearer secret-of-the-server"
ENTRIES = {
    "streamable": lambda web: web.streamable(headers={"Authorization": TOKEN}),
    "sse": lambda web: web.sse(headers={"Authorization": TOKEN}),
    "url": lambda web: {"url": web.mcp_url, "headers": {"Authorization": TOKEN}},
}


def requests_at(ledger, path):
    return [entry for entry in ledger.entries("http") if entry["path"].startswith(path)]


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("kind", ENTRIES)
async def test_a_redirect_within_the_origin_is_followed(launch, http, http_fixture, kind, status):
    """Method, body and credentials arrive at the other place: requests, streams and the end of the session."""
    with http_fixture(name="web") as upstream:
        upstream.control("redirect", status=status, to="/moved")
        with launch({"web": ENTRIES[kind](upstream)}, limits=QUICK) as proxy:
            large = "x" * 300_000
            async with visitor("2025-11-25", Place(mcp=proxy.url("/web/mcp")), http) as client:
                for text in ("small", large):
                    answer = await client.call("echo", {"text": text})
                    assert answer["result"]["content"][0]["text"] == text
                await client.call("add_tool", {"name": "fresh"})
                await client.inbox.wait_for(
                    lambda: client.notes("notifications/tools/list_changed"), "what the server says unasked"
                )
            upstream.ledger.wait_for("closed" if kind == "sse" else "deleted")
        moved = requests_at(upstream.ledger, "/moved/")
        assert {"POST", "GET"} <= {entry["method"] for entry in moved}
        assert all(entry["headers"]["authorization"] == TOKEN for entry in moved)
        assert len(upstream.ledger.entries("request", method="tools/call")) == 3


async def test_a_redirect_that_comes_later_is_followed_by_clients_without_sessions_too(launch, http, http_fixture):
    """A server that moves while it is in use."""
    with (
        http_fixture(name="web") as upstream,
        launch({"web": upstream.streamable(isolation="shared")}) as proxy,
    ):
        async with visitor("2026-07-28", Place(mcp=proxy.url("/web/mcp")), http) as client:
            upstream.control("redirect", status=308, to="/moved")
            answer = await client.call("echo", {"text": "moved"})
            assert answer["result"]["content"][0]["text"] == "moved"
        assert requests_at(upstream.ledger, "/moved/mcp")


@pytest.mark.parametrize("kind", ENTRIES)
@pytest.mark.parametrize("place", ["server", "name", "tls"])
async def test_a_redirect_to_another_origin_is_refused(launch, http_fixture, kind, place):
    """Another port, another name of the same host, or TLS: nothing goes there, and both origins are named."""
    with http_fixture(name="web") as upstream, http_fixture(name="other") as other:
        origin = {
            "server": f"http://127.0.0.1:{other.port}",
            "name": f"http://localhost:{other.port}",
            "tls": f"https://127.0.0.1:{upstream.port}",
        }[place]
        upstream.control("redirect", status=307, to=origin)
        with launch({"web": ENTRIES[kind](upstream)}, limits=QUICK) as proxy:
            status = proxy.servers()["web"]
            assert status["state"] == "failed"
            assert origin in status["error"] and f"http://127.0.0.1:{upstream.port}," in status["error"]
        assert not other.ledger.entries("http") and not requests_at(upstream.ledger, "/moved")


@pytest.mark.parametrize("kind", ["streamable", "sse"])
async def test_redirects_in_a_circle_end(launch, http_fixture, kind):
    """After five of them it is a failure, which says so."""
    with http_fixture(name="web") as upstream:
        upstream.control("redirect", status=307, to="")
        with launch({"web": ENTRIES[kind](upstream)}, limits={"restartBackoffMinimum": "60s"}) as proxy:
            status = proxy.servers()["web"]
            assert status["state"] == "failed" and "5 redirects in a row" in status["error"], status
        asked = len(upstream.ledger.entries("http")) - 1
        # Perhaps the first question is asked in each era.
        assert asked in (6, 12), asked


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_redirect_that_changes_the_method_is_not_followed(launch, http_fixture, status):
    """It says where it leads, and that such are not followed."""
    with http_fixture(name="web") as upstream:
        upstream.control("redirect", status=status, to="/moved")
        with launch({"web": upstream.streamable()}, limits=QUICK) as proxy:
            error = proxy.servers()["web"]["error"]
            assert str(status) in error and "/moved/mcp;" in error and "307 and 308" in error
            upstream.control("redirect")
            proxy.wait_state("web", "ready")
        eventually(lambda: not requests_at(upstream.ledger, "/moved"), "nothing to be sent there")
