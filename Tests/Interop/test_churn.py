"""Nothing grows with what has been done: each kind of client at each kind of server, and what an operator does.

A short form of `make churn`, which does thousands of each and measures more finely.
"""

import pytest

from churn.bench import LIMITS, Bench, Size, faults, http_server
from churn.kinds import KINDS, servers

pytestmark = pytest.mark.anyio

# Some of each client, server, isolation and deed. The first finds a leak of some hundred bytes a session.
FINE = "streamable at http-session"
COARSE = [
    "streamable at stdio-shared",
    "streamable at stdio-principal",
    "streamable at sse-session",
    "streamable at modern-http-shared",
    "HTTP+SSE at stdio-principal",
    "HTTP+SSE at http-session",
    "sessionless at http-principal",
    "stateless at http-session",
    "stateless at modern-http-session",
    "stateless at modern-stdio-principal",
    "streams at http-session",
    "cancelled calls at stdio-principal",
    "left calls at modern-http-shared",
    "subscriptions at modern-stdio-shared",
    "refused requests",
]
HEAVY = ["streamable at stdio-session", "sets of capabilities", "servers added and removed", "restarts", "reloads", "crashes"]


@pytest.fixture(scope="module")
def bench(launch):
    with http_server() as port, launch(servers(port), proxy=Bench.settings(), limits=LIMITS) as proxy:
        yield Bench(proxy, port, servers(port))


def kind(name):
    return next(kind for kind in KINDS if kind.name == name)


async def flat(bench, name, size, **bounds):
    growth, before, after = await bench.run(kind(name), size, patience=20, descriptors=16)
    found = faults(growth, before, after, descriptors=16, **bounds)
    assert not found, f"{found}\n{growth.report()}"


async def test_memory_does_not_grow_with_sessions(bench):
    """After a thousand sessions a session has left nothing behind, and costs what it did."""
    await flat(bench, FINE, Size.of(1_000, blocks=25), kilobytes=200, share=0.5)


@pytest.mark.parametrize("name", COARSE)
async def test_everything_is_given_back(bench, name):
    """Descriptors, threads and children are what they were, and memory has not grown by much."""
    await flat(bench, name, Size.of(120, blocks=10), kilobytes=400, share=2)


@pytest.mark.parametrize("name", HEAVY)
async def test_everything_is_given_back_by_programs_and_changes(bench, name):
    """The same where programs are started and the configuration changes."""
    await flat(bench, name, Size(units=2, blocks=4, warm_up=4), kilobytes=800, share=5)
