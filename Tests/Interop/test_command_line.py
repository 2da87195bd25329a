"""The commands that need no running proxy: `import`, `client-config`, `token` and `completions`."""

import json
import os
import re
import shlex
import stat
import subprocess

import pytest

from support.fixture import stdio

SECONDS = 30
TOKEN = "a-token-that-nobody-guesses"
BASE = "http://127.0.0.1:9090"


PLACES = {
    "claude-desktop": [
        "Library/Application Support/Claude/claude_desktop_config.json",
        ".config/Claude/claude_desktop_config.json",
        "AppData/Roaming/Claude/claude_desktop_config.json",
    ],
    "claude-code": [".claude.json", "project/.mcp.json"],
    "cursor": [".cursor/mcp.json", "project/.cursor/mcp.json"],
    "vscode": [
        "Library/Application Support/Code/User/mcp.json",
        ".config/Code/User/mcp.json",
        "AppData/Roaming/Code/User/mcp.json",
        "project/.vscode/mcp.json",
    ],
    "windsurf": [".codeium/windsurf/mcp_config.json"],
}


@pytest.mark.parametrize("client, path", [(client, path) for client, paths in PLACES.items() for path in paths])
@pytest.mark.parametrize("is_named", [True, False], ids=["named", "unnamed"])
def test_a_client_is_found_where_it_keeps_its_file(shell, client, path, is_named):
    """Each client's file is found in every place that it may have, whether the client is named or not."""
    key = "servers" if client == "vscode" else "mcpServers"
    shell.write(path, {key: {"time": {"command": "uvx", "args": ["mcp-server-time"]}}})
    arguments = [client] if is_named else []
    assert shell.imported(*arguments) == {"time": {"command": "uvx", "args": ["mcp-server-time"]}}


def test_claude_code_has_servers_of_users_and_projects(shell):
    """The servers of all projects are taken, the nearest first."""
    there = {"type": "stdio", "command": "there", "args": [], "env": {}}
    here = {"type": "http", "url": "https://here.example/mcp", "headers": {"X-Key": "${KEY:-none}"}}
    shell.write(
        ".claude.json",
        {
            "numStartups": 3,
            "mcpServers": {"everywhere": {"type": "sse", "url": "https://user.example/sse"}},
            "projects": {"/elsewhere": {"mcpServers": {"one": there}}, str(shell.folder): {"mcpServers": {"one": here}}},
        },
    )
    shell.write("project/.mcp.json", {"mcpServers": {"shared": {"command": "./run", "env": {"A": "${B}"}}}})
    assert shell.imported("claude-code", B="b") == {
        "shared": {"command": "./run", "env": {"A": "${B}"}, "cwd": str(shell.folder)},
        "one": {
            "url": "https://here.example/mcp",
            "transportType": "streamable-http",
            "headers": {"X-Key": "none"},
        },
        "everywhere": {"url": "https://user.example/sse", "transportType": "sse"},
    }


VSCODE = """{
  // servers of mine
  "inputs": [{"type": "promptString", "id": "token", "password": true}],
  "servers": {
    "files": {"type": "stdio", "command": "npx", "args": ["${workspaceFolder}", "${userHome}/x"]},
    "asks": {"url": "https://asks.example/mcp", "headers": {"Authorization": "Bearer ${input:token}"}}, /* last */
  },
}"""


def test_what_vscode_asks_for_is_not_guessed(shell):
    """A server that needs an answer is left out and says what to do, and with the answer it is taken."""
    shell.write("project/.vscode/mcp.json", VSCODE)
    files = {"command": "npx", "args": [str(shell.folder), f"{shell.home}/x"]}
    assert shell.imported("vscode") == {"files": files}
    said = shell.run("import", "vscode").stderr
    assert "--input 'token=…'" in said
    answered = shell.imported("vscode", "--input", "token=${SECRET}", SECRET="s")
    assert answered["asks"]["headers"] == {"Authorization": "Bearer ${SECRET}"}
    assert answered["files"] == files
    slip = shell.run("import", "vscode", "--input", "tokn=${SECRET}", status=1)
    assert '--input "tokn": no server asks for it; the inputs are: token' in slip.stderr and slip.stdout == ""


