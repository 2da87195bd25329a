"""What is kept with --state-dir: written before it is answered, and trusted only where nobody else may write."""

import json
import os
import resource
import stat

import pytest

from support.fixture import stdio
from support.management import Management
from support.wait import eventually

pytestmark = pytest.mark.anyio

TOKEN = "a-token-of-the-operator-0123456789"
SERVERS = "a-token-of-the-servers-0123456789ab"
ROOMY = {"maxChangesPerMinute": 1_000_000}
WITH_TOKEN = {"management": {**ROOMY, "authTokens": [TOKEN]}}
# Less than any list of servers has.
FULL = 16


@pytest.fixture(scope="module")
def web(http_fixture):
    with http_fixture(name="web") as fixture:
        yield fixture


@pytest.fixture
def state(directory):
    return directory() / "state"


@pytest.fixture
def make(make_proxy, state):
    """Makes a proxy that keeps what is added in `state`; not started."""

    def made(servers=None, **settings):
        proxy = make_proxy(servers or {}, **settings)
        proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(state)])
        return proxy

    return made


def fill_disk(proxy):
    """From now on files of the proxy cannot grow: what a full disk does, and what root cannot get past either."""
    resource.prlimit(proxy.pid, resource.RLIMIT_FSIZE, (FULL, resource.RLIM_INFINITY))


