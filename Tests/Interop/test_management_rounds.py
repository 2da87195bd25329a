"""Adding, calling and removing a server again and again leaves nothing behind."""

import asyncio
import os
import time

import pytest

from support import processes
from support.fixture import stdio
from support.management import Management
from support.wait import eventually_async

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(1500)]

TOKEN = "a-token-of-the-operator-0123456789"
# All 1,000 of them take minutes: MCP_PROXY_ROUNDS=1000.
ROUNDS = int(os.environ.get("MCP_PROXY_ROUNDS", "40"))
AT_ONCE = 4
# What the allocator keeps is settled by then.
WARM = ROUNDS // 5
TOLERANCE = 8 * 1024 * 1024

CONFIG = stdio()


async def one_round(proxy, api, http, name):
    await api.add(name, CONFIG)
    client = await proxy.client(name, http, headers={"Authorization": f"Bearer {TOKEN}"}).initialize()
    assert await client.call_text("echo", {"text": name}) == name
    await api.remove(name)
    # The session is left to the proxy.
    assert (await client.post("{}")).status_code == 404


async def test_rounds_leave_nothing(launch, http):
    management = {"authTokens": [TOKEN], "maxChangesPerMinute": 1_000_000}
    with launch({}, proxy={"management": management}, limits={"maxSessions": AT_ONCE}) as proxy:
        api = Management(proxy, http, TOKEN)

        async def rounds(name, count):
            for _ in range(count):
                await one_round(proxy, api, http, name)

        async def all_at_once(count):
            await asyncio.gather(*(rounds(f"round-{number}", count // AT_ONCE) for number in range(AT_ONCE)))
            await eventually_async(lambda: not proxy.children(), "every process to end")
            return processes.resident_bytes(proxy.pid), processes.open_descriptors(proxy.pid)

        begun = time.monotonic()
        warm_memory, warm_descriptors = await all_at_once(WARM)
        memory, descriptors = await all_at_once(ROUNDS - WARM)
        print(f"{ROUNDS} rounds in {time.monotonic() - begun:.0f} s: resident {warm_memory >> 10} KiB after {WARM}, "
              f"{memory >> 10} KiB at the end; descriptors {warm_descriptors}, {descriptors}")
        assert await api.servers() == {} and proxy.servers() == {}
        assert descriptors <= warm_descriptors
        assert memory <= warm_memory + TOLERANCE, f"{warm_memory} bytes became {memory}"
