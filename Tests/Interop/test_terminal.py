"""A proxy that was started from a terminal ends with it, and is told to reload by the same signal while that is there."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios

from support import processes
from support.fixture import stdio
from support.wait import eventually


SECONDS = 20


def started_from_terminal(proxy):
    """Runs it as the leader of a terminal; returns its pid and the terminal's other end."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(proxy.binary, [proxy.binary, "--config", str(proxy.file)])
    return pid, terminal


def read_until(terminal, *texts):
    """Reads until all of these have come, in any portions: several lines may come at once."""
    seen = b""
    while not all(text in seen for text in texts):
        chunk = os.read(terminal, 4096)
        assert chunk, f"the terminal was closed before {texts!r}; it had {seen!r}"
        seen += chunk
    return seen


def test_a_hangup_reloads_and_the_end_of_the_terminal_ends_it(make_proxy):
    """SIGHUP with the terminal still there is a request to reload; when the terminal closes, the proxy ends with 0."""
    proxy = make_proxy({"stdio": stdio()})
    pid, terminal = started_from_terminal(proxy)
    ended = []
    try:
        read_until(terminal, b"listening on")
        os.kill(pid, signal.SIGHUP)
        read_until(terminal, b"SIGHUP: the configuration is read again", b"nothing in the configuration has changed")
        os.close(terminal)
        eventually(lambda: ended.extend(os.waitpid(pid, os.WNOHANG)) or ended[-2] == pid, "the proxy to end")
        assert os.waitstatus_to_exitcode(ended[-1]) == 0
    finally:
        if not ended or ended[-2] != pid:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    eventually(lambda: not processes.marked(proxy.run), "no process to be left")


# The table


class Screen:
    """What somebody sees on a terminal of this size; knows the few steps that the proxy takes."""

    def __init__(self, columns=120, rows=40):
        self.columns, self.rows = columns, rows
        self.lines, self.row, self.column = [""], 0, 0

    def feed(self, text):
        position = 0
        while position < len(text):
            step = re.compile(r"\x1b\[(\d*)([A-Zm])").match(text, position)
            if step:
                self._step(int(step[1] or 1), step[2])
                position = step.end()
                continue
            self._put(text[position])
            position += 1

    def _step(self, count, letter):
        match letter:
            case "A": self.row = max(0, len(self.lines) - self.rows, self.row - count)
            case "B": self.row = min(len(self.lines) - 1, self.row + count)
            case "K": self.lines[self.row] = self.lines[self.row][: self.column]
            case "m": pass  # a colour
            case _: raise AssertionError(f"nobody knows the step {letter}")

    def _put(self, character):
        if character == "\n":
            self.row += 1
        elif character == "\r":
            self.column = 0
        else:
            if self.column == self.columns:
                self.row, self.column = self.row + 1, 0
            self._room()
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + character + line[self.column + 1 :]
            self.column += 1
        self._room()

    def _room(self):
        while len(self.lines) <= self.row:
            self.lines.append("")


def watched(terminal, screen, condition):
    """Reads until the screen shows what is wanted."""
    while not condition(screen.lines):
        assert select.select([terminal], [], [], SECONDS)[0], f"nothing more came; the terminal shows {screen.lines}"
        chunk = os.read(terminal, 4096)
        assert chunk, f"the terminal was closed; it shows {screen.lines}"
        screen.feed(chunk.decode())


def row_of(lines, name):
    return [line for line in lines if re.match(rf"{name} +stdio ", line)]


def late(mark):
    """A server that says nothing until a file is there."""
    entry = stdio(name="late")
    script = f'until test -e "{mark}"; do sleep 0.05; done; exec "$0" "$@"'
    return {**entry, "command": "/bin/sh", "args": ["-c", script, entry["command"], *entry["args"]]}


def test_the_table_is_updated_in_place_when_all_servers_have_settled(make_proxy, tmp_path):
    """The row of a slow server changes where it stands, whatever log lines have come below the table."""
    mark = tmp_path / "mark"
    proxy = make_proxy({"late": late(mark), "soon": stdio(name="soon")})
    pid, terminal = started_from_terminal(proxy)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    screen = Screen()
    try:
        watched(terminal, screen, lambda lines: any("listening on" in line for line in lines))
        assert "starting" in row_of(screen.lines, "late")[0]
        mark.touch()
        watched(terminal, screen, lambda lines: "ready" in row_of(lines, "late")[0])
        assert len(row_of(screen.lines, "late")) == 1, screen.lines
        assert any("/late/mcp" in line for line in row_of(screen.lines, "late"))
        place = screen.lines.index(row_of(screen.lines, "late")[0])
        assert place < next(i for i, line in enumerate(screen.lines) if "listening on" in line), screen.lines
    finally:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        os.close(terminal)
    eventually(lambda: not processes.marked(proxy.run), "no process to be left")


def test_the_table_is_printed_again_where_it_cannot_be_updated(launch, tmp_path):
    """In a file, what was said stays: the second table shows how it went, with the reasons of those that failed."""
    mark = tmp_path / "mark"
    crash = {"command": "/bin/sh", "args": ["-c", "echo boom >&2; exit 3"]}
    with launch({"late": late(mark), "crash": crash}, ready=False) as proxy:
        proxy.wait_output("listening on")
        assert proxy.stdout.count("SERVER") == 1 and "starting" in row_of(proxy.stdout.splitlines(), "late")[0]
        mark.touch()
        eventually(lambda: proxy.stdout.count("SERVER") == 2, "a second table")
        eventually(lambda: len(row_of(proxy.stdout.splitlines(), "late")) == 2, "the row in it")
        assert "ready" in row_of(proxy.stdout.splitlines(), "late")[1]
        assert "\x1b" not in proxy.stdout


def test_a_list_of_tools_fits_the_terminal(launch):
    """No line is longer than the terminal is wide, and what is waited for is told."""
    with launch({"one": stdio(name="one")}) as proxy:
        pid, terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 60, 0, 0))
            os.execv(proxy.binary, [proxy.binary, "tools", "--proxy", proxy.base])
        seen = b""
        while chunk := read_or_nothing(terminal):
            seen += chunk
        os.waitpid(pid, 0)
        lines = seen.decode().replace("\r\n", "\n").splitlines()
        assert "asking one (1 of 1)…" in lines, lines
        assert any(line.startswith("one ") and line.endswith("…") for line in lines), lines
        assert max(map(len, lines)) <= 60, max(lines, key=len)


def read_or_nothing(terminal):
    """What came from a terminal; nothing when its program has ended."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
