"""One entry for all servers together: `client-config`, `import`, `check` and `tools`."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from support.fixture import stdio

SECONDS = 60
TOKEN = "a-token-that-nobody-guesses"
OTHER = "the-token-of-one-server-that-nobody-guesses"
OWN = "the-token-of-a-group-that-nobody-guesses"
BASE = "http://127.0.0.1:9090"
CLAUDE = ["claude", "mcp", "add", "--transport", "http"]


def configured(shell, servers, **proxy):
    return shell.write("project/config.json", {"mcpProxy": proxy, "mcpServers": servers})


def asking(*tokens):
    return {"command": "x", "options": {"authTokens": list(tokens)}}


def entries(done):
    return json.loads(done.stdout)["mcpServers"]


def entry(token=None, path="/mcp"):
    headers = {"headers": {"Authorization": f"Bearer {token}"}} if token else {}
    return {"url": f"{BASE}{path}", **headers}


# What a client is to send


@pytest.mark.parametrize(
    ("servers", "options", "token", "unseen"),
    [
        ({"a": {"command": "x"}, "b": {"command": "x"}}, {}, None, []),
        ({"a": {"command": "x"}, "b": {"command": "x"}}, {"authTokens": [TOKEN]}, TOKEN, []),
        ({"a": {"command": "x"}, "b": asking(OTHER)}, {"authTokens": [TOKEN]}, TOKEN, ["b"]),
        ({"a": {"command": "x"}, "b": asking(OTHER)}, {}, None, ["b"]),
        ({"a": asking(TOKEN), "b": asking(OTHER), "c": asking("third-token-1234", OTHER)}, {}, OTHER, ["a"]),
        ({"a": asking(TOKEN), "off": {**asking(OTHER), "disabled": True}}, {}, TOKEN, []),
    ],
    ids=["open", "the proxy's", "another's", "one open", "the most", "disabled"],
)
def test_there_is_one_entry_with_the_token_that_opens_most(shell, servers, options, token, unseen):
    """Which servers the client will not see is said, and how it gets these."""
    configured(shell, servers, options=options)
    done = shell.run("client-config", "cursor", "--show-token")
    assert entries(done) == {"mcp-proxy": entry(token)}
    said = [line for line in done.stderr.splitlines() if "will not see" in line]
    assert bool(said) == bool(unseen), done.stderr
    for name in unseen:
        assert f"not see {name}, which asks" in said[0] and "--server" in said[0]
    hidden = shell.run("client-config", "cursor")
    assert entries(hidden) == {"mcp-proxy": entry(token and "<token>")}
    assert not {TOKEN, OTHER} & set(hidden.stdout.split('"') + hidden.stderr.split())


def test_a_group_has_an_entry_with_its_own_token(shell):
    """Its name is that of the group; servers and groups may be chosen together."""
    groups = {"dev": {"servers": ["b"], "options": {"authTokens": [OWN]}}, "all": {}}
    configured(shell, {"a": {"command": "x"}, "b": asking(OTHER)}, groups=groups)
    done = shell.run("client-config", "cursor", "--group", "dev", "--group", "all", "--server", "b", "--show-token")
    assert entries(done) == {
        "dev": entry(OWN, "/dev/mcp"),
        "all": entry(path="/all/mcp"),
        "b": entry(OTHER, "/b/mcp"),
    }
    assert '"prod"; there are: dev, all' in shell.run("client-config", "cursor", "--group", "prod", status=1).stderr
    assert "not both" in shell.run("client-config", "cursor", "--each", "--group", "dev", status=64).stderr


@pytest.mark.parametrize(
    ("servers", "proxy", "names", "words"),
    [
        ({"a": {"command": "x"}, "b": {"command": "x"}}, {"endpoint": {"enabled": False}}, ["a", "b"], "switched off"),
        ({f"path/{TOKEN}": {"command": "x"}}, {}, ["path"], "no server is offered"),
    ],
)
def test_without_an_endpoint_each_server_has_an_entry(shell, servers, proxy, names, words):
    """And that is said."""
    configured(shell, servers, **proxy)
    done = shell.run("client-config", "cursor")
    assert list(entries(done)) == names
    assert f"{words}" in done.stderr and "each server has an entry" in done.stderr


def test_a_client_that_only_starts_programs_starts_all_servers(shell):
    """It needs no proxy that runs and no token, and each client's own works as it is printed."""
    servers = {"one": stdio(name="one"), "two": {**stdio(name="two"), "options": {"authTokens": [TOKEN]}}}
    configured(shell, servers, groups={"dev": {"servers": ["two"]}}, addr="127.0.0.1:0")
    done = shell.run("client-config", "claude-desktop")
    started = entries(done)["mcp-proxy"]
    assert started == {"command": shell.binary, "args": ["stdio", "--config", f"{shell.folder}/config.json"]}
    assert "for itself" in done.stderr and TOKEN not in done.stderr
    assert {name.split("__")[0] for name in listed_by(started)} == {"one", "two"}
    group = entries(shell.run("client-config", "claude-desktop", "--group", "dev"))["dev"]
    assert {name.split("__")[0] for name in listed_by(group)} == {"two"}


