"""Waiting for a condition with a time limit: the only way this suite lets time pass."""

import asyncio
import time

SECONDS = 30
POLL_SECONDS = 0.02


class NotInTime(AssertionError):
    pass


def eventually(condition, what, seconds=SECONDS):
    """Calls `condition` until it returns something true, and returns that. `what` completes "waited for …"."""
    deadline = time.monotonic() + seconds
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise NotInTime(f"waited {seconds} s for {what}")
        time.sleep(POLL_SECONDS)


async def eventually_async(condition, what, seconds=SECONDS):
    deadline = time.monotonic() + seconds
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise NotInTime(f"waited {seconds} s for {what}")
        await asyncio.sleep(POLL_SECONDS)


async def eventually_succeeds(attempt, what, seconds=SECONDS):
    """Awaits `attempt()` again and again until it raises no AssertionError, and returns what it gives."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return await attempt()
        except AssertionError as failure:
            if time.monotonic() > deadline:
                raise NotInTime(f"waited {seconds} s for {what}") from failure
        await asyncio.sleep(POLL_SECONDS)
