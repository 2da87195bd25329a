"""Runs one kind against a proxy, and measures."""

import asyncio
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from churn.clients import Wire
from churn.measure import Growth, Holdings
from support.wait import NotInTime, eventually_async

TOKEN = "churn-management-token"
# What nobody uses is closed soon, and what has failed is tried again soon.
LIMITS = {"idleTimeout": "1s", "restartBackoffMinimum": "10ms", "restartBackoffMaximum": "20ms"}


@contextmanager
def http_server():
    """The HTTP server of all kinds, as its port."""
    script = str(Path(__file__).parent / "server.py")
    process = subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


@dataclass
class Size:
    """How much is done: so many blocks of so many units, after others that are not counted."""

    units: int
    blocks: int
    warm_up: int

    @classmethod
    def of(cls, units, blocks=40):
        blocks = min(blocks, units)
        return cls(units // blocks, blocks, max(units // 4, 50))


class Bench:
    """One proxy, and what is known of it."""

    limits = LIMITS

    def __init__(self, proxy, port, entries):
        self.proxy = proxy
        self.port = port
        self.servers = entries

    @staticmethod
    def settings(extra=0):
        """The proxy's own part of the configuration."""
        management = {"authTokens": [TOKEN], "maxChangesPerMinute": 1_000_000, "maxServers": 64 + extra % 2}
        return {"management": management}

    async def run(self, kind, size, patience=90, descriptors=2):
        """Does it, and returns what grew and what was held before and after."""
        wires = [Wire(self.proxy.port, TOKEN) for _ in range(kind.at_once)]
        await self._block(kind, wires, size.warm_up)
        before = await self._at_rest(wires)
        growth = Growth(self.proxy.pid, size.units)
        for _ in range(size.blocks):
            await self._block(kind, wires, size.units)
            growth.sample()
        after = await self._at_rest(wires)
        try:
            after = await eventually_async(
                lambda: (now := Holdings.of(self.proxy.pid)).within(before, descriptors) and now, "rest", patience
            )
        except NotInTime:
            after = Holdings.of(self.proxy.pid)
        return growth, before, after

    async def _block(self, kind, wires, units):
        left = iter(range(units))

        async def work(wire):
            for _ in left:
                await kind.unit(wire, self)

        async with asyncio.timeout(600):
            await asyncio.gather(*(work(wire) for wire in wires))

    async def _at_rest(self, wires):
        for wire in wires:
            wire.close()
        pid = self.proxy.pid
        last = None

        def settled():
            nonlocal last
            last, now = Holdings.of(pid), last
            return last if now == last else None

        return await eventually_async(settled, "nothing to change any more")


def faults(growth, before, after, descriptors=2, kilobytes=800, share=0.05):
    """What is wrong, in words. Caches and rings that fill up may grow by so much over the run."""
    found = []
    if growth.bytes_over_run.low > kilobytes * 1_000:
        found.append(f"memory grows by {growth.bytes_per_unit.low:.0f} bytes a unit or more")
    if growth.share_over_run.low > share:
        found.append(f"a unit costs {growth.share_over_run.low:.1%} more processor time in the end, or more")
    if not after.within(before, descriptors):
        found.append(f"not given back: {before} before, {after} after")
    return found
