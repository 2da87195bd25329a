"""All kinds of servers behind one proxy, for the matrix of eras."""

import contextlib

from fixtures.catalog import RESOURCES
from support.cells import SERVERS, STREAMING_SERVERS, Cell
from support.features import MANY_TOOLS, PAGE
from support.fixture import modern_stdio, stdio
from support.spelling import Spelling
from support.visits import Place


class Matrix:
    def __init__(self, proxy, ledgers):
        self.proxy = proxy
        self.ledgers = ledgers

    def cell(self, kind, server, http, directory):
        proxy = self.proxy
        place = Place(
            mcp=proxy.url(f"/{server}/mcp"),
            sse=proxy.url(f"/{server}/sse"),
            command=[proxy.binary, "stdio", "--config", str(proxy.file), "--server", server],
        )
        return Cell(kind, server, place, self.ledgers[server], http, directory)

    def merged(self, kind, server, http, directory):
        """The same server as one of all behind the endpoint for all."""
        proxy = self.proxy
        place = Place(
            mcp=proxy.url("/mcp"),
            sse=proxy.url("/sse"),
            command=[proxy.binary, "stdio", "--config", str(proxy.file)],
        )
        is_first = server == SERVERS[0]
        spelling = Spelling(server, lambda uri: not is_first and is_everywhere(uri))
        return Cell(kind, server, place, self.ledgers[server], http, directory, spelling=spelling)

    async def play(self, scenario, kind, server, http, directory, merged=False):
        """Plays it; a server of the newest revision has nothing to complain about afterwards."""
        before = len(self.ledgers[server].entries("violation"))
        cell = self.merged if merged else self.cell
        await scenario(cell(kind, server, http, directory))
        assert faults(self.ledgers[server].entries("violation")[before:], scenario) == []


def is_everywhere(uri):
    """Whether every one of these servers has this address, so that all but the first offer it with a prefix."""
    return uri in [resource["uri"] for resource in RESOURCES] or uri.startswith("mem://item/")


def faults(violations, scenario):
    """What a server complained about, without what the scenario is meant to bring about."""
    meant = getattr(scenario, "provokes", None)
    return [entry for entry in violations if meant is None or meant not in entry["what"]]


@contextlib.contextmanager
def matrix(launch, http_fixture, modern_http_fixture, new_ledger, one_sender=True):
    """Ends with the block. `one_sender`: nobody but this proxy will speak to the servers."""
    ledgers = {server: new_ledger() for server in SERVERS + STREAMING_SERVERS}

    def settings(server):
        return {"name": server, "ledger": ledgers[server], "tools": MANY_TOOLS, "page": PAGE}

    with (
        http_fixture(transport="streamable", **settings("legacy-http")) as legacy,
        http_fixture(transport="streamable", answers="sse", **settings("legacy-http-streams")) as legacy_streams,
        http_fixture(transport="sse", **settings("legacy-sse")) as old,
        modern_http_fixture(one_sender=one_sender, **settings("modern-http")) as modern,
        modern_http_fixture(
            answers="sse", one_sender=one_sender, **settings("modern-http-streams")
        ) as modern_streams,
    ):
        servers = {
            "legacy-stdio": stdio(**settings("legacy-stdio")),
            "legacy-http": legacy.streamable(),
            "legacy-http-streams": legacy_streams.streamable(),
            "legacy-sse": old.sse(),
            "modern-stdio": modern_stdio(**settings("modern-stdio")),
            "modern-http": modern.streamable(),
            "modern-http-streams": modern_streams.streamable(),
        }
        with launch(servers) as proxy:
            yield Matrix(proxy, ledgers)
