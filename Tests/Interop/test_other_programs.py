"""Configurations as people have them for other programs: taken, or answered with whose file it is and what takes it."""

import json

import pytest

from support.fixture import stdio

REMOTE = "https://mcp.example/mcp"

TAKEN = {
    "cline": (
        "cline.json",
        {
            "on": {"command": "node", "args": ["s.js"], "alwaysAllow": ["a"], "disabled": False, "timeout": 60},
            "off": {"type": "streamableHttp", "url": REMOTE, "disabled": True, "timeout": 120},
        },
        {"on": "", "off": " (disabled)"},
    ),
    "windsurf": (
        "windsurf.json",
        {"a": {"serverUrl": REMOTE, "disabledTools": ["rm"]}, "b": {"command": "npx", "disabled": True}},
        {"a": "", "b": " (disabled)"},
    ),
    "spellings": (
        "spellings.json",
        {
            "a": {"type": "streamable_http", "url": REMOTE, "timeout": 60000},
            "b": {"transport": "sse", "url": REMOTE},
            "c": {"httpUrl": REMOTE, "trust": True, "headers": {"A": "Bearer ${NOBODY:-none}"}},
            "d": {"uri": REMOTE, "isActive": False},
        },
        {"a": "", "b": "", "c": "", "d": " (disabled)"},
    ),
    "odd values": (
        "odd.json",
        {
            "a": {"command": "no-such-docker run -i --rm example/mcp"},
            "b": {"command": "npx", "args": "-y example-mcp"},
            "c": {"command": "x", "args": ["--password", "pa$$w0rd$1", "^x$"]},
            "d": {"command": "x", "args": [8080, True, None], "env": {"PORT": 8080, "DEBUG": True, "EMPTY": None}},
            "e": {"command": "~/bin/example", "args": ["~/data"], "cwd": "~/work"},
            "f": {"command": ["npx", "-y", "example"], "environment": {"A": "b"}},
        },
        {name: "" for name in "abcdef"},
    ),
}


@pytest.mark.parametrize("name, servers, states", TAKEN.values(), ids=TAKEN)
def test_servers_of_other_programs_are_taken(shell, name, servers, states):
    """They pass `check`, as an argument or an option, and `import`; what is off there is off."""
    file = shell.write(name, {"mcpServers": servers})
    for arguments in (["check", file], ["check", "--config", file], ["-check-config", "-config", file]):
        listed = shell.run(*arguments).stdout.strip().rpartition(": ")[2]
        assert listed == ", ".join(server + state for server, state in states.items())
    imported = shell.imported(file)
    assert {
        server: " (disabled)" if entry.get("options", {}).get("disabled") else "" for server, entry in imported.items()
    } == states


def test_what_is_odd_is_said_with_the_right_form(shell):
    """Every warning names the key and what to write."""
    name, servers, _ = TAKEN["odd values"]
    said = shell.run("check", shell.write(name, {"mcpServers": servers})).stderr
    for words in (
        'mcpServers.a.command: the command holds arguments as well',
        'Write "command": "program", "args": ["argument", …]',
        "mcpServers.b.args: the arguments are one text",
        "each $$ is one dollar sign",
        "Write $$ for every dollar sign",
        'mcpServers.d.env.PORT: a number is taken for the text "8080"',
        "mcpServers.e.command: ~ is taken for the home folder",
        "Write ${HOME} in the place of ~",
        'the command "no-such-docker" was not found in PATH',
    ):
        assert words in said, said


def test_a_servers_command_that_is_not_there_is_a_warning(shell):
    """`check` looks for commands where the server would, and a disabled server needs none."""
    servers = {
        "found": {"command": "sh"},
        "missing": {"command": "no-such-program"},
        "path": {"command": "./nothing", "cwd": "."},
        "elsewhere": {"command": "sh", "env": {"PATH": "/nowhere"}},
        "off": {"command": "no-such-program", "disabled": True},
    }
    done = shell.run("check", shell.write("commands.json", {"mcpServers": servers}))
    warned = [line.split("warning: ")[1].split(":")[0] for line in done.stderr.splitlines()]
    assert warned == [f"mcpServers.{name}.command" for name in ("missing", "path", "elsewhere")]
    assert "3 warning(s)" in done.stdout


