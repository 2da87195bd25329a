"""The management API of a proxy, asked by hand."""

import contextlib
import json

from support.raw import Stream

PROBLEM = "application/problem+json"


def bearer(token):
    return {"Authorization": f"Bearer {token}"} if token else {}


class Management:
    def __init__(self, proxy, http, token=None):
        self.proxy = proxy
        self.http = http
        self._headers = bearer(token)

    async def ask(self, method, path="", body=None, **headers):
        """The response to one request below `/api/servers`. `body` is an object, or the bytes to send."""
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        url = self.proxy.url(f"/api/servers{path}")
        return await self.http.request(method, url, content=content, headers={**kind, **self._headers, **headers})

    async def done(self, method, path="", body=None, status=200):
        """The answer to a request that is carried out."""
        response = await self.ask(method, path, body)
        assert response.status_code == status, f"{method} {path}: {response.status_code} {response.text}"
        return response.json()

    async def refused(self, status, kind, method, path="", body=None, **headers):
        """The problem document of a request that is not carried out."""
        return problem_of(await self.ask(method, path, body, **headers), status, kind)

    async def add(self, name, config):
        return await self.done("POST", "", {"name": name, "config": config}, status=201)

    async def remove(self, name):
        return await self.done("DELETE", f"/{name}")

    async def servers(self):
        return (await self.done("GET"))["servers"]

    async def state(self, name):
        return (await self.servers()).get(name, {}).get("state")

    @contextlib.asynccontextmanager
    async def following(self, name):
        """The server's journal as a stream."""
        request = self.http.build_request("GET", self.proxy.url(f"/api/servers/{name}/logs?follow=true"),
                                          headers={"Accept": "text/event-stream", **self._headers})
        response = await self.http.send(request, stream=True)
        assert response.status_code == 200, f"{response.status_code} {await response.aread()}"
        stream = Stream(response)
        try:
            yield stream
        finally:
            await stream.close()


def problem_of(response, status, kind):
    """The problem document of this status and type."""
    assert response.status_code == status, f"{response.status_code} {response.text}"
    assert response.headers["content-type"].startswith(PROBLEM), response.headers
    problem = response.json()
    assert problem["type"] == f"/api/problems/{kind}", problem
    assert problem["status"] == status, problem
    assert problem["title"] and problem["detail"], problem
    return problem
