"""What one server shows a raw client: who it says it is, its lists and one answer."""

import asyncio
import contextlib
import json
import os
import signal

from support.channels import LINE_LIMIT, Pipe
from support.envelope import META
from support.raw import LATEST
from support.visitors import LegacyVisitor
from support.visits import visitor

LISTS = {
    "tools/list": "tools",
    "prompts/list": "prompts",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
}
METHOD_NOT_FOUND = -32601
SERVER_INFO = META + "serverInfo"
HINTS = {"resultType", "ttlMs", "cacheScope"}


class NoisyPipe(Pipe):
    """A real server over stdio: what it prints beside its messages is nobody's business, and it may be slow to end."""

    @contextlib.asynccontextmanager
    async def opened(self):
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        settings = {"env": self._environment, "limit": LINE_LIMIT, "start_new_session": True}
        self.process = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, stderr=nowhere, **settings
        )
        self._start(None, self._read())
        try:
            yield self
        finally:
            # With those that it has started, which hold its output open.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            await self.process.wait()
            await self.close()

    async def _read(self):
        while line := await self.process.stdout.readline():
            with contextlib.suppress(ValueError):
                self.inbox.put(json.loads(line), None, line.decode())
        self.inbox.end(None)


@contextlib.asynccontextmanager
async def direct_visitor(server, place, http):
    """A raw client of the newest revision with a handshake, at the server itself."""
    if server.transport == "stdio":
        async with NoisyPipe(place.command, place.environment).opened() as channel:
            async with LegacyVisitor(channel, LATEST).opened() as client:
                yield client
        return
    kind = "http-sse" if server.transport == "sse" else LATEST
    async with visitor(kind, place, http) as client:
        yield client


async def portrait(client, ask):
    """As JSON values, in the words of revisions with a handshake."""
    shown = {"serverInfo": server_info(client), "instructions": client.discovered.get("instructions")}
    for method, member in LISTS.items():
        shown[member] = await every(client, method, member)
    method, params = ask
    answer = await client.request(method, params)
    shown["answer"] = without_hints(answer["result"]) if "result" in answer else answer["error"]
    return shown


def without_hints(result):
    """What both eras have in common. Real servers write of the newest revision what they like into older ones."""
    meta = {key: value for key, value in result.get("_meta", {}).items() if key != SERVER_INFO}
    kept = {key: value for key, value in result.items() if key not in (*HINTS, "_meta")}
    return {**kept, "_meta": meta} if meta else kept


def server_info(client):
    if client.era == "legacy":
        return client.discovered["serverInfo"]
    return client.discovered["_meta"][SERVER_INFO]


async def every(client, method, member):
    """All items of a list; a server without the list has none."""
    items, cursor = [], None
    while True:
        answer = await client.request(method, {"cursor": cursor} if cursor is not None else {})
        if answer.get("error", {}).get("code") == METHOD_NOT_FOUND:
            return items
        assert "result" in answer, f"{method}: {answer}"
        result = answer["result"]
        items += result[member]
        cursor = result.get("nextCursor")
        if cursor is None:
            return items
