"""Servers in the process of the test that list whatever it puts on their shelves: HTTP of the handshake era."""

import asyncio
import itertools
import json
import threading

from fixtures.http_wire import JSON, Incoming, unless_gone, write_chunk, write_response, write_stream_head

MEMBERS = {
    "tools/list": "tools",
    "prompts/list": "prompts",
    "resources/list": "resources",
    "resources/templates/list": "resourceTemplates",
}
POLL_SECONDS = 0.01
REFUSED = object()
CAPABILITIES = {
    "tools": {"listChanged": True},
    "prompts": {"listChanged": True},
    "resources": {"listChanged": True, "subscribe": True},
}


def tool(name, **more):
    return {"name": name, "inputSchema": {"type": "object"}, **more}


class Shelf:
    """What one server has. It answers a call with its own name and the tool's, as it was asked for it."""

    def __init__(self, name, tools=(), prompts=(), resources=(), page=1_000_000):
        self.name = name
        self.lists = {"tools": list(tools), "prompts": list(prompts), "resources": list(resources)}
        self.page = page
        self.received = []
        self.streams = set()
        # Whether it leaves everything without an answer for now.
        self.hangs = False
        # Says of a request what it is answered with, REFUSED for an error, or None for what is usual.
        self.special = lambda session, method, params: None

    def answer(self, session, method, params):
        """The result, or None where there is no such thing."""
        self.received.append(method)
        if (special := self.special(session, method, params)) is not None:
            return None if special is REFUSED else special
        if method in MEMBERS:
            return self._page(MEMBERS[method], int(params.get("cursor", 0)))
        if method == "tools/call" and any(entry.get("name") == params["name"] for entry in self.lists["tools"]):
            return {"content": [{"type": "text", "text": said(self.name, params["name"])}]}
        if method == "prompts/get" and any(entry.get("name") == params["name"] for entry in self.lists["prompts"]):
            content = {"type": "text", "text": said(self.name, params["name"])}
            return {"messages": [{"role": "user", "content": content}]}
        if method == "resources/read" and any(entry.get("uri") == params["uri"] for entry in self.lists["resources"]):
            return {"contents": [{"uri": params["uri"], "text": said(self.name, params["uri"])}]}
        return None

    def _page(self, member, start):
        entries, end = self.lists.get(member, []), start + self.page
        result = {member: entries[start:end]}
        return {**result, "nextCursor": str(end)} if end < len(entries) else result


def said(server, name):
    """What a server says when one of its things is used; of a long name its end and length."""
    return f"{server}: {name}" if len(name) < 200 else f"{server}: …{name[-20:]} ({len(name)})"


class Shelves:
    """For a `with` block; the servers are at `/{name}`."""

    def __init__(self, *shelves):
        self._shelves = {shelf.name: shelf for shelf in shelves}
        self._sessions = itertools.count()
        self._started = threading.Event()
        self._loop = None
        self._port = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._started.wait(10)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def entries(self):
        """The entries of `mcpServers`, in the order in which the shelves were given."""
        return {name: {"url": f"http://127.0.0.1:{self._port}/{name}"} for name in self._shelves}

    def tell(self, shelf, method="notifications/tools/list_changed", **params):
        """Sends a notification to every session of this server."""
        text = json.dumps({"jsonrpc": "2.0", "method": method, "params": params})

        def put():
            for stream in shelf.streams:
                stream.put_nowait(text)

        self._loop.call_soon_threadsafe(put)

    async def _serve(self):
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, limit=1 << 22)
        self._port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._over.wait()
        server.close()

    async def _connection(self, reader, writer):
        incoming = Incoming(reader)
        try:
            while request := await incoming.next():
                if not await self._respond(request, incoming, writer):
                    break
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _respond(self, request, incoming, writer):
        shelf = self._shelves[request.path.strip("/")]
        if request.method == "GET":
            return await self._stream(shelf, incoming, writer)
        if request.method != "POST":
            return await write_response(writer, 200)
        message = json.loads(request.body)
        if "method" not in message or "id" not in message:
            return await write_response(writer, 202)
        while shelf.hangs and not incoming.gone.is_set():
            await asyncio.sleep(POLL_SECONDS)
        session = request.headers.get("mcp-session-id")
        answer, headers = {"jsonrpc": "2.0", "id": message["id"]}, {"Content-Type": JSON}
        if message["method"] == "initialize":
            headers["Mcp-Session-Id"] = f"session-{next(self._sessions)}"
            answer["result"] = self._introduction(shelf, message["params"])
        elif (result := shelf.answer(session, message["method"], message.get("params") or {})) is not None:
            answer["result"] = result
        else:
            answer["error"] = {"code": -32602, "message": f"{shelf.name} does not know this"}
        return await write_response(writer, 200, json.dumps(answer, ensure_ascii=False).encode(), headers)

    @staticmethod
    def _introduction(shelf, params):
        version = {"protocolVersion": params["protocolVersion"], "capabilities": CAPABILITIES}
        return {**version, "serverInfo": {"name": shelf.name, "version": "1"}}

    async def _stream(self, shelf, incoming, writer):
        await write_stream_head(writer)
        stream = asyncio.Queue()
        shelf.streams.add(stream)
        try:
            while (text := await unless_gone(stream.get(), incoming)) is not None:
                await write_chunk(writer, f"data: {text}\n\n")
        finally:
            shelf.streams.discard(stream)
        return False
