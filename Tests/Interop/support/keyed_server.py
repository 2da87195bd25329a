"""A real MCP server that lets in nobody without one of its keys, and does not say where to get one.

    with http_fixture() as fixture, KeyedServer(fixture, {"Bearer canary-a"}) as server:
        launch({"code": server.streamable(headersFromClient={"Authorization": "X-Code-Authorization"})})
"""

from support.protected_server import ProtectedServer
from support.site import send


class KeyedServer(ProtectedServer):
    """`keys` may be changed at any time; with None everybody is let in. What it answers to others is `refusal`."""

    def __init__(self, fixture, keys=None, status=401, refusal=None, field="authorization"):
        super().__init__(fixture, None, metadata_at=())
        self.keys = keys if keys is None else set(keys)
        self.status = status
        self.field = field
        self.refusal = refusal or {"message": "Bad credentials"}
        # Whether it is there at all.
        self.is_up = True

    def sse(self, **settings):
        return {"url": self.sse_url, "transportType": "sse", **settings}

    def _guard(self, handler, asked):
        if not self.is_up:
            return send(handler, {"message": "out of order"}, 503)
        if self.keys is not None and asked.headers.get(self.field) not in self.keys:
            return send(handler, self.refusal, self.status)
        return self._pass_on(handler, asked)

    @property
    def calls(self):
        """The requests that call a tool, in the order in which they came."""
        return [asked for asked in self.record if asked.method == "POST" and b'"tools/call"' in asked.body]

    @calls.setter
    def calls(self, _):
        """Whom it lets in it does not know."""

    @property
    def calls_with(self):
        """With which keys tools were called."""
        return [asked.headers.get(self.field) for asked in self.calls]
