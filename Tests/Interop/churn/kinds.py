"""What is done again and again: each kind of client at each kind of server, and what an operator does."""

import itertools
import json
import os
import signal
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from churn.clients import bare, event_stream, expect, stateless, streamable
from support.processes import descendants
from support.wait import eventually_async, eventually_succeeds

PROGRAM = str(Path(__file__).parent / "stdio.sh")


def servers(port):
    """Every kind of server, by name; `port` is that of the HTTP server."""
    legacy = {"url": f"http://127.0.0.1:{port}/legacy", "transportType": "streamable-http"}
    old = {"url": f"http://127.0.0.1:{port}/sse", "transportType": "sse"}
    modern = {"url": f"http://127.0.0.1:{port}/modern", "transportType": "streamable-http"}
    found = {}
    for isolation in ("shared", "principal", "session"):
        # The program does not mind its second argument, by which it is found again.
        for era in ("legacy", "modern"):
            name = f"{'' if era == 'legacy' else 'modern-'}stdio-{isolation}"
            found[name] = {"command": PROGRAM, "args": [era, name], "protocol": era, "isolation": isolation}
        found[f"http-{isolation}"] = {**legacy, "isolation": isolation}
        found[f"sse-{isolation}"] = {**old, "isolation": isolation}
        found[f"modern-http-{isolation}"] = {**modern, "isolation": isolation}
    found["any-transport"] = {"url": f"http://127.0.0.1:{port}/legacy"}
    return found


# How many sessions without a client are kept.
VANISHED = 1_000


@dataclass
class Kind:
    """One thing that is done again and again. `unit` is awaited with a `Wire` and the run's `Bench`."""

    name: str
    servers: list
    unit: object
    # Those that start a program, or change the configuration, take much longer.
    is_heavy: bool = False
    at_once: int = 16
    limits: dict = field(default_factory=dict)


def client(name, server, unit, **settings):
    async def run(wire, bench):
        await unit(wire, f"/{server}/mcp")

    return Kind(f"{name} at {server}", [server], run, **settings)


def _clients():
    for server in servers(0):
        heavy = {"is_heavy": True} if server.endswith("stdio-session") else {}
        yield client("streamable", server, streamable, **heavy)
        if server.endswith("shared"):
            continue
        yield client("HTTP+SSE", server, event_stream, **heavy)
        yield client("sessionless", server, bare)
        yield client("stateless", server, stateless)
    for server in ("stdio-principal", "http-session", "sse-session", "modern-http-shared", "modern-stdio-shared"):
        yield client("streams", server, partial(streamable, listens=True))
        yield client("cancelled calls", server, partial(streamable, cancels=True))
        yield client("left calls", server, partial(stateless, leaves=True))
        yield client("subscriptions", server, partial(stateless, listens=True))
    for server in ("stdio-principal", "http-session"):
        # As many as there may be are always there, so that what they take does not vary.
        limits = {"sessionIdleTimeout": "5s", "maxSessions": VANISHED, "maxSessionsPerPrincipal": VANISHED}
        yield client("vanished sessions", server, partial(streamable, ends=False), limits=limits)


def _operators():
    numbers = itertools.count()

    async def capabilities(wire, bench):
        named = {"experimental": {f"c{next(numbers)}": {}}}
        await streamable(wire, "/stdio-principal/mcp", capabilities=named)

    async def refused(wire, bench):
        headers = {"Mcp-Session-Id": f"none-{next(numbers)}"}
        assert (await wire.ask("POST", "/http-session/mcp", headers, "{}"))[0] in (400, 404)
        assert (await wire.ask("GET", f"/no-server-{next(numbers)}/mcp"))[0] == 404
        # A request that is no HTTP ends its connection.
        broken = wire.beside()
        await broken.put("GET", f"/../{next(numbers)}")
        await broken.head()
        broken.close()

    async def added(wire, bench):
        name = f"added-{next(numbers)}"
        body = json.dumps({"name": name, "config": {**servers(bench.port)["stdio-principal"]}})
        expect(await wire.ask("POST", "/api/servers", body=body), 201)
        await streamable(wire, f"/{name}/mcp")
        expect(await wire.ask("DELETE", f"/api/servers/{name}"), 200)

    async def restarted(wire, bench):
        await streamable(wire, "/stdio-principal/mcp")
        expect(await wire.ask("POST", "/api/servers/stdio-principal/restart", body="{}"), 200)

    async def crashed(wire, bench):
        await streamable(wire, "/stdio-principal/mcp")
        before = programs(bench.proxy.pid, "stdio-principal")
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        await eventually_async(
            lambda: not before & programs(bench.proxy.pid, "stdio-principal"), "the program to be gone")
        await eventually_succeeds(lambda: streamable(wire, "/stdio-principal/mcp"), "the next program to answer")

    async def reloaded(wire, bench):
        number = next(numbers)
        bench.proxy.rewrite(
            {**bench.servers, f"passing-{number}": servers(bench.port)["http-session"]},
            proxy=bench.settings(extra=number),
            limits=bench.limits,
        )
        expect(await wire.ask("POST", "/api/reload", body="{}"), 200)
        await streamable(wire, f"/passing-{number}/mcp")
        await streamable(wire, "/http-session/mcp")

    yield Kind("sets of capabilities", ["stdio-principal"], capabilities, is_heavy=True, at_once=4)
    yield Kind("refused requests", ["http-session"], refused)
    yield Kind("servers added and removed", ["http-session"], added, is_heavy=True, at_once=1)
    yield Kind("restarts", ["stdio-principal"], restarted, is_heavy=True, at_once=1)
    yield Kind("reloads", ["http-session"], reloaded, is_heavy=True, at_once=1)
    yield Kind("crashes", ["stdio-principal"], crashed, is_heavy=True, at_once=1)


KINDS = [*_clients(), *_operators()]


def programs(pid, server):
    """The programs of one server below a proxy, without their guards."""
    found = set()
    for child in descendants(pid):
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if PROGRAM.encode() in words[1:2] and server.encode() in words:
                found.add(child)
        except OSError:
            continue
    return found
