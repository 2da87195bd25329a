"""What an operator is told of pins, and does about them: on the command line, in lists, and where files are amiss."""

import json

import pytest

from support.management import Management
from support.pin_bench import NEW, NOT_APPROVED, OLD, OTHER, PROMPT, ROOMY, TOKEN, Bench, assert_withheld

pytestmark = pytest.mark.anyio

MANY = 4_000


@pytest.fixture
def bench(binary, make_proxy, directory):
    return lambda **settings: Bench(binary, make_proxy, directory, **settings)


def tools(count, description="Does something"):
    return [{**OLD, "name": f"tool_{number:05}", "description": description} for number in range(count)]


# Standard streams

@pytest.mark.parametrize("way", ["--state-dir", "--pins"])
def test_over_standard_streams_a_tool_is_held_to_what_was_approved(bench, way):
    """What one run has learnt the next one holds the server to, and so does a file that is shared."""
    one = bench(pin="quarantine")
    names, answer, _ = one.talk("--state-dir", one.state)
    assert names == ["read", "write"] and "result" in answer
    kept = one.state if way == "--state-dir" else one.state / "pins.json"
    one.show([NEW, OTHER], [PROMPT])
    for _ in range(2):
        names, answer, told = one.talk(way, kept)
        assert names == ["write"] and answer["error"]["code"] == NOT_APPROVED
        assert "it is withheld until it is approved" in told


def test_servers_over_standard_streams_that_share_a_directory_keep_what_is_known_of_each(bench):
    """A client starts one process for each entry, and each knows only its own server."""
    one = bench(pin="quarantine")
    other = {**one.server(pin="quarantine"), "args": [*one.server()["args"]]}
    one.proxy.rewrite({"files": one.server(pin="quarantine"), "more": other}, proxy=ROOMY)
    for name in ("files", "more"):
        one.talk("--server", name, "--state-dir", one.state)
    known = json.loads((one.state / "pins.json").read_text())["servers"]
    assert set(known) == {"files", "more"}
    assert set(json.loads((one.state / "pinned.json").read_text())["servers"]) == {"files", "more"}


