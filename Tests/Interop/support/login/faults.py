"""What may go wrong at an endpoint: answers that come instead of the right one, always or some times.

    login.faults["/token"] = Status(503, times=2)
"""

import contextlib
import io
import socket
import threading

from support.site import CHUNK, POLL_SECONDS, gone, send, send_away, send_bytes


class Fault:
    """Stands before an endpoint. `met` counts how often it has done its work."""

    def __init__(self, times=None):
        self._left = times
        self._lock = threading.Lock()
        self.met = 0

    def __call__(self, site, handler, normal):
        with self._lock:
            due = self._left != 0
            if due and self._left is not None:
                self._left -= 1
            self.met += due
        return self.answer(site, handler, normal) if due else normal()

    def answer(self, site, handler, normal):
        raise NotImplementedError


class Status(Fault):
    """An answer with this status and these words."""

    def __init__(self, status, content=b"out of order", media_type="text/plain", headers=None, times=None):
        super().__init__(times)
        self._answer = (content, status, media_type, headers)

    def answer(self, site, handler, normal):
        send_bytes(handler, *self._answer)


class HTML(Status):
    """A page for people, with status 200 unless told otherwise."""

    def __init__(self, status=200, times=None):
        page = b"<!doctype html><title>Welcome</title><p>Please enable JavaScript"
        super().__init__(status, page, "text/html", times=times)


class Error(Fault):
    """An error of OAuth, such as `invalid_grant`."""

    def __init__(self, code, description=None, status=400, times=None):
        super().__init__(times)
        self._document = {"error": code, **({"error_description": description} if description else {})}
        self._status = status

    def answer(self, site, handler, normal):
        send(handler, self._document, self._status)


class MediaType(Fault):
    """The right answer under another media type."""

    def __init__(self, media_type, times=None):
        super().__init__(times)
        self._media_type = media_type

    def answer(self, site, handler, normal):
        handler.media_type = self._media_type
        try:
            normal()
        finally:
            del handler.media_type


class Redirect(Fault):
    """Sends on to another place."""

    def __init__(self, to, status=302, times=None):
        super().__init__(times)
        self._to = to
        self._status = status

    def answer(self, site, handler, normal):
        send_away(handler, self._to, self._status)


class Huge(Fault):
    """An endless JSON document, whose length may be announced. `sent` is how much of it was taken."""

    def __init__(self, size=100 << 20, announced=True, times=None):
        super().__init__(times)
        self._size = size
        self._announced = announced
        self.sent = 0

    def answer(self, site, handler, normal):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header(*(("Content-Length", str(self._size)) if self._announced else ("Connection", "close")))
        handler.end_headers()
        handler.close_connection = True
        head, tail = b'{"padding": "', b'"}'
        middle = self._size - len(head) - len(tail)
        pieces = [head, *([b"x" * CHUNK] * (middle // CHUNK)), b"x" * (middle % CHUNK), tail]
        for piece in pieces:
            handler.wfile.write(piece)
            self.sent += len(piece)


class Hang(Fault):
    """Never answers, or begins to and says no more, until the other side leaves."""

    def __init__(self, begun=False, times=None):
        super().__init__(times)
        self._begun = begun

    def answer(self, site, handler, normal):
        if self._begun:
            handler.send_response(200)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b"{")
        while not gone(handler.connection) and not site.ended.wait(POLL_SECONDS):
            pass
        handler.close_connection = True


class Hold(Fault):
    """Keeps everybody waiting until `release` is called, then all goes its way. `met` counts who came."""

    def __init__(self, times=None):
        super().__init__(times)
        self._open = threading.Event()

    def release(self):
        self._open.set()

    def answer(self, site, handler, normal):
        while not self._open.wait(POLL_SECONDS) and not site.ended.is_set():
            pass
        normal()


class Cut(Fault):
    """Closes the connection without a word."""

    def answer(self, site, handler, normal):
        handler.close_connection = True
        with contextlib.suppress(OSError):
            handler.connection.shutdown(socket.SHUT_RDWR)


class Lose(Cut):
    """Does the work, and the answer is lost on its way."""

    def answer(self, site, handler, normal):
        wire, handler.wfile = handler.wfile, io.BytesIO()
        try:
            normal()
        finally:
            handler.wfile = wire
        super().answer(site, handler, normal)


class Then(Fault):
    """The right answer, and as soon as it is sent something happens: a function without arguments is called."""

    def __init__(self, action, times=None):
        super().__init__(times)
        self._action = action

    def answer(self, site, handler, normal):
        normal()
        self._action()
