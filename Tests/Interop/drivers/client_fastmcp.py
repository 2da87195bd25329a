"""FastMCP 4.x as a client of the scenario (run under the `new` environment)."""

import asyncio
import os
from contextlib import asynccontextmanager

os.environ.setdefault("FASTMCP_CHECK_FOR_UPDATES", "off")

import client_v2
import mcp_types as types
import scenario
from client_v2 import plain
from fastmcp import Client as FastMCPClient
from fastmcp.client.transports import SSETransport, StdioTransport, StreamableHttpTransport
from mcp_types import ElicitResult, PromptReference


class Client(client_v2.Client):
    """FastMCP's own methods where it has them; what it lacks goes through the SDK session below it."""

    async def on_elicitation(self, message, response_type, params, context):
        if params.mode == "url":
            return ElicitResult(action="accept")
        [part] = params.requested_schema["properties"]
        return {part: f"answer to {message}"}

    async def on_sampling(self, messages, params, context):
        return f"sampled: {messages[0].content.text}"

    async def ping(self):
        await self.sdk.ping()

    async def list_tools(self, cursor):
        return plain(await self.sdk.list_tools_mcp(cursor=cursor))

    async def list_prompts(self, cursor):
        return plain(await self.sdk.list_prompts_mcp(cursor=cursor))

    async def list_resources(self, cursor):
        return plain(await self.sdk.list_resources_mcp(cursor=cursor))

    async def list_templates(self, cursor):
        return plain(await self.sdk.list_resource_templates_mcp(cursor=cursor))

    async def call_tool(self, name, arguments, on_progress=None):
        async def progressed(value, total, message):
            on_progress(value, total, message)

        handler = progressed if on_progress else None
        return plain(await self.sdk.call_tool_mcp(name, arguments, progress_handler=handler, meta=self.meta))

    async def get_prompt(self, name, arguments):
        return plain(await self.sdk.get_prompt_mcp(name, arguments))

    async def read_resource(self, uri):
        return plain(await self.sdk.read_resource_mcp(uri))

    async def complete(self, prompt, argument, value):
        reference = PromptReference(type="ref/prompt", name=prompt)
        return plain(await self.sdk.complete_mcp(reference, {"name": argument, "value": value}))

    async def start_call(self, name, arguments):
        return asyncio.ensure_future(self.sdk.call_tool_mcp(name, arguments))


def transport(order):
    if order["kind"] == "stdio":
        return StdioTransport(order["command"], order["args"], env=order.get("env"), keep_alive=False)
    if order["kind"] == "sse":
        return SSETransport(order["url"], headers=order.get("headers"))
    return StreamableHttpTransport(order["url"], headers=order.get("headers"))


@asynccontextmanager
async def connect(order):
    client = Client()
    asked = {
        "roots": [types.Root(uri="file:///roots/fastmcp", name="fastmcp")],
        "sampling_handler": client.on_sampling,
        "elicitation_handler": client.on_elicitation,
    }
    handlers = {} if order.get("silent") else asked
    mode = order.get("mode", "legacy")
    async with FastMCPClient(transport(order), mode=mode, message_handler=client.on_message, **handlers) as client.sdk:
        yield client


def main():
    scenario.main(connect)


if __name__ == "__main__":
    main()