CODEX = """
model = "example"

[mcp_servers.local]
command = "npx"
args = ["-y", "example-mcp"]
env = { KEY = "a$b" }
startup_timeout_sec = 20
disabled_tools = ["rm"]

[mcp_servers.remote]
url = "https://mcp.example/mcp"
bearer_token_env_var = "EXAMPLE_TOKEN"
http_headers = { "X-Region" = "eu-1" }

[mcp_servers.off]
command = "x"
enabled = false
"""
GOOSE = """
GOOSE_MODE: auto
extensions:
  developer: {type: builtin, name: developer, enabled: true, bundled: true}
  local: {type: stdio, cmd: npx, args: [-y, example], envs: {A: b}, enabled: true, timeout: 300}
  remote: {type: streamable_http, uri: "https://mcp.example/mcp", enabled: false, timeout: 300}
"""
OWN_KEYS = {
    "VS Code": (
        "vscode.json",
        '{// mine\n"inputs": [{"id": "key"}], "servers": {"a": {"type": "http", "url": "https://mcp.example/mcp"},'
        '"b": {"command": "uvx", "env": {"K": "${input:key}"}}}}',
        {"a": {"url": REMOTE, "transportType": "streamable-http"}},
    ),
    "Zed": (
        "zed.json",
        '{"theme": "x", "context_servers": {"a": {"source": "custom", "command": "npx", "args": ["$x"]},'
        '"b": {"command": {"path": "p", "args": ["q"], "env": {}}}, "c": {"url": "https://mcp.example/mcp"}}}',
        {"a": {"command": "npx", "args": ["$$x"]}, "b": {"command": "p", "args": ["q"]}, "c": {"url": REMOTE}},
    ),
    "Codex": (
        "codex.toml",
        CODEX,
        {
            "local": {
                "command": "npx",
                "args": ["-y", "example-mcp"],
                "env": {"KEY": "a$$b"},
                "startTimeout": "20s",
                "options": {"toolFilter": {"mode": "block", "list": ["rm"]}},
            },
            "remote": {"url": REMOTE, "headers": {"X-Region": "eu-1", "Authorization": "Bearer ${EXAMPLE_TOKEN}"}},
            "off": {"command": "x", "options": {"disabled": True}},
        },
    ),
    "Goose": (
        "goose.yaml",
        GOOSE,
        {
            "local": {"command": "npx", "args": ["-y", "example"], "env": {"A": "b"}, "callTimeout": "300s"},
            "remote": {
                "url": REMOTE,
                "transportType": "streamable-http",
                "timeout": "300s",
                "options": {"disabled": True},
            },
        },
    ),
    "Claude Code": (
        "state.json",
        '{"numStartups": 7, "mcpServers": {}, "projects": {"/p": {"mcpServers": {"a": {"command": "npx"}}}}}',
        {"a": {"command": "npx"}},
    ),
    "Amp": ("amp.json", '{"amp.mcpServers": {"a": {"command": "npx"}}}', {"a": {"command": "npx"}}),
    "opencode": (
        "anything.json",
        '{"mcp": {"a": {"type": "local", "command": ["npx", "-y", "x"], "environment": {"K": "{env:KEY}$"}},'
        '"b": {"type": "remote", "url": "https://mcp.example/mcp", "enabled": false}}}',
        {
            "a": {"command": "npx", "args": ["-y", "x"], "env": {"K": "${KEY}$$"}},
            "b": {"url": REMOTE, "options": {"disabled": True}},
        },
    ),
}


@pytest.mark.parametrize("program, name, text, servers", [(p, *v) for p, v in OWN_KEYS.items()], ids=OWN_KEYS)
def test_a_file_with_servers_elsewhere_is_answered(shell, program, name, text, servers):
    """`check` and serving say whose file it is and what takes it, and that does."""
    file = shell.write(name, text)
    for arguments in (["check", file], ["--config", file]):
        said = shell.run(*arguments, status=1).stderr
        assert f"file of {program}" in said and f"mcp-proxy import {file} --into config.json" in said
    assert shell.imported(file, EXAMPLE_TOKEN="t", KEY="k") == servers
    shell.run("import", file, "--into", shell.home / "config.json", EXAMPLE_TOKEN="t", KEY="k")
    shell.run("check", shell.home / "config.json")


def test_servers_without_anything_around_them_are_answered(shell):
    """What was copied out of the middle of a file is told what is missing, and can be imported."""
    file = shell.write("piece.json", {"a": {"command": "npx"}, "b": {"url": REMOTE}})
    assert '"mcpServers": {…}} around them' in shell.run("check", file, status=1).stderr
    assert shell.imported(file) == {"a": {"command": "npx"}, "b": {"url": REMOTE}}


def test_what_else_is_in_a_file_of_another_program_is_one_warning(shell):
    """Its other keys have no effect, whatever variables they name; a slip is still told."""
    others = {f"setting{number}": "$NOBODY" for number in range(20)}
    file = shell.write("big.json", {"mcpServers": {"a": {"command": "sh"}}, **others, "cilents": {}})
    said = shell.run("check", file).stderr.splitlines()
    assert len(said) == 2
    assert "and 12 others are for another program" in said[0] and 'Did you mean "clients"?' in said[1]


GEMINI = {
    "mcp": {"allowed": ["remote"]},
    "mcpServers": {
        "remote": {
            "httpUrl": REMOTE,
            "headers": {"Authorization": "Bearer ${TOKEN:-none}"},
            "timeout": 5000,
            "trust": False,
        },
        "local": {
            "command": "python3",
            "env": {"KEY": "$EXAMPLE_KEY"},
            "includeTools": ["read", "delete"],
            "excludeTools": ["delete"],
        },
    },
}


