"""Raw clients of both eras behind one face, so that one test can be every client.

A visitor answers what the server asks with `answering(method, params)`, which returns a result, or raises `Declined`
for a JSON-RPC error. What it was asked is in `asked`.
"""

import asyncio
import contextlib
import itertools
import json
import random

from support.envelope import CACHEABLE, META, SUBSCRIPTION, VERSION, meta_of, modern_request
from support.raw import CLIENT

URL_REQUIRED = -32042
HEADER_MISMATCH = -32020
MAX_ROUNDS = 40


class Declined(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.error = {"code": code, "message": message}


class Visitor:
    """What both eras have in common."""

    era = None

    def __init__(self, channel, capabilities=None, answering=None, info=CLIENT):
        self.channel = channel
        self.info = info
        self.inbox = channel.inbox
        self.capabilities = capabilities or {}
        self.answering = answering
        self.asked = []
        self._ids = itertools.count(random.randrange(1, 2**40) * 1000)

    def answer_to(self, method, params):
        self.asked.append((method, params))
        assert self.answering, f"the server asked for {method} and nobody knows what to answer"
        return self.answering(method, params)

    async def call(self, tool, arguments=None, **more):
        return await self.request("tools/call", {"name": tool, "arguments": arguments or {}}, **more)

    def notes(self, method, since=0):
        """The notifications of this kind that arrived, after the first `since` messages."""
        arrived = self.inbox.messages()[since:]
        return [message.get("params", {}) for message in arrived if message.get("method") == method]

    def mark(self):
        """Where the inbox stands, for `notes`."""
        return len(self.inbox.arrived)

    async def every(self, method, member):
        """All items of a list, page by page, and the number of pages."""
        items, cursor, pages = [], None, 0
        while True:
            answer = await self.request(method, {"cursor": cursor} if cursor is not None else {})
            assert "result" in answer, answer
            items += answer["result"][member]
            pages += 1
            cursor = answer["result"].get("nextCursor")
            if cursor is None:
                return items, pages


class LegacyVisitor(Visitor):
    era = "legacy"

    def __init__(self, channel, version, **settings):
        super().__init__(channel, **settings)
        self.version = version
        self.discovered = None
        self._dispatching = None

    @contextlib.asynccontextmanager
    async def opened(self):
        self._dispatching = asyncio.ensure_future(self._dispatch())
        try:
            params = {"protocolVersion": self.version, "capabilities": self.capabilities, "clientInfo": self.info}
            answer = await self.request("initialize", params)
            assert "result" in answer, f"initialize: {answer}"
            self.discovered = answer["result"]
            await self.channel.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
            await self.channel.ready()
            yield self
        finally:
            self._dispatching.cancel()
            [failure] = await asyncio.gather(self._dispatching, return_exceptions=True)
            if isinstance(failure, Exception):
                raise failure

    async def _dispatch(self):
        """Answers the server's own requests as they come."""
        seen = 0
        while True:
            await self.inbox.wait_for_news(seen)
            for entry in self.inbox.arrived[seen:]:
                seen += 1
                if "method" in entry.message and "id" in entry.message:
                    try:
                        await self.channel.send(self._reply(entry.message))
                    except Exception as failure:
                        self.inbox.fail(failure)
                        raise

    def _reply(self, question):
        reply = {"jsonrpc": "2.0", "id": question["id"]}
        if question["method"] == "ping":
            return {**reply, "result": {}}
        try:
            return {**reply, "result": self.answer_to(question["method"], question.get("params", {}))}
        except Declined as declined:
            return {**reply, "error": declined.error}

    async def start(self, method, params=None, meta=None):
        """Sends a request and returns its id."""
        request_id = next(self._ids)
        params = {**(params or {}), **({"_meta": meta} if meta else {})}
        await self.channel.send({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params})
        return request_id

    async def request(self, method, params=None, meta=None):
        """The whole answer. An error that wants the user on a page first is obeyed once."""
        answer = await self.inbox.answer(await self.start(method, params, meta))
        if answer.get("error", {}).get("code") != URL_REQUIRED or not self.answering:
            return answer
        for page in answer["error"]["data"]["elicitations"]:
            self.answer_to("elicitation/create", page)
        return await self.inbox.answer(await self.start(method, params, meta))

    async def cancel(self, request_id):
        params = {"requestId": request_id, "reason": "changed my mind"}
        await self.channel.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params})

    async def set_level(self, level):
        answer = await self.request("logging/setLevel", {"level": level})
        assert "result" in answer, answer

    @contextlib.asynccontextmanager
    async def listening(self, uris=(), **lists):
        """Hears of changes: of lists always, of resources while subscribed."""
        for uri in uris:
            assert "result" in await self.request("resources/subscribe", {"uri": uri})
        yield
        for uri in uris:
            assert "result" in await self.request("resources/unsubscribe", {"uri": uri})


