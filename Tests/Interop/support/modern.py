"""A client of revision 2026-07-28 without any mind of its own: one message, the headers a test wants, one response."""

import json

from support.channels import ModernHTTP
from support.envelope import modern_headers
from support.raw import Stream, error_of, only_answer
from support.visitors import ModernVisitor


class Front:
    """One endpoint. Headers are made from each message; a test says which to replace, or to leave out with None."""

    def __init__(self, url, http, headers=None):
        self.url = url
        self.http = http
        self._headers = headers or {}

    def headers(self, message, schema=None, changed=None):
        made = {**modern_headers(message, schema), **self._headers}
        for name, value in (changed or {}).items():
            made = {other: kept for other, kept in made.items() if other.lower() != name.lower()}
            if value is not None:
                made[name] = value
        return made

    async def post(self, message, schema=None, changed=None):
        headers = self.headers(message, schema, changed)
        return await self.http.post(self.url, content=json.dumps(message), headers=list(headers.items()))

    async def answer(self, message, schema=None, changed=None):
        """The answer to a request that is served, however it was framed."""
        response = await self.post(message, schema, changed)
        assert response.status_code == 200, f"{response.status_code} {response.text}"
        return only_answer(response)

    async def result(self, message, schema=None, changed=None):
        answer = await self.answer(message, schema, changed)
        assert "result" in answer, answer
        return answer["result"]

    async def refusal(self, message, status, code, schema=None, changed=None):
        """The error of a request that must be refused so, under the request's own id."""
        response = await self.post(message, schema, changed)
        assert response.status_code == status, f"{response.status_code} {response.text}"
        error = error_of(response)
        assert error["code"] == code, error
        assert response.json().get("id") == message.get("id"), response.text
        return error

    def request(self, message):
        return self.http.build_request("POST", self.url, content=json.dumps(message), headers=self.headers(message))

    async def stream(self, message):
        """The open event stream that answers this request. To be closed by the test."""
        response = await self.http.send(self.request(message), stream=True)
        kind = response.headers.get("content-type", "")
        assert kind.startswith("text/event-stream"), f"{response.status_code} {await response.aread()}"
        return Stream(response)

    def visitor(self, **settings):
        """A client with a mind, at the same place."""
        return ModernVisitor(ModernHTTP(self.url, self.http, self._headers), **settings)
