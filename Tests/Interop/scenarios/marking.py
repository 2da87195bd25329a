"""Scenarios about arguments that a tool's schema marks for headers (`x-mcp-header`)."""

from support.visitors import plain

ARGUMENTS = {
    "plain": {"region": "us-west1", "count": 42, "dry_run": True, "target": {"zone": "a", "unmarked": "u"}},
    "to be encoded": {"region": "Hello, 世界", "count": -7, "dry_run": False, "target": {"zone": " padded "}},
    "line break": {"region": "line1\nline2", "target": {"zone": "\t"}},
    "like an encoded one": {"region": "=?base64?literal?=", "target": {"zone": "=?base64?"}},
    "empty and null": {"region": "", "count": None, "target": {}},
    "none": {"text": "only this"},
    "no arguments": {},
}

# As the specification's table of examples has them.
HEADERS = {
    "plain": {"region": "us-west1", "count": "42", "dry-run": "true", "zone": "a"},
    "to be encoded": {
        "region": "=?base64?SGVsbG8sIOS4lueVjA==?=",
        "count": "-7",
        "dry-run": "false",
        "zone": "=?base64?IHBhZGRlZCA=?=",
    },
    "line break": {"region": "=?base64?bGluZTEKbGluZTI=?=", "zone": "=?base64?CQ==?="},
    "like an encoded one": {"region": "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=", "zone": "=?base64?"},
    "empty and null": {"region": ""},
    "none": {},
    "no arguments": {},
}


async def mirrored(cell):
    """Marked arguments reach the tool, and a server of the newest revision over HTTP gets their headers."""
    async with cell.client() as client:
        await read_marks(cell, client)
        for case, arguments in ARGUMENTS.items():
            result = plain(client, "tools/call", await client.call("marked", arguments))
            assert result["structuredContent"] == arguments, case
            if cell.is_modern_http_server:
                received = cell.ledger.calls("marked")[-1]["headers"]
                params = {name.removeprefix("mcp-param-"): value for name, value in received.items() if "param" in name}
                assert params == HEADERS[case], case


async def read_marks(cell, client):
    """A client of the newest revision must know the marks before it calls; the others need not.

    Over stdio the server begins with its client, so that a first call may come before the proxy knows the marks: the
    server refuses it unread, and it is made again. Here nothing is to be refused.
    """
    if cell.is_modern_client:
        await client.read_tools()
    elif cell.kind == "stdio-legacy":
        await client.every("tools/list", "tools")


async def shifted(cell):
    """A mark that changes after the list was read costs nothing: the call is made again with the new header."""
    async with cell.client() as client:
        for name in ("Zone", "Region"):
            await read_marks(cell, client)
            plain(client, "tools/call", await client.call("shift_marks", {"name": name}))
            result = plain(client, "tools/call", await client.call("shifting", {"region": "north"}))
            assert result["content"][0]["text"] == "shifted to north"


# A server of the newest revision over HTTP refuses the old header, and only that tells its client to read again.
shifted.provokes = "Header mismatch: mcp-param"

SCENARIOS = [mirrored, shifted]
