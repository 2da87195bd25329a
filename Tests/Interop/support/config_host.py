"""A small web server that hands out a configuration file, perhaps only to who knows a header."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ConfigHost:
    def __init__(self, body, required=None, status=200, tagged=False, fixed_tag=None):
        self.requests = []
        # May be replaced at any time; with `tagged`, who knows it already is answered with 304. `fixed_tag` is said
        # byte for byte, whatever the text.
        self.body = body
        self.unchanged = 0
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                host.requests.append(dict(self.headers))
                allowed = all(self.headers.get(key) == value for key, value in (required or {}).items())
                content = host.body.encode()
                tag = f'"{hashlib.sha256(content).hexdigest()}"'
                if tagged and self.headers.get("If-None-Match") == tag:
                    self.send_response(304)
                    self.end_headers()
                    host.unchanged += 1
                    return
                self.send_response(status if allowed else 403)
                if tagged:
                    self.send_header("ETag", tag)
                if fixed_tag is not None:
                    self.send_header("ETag", fixed_tag.decode("latin-1"))
                self.end_headers()
                self.wfile.write(content if allowed else b"go away")

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
