"""The official Python SDK, 1.x or 2.x, as an OAuth client: logs in and calls a tool (run under `old` or `new`).

The argument is JSON: `url`, `tool` and how many `calls`, or `tools`, of which each is called once. It registers by itself
unless there is a `client` (`id` and perhaps `secret` and `method`) or a `metadata_url`, which is then its name. With
`grant` "client_credentials" or "private_key_jwt" (then with `key`, in PEM) nobody logs in. Prints, as JSON, what the tools
said and how often somebody had to log in. What a person does in a browser is done by following the redirect, or with
`elsewhere` by who reads the address as a line on standard output and writes the one that it led to on standard input.
"""

import asyncio
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

from mcp.client.auth import OAuthClientProvider
from mcp.client.auth.extensions import client_credentials
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata

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


def follow(url):
    """Where the redirect leads."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
    try:
        opener.open(url)
    except urllib.error.HTTPError as redirect:
        return redirect.headers["Location"]
    raise AssertionError(f"{url} led nowhere")


def ask(url):
    print(url, flush=True)
    return sys.stdin.readline().strip()


class Person:
    def __init__(self, elsewhere=False):
        self.logins = 0
        self.answer = None
        self._go = ask if elsewhere else follow

    async def open(self, url):
        self.logins += 1
        query = urllib.parse.urlsplit(await asyncio.to_thread(self._go, url)).query
        self.answer = dict(urllib.parse.parse_qsl(query))

    async def come_back(self):
        if Client is None:
            return self.answer["code"], self.answer["state"]
        return AuthorizationCodeResult(**self.answer)


class Storage:
    def __init__(self, client=None):
        self.tokens = None
        self.client = client

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


def provider_for(order, person):
    url, given = order["url"], order.get("client", {})
    if order.get("grant") == "client_credentials":
        return client_credentials.ClientCredentialsOAuthProvider(url, Storage(), given["id"], given["secret"])
    if order.get("grant") == "private_key_jwt":
        signed = client_credentials.SignedJWTParameters(
            issuer=given["id"], subject=given["id"], signing_key=order["key"], signing_algorithm="ES256"
        )
        return client_credentials.PrivateKeyJWTOAuthProvider(
            url, Storage(), given["id"], signed.create_assertion_provider()
        )
    known = OAuthClientInformationFull(
        client_id=given["id"], client_secret=given.get("secret"), redirect_uris=[REDIRECT],
        token_endpoint_auth_method=given.get("method", "none"),
    ) if given else None  # fmt: skip
    metadata = OAuthClientMetadata(
        redirect_uris=[REDIRECT], grant_types=["authorization_code", "refresh_token"], response_types=["code"],
        token_endpoint_auth_method="none", client_name="interop",
    )  # fmt: skip
    return OAuthClientProvider(
        url, metadata, Storage(known), person.open, person.come_back, client_metadata_url=order.get("metadata_url")
    )


async def visit(order):
    person = Person(order.get("elsewhere", False))
    provider = provider_for(order, person)
    tools = order.get("tools") or [order["tool"]] * order["calls"]
    said = []
    async with http.AsyncClient(auth=provider, trust_env=False, timeout=30) as client:
        if Client is None:
            async with streamable_http_client(order["url"], http_client=client) as streams:
                async with ClientSession(streams[0], streams[1]) as session:
                    await session.initialize()
                    for tool in tools:
                        said.append((await session.call_tool(tool, {})).content[0].text)
        else:
            async with Client(streamable_http_client(order["url"], http_client=client)) as sdk:
                for tool in tools:
                    said.append((await sdk.call_tool(tool, {})).content[0].text)
    print(json.dumps({"said": said, "logins": person.logins}))


asyncio.run(visit(json.loads(sys.argv[1])))
