"""Runs the scenario drivers: each visits a server with one real client and reports every feature's outcome."""

import json
import os
import subprocess
import sys
from pathlib import Path

from support.features import CHECKS

DRIVERS = Path(__file__).resolve().parent.parent / "drivers"
SECONDS = 100


def environments():
    """Where Scripts/python-env put the environments: beside the one that runs the tests unless VENV_DIR says."""
    if configured := os.environ.get("VENV_DIR"):
        return Path(configured).resolve()
    return Path(sys.prefix).parent


def interpreter(name):
    python = environments() / name / "bin" / "python"
    assert python.exists(), f"{python} is missing: run Scripts/python-env"
    return str(python)


def visit(client, order, features=tuple(CHECKS)):
    """{feature: {"value": …} or {"failure": …}} for the client named "v1", "v2" or "fastmcp"."""
    environment, script = {
        "v1": ("old", "client_v1.py"),
        "v2": ("new", "client_v2.py"),
        "fastmcp": ("new", "client_fastmcp.py"),
    }[client]
    command = [interpreter(environment), str(DRIVERS / script), json.dumps({"features": features, **order})]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, f"{script} ended with {done.returncode}:\n{done.stderr}"
    return json.loads(done.stdout)
