"""How lines of the log are written: for people, for programs, for a terminal, and beside a journal that has the time."""

import json
import os
import re
import subprocess

import pytest

from support.fixture import stdio
from support.wait import eventually
from test_terminal import read_until, started_from_terminal

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
HOSTILE = "it\u202e said \"no\"\nlevel=error"


def lines(proxy):
    return [line for line in proxy.stderr.splitlines() if line]


def test_people_read_time_level_message_and_facts(launch):
    with launch({"one": stdio(name="one")}) as proxy:
        (line,) = [line for line in lines(proxy) if "server ready" in line]
        time, level, rest = line.split(" ", 2)
        assert TIME.match(time) and level == "info", line
        assert rest.startswith("server ready server=one version="), line
        assert "\x1b" not in proxy.stderr


@pytest.mark.parametrize("said_by", ["option", "variable"])
def test_programs_read_an_object_a_line(make_proxy, said_by):
    environment = {"MCP_PROXY_LOG_FORMAT": "json"} if said_by == "variable" else {}
    proxy = make_proxy({"one": stdio(name="one"), "gone": {"command": "/nothing/there"}}, environment=environment)
    if said_by == "option":
        proxy.use_arguments(["--config", str(proxy.file), "--log-format=json"])
    proxy.start().wait_ready()
    proxy.stop()
    written = [json.loads(line) for line in lines(proxy) if line.startswith("{")]
    assert all(TIME.match(line["time"]) and line["level"] and line["message"] for line in written)
    (ready,) = [line for line in written if line["message"] == "server ready"]
    assert (ready["level"], ready["server"]) == ("info", "one")
    (failed,) = [line for line in written if line["message"] == "server failed" and line["server"] == "gone"]
    assert "/nothing/there" in failed["reason"]
    assert all(isinstance(value, str) for line in written for value in line.values())


def test_the_option_counts_more_than_the_variable(make_proxy):
    proxy = make_proxy({"one": stdio(name="one")}, environment={"MCP_PROXY_LOG_FORMAT": "json"})
    proxy.use_arguments(["--config", str(proxy.file), "--log-format", "text"])
    proxy.start().wait_ready()
    proxy.stop()
    assert " info server ready " in proxy.stderr


def test_what_is_no_format_is_refused(make_proxy, shell):
    refused = shell.run("--log-format", "xml", status=64)
    assert "xml" in refused.stderr and "text" in refused.stderr and "json" in refused.stderr, refused.stderr
    refused = shell.run(status=64, MCP_PROXY_LOG_FORMAT="xml")
    assert 'MCP_PROXY_LOG_FORMAT is "xml"; write text or json' in refused.stderr, refused.stderr


def test_hostile_words_stay_in_their_line(launch):
    """A name is a fact of its own, in quotes, and what turns the direction of reading is written out."""
    with launch({"one": stdio(name="one"), HOSTILE.splitlines()[0]: {"command": "/nothing"}}, ready=False) as proxy:
        (line,) = eventually(lambda: [line for line in lines(proxy) if "server failed" in line], "the server to fail")
        assert 'server="it\\\\u{202e} said \\"no\\""' in line, line


def test_a_terminal_has_colours_unless_nobody_wants_them(make_proxy):
    proxy = make_proxy({"one": stdio(name="one")})
    pid, terminal = started_from_terminal(proxy)
    shown = read_until(terminal, b"server ready")
    assert b"\x1b[32minfo\x1b[0m" in shown, shown
    os.kill(pid, 15)
    os.waitpid(pid, 0)


def test_under_a_journal_there_is_no_second_time(make_proxy, tmp_path):
    proxy = make_proxy({"one": stdio(name="one")})
    with (tmp_path / "journal").open("w") as journal:
        status = os.fstat(journal.fileno())
        environment = {**os.environ, "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        process = subprocess.Popen(
            [proxy.binary, "--config", str(proxy.file)], stderr=journal, stdout=subprocess.DEVNULL, env=environment
        )
        try:
            text = eventually(
                lambda: (text := (tmp_path / "journal").read_text()) and "server ready" in text and text, "the server"
            )
        finally:
            process.terminate()
            process.wait()
    (line,) = [line for line in text.splitlines() if "server ready" in line]
    assert line.startswith("info server ready server=one"), line
