"""Command lines that are wrong, or written for the Go program."""

import httpx
import pytest

from support.fixture import stdio

UNKNOWN = [
    ["-host", "x"],
    ["-hx"],
    ["-check-confi"],
    ["--bogus"],
    ["--bogus", "--help"],
    ["-bogus", "-h"],
    ["--version", "--bogus"],
    ["check", "-hello"],
    ["check", "--bogus", "--help"],
    ["list", "-proxyh"],
    ["stdio", "--bogus"],
]


@pytest.mark.parametrize("arguments", UNKNOWN, ids=" ".join)
def test_an_unknown_option_is_64(shell, arguments):
    """Nothing is printed but what is wrong."""
    done = shell.run(*arguments, status=64)
    assert done.stdout == "" and "Unknown option" in done.stderr


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["chekc"], 'Did you mean "check"?'),
        (["-config", "x.json", "improt"], 'Did you mean "import"?'),
        (["--log-level=info", "reloda"], 'Did you mean "reload"?'),
        (["config.json"], "Did you mean --config config.json?"),
        (["something"], "The commands are: check, stdio"),
        (["--confg", "x"], "--config"),
        (["-log-levl", "info"], "--log-level"),
        (["check", "--against-runing"], "--against-running"),
    ],
    ids=" ".join,
)
def test_a_slip_is_told_with_what_was_meant(shell, arguments, words):
    """Unknown commands and options get the nearest one."""
    assert words in shell.run(*arguments, status=64).stderr


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["-authorize", "github"], "headers"),
        (["-auth-status"], "mcp-proxy list"),
        (["--doctor"], "mcp-proxy check"),
        (["-config", "x.json", "-doctor=true"], "mcp-proxy logs"),
    ],
    ids=" ".join,
)
def test_options_of_the_go_program_that_are_not_here_say_what_is(shell, arguments, words):
    """Each names what does the same here."""
    said = shell.run(*arguments, status=64).stderr
    assert words in said and "is not an option of this program" in said


@pytest.mark.parametrize("form", ["-check-config", "--check-config", "-check-config=true"])
def test_check_config_checks(shell, form):
    """The Go program's option is `check`, wherever it stands."""
    good = shell.write("good.json", {"mcpServers": {"a": {"command": "sh"}}})
    bad = shell.write("bad.json", {"mcpServers": {"a": {}}})
    assert shell.run(form, "-config", good).stdout == "the configuration is valid: a\n"
    assert shell.run("-config", good, "-log-level", "debug", form).stdout == "the configuration is valid: a\n"
    assert "1 problem" in shell.run("-config", bad, form, status=1).stderr


def test_check_config_takes_true_or_false_and_stands_in_the_help(shell):
    """Any other value is refused rather than taken for no."""
    good = shell.write("good.json", {"mcpServers": {"a": {"command": "sh"}}})
    said = shell.run("-check-config=maybe", "-config", good, status=64).stderr
    assert "maybe" in said and "--check-config" in said
    printed = " ".join(shell.run("--help").stdout.split())
    for words in (
        "--check-config <true or false> Says what is wrong with the configuration and starts nothing",
        "--expand-env <true or false> Puts environment variables into the configuration",
        "--state-dir <path> A directory for what the next start must know",
    ):
        assert words in printed, printed


@pytest.mark.parametrize("level, is_said", [("error", False), ("info", True), ("DEBUG", True)])
def test_log_level_decides_what_is_logged(launch, level, is_said):
    """The start of a server is a line of level info, and a wrong level is refused."""
    with launch({"a": stdio()}) as proxy:
        pass
    with launch({"a": stdio()}, arguments=["-config", "config.json", "-log-level", level]) as proxy:
        pass
    assert (" info " in proxy.stderr or " notice " in proxy.stderr) == is_said


def test_a_wrong_log_level_is_refused(shell):
    """The message shows the word and those there are."""
    said = shell.run("--log-level", "loud", status=64).stderr
    assert "'loud'" in said and "debug" in said


def test_the_paths_of_the_go_program_are_answered(launch):
    """Health with an underscore is the same as without."""
    with launch({"a": stdio()}) as proxy:
        for page in ("healthz", "readyz"):
            ours, theirs = httpx.get(proxy.url(f"/{page}")), httpx.get(proxy.url(f"/_{page}"))
            assert (ours.status_code, ours.json()) == (theirs.status_code, theirs.json())
        assert httpx.post(proxy.url("/_healthz")).status_code == 405


@pytest.mark.parametrize("arguments", [["stdio", "--"], ["stdio"]], ids=" ".join)
def test_a_command_where_a_url_belongs_is_told_what_to_do(shell, arguments):
    """The text may hold a secret, so it is not repeated."""
    said = shell.run(*arguments, "docker run -i -e TOKEN=canary image", status=1).stderr
    assert "stdio takes the URL of a server, and this is none" in said and "--config PATH --server NAME" in said
    assert "canary" not in said


def test_a_command_in_one_text_is_not_added(shell):
    """Each word has to be one of its own; a path may hold spaces."""
    said = shell.run("add", "x", "--", "docker run -i image", status=64).stderr
    assert "the command is one text with 4 words; write each by itself" in said
    proxy = ["--proxy", "http://127.0.0.1:1"]
    assert "one text" not in shell.run("add", "x", *proxy, "--", "/opt/my tools/run", status=1).stderr
    assert "one text" not in shell.run("add", "x", *proxy, "--", "docker", "run -i image", status=1).stderr
