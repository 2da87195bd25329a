"""The official Python SDK from 1.2 on as a client of the scenario (run under the environment of that SDK)."""

from contextlib import asynccontextmanager

import scenario
from mcp import ClientSession, StdioServerParameters, types
from mcp.client.sse import sse_client
from mcp.client.stdio import stdio_client
from pydantic import AnyUrl


def plain(model):
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)


def first(cursor):
    assert cursor is None, "the first of these SDKs cannot ask for another page"


class Client:
    def __init__(self, session):
        self.session = session

    async def list_tools(self, cursor):
        first(cursor)
        return plain(await self.session.list_tools())

    async def list_prompts(self, cursor):
        first(cursor)
        return plain(await self.session.list_prompts())

    async def list_resources(self, cursor):
        first(cursor)
        return plain(await self.session.list_resources())

    async def list_templates(self, cursor):
        first(cursor)
        # It has no function for this.
        request = types.ListResourceTemplatesRequest(method="resources/templates/list")
        return plain(await self.session.send_request(types.ClientRequest(request), types.ListResourceTemplatesResult))

    async def call_tool(self, name, arguments):
        return plain(await self.session.call_tool(name, arguments))

    async def get_prompt(self, name, arguments):
        return plain(await self.session.get_prompt(name, arguments))

    async def read_resource(self, uri):
        return plain(await self.session.read_resource(AnyUrl(uri)))

    async def complete(self, prompt, argument, value):
        reference = types.PromptReference(type="ref/prompt", name=prompt)
        return plain(await self.session.complete(reference, {"name": argument, "value": value}))


@asynccontextmanager
async def streams(order):
    if order["kind"] == "stdio":
        parameters = StdioServerParameters(command=order["command"], args=order["args"], env=order.get("env"))
        async with stdio_client(parameters) as (read, write):
            yield read, write
    elif order["kind"] == "sse":
        async with sse_client(order["url"]) as (read, write):
            yield read, write
    else:
        # Not there before 1.8.
        from mcp.client.streamable_http import streamablehttp_client

        async with streamablehttp_client(order["url"]) as (read, write, _):
            yield read, write


@asynccontextmanager
async def connect(order):
    async with streams(order) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        yield Client(session)


def main():
    scenario.main(connect)


if __name__ == "__main__":
    main()
