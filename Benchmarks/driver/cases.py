"""What is measured: each case is one kind of call through one kind of way."""

from dataclasses import dataclass, replace

ERAS = ("legacy", "modern")
TRANSPORTS = ("stdio", "http")
# Client, then server: first the two that are carried as they are, then the two that are translated.
CELLS = (("legacy", "legacy"), ("modern", "modern"), ("legacy", "modern"), ("modern", "legacy"))
LISTED_TOOLS = 1_000
KIB = 1 << 10
MIB = 1 << 20


@dataclass(frozen=True)
class Case:
    group: str
    transport: str
    client: str
    server: str
    clients: int = 1
    method: str = "call"
    size: int = KIB
    # The server answers, and the client wants to be answered, with an event stream.
    event: bool = False
    # Calls per second; None to call again as soon as an answer is there.
    rate: int | None = None
    # What stands between client and server: proxy, nginx, bridge, or nothing ("direct").
    way: str = "proxy"

    @property
    def setting(self):
        """The row of the table: everything but the eras and the way."""
        what = {"call": f"{size_words(self.size)} result", "list": f"list of {self.size:,} tools"}[self.method]
        words = [self.transport, f"{self.clients} client" + ("s" if self.clients > 1 else ""), what]
        if self.event:
            words.append("as event")
        if self.rate:
            words.append(f"{self.rate:,}/s")
        return ", ".join(words)

    @property
    def cell(self):
        return f"{self.client}→{self.server}"

    @property
    def is_translated(self):
        return self.client != self.server

    @property
    def name(self):
        return f"{self.setting}: {self.way}, {self.cell}"

    @property
    def server_name(self):
        return f"{self.transport}-{self.server}" + ("-list" if self.method == "list" else "")


def size_words(size):
    return f"{size // MIB} MiB" if size >= MIB else f"{size // KIB} KiB"


def _cells(group, **settings):
    """A setting in the four cells and, as what there is to compare with, past the proxy."""
    cases = [
        Case(group, transport, client, server, **settings)
        for transport in TRANSPORTS
        for client, server in CELLS
        if transport == "http" or not settings.get("event")
    ]
    same = [case for case in cases if not case.is_translated]
    others = [
        replace(case, way=way)
        for case in same
        for way in (("direct", "nginx") if case.transport == "http" else ("bridge",))
    ]
    return cases + others


def groups():
    """All cases by group, in the order in which they are run."""
    return {
        "calls": _cells("calls", clients=1) + _cells("calls", clients=64),
        "events": _cells("events", clients=64, event=True),
        "list": _cells("list", method="list", size=LISTED_TOOLS),
        "large": _cells("large", size=MIB),
        "open": _cells("open", clients=64, rate=1_000),
    }
