"""The management API of a running proxy, and servers that a client brings with its session."""

import base64
import contextlib
import json

from support import secrets
from support.raw import OldClient, Stream, Streamable

TOKEN = "management-token-of-the-tests"
HEADER = "Mcp-Proxy-Server"
META = "mcp-proxy/server"
# Nothing in a test is as slow as a person.
ACCESS = {"authTokens": [TOKEN], "maxChangesPerMinute": 100_000}


def bearer(token=TOKEN):
    return {"Authorization": f"Bearer {token}"} if token else {}


def encoded(config):
    """A configuration as the header carries it."""
    return base64.b64encode(json.dumps(config).encode()).decode()


class Management:
    """Asks with one token, or with none."""

    def __init__(self, proxy, http, token=TOKEN):
        self.proxy = proxy
        self.http = http
        self._headers = bearer(token)

    async def send(self, method, path, body=None):
        answer = await self.http.request(method, self.proxy.url(path), json=body, headers=self._headers)
        secrets.check(answer.content, f"the answer to {method} {path}")
        return answer

    async def done(self, method, path, body=None):
        """The answer to what must succeed."""
        response = await self.send(method, path, body)
        assert response.status_code in (200, 201), f"{response.status_code} {response.text}"
        return response.json()

    async def servers(self):
        return (await self.done("GET", "/api/servers"))["servers"]

    async def named(self, source):
        return [name for name, entry in (await self.servers()).items() if entry["source"] == source]

    async def reload(self, **members):
        return await self.done("POST", "/api/reload", members or None)


def problem_of(response, status, kind):
    """The problem document of a refusal."""
    assert response.status_code == status, f"{response.status_code} {response.text}"
    assert response.headers["content-type"].split(";")[0] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == f"/api/problems/{kind}", problem
    assert problem["status"] == status and problem["title"], problem
    return problem


class BroughtOverSSE(OldClient):
    """A session of HTTP+SSE on a server that the client brings."""

    def __init__(self, proxy, http, config, token=TOKEN):
        super().__init__(proxy.url("/sse"), http, headers=bearer(token))
        self._config = config

    @contextlib.asynccontextmanager
    async def stream_opened(self):
        request = self.http.build_request("POST", self.url, json={"config": self._config}, headers=self._headers)
        response = await self.http.send(request, stream=True)
        assert response.status_code == 200, f"{response.status_code} {(await response.aread()).decode()}"
        assert response.headers["content-type"].startswith("text/event-stream"), response.headers
        self.stream = Stream(response)
        try:
            first = await self.stream.wait_for(lambda stream: stream.events[:1], "endpoint event")
            assert first[0].name == "endpoint", f"the first event was {first[0]}"
            self.endpoint = str(response.url.join(first[0].data))
            yield self.stream
        finally:
            await self.stream.close()


def brought_in_header(proxy, http, config, token=TOKEN):
    """A client of streamable HTTP that names its server in a header of every request; not initialized yet."""
    return Streamable(proxy.url("/mcp"), http, headers={**bearer(token), HEADER: encoded(config)})
