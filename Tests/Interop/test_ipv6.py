"""A proxy that listens on IPv6, and a server that it reaches by IPv6."""

import contextlib
import socket

import pytest

from support.fixture import stdio
from support.raw import http_client, Streamable

pytestmark = pytest.mark.anyio


def _has_ipv6():
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


@pytest.fixture(autouse=True)
def _ipv6():
    if not _has_ipv6():
        pytest.skip("this machine has no IPv6")


async def test_an_address_with_ipv6_is_served_and_reached(make_proxy, shell):
    """By clients, by another proxy behind it, and by commands; IPv4 does not lead there."""
    near = make_proxy({"echo": stdio()})
    near.rewrite({"echo": stdio()}, proxy={"addr": f"[::1]:{near.port}", "baseURL": ""})
    near.start()
    try:
        near.wait_output(f"serving http://[::1]:{near.port}")
        url = f"http://[::1]:{near.port}/echo/mcp"
        async with http_client() as http:
            client = await Streamable(url, http).initialize()
            assert "pong" in await client.call_text("echo", {"text": "pong"})
            far = make_proxy({"far": {"url": url, "transportType": "streamable-http"}}).start()
            far.wait_ready()
            client = await far.client("far", http).initialize()
            assert "pong" in await client.call_text("echo", {"text": "pong"})
        assert "echo" in shell.run("list", "--config", near.file).stdout
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", near.port), timeout=5).close()
    finally:
        near.abandon()


def test_an_address_without_brackets_is_refused_with_a_correct_one(shell):
    config = shell.write("config.json", {"mcpProxy": {"addr": "::1:9090"}, "mcpServers": {}})
    assert '"[::1]:9090"' in shell.run("check", config, status=1).stderr
