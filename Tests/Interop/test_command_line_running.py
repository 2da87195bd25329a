"""The commands that speak to a running proxy, or start what they need themselves."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys

import pytest

from support import processes
from support.fixture import DIRECTORY, stdio
from support.processes import MARK
from support.proxy import free_port
from support.wait import eventually

SECONDS = 60
TOKEN = "a-token-that-nobody-guesses"
OTHER_TOKEN = "another-token-that-nobody-guesses"
FIXTURE = [sys.executable, str(DIRECTORY / "stdio_server.py")]


class Commands:
    """The binary, run beside a proxy's configuration file."""

    def __init__(self, binary, proxy):
        self.binary = binary
        self.proxy = proxy

    def environment(self, **more):
        return {"PATH": os.environ["PATH"], "HOME": str(self.proxy.directory), MARK: self.proxy.run, **more}

    def run(self, *arguments, status=0, stdin="", **environment):
        done = subprocess.run(
            [self.binary, *map(str, arguments)],
            cwd=self.proxy.directory,
            env=self.environment(**environment),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done

    def json(self, *arguments, **settings):
        return json.loads(self.run(*arguments, "--output", "json", **settings).stdout)

    @contextlib.contextmanager
    def begin(self, *arguments):
        process = subprocess.Popen(
            [self.binary, *map(str, arguments)],
            cwd=self.proxy.directory,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def running(binary, launch):
    """Commands beside a running proxy with a token, and two servers."""
    servers = {"one": stdio(tools=60, page=7), "broken": stdio("stderr-last")}
    with launch(servers, options={"authTokens": [TOKEN]}) as proxy:
        yield Commands(binary, proxy)


@pytest.fixture
def stopped(binary, make_proxy):
    """Commands beside the file of a proxy that does not run."""
    return Commands(binary, make_proxy({"one": stdio(tools=60, page=7), "broken": stdio("stderr-last")}))


def lines(text):
    return [line.split() for line in text.splitlines()]


# Servers and tools


def test_list_shows_every_server_and_why_one_failed(running):
    """`list` finds proxy and token by the file beside it, shows states, and says why a server failed."""
    done = running.run("list")
    rows = {row[0]: row[1:] for row in lines(done.stdout)}
    assert rows["SERVER"] == ["STATE", "SOURCE", "TRANSPORT", "TOOLS", "CALLS", "PATH"]
    assert rows["one"][:3] == ["ready", "file", "stdio"]
    assert rows["one"][-1] == "/one/"
    assert rows["broken"][0] == "failed"
    assert "broken failed: " in done.stderr
    assert running.json("list")["servers"]["one"]["state"] == "ready"


def test_tools_shows_all_pages(running):
    """`tools` lists every page of a server, with the arguments, and names the servers it could not ask."""
    rows = lines(running.run("tools", "one").stdout)
    assert ["echo", "text"] == rows[1][:2]
    assert {f"tool-{number:03}" for number in range(60)} <= {row[0] for row in rows}
    tools = running.json("tools", "one")["tools"]
    assert len(tools) == len(rows) - 1
    assert tools[0]["x-unknown"] == {"kept": True}
    everything = running.run("tools", status=1)
    assert ["one", "echo", "text"] == lines(everything.stdout)[1][:3]
    assert "broken: the tools cannot be listed" in everything.stderr


# Calls


@pytest.mark.parametrize("where", ["running", "stopped"])
def test_call_types_arguments_by_the_schema(where, request):
    """`call` sends text as text and other values as the tool's schema wants them, running or one-shot."""
    commands = request.getfixturevalue(where)
    extra = ["--one-shot"] if where == "stopped" else []
    assert commands.run("call", "one", "echo", "text=12", *extra).stdout == "12\n"
    assert commands.run("call", "one", "echo", "text=a=b {", *extra).stdout == "a=b {\n"
    result = commands.json("call", "one", "reflect", 'value={"a":[1.50,null]}', *extra)
    assert result["structuredContent"] == {"a": [1.50, None]}
    assert commands.run("call", "one", "progress", "steps=2", *extra).stdout == "2 steps\n"
    given = '{\n"text":"over\\nlines"}'
    assert commands.run("call", "one", "echo", "--json", "-", *extra, stdin=given).stdout == "over\nlines\n"


@pytest.mark.parametrize(
    "pair, words",
    [
        ("steps=many", '"steps" must be integer; "many" is not'),
        ("steps=1.5", '"steps" must be integer; "1.5" is not'),
        ("confirm=yes", '"confirm" must be boolean; "yes" is not'),
    ],
)
def test_call_names_the_argument_that_does_not_fit(running, pair, words):
    """A value that is not what the schema says is refused with the name of its key, and nothing is called."""
    done = running.run("call", "one", "progress", pair, status=1)
    assert words in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("where", ["running", "stopped"])
def test_errors_have_exit_status_1(where, request):
    """A result with isError, an error of the protocol and an unknown server end with 1 and words on standard error."""
    commands = request.getfixturevalue(where)
    extra = ["--one-shot"] if where == "stopped" else []
    failed = commands.run("call", "one", "is_error", *extra, status=1)
    assert (failed.stdout, failed.stderr) == ("", "the tool failed\n")
    assert commands.json("call", "one", "is_error", *extra, status=1)["isError"] is True
    assert "error -32050" in commands.run("call", "one", "fail", *extra, status=1).stderr
    assert 'there is no server "nobody"' in commands.run("call", "nobody", "echo", *extra, status=1).stderr


def test_a_server_that_does_not_run_is_explained(running):
    """Whatever is asked of it, the reason is there."""
    for command in (["call", "broken", "echo", "text=x"], ["tools", "broken"], ["tools"]):
        assert "it ended with exit status 3" in running.run(*command, status=1).stderr


def test_a_server_that_does_not_start_is_explained(stopped):
    """One-shot, a server that does not start is reported with its last words, and nothing is left."""
    done = stopped.run("call", "broken", "echo", "text=x", "--one-shot", status=1)
    assert "exit status 3" in done.stderr
    assert "    | " in done.stderr
    assert not processes.marked(stopped.proxy.run)


@pytest.mark.parametrize("where", ["running", "stopped"])
def test_a_question_of_the_server_is_refused(where, request):
    """Nobody answers what a server asks in the middle of a call: it is told so instead of waiting."""
    commands = request.getfixturevalue(where)
    extra = ["--one-shot"] if where == "stopped" else []
    for tool in ("ask_elicitation", "ask_sampling", "ask_roots"):
        assert "-32601" in commands.run("call", "one", tool, *extra).stdout


def on_terminal(commands, *arguments):
    """Runs a command whose standard error is a terminal: how it was done, and what the terminal shows."""
    ours, theirs = os.openpty()
    try:
        done = subprocess.run(
            [commands.binary, *arguments],
            cwd=commands.proxy.directory,
            env=commands.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
            text=True,
            timeout=SECONDS,
        )
        return done, os.read(ours, 10_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)


def test_progress_is_shown_to_somebody_who_waits(running):
    """On a terminal the progress of a call is shown on standard error; the result stays alone on standard output."""
    done, shown = on_terminal(running, "call", "one", "progress", "steps=2")
    assert done.stdout == "2 steps\n"
    assert "1 of 2" in shown
    assert "2 of 2" in shown


# Resources


@pytest.mark.parametrize("where", ["running", "stopped"])
def test_read_finds_the_server(where, request):
    """`read` prints a resource of the server that is named, or of the only one that has it."""
    commands = request.getfixturevalue(where)
    extra = ["--one-shot"] if where == "stopped" else []
    assert commands.run("read", "one", "mem://one", *extra).stdout == "one\n"
    assert commands.run("read", "mem://one", *extra).stdout == "one\n"
    assert commands.json("read", "mem://one", *extra)["contents"][0]["uri"] == "mem://one"
    assert 'no server has the resource "mem://none"' in commands.run("read", "mem://none", *extra, status=1).stderr


@pytest.mark.parametrize("where", ["running", "stopped"])
def test_read_names_the_servers_that_could_not_be_asked(where, request):
    """Whether or not another one has the resource, with the reason; those that do not have it are told apart."""
    commands = request.getfixturevalue(where)
    extra = ["--one-shot"] if where == "stopped" else []
    done = commands.run("read", "mem://one", *extra)
    assert done.stdout == "one\n"
    [title, server, *_] = done.stderr.splitlines()
    assert title.endswith("these servers could not be asked:")
    assert server.startswith("    broken: ") and "exit status 3" in done.stderr
    answer, rest = commands.run("read", "mem://none", *extra, status=1).stderr.split("these servers could not be asked:")
    assert "    one: " in answer and "broken" not in answer
    assert "    broken: " in rest and "exit status 3" in rest and "one: " not in rest


def test_read_tells_whom_it_is_asking(running):
    """Somebody who waits at a terminal sees for which server."""
    done, shown = on_terminal(running, "read", "mem://one")
    assert done.stdout == "one\n"
    assert "asking broken (1 of 2)…" in shown and "asking one (2 of 2)…" in shown


def test_read_does_not_choose_among_several(binary, make_proxy):
    """A resource that several servers have is not read from one of them by chance."""
    commands = Commands(binary, make_proxy({"one": stdio(), "two": stdio()}))
    done = commands.run("read", "mem://one", "--one-shot", status=1)
    assert "several servers have this resource: one, two" in done.stderr


# One-shot


def test_one_shot_leaves_nothing(stopped):
    """What a one-shot command has started is gone when it ends."""
    states = {name: server["state"] for name, server in stopped.json("list", "--one-shot")["servers"].items()}
    assert states == {"one": "ready", "broken": "failed"}
    assert stopped.run("tools", "one", "--one-shot").stdout
    assert not processes.marked(stopped.proxy.run)


def test_a_named_file_is_used_when_nothing_runs(stopped):
    """Without a proxy, a file that was named is used one-shot and that is said; one that lies here is only offered."""
    done = stopped.run("call", "one", "echo", "text=x", "--config", stopped.proxy.file)
    assert done.stdout == "x\n"
    assert "no proxy answers at" in done.stderr
    assert "is started here" in done.stderr
    assert "--one-shot" in stopped.run("call", "one", "echo", "text=x", status=1).stderr


def test_a_proxy_that_was_named_is_not_replaced(stopped):
    """Who has said which proxy is meant is told that it does not answer; nothing is started in its place."""
    address = f"http://127.0.0.1:{free_port()}"
    for named, settings in ((["--proxy", address], {}), ([], {"MCP_PROXY_URL": address})):
        for command in (["list"], ["tools"], ["call", "one", "echo", "text=x"]):
            done = stopped.run(*command, *named, "--config", stopped.proxy.file, status=1, **settings)
            assert f"no proxy answers at {address}; start it" in done.stderr and "started here" not in done.stderr
            assert not done.stdout


def test_ctrl_c_ends_a_call_and_its_server(stopped, directory):
    """Ctrl-C in the middle of a one-shot call ends it with 130 and leaves no process."""
    with stopped.begin("call", "one", "hold", f"file={directory() / 'never'}", "--one-shot") as process:
        eventually(lambda: len(processes.marked(stopped.proxy.run)) > 1, "the server to run")
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 130
    eventually(lambda: not processes.marked(stopped.proxy.run), "no process to be left")


# Changes


def test_a_server_is_added_replaced_restarted_and_removed(running):
    """`add` publishes a server that can be called at once; `restart`, `add --replace` and `remove` change it."""
    added = running.run("add", "new", "--env", "PLACE=here", "--", *FIXTURE, "--name", "new")
    assert added.stdout == "server new added\n"
    assert running.proxy.url("/new/mcp") in added.stderr
    assert running.run("call", "new", "echo", "text=there").stdout == "there\n"
    before = running.json("list")["servers"]["new"]
    assert before["source"] == "api"
    assert "--replace" in running.run("add", "new", "--", "true", status=1).stderr
    running.run("restart", "new")
    after = running.json("list")["servers"]["new"]
    assert after["processID"] != before["processID"]
    config = json.dumps({"command": FIXTURE[0], "args": [*FIXTURE[1:], "--tools", "3"]})
    running.run("add", "new", "--replace", "--json", "-", stdin=config)
    assert "tool-002" in running.run("tools", "new").stdout
    assert running.run("remove", "new").stdout == "server new removed\n"
    assert 'there is no server "new"' in running.run("remove", "new", status=1).stderr
    assert "new" not in running.json("list")["servers"]


def test_a_remote_server_is_added_by_its_url(running, http_fixture):
    """`add --url` adds a server with headers; what they hold is shown nowhere."""
    with http_fixture() as fixture:
        done = running.run(
            "add", "far", "--url", fixture.mcp_url, "--transport", "streamable-http", "--header", f"X-Key: {OTHER_TOKEN}"
        )
        assert running.run("call", "far", "echo", "text=far").stdout == "far\n"
        running.run("remove", "far")
    assert OTHER_TOKEN not in done.stdout + done.stderr + running.proxy.output


def test_a_refused_server_is_explained(running):
    """A server that does not start is not added: its last words and every problem of a configuration are shown."""
    done = running.run("add", "bad", "--", "sh", "-c", "echo last words >&2; exit 3", status=1)
    assert "exit status 3" in done.stderr
    assert "    | last words" in done.stderr
    wrong = running.run("add", "bad", "--json", '{"command":"a","foo":1}', status=1)
    assert "foo: the key is not known" in wrong.stderr
    assert "bad" not in running.json("list")["servers"]


def test_a_reload_is_shown_before_and_after(binary, launch):
    """`reload --dry-run` and `check --against-running` say what would change; `reload` changes it."""
    with launch({"one": stdio()}, options={"authTokens": [TOKEN]}) as proxy:
        commands = Commands(binary, proxy)
        assert "would change nothing" in commands.run("check", "--against-running").stdout
        assert "nothing has changed" in commands.run("reload").stdout
        document = json.loads(proxy.file.read_text())
        # The proxy may see the new server by itself before it is asked; this it can only tell of.
        document["mcpProxy"]["name"] = "another name"
        document["mcpServers"]["two"] = proxy.marked(stdio())
        proxy.file.write_text(json.dumps(document))
        assert commands.json("reload", "--dry-run")["needsRestart"] == ["name"]
        assert "mcpProxy.name needs a restart" in commands.run("check", "--against-running").stdout
        assert commands.json("reload")["failed"] == {}
        assert commands.json("list")["servers"]["two"]["source"] == "file"


def test_a_reload_of_a_broken_file_is_explained(binary, launch):
    """A file that cannot be used changes nothing: the proxy's problems are shown."""
    with launch({"one": stdio()}, options={"authTokens": [TOKEN]}) as proxy:
        commands = Commands(binary, proxy)
        proxy.file.write_text('{"mcpServers": {"one": {"command": 1}}}')
        refused = commands.run("reload", "--proxy", proxy.base, status=1, MCP_PROXY_TOKEN=TOKEN)
        assert "nothing was changed" in refused.stderr
        assert "mcpServers.one.command" in refused.stderr
        assert commands.run("reload", status=1).stderr
        assert commands.run("list", "--proxy", proxy.base, MCP_PROXY_TOKEN=TOKEN).stdout


# Logs


def test_logs_are_shown_and_followed(running):
    """`logs` prints what is kept; with -f also what comes, until the server has gone."""
    running.run("add", "noted", "--", "sh", "-c", f"echo first words >&2; exec '{FIXTURE[0]}' '{FIXTURE[1]}'")
    assert "| first words" in running.run("logs", "noted").stdout
    assert {"stderr", "event"} == {entry["kind"] for entry in running.json("logs", "noted")["entries"]}
    with running.begin("logs", "noted", "-f") as process:
        assert any("first words" in line for line in iter(process.stdout.readline, ""))
        running.run("restart", "noted")
        assert any("first words" in line for line in iter(process.stdout.readline, ""))
        running.run("remove", "noted")
        assert process.wait(SECONDS) == 0
        assert "has gone" in process.stderr.read()


def test_following_logs_ends_with_ctrl_c(running):
    """Ctrl-C is the usual end of `logs -f`."""
    with running.begin("logs", "one", "-f") as process:
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0


def test_a_disabled_server_is_enabled_by_a_command(running):
    """What refuses says which command helps, and that command exists."""
    running.run("disable", "one")
    try:
        assert "mcp-proxy enable one starts it" in running.run("call", "one", "echo", "text=x", status=1).stderr
        for command in (["restart", "one"], ["tools", "one"]):
            assert 'the server is disabled; "enable" starts it' in running.run(*command, status=1).stderr
    finally:
        assert "enabled" in running.run("enable", "one").stdout
    assert running.run("call", "one", "echo", "text=x").stdout == "x\n"


@pytest.mark.parametrize(
    "command",
    [["tools", "no"], ["logs", "no"], ["remove", "no"], ["restart", "no"], ["enable", "no"], ["add", "one", "--url", "http://127.0.0.1:1/mcp"]],
)
def test_refusals_speak_of_commands(running, command):
    """Nobody at a command line is told of methods and paths of the API."""
    words = running.run(*command, status=1).stderr
    assert "mcp-proxy list shows which there are" in words or "mcp-proxy add --replace does that" in words
    assert not any(word in words for word in ("/api/", "GET", "PUT", "POST"))


def test_a_call_costs_few_requests(binary, launch):
    """What nobody looks at is not asked for: one request is the command's own, the others find out the arguments."""
    with launch({"one": stdio()}, options={"logEnabled": True}) as proxy:
        proxy.wait_output("server lists tools")
        commands = Commands(binary, proxy)
        commands.run("call", "one", "echo", "text=x")
        commands.run("call", "one", "is_error", status=1)
        proxy.wait_output("tool=is_error")
        # What the server is, and that somebody listens, belongs to every connection.
        asked = [
            method for method in re.findall(r"request method=(\S+)", proxy.stderr)
            if method not in ("server/discover", "subscriptions/listen")
        ]  # fmt: skip
        assert set(asked) <= {"tools/list", "tools/call"} and len(asked) <= 6, asked


# Which proxy, which token


def test_a_wrong_token_is_named_by_its_source(running):
    """A refusal says where the token came from and how another one is given, and never the token."""
    wrong = running.run("list", "--token", OTHER_TOKEN, status=1)
    assert "the token that was sent is --token" in wrong.stderr
    by_environment = running.run("call", "one", "echo", "text=x", status=1, MCP_PROXY_TOKEN=OTHER_TOKEN)
    assert "the token that was sent is MCP_PROXY_TOKEN" in by_environment.stderr
    assert OTHER_TOKEN not in wrong.stderr + by_environment.stderr
    assert running.run("list", MCP_PROXY_TOKEN=TOKEN).stdout


def test_the_token_of_a_file_stays_with_the_files_proxy(running):
    """To a proxy that is named, the token of a file that only lies here is not sent; MCP_PROXY_TOKEN is."""
    done = running.run("list", status=1, MCP_PROXY_URL=running.proxy.base)
    assert "no token was sent" in done.stderr
    assert running.run("list", "--proxy", running.proxy.base + "/", MCP_PROXY_TOKEN=TOKEN).stdout
    named = ["--proxy", running.proxy.base, "--config", running.proxy.file]
    assert running.run("list", *named).stdout


@pytest.mark.parametrize("command", [["list"], ["call", "one", "echo", "text=x"], ["reload"], ["restart", "one"]])
def test_a_broken_file_that_lies_here_is_no_dead_end(running, shell, command):
    """The message names the way round, which works."""
    shell.write("project/config.json", '{"mcpServers": {')
    refused = shell.run(*command, "--token", TOKEN, status=1)
    assert "config.json:1:" in refused.stderr and "name the proxy with --proxy URL" in refused.stderr
    shell.run(*command, "--token", TOKEN, "--proxy", running.proxy.base)
    shell.write("project/other.json", "{")
    refused = shell.run(*command, "--config", "other.json", "--proxy", running.proxy.base, status=1)
    assert "leave out --config" in refused.stderr


def test_no_proxy_at_the_address_is_said(running):
    """A proxy that does not answer is named with its address and what to do."""
    address = f"http://127.0.0.1:{free_port()}"
    for command in (["list"], ["logs", "one"], ["remove", "one"], ["reload"], ["call", "one", "echo"]):
        done = running.run(*command, "--proxy", address, status=1)
        assert f"no proxy answers at {address}; start it" in done.stderr


def test_another_web_server_is_not_taken_for_a_proxy(running, http_fixture):
    """What is no proxy is recognised by its answers."""
    with http_fixture() as fixture:
        address = f"http://127.0.0.1:{fixture.port}"
        done = running.run("list", "--proxy", address, status=1)
    assert address in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["call", "one"],
        ["call", "one", "echo", "text"],
        ["call", "one", "echo", "=x"],
        ["call", "one", "echo", "text=x", "--json", "{}"],
        ["read"],
        ["read", "a", "b", "c"],
        ["logs"],
        ["add", "x"],
        ["add", "x", "--url", "http://a", "--", "true"],
        ["add", "x", "--header", "A: b", "--", "true"],
        ["add", "x", "--url", "http://a", "--header", "nothing"],
        ["add", "x", "--url", "http://a", "--env", "A=b"],
        ["list", "--output", "yaml"],
        ["list", "--one-shot", "--proxy", "http://127.0.0.1:1"],
        ["check", "--proxy", "http://127.0.0.1:1"],
    ],
)
def test_wrong_usage_has_exit_status_64(running, arguments):
    """A command line that means nothing is refused with 64 before anybody is asked."""
    assert running.run(*arguments, status=64).stderr


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["call", "one", "echo", "--json", "["], "--json is not JSON"),
        (["call", "one", "echo", "--json", "[]"], "--json takes a JSON object"),
        (["call", "one", "progress", "steps=1", "steps=2"], '"steps" is given twice'),
        (["list", "--proxy", "ftp://a"], "take an address such as"),
        (["add", "x", "--env", "NOT_SET_HERE", "--", "true"], "there is no such variable here"),
        (["add", "x", "--json", "{"], "--json is not JSON"),
    ],
)
def test_bad_values_are_explained(running, arguments, words):
    """A value that cannot be used is named, and what to write instead."""
    assert words in running.run(*arguments, status=1).stderr