def empty_disk(proxy):
    resource.prlimit(proxy.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


# A change counts when it is kept

CHANGES = {
    "add": ("POST", "", lambda web: {"name": "new", "config": web.streamable()}, 201),
    "add over PUT": ("PUT", "/new", lambda web: {"config": web.streamable()}, 200),
    "replace": ("PUT", "/on", lambda web: {"config": web.sse()}, 200),
    "remove": ("DELETE", "/on", lambda web: None, 200),
    "enable": ("POST", "/off/enable", lambda web: None, 200),
    "disable": ("POST", "/on/disable", lambda web: None, 200),
}


def what_counts(servers):
    return {name: (entry["state"], entry["transport"]) for name, entry in servers.items()}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_that_cannot_be_kept_is_not_made(make, http, web, state, change):
    """On a full disk each change is answered with 507 and leaves everything as it was; later it succeeds and stays."""
    method, path, body, status = CHANGES[change]
    proxy = make(proxy=WITH_TOKEN)
    proxy.start().wait_ready()
    api = Management(proxy, http, TOKEN)
    for name in ("on", "off"):
        await api.add(name, web.streamable())
    await api.done("POST", "/off/disable")
    before, text = what_counts(await api.servers()), (state / "servers.json").read_bytes()
    fill_disk(proxy)
    problem = await api.refused(507, "not-kept", method, path, body(web))
    assert str(state) not in json.dumps(problem)
    assert what_counts(await api.servers()) == before
    assert (state / "servers.json").read_bytes() == text
    # What is kept of what servers list is written beside, whenever it is learnt.
    left = {path.name for path in state.iterdir() if "pin" not in path.name and "catalogs" not in path.name}
    assert left == {"servers.json", ".in-use"}
    client = await proxy.client("on", http).initialize()
    assert await client.call_text("echo", {"text": "still there"}) == "still there"
    empty_disk(proxy)
    await api.done(method, path, body(web), status)
    after = what_counts(await api.servers())
    assert after != before
    proxy.kill()
    proxy.start().wait_ready()
    assert what_counts(await api.servers()).keys() == after.keys()
    assert {name for name, entry in (await api.servers()).items() if entry["state"] == "disabled"} == {
        name for name, (what, _) in after.items() if what == "disabled"}
    proxy.stop()


# Whose it is

EVIL = {"version": 1, "servers": {"evil": {"enabled": True, "hadTokens": False,
                                           "config": {"command": "sh", "args": ["-c", "sleep 60"]}}}}


def plant(state, mode=0o600, directory_mode=0o700):
    state.mkdir()
    (state / "servers.json").write_text(json.dumps(EVIL))
    (state / "servers.json").chmod(mode)
    state.chmod(directory_mode)


def writable_file(state):
    plant(state, mode=0o620)
    return "chmod 600"


def writable_directory(state):
    plant(state, directory_mode=0o770)
    return "chmod 700"


def linked_file(state):
    plant(state)
    (state / "servers.json").rename(state / "elsewhere")
    (state / "servers.json").symlink_to(state / "elsewhere")
    return "this is a link"


def pipe(state):
    state.mkdir()
    os.mkfifo(state / "servers.json", 0o600)
    return "this is not a file"


def foreign_file(state):
    plant(state)
    as_root(lambda: os.chown(state / "servers.json", 12345, 12345))
    return "chown"


def foreign_directory(state):
    plant(state)
    as_root(lambda: os.chown(state, 12345, 12345))
    return "chown"


def foreign_link(state):
    target = state.with_name("target")
    plant(target)
    state.symlink_to(target)
    as_root(lambda: os.lchown(state, 12345, 12345))
    return "a link of another user"


def as_root(change):
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    change()


@pytest.mark.parametrize("how", [
    writable_file, writable_directory, linked_file, pipe, foreign_file, foreign_directory, foreign_link])
async def test_what_others_may_have_written_is_not_trusted(make, state, how):
    """The proxy does not start and says what to do; nothing of the list runs."""
    words = how(state)
    proxy = make(proxy=WITH_TOKEN)
    assert proxy.run_to_end() == 1
    assert words in proxy.output, proxy.output
    proxy.assert_nothing_left()


async def test_what_others_may_read_is_taken_from_them(make, http, state):
    """Directory and file are corrected with a warning, and a replaced file is for its owner only, too."""
    state.mkdir()
    (state / "servers.json").write_text('{"version":1,"servers":{}}')
    (state / "servers.json").chmod(0o644)
    state.chmod(0o755)
    proxy = make(proxy=WITH_TOKEN)
    proxy.start().wait_ready()

    def modes():
        return stat.S_IMODE(state.stat().st_mode), stat.S_IMODE((state / "servers.json").stat().st_mode)

    assert modes() == (0o700, 0o600)
    assert proxy.output.count("others could read") == 2
    (state / "servers.json").chmod(0o666)
    await Management(proxy, http, TOKEN).add("new", stdio())
    assert modes() == (0o700, 0o600)
    proxy.stop()


# What is kept besides the configuration

async def test_a_server_that_inherited_tokens_never_comes_back_open(make, http, web, state):
    """After the operator has removed the tokens it is not started, at a restart and at a reload, but kept."""
    proxy = make(options={"authTokens": [SERVERS]}, proxy=WITH_TOKEN)
    proxy.start().wait_ready()
    api = Management(proxy, http, TOKEN)
    await api.add("inherits", web.streamable())
    await api.add("own", web.streamable(options={"authTokens": [SERVERS]}))
    proxy.rewrite({}, proxy=WITH_TOKEN)
    eventually(lambda: "was switched off" in proxy.output, "the reload")
    assert (await proxy.client("inherits", http).post("{}")).status_code == 404
    problem = await api.refused(403, "forbidden", "POST", "/inherits/enable")
    assert "mcpProxy.options.authTokens" in problem["detail"]
    proxy.stop()
    proxy.start().wait_ready()
    assert set(await api.servers()) == {"own"}
    assert (await proxy.client("own", http).post("{}")).status_code == 401
    assert "inherits" in json.loads((state / "servers.json").read_text())["servers"]
    proxy.stop()
    proxy.rewrite({}, options={"authTokens": [SERVERS]}, proxy=WITH_TOKEN)
    proxy.start().wait_ready()
    assert set(await api.servers()) == {"own", "inherits"}
    await api.remove("inherits")
    proxy.stop()


async def test_a_server_that_is_only_kept_can_be_forgotten(make, http, web, state):
    proxy = make(options={"authTokens": [SERVERS]}, proxy=WITH_TOKEN)
    proxy.start().wait_ready()
    api = Management(proxy, http, TOKEN)
    await api.add("inherits", web.streamable())
    proxy.stop()
    proxy.rewrite({}, proxy=WITH_TOKEN)
    proxy.start().wait_ready()
    assert await api.servers() == {}
    await api.remove("inherits")
    await api.refused(404, "unknown-server", "DELETE", "/inherits")
    assert json.loads((state / "servers.json").read_text())["servers"] == {}
    proxy.stop()


@pytest.mark.parametrize("token", [TOKEN, None])
async def test_the_share_of_a_caller_outlives_a_restart(make, http, web, token):
    """maxServersPerPrincipal counts what was added before, and holds for everybody without a token together."""
    access = {"authTokens": [TOKEN, "another-token-of-the-operator-01"]} if token else {}
    proxy = make(proxy={"management": {**ROOMY, "maxServersPerPrincipal": 2, **access}})
    proxy.start().wait_ready()
    api = Management(proxy, http, token)
    for name in ("one", "two"):
        await api.add(name, web.streamable())
    new = {"name": "three", "config": web.streamable()}
    for _ in range(2):
        problem = await api.refused(429, "quota", "POST", "", new)
        assert "maxServersPerPrincipal" in problem["detail"]
        proxy.stop()
        proxy.start().wait_ready()
    if token:
        await Management(proxy, http, "another-token-of-the-operator-01").add("three", web.streamable())
    await api.remove("one")
    await api.add("four", web.streamable())
    proxy.stop()
