"""FastMCP as a proxy for one server: fastmcp_proxy.py PORT ENTRY, the entry as it stands in a configuration."""

import json
import sys

from fastmcp.server import create_proxy

port, entry = int(sys.argv[1]), json.loads(sys.argv[2])
create_proxy({"mcpServers": {"bench": entry}}, name="bench").run(
    transport="http",
    host="127.0.0.1",
    port=port,
    path="/mcp",
    show_banner=False,
    log_level="ERROR",
    uvicorn_config={"access_log": False},
)
