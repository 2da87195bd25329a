"""Clients without an SDK: they send exactly the bytes a test gives them and show exactly what came back."""

import asyncio
import contextlib
import json
import socket

import httpx

from support.sse import events

LATEST = "2025-11-25"
ACCEPT = "application/json, text/event-stream"
SECONDS = 30
CLIENT = {"name": "raw", "version": "1"}


def initialize_body(version=LATEST, capabilities=None, request_id=1):
    params = {"protocolVersion": version, "capabilities": capabilities or {}, "clientInfo": CLIENT}
    return json.dumps({"jsonrpc": "2.0", "id": request_id, "method": "initialize", "params": params})


def request_body(method, params=None, request_id=1):
    message = {"jsonrpc": "2.0", "id": request_id, "method": method}
    if params is not None:
        message["params"] = params
    return json.dumps(message)


def notification_body(method, params=None):
    message = {"jsonrpc": "2.0", "method": method}
    if params is not None:
        message["params"] = params
    return json.dumps(message)


def call_body(tool, arguments=None, request_id=1, meta=None):
    params = {"name": tool, "arguments": arguments or {}}
    if meta:
        params["_meta"] = meta
    return request_body("tools/call", params, request_id)


def text_of(message):
    """The text of a tool's answer."""
    assert "result" in message, f"not a result: {message}"
    return message["result"]["content"][0]["text"]


class Stream:
    """An open event stream. A task reads it into `events`, so that nothing is missed between two looks."""

    def __init__(self, response):
        self.response = response
        self.events = []
        self.ended = False
        self._arrived = asyncio.Condition()
        self._task = asyncio.ensure_future(self._read())

    async def _read(self):
        try:
            async for event in events(self.response.aiter_bytes()):
                async with self._arrived:
                    self.events.append(event)
                    self._arrived.notify_all()
        except httpx.TransportError:
            pass
        finally:
            async with self._arrived:
                self.ended = True
                self._arrived.notify_all()

    def messages(self):
        return [json.loads(event.data) for event in self.events if event.data and event.name == "message"]

    async def wait_for(self, found, what):
        """Waits until `found` gives something true for this stream."""
        try:
            async with asyncio.timeout(SECONDS), self._arrived:
                await self._arrived.wait_for(lambda: found(self) or self.ended)
        except TimeoutError:
            raise AssertionError(f"no {what} within {SECONDS} s; the stream brought {self.events}") from None
        value = found(self)
        assert value, f"the stream ended without {what}; it brought {self.events}"
        return value

    async def message(self, matches, what):
        return await self.wait_for(lambda stream: next((m for m in stream.messages() if matches(m)), None), what)

    async def answer(self, request_id=1):
        return await self.message(lambda m: m.get("id") == request_id and "method" not in m, f"answer to {request_id}")

    async def notification(self, method):
        return await self.message(lambda m: m.get("method") == method, method)

    async def end(self):
        try:
            async with asyncio.timeout(SECONDS), self._arrived:
                await self._arrived.wait_for(lambda: self.ended)
        except TimeoutError:
            raise AssertionError(f"the stream did not end within {SECONDS} s; it brought {self.events}") from None

    async def close(self):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.response.aclose()


class Streamable:
    """One session of streamable HTTP."""

    def __init__(self, url, http, version=LATEST, headers=None):
        self.url = url
        self.http = http
        self.version = version
        self.session = None
        self.initialized = None
        self._headers = headers or {}

    def headers(self, **extra):
        headers = {"Content-Type": "application/json", "Accept": ACCEPT, **self._headers}
        if self.session:
            headers["Mcp-Session-Id"] = self.session
            # The header came with revision 2025-06-18.
            if self.version >= "2025-06-18":
                headers["MCP-Protocol-Version"] = self.version
        return {**headers, **extra}

    async def initialize(self, capabilities=None):
        response = await self.post(initialize_body(self.version, capabilities))
        assert response.status_code == 200, f"initialize: {response.status_code} {response.text}"
        self.initialized = only_answer(response)
        assert "result" in self.initialized, f"initialize: {self.initialized}"
        self.session = response.headers["mcp-session-id"]
        accepted = await self.post(notification_body("notifications/initialized"))
        assert accepted.status_code == 202, f"initialized: {accepted.status_code} {accepted.text}"
        return self

    async def post(self, body, **headers):
        """POSTs the body as it is and reads the whole answer."""
        content = body if isinstance(body, bytes) else body.encode()
        return await self.http.post(self.url, content=content, headers=self.headers(**headers))

    async def answer(self, body):
        """The answer to a request as text, however it was framed."""
        response = await self.post(body)
        assert response.status_code == 200, f"{response.status_code} {response.text}"
        return only_answer_text(response)

    async def request(self, method, params=None, request_id=1):
        return json.loads(await self.answer(request_body(method, params, request_id)))

    async def call(self, tool, arguments=None, request_id=1, meta=None):
        return json.loads(await self.answer(call_body(tool, arguments, request_id, meta)))

    async def call_text(self, tool, arguments=None):
        return text_of(await self.call(tool, arguments))

    async def reply(self, question, result):
        """Answers a request that the server made. `result` is JSON text."""
        response = await self.post(f'{{"jsonrpc":"2.0","id":{json.dumps(question["id"])},"result":{result}}}')
        assert response.status_code == 202, f"{response.status_code} {response.text}"

    @contextlib.asynccontextmanager
    async def opened(self, request):
        response = await self.http.send(request, stream=True)
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            body = (await response.aread()).decode(errors="replace")
            raise AssertionError(f"not an event stream: {response.status_code} {response.headers} {body}")
        stream = Stream(response)
        try:
            yield stream
        finally:
            await stream.close()

    def posted_stream(self, body, **headers):
        """POSTs the body and reads the answer as a stream."""
        return self.opened(self.http.build_request("POST", self.url, content=body, headers=self.headers(**headers)))

    def listening(self, **headers):
        """Opens the GET stream; give `last_event_id` to resume another."""
        if last := headers.pop("last_event_id", None):
            headers["Last-Event-ID"] = last
        request = self.http.build_request(
            "GET", self.url, headers=self.headers(**{"Accept": "text/event-stream", **headers})
        )
        return self.opened(request)

    async def delete(self):
        return await self.http.delete(self.url, headers=self.headers())


