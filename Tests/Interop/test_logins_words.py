"""What is said of logins: by whom one is wanted and how, why one has come to nothing, and where nobody logs in at all."""

import json
import os
import subprocess

import pytest

from support.issuer import Issuer
from support.login import faults
from support.login.server import LoginServer
from support.login_bench import SECONDS, Place, Terminal
from support.protected_server import ProtectedServer
from support.robot_browser import Opener
from test_login_exchanges import SECRET, identity
from test_logins_command import address_in, bench, come_back, docs, fixture  # noqa: F401


# A proxy that runs


def test_whoever_wants_to_see_the_tools_is_told_to_log_in(docs, bench):
    docs.wait("login needed")
    _, errors = Terminal(bench.proxy).run("tools", docs.name, status=1)
    needed = docs.entry["login"]["needed"]
    assert f"the server wants somebody to log in: {needed}" in errors and "does not run" not in errors, errors


def test_whoever_adds_a_server_is_told_to_log_in(bench, docs):
    output, _ = Terminal(bench.proxy).run("add", "wiki", "--url", docs.server.mcp_url)
    wiki = Place(bench.proxy, "wiki", docs.login, docs.server)
    needed = wiki.entry["login"]["needed"]
    wiki.ask("DELETE", "/wiki")
    assert output == f"server wiki added; it wants somebody to log in: {needed}\n"


def log_in_to_a_fault(docs, bench, tmp_path, browser, answer, status=0):
    """What the command says, on both of its outputs, where the server answers so to whoever has logged in."""
    opener = Opener(tmp_path)
    process = Terminal(bench.proxy, opener).begin("login", docs.name)
    address = opener.wait_for_url()
    docs.server.faults["/mcp"] = faults.Status(answer)
    browser().open(address)
    return Terminal(bench.proxy).end(process, status=status)


def test_whoever_logs_in_to_a_server_that_fails_is_told_why(docs, bench, tmp_path, browser):
    output, _ = log_in_to_a_fault(docs, bench, tmp_path, browser, 503)
    assert output.startswith(f"logged in to {docs.name}, which is failed at {bench.proxy.base}: {docs.entry['error']}"), output
    assert "503" in output


def test_whoever_logs_in_to_a_server_that_refuses_the_login_is_told_so(docs, bench, tmp_path, browser):
    _, errors = log_in_to_a_fault(docs, bench, tmp_path, browser, 401, status=1)
    said = f"logged in to {docs.name} at {bench.proxy.base}, but the server still wants somebody to log in: once more, as somebody who may use it"
    assert said in errors, errors


def test_whoever_is_not_logged_in_is_not_logged_out(docs, bench):
    docs.wait("login needed")
    _, errors = Terminal(bench.proxy).run("logout", docs.name, status=1)
    assert errors.splitlines()[0].endswith(f'nobody is logged in to "{docs.name}"'), errors


def test_the_log_says_for_whom_somebody_has_logged_in(docs, bench, browser):
    docs.logged_in(browser())
    (line,) = [line for line in bench.proxy.output.splitlines() if "somebody has logged in" in line and docs.name in line]
    assert "for=everybody" in line and "by=" not in line, line


def test_where_no_browser_can_be_opened_the_address_may_be_pasted(docs, bench, tmp_path, browser):
    """By a person at a terminal, on whose machine there is no browser."""
    ours, theirs = os.openpty()
    with os.fdopen(ours, "w") as keyboard, os.fdopen(theirs) as terminal:
        process = subprocess.Popen(
            [bench.proxy.binary, "login", docs.name], cwd=bench.proxy.directory, stdin=terminal, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={"PATH": str(tmp_path), "HOME": str(bench.proxy.directory)},
        )  # fmt: skip
        back = come_back(browser(), address_in(process))
        keyboard.write(back + "\n")
        keyboard.flush()
        output, errors = Terminal(bench.proxy).end(process)
    assert "no browser could be opened here" in errors and "paste the address" in errors, errors
    assert output.startswith(f"logged in to {docs.name}")


# Without a proxy


def test_whoever_logs_out_makes_no_directory(make_proxy, docs, tmp_path):
    proxy = make_proxy({"docs": docs.server.streamable()})
    _, errors = Terminal(proxy).run("logout", "docs", "--state-dir", tmp_path / "nosuch", status=1)
    assert 'nobody is logged in to "docs"' in errors and "nosuch" in errors, errors
    assert not (tmp_path / "nosuch").exists()


INITIALIZE = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip
CALL = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "whoami", "arguments": {}}}


