"""Fixtures that every test module shares."""

import contextlib
import os
import uuid
import zlib
from pathlib import Path

import pytest

# Before they are imported: a failed assertion in them then shows its values.
pytest.register_assert_rewrite("scenarios", "support")

from support import secrets
from support.fixture import HTTPFixture, ModernHTTPFixture
from support.ledger import Ledger
from support.matrix import matrix
from support.modern import Front
from support.protected_server import ProtectedServer
from support.proxy import Proxy
from support.raw import http_client
from support.robot_browser import RobotBrowser
from support.shell import Shell

_running = []


def pytest_addoption(parser):
    parser.addoption(
        "--all", action="store_true", dest="all_cases", help="run also what is marked as long, and every case of what is sampled"
    )


def pytest_collection_modifyitems(config, items):
    """Leaves out what takes long, unless everything is asked for: `make interop-all`."""
    if config.option.all_cases:
        return
    kept, left_out = [], []
    for item in items:
        (left_out if _is_left_out(item) else kept).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def _is_left_out(item):
    if item.get_closest_marker("long"):
        return True
    sampled = item.get_closest_marker("sampled")
    # The same cases each time, and not those that stand in some row of the matrix.
    return sampled is not None and zlib.crc32(item.name.encode()) % sampled.args[0] != 0


@pytest.fixture(scope="session", autouse=True)
def _no_token_gets_out(tmp_path_factory):
    """When everything has run, no token of a client stands in a log, or in what any server was sent."""
    yield
    secrets.check_files(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.fixture(autouse=True)
def _only_own_proxies():
    """A failure shows the proxies that ran during the test, not those that ended before."""
    _running[:] = [proxy for proxy in _running if proxy.process and proxy.process.poll() is None]


@pytest.fixture
async def http():
    async with http_client() as client:
        yield client


@pytest.fixture(scope="session")
def binary():
    path = os.environ.get("MCP_PROXY_BINARY")
    assert path, "set MCP_PROXY_BINARY to the built mcp-proxy"
    assert os.access(path, os.X_OK), f"MCP_PROXY_BINARY={path} cannot be run"
    return str(Path(path).resolve())


@pytest.fixture(scope="session")
def directory(tmp_path_factory):
    """Makes a fresh directory at each call."""
    return lambda: tmp_path_factory.mktemp("run")


@pytest.fixture
def shell(binary, directory):
    """A user with a home folder of their own."""
    return Shell(binary, directory())


@pytest.fixture(scope="session")
def new_ledger(directory):
    """Makes a fresh ledger file at each call."""
    return lambda: Ledger(directory() / "ledger.jsonl")


@pytest.fixture(scope="session")
def make_proxy(binary, directory):
    """Makes a proxy that is not started, with its configuration file written. Ended without checks at the end."""
    made = []

    def make(servers=None, **settings):
        proxy = Proxy(binary, directory(), uuid.uuid4().hex, servers, **settings)
        made.append(proxy)
        _running.append(proxy)
        return proxy

    yield make
    for proxy in made:
        proxy.abandon()


@pytest.fixture(scope="session")
def launch(make_proxy):
    """Runs a proxy for a `with` block: ready at its start, ended politely and completely at its end.

    With `ready=False` the block begins as soon as the proxy listens.
    """

    @contextlib.contextmanager
    def launched(servers=None, ready=True, **settings):
        proxy = make_proxy(servers, **settings)
        try:
            proxy.start()
            if ready:
                proxy.wait_ready()
            else:
                proxy.wait_listening()
            yield proxy
            proxy.stop()
        finally:
            proxy.abandon()

    return launched


@pytest.fixture(scope="session")
def http_fixture(new_ledger):
    """Makes an HTTP fixture server for a `with` block, with a ledger of its own."""
    return lambda **settings: HTTPFixture(
        uuid.uuid4().hex, ledger=settings.pop("ledger", None) or new_ledger(), **settings
    )


@pytest.fixture(scope="session")
def modern_http_fixture(new_ledger):
    """Makes a modern HTTP fixture server for a `with` block, with a ledger of its own."""
    return lambda **settings: ModernHTTPFixture(
        uuid.uuid4().hex, ledger=settings.pop("ledger", None) or new_ledger(), **settings
    )


@pytest.fixture(scope="module")
def fixtures(http_fixture, modern_http_fixture):
    """{era: an HTTP fixture server of it}, the same ones for the tests of a module."""
    with http_fixture() as legacy, modern_http_fixture() as modern:
        yield {"legacy": legacy, "modern": modern}


@pytest.fixture
def protected(http_fixture, modern_http_fixture):
    """Makes a fixture server of an era for a `with` block, behind the lock of an authorization server."""

    @contextlib.contextmanager
    def made(login, era="legacy", answers="json", **settings):
        make = {"legacy": http_fixture, "modern": modern_http_fixture}[era]
        with make(answers=answers) as fixture, ProtectedServer(fixture, login, **settings) as server:
            yield server

    return made


@pytest.fixture
def browser():
    """Makes a browser at each call. All are closed at the end."""
    with contextlib.ExitStack() as stack:
        yield lambda **settings: stack.enter_context(RobotBrowser(**settings))


@pytest.fixture(scope="module")
def servers(launch, http_fixture, modern_http_fixture, new_ledger):
    """All kinds of servers behind one proxy, to which nobody else speaks."""
    with matrix(launch, http_fixture, modern_http_fixture, new_ledger) as made:
        yield made


@pytest.fixture(scope="module")
def proxy(servers):
    return servers.proxy


@pytest.fixture
def ledger(servers, server):
    """That of the one of `servers` which the test is about."""
    return servers.ledgers[server]


@pytest.fixture
def front(proxy, server, ledger, http):
    """The endpoint of this server; afterwards a modern server behind it has nothing to complain about."""
    before = len(ledger.entries("violation"))
    yield Front(proxy.url(f"/{server}/mcp"), http)
    assert ledger.entries("violation")[before:] == []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Shows the end of every running proxy's output below a failure."""
    report = (yield).get_result()
    if report.failed:
        for proxy in _running:
            report.sections.append((f"last lines of mcp-proxy {proxy.file}", proxy.last_lines()))
