"""Servers on SDKs that were there before `server/discover`: they are served with nothing configured."""

import sys
import uuid

import pytest

from support.fixture import DIRECTORY
from support.index_servers import NOT_YET_REACHED
from support.neighbourhood import neighbourhood
from support.visit import interpreter
from support.visitors import plain
from support.visits import Place, visitor

pytestmark = pytest.mark.anyio

CLIENTS = ["http-sse", "2025-11-25", "2026-07-28"]
OLD_SDKS = ["sdk-1.2", "sdk-1.6", "sdk-1.9"]
EARLY = {"early-typescript": [], "early-typescript-fragile": ["--fragile"]}

# Their read loop dies of `server/discover` and they end when `initialize` arrives after `probeTimeout`: that is taken
# for a crash, and they are asked the same again.
not_yet = pytest.mark.xfail(strict=True, reason="an SDK before 1.9 ends when it is asked `server/discover`")


def marked(names, failing):
    return [pytest.param(name, marks=not_yet) if name in failing else name for name in names]


def on_sdk(environment, **settings):
    return {"command": interpreter(environment), "args": [str(DIRECTORY / "old_sdk_server.py")], **settings}


@pytest.fixture(scope="module")
def proxy(launch, directory):
    servers = {environment: on_sdk(environment) for environment in OLD_SDKS}
    servers |= {f"{environment}-legacy": on_sdk(environment, protocol="legacy") for environment in OLD_SDKS}
    script = str(DIRECTORY / "early_typescript_server.py")
    servers |= {name: {"command": sys.executable, "args": [script, *more]} for name, more in EARLY.items()}
    with neighbourhood(directory(), uuid.uuid4().hex, NOT_YET_REACHED) as world:
        servers |= {server.name: world.entry(server) for server in NOT_YET_REACHED}
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
@pytest.mark.parametrize("server", marked(OLD_SDKS, failing=["sdk-1.2", "sdk-1.6"]))
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


@pytest.mark.parametrize(
    "server", marked([server.name for server in NOT_YET_REACHED], [server.name for server in NOT_YET_REACHED])
)
def test_a_server_of_the_package_index_on_an_old_sdk_becomes_ready(proxy, server):
    """It is served like those in test_compatibility.py, where it belongs as soon as it is."""
    assert proxy.servers()[server]["state"] == "ready", proxy.servers()[server]