def answers_of_stdio(shell, *arguments):
    """What a client reads that introduces itself and calls a tool."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [shell.binary, "stdio", *map(str, arguments)], cwd=shell.folder, text=True, stdin=pipe, stdout=pipe,
        stderr=subprocess.DEVNULL, env={"HOME": str(shell.home), "PATH": os.environ["PATH"]},
    )  # fmt: skip
    try:
        process.stdin.write("".join(json.dumps(message) + "\n" for message in (INITIALIZE, CALL)))
        process.stdin.flush()
        answers = []
        # It may ask and tell other things before it answers.
        while not answers or json.loads(answers[-1]).get("id") != CALL["id"]:
            answers.append(process.stdout.readline())
            assert answers[-1], f"it has ended after {answers}"
        process.communicate(timeout=SECONDS)
        return "".join(answers)
    finally:
        process.kill()


def configuration(shell, server, **settings):
    return shell.write("project/c.json", {"mcpServers": {"docs": server.streamable(**settings)}}).name


@pytest.mark.parametrize("per", ["proxy", "principal"])
def test_a_client_of_stdio_reads_a_command_that_works(shell, docs, tmp_path, browser, per):
    """In a folder of its own, with the directory that it is to be started with, and then it does."""
    file = configuration(shell, docs.server, auth={"type": "oauth", "per": per})
    said = answers_of_stdio(shell, "--config", file)
    assert f"mcp-proxy login docs --config {file} --state-dir DIR, then start mcp-proxy stdio with --state-dir DIR" in said, said
    said = answers_of_stdio(shell, "--config", file, "--state-dir", "kept")
    assert f"mcp-proxy login docs --config {file} --state-dir kept, then start" in said, said
    opener = Opener(tmp_path)
    process = subprocess.Popen(
        [shell.binary, "login", "docs", "--config", file, "--state-dir", "kept"], cwd=shell.folder, text=True,
        env={"HOME": str(shell.home), "PATH": opener.path}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert "Logged in to docs" in browser().open(opener.wait_for_url()).text
    output, _ = process.communicate(timeout=SECONDS)
    assert output.startswith("logged in to docs") and ("per: principal" in output) == (per == "principal"), output
    assert '"result"' in answers_of_stdio(shell, "--config", file, "--state-dir", "kept").splitlines()[-1]
    assert docs.server.calls == [("ann", "whoami")]


def test_a_client_of_a_url_reads_that_a_login_needs_a_file(shell, docs):
    said = answers_of_stdio(shell, docs.server.mcp_url)
    assert "a login needs a configuration file" in said and "mcp-proxy login remote" not in said, said


def test_whoever_calls_without_a_proxy_reads_that_a_login_needs_one(shell, docs):
    file = configuration(shell, docs.server)
    for command in (["call", "docs", "whoami"], ["tools", "docs"]):
        errors = shell.run(*command, "--config", file, "--one-shot", status=1).stderr
        assert f"start the proxy with mcp-proxy --config {file}, log in with mcp-proxy login docs --config {file}" in errors, errors
    errors = shell.run("list", "--config", file, "--one-shot").stderr
    assert f"docs wants somebody to log in: start the proxy with mcp-proxy --config {file}" in errors, errors


# Without a person


@pytest.fixture(scope="module")
def unmanned(launch, fixture):
    """A proxy with a server for which it has credentials, and one for which its callers have to."""
    with LoginServer("/tenant", registration="off") as login, Issuer() as issuer, ProtectedServer(fixture, login) as server:
        login.trusts = [issuer]
        login.add_client("gateway", secret=SECRET, method="client_secret_basic")
        client = {"clientID": "gateway", "clientSecret": SECRET}
        nightly = {"type": "clientCredentials", **client}
        corp = {"type": "tokenExchange", "tokenURL": login.url + "/token", **client}
        servers = {"nightly": server.streamable(auth=nightly), "corp": server.streamable(auth=corp)}
        settings = identity(issuer)
        settings["clients"]["boss"] = {"tokens": ["canary-token-of-boss-0123456789"], "servers": ["*"], "management": "execute"}
        with launch(servers, proxy=settings) as proxy:
            yield proxy


BOSS = ["--token", "canary-token-of-boss-0123456789"]


def test_where_nobody_logs_in_nothing_is_said_of_logins(unmanned):
    for name, state in [("nightly", "ready"), ("corp", "token needed")]:
        Place(unmanned, name, None, None, token=BOSS[1]).wait(state)
    table, said = Terminal(unmanned).run("list", *BOSS)
    assert "nightly has a token" in table and "corp takes only callers with an access token" in said, table + said
    assert "log in" not in said and "logged in" not in table and "login" not in table, table + said
    for command in (["call", "corp", "whoami"], ["tools", "corp"]):
        _, errors = Terminal(unmanned).run(*command, *BOSS, status=1)
        assert "takes only callers with an access token" in errors and "log in" not in errors, errors


@pytest.mark.parametrize("name", ["nightly", "corp"])
@pytest.mark.parametrize("command", [["logout"], ["login"], ["login", "--link"]])
def test_where_nobody_logs_in_that_is_said(unmanned, name, command):
    _, errors = Terminal(unmanned).run(*command, name, *BOSS, status=1)
    assert f'nobody logs in to the server "{name}": the proxy gets its tokens by itself' in errors, errors