def test_an_import_of_nothing_fails(shell):
    """Where every server needs an answer, no configuration is printed, and scripts are told why."""
    server = {"command": "x", "args": ["${input:a}", "${command:b}"]}
    shell.write("project/.vscode/mcp.json", {"servers": {"x": server}})
    done = shell.run("import", status=1)
    assert done.stdout == "" and "only the client knows ${command:b}" in done.stderr
    told = json.loads(shell.run("import", "--json", status=1).stdout)
    assert told["servers"][0]["unanswered"] == ["${input:a}", "${command:b}"]


def test_settings_of_vscode_may_hold_servers(shell):
    """The older place in the settings is read, too."""
    shell.write(".config/Code/User/settings.json", {"a.b": 1, "mcp": {"servers": {"x": {"url": "https://x.example/"}}}})
    assert shell.imported() == {"x": {"url": "https://x.example/"}}


def test_windsurf_has_its_own_words(shell):
    """Its URL, its switches and its variables are translated."""
    server = {"serverUrl": "https://w.example/mcp", "disabled": True, "disabledTools": ["rm"]}
    shell.write(
        ".codeium/windsurf/mcp_config.json",
        {"mcpServers": {"w": server, "v": {"serverUrl": "https://v.example/", "headers": {"K": "${env:KEY}"}}}},
    )
    assert shell.imported(KEY="k") == {
        "w": {
            "url": "https://w.example/mcp",
            "options": {"disabled": True, "toolFilter": {"mode": "block", "list": ["rm"]}},
        },
        "v": {"url": "https://v.example/", "headers": {"K": "${KEY}"}},
    }


def test_a_plain_file_is_taken_as_it_is(shell):
    """The proxy's own keys and variables stay, and --from says whose rules hold where the name does not."""
    server = {"command": "x", "args": ["$A"], "options": {"logEnabled": True}}
    file = shell.write("servers.json", {"mcpServers": {"x": server}})
    assert shell.imported(file, A="a") == {"x": server}
    assert shell.imported(file, "--from", "claude-desktop")["x"]["args"] == ["$$A"]


CONFIGURATION = """{
\t// kept as it is
\t"mcpProxy": { "addr": ":9091",   "options": { "authTokens": ["${PROXY_TOKEN}"] } },
\t"mcpServers": {
\t\t"time": { "command": "mine" }, // not theirs
\t},
}
"""


@pytest.fixture
def two(shell):
    """Two servers of Cursor, one of which the configuration has under the same name."""
    servers = {"time": {"command": "theirs"}, "new": {"command": "npx", "args": ["-y", "new"]}}
    return shell.write(".cursor/mcp.json", {"mcpServers": servers})


def test_an_import_adds_to_a_file_and_changes_nothing_else(shell, two):
    """Comments, layout, the server of the same name and the mode of the file stay; a second import changes nothing."""
    file = shell.write("config.json", CONFIGURATION)
    file.chmod(0o640)
    link = shell.home / "link.json"
    link.symlink_to(file)
    done = shell.run("import", "cursor", "--into", link)
    assert re.search(r"^time +Cursor, ~/\.cursor/mcp\.json +kept", done.stderr, re.MULTILINE)
    assert re.search(r"^new +Cursor, ~/\.cursor/mcp\.json +added", done.stderr, re.MULTILINE)
    assert done.stdout == ""
    added = '\t\t"new": {\n\t\t\t"command": "npx",\n\t\t\t"args": ["-y", "new"]\n\t\t},\n'
    assert file.read_text() == CONFIGURATION.replace("// not theirs\n", "// not theirs\n" + added)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert link.is_symlink()
    shell.run("check", "--config", file, PROXY_TOKEN=TOKEN)
    before = (file.read_bytes(), file.stat().st_ino)
    assert "is as it was" in shell.run("import", "cursor", "--into", file).stderr
    assert (file.read_bytes(), file.stat().st_ino) == before
    assert [path.name for path in shell.home.iterdir() if path.name.endswith(".tmp")] == []