def test_gemini_keeps_its_filter_and_what_it_does_not_use(shell):
    """A server that `mcp.allowed` leaves out is off, and its tools stay filtered."""
    file = shell.write("gemini.json", GEMINI)
    assert shell.run("check", file).stdout.strip().endswith(": remote, local (disabled)")
    shell.write(".gemini/settings.json", GEMINI)
    remote = {
        "url": REMOTE,
        "transportType": "streamable-http",
        "headers": {"Authorization": "Bearer ${TOKEN:-none}"},
    }
    local = {
        "command": "python3",
        "env": {"KEY": "$EXAMPLE_KEY"},
        "options": {"toolFilter": {"mode": "allow", "list": ["read"]}, "disabled": True},
    }
    assert shell.imported("gemini") == {"remote": {**remote, "timeout": "5000ms"}, "local": local}
    assert shell.imported(file)["remote"]["timeout"] == "5s"


NEW_PLACES = {
    "gemini": [".gemini/settings.json", "project/.gemini/settings.json"],
    "cline": [".config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"],
    "roo": ["project/.roo/mcp.json"],
    "jetbrains": [".junie/mcp/mcp.json", "project/.junie/mcp/mcp.json"],
    "lm-studio": [".lmstudio/mcp.json"],
    "librechat": ["project/librechat.yaml"],
}


@pytest.mark.parametrize("client, path", [(client, path) for client, paths in NEW_PLACES.items() for path in paths])
def test_a_client_is_found_where_it_keeps_its_file(shell, client, path):
    """Each client's file is found by the client's name, and without any."""
    shell.write(path, {"mcpServers": {"time": {"command": "uvx"}}})
    assert shell.imported(client) == shell.imported() == {"time": {"command": "uvx"}}


@pytest.mark.parametrize("client", ["gemini", "codex", "cline", "roo", "zed", "goose", "opencode", "lm-studio"])
def test_what_to_paste_into_a_client_is_what_an_import_takes(shell, client):
    """The address that `client-config` prints for a client comes back from a file of that client."""
    own = shell.write("own.json", {"mcpServers": {"time": {"command": "uvx"}}})
    printed = shell.run("client-config", client, "--config", own, "--each", "--url", "http://there:9090").stdout
    if client == "codex":
        assert printed == "codex mcp add time --url http://there:9090/time/mcp\n"
        return
    file = shell.write("theirs.json", printed)
    assert shell.imported(file, "--from", client)["time"]["url"] == "http://there:9090/time/mcp"


def test_a_disabled_server_of_another_program_is_not_started(launch, new_ledger):
    """Whatever way it is said, the program is not run."""
    ledger = new_ledger()
    off = {
        "disabled": {**stdio(ledger=ledger), "disabled": True},
        "enabled": {**stdio(ledger=ledger), "enabled": False},
        "text": {**stdio(ledger=ledger), "disabled": "true"},
        "inactive": {**stdio(ledger=ledger), "isActive": False},
    }
    with launch({"on": stdio(), **off}) as proxy:
        states = {name: server["state"] for name, server in proxy.servers().items()}
    assert states == {"on": "ready", **{name: "disabled" for name in off}}
    assert not ledger.path.exists() or ledger.path.read_text() == ""


def test_a_configuration_may_be_servers_alone(shell):
    """Without mcpProxy the defaults hold: this machine only, port 9090."""
    file = shell.write("config.json", {"mcpServers": {"time": {"command": "uvx"}}})
    printed = shell.run("client-config", "generic", "--config", file).stdout
    assert json.loads(printed)["mcpServers"]["mcp-proxy"]["url"] == "http://127.0.0.1:9090/mcp"


def test_variables_stand_for_truth_values_numbers_and_names(launch, new_ledger):
    """As in the Go program, also without quotation marks."""
    ledger = new_ledger()

    def text(proxy):
        on, off = json.dumps(proxy.marked(stdio())), json.dumps(proxy.marked(stdio(ledger=ledger)))
        return (
            '{"mcpProxy": {"addr": "127.0.0.1:${PORT}", "limits": {"maxSessions": ${MANY}}},'
            f'"mcpServers": {{"${{NAME}}": {on}, "off": {off[:-1]}, "options": {{"disabled": ${{OFF}}}}}}}}}}'
        )

    environment = {"MANY": "7", "NAME": "fetch", "OFF": "true"}

    def with_port(proxy):
        environment["PORT"] = str(proxy.port)
        return text(proxy)

    with launch(text=with_port, environment=environment) as proxy:
        states = {name: server["state"] for name, server in proxy.servers().items()}
    assert states == {"fetch": "ready", "off": "disabled"}
