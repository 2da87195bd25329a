"""One member of a merged endpoint under its own names, so that what is true at its own path can be asked there."""

from support.offered import offered

NAMED = ("tools/call", "prompts/get")
ADDRESSED = ("resources/read", "resources/subscribe", "resources/unsubscribe")
LISTS = {"tools": "name", "prompts": "name", "resources": "uri", "resourceTemplates": "uriTemplate"}


class Spelling:
    def __init__(self, member, others_have):
        """`others_have(uri)`: whether a member before this one offers the same address."""
        self._member = member
        self._others_have = others_have

    # From the client

    def written(self, message):
        """The message with the names under which the endpoint offers what it is about."""
        method, params = message.get("method"), dict(message.get("params") or {})
        if method in NAMED:
            params["name"] = offered(self._member, params["name"])
        elif method in ADDRESSED:
            params["uri"] = self._address(params["uri"])
        elif method == "completion/complete":
            params["ref"] = {**params["ref"], "name": offered(self._member, params["ref"]["name"])}
        elif method == "subscriptions/listen":
            params["notifications"] = self._each(params["notifications"], self._address)
        else:
            return message
        return {**message, "params": params}

    def _address(self, uri):
        return f"{self._member}+{uri}" if self._others_have(uri) else uri

    @staticmethod
    def _each(filter, spelt):
        uris = filter.get("resourceSubscriptions")
        return filter if uris is None else {**filter, "resourceSubscriptions": [spelt(uri) for uri in uris]}

    # To the client

    def read(self, message):
        """The message as the member alone would have sent it; of lists, its own entries."""
        if isinstance(message.get("result"), dict):
            return {**message, "result": self._result(message["result"])}
        if isinstance(message.get("params"), dict) and "id" not in message:
            return {**message, "params": self._told(message["method"], message["params"])}
        return message

    def _result(self, result):
        result = dict(result)
        for member, key in LISTS.items():
            if isinstance(result.get(member), list):
                result[member] = [
                    {**item, key: own} for item in result[member] if (own := self._own(key, item[key])) is not None
                ]
        if isinstance(result.get("contents"), list):
            result["contents"] = [{**item, "uri": self._own("uri", item["uri"])} for item in result["contents"]]
        return result

    def _own(self, key, spelt):
        """The member's own name or address; None for one of another member."""
        if key == "name":
            return spelt.removeprefix(f"{self._member}__") if spelt.startswith(f"{self._member}__") else None
        own = self._own_address(spelt)
        is_of_another = "+" in own.partition("://")[0]
        return own if self._address(own) == spelt and not is_of_another else None

    def _own_address(self, uri):
        return uri.removeprefix(f"{self._member}+")

    def _told(self, method, params):
        if method == "notifications/message":
            assert params["logger"].startswith(f"{self._member}/"), params
            return {**params, "logger": params["logger"].removeprefix(f"{self._member}/")}
        if method == "notifications/resources/updated":
            return {**params, "uri": self._own("uri", params["uri"])}
        if method == "notifications/subscriptions/acknowledged":
            return {**params, "notifications": self._each(params["notifications"], self._own_address)}
        return params


class SpeltChannel:
    """A channel whose client knows one member's own names only."""

    def __init__(self, channel, spelling):
        self._channel = channel
        self._spelling = spelling
        channel.inbox.read = spelling.read

    async def send(self, message, **more):
        await self._channel.send(self._spelling.written(message), **more)

    def __getattr__(self, name):
        return getattr(self._channel, name)
