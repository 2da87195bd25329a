"""Whether an operator who makes a mistake with pins, or with search, is told what to do."""

import json

import pytest

from support.management import Management, bearer
from support.pin_bench import NEW, NOT_APPROVED, OLD, OTHER, PROMPT, ROOMY, TOKEN, Bench

pytestmark = pytest.mark.anyio

NEW_OTHER = {**OTHER, "title": "Write"}


@pytest.fixture
def bench(binary, make_proxy, directory):
    return lambda **settings: Bench(binary, make_proxy, directory, **settings)


# The file

@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"mcpServers": {}}', "it seems to be a configuration"),
        ('{"name": "else"}', "it seems to be some other JSON"),
        ('{"version": 1, "servers": 7}', "it seems to be a file of pins that is damaged"),
        ("notes of mine", "it seems to be a text that is no JSON"),
        ("mcpServers:\n  a: {}\n", "it seems to be a configuration"),
        ('{"version": 1, "servers": {"a": {"tools": {"b": [{"sha256": ', "it seems to be a file of pins that is damaged"),
    ],
)
async def test_an_export_replaces_a_file_of_pins_and_nothing_else(bench, http, text, words):
    one = bench(pin="quarantine")
    file = one.folder / "mine.json"
    file.write_text(text)
    with one.running():
        await one.learnt(http)
        told = one.run("pins", "export", file, status=1)
        assert words in told and "is not replaced" in told and "Name another file" in told
        assert file.read_text() == text
        for _ in range(2):
            one.run("pins", "export", one.folder / "pins.lock.json")
        assert "pins.lock.json" in one.run("pins", "export", one.folder, status=1)


async def test_an_export_names_the_server_of_which_nothing_is_known_any_more(bench, http):
    one = bench(pin="quarantine")
    with one.running():
        await one.learnt(http)
    (one.state / "pins.json").unlink()
    with one.running():
        await one.listed(await one.client(http))
        told = one.run("pins", "export", one.folder / "pins.lock.json")
        assert "nothing of server files is written" in told and "mcp-proxy pins approve files" in told


def test_a_configuration_in_the_place_of_pins_is_recognised(bench):
    one = bench()
    told = one.run("check", one.proxy.file, "--pins", one.proxy.file, status=1)
    assert f"{one.proxy.file}:1:1: " in told and "seems to be a configuration" in told
    file = one.folder / "pins.lock.json"
    file.write_text('{"version": 1,\n "servers": {"a": []}}')
    assert f"{file}:2:19: servers.a: it must be an object" in one.run("check", one.proxy.file, "--pins", file, status=1)


async def test_a_check_names_the_server_of_which_the_file_says_nothing(bench, http):
    one = bench(pin="quarantine")
    file = one.folder / "pins.lock.json"
    file.write_text('{"version": 1, "servers": {}}')
    with one.running():
        await one.learnt(http)
        assert "says nothing of server files" in one.run("check", "--pins", file, "--against-running")


# Approving

async def test_an_approval_says_what_is_left(bench, http):
    one = bench(pin="block")
    with one.running():
        client = await one.client(http)
        await one.learnt(http)
        one.show([NEW, NEW_OTHER], [PROMPT])
        assert await one.listed(client) == []
        for arguments in (["list"], ["pins", "files"]):
            assert "mcp-proxy pins approve files" in one.run(*arguments)
        told = one.run("pins", "diff", "files", "read", "write", status=1)
        assert "tool read" in told and "tool write" in told and "approve with: mcp-proxy pins approve files" in told
        told = one.run("pins", "approve", "files", "read")
        assert "1 other is not approved, and the server stays blocked: mcp-proxy pins approve files" in told
        assert await one.listed(client) == []
        assert "not approved" not in one.run("pins", "approve", "files")
        assert await one.listed(client) == ["read", "write"]
        one.proxy.wait_output('definitions="tool read (sha256 ')


async def test_what_is_gone_is_told_and_released_by_its_name(bench, http):
    one = bench(pin="quarantine")
    with one.running():
        client = await one.client(http)
        await one.learnt(http)
        for shown in ([NEW, OTHER], [OTHER]):
            one.show(shown, [PROMPT])
            assert await one.listed(client) == ["write"]
        refused = await client.call("read")
        assert "mcp-proxy pins approve files read" in refused["error"]["message"]
        assert "tool read was listed otherwise than it was approved" in one.run("pins", "files")
        assert "released: tool read" in one.run("pins", "approve", "files", "read")
        assert "result" in await client.call("read")


async def test_an_approval_without_a_body_is_refused(bench, http):
    one = bench(pin="quarantine")
    with one.running():
        client = await one.with_a_change(http)
        answer = await one.ask(http, "POST", "/files/approve")
        assert answer.status_code == 415 and "{}" in answer.json()["detail"]
        assert await one.listed(client) == ["write"]
        assert (await one.ask(http, "POST", "/files/approve", json={})).status_code == 200
        assert await one.listed(client) == ["read", "write"]