def test_a_new_file_is_for_its_owner_only(shell, two):
    """What is imported may hold secrets."""
    file = shell.home / "new.json"
    shell.run("import", "cursor", "--into", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    shell.run("check", "--config", file)


def test_a_dry_run_writes_nothing(shell, two):
    """It prints what would be written."""
    file = shell.write("config.json", CONFIGURATION)
    printed = shell.run("import", "--into", file, "--dry-run").stdout
    assert file.read_text() == CONFIGURATION
    shell.run("import", "--into", file)
    assert file.read_text() == printed


def test_scripts_are_told_what_was_done(shell, two):
    """With --json the result of each server is on standard output, and no value of a file."""
    shell.write("project/.vscode/mcp.json", VSCODE)
    file = shell.write("config.json", CONFIGURATION)
    told = json.loads(shell.run("import", "--into", file, "--json").stdout)
    results = {server["name"]: server["result"] for server in told["servers"]}
    assert results == {"time": "kept", "new": "added", "files": "added", "asks": "unanswered"}
    assert told["written"] is True
    assert "configuration" not in told
    told = json.loads(shell.run("import", "cursor", "--json").stdout)
    assert list(told["configuration"]["mcpServers"]) == ["time", "new"]
    assert told["written"] is False


def test_servers_can_be_chosen(shell, two):
    """--server takes some, --except leaves some out, and a wrong name says which there are."""
    assert list(shell.imported("--server", "new")) == ["new"]
    assert list(shell.imported("--except", "new")) == ["time"]
    said = shell.run("import", "--server", "nwe", status=1).stderr
    assert '"nwe"' in said and "time, new" in said


def test_the_first_of_two_with_one_name_is_taken(shell, two):
    """The server of the project comes before that of the user, and the table says so."""
    shell.write("project/.cursor/mcp.json", {"mcpServers": {"time": {"command": "nearer"}}})
    assert shell.imported()["time"] == {"command": "nearer"}
    assert "a different server of this name stands above" in shell.run("import").stderr


def test_secrets_are_not_said(shell):
    """The table and the problems name no value of a file."""
    shell.write(".cursor/mcp.json", {"mcpServers": {f"x/{TOKEN}": {"command": "x", "env": {"T": f"{TOKEN}-2"}, "o": 1}}})
    done = shell.run("import")
    assert TOKEN in done.stdout and TOKEN not in done.stderr
    assert TOKEN not in shell.run("import", "--into", "c.json", "--json").stdout


WRONG_SERVERS = {
    "neither": ({"args": ["x"]}, "neither a command nor a URL"),
    "kind": ({"type": "ws", "url": "wss://x.example"}, "transport"),
    "address": ({"url": "https://user:secret@x.example/"}, "user name or password"),
    "command": ({"command": [["npx"]]}, "a text is expected"),
    "number": (7, "not an object"),
}


@pytest.mark.parametrize("server, words", WRONG_SERVERS.values(), ids=WRONG_SERVERS)
def test_a_server_that_cannot_be_used_stops_the_import(shell, server, words):
    """The error names file, place and way out; the configuration is untouched, and --except leaves the server out."""
    shell.write(".cursor/mcp.json", {"mcpServers": {"bad": server, "good": {"command": "x"}}})
    file = shell.write("config.json", CONFIGURATION)
    said = shell.run("import", "--into", file, status=1).stderr
    assert words in said and "bad" in said and "--except" in said and "secret" not in said
    assert file.read_text() == CONFIGURATION
    assert list(shell.imported("--except", "bad")) == ["good"]


WRONG_FILES = {
    "broken": ('{"mcpServers": {"a": }', "a value is expected"),
    "list": ('{"mcpServers": []}', "an object is expected"),
    "empty": ("", "no server was found"),
    "other": ('{"something": 1}', "no server was found"),
    "text": ("servers", "a value is expected"),
}


@pytest.mark.parametrize("text, words", WRONG_FILES.values(), ids=WRONG_FILES)
def test_a_file_without_servers_says_why(shell, text, words):
    """A file that cannot be read or has none is named, and the configuration is untouched."""
    source = shell.write(".cursor/mcp.json", text)
    file = shell.write("config.json", CONFIGURATION)
    said = shell.run("import", "cursor", "--into", file, status=1).stderr
    assert words in said and str(source) in said
    assert file.read_text() == CONFIGURATION


def test_nothing_found_says_where_it_looked(shell):
    """Without any client's file, the places of all of them are listed."""
    said = shell.run("import", status=1).stderr
    for paths in PLACES.values():
        for path in paths:
            assert f"{shell.home}/{path}" in said


WRONG_ARGUMENTS = {
    "client": (["cursr"], 'no client or file "cursr"'),
    "path": (["./cursr.json"], "no file ./cursr.json"),
    "folder": ([".."], "this is a directory, not a file. Name a file, such as ../config.json"),
    "from": (["--from", "emacs"], '"emacs"'),
    "yaml": (["cursor", "--into", "config.yaml"], "JSON only"),
    "url": (["cursor", "--into", "https://c.example/c.json"], "not a URL"),
    "into-folder": (["cursor", "--into", ".."], "this is a directory, not a file"),
    "nowhere": (["cursor", "--into", "missing/config.json"], "No such file or directory"),
    "input": (["cursor", "--input", "x"], "id=answer"),
    "input-nobody": (["cursor", "--input", "x=y"], '--input "x": no server asks for it; none of them has an ${input:…}'),
}


@pytest.mark.parametrize("arguments, words", WRONG_ARGUMENTS.values(), ids=WRONG_ARGUMENTS)
def test_wrong_arguments_say_what_to_write(shell, two, arguments, words):
    """The error is about the argument, and nothing is printed or written."""
    done = shell.run("import", *arguments, status=1)
    assert words in done.stderr and done.stdout == ""
    assert list(shell.folder.iterdir()) == []


def test_an_unreadable_file_is_named(shell, two):
    """A file that cannot be read is an error, not an empty one."""
    two.unlink()
    # A link to itself, which not even root can read.
    two.symlink_to(two)
    said = shell.run("import", status=1).stderr
    assert str(two) in said and "cannot be read" in said


WRONG_TARGETS = {
    "broken": ("{", "config.json:1:2"),
    "old": ('{"server": {}, "clients": {}}', "version 1"),
    "shape": ('{"mcpProxy": {}, "mcpServers": []}', "an object is expected"),
    "value": ('{"mcpProxy": {"addr": 7, "limits": {"callTimeout": "x"}}, "mcpServers": {}}', "callTimeout"),
}


@pytest.mark.parametrize("text, words", WRONG_TARGETS.values(), ids=WRONG_TARGETS)
def test_a_configuration_with_problems_is_not_added_to(shell, two, text, words):
    """It is reported and untouched."""
    file = shell.write("config.json", text)
    assert words in shell.run("import", "--into", file, status=1).stderr
    assert file.read_text() == text


CLIENTS = ["claude-desktop", "claude-code", "cursor", "vscode", "windsurf", "gemini", "codex", "cline", "roo", "zed"]
CLIENTS += ["goose", "opencode", "jetbrains", "lm-studio", "librechat", "generic"]


@pytest.fixture
def published(shell):
    """A configuration with an open server, one with a token, one with a token in its name, and one that is off."""
    servers = {
        "open": {"command": "x"},
        "shut": {"command": "x", "options": {"authTokens": [TOKEN, "another-token-of-it"]}},
        f"path/{TOKEN}": {"url": "https://x.example/"},
        "off": {"command": "x", "options": {"disabled": True}},
    }
    return shell.write("project/config.json", {"mcpProxy": {}, "mcpServers": servers})


def test_clients_are_listed(shell):
    """Without a client it says which there are, without a configuration."""
    assert [line.split()[0] for line in shell.run("client-config").stdout.splitlines()[1:]] == CLIENTS
    told = json.loads(shell.run("client-config", "--json").stdout)
    assert [client["name"] for client in told["clients"]] == CLIENTS


@pytest.mark.parametrize("client", [client for client in CLIENTS if client != "codex"])
def test_no_token_is_shown_unasked(shell, published, client):
    """Every enabled server is there with its URL, and placeholders stand for tokens."""
    done = shell.run("client-config", client, "--each")
    assert TOKEN not in done.stdout + done.stderr
    for url in [f"{BASE}/open/mcp", f"{BASE}/shut/mcp", f"{BASE}/path/<token>/mcp"]:
        assert url in done.stdout
    assert "off" not in done.stdout
    assert "Paste into: " in done.stderr
    shown = shell.run("client-config", client, "--each", "--show-token").stdout
    assert f"{BASE}/path/{TOKEN}/mcp" in shown and shown.count(TOKEN) == 2
    assert "another-token" not in shown


def test_codex_takes_the_name_of_a_variable(shell, published):
    """No token is in its commands; which variable is to have it is said beside them."""
    done = shell.run("client-config", "codex", "--server", "open", "--server", "shut", "--show-token")
    start = "codex mcp add"
    assert done.stdout.splitlines() == [
        f"{start} open --url {BASE}/open/mcp",
        f"{start} shut --url {BASE}/shut/mcp --bearer-token-env-var MCP_PROXY_TOKEN_SHUT",
    ]
    assert "token of shut into the variable MCP_PROXY_TOKEN_SHUT" in done.stderr and TOKEN not in done.stderr


def test_files_of_clients_have_their_keys(shell, published):
    """Each client gets the form that it reads."""

    def shut(client, key="mcpServers"):
        return json.loads(shell.run("client-config", client, "--server", "shut").stdout)[key]["shut"]

    url, headers = f"{BASE}/shut/mcp", {"Authorization": "Bearer <token>"}
    assert shut("cursor") == {"url": url, "headers": headers}
    assert shut("windsurf") == {"serverUrl": url, "headers": headers}
    assert shut("generic") == {"type": "http", "url": url, "headers": headers}
    assert shut("vscode", "servers") == {
        "type": "http",
        "url": url,
        "headers": {"Authorization": "Bearer ${input:shut-token}"},
    }
    assert [entry["id"] for entry in shut_inputs(shell)] == ["shut-token"]
    assert shut("claude-desktop") == {
        "command": shell.binary,
        "args": ["stdio", url, "--header", "Authorization: Bearer ${MCP_PROXY_TOKEN}"],
        "env": {"MCP_PROXY_TOKEN": "<token>"},
    }


def shut_inputs(shell):
    return json.loads(shell.run("client-config", "vscode", "--server", "shut").stdout)["inputs"]


def test_commands_of_claude_code_survive_the_shell(shell, published):
    """Each line is a command whose words a shell takes apart as they are meant; --json has them apart."""
    text = shell.run("client-config", "claude-code", "--server", "open", "--server", "shut").stdout
    start = ["claude", "mcp", "add", "--transport", "http"]
    commands = [
        [*start, "open", f"{BASE}/open/mcp"],
        [*start, "shut", f"{BASE}/shut/mcp", "--header", "Authorization: Bearer <token>"],
    ]
    assert [shlex.split(line) for line in text.splitlines()] == commands
    told = shell.run("client-config", "claude-code", "--server", "open", "--server", "shut", "--json").stdout
    assert json.loads(told) == {"commands": commands}


@pytest.mark.parametrize(
    "proxy, arguments, url",
    [
        ({}, [], f"{BASE}/x/mcp"),
        ({"addr": ":8080"}, [], "http://localhost:8080/x/mcp"),
        ({"baseURL": "https://m.example/tools/"}, [], "https://m.example/tools/x/mcp"),
        ({"baseURL": "https://m.example/tools"}, ["--url", "http://localhost:9"], "http://localhost:9/tools/x/mcp"),
        ({"addr": ":0"}, ["--url", "https://u.example/a/"], "https://u.example/a/x/mcp"),
    ],
)
def test_urls_are_those_that_the_proxy_publishes(shell, proxy, arguments, url):
    """URLs begin with baseURL, the address, or what --url says."""
    shell.write("c.json", {"mcpProxy": proxy, "mcpServers": {"x": {"command": "x"}}})
    told = shell.run("client-config", "cursor", "--config", "../c.json", "--each", *arguments).stdout
    assert json.loads(told) == {"mcpServers": {"x": {"url": url}}}
    told = shell.run("client-config", "cursor", "--config", "../c.json", *arguments).stdout
    assert json.loads(told) == {"mcpServers": {"mcp-proxy": {"url": url.replace("/x/mcp", "/mcp")}}}


WRONG_CLIENT_CONFIGS = {
    "client": (["emacs"], '"emacs"'),
    "server": (["cursor", "--server", "opn"], "open, shut, path/***"),
    "disabled": (["cursor", "--server", "off"], "is disabled"),
    "group": (["cursor", "--group", "dev"], "there are: none"),
    "url": (["cursor", "--url", "m.example"], "--url takes"),
    "config": (["cursor", "--config", "missing.json"], "no such file"),
}


@pytest.mark.parametrize("arguments, words", WRONG_CLIENT_CONFIGS.values(), ids=WRONG_CLIENT_CONFIGS)
def test_what_cannot_be_printed_says_why(shell, published, arguments, words):
    """The error says what there is instead."""
    done = shell.run("client-config", *arguments, status=1)
    assert words in done.stderr and done.stdout == ""


def test_a_free_port_has_no_url(shell):
    """Where the proxy takes any port, the address has to be named."""
    shell.write("project/config.json", {"mcpProxy": {"addr": "127.0.0.1:0"}, "mcpServers": {"x": {"command": "x"}}})
    assert "--url" in shell.run("client-config", "cursor", status=1).stderr


def test_what_is_printed_for_claude_desktop_works(shell, launch):
    """The printed program, started as the client would, reaches the server behind the proxy with its token."""
    server = {**stdio(), "options": {"authTokens": [TOKEN]}}
    with launch({"one": server}) as proxy:
        printed = shell.run("client-config", "claude-desktop", "--config", proxy.file, "--each", "--show-token").stdout
        entry = json.loads(printed)["mcpServers"]["one"]
        request = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "c", "version": "1"},
            },
        }
        done = subprocess.run(
            [entry["command"], *entry["args"]],
            env={"PATH": os.environ["PATH"], **entry["env"]},
            input=json.dumps(request) + "\n",
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        answer = json.loads(done.stdout.splitlines()[0])
        assert answer["id"] == 1 and "serverInfo" in answer["result"], done.stderr


def test_tokens_are_long_and_never_the_same(shell):
    """Standard output is the token and nothing else."""
    tokens = {shell.run("token").stdout for _ in range(5)}
    assert len(tokens) == 5
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}\n", token) for token in tokens)
    assert len(shell.run("token", "--bytes", "16").stdout) == 22 + 1
    assert shell.run("token").stderr == ""
    assert "16 to 1024" in shell.run("token", "--bytes", "8", status=64).stderr


