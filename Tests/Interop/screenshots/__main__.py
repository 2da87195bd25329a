"""`python -m screenshots`: the pictures of the dashboard in docs/images, of a proxy that does something."""

import os
import random
import sys
import tempfile
import threading
import uuid
from pathlib import Path

import httpx

from support.browser import Dashboard
from support.fixture import stdio
from support.metrics import REPOSITORY
from support.proxy import Proxy

PROGRAMS = Path(os.environ.get("VENV_DIR", REPOSITORY / ".venv")).resolve() / "servers" / "bin"
PICTURES = REPOSITORY / "docs" / "images"
# So many readings are in a plot before it is taken, one every 4 seconds.
READINGS = 20
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
CALLS = [
    ("time", "get_current_time", {"timezone": "Europe/Berlin"}), ("time", "get_current_time", {"timezone": "Nowhere"}),
    ("git", "git_status", {"repo_path": str(REPOSITORY)}), ("git", "git_log", {"repo_path": str(REPOSITORY)}),
    ("notes", "echo", {"text": "a"}), ("notes", "secret", {"secret": "a", "seq": 1, "delay": 0.05}),
]  # fmt: skip


def servers():
    return {
        "git": {"command": str(PROGRAMS / "mcp-server-git"), "args": ["--repository", str(REPOSITORY)]},
        "mail": stdio("crash-at-start", name="mail"),
        "notes": stdio(name="notes"),
        "time": {"command": str(PROGRAMS / "mcp-server-time")},
    }


def call_until(proxy, ended):
    """Calls tools at irregular times, as people do."""
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
    with proxy.visitor(headers=headers, timeout=60) as visitor:
        while not ended.wait(random.random() / 2):
            server, tool, arguments = random.choice(CALLS)
            params = {"name": tool, "arguments": arguments}
            body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
            try:
                visitor.post(proxy.url(f"/{server}/mcp"), json=body)
            except httpx.TransportError:
                return


def take(window, name):
    window.driver.save_screenshot(str(PICTURES / f"dashboard-{name}.png"))
    print(f"docs/images/dashboard-{name}.png")


def take_all(proxy, dark):
    window = Dashboard(width=1280, height=720, dark=dark)
    try:
        window.visit(proxy)
        length = "return (document.querySelector('.plot .line')?.getAttribute('d') ?? '').split(/[ML]/).length"
        window.wait(lambda: window.run(length) > READINGS, "plots to fill", READINGS * 10)
        take(window, "dark" if dark else "light")
        if dark:
            return
        window.run("location.hash = '#/tools/time/get_current_time'")
        window.write("timezone *", "Europe/Berlin")
        window.press("Call")
        window.wait_text("Result")
        take(window, "tool")
        window.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
        window.run("location.hash = '#/servers/git'")
        window.wait_text("Live")
        take(window, "phone")
    finally:
        window.close()


def main():
    with tempfile.TemporaryDirectory() as directory:
        proxy = Proxy(os.environ["MCP_PROXY_BINARY"], Path(directory), uuid.uuid4().hex, servers())
        ended = threading.Event()
        caller = threading.Thread(target=call_until, args=(proxy, ended))
        try:
            proxy.start()
            proxy.wait_ready()
            caller.start()
            for dark in (False, True):
                take_all(proxy, dark)
        finally:
            ended.set()
            caller.join()
            proxy.abandon()


if __name__ == "__main__":
    sys.exit(main())
