"""Runs the scenario drivers: each visits a server with one real client and reports every feature's outcome."""

import json
import os
import subprocess
import sys
from pathlib import Path

from support.features import CHECKS

DRIVERS = Path(__file__).resolve().parent.parent / "drivers"
SECONDS = 100
MOST_LOGINS = 10


def environments():
    """Where Scripts/python-env put the environments: beside the one that runs the tests unless VENV_DIR says."""
    if configured := os.environ.get("VENV_DIR"):
        return Path(configured).resolve()
    return Path(sys.prefix).parent


def interpreter(name):
    python = environments() / name / "bin" / "python"
    assert python.exists(), f"{python} is missing: run Scripts/python-env"
    return str(python)


# {client: (the environment that has it, its driver, its name on the package index)}
CLIENTS = {
    "v1": ("old", "client_v1.py", "mcp"),
    "v2": ("new", "client_v2.py", "mcp"),
    "fastmcp": ("new", "client_fastmcp.py", "fastmcp"),
    "sdk-1.2": ("sdk-1.2", "client_old.py", "mcp"),
    "sdk-1.6": ("sdk-1.6", "client_old.py", "mcp"),
    "sdk-1.9": ("sdk-1.9", "client_old.py", "mcp"),
}


def visit(client, order, features=tuple(CHECKS)):
    """{feature: {"value": …} or {"failure": …}} for the client that `CLIENTS` knows by this name."""
    return driven(client, {"features": features, **order})


def tour(client, orders, features):
    """Such outcomes of one client that visits one server after the other."""
    return driven(client, [{"features": features, **order} for order in orders])


def driven(client, given):
    environment, script, _ = CLIENTS[client]
    command = [interpreter(environment), str(DRIVERS / script), json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, f"{script} ended with {done.returncode}:\n{done.stderr}"
    return json.loads(done.stdout)


def log_in(environment, order, go=None):
    """What `drivers/oauth_client.py` prints, which is the official SDK of this environment as an OAuth client.

    `go` is who logs in: a function from the address that is opened to the one that it ends at.
    """
    command = [interpreter(environment), str(DRIVERS / "oauth_client.py"), json.dumps({**order, "elsewhere": bool(go)})]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            for _ in range(MOST_LOGINS if go else 0):
                line = process.stdout.readline()
                if not line.startswith("http"):
                    break
                process.stdin.write(go(line.strip()) + "\n")
                process.stdin.flush()
            else:
                line = ""
            rest, wrong = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    assert process.returncode == 0, f"oauth_client.py ended with {process.returncode}:\n{wrong}"
    return json.loads(line + rest)
