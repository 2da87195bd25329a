"""Runs the scenario drivers: each visits a server with one real client and reports every feature's outcome."""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
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
    idle = WARM.setdefault(client, [])
    driver = idle.pop() if idle else WarmDriver(environment, script)
    status, output, errors = driver.run([json.dumps(given)])
    idle.append(driver)
    assert status == 0, f"{script} ended with {status}:\n{errors}"
    return json.loads(output)


# {client: drivers that wait for the next order}
WARM = {}


class WarmDriver:
    """A driver that has imported its SDK, and runs in a process of its own for every order."""

    def __init__(self, environment, script):
        self.script = script
        self._directory = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [interpreter(environment), str(DRIVERS / "warm.py"), script.removesuffix(".py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        atexit.register(self.close)

    def run(self, arguments):
        """The exit status, what was printed, and what was said of errors."""
        output, errors = (Path(self._directory.name) / name for name in ("output", "errors"))
        places = {"directory": os.getcwd(), "output": str(output), "errors": str(errors)}
        order = {"arguments": arguments, "environment": dict(os.environ), **places}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], SECONDS)
        if not ready:
            self.close()
            raise AssertionError(f"{self.script} was still running after {SECONDS} s:\n{errors.read_text()}")
        line = self._process.stdout.readline()
        assert line, f"{self.script} cannot be run: {self._process.wait()}"
        return int(line), output.read_text(), errors.read_text()

    def close(self):
        """With what it is running."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        self._directory.cleanup()


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
