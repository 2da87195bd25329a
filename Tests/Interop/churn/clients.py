"""Clients that cost little: one does a whole session, or a call where there are no sessions, in a few milliseconds."""

import asyncio
import json

from support.raw import ACCEPT

HELLO = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "churn", "version": "1"},
}
MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "churn", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


def request(number, method, params):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


def notification(method, params=None):
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params or {}})


def modern_request(number, method, params):
    return request(number, method, {**params, "_meta": MODERN})


def modern_headers(method, name=None):
    headers = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method}
    return {**headers, "Mcp-Name": name} if name else headers


class Wire:
    """One connection, kept alive. `token` says who is there."""

    def __init__(self, port, token=None):
        self.port = port
        self.token = token
        self.reader = self.writer = None
        self._common = f"Host: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        if token:
            self._common += f"Authorization: Bearer {token}\r\n"

    def beside(self):
        """Another connection of the same caller."""
        return Wire(self.port, self.token)

    async def put(self, method, path, headers=None, body="", accept=ACCEPT):
        """Sends a request and does not wait for its answer."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        fields = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        self.writer.write(
            f"{method} {path} HTTP/1.1\r\n{self._common}Accept: {accept}\r\n{fields}"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )

    async def head(self):
        """The status and the header fields of the answer."""
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        return int(lines[0].split(" ", 2)[1]), fields

    async def chunk(self):
        """The next piece of a body without length; empty at its end."""
        size = int(await self.reader.readline(), 16)
        data = await self.reader.readexactly(size + 2)
        return data[:-2]

    async def ask(self, method, path, headers=None, body=""):
        """The status, the header fields and the whole body of the answer."""
        await self.put(method, path, headers, body)
        status, fields = await self.head()
        if "content-length" in fields:
            content = await self.reader.readexactly(int(fields["content-length"]))
        elif fields.get("transfer-encoding") == "chunked":
            content = b""
            while data := await self.chunk():
                content += data
        else:
            content = b""
        if fields.get("connection", "").lower() == "close":
            self.close()
        return status, fields, content

    async def event(self, found):
        """Reads an open stream up to the event that has these bytes in it."""
        text = b""
        while found not in text or not text.endswith(b"\n\n"):
            data = await self.chunk()
            assert data, f"the stream ended without {found}: {text}"
            text += data
        return text

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None


def expect(answer, status, found=b""):
    assert answer[0] == status and found in answer[2], f"wanted {status} and {found}: {answer}"
    return answer


async def streamable(wire, path, listens=False, cancels=False, ends=True, capabilities=None):
    """A session of streamable HTTP, from its handshake to its end."""
    hello = request(1, "initialize", {**HELLO, "capabilities": capabilities or {}})
    opened = await wire.ask("POST", path, body=hello)
    while not ends and opened[0] == 503:
        # All places are taken by sessions whose clients have left, until the next of them is given up.
        await asyncio.sleep(0.1)
        opened = await wire.ask("POST", path, body=hello)
    expect(opened, 200, b"protocolVersion")
    session = {"Mcp-Session-Id": opened[1]["mcp-session-id"], "MCP-Protocol-Version": "2025-11-25"}
    expect(await wire.ask("POST", path, session, notification("notifications/initialized")), 202)
    other = wire.beside()
    try:
        if listens:
            await other.put("GET", path, session, accept="text/event-stream")
            status, _ = await other.head()
            assert status == 200, status
        if cancels:
            await other.put("POST", path, session, request("slow", "tools/call", {"name": "slow"}))
            # The call is on its way before the next one is.
            expect(await wire.ask("POST", path, session, request(3, "tools/call", {"name": "t"})), 200, b"ok")
            told = notification("notifications/cancelled", {"requestId": "slow"})
            expect(await wire.ask("POST", path, session, told), 202)
        expect(await wire.ask("POST", path, session, request(2, "tools/call", {"name": "t"})), 200, b"ok")
    finally:
        other.close()
        # Also when its server has failed meanwhile, which may have ended it.
        if ends:
            assert (await wire.ask("DELETE", path, session))[0] in (204, 404)


async def event_stream(wire, base):
    """A session of HTTP+SSE, from its stream's begin to its end."""
    stream = wire.beside()
    try:
        await stream.put("GET", base.removesuffix("/mcp") + "/sse", accept="text/event-stream")
        status, _ = await stream.head()
        assert status == 200, status
        text = (await stream.event(b"event: endpoint")).decode()
        path = text.split("data: ", 1)[1].split("\n")[0]
        path = "/" + path.split("/", 3)[3] if path.startswith("http") else path
        old = {**HELLO, "protocolVersion": "2024-11-05"}
        expect(await wire.ask("POST", path, body=request(1, "initialize", old)), 202)
        await stream.event(b"protocolVersion")
        expect(await wire.ask("POST", path, body=notification("notifications/initialized")), 202)
        expect(await wire.ask("POST", path, body=request(2, "tools/call", {"name": "t"})), 202)
        await stream.event(b"ok")
    finally:
        stream.close()


async def bare(wire, path):
    """A legacy call of a client that never opened a session."""
    expect(await wire.ask("POST", path, body=request(1, "tools/call", {"name": "t"})), 200, b"ok")


async def stateless(wire, path, leaves=False, listens=False):
    """A call of 2026-07-28; or one that the client leaves, or a subscription."""
    other = wire.beside()
    try:
        if leaves:
            call = modern_request("slow", "tools/call", {"name": "slow"})
            await other.put("POST", path, modern_headers("tools/call", "slow"), call)
        if listens:
            wish = modern_request("listen", "subscriptions/listen", {"notifications": {"toolsListChanged": True}})
            await other.put("POST", path, modern_headers("subscriptions/listen"), wish)
            status, _ = await other.head()
            assert status == 200, status
            await other.event(b"acknowledged")
        call = modern_request(1, "tools/call", {"name": "t"})
        expect(await wire.ask("POST", path, modern_headers("tools/call", "t"), call), 200, b"ok")
    finally:
        other.close()
