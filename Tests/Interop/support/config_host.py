"""A small web server that hands out a configuration file, perhaps only to who knows a header."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ConfigHost:
    def __init__(self, body, required=None, status=200):
        self.requests = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                host.requests.append(dict(self.headers))
                allowed = all(self.headers.get(key) == value for key, value in (required or {}).items())
                self.send_response(status if allowed else 403)
                self.end_headers()
                self.wfile.write(body.encode() if allowed else b"go away")

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/path/to/config.json"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
