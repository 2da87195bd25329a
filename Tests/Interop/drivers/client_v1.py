"""The official Python SDK 1.x as a client of the scenario (run under the `old` environment)."""

import asyncio
from contextlib import asynccontextmanager

import httpx
import scenario
from mcp import ClientSession, McpError, StdioServerParameters, types
from mcp.client.sse import sse_client
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from pydantic import AnyUrl


def plain(model):
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)


class Client:
    def __init__(self):
        self.session = None
        self.initialized = None
        self.notifications = []

    async def on_message(self, message):
        if isinstance(message, types.ServerNotification):
            self.notifications.append(plain(message.root))

    async def on_sampling(self, context, params):
        content = types.TextContent(type="text", text=f"sampled: {params.messages[0].content.text}")
        return types.CreateMessageResult(role="assistant", content=content, model="test-model")

    async def on_elicitation(self, context, params):
        if params.mode == "url":
            return types.ElicitResult(action="accept")
        [part] = params.requestedSchema["properties"]
        return types.ElicitResult(action="accept", content={part: f"answer to {params.message}"})

    async def on_roots(self, context):
        return types.ListRootsResult(roots=[types.Root(uri=AnyUrl("file:///roots/v1"), name="v1")])

    def heard(self, method):
        return next((note for note in self.notifications if note["method"] == method), None)

    def server(self):
        return plain(self.initialized)

    async def error_of(self, call):
        try:
            return {"no error": await call}
        except McpError as error:
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

        return plain(
            await self.session.call_tool(name, arguments, progress_callback=progressed if on_progress else None)
        )

    async def get_prompt(self, name, arguments):
        return plain(await self.session.get_prompt(name, arguments))

    async def read_resource(self, uri):
        return plain(await self.session.read_resource(AnyUrl(uri)))

    async def complete(self, prompt, argument, value):
        reference = types.PromptReference(type="ref/prompt", name=prompt)
        return plain(await self.session.complete(reference, {"name": argument, "value": value}))

    async def set_level(self, level):
        await self.session.set_logging_level(level)

    @asynccontextmanager
    async def listening(self, *uris):
        """Hears of changes: of lists always, of these resources until the end of the block."""
        for uri in uris:
            await self.session.subscribe_resource(AnyUrl(uri))
        yield
        for uri in uris:
            await self.session.unsubscribe_resource(AnyUrl(uri))

    async def start_call(self, name, arguments):
        # This SDK gives no other way to learn the id that a cancellation must name.
        request_id = self.session._request_id
        task = asyncio.ensure_future(self.session.call_tool(name, arguments))
        return request_id, task

    async def cancel(self, started):
        request_id, task = started
        params = types.CancelledNotificationParams(requestId=request_id, reason="changed my mind")
        await self.session.send_notification(types.ClientNotification(types.CancelledNotification(params=params)))
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def streams(order):
    if order["kind"] == "stdio":
        parameters = StdioServerParameters(command=order["command"], args=order["args"], env=order.get("env"))
        async with stdio_client(parameters) as (read, write):
            yield read, write
    elif order["kind"] == "sse":
        async with sse_client(order["url"], headers=order.get("headers")) as (read, write):
            yield read, write
    else:
        async with httpx.AsyncClient(headers=order.get("headers"), timeout=httpx.Timeout(30, read=300)) as http:
            async with streamable_http_client(order["url"], http_client=http) as (read, write, _):
                yield read, write


@asynccontextmanager
async def connect(order):
    client = Client()
    async with streams(order) as (read, write):
        asked = {
            "sampling_callback": client.on_sampling,
            "elicitation_callback": client.on_elicitation,
            "list_roots_callback": client.on_roots,
        }
        callbacks = {} if order.get("silent") else asked
        async with ClientSession(read, write, message_handler=client.on_message, **callbacks) as client.session:
            client.initialized = await client.session.initialize()
            yield client


def main():
    scenario.main(connect)


if __name__ == "__main__":
    main()
