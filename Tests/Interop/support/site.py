"""An HTTP server in a thread of the test's own process."""

import contextlib
import json
import select
import socket
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.connect_proxy import TLSFront
from support.recording import Asked, Recording

POLL_SECONDS = 0.02
CHUNK = 1 << 16


class Server(ThreadingHTTPServer):
    """Keeps what goes wrong in its threads, but for clients that leave."""

    request_queue_size = 128
    # The ports of all that there were: who comes later is not taken for one of them.
    _ports = set()

    def __init__(self, handler, failures):
        super().__init__(("127.0.0.1", 0), handler)
        self._failures = failures

    def server_bind(self):
        super().server_bind()
        taken = []
        while self.server_port in self._ports:
            taken.append(self.socket)
            self.socket = socket.socket(self.address_family, self.socket_type)
            self.server_address = ("127.0.0.1", 0)
            super().server_bind()
        for former in taken:
            former.close()
        self._ports.add(self.server_port)

    def handle_error(self, request, client_address):
        failure = sys.exception()
        if not isinstance(failure, (ConnectionError, TimeoutError)):
            self._failures.append("".join(traceback.format_exception(failure)))


class Site:
    """Listens on loopback for a `with` block; with a certificate, over TLS as `localhost`. Each connection has a thread."""

    def __init__(self, certificate=None):
        self.record = Recording()
        self._failures = []
        # Set at the end, for who waits.
        self.ended = threading.Event()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _take(self):
                asked = Asked(self.command, self.path, self.headers, read_body(self))
                self.asked = asked
                site.record.add(asked)
                with contextlib.suppress(ConnectionError):
                    site.answer(self, asked)

            do_GET = do_POST = do_DELETE = do_PUT = do_HEAD = do_OPTIONS = _take

            def send_response(self, status, message=None):
                self.asked.status = status
                super().send_response(status, message)

            def log_message(self, *_):
                pass

        self._server = Server(Handler, self._failures)
        self.port = self._server.server_port
        self._front = TLSFront(certificate, self.port) if certificate else None
        self.origin = f"https://localhost:{self._front.port}" if certificate else f"http://127.0.0.1:{self.port}"

    def answer(self, handler, asked):
        """Answers one request."""
        raise NotImplementedError

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()
        if self._front:
            self._front.__enter__()
        return self

    def __exit__(self, kind=None, *_):
        self.ended.set()
        if self._front:
            self._front.__exit__()
        self._server.shutdown()
        self._server.server_close()
        # A failure of the test itself says more.
        assert kind or not self._failures, "\n".join(["this server failed:", *self._failures])


def read_body(handler):
    if handler.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
    body = b""
    while size := int(handler.rfile.readline().split(b";")[0], 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    while handler.rfile.readline().strip():
        pass
    return body


def gone(connection):
    """Whether the other side has closed this connection, on which it sends nothing else for now."""
    if not select.select([connection], [], [], 0)[0]:
        return False
    with contextlib.suppress(BlockingIOError):
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    return False


def send(handler, document, status=200, headers=None):
    send_bytes(handler, json.dumps(document).encode(), status, headers=headers)


def send_bytes(handler, content, status=200, media_type="application/json", headers=None):
    handler.send_response(status)
    # A fault may want another one.
    handler.send_header("Content-Type", getattr(handler, "media_type", media_type))
    handler.send_header("Content-Length", str(len(content)))
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(content)


def send_away(handler, location, status=302, headers=None):
    send_bytes(handler, b"", status, "text/plain", {"Location": location, **(headers or {})})
