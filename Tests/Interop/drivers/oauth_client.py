"""The official Python SDK, 1.x or 2.x, as an OAuth client: logs in and calls a tool (run under `old` or `new`).

The argument is JSON: `url`, `tool` and how many `calls`. Prints, as JSON, what the tool said each time and how often somebody
had to log in. What a person does in a browser is done by following the redirect.
"""

import asyncio
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

try:
    import httpx2 as http
    from mcp import Client
    from mcp.client.auth import AuthorizationCodeResult
except ImportError:
    import httpx as http
    from mcp import ClientSession

    Client = None

REDIRECT = "http://127.0.0.1:1/callback"


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Person:
    def __init__(self):
        self.logins = 0
        self.answer = None

    async def open(self, url):
        self.logins += 1
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
        try:
            await asyncio.to_thread(opener.open, url)
        except urllib.error.HTTPError as redirect:
            query = urllib.parse.urlsplit(redirect.headers["Location"]).query
            self.answer = dict(urllib.parse.parse_qsl(query))

    async def come_back(self):
        if Client is None:
            return self.answer["code"], self.answer["state"]
        return AuthorizationCodeResult(**self.answer)


class Storage:
    def __init__(self):
        self.tokens = None
        self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


async def visit(order):
    person = Person()
    metadata = OAuthClientMetadata(
        redirect_uris=[REDIRECT], grant_types=["authorization_code", "refresh_token"], response_types=["code"],
        token_endpoint_auth_method="none", client_name="interop",
    )  # fmt: skip
    provider = OAuthClientProvider(order["url"], metadata, Storage(), person.open, person.come_back)
    said = []
    async with http.AsyncClient(auth=provider, trust_env=False, timeout=30) as client:
        if Client is None:
            async with streamable_http_client(order["url"], http_client=client) as streams:
                async with ClientSession(streams[0], streams[1]) as session:
                    await session.initialize()
                    for _ in range(order["calls"]):
                        said.append((await session.call_tool(order["tool"], {})).content[0].text)
        else:
            async with Client(streamable_http_client(order["url"], http_client=client)) as sdk:
                for _ in range(order["calls"]):
                    said.append((await sdk.call_tool(order["tool"], {})).content[0].text)
    print(json.dumps({"said": said, "logins": person.logins}))


asyncio.run(visit(json.loads(sys.argv[1])))