# What is withheld

@pytest.mark.parametrize(("mode", "names"), [("quarantine", ["write"]), ("block", [])])
async def test_what_is_withheld_is_not_shown_as_offered(bench, http, mode, names):
    one = bench(pin=mode)
    one.proxy.rewrite({"files": one.server(pin=mode, options={"logEnabled": True})}, proxy=ROOMY)
    with one.running():
        client = await one.client(http)
        api = Management(one.proxy, http, TOKEN)
        await one.learnt(http)
        one.show([NEW, OTHER], [PROMPT])
        assert await one.listed(client) == names
        assert (await api.servers())["files"]["tools"] == len(names)
        assert one.proxy.servers()["files"]["tools"] == len(names)
        listed = await http.get(one.proxy.url("/api/servers/files/tools"), headers=bearer(TOKEN))
        assert [tool["name"] for tool in listed.json()["tools"]] == names
        assert listed.json()["withheld"] == [name for name in ("read", "write") if name not in names]
        told = one.run("tools", "files")
        assert "withheld of files: read" in told and "mcp-proxy pins diff files" in told
        found = json.loads(one.run("tools", "--search", "read a file", "--output", "json").splitlines()[0])
        assert "read" not in [tool["definition"]["name"] for tool in found["tools"]]
    with one.running():
        await one.listed(await one.client(http))
        one.proxy.wait_output("withheld=read" if names else 'withheld="read, write"')


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("--state-dir", "at a proxy over HTTP with the same --state-dir"),
        ("--pins", "exports that (mcp-proxy pins export) to the file of --pins"),
    ],
)
def test_over_standard_streams_a_refusal_says_what_helps_there(bench, way, words):
    one = bench(pin="quarantine")
    one.talk("--state-dir", one.state)
    one.show([NEW, OTHER], [PROMPT])
    _, answer, _ = one.talk(way, one.state if way == "--state-dir" else one.state / "pins.json")
    assert answer["error"]["code"] == NOT_APPROVED and words in answer["error"]["message"]


@pytest.mark.parametrize(("mode", "isTold"), [("block", True), ("warn", False)])
def test_at_the_start_it_is_said_that_nothing_is_kept(bench, mode, isTold):
    one = bench(pin=mode)
    words = "what is seen first of servers counts as approved until the proxy ends"
    with one.running(keeps=False) as proxy:
        if isTold:
            proxy.wait_output(words)
    with one.running() as proxy:
        assert proxy.output.count(words) == int(isTold), "not where there is a state directory, nor with warn"


# Words in the wrong place

@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["pins", "aprove", "files"], 'there is no command "pins aprove". Did you mean "approve"?'),
        (["pins", "exprot", "x.json"], 'Did you mean "export"?'),
        (["pins", "somewhere", "x"], "The commands are: list, diff, approve, export"),
        (["--token", "x", "pins"], "--token is an option of pins: write it behind that"),
        (["--server", "files", "stdio"], "--server is an option of stdio: write it behind that"),
        (["--proxy=http://localhost:1", "tools"], "--proxy is an option of tools"),
        (["tools", "--search", "make", "a", "note"], '--search "make a note"'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_word_in_the_wrong_place_is_sent_to_the_right_one(bench, arguments, words):
    assert words in bench().run(*arguments, status=64)


async def test_a_name_that_is_no_servers_is_recognised(bench, http):
    one = bench(pin="quarantine")
    with one.running():
        await one.learnt(http)
        told = one.run("pins", "approve", "files__read", status=1)
        assert "mcp-proxy pins … files read" in told
        assert 'Did you mean "files"?' in one.run("pins", "flies", status=1)
        assert "mcp-proxy pins export" in one.run("pins", "exprot", status=1)
        told = one.run("pins", "diff", "files", "files__read", status=1)
        assert 'Did you mean "read"? The server\'s own names are meant.' in told
        told = one.run("tools", "--search", "make", "note", status=1)
        assert '--search "make note"' in told
        told = one.run("pins", "--proxy", one.proxy.url("/mcp"), "--token", TOKEN, status=1)
        assert f"without the path of an endpoint: {one.proxy.url('')}" in told


async def test_what_search_saves_is_said_as_it_is(bench, http):
    one = bench()
    one.show([{**OLD, "name": f"tool{number}", "description": "Does something " * 20} for number in range(60)])
    for discovery, words in (("list", 'set to "search" would save'), ("search", '"toolDiscovery" saves')):
        one.proxy.rewrite({"files": one.server()}, proxy={**ROOMY, "endpoint": {"toolDiscovery": discovery}})
        with one.running():
            await one.learnt(http, "tools")
            assert words in one.run("tools", "--tokens")
