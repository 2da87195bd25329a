"""What a server does not have is said in words that name the server and what it lacks."""

import pytest

from support.fixture import modern_stdio, stdio

pytestmark = pytest.mark.anyio

LACK = "it does not declare the capability resources.subscribe"


@pytest.mark.parametrize("server", [stdio, modern_stdio])
async def test_a_program_without_subscriptions_is_said_to_have_none(launch, http, server):
    """`resources/subscribe` by a client with a session, at a server of either era."""
    with launch({"plain": server("no-subscribe")}) as proxy:
        client = await proxy.client("plain", http).initialize()
        answer = await client.request("resources/subscribe", {"uri": "test://changing"})
        assert answer["error"]["code"] == -32601, answer
        assert '"plain"' in answer["error"]["message"] and LACK in answer["error"]["message"]


@pytest.mark.parametrize("server", [stdio, modern_stdio])
async def test_a_server_with_subscriptions_is_asked(launch, http, server):
    """One that declares them agrees."""
    with launch({"able": server()}) as proxy:
        client = await proxy.client("able", http).initialize()
        assert "result" in await client.request("resources/subscribe", {"uri": "test://changing"})
