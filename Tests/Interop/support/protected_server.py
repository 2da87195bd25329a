"""A real MCP server behind a lock: an HTTP fixture of either era to which only tokens of an authorization server open.

    with LoginServer() as login, http_fixture() as fixture, ProtectedServer(fixture, login, scope="read") as server:
        launch({"docs": server.streamable()})

It says like a resource server of the specification where to log in, or is wrong about it in a way that a test wants, and
passes on to the fixture what is let in, without the token. Everything that it is asked is in `record`.
"""

import contextlib
import http.client
import select
import socket
from dataclasses import dataclass, field

import httpx

from support.login.metadata import changed
from support.raw import ACCEPT, initialize_body
from support.site import CHUNK, Site, gone, send, send_bytes

WELL_KNOWN = "/.well-known/oauth-protected-resource"
MCP, SSE, MESSAGE = "/mcp", "/sse", "/message"
PLACES = {"path": WELL_KNOWN + MCP, "root": WELL_KNOWN}


def everything(method, tool):
    return True


def calls_alone(method, tool):
    """For a server that wants to know who calls in the middle of a session only."""
    return method == "tools/call"


@dataclass(kw_only=True)
class Protection:
    """How the lock works. Each may be changed at any time."""

    # Where the metadata is: "path", "root", or paths of the test's own; nowhere if empty.
    metadata_at: tuple = ("path",)
    # Members that are otherwise than usual, as in {"resource": "https://evil.example.com/mcp"}; None leaves one out.
    metadata_changes: dict = field(default_factory=dict)
    scopes_supported: list | None = None
    # Whether a refusal says anything, and what.
    challenges: bool = True
    tells: tuple = ("resource_metadata", "scope")
    # Whether the scope of a challenge is all that is needed, or only what the token lacks.
    tells_all: bool = True
    # What needs a token at all: a function of the JSON-RPC method and the tool.
    protects: object = everything
    # The scopes that everything needs, and what a tool needs besides: {tool: "a b"}.
    scope: str = ""
    tool_scopes: dict = field(default_factory=dict)
    # Tools for which no token is ever enough.
    insatiable: frozenset = frozenset()
    # Called when a call is let in, before it is passed on.
    on_call: object = None
    # What comes instead of an answer: {"metadata" or "/mcp": a Fault}.
    faults: dict = field(default_factory=dict)


class ProtectedServer(Protection, Site):
    """Used as a context manager. Another `login` may take the place of the first at any time."""

    def __init__(self, fixture, login, certificate=None, **settings):
        Protection.__init__(self, **settings)
        Site.__init__(self, certificate)
        self.fixture = fixture
        self.login = login
        # Who was let in with which tool, in the order of the calls.
        self.calls = []

    @property
    def mcp_url(self):
        return self.origin + MCP

    @property
    def sse_url(self):
        return self.origin + SSE

    def streamable(self, **settings):
        return {"url": self.mcp_url, "transportType": "streamable-http", **settings}

    @property
    def metadata_paths(self):
        return [PLACES.get(place, place) for place in self.metadata_at]

    def metadata(self, path):
        """The document at the root is about the whole origin."""
        document = {
            "resource": self.origin if path == WELL_KNOWN else self.mcp_url,
            "authorization_servers": [self.login.url],
            "scopes_supported": self.scopes_supported,
            "bearer_methods_supported": ["header"],
        }
        return changed(document, self.metadata_changes)

    @property
    def resources(self):
        """The names under which tokens may be for this server. Some clients write the path of an origin out."""
        return {self.mcp_url} | ({self.origin, self.origin + "/"} if WELL_KNOWN in self.metadata_paths else set())

    @property
    def tokens(self):
        """The tokens that were shown, each once, in the order in which they came first."""
        return list(dict.fromkeys(asked.bearer for asked in self.record if asked.bearer))

    # HTTP

    def answer(self, handler, asked):
        known = asked.path in self.metadata_paths
        fault = self.faults.get("metadata" if known else asked.path)

        def normal():
            if known:
                return send(handler, self.metadata(asked.path))
            if asked.path in (MCP, SSE, MESSAGE):
                return self._guard(handler, asked)
            return send_bytes(handler, b"no such page", 404, "text/plain")

        return fault(self, handler, normal) if fault else normal()

    def _guard(self, handler, asked):
        try:
            message = asked.json if asked.method == "POST" else {}
        except ValueError:
            return send(handler, {"error": "this is no JSON"}, 400)
        method = message.get("method")
        tool = message.get("params", {}).get("name") if method == "tools/call" else None
        token = asked.bearer and self.login.check(asked.bearer, self.resources)
        if token is None and self.protects(method, tool):
            error = "invalid_token" if "authorization" in asked.headers else None
            return self._refuse(handler, 401, error, self.scope)
        needed = set(f"{self.scope} {self.tool_scopes.get(tool, '')}".split())
        lacking = needed - token.scopes if token else set()
        if lacking or tool in self.insatiable:
            named = needed if self.tells_all else lacking or needed
            return self._refuse(handler, 403, "insufficient_scope", " ".join(sorted(named)))
        if tool:
            self.calls.append((token.grant.person if token else None, tool))
            if self.on_call:
                self.on_call()
        self._pass_on(handler, asked)

    def _refuse(self, handler, status, error, scope):
        told = {"error": error, "scope": scope if "scope" in self.tells else None}
        if "resource_metadata" in self.tells and self.metadata_at:
            told["resource_metadata"] = self.origin + self.metadata_paths[0]
        parts = ", ".join(f'{name}="{value}"' for name, value in told.items() if value)
        headers = {"WWW-Authenticate": f"Bearer {parts}".strip()} if self.challenges else {}
        send(handler, {"error": error or "unauthorized"}, status, headers)

    # To the fixture

    def _pass_on(self, handler, asked):
        """Copies the fixture's answer as it comes, and leaves the fixture when the client does."""
        fields = [(name, value) for name, value in asked.fields if name.lower() not in LEFT_OUT]
        fields += [("Connection", "close"), ("Content-Length", str(len(asked.body)))]
        connection = http.client.HTTPConnection("127.0.0.1", self.fixture.port)
        with contextlib.closing(connection):
            connection.connect()
            connection.putrequest(asked.method, asked.target, skip_host=True, skip_accept_encoding=True)
            for name, value in fields:
                connection.putheader(name, value)
            connection.endheaders(asked.body)
            copy(connection.sock, handler, asked)


def knock(server, token=None, body=None):
    """The answer to one message of the handshake era, which is the first unless told otherwise."""
    headers = {"Content-Type": "application/json", "Accept": ACCEPT}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    content = body or initialize_body()
    return httpx.post(server.mcp_url, content=content, headers=headers, trust_env=False, verify=False)


LEFT_OUT = {"authorization", "connection", "content-length", "transfer-encoding"}


def copy(source, handler, asked):
    """Copies an answer, byte for byte, up to the end of its connection."""
    client = handler.connection
    while True:
        ready, _, _ = select.select([source, client], [], [])
        if client in ready and client.recv(1, socket.MSG_PEEK) == b"":
            break
        if source not in ready:
            continue
        chunk = source.recv(CHUNK)
        if not chunk:
            break
        # Before the client can know it.
        asked.status = asked.status or int(chunk.split(b" ", 2)[1])
        client.sendall(chunk)
    handler.close_connection |= gone(client) or asked.status is None
