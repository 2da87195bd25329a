"""The least server over HTTP, of both eras and both transports: many times faster than one on a library.

`/legacy` is streamable HTTP of 2025-11-25, `/modern` that of 2026-07-28, `/sse` HTTP+SSE. A call of the tool "slow" is
never answered. Writes its port to its output and ends with its input.
"""

import asyncio
import itertools
import json
import sys

TEXT = {"resultType": "complete", "content": [{"type": "text", "text": "ok"}]}
INFO = {"name": "churn", "version": "1"}
CACHE = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}
RESULTS = {
    "initialize": {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": INFO},
    "server/discover": {
        **CACHE,
        "supportedVersions": ["2026-07-28"],
        "capabilities": {"tools": {"listChanged": True}},
        "_meta": {"io.modelcontextprotocol/serverInfo": INFO},
    },
    "tools/list": {**CACHE, "tools": [{"name": "t", "inputSchema": {"type": "object"}}]},
}
sessions = itertools.count(1)
streams = {}


def head(status, *fields):
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *fields, "")).encode()


def whole(status, body=b"", *fields):
    return head(status, f"Content-Length: {len(body)}", *fields) + body


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


EVENTS = head("200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked")


class Connection(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""
        self.stream = None

    def connection_lost(self, error):
        streams.pop(self.stream, None)

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            lines = self.buffer[:end].decode().split("\r\n")
            fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            length = int(fields.get("content-length", 0))
            if len(self.buffer) < end + 4 + length:
                return
            body, self.buffer = self.buffer[end + 4 : end + 4 + length], self.buffer[end + 4 + length :]
            method, target, _ = lines[0].split(" ")
            self.answer(method, target, body)

    def answer(self, method, target, body):
        write = self.transport.write
        path, _, query = target.partition("?")
        if method == "GET" and path == "/sse":
            self.stream = str(next(sessions))
            streams[self.stream] = self
            return write(EVENTS + chunk(f"event: endpoint\ndata: /message?{self.stream}\n\n".encode()))
        if method != "POST":
            return write(whole("200 OK" if method == "DELETE" else "405 Method Not Allowed"))
        message = json.loads(body)
        if path == "/message":
            write(whole("202 Accepted"))
            if (answer := self.message(message)) and query in streams:
                streams[query].transport.write(chunk(b"event: message\ndata: " + answer + b"\n\n"))
        elif "id" not in message or "method" not in message:
            write(whole("202 Accepted"))
        elif message["method"] == "subscriptions/listen":
            said = {
                "jsonrpc": "2.0",
                "method": "notifications/subscriptions/acknowledged",
                "params": {
                    "_meta": {"io.modelcontextprotocol/subscriptionId": message["id"]},
                    "notifications": {"toolsListChanged": True},
                },
            }
            write(EVENTS + chunk(b"data: " + json.dumps(said).encode() + b"\n\n"))
        elif path == "/legacy" and message["method"] == "server/discover":
            write(whole("400 Bad Request"))
        elif answer := self.message(message):
            fields = ["Content-Type: application/json"]
            if message["method"] == "initialize":
                fields.append(f"Mcp-Session-Id: {next(sessions)}")
            write(whole("200 OK", answer, *fields))

    def message(self, message):
        if "id" not in message or "method" not in message or message.get("params", {}).get("name") == "slow":
            return None
        result = RESULTS.get(message["method"], TEXT)
        return json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
