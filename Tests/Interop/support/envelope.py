"""What a request of revision 2026-07-28 carries besides its own parameters: `_meta` and HTTP headers."""

from fixtures.marks import encoded, headers_for
from support.raw import ACCEPT, CLIENT

VERSION = "2026-07-28"
META = "io.modelcontextprotocol/"
SUBSCRIPTION = META + "subscriptionId"
NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
CACHEABLE = {
    "server/discover",
    "tools/list",
    "prompts/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
}


def meta_of(capabilities=None, log_level=None, version=VERSION, info=CLIENT):
    meta = {META + "protocolVersion": version, META + "clientCapabilities": capabilities or {}}
    if info is not None:
        meta[META + "clientInfo"] = info
    if log_level is not None:
        meta[META + "logLevel"] = log_level
    return meta


def modern_request(method, params=None, request_id=1, meta=None, **envelope):
    """A request as an object. `meta` is added to the envelope; `capabilities`, `log_level`, `version` make it."""
    whole = {**(params or {}), "_meta": {**meta_of(**envelope), **(meta or {})}}
    return {"jsonrpc": "2.0", "id": request_id, "method": method, "params": whole}


def modern_call(tool, arguments=None, request_id=1, **more):
    return modern_request("tools/call", {"name": tool, "arguments": arguments or {}}, request_id, **more)


def modern_headers(message, schema=None):
    """The headers that belong to this request. `schema` is the input schema of the tool it calls."""
    params = message.get("params", {})
    headers = {
        "Content-Type": "application/json",
        "Accept": ACCEPT,
        "MCP-Protocol-Version": params.get("_meta", {}).get(META + "protocolVersion", VERSION),
        "Mcp-Method": message["method"],
    }
    if message["method"] in NAMED_BY:
        headers["Mcp-Name"] = encoded(params[NAMED_BY[message["method"]]])
    if schema:
        headers.update(headers_for(schema, params.get("arguments", {})))
    return headers
