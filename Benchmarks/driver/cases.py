"""What is measured: each case is one kind of call through one kind of way."""

from dataclasses import dataclass, field, fields, replace

ERAS = ("legacy", "modern")
TRANSPORTS = ("stdio", "http")
# Client, then server: first the two that are carried as they are, then the two that are translated.
CELLS = (("legacy", "legacy"), ("modern", "modern"), ("legacy", "modern"), ("modern", "legacy"))
# Where size matters and not the era: one untranslated and one translated cell are enough.
FEW_CELLS = (CELLS[0], CELLS[2])
SPREAD = (5, 50)
# How many servers share the tools of a list at the endpoint over all of them.
MERGED = 10
LISTED_TOOLS = 1_000
KIB = 1 << 10
MIB = 1 << 20
# What there is to compare with, by transport of the server.
# Other proxies, which answer some dozens to some hundreds of calls per second.
PEERS = ("fastmcp", "mcp-proxy")
BESIDE = {"http": ("nginx", "direct"), "stdio": ("bridge",)}


@dataclass(frozen=True)
class Case:
    # Which part of the run asks for it; the same case of two groups is measured once.
    group: str = field(compare=False)
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
    # Over how many servers behind one proxy the clients are spread.
    servers: int = 1
    # What stands between client and server: proxy, its endpoint over all servers ("merged"), the proxy before a server that
    # wants a token, which is in the configuration ("token") or a login of the proxy's ("login"), the proxy with an audit
    # ("audit"), nginx, bridge, another proxy, or nothing ("direct").
    way: str = "proxy"

    @property
    def setting(self):
        """The row of the table: everything but the eras and the way."""
        what = {"call": f"{size_words(self.size)} result", "list": f"list of {self.size:,} tools"}[self.method]
        words = [self.transport, f"{self.clients} client" + ("s" if self.clients > 1 else ""), what]
        if self.servers > 1:
            words.append(f"over {self.servers} servers")
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
    def is_of_peer(self):
        return self.way in PEERS

    @property
    def server_name(self):
        if self.servers > 1 and self.way == "proxy":
            return f"many-{self.servers}"
        return f"{self.transport}-{self.server}" + ("-list" if self.method == "list" else "")

    @classmethod
    def read(cls, members):
        """A case out of a file of results, which tells more than what makes it up."""
        return cls(**{one.name: members[one.name] for one in fields(cls) if one.name in members})


def size_words(size):
    return f"{size // MIB} MiB" if size >= MIB else f"{size // KIB} KiB"


def _cells(group, cells=CELLS, transports=TRANSPORTS, **settings):
    """A setting in some cells and, for those carried as they are, what there is to compare with."""
    for transport in transports:
        for client, server in cells:
            case = Case(group, transport, client, server, **settings)
            yield case
            if not case.is_translated:
                yield from (replace(case, way=way) for way in BESIDE[transport])


def groups():
    """All cases by group, in the order in which they are run."""
    return {
        "calls": [*_cells("calls", clients=1), *_cells("calls", clients=64)],
        "events": [*_cells("events", CELLS[:3], ("http",), clients=64, event=True)],
        "list": [*_cells("list", FEW_CELLS, method="list", size=LISTED_TOOLS)],
        "large": [*_cells("large", FEW_CELLS, size=MIB), *_cells("large", CELLS[:1], clients=16, size=MIB)],
        "merged": [*_merged("merged")],
        "servers": [Case("servers", "stdio", "legacy", "legacy", 64, servers=count) for count in (1, *SPREAD)],
        "open": [*_cells("open", CELLS[:1], clients=64, rate=1_000)],
        "peers": [*_peers("peers")],
    }


def _merged(group):
    """Calls through the endpoint over all servers beside the same through a server's own path, and lists of ten servers
    beside one of the same length that nginx passes on."""
    for transport in TRANSPORTS:
        for clients in (1, 64):
            case = Case(group, transport, "legacy", "legacy", clients)
            yield from (case, replace(case, way="merged"))
    for clients in (1, 64):
        case = Case(group, "http", "legacy", "legacy", clients, method="list", size=LISTED_TOOLS)
        yield from (case, replace(case, way="nginx"), replace(case, way="merged", servers=MERGED))


def _peers(group):
    """Some settings of the others again: what is compared with them is in the same run."""
    for settings in ({}, {"clients": 64}, {"size": MIB}, {"method": "list", "size": LISTED_TOOLS}):
        for transport in TRANSPORTS:
            case = Case(group, transport, "legacy", "legacy", **settings)
            yield from (replace(case, way=way) for way in ("proxy", *PEERS))


def beside_another(wanted):
    """Every call through the proxy also through another build of it."""
    for case in wanted:
        yield case
        if case.way == "proxy":
            yield replace(case, way="other")