class OldClient:
    """One session of HTTP+SSE."""

    def __init__(self, url, http, headers=None):
        self.url = url
        self.http = http
        self.stream = None
        self.endpoint = None
        self._headers = headers or {}

    @contextlib.asynccontextmanager
    async def stream_opened(self):
        """The stream, with the endpoint known and nothing sent yet."""
        request = self.http.build_request("GET", self.url, headers={"Accept": "text/event-stream", **self._headers})
        response = await self.http.send(request, stream=True)
        assert response.status_code == 200, f"{response.status_code} {(await response.aread()).decode()}"
        self.stream = Stream(response)
        try:
            first = await self.stream.wait_for(lambda stream: stream.events[:1], "endpoint event")
            assert first[0].name == "endpoint", f"the first event was {first[0]}"
            self.endpoint = str(httpx.URL(self.url).join(first[0].data))
            yield self.stream
        finally:
            await self.stream.close()

    @contextlib.asynccontextmanager
    async def connected(self, capabilities=None):
        async with self.stream_opened():
            await self.post(initialize_body("2024-11-05", capabilities, "init"))
            await self.stream.answer("init")
            await self.post(notification_body("notifications/initialized"))
            yield self

    async def post(self, body):
        headers = {"Content-Type": "application/json", **self._headers}
        response = await self.http.post(self.endpoint, content=body, headers=headers)
        assert response.status_code == 202, f"{response.status_code} {response.text}"

    async def call(self, tool, arguments=None, request_id=1, meta=None):
        await self.post(call_body(tool, arguments, request_id, meta))
        return await self.stream.answer(request_id)


def messages_of(response):
    """The JSON texts of a whole response, in order."""
    return messages_in(response.headers.get("content-type", ""), response.text)


def messages_in(content_type, text):
    if not content_type.startswith("text/event-stream"):
        return [text]
    blocks = text.replace("\r\n", "\n").split("\n\n")
    datas = [[line[5:].removeprefix(" ") for line in block.split("\n") if line.startswith("data:")] for block in blocks]
    return ["\n".join(lines) for lines in datas if any(lines)]


async def read_answer(reader):
    """The status of the next answer on a connection and the messages of its body, after any interim answers."""
    status = 100
    while status < 200:
        line, *fields = (await reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
        status = int(line.split()[1])
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    if "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    else:
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
    return status, messages_in(headers.get("content-type", ""), body.decode())


class Wire:
    """One keep-alive connection to one URL, spoken by hand: many times cheaper than a client library."""

    def __init__(self, port, path, headers):
        self._port = port
        self._head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        self._head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._reader = self._writer = None

    async def post(self, body):
        """The messages of the answer. When this is cancelled, the connection is closed."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            self._writer.write(f"{self._head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            return await self._answer()
        except BaseException:
            self.close()
            raise

    async def _answer(self):
        status, messages = await read_answer(self._reader)
        assert status == 200, f"{status} {messages}"
        return messages

    def close(self):
        if self._writer:
            self._writer.close()
        self._reader = self._writer = None


def only_answer_text(response):
    answers = [text for text in messages_of(response) if "method" not in json.loads(text)]
    assert len(answers) == 1, f"{len(answers)} answers in {response.text}"
    return answers[0]


def only_answer(response):
    return json.loads(only_answer_text(response))


def error_of(response):
    """The JSON-RPC error object of a response."""
    return json.loads(response.text)["error"]


@contextlib.asynccontextmanager
async def http_client(**settings):
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    # Everything here is on the loopback without TLS, and reading the certificates takes longer than most tests.
    settings = {"timeout": SECONDS, "limits": limits, "trust_env": False, "verify": False, **settings}
    async with httpx.AsyncClient(**settings) as client:
        yield client


def exchange(port, request, seconds=SECONDS):
    """Sends bytes over a fresh connection and returns all that comes back until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                received += chunk
        return received


def status_of(received):
    assert received.startswith(b"HTTP/1.1 "), f"not an HTTP response: {received[:200]!r}"
    return int(received.split(b" ", 2)[1])
