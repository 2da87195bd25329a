"""A proxy that was started from a terminal ends with it, and is told to reload by the same signal while that is there."""

import os
import pty
import signal

from support import processes
from support.fixture import stdio
from support.wait import eventually


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
