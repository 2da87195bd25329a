"""`mcp-proxy top`: the servers of a running proxy on a terminal, live."""

import json
import os
import re
import signal
import subprocess

import pytest

from support.fixture import stdio
from support.live_terminal import CONTINUE, CONTROL, HANGUP, TERMINATE, LiveTerminal
from support.managed import TOKEN
from support.proxy import free_port
from support.told_proxy import ToldProxy, series
from support.wait import eventually

pytestmark = pytest.mark.anyio

CRASH = {"command": "/bin/sh", "args": ["-c", "echo boom >&2; exit 3"]}
HOSTILE = "a\x1b[31mred\x07 \u202eturned\ttab\n漢字"
OFTEN = ["--interval", "200ms"]


@pytest.fixture
def top(binary):
    """Starts it on a terminal, for the proxy at this address."""
    return lambda base, *arguments, **settings: LiveTerminal([binary, "top", "--proxy", base, *arguments], **settings)


def printed(binary, *arguments, status=0, **environment):
    done = subprocess.run(
        [binary, "top", *arguments], capture_output=True, text=True, timeout=60,
        env={"PATH": os.environ["PATH"], "TERM": "xterm", **environment},
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    return done


def ready(count):
    return {f"server-{number:03}": {"state": "ready", "transport": "stdio"} for number in range(count)}


# What is shown


async def test_servers_are_shown_and_what_is_called_is_counted_live(launch, http, top):
    """State, transport, era, calls, errors, times, memory, and why a server is not there."""
    with launch({"one": stdio(name="one"), "crash": CRASH}) as proxy:
        with top(proxy.base, *OFTEN) as terminal:
            terminal.until_shown("2 servers: 1 failed, 1 ready", "exit status 3")
            assert re.match(r"mcp-proxy \S+  up \S+  0 sessions", terminal.lines[0]), terminal.lines[0]
            titles = next(line for line in terminal.lines if line.startswith("SERVER")).split()
            client = await proxy.client("one", http).initialize()
            for _ in range(3):
                await client.call("echo", {"text": "a"})
            await client.call("fail")
            terminal.until(lambda: cell(terminal, titles, "one", "CALLS") == "4", "4 calls")
            assert cell(terminal, titles, "one", "ERRORS") == "1"
            assert cell(terminal, titles, "one", "STATE") == "ready"
            assert cell(terminal, titles, "one", "TRANSPORT") == "stdio" and cell(terminal, titles, "one", "ERA") == "legacy"
            assert cell(terminal, titles, "one", "MEM").endswith("M") and cell(terminal, titles, "one", "P99").endswith("ms")
            terminal.until(lambda: "1 session" in terminal.lines[0], "the session")
            terminal.type("q")
            assert terminal.exit_code() == 0 and terminal.is_as_before()


def cell(terminal, titles, name, title):
    row = terminal.row(name)
    return row[titles.index(title)] if len(row) > titles.index(title) else None


async def test_a_frame_is_drawn_in_place_and_only_when_something_has_changed(top):
    """Nothing clears the screen again, so that nothing flickers."""
    with ToldProxy(ready(3)) as proxy, top(proxy.base, *OFTEN) as terminal:
        terminal.until_shown("server-002")
        for _ in range(5):
            asked = proxy.asked
            terminal.until(lambda: proxy.asked > asked, "the proxy to be asked again")
        terminal.type("s")
        terminal.until_shown("s by calls")
        # Once with the screen before it was ours, once with the first frame.
        assert terminal.raw.count(b"\x1b[2J") == 2
        assert terminal.raw.count(b"\x1b[1;1H") < 12


async def test_names_and_words_of_servers_are_shown_as_text(top):
    """Nothing of it steers the terminal; columns stay below their titles behind wide characters; 100 kB are cut."""
    servers = {
        HOSTILE: {"state": "failed", "error": HOSTILE}, "x" * 100_000: {"state": "ready", "error": "y" * 100_000},
        "漢字": {"state": "ready"}, "plain": {"state": "ready"}, "שלום": {"state": "ready"}, "e\u0301": {"state": "ready"},
    }  # fmt: skip
    with ToldProxy(servers) as proxy, top(proxy.base, *OFTEN, columns=240, NO_COLOR="1") as terminal:
        terminal.until_shown("plain", r"a\u{1b}[31mred\u{7}", r"\u{202e}turned tab\u{a}漢")
        text = terminal.raw.decode()
        assert not re.search(r"[\x07\u202e]|\x1b\[[\d;]*m", text)
        starts = {column(terminal, "ready", line) for line in range(24) if " ready" in terminal.lines[line] and "server" not in terminal.lines[line]}
        assert len(starts) == 1, terminal.lines
        assert len(terminal.raw) < 50_000


def column(terminal, word, line):
    """Where a word begins, in columns."""
    cells = "".join(terminal.screen.buffer[line][place].data or "\0" for place in range(terminal.screen.columns))
    # A wide character has two places, of which the second one is empty.
    return len(re.sub("[\u0300-\u036f]", "", cells)[: re.sub("[\u0300-\u036f]", "", cells).index(word)])


async def test_it_fits_every_terminal_and_follows_its_size(top):
    with ToldProxy({**ready(30), "crash": {"state": "failed", "error": "it ended"}}) as proxy:
        with top(proxy.base) as terminal:
            terminal.until_shown("TRANSPORT", "q quit")
            for columns, rows in ((20, 5), (80, 24), (3, 2), (200, 50), (40, 8)):
                seen = len(terminal.raw)
                terminal.size(columns, rows)
                wanted = "SERVER"[:columns] if columns > 3 else "SE"
                terminal.until(
                    lambda: b"\x1b[2J" in terminal.raw[seen:]
                    and any(line.startswith(wanted) for line in terminal.lines)
                    and (columns < 20 or any(line.startswith("crash") and "failed" in line for line in terminal.lines)),
                    f"a page of {columns} by {rows}",
                )
            terminal.until(lambda: "  it ended" in terminal.lines, "the error below its server")


async def test_two_hundred_servers_are_scrolled_filtered_and_sorted(top):
    metrics = "".join(series("mcp_proxy_upstream_process_memory_bytes", number, server=f"server-{number:03}") for number in range(200))
    with ToldProxy(ready(200), metrics) as proxy, top(proxy.base) as terminal:
        terminal.until_shown("200 servers: 200 ready", "server-000", "server-018")
        assert not terminal.row("server-019") or terminal.row("server-018")
        terminal.type("jj")
        terminal.until(lambda: not terminal.row("server-001") and terminal.row("server-002"), "two lines further")
        terminal.type("G")
        terminal.until_shown("server-199")
        terminal.type("\x1b[H\x1b[B")
        terminal.until(lambda: not terminal.row("server-000") and terminal.row("server-001"), "the second one at the top")
        terminal.type("gssss")
        terminal.until(lambda: "s by memory" in terminal.lines[-1] and terminal.row("server-199"), "the largest at the top")
        terminal.type("/SERVER-01\r")
        terminal.until_shown("/SERVER-01: 10 of 200")
        terminal.type("?")
        terminal.until_shown("ends it")
        terminal.type("x\x1b")
        terminal.until_shown("server-190")


async def test_somebody_need_not_wait_for_the_next_look(top):
    with ToldProxy(ready(1)) as proxy, top(proxy.base, "--interval", "1h") as terminal:
        terminal.until_shown("server-000")
        proxy.servers = {"another": {"state": "ready"}}
        terminal.type("r")
        terminal.until_shown("another")
        assert proxy.asked == 2


# How it ends


@pytest.mark.parametrize("how", ["q", CONTROL["c"], CONTROL["backslash"], TERMINATE, HANGUP, signal.SIGINT])
async def test_the_terminal_is_as_it_was_however_it_ends(top, how):
    with ToldProxy(ready(1)) as proxy, top(proxy.base) as terminal:
        terminal.until_shown("server-000")
        assert terminal.mode() != terminal.before
        terminal.type(how) if isinstance(how, str) else terminal.signal(how)
        assert terminal.exit_code() == 0
        assert terminal.is_as_before(), terminal.raw[-200:]


async def test_it_is_stopped_and_goes_on_as_other_programs(top):
    """Ctrl-Z gives the terminal back; what is typed after that is not for it; going on draws all anew."""
    with ToldProxy(ready(1)) as proxy, top(proxy.base, *OFTEN) as terminal:
        for _ in range(2):
            terminal.until_shown("server-000", "q quit")
            terminal.type(CONTROL["z"])
            assert terminal.stopped() and terminal.is_as_before()
            terminal.screen.reset()
            terminal.signal(CONTINUE)
        terminal.until_shown("server-000", "q quit")
        terminal.type("q")
        assert terminal.exit_code() == 0 and terminal.is_as_before()


async def test_it_ends_with_its_terminal(top):
    with ToldProxy(ready(1)) as proxy, top(proxy.base) as terminal:
        terminal.until_shown("server-000")
        terminal.hang_up()
        assert terminal.process.wait(30) == 0


async def test_a_terminal_that_does_not_read_holds_up_nothing(top):
    """Keys go on being as they were before, although the last words do not get out."""
    with ToldProxy(ready(200)) as proxy, top(proxy.base, *OFTEN, columns=500, rows=200) as terminal:
        terminal.until_shown("server-100")
        for number in range(40):
            # Each is a page of its own, and nobody reads any.
            terminal.size(500, 199 - number % 2, is_told=False)
            asked = proxy.asked
            eventually(lambda: proxy.asked > asked, "the proxy to be asked although nobody reads")
            if terminal.is_full():
                break
        assert terminal.is_full()
        terminal.signal(TERMINATE)
        assert terminal.process.wait(30) == 0
        assert terminal.mode() == terminal.before


# What goes wrong


async def test_a_proxy_that_goes_away_is_told_with_the_time_and_found_again(make_proxy, top):
    proxy = make_proxy({"one": stdio(name="one")})
    proxy.start()
    proxy.wait_ready()
    with top(proxy.base, *OFTEN) as terminal:
        terminal.until_shown("1 server: 1 ready")
        proxy.kill()
        terminal.until(lambda: any(re.match(r"no proxy answers at \S+ \(since \d\d:\d\d:\d\dZ, tried again\)", line) for line in terminal.lines), "the words")
        assert terminal.row("one"), "what was known last stays"
        proxy.start()
        proxy.wait_ready()
        terminal.until(lambda: not any("no proxy answers" in line for line in terminal.lines), "the proxy to be found")
        proxy.process.send_signal(signal.SIGSTOP)
        terminal.until_shown("the proxy gives no answer (since")
        proxy.process.send_signal(signal.SIGCONT)
        terminal.until(lambda: not any("gives no answer" in line for line in terminal.lines), "the answer")
        proxy.stop()


async def test_a_token_that_is_withdrawn_is_told_as_by_other_commands(launch, top):
    def held(token):
        return {"management": {"authTokens": [token]}}

    with launch({"one": stdio(name="one")}, proxy=held(TOKEN)) as proxy:
        with top(proxy.base, *OFTEN, MCP_PROXY_TOKEN=TOKEN) as terminal:
            terminal.until_shown("1 server: 1 ready")
            proxy.rewrite({"one": stdio(name="one")}, proxy=held("another-token-of-the-tests"))
            proxy.process.send_signal(signal.SIGHUP)
            terminal.until_shown("the token that was sent is MCP_PROXY_TOKEN; give another one")
            proxy.rewrite({"one": stdio(name="one")}, proxy=held(TOKEN))
            proxy.process.send_signal(signal.SIGHUP)
            terminal.until(lambda: not any("MCP_PROXY_TOKEN" in line for line in terminal.lines), "the page again")


async def test_metrics_at_an_address_of_their_own_are_found_by_the_file(launch, binary):
    place = f"127.0.0.1:{free_port()}"
    with launch({"one": stdio(name="one")}, proxy={"metrics": {"addr": place}}) as proxy:
        assert "no metrics" not in printed(binary, "--config", str(proxy.file)).stdout
        told = printed(binary, "--proxy", proxy.base).stdout
        assert "no metrics: there is nothing at" in told and "one" in told and "ready" in told


async def test_one_table_is_printed_where_nobody_looks(launch, http, binary, top):
    """Without steps for a terminal: in a file, with --once, on a terminal that knows none; as JSON for programs."""
    with launch({"one": stdio(name="one"), "crash": CRASH}) as proxy:
        client = await proxy.client("one", http).initialize()
        await client.call("echo", {"text": "a"})
        table = printed(binary, "--proxy", proxy.base).stdout
        assert "\x1b" not in table and "since the start" in table and "TRANSPORT" in table
        assert re.search(r"^one +ready ", table, re.M) and "exit status 3" in table
        for arguments, environment in ((["--once"], {}), ([], {"TERM": "dumb"})):
            with top(proxy.base, *arguments, **environment) as terminal:
                assert terminal.exit_code() == 0
                assert b"\x1b" not in terminal.raw and b"SERVER" in terminal.raw
        told = json.loads(printed(binary, "--proxy", proxy.base, "--output", "json").stdout)
        assert told["servers"]["one"]["calls"] == 1 and told["servers"]["one"]["p99Seconds"] > 0
        assert told["servers"]["crash"]["state"] == "failed" and "lastError" in told["servers"]["crash"]
        assert told["proxy"]["sessions"] == 1 and told["proxy"]["uptimeSeconds"] >= 0


async def test_without_a_proxy_it_says_so_as_other_commands(binary):
    base = f"http://127.0.0.1:{free_port()}"
    words = printed(binary, "--proxy", base, status=1).stderr
    assert words == f"mcp-proxy: no proxy answers at {base}; start it, or name another one with --proxy\n"
    for interval in ("2", "0s", "1ms", "2h", "x"):
        assert "--interval" in printed(binary, "--proxy", base, "--interval", interval, status=64).stderr
