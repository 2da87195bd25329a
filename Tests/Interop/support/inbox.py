"""Messages of one client as they arrive, whichever stream brings them."""

import asyncio

SECONDS = 30


class Arrived:
    """A message and the stream that brought it: the id of a request, or None for one that belongs to no request."""

    def __init__(self, message, stream, text):
        self.message = message
        self.stream = stream
        self.text = text

    def __repr__(self):
        return f"{self.stream!r}: {self.text}"


class Inbox:
    def __init__(self):
        self.arrived = []
        # How the client reads a message.
        self.read = lambda message: message
        self.ended = {}
        self.failure = None
        self._news = asyncio.Event()

    def put(self, message, stream=None, text=""):
        self.arrived.append(Arrived(self.read(message), stream, text))
        self._wake()

    def end(self, stream, why="ended"):
        self.ended[stream] = why
        self._wake()

    def fail(self, failure):
        """Makes everybody who waits fail, because the client itself is at fault."""
        self.failure = failure
        self._wake()

    def _wake(self):
        self._news.set()
        self._news = asyncio.Event()

    def messages(self, stream=None):
        return [entry.message for entry in self.arrived if stream is None or entry.stream == stream]

    async def wait_for(self, found, what):
        """Waits until `found()` gives something true, asked again at each arrival."""
        try:
            async with asyncio.timeout(SECONDS):
                while not (value := found()):
                    if self.failure:
                        raise self.failure
                    await self._news.wait()
                return value
        except TimeoutError:
            raise AssertionError(f"no {what} within {SECONDS} s; there arrived {self.arrived}") from None

    async def wait_for_news(self, seen):
        """Waits, for as long as it takes, until more than so many messages have arrived."""
        while len(self.arrived) <= seen:
            await self._news.wait()

    async def answer(self, request_id):
        """The answer to this request. Fails when its stream ends without one."""

        def found():
            for message in self.messages():
                if "method" not in message and message.get("id") == request_id:
                    return message
            assert request_id not in self.ended, f"no answer to {request_id}: {self.ended[request_id]}; {self.arrived}"
            return None

        return await self.wait_for(found, f"answer to {request_id}")

    async def notification(self, method, matches=lambda params: True):
        def found():
            return next(
                (m for m in self.messages() if m.get("method") == method and matches(m.get("params", {}))), None
            )

        return await self.wait_for(found, method)