async def test_what_is_approved_beside_standard_streams_is_kept(bench, http):
    """The command has no API; a proxy with the same directory has, and what is approved there stays."""
    one = bench(pin="quarantine")
    assert one.talk("--state-dir", one.state)[0] == ["read", "write"]
    one.show([NEW, OTHER], [PROMPT])
    with one.running():
        assert await one.listed(await one.client(http)) == ["write"]
        with one.talking("--state-dir", one.state) as client:
            assert client.listed() == ["write"]
            one.run("pins", "approve", "files")
    assert one.talk("--state-dir", one.state)[0] == ["read", "write"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["stdio", "http://127.0.0.1:1/", "--state-dir", "x"], "--state-dir"),
        (["stdio", "http://127.0.0.1:1/", "--pins", "x"], "--pins"),
        (["stdio", "http://127.0.0.1:1/", "--insecure"], "--insecure are for a configuration URL"),
        (["stdio", "http://127.0.0.1:1/", "--http-headers", "a:b"], "--header is for the URL of a server"),
        (["tools", "--limit", "3"], "--limit goes with --search"),
        (["call", "files", "read", "--one-shot", "--token", "x"], "--token is for a running proxy"),
        (["client-config", "--server", "files"], "name the client"),
        (["--state-dir", "x", "list"], "list takes no --state-dir"),
        (["list", "--one-shot", "--pins=x"], "list takes no --pins"),
        (["pins", "diff", "--pins", "x"], "pins takes no --pins"),
        (["check", "--state-dir", "x"], "check takes no --state-dir"),
        (["tools", "-log-level", "debug"], "tools takes no --log-level"),
        (["token", "--config", "x"], "token takes no --config"),
        (["import", "-http-timeout", "3"], "import takes no --http-timeout"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_option_that_a_command_has_no_use_for_is_refused(bench, arguments, words):
    """Whoever gives it would believe that it counts."""
    assert words in bench().run(*arguments, status=64)


def test_over_standard_streams_the_level_of_the_log_counts(bench):
    """As it does for the proxy over HTTP."""
    one = bench()
    assert " info " in one.talk("--log-level", "info")[2]
    assert " info " not in one.talk()[2]


# Files that are lost

def erase(state):
    for name in ("pins.json", "pinned.json"):
        (state / name).unlink()


@pytest.mark.parametrize("mode", ["quarantine", "block"])
async def test_where_both_files_are_gone_what_servers_have_listed_is_missed(bench, http, mode):
    one = bench(pin=mode)
    with one.running():
        await one.learnt(http)
    erase(one.state)
    for words in ["pins.json and pinned.json have gone", "pins.json in the state directory has nothing of this server"]:
        with one.running():
            client = await one.client(http)
            assert await one.listed(client) == []
            await assert_withheld(client)
            assert words in (await one.pins(http))["fault"]
            assert "mcp-proxy pins approve" in one.proxy.output
    with one.running():
        one.run("pins", "approve", "files")
        assert await one.listed(await one.client(http)) == ["read", "write"]
    with one.running():
        assert await one.listed(await one.client(http)) == ["read", "write"]
        assert "fault" not in await one.pins(http)


async def test_the_directory_of_a_version_without_pins_is_no_loss(bench, http):
    """It has what servers list, without a word of pins; from then on they are missed."""
    one = bench(pin="quarantine")
    with one.running():
        await one.learnt(http)
    erase(one.state)
    catalogs = one.state / "catalogs.json"
    kept = json.loads(catalogs.read_text())
    catalogs.write_text(json.dumps({name: kept[name] for name in ("version", "catalogs")}))
    with one.running():
        assert await one.listed(await one.client(http)) == ["read", "write"]
        await one.learnt(http)
        assert "fault" not in await one.pins(http)
    erase(one.state)
    with one.running():
        assert await one.listed(await one.client(http)) == []


async def test_what_was_removed_is_not_missed(bench, http):
    """Who adds another server of the name says what it is."""
    one = bench()
    with one.running():
        api = Management(one.proxy, http, TOKEN)
        await api.add("added", one.proxy.marked(one.server()))
        await one.learnt(http)
        await api.remove("added")
    erase(one.state)
    with one.running():
        await Management(one.proxy, http, TOKEN).add("added", one.proxy.marked(one.server()))
        client = await one.proxy.client("added", http).initialize()
        assert await one.listed(client) == ["read", "write"]


@pytest.mark.parametrize(
    ("name", "consequence"), [("pins.json", "mcp-proxy pins approve SERVER"), ("pinned.json", "it is written anew")])
def test_a_directory_in_the_place_of_a_file_is_named(bench, name, consequence):
    """The words say what it is, what it must be, and what follows from moving it away."""
    one = bench()
    (one.state / name).mkdir(parents=True)
    one.state.chmod(0o700)
    told = one.run("--config", one.proxy.file, "--state-dir", one.state, status=1)
    assert f"{one.state / name}: this is a directory, not a file" in told
    assert "Move it away" in told and consequence in told
    assert (one.state / name).is_dir()


# Many changes

async def test_however_many_changes_there_are_all_are_approved(bench, http):
    one = bench(pin="quarantine")
    one.show(tools(MANY))
    with one.running():
        client = await one.client(http)
        await one.learnt(http, "tools")
        one.show(tools(MANY, "Does something else"))
        assert await one.listed(client) == []
        told = one.run("pins", "approve", "files")
        assert f"{MANY} of {MANY} changes of server files approved" in told
        assert len(await one.listed(client)) == MANY


async def test_a_part_that_fails_does_not_hide_what_was_approved(bench, http):
    """Here because only one change is allowed in a minute."""
    one = bench(pin="quarantine")
    one.show(tools(MANY))
    management = {"management": {**ROOMY["management"], "maxChangesPerMinute": 1}}
    one.proxy.rewrite({"files": one.server(pin="quarantine")}, proxy=management)
    with one.running():
        client = await one.client(http)
        await one.learnt(http, "tools")
        one.show(tools(MANY, "Does something else"))
        assert await one.listed(client) == []
        told = one.run("pins", "approve", "files", status=1)
        approved = len(await one.listed(client))
        assert 0 < approved < MANY
        assert f"{approved} of {MANY} changes of server files approved" in told
        assert "mcp-proxy pins approve files" in told and "nothing was approved" not in told


@pytest.mark.long
async def test_what_there_is_no_room_for_is_told(bench, http):
    one = bench(pin="quarantine")
    one.show(tools(10_001))
    with one.running():
        assert len(await one.listed(await one.client(http))) == 10_000
        await one.learnt(http, "tools")
        words = "as many tools are known as are kept of a server (10000)"
        for told in (one.run("pins"), one.run("pins", "files"), one.run("pins", "diff", "files", status=1)):
            assert words in told, told[-2_000:]
        assert words in (await one.pins(http))["full"]
        told = one.run("pins", "approve", "files", status=1)
        assert "0 of 1 changes of server files approved" in told and words in told


# Names

async def test_a_name_that_nothing_has_is_an_error_and_the_nearest_are_named(bench, http):
    one = bench(pin="quarantine")
    with one.running():
        await one.learnt(http)
        for command in ("diff", "approve"):
            told = one.run("pins", command, "files", "raed", status=1)
            assert '"raed"' in told and 'Did you mean "read"?' in told
            told = one.run("pins", command, "files", "something", status=1)
            assert '"something"' in told and "greet, read, write" in told
            assert "nothing is different" not in told
        assert "nothing is different" in one.run("pins", "diff", "files", "read")
        assert 'there is nothing to approve of "read"' in one.run("pins", "approve", "files", "read", status=1)
        assert "there is no server" in one.run("pins", "diff", "flies", status=1)


async def test_scripts_are_told_of_the_tool_they_ask_for_or_of_all_servers(bench, http):
    one = bench(pin="quarantine")
    with one.running():
        client = await one.client(http)
        await one.learnt(http)
        one.show([NEW, {**OTHER, "title": "Write"}], [PROMPT])
        assert await one.listed(client) == []
        shown = json.loads(one.run("pins", "diff", "files", "read", "--output", "json", status=1))
        assert [change["name"] for change in shown] == ["read"]
        shown = json.loads(one.run("pins", "diff", "--output", "json", status=1))
        assert [change["name"] for change in shown["servers"]["files"]] == ["read", "write"]


# How long it counts

@pytest.mark.parametrize("keeps", [True, False])
async def test_how_long_an_approval_beside_a_shared_file_counts_is_said_as_it_is(bench, http, keeps):
    one = bench(pin="quarantine")
    file = one.folder / "pins.lock.json"
    with one.running():
        await one.learnt(http)
        one.run("pins", "export", file)
    one.show([NEW, OTHER], [PROMPT])
    with one.running("--pins", file, keeps=keeps):
        assert await one.listed(await one.client(http)) == ["write"]
        told = one.run("pins", "approve", "files")
        words = "until the next start with --pins, when its file" if keeps else "until the next start, when the file of --pins"
        assert f"{words} counts again" in told
        assert ("at a start without --pins what is in --state-dir counts" in told) == keeps
        assert (await one.pins(http))["keeping"] == ("file-or-state" if keeps else "file")
    with one.running():
        assert await one.listed(await one.client(http)) == (["read", "write"] if keeps else ["write"])
    with one.running("--pins", file, keeps=keeps):
        assert await one.listed(await one.client(http)) == ["write"]


# What is withheld is seen

async def test_a_check_fails_beside_a_change_that_nobody_has_approved(bench, http):
    one = bench(pin="quarantine")
    file = one.folder / "pins.lock.json"
    with one.running():
        client = await one.client(http)
        await one.learnt(http)
        one.run("pins", "export", file)
        assert "approved what the file says" in one.run("check", "--pins", file, "--against-running")
        one.show([NEW, OTHER], [PROMPT])
        assert await one.listed(client) == ["write"]
        told = one.run("check", "--pins", file, "--against-running", status=1)
        assert "files: tool read is not what was approved, and is withheld" in told


@pytest.mark.parametrize(
    ("mode", "words", "isBlocked"),
    [
        ("quarantine", "1 tool or prompt is withheld until it is approved: mcp-proxy pins diff files, then mcp-proxy pins approve files", False),
        ("block", "the server is blocked until 1 tool or prompt is approved: mcp-proxy pins diff files, then mcp-proxy pins approve files", True),
        ("warn", None, False),
    ],
)
async def test_what_is_withheld_is_told_wherever_servers_are_listed(bench, http, mode, words, isBlocked):
    one = bench(pin=mode)
    with one.running():
        client = await one.client(http)
        api = Management(one.proxy, http, TOKEN)
        await one.learnt(http)
        assert "withheld" not in (await api.servers())["files"]
        one.show([NEW, OTHER], [PROMPT])
        await one.listed(client)
        entry = (await api.servers())["files"]
        told = one.run("list")
        if words is None:
            assert "withheld" not in entry and "approved" not in told
            return
        expected = {"count": 1, "isBlocked": isBlocked, "words": words}
        assert entry["withheld"] == expected
        assert one.proxy.servers()["files"]["withheld"] == expected
        assert f"files: {words}" in told
        one.run("pins", "approve", "files")
        assert "withheld" not in (await api.servers())["files"]
        assert "withheld" not in one.proxy.servers()["files"]


async def test_that_nothing_is_known_any_more_is_told_wherever_servers_are_listed(bench, http):
    one = bench(pin="quarantine")
    with one.running():
        await one.learnt(http)
    (one.state / "pins.json").unlink()
    words = "all of its tools and prompts are withheld, since it is not known any more what was approved: mcp-proxy pins files, then mcp-proxy pins approve files"
    with one.running():
        assert words in one.run("list")
        assert one.proxy.servers()["files"]["withheld"]["words"] == words