def test_a_client_that_only_starts_programs_can_use_a_proxy_elsewhere(shell):
    """Whoever names an address means the proxy there."""
    configured(shell, {"a": {"command": "x"}})
    done = shell.run("client-config", "claude-desktop", "--url", "https://m.example")
    assert entries(done)["mcp-proxy"]["args"] == ["stdio", "https://m.example/mcp"]


def listed_by(program):
    """The names of the tools that a program lists to a client that starts it."""
    params = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "c", "version": "1"}}
    said = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ]
    done = subprocess.run(
        [program["command"], *program["args"]],
        env={"PATH": os.environ["PATH"]},
        input="".join(json.dumps(message) + "\n" for message in said),
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    (answer,) = [answer for answer in answers if answer.get("id") == 2]
    return [tool["name"] for tool in answer["result"]["tools"]]


@pytest.mark.parametrize("example", ["one-endpoint.json", "groups.json", "first-run.json"])
def test_the_examples_give_one_entry(shell, example):
    """As they lie there, in a shell where their variables are set."""
    file = Path(__file__).resolve().parents[2] / "Examples" / example
    variables = {"MCP_PROXY_TOKEN": TOKEN, "VENV_DIR": "/nowhere"}
    done = shell.run("client-config", "cursor", "--config", file, "--show-token", **variables)
    assert entries(done) == {"mcp-proxy": entry(TOKEN if example == "one-endpoint.json" else None)}


# From a client's file, and back


@pytest.mark.parametrize("client", ["cursor", "claude-desktop"])
@pytest.mark.parametrize("choice", [[], ["--each"]])
def test_the_proxy_is_not_imported_into_itself(shell, client, choice):
    """What `client-config` printed for a client stays out of the configuration that it was printed of."""
    file = configured(shell, {"time": {"command": "x"}})
    printed = json.loads(shell.run("client-config", client, *choice).stdout)
    printed["mcpServers"]["new"] = {"command": "y"}
    theirs = shell.write("theirs.json", printed)
    done = shell.run("import", theirs, "--into", "config.json")
    assert "it is this proxy, which would ask itself" in done.stderr
    assert list(json.loads(file.read_text())["mcpServers"]) == ["time", "new"]


def test_another_proxy_is_imported(shell):
    """One at another address is a server like any other."""
    configured(shell, {"time": {"command": "x"}})
    theirs = shell.write("theirs.json", {"mcpServers": {"mcp-proxy": {"url": "https://m.example/mcp"}}})
    assert "added" in shell.run("import", theirs, "--into", "config.json").stderr


def test_an_import_says_how_the_client_gets_one_entry(shell):
    """The command that it names adds that entry to the client's file, or prints it."""
    file = shell.write(".cursor/mcp.json", {"mcpServers": {"time": {"command": "x"}, "git": {"command": "y"}}})
    said = shell.run("import", "cursor", "--into", "config.json").stderr
    command = f"mcp-proxy client-config cursor --config config.json --into {file}"
    assert said.splitlines()[-1] == f"one entry in place of those in {file}: {command}"
    shell.run(*command.split()[1:])
    written = json.loads(file.read_text())["mcpServers"]
    assert list(written) == ["time", "git", "mcp-proxy"] and written["mcp-proxy"] == entry()
    assert "client-config" not in shell.run("import", "cursor").stderr
    shell.write(".mcp.json", {"mcpServers": {"third": {"command": "z"}}})
    said = shell.run("import", shell.home / ".mcp.json", "--into", "config.json").stderr
    command = "mcp-proxy client-config claude-code --config config.json"
    assert said.splitlines()[-1].endswith(command)
    assert shell.run(*command.split()[1:]).stdout.split() == [*CLAUDE, "mcp-proxy", f"{BASE}/mcp"]


# What is known before anything is started


def test_check_shows_where_servers_are_offered_together(shell):
    """For each server its prefix, and how long its names may be; where they all change, why."""
    servers = {"git": {"command": "x"}, "github-cloud": {"url": "https://x.example/", "prefix": "gh"}}
    servers |= {"a b": {"command": "x"}, f"path/{TOKEN}": {"command": "x"}, "off": {"command": "x", "disabled": True}}
    groups = {"dev": {"servers": ["git*"], "maxNameLength": 24}, "bare": {"servers": ["git"], "names": "never"}}
    configured(shell, servers, groups=groups, baseURL="https://m.example/p")
    done = shell.run("check")
    assert done.stdout.splitlines()[:-1] == [
        "OFFERED AT   SERVER        PREFIX  NAMES STAY WHOLE",
        "/p/mcp       git           git     up to 41 characters",
        "/p/mcp       github-cloud  gh      up to 42 characters",
        "/p/mcp       a b           a b     none: the prefix has other characters than letters, digits, _ and -",
        "/p/dev/mcp   git           git     up to 19 characters",
        "/p/dev/mcp   github-cloud  gh      up to 20 characters",
        "/p/bare/mcp  git           -       all",
        "",
    ]
    assert TOKEN not in done.stdout + done.stderr


# What is offered


@pytest.mark.parametrize("runs", [True, False], ids=["running", "one-shot"])
def test_tools_are_shown_under_the_names_that_are_offered(shell, launch, runs):
    """Of the endpoint, and of a group; what cannot be started is named."""
    servers = {"one": stdio(name="one"), "two": {**stdio(name="two"), "options": {"authTokens": [OTHER]}}}
    groups = {"dev": {"servers": ["two"], "options": {"authTokens": [OWN]}}}
    with launch(servers, proxy={"groups": groups}, options={"authTokens": [TOKEN]}) as proxy:
        place = ["--config", proxy.file, *([] if runs else ["--one-shot"])]

        def names(*arguments):
            told = json.loads(shell.run("tools", *arguments, *place, "--output", "json").stdout)
            return [tool["name"] for tool in told["tools"]]

        assert "one__echo" in names("--merged")
        # The token of the proxy opens one of them; in a process of its own the command may use both.
        assert ("two__echo" in names("--merged")) != runs
        assert {name.split("__")[0] for name in names("--group", "dev")} == {"two"}
        rows = shell.run("tools", "--group", "dev", *place).stdout.splitlines()
        assert rows[0].split() == ["TOOL", "ARGUMENTS", "DESCRIPTION"]
        assert ["two__echo", "text"] in [row.split()[:2] for row in rows]
        assert 'there is no group "no"' in shell.run("tools", "--group", "no", *place, status=1).stderr
        if runs:
            refused = shell.run("tools", "--group", "dev", *place, "--token", TOKEN, status=1).stderr
            assert 'the group "dev" needs another token' in refused and "--token" in refused
    assert "name one of" in shell.run("tools", "one", "--merged", status=64).stderr


def test_tools_of_all_servers_name_those_that_failed(shell):
    """What the others offer is shown."""
    configured(shell, {"one": stdio(name="one"), "broken": {"command": "/nonexistent/program"}})
    done = shell.run("tools", "--merged", "--one-shot", status=1)
    assert "one__echo" in done.stdout and "broken: " in done.stderr


def test_what_lists_cost_is_estimated(shell):
    """A token for four bytes of JSON, for each server, for each tool, and in all."""
    configured(shell, {"one": stdio(name="one"), "two": stdio(name="two", tools=60)})
    place = ["--one-shot", "--output", "json"]
    tools = json.loads(shell.run("tools", "one", *place).stdout)["tools"]
    told = json.loads(shell.run("tools", "--tokens", *place).stdout)
    assert told["estimates"]["one"]["tools"] == len(tools)
    assert told["estimates"]["two"]["tokens"] > 60 * 5
    assert told["total"]["tokens"] == -(-told["total"]["bytes"] // 4)
    assert told["total"]["bytes"] == sum(cost["bytes"] for cost in told["estimates"].values())
    single = json.loads(shell.run("tools", "--merged", "--tokens", *place).stdout)
    assert single["estimates"]["one__echo"]["bytes"] > 50
    done = shell.run("tools", "one", "--tokens", "--one-shot")
    last, search = done.stdout.splitlines()[-2:]
    assert last.split()[:2] == ["in", "all"] and "an estimate" in done.stderr
    assert search.split()[:3] == ["with", "search", "3"] and told["search"]["tools"] == 3
    saved = told["total"]["tokens"] - told["search"]["tokens"]
    assert f"save about {saved} of" in shell.run("tools", "--tokens", "--one-shot").stderr


def test_tools_are_found_in_the_words_of_a_user(shell):
    """Of one server, of all, of those that are offered together, and where clients find them by search themselves."""
    configured(shell, {"one": stdio(name="one"), "two": stdio(name="two", tools=60)})
    for scope, name in ((["one"], "echo"), ([], "echo"), (["--merged"], "one__echo")):
        for place in (["--one-shot"], ["--one-shot", "--output", "json"]):
            done = shell.run("tools", *scope, "--search", "echoing florps", "--limit", "2", *place)
            if "json" in place:
                found = json.loads(done.stdout)
                assert found["tools"][0]["definition"]["name"] == name and found["unmatched"] == ["florps"]
                assert len(found["tools"]) <= 2
            else:
                assert name in done.stdout.splitlines()[1] and 'no tool has "florps"' in done.stderr
    configured(shell, {"one": stdio(name="one")}, endpoint={"toolDiscovery": "search"})
    done = shell.run("tools", "--merged", "--one-shot")
    assert "search_tools" in done.stdout and "one__echo" not in done.stdout and "--search" in done.stderr
    done = shell.run("tools", "--merged", "--search", "echo", "--one-shot")
    assert "one__echo" in done.stdout.splitlines()[1]
    for wrong, said in ((["--limit", "0"], "from 1 to 50"), (["--search", " "], "is empty"), (["--tokens"], "two")):
        assert said in shell.run("tools", "--search", "a", *wrong, status=64).stderr


@pytest.fixture
def named(launch):
    """A proxy with a long name, a group that hides a tool, and names without prefixes that collide."""
    long = "server-with-a-name-that-leaves-little-for-tools"
    groups = {
        "dev": {"servers": ["one"], "tools": ["*", "!one__echo"]},
        "bare": {"servers": ["one", "two"], "names": "never"},
    }
    servers = {"one": stdio(name="one"), "two": stdio(name="two"), long: stdio(name="long")}
    with launch(servers, proxy={"groups": groups}, options={"authTokens": [TOKEN]}) as proxy:
        yield proxy


def test_check_asks_a_running_proxy_what_became_of_names(shell, named):
    """What was changed, what is hidden and by which rule, and what collides."""
    said = shell.run("check", named.file, "--against-running").stdout
    assert said.index(f"{named.base}/mcp offers") < said.index(f"{named.base}/dev/mcp offers")
    (changed,) = [line for line in said.splitlines() if "changed: echo of server-with-a-name" in line]
    offered = changed.split()[-1]
    assert len(offered) <= 46 and offered.startswith("server-with-a-name-that-l")
    assert 'hidden: echo of one (tools: "!one__echo")' in said
    assert "hidden: echo of two (another member has the name)" in said
    assert "found: " in said
    listed = json.loads(shell.run("tools", "--merged", "--config", named.file, "--output", "json").stdout)
    assert offered in [tool["name"] for tool in listed["tools"]]


def test_list_ends_with_where_servers_are_offered_together(shell, named, launch):
    """The endpoint for all servers first; where it is switched off, only the groups."""
    said = shell.run("list", "--config", named.file).stdout.splitlines()
    base = named.base
    assert said[-3:] == [f"all servers: {base}/mcp", f"group bare: {base}/bare/mcp", f"group dev: {base}/dev/mcp"]
    with launch({"one": stdio()}, proxy={"endpoint": {"enabled": False}, "groups": {"dev": {}}}) as proxy:
        said = shell.run("list", "--config", proxy.file).stdout.splitlines()
        assert [line.split()[0] for line in said] == ["SERVER", "one", "group"]


# Into a client's file


def test_the_entry_is_added_to_a_file_of_the_client(shell):
    """Nothing else in it is changed, and an entry that is there stays; a file that is not there is made."""
    configured(shell, {"time": {"command": "x"}}, options={"authTokens": [TOKEN]})
    old = '{\n  // mine\n  "mcpServers": {\n    "other": {"command": "y"}\n  }\n}\n'
    file = shell.write(".cursor/mcp.json", old)
    refused = shell.run("client-config", "cursor", "--into", file, status=1)
    assert "--show-token" in refused.stderr and TOKEN not in refused.stderr and file.read_text() == old
    done = shell.run("client-config", "cursor", "--into", file, "--show-token")
    assert done.stdout == "" and f"mcp-proxy added to {file}" in done.stderr and TOKEN not in done.stderr
    new = file.read_text()
    assert new.startswith(old[: old.index("\n  }\n}")]) and TOKEN in new
    again = shell.run("client-config", "cursor", "--into", file, "--show-token")
    assert "stays as it is" in again.stderr and file.read_text() == new
    made = shell.home / "made.json"
    shell.run("client-config", "gemini", "--into", made, "--show-token")
    assert made.stat().st_mode & 0o777 == 0o600
    assert list(json.loads(made.read_text())["mcpServers"]) == ["mcp-proxy"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["codex", "--into", "x.json"], 1, "by commands"),
        (["goose", "--into", "x.yaml"], 1, "JSON only"),
        (["cursor", "--into", "x.json", "--json"], 64, "--into goes with a client"),
        (["--into", "x.json"], 64, "--into goes with a client"),
    ],
)
def test_where_no_entry_can_be_added_nothing_is_written(shell, arguments, status, words):
    """And it is said why."""
    configured(shell, {"time": {"command": "x"}})
    assert words in shell.run("client-config", *arguments, status=status).stderr
    assert [file.name for file in shell.folder.iterdir()] == ["config.json"]
