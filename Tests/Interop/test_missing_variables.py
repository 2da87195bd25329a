"""A variable that is not set stops the server that needs it, and no other."""

import subprocess

import httpx
import pytest

from support.fixture import stdio
from support.raw import initialize_body
from support.wait import eventually

JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
NEEDS = {"command": "x", "env": {"KEY": "${NOBODY_SETS_THIS}"}}
WORDS = "the environment variable NOBODY_SETS_THIS is not set"


def test_only_the_server_that_needs_it_fails(launch):
    """Its state and the variable's name are in /readyz, the table and the log; the others are ready."""
    servers = {"good": stdio(), "env": NEEDS, "url": {"url": "https://$NOBODY_SETS_THIS/mcp"}}
    with launch(servers) as proxy:
        proxy.wait_state("good", "ready")
        for name in ("env", "url"):
            proxy.wait_state(name, "failed")
            assert proxy.servers()[name]["error"] == WORDS
        proxy.wait_output(f"env failed: {WORDS}. Correct that and start mcp-proxy again.")
        assert f"mcpServers.env.env.KEY: {WORDS}, so the server is not started" in proxy.stderr


def test_nothing_is_tried_again_that_only_a_change_can_help(launch):
    """Neither calls nor time make attempts; a change of the configuration does."""
    quick = {"restartBackoffMinimum": "1ms", "restartBackoffMaximum": "1ms"}
    crash = {"command": "false"}
    with launch({"needs": NEEDS, "crash": crash}, limits=quick) as proxy:
        for _ in range(3):
            error = httpx.post(proxy.url("/needs/mcp"), content=initialize_body(), headers=JSON).json()["error"]
            assert "could not be started" in error["message"] and "circuit" not in error["data"], error
        # Long enough for another one to be tried many times.
        eventually(lambda: proxy.servers()["crash"]["restarts"] > 10, "the other server to be tried again and again")
        assert proxy.servers()["needs"]["restarts"] == 0
        proxy.rewrite({"needs": stdio(), "crash": crash}, limits=quick)
        proxy.wait_state("needs", "ready")


def starts(proxy, name):
    """How often the running server was to be started anew."""
    entries = httpx.get(proxy.url(f"/api/servers/{name}/logs")).json()["entries"]
    return sum(entry["text"] == "starts anew" for entry in entries)


def test_a_change_to_what_lacks_something_is_not_tried_again(launch):
    """The server serves as it was, and says why it is not what it is to be."""
    quick = {"restartBackoffMinimum": "1ms", "restartBackoffMaximum": "1ms"}
    with launch({"one": stdio(), "other": stdio()}, limits=quick) as proxy:
        proxy.rewrite({"one": stdio(env={"KEY": "${NOBODY_SETS_THIS}"}), "other": {"command": "false"}}, limits=quick)
        eventually(lambda: WORDS in proxy.servers()["one"].get("pendingChange", ""), "the reason to be shown")
        eventually(lambda: starts(proxy, "other") > 10, "the other server to be tried again and again")
        assert starts(proxy, "one") == 1
        assert proxy.servers()["one"]["state"] == "ready"


def test_a_reload_says_whether_it_is_tried_again(launch, binary):
    """What only another configuration can help is told apart from what may help itself."""
    quiet = {"management": {"watch": False, "authTokens": ["operator"]}}
    with launch({"one": stdio(), "other": stdio()}, proxy=quiet) as proxy:
        proxy.rewrite(
            {"one": stdio(env={"KEY": "${NOBODY_SETS_THIS}"}), "other": stdio("stderr-last", flag="/nowhere")},
            proxy=quiet,
        )
        done = subprocess.run(
            [binary, "reload", "--proxy", proxy.base, "--token", "operator"],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=proxy.directory,
        )
        told = dict(line.split(" failed: ") for line in done.stderr.splitlines())
        assert WORDS in told["one"] and told["one"].endswith("; it is not tried again as it is")
        assert "exit status 3" in told["other"] and told["other"].endswith("; it is tried again")


def test_a_server_whose_token_is_missing_is_not_open(launch):
    """No token is known, so every caller is refused."""
    servers = {"shut": stdio(options={"authTokens": ["${NOBODY_SETS_THIS}"]}), "open": stdio()}
    with launch(servers) as proxy:
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer ${NOBODY_SETS_THIS}"}):
            assert httpx.post(proxy.url("/shut/mcp"), json={}, headers=headers).status_code == 401


def test_check_names_it_and_passes(shell):
    """The configuration may be checked where the variables are not."""
    done = shell.run("check", shell.write("config.json", {"mcpServers": {"needs": NEEDS, "sh": {"command": "sh"}}}))
    assert WORDS in done.stderr
    assert done.stdout.strip().endswith(f"needs (failed: {WORDS}), sh")


def test_it_is_needed_for_the_proxy_itself(shell):
    """A variable of mcpProxy stops everything, with its name and place."""
    file = shell.write(
        "config.json", {"mcpProxy": {"addr": ":${NOBODY_SETS_THIS}"}, "mcpServers": {"a": {"command": "x"}}}
    )
    for arguments in (["check", file], ["--config", file]):
        assert f"mcpProxy.addr: {WORDS}" in shell.run(*arguments, status=1).stderr


def test_the_server_starts_once_the_variable_is_set(launch):
    """With the variable there is nothing to say."""
    entry = stdio(env={"KEY": "${NOW_SET}"})
    with launch({"good": entry}, environment={"NOW_SET": "x"}) as proxy:
        assert "NOW_SET" not in proxy.output


def test_a_reload_takes_a_server_that_lacks_something(launch):
    """It is there as failed, and goes again when the configuration no longer needs it."""
    with launch({"good": stdio()}) as proxy:
        proxy.rewrite({"good": stdio(), "new": NEEDS})
        proxy.wait_state("new", "failed")
        assert proxy.servers()["new"]["error"] == WORDS
        proxy.rewrite({"good": stdio(), "new": stdio()})
        proxy.wait_state("new", "ready")


@pytest.mark.parametrize(
    "arguments",
    [["stdio", "--server", "needs"], ["stdio", "https://mcp.example/", "--header", "A: ${NOBODY_SETS_THIS}"]],
    ids=["server", "url"],
)
def test_one_client_is_told_at_once(shell, arguments):
    """`mcp-proxy stdio` does not begin to serve what cannot work."""
    shell.write("project/config.json", {"mcpServers": {"needs": NEEDS}})
    assert WORDS in shell.run(*arguments, status=1).stderr
