"""A terminal in which a program runs, as somebody sees it who sits before it."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

import pyte

SECONDS = 30


class LiveTerminal:
    """Runs a program in the foreground of a pseudo-terminal. Used as a context manager; what is left is killed."""

    def __init__(self, arguments, columns=160, rows=24, **environment):
        self._master, self._slave = pty.openpty()
        self.size(columns, rows, is_told=False)
        self.before = self.mode()
        self.raw = b""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.process = subprocess.Popen(
            list(map(str, arguments)),
            stdin=self._slave, stdout=self._slave, stderr=self._slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={"PATH": os.environ["PATH"], "TERM": "xterm-256color", **environment},
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for descriptor in (self._master, self._slave):
            if descriptor is not None:
                os.close(descriptor)

    # What somebody does

    def type(self, text):
        os.write(self._master, text.encode())

    def signal(self, number):
        os.kill(self.process.pid, number)

    def size(self, columns, rows, is_told=True):
        if is_told:
            self.screen.resize(rows, columns)
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def hang_up(self):
        """Closes the terminal, as the end of a connection does."""
        for descriptor in (self._slave, self._master):
            os.close(descriptor)
        self._master = self._slave = None

    # What somebody sees

    @property
    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def mode(self):
        """How the terminal treats what is typed."""
        return termios.tcgetattr(self._slave)

    def is_full(self):
        """Whether nothing more can be written to it until somebody reads."""
        return not select.select([], [self._slave], [], 0)[1]

    def row(self, name):
        """The line of a server, in words."""
        return next((line.split() for line in self.lines if line.startswith(f"{name} ")), [])

    def until(self, condition, what, seconds=SECONDS):
        """Reads until the screen shows what is wanted."""
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            assert left > 0, f"waited {seconds} s for {what}; the terminal shows:\n" + "\n".join(self.lines)
            self._read(min(left, 0.1))
        return self

    def until_shown(self, *texts):
        return self.until(lambda: all(any(text in line for line in self.lines) for text in texts), f"{texts} on the screen")

    def exit_code(self):
        """Reads on until the program has ended."""
        self.until(lambda: self.process.poll() is not None, "the program to end")
        while self._read(0):
            pass
        return self.process.returncode

    def stopped(self):
        """Reads on until the program has been stopped, as job control does it."""
        found = []
        self.until(lambda: found.extend(os.waitpid(self.process.pid, os.WNOHANG | os.WUNTRACED)) or found[-2], "a stop")
        while self._read(0):
            pass
        return os.WIFSTOPPED(found[-1])

    def _read(self, seconds):
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        chunk = os.read(self._master, 65536)
        self.raw += chunk
        self._stream.feed(chunk)
        return True

    def is_as_before(self):
        """Whether the terminal was given back as it was: how it treats keys, its first screen, its cursor."""
        end = self.raw.rpartition(b"\x1b[?1049l")
        return self.mode() == self.before and end[1] != b"" and end[2] == b"" and self.raw.rfind(b"\x1b[?25h") > self.raw.rfind(b"\x1b[?25l")


CONTROL = {"c": "\x03", "z": "\x1a", "backslash": "\x1c"}
HANGUP, TERMINATE, CONTINUE = signal.SIGHUP, signal.SIGTERM, signal.SIGCONT
