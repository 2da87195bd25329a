"""One cell of the matrix of eras: a kind of client at a kind of server, with or without a proxy between them."""

import contextlib
import dataclasses
import uuid
from collections.abc import Callable
from pathlib import Path

from support.ledger import Ledger
from support.spelling import Spelling
from support.visits import Place, capabilities_of, has_elicitation, visitor

SERVERS = ["legacy-stdio", "legacy-http", "legacy-sse", "modern-stdio", "modern-http"]
# The same two over HTTP, which answer with streams where the others answer with single objects.
STREAMING_SERVERS = ["legacy-http-streams", "modern-http-streams"]


def only(applies):
    """Limits a scenario to the kinds of client for which `applies` holds."""

    def limited(scenario):
        scenario.applies = applies
        return scenario

    return limited


def pairs(kinds, scenarios):
    """Every kind of client with every scenario that means something to it."""
    return [
        (kind, scenario) for kind in kinds for scenario in scenarios if getattr(scenario, "applies", bool)(kind)
    ]


def name_of(value):
    """The name of a scenario in a test's name."""
    return getattr(value, "__name__", None)


def is_modern(kind):
    return kind in ("2026-07-28", "stdio-modern")


@dataclasses.dataclass
class Cell:
    kind: str
    server: str
    place: Place
    ledger: Ledger
    http: object
    directory: Callable[[], Path]
    direct: bool = False
    # Where the server is one of several behind the place.
    spelling: Spelling | None = None

    @contextlib.asynccontextmanager
    async def client(self, answering=None, capabilities=None):
        """A client that declares all its revision knows, unless told otherwise."""
        declared = capabilities_of(self.kind) if capabilities is None else capabilities
        settings = {"capabilities": declared, "answering": answering, "spelling": self.spelling}
        async with visitor(self.kind, self.place, self.http, **settings) as client:
            yield client

    @property
    def is_modern_client(self):
        return is_modern(self.kind)

    @property
    def is_modern_server(self):
        return self.server.startswith("modern")

    @property
    def has_elicitation(self):
        return has_elicitation(self.kind)

    @property
    def is_modern_http_server(self):
        return self.server.startswith("modern-http")

    def gate(self):
        """A file that does not exist yet."""
        return self.directory() / "gate"

    def fresh(self, prefix="new"):
        """A name that is new, and short enough to be offered as it stands together with the server's."""
        return f"{prefix}-{uuid.uuid4().hex[:16]}"

    def violations(self):
        return self.ledger.entries("violation")
