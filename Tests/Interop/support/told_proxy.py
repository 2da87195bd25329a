"""Stands for a proxy and says of its servers what a test wants, also what no proxy would say."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ToldProxy:
    """Answers `/api/servers` and `/metrics`. Used as a context manager."""

    def __init__(self, servers, metrics=""):
        self.servers = servers
        self.metrics = metrics
        self.asked = 0

    def __enter__(self):
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                told.asked += self.path == "/api/servers"
                answers = {"/api/servers": json.dumps({"servers": told.servers}), "/metrics": told.metrics}
                body = answers.get(self.path, "{}").encode()
                self.send_response(200 if self.path in answers else 404)
                self.send_header("Content-Type", "text/plain" if self.path == "/metrics" else "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # Who has seen enough hangs up.
        self._server.handle_error = lambda *_: None
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def series(name, value, **labels):
    """One line of `/metrics`."""
    shown = ",".join(f"{label}={json.dumps(text, ensure_ascii=False)}" for label, text in labels.items())
    return f"{name}{{{shown}}} {value}\n" if shown else f"{name} {value}\n"
