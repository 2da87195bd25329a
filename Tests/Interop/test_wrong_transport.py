"""A remote server whose type names the other transport: its error says which to write."""

import http.server
import json
import threading

import pytest


class _Server(http.server.BaseHTTPRequestHandler):
    """Answers every method with the status that its path names, without a body."""

    def _answer(self):
        if length := int(self.headers.get("Content-Length", 0)):
            self.rfile.read(length)
        post, get = self.path.strip("/").split("-")
        self.send_response(int(post if self.command == "POST" else get))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_DELETE = _answer

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def base():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def _said(shell, url, kind):
    server = {"url": url, **({"type": kind} if kind else {})}
    file = shell.write("config.json", {"mcpServers": {"a": server}})
    return shell.run("tools", "a", "--one-shot", "--config", file, status=1).stderr


@pytest.mark.parametrize("status", [400, 404, 405])
def test_an_sse_url_with_type_http_is_told(shell, base, status):
    """A POST is refused, as where only HTTP+SSE is spoken."""
    said = _said(shell, f"{base}/{status}-200", "http")
    assert 'if it is one, write "type": "sse"' in said, said


@pytest.mark.parametrize("status", [400, 404, 405, 406])
def test_a_streamable_url_with_type_sse_is_told(shell, base, status):
    """A GET is refused, as where only streamable HTTP is spoken."""
    said = _said(shell, f"{base}/200-{status}", "sse")
    assert 'if it is one, write "type": "http"' in said, said


@pytest.mark.parametrize("kind, path", [("http", "503-503"), ("sse", "503-503"), ("http", "401-401"), (None, "404-404")])
def test_nothing_is_advised_where_the_type_is_not_the_reason(shell, base, kind, path):
    """An outage and missing credentials are what they are, and without a type both were tried."""
    said = _said(shell, f"{base}/{path}", kind)
    assert "if it is one" not in said and json.dumps("type") not in said, said
