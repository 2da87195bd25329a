"""Servers on SDKs that were there before `server/discover`: they are served with nothing configured."""

import sys

import pytest

from support.fixture import DIRECTORY
from support.visit import interpreter
from support.visitors import plain
from support.visits import Place, visitor

pytestmark = pytest.mark.anyio

CLIENTS = ["http-sse", "2025-11-25", "2026-07-28"]
OLD_SDKS = ["sdk-1.2", "sdk-1.6", "sdk-1.9"]
EARLY = {"early-typescript": [], "early-typescript-fragile": ["--fragile"]}


def on_sdk(environment, **settings):
    return {"command": interpreter(environment), "args": [str(DIRECTORY / "old_sdk_server.py")], **settings}


@pytest.fixture(scope="module")
def proxy(launch):
    servers = {environment: on_sdk(environment) for environment in OLD_SDKS}
    servers |= {f"{environment}-legacy": on_sdk(environment, protocol="legacy") for environment in OLD_SDKS}
    script = str(DIRECTORY / "early_typescript_server.py")
    servers |= {name: {"command": sys.executable, "args": [script, *more]} for name, more in EARLY.items()}
    with launch(servers) as proxy:
        yield proxy


async def doubles(proxy, server, kind, http):
    place = Place(mcp=proxy.url(f"/{server}/mcp"), sse=proxy.url(f"/{server}/sse"))
    async with visitor(kind, place, http) as client:
        tools, _ = await client.every("tools/list", "tools")
        assert [tool["name"] for tool in tools] == ["double"]
        answer = plain(client, "tools/call", await client.call("double", {"n": 21}))
        assert answer["content"][0]["text"] == "42"


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("server", OLD_SDKS)
async def test_a_server_on_an_old_sdk_is_served(proxy, http, server, kind):
    """Its end after the first question means that it is of the handshake era, and it is started once more."""
    await doubles(proxy, server, kind, http)


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("server", OLD_SDKS)
async def test_a_server_on_an_old_sdk_is_served_if_the_configuration_says_so(proxy, http, server, kind):
    """With `"protocol": "legacy"` it is never asked what it does not know."""
    await doubles(proxy, f"{server}-legacy", kind, http)


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("server", EARLY)
async def test_a_server_on_the_first_typescript_sdk_is_served(proxy, http, server, kind):
    """An error means the handshake, an end a second start, and what does not end by itself is ended."""
    await doubles(proxy, server, kind, http)