def test_a_terminal_is_told_where_the_token_goes(shell):
    """Somebody who looks at it gets a hint on standard error."""
    ours, theirs = os.openpty()
    with os.fdopen(ours), os.fdopen(theirs) as terminal:
        done = subprocess.run(
            [shell.binary, "token"], stdout=terminal, stderr=subprocess.PIPE, text=True, timeout=SECONDS
        )
    assert done.returncode == 0
    assert "mcpProxy.options.authTokens" in done.stderr and "mcpProxy.management.authTokens" in done.stderr


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_shells_get_completions(shell, name):
    """They know every command, and an unknown shell is an error."""
    script = shell.run("completions", name).stdout
    for command in ["check", "stdio", "top", "import", "client-config", "token", "completions"]:
        assert command in script
    assert script == shell.run("--generate-completion-script", name).stdout
    assert "bash, zsh or fish" in shell.run("completions", "csh", status=1).stderr


def test_bash_completes_commands_and_clients(shell):
    """The script, sourced, finishes what was begun."""
    script = shell.write("completions.bash", shell.run("completions", "bash").stdout)

    def completed(*words):
        listed = " ".join(map(shlex.quote, words))
        # The arguments that bash itself gives: the command, the word begun, the word before it.
        ask = (
            f"source {script}; COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1}; "
            f"_mcp-proxy mcp-proxy {shlex.quote(words[-1])} {words[-2]}; echo ${{COMPREPLY[@]}}"
        )
        command = ["bash", "--norc", "-c", ask]
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS).stdout.split()

    assert completed("mcp-proxy", "imp") == ["import"]
    assert "cursor" in completed("mcp-proxy", "client-config", "")