class ModernVisitor(Visitor):
    era = "modern"
    version = VERSION

    def __init__(self, channel, **settings):
        super().__init__(channel, **settings)
        self.discovered = None
        self.log_level = None
        self.schemas = {}
        self.rounds = 0

    @contextlib.asynccontextmanager
    async def opened(self):
        answer = await self.request("server/discover")
        assert "result" in answer, f"server/discover: {answer}"
        self.discovered = answer["result"]
        yield self
        wrong = [m for m in self.inbox.messages() if "method" in m and "id" in m]
        assert not wrong, f"a server of this revision sends no requests: {wrong}"

    async def start(self, method, params=None, meta=None):
        """Sends a request and returns its id."""
        request_id = next(self._ids)
        more = {**meta_of(self.capabilities, self.log_level, info=self.info), **(meta or {})}
        message = modern_request(method, params, request_id, meta=more)
        schema = self.schemas.get((params or {}).get("name")) if method == "tools/call" else None
        await self.channel.send(message, schema=schema)
        return request_id

    async def exchange(self, method, params=None, meta=None):
        """One round: the answer, which may ask for more."""
        return await self.inbox.answer(await self.start(method, params, meta))

    async def request(self, method, params=None, meta=None):
        """The final answer, whatever it takes: other headers, answers to questions."""
        params = params or {}
        answer = await self.exchange(method, params, meta)
        if method == "tools/call" and answer.get("error", {}).get("code") == HEADER_MISMATCH:
            await self.read_tools()
            answer = await self.exchange(method, params, meta)
        for _ in range(MAX_ROUNDS):
            result = answer.get("result")
            if not isinstance(result, dict) or result.get("resultType") != "input_required":
                return answer
            self.rounds += 1
            try:
                retry = {**params, **self.retry_of(result)}
            except Declined as declined:
                # This revision has no way to tell the server; the call is given up here.
                return {"jsonrpc": "2.0", "id": answer["id"], "error": declined.error}
            answer = await self.exchange(method, retry, meta)
        raise AssertionError(f"still asked after {MAX_ROUNDS} rounds: {answer}")

    def retry_of(self, result):
        """The parameters that a retry adds."""
        assert "inputRequests" in result or "requestState" in result, result
        added = {}
        if "inputRequests" in result:
            added["inputResponses"] = {
                key: self.answer_to(question["method"], question.get("params", {}))
                for key, question in result["inputRequests"].items()
            }
        if "requestState" in result:
            added["requestState"] = result["requestState"]
        return added

    async def read_tools(self):
        tools, _ = await self.every("tools/list", "tools")
        self.schemas = {tool["name"]: tool["inputSchema"] for tool in tools}
        return tools

    async def cancel(self, request_id):
        if self.channel.cancels_by_closing:
            await self.channel.cancel(request_id)
            return
        params = {"requestId": request_id, "reason": "changed my mind"}
        await self.channel.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params})

    async def set_level(self, level):
        self.log_level = level

    @contextlib.asynccontextmanager
    async def listening(self, uris=(), **lists):
        """Hears of changes while the subscription is open; `toolsListChanged=True` and so on."""
        wanted = {**lists, **({"resourceSubscriptions": list(uris)} if uris else {})}
        request_id = await self.start("subscriptions/listen", {"notifications": wanted})
        acknowledged = await self.inbox.notification(
            "notifications/subscriptions/acknowledged", lambda params: subscription_of(params) == request_id
        )
        assert acknowledged["params"]["notifications"] == wanted, acknowledged
        yield request_id
        await self.cancel(request_id)


def subscription_of(params):
    return params.get("_meta", {}).get(SUBSCRIPTION)


def plain(visitor, method, answer):
    """The result as both eras would have it, after checking what only the visitor's own era puts into it."""
    assert "result" in answer, f"{method}: {answer}"
    result = json.loads(json.dumps(answer["result"]))
    meta = result.get("_meta", {})
    if visitor.era == "modern":
        assert result.pop("resultType", None) == "complete", f"{method}: {answer}"
        assert isinstance(meta.get(META + "serverInfo"), dict), f"{method} without serverInfo: {answer}"
    else:
        assert "resultType" not in result, f"{method} has a resultType in the handshake era: {answer}"
    if visitor.era == "modern" and method in CACHEABLE:
        assert isinstance(result.pop("ttlMs", None), int), f"{method} without ttlMs: {answer}"
        assert result.pop("cacheScope", None) in ("public", "private"), f"{method} without cacheScope: {answer}"
    assert not {"ttlMs", "cacheScope"} & result.keys(), f"{method} has caching hints: {answer}"
    meta.pop(META + "serverInfo", None)
    if not meta:
        result.pop("_meta", None)
    return result
