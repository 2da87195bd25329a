"""The official Python SDK 2.x as a client of the scenario (run under the `new` environment)."""

import asyncio
import warnings
from contextlib import asynccontextmanager

import httpx2
import mcp_types as types
import scenario
from mcp import Client as SDKClient
from mcp import MCPError, StdioServerParameters
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import listen
from mcp.shared.exceptions import MCPDeprecationWarning
from mcp_types import LOG_LEVEL_META_KEY
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

# What the newest revision deprecates is what this suite is about.
warnings.simplefilter("ignore", MCPDeprecationWarning)


def plain(model):
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)


class Client:
    def __init__(self):
        self.sdk = None
        self.notifications = []
        self.meta = None

    @property
    def session(self):
        return self.sdk.session

    @property
    def is_modern(self):
        return self.session.protocol_version in MODERN_PROTOCOL_VERSIONS

    async def on_message(self, message):
        if not isinstance(message, Exception):
            self.notifications.append(plain(message))

    async def on_sampling(self, context, params):
        content = types.TextContent(type="text", text=f"sampled: {params.messages[0].content.text}")
        return types.CreateMessageResult(role="assistant", content=content, model="test-model")

    async def on_elicitation(self, context, params):
        if params.mode == "url":
            return types.ElicitResult(action="accept")
        [part] = params.requested_schema["properties"]
        return types.ElicitResult(action="accept", content={part: f"answer to {params.message}"})

    async def on_roots(self, context):
        return types.ListRootsResult(roots=[types.Root(uri="file:///roots/v2", name="v2")])

    def heard(self, method):
        return next((note for note in self.notifications if note["method"] == method), None)

    def server(self):
        session = self.session
        return {
            "protocolVersion": session.protocol_version,
            "capabilities": plain(session.server_capabilities),
            "serverInfo": plain(session.server_info),
            "instructions": session.instructions,
        }

    async def error_of(self, call):
        try:
            return {"no error": await call}
        except MCPError as error:
            return plain(error.error)

    async def ping(self):
        await self.session.send_ping()

    async def list_tools(self, cursor):
        return plain(await self.session.list_tools(params=types.PaginatedRequestParams(cursor=cursor)))

    async def list_prompts(self, cursor):
        return plain(await self.session.list_prompts(params=types.PaginatedRequestParams(cursor=cursor)))

    async def list_resources(self, cursor):
        return plain(await self.session.list_resources(params=types.PaginatedRequestParams(cursor=cursor)))

    async def list_templates(self, cursor):
        return plain(await self.session.list_resource_templates(params=types.PaginatedRequestParams(cursor=cursor)))

    async def call_tool(self, name, arguments, on_progress=None):
        async def progressed(value, total, message):
            on_progress(value, total, message)

        callback = progressed if on_progress else None
        # The newest revision answers questions by calling again, which is the upper client's work.
        caller = self.sdk if self.is_modern else self.session
        return plain(await caller.call_tool(name, arguments, progress_callback=callback, meta=self.meta))

    async def get_prompt(self, name, arguments):
        return plain(await self.session.get_prompt(name, arguments))

    async def read_resource(self, uri):
        return plain(await self.session.read_resource(uri))

    async def complete(self, prompt, argument, value):
        reference = types.PromptReference(type="ref/prompt", name=prompt)
        return plain(await self.session.complete(reference, {"name": argument, "value": value}))

    async def set_level(self, level):
        if self.is_modern:
            self.meta = {LOG_LEVEL_META_KEY: level}
        else:
            await self.session.set_logging_level(level)

    @asynccontextmanager
    async def listening(self, *uris):
        """Hears of changes of lists and of these resources until the end of the block."""
        if self.is_modern:
            lists = {"tools_list_changed": True, "prompts_list_changed": True, "resources_list_changed": True}
            async with listen(self.session, **lists, resource_subscriptions=uris):
                yield
            return
        for uri in uris:
            await self.session.subscribe_resource(uri)
        yield
        for uri in uris:
            await self.session.unsubscribe_resource(uri)

    async def start_call(self, name, arguments):
        return asyncio.ensure_future(self.session.call_tool(name, arguments))

    async def cancel(self, task):
        """This SDK tells the server when the task that waits for a call is cancelled."""
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def transport(order):
    """Whatever the SDK's client takes as its server."""
    if order["kind"] == "stdio":
        yield StdioServerParameters(command=order["command"], args=order["args"], env=order.get("env"))
    elif order["kind"] == "sse":
        yield sse_client(order["url"], headers=order.get("headers"))
    else:
        async with httpx2.AsyncClient(headers=order.get("headers"), timeout=httpx2.Timeout(30, read=300)) as http:
            yield streamable_http_client(order["url"], http_client=http)


@asynccontextmanager
async def connect(order):
    client = Client()
    async with transport(order) as server:
        asked = {
            "sampling_callback": client.on_sampling,
            "elicitation_callback": client.on_elicitation,
            "list_roots_callback": client.on_roots,
        }
        callbacks = {} if order.get("silent") else asked
        mode = order.get("mode", "legacy")
        async with SDKClient(server, mode=mode, message_handler=client.on_message, **callbacks) as client.sdk:
            yield client


def main():
    scenario.main(connect)


if __name__ == "__main__":
    main()
