"""A small HTTP server that stands for several: at each path it is a server with many tools of its own."""

import contextlib
import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SUBJECTS = ["invoice", "branch", "ticket", "page", "message", "photo", "order", "contact", "event", "file"]
DEEDS = ["Creates", "Deletes"]


def tools(server, count):
    kinds = [(deed, subject) for deed in DEEDS for subject in SUBJECTS]
    return [
        {
            "name": f"{deed.lower()}_{subject}_{number}", "description": f"{deed} one {subject} in {server}, {number}",
            "inputSchema": {"type": "object", "properties": {"name": {"type": "string"}}},
        }
        for number, (deed, subject) in zip(range(count), itertools.cycle(kinds))
    ]  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "id" not in message:
            return self.answer(202)
        results = {
            "initialize": {
                "protocolVersion": "2025-11-25", "capabilities": {"tools": {}},
                "serverInfo": {"name": self.path, "version": "1"},
            },
            "tools/list": {"tools": tools(self.path, self.server.tools)}, "ping": {},
        }  # fmt: skip
        known = results.get(message["method"])
        outcome = {"error": {"code": -32601, "message": "unknown"}} if known is None else {"result": known}
        return self.answer(200, {"jsonrpc": "2.0", "id": message["id"], **outcome})

    def do_GET(self):
        self.answer(405)

    def answer(self, status, body=None):
        data = json.dumps(body).encode() if body else b""
        self.send_response(status)
        if data:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """That a client has gone is no news."""


@contextlib.contextmanager
def crowd(count, tools):
    """The entries of so many servers with so many tools each, while they run."""
    server = Server(("127.0.0.1", 0), Handler)
    server.tools = tools
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        yield {
            f"server-{number:03}": {"url": f"{address}/{number:03}", "transportType": "streamable-http"}
            for number in range(count)
        }
    finally:
        server.shutdown()
        server.server_close()
