"""How a client's messages reach the server and how what comes back gets into its inbox."""

import asyncio
import contextlib
import json

import httpx

from support.envelope import modern_headers
from support.inbox import Inbox
from support.raw import OldClient, Streamable
from support.sse import events

LINE_LIMIT = 256 * 1024 * 1024


class Channel:
    def __init__(self):
        self.inbox = Inbox()
        self._tasks = {}

    async def send(self, message, **extra):
        raise NotImplementedError

    def _start(self, key, work):
        self._tasks[key] = asyncio.ensure_future(work)

    async def close(self):
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _pump(self, response, stream):
        """Puts everything that this response brings into the inbox."""
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            async for event in events(response.aiter_bytes()):
                if event.data and event.name == "message":
                    self.inbox.put(json.loads(event.data), stream, event.data)
        elif body := await response.aread():
            self.inbox.put(json.loads(body), stream, body.decode())


class ModernHTTP(Channel):
    """Streamable HTTP of revision 2026-07-28: one POST a message, closed to cancel."""

    cancels_by_closing = True

    def __init__(self, url, http, headers=None):
        super().__init__()
        self.url = url
        self.http = http
        self.heads = {}
        self._headers = headers or {}

    async def send(self, message, schema=None, **extra):
        headers = {**modern_headers(message, schema), **self._headers, **extra}
        self._start(message["id"], self._exchange(message["id"], json.dumps(message), headers))

    async def _exchange(self, request_id, body, headers):
        why = "the stream ended"
        try:
            request = self.http.build_request("POST", self.url, content=body, headers=headers)
            response = await self.http.send(request, stream=True)
            try:
                self.heads[request_id] = response
                await self._pump(response, request_id)
            finally:
                await response.aclose()
        except (httpx.TransportError, ValueError) as error:
            why = repr(error)
        finally:
            self.inbox.end(request_id, why)

    async def cancel(self, request_id):
        task = self._tasks.pop(request_id)
        task.cancel()
        await asyncio.wait([task])


class LegacyHTTP(Channel):
    """Streamable HTTP of the handshake era: POSTs and the standing GET stream of one session."""

    def __init__(self, url, http, version, headers=None):
        super().__init__()
        self._session = Streamable(url, http, version, headers)
        self._standing = None

    async def send(self, message):
        if "id" not in message or "method" not in message:
            response = await self._session.post(json.dumps(message))
            assert response.status_code == 202, f"{message}: {response.status_code} {response.text}"
            return
        self._start(message["id"], self._exchange(message))

    async def _exchange(self, message):
        session, request_id = self._session, message["id"]
        why = "the stream ended"
        try:
            request = session.http.build_request(
                "POST", session.url, content=json.dumps(message), headers=session.headers()
            )
            response = await session.http.send(request, stream=True)
            try:
                session.session = response.headers.get("mcp-session-id", session.session)
                await self._pump(response, request_id)
            finally:
                await response.aclose()
        except (httpx.TransportError, ValueError) as error:
            why = repr(error)
        finally:
            self.inbox.end(request_id, why)

    async def ready(self):
        """Opens the stream for what belongs to no request."""
        self._standing = self._session.listening()
        stream = await self._standing.__aenter__()
        self._start(None, self._forward(stream))

    async def _forward(self, stream):
        seen = 0
        while True:
            await stream.wait_for(lambda stream: len(stream.events) > seen, "message")
            for event in stream.events[seen:]:
                seen += 1
                if event.data and event.name == "message":
                    self.inbox.put(json.loads(event.data), None, event.data)

    async def close(self):
        await super().close()
        if self._standing:
            await self._standing.__aexit__(None, None, None)
        if self._session.session:
            await self._session.delete()


class LegacySSE(Channel):
    """HTTP+SSE of revision 2024-11-05: one stream for everything that comes."""

    def __init__(self, url, http, headers=None):
        super().__init__()
        self._client = OldClient(url, http, headers)

    async def send(self, message):
        await self._client.post(json.dumps(message))

    @contextlib.asynccontextmanager
    async def opened(self):
        async with self._client.stream_opened() as stream:
            self._start(None, self._forward(stream))
            try:
                yield self
            finally:
                await self.close()

    async def ready(self):
        """Nothing more to open."""

    _forward = LegacyHTTP._forward


class Pipe(Channel):
    """A server as a child process: a line a message, of either era."""

    cancels_by_closing = False

    def __init__(self, command, environment=None):
        super().__init__()
        self._command = command
        self._environment = environment
        self.process = None

    @contextlib.asynccontextmanager
    async def opened(self):
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, env=self._environment, limit=LINE_LIMIT
        )
        self._start(None, self._read())
        try:
            yield self
        finally:
            await self.end()

    async def _read(self):
        while line := await self.process.stdout.readline():
            self.inbox.put(json.loads(line), None, line.decode())
        self.inbox.end(None)

    async def send(self, message, **_):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        await self.process.stdin.drain()

    async def ready(self):
        """Nothing more to open."""

    async def end(self):
        """Closes stdin and waits for the process to end by itself, then for the last line."""
        self.process.stdin.close()
        try:
            async with asyncio.timeout(10):
                await self.process.wait()
                await self._tasks[None]
        finally:
            if self.process.returncode is None:
                self.process.kill()
                await self.process.wait()
            await self.close()
