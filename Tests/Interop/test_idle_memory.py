"""Memory that nobody needs goes back to the system, and the proxy works as before."""

import asyncio

import pytest

from support.fixture import stdio
from support.raw import text_of
from support.wait import eventually_async

pytestmark = pytest.mark.anyio


def resident(pid):
    """Bytes of the process in memory, whatever they are."""
    for line in open(f"/proc/{pid}/status"):
        name, _, value = line.partition(":")
        if name == "VmRSS":
            return int(value.split()[0]) * 1024
    raise AssertionError("no VmRSS")


async def test_given_back_and_taken_again(make_proxy, new_ledger, http):
    """After large answers the resident memory shrinks by itself, and the session goes on."""
    proxy = make_proxy({"server": stdio(ledger=new_ledger())})
    proxy.start()
    proxy.wait_ready()
    client = await proxy.client("server", http).initialize()
    text = "x" * 1_000_000
    for _ in range(10):
        answers = await asyncio.gather(*(client.call("echo", {"text": text}) for _ in range(4)))
        assert all(text_of(answer) == text for answer in answers)
    used = resident(proxy.pid)
    await eventually_async(lambda: resident(proxy.pid) < 0.8 * used, "memory to be given back", 60)
    for _ in range(3):
        assert text_of(await client.call("echo", {"text": text})) == text
