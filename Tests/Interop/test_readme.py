"""What README and docs/usage.md show works as it stands there."""

import re
import subprocess
from pathlib import Path

import pytest

from support.fixture import stdio
from support.visit import environments, interpreter

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
USAGE = (ROOT / "docs" / "usage.md").read_text()
SECONDS = 60


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_configuration_of_the_readme_passes_check(shell):
    """Pasted as it is, in a shell where none of its variables is set."""
    (written,) = [block for block in blocks(README, "jsonc") if "mcpProxy" in block]
    shell.write("project/config.json", written)
    for arguments in (["check", "config.json"], ["--check-config"]):
        done = shell.run(*arguments)
        assert "error" not in done.stderr, done.stderr


def test_importing_is_in_the_first_screen():
    """Whoever has servers in a client already need not write them again."""
    assert "mcp-proxy import" in "\n".join(README.splitlines()[:45])


def test_the_commands_after_make_run_work(shell, launch):
    """With the two servers of `make run` they show something, and end with 0."""
    programs = environments() / "servers" / "bin"
    servers = {
        "time": {"command": str(programs / "mcp-server-time")},
        "git": {"command": str(programs / "mcp-server-git"), "args": ["--repository", str(ROOT)]},
    }
    (written,) = [block for block in blocks(README, "bash") if "get_current_time timezone=Europe" in block]
    with launch(servers) as proxy:
        shell.write(".cursor/mcp.json", {"mcpServers": {"mine": {"command": "true"}}})
        for line in written.splitlines():
            words = line.split("#")[0].split()
            assert words[0] == "build/mcp-proxy"
            assert shell.run(*words[1:], MCP_PROXY_URL=proxy.base).stdout.strip(), line


@pytest.mark.parametrize("environment", ["new", "old"])
def test_the_python_examples_run(launch, tmp_path, environment):
    """The first with version 2 of the SDK, the second with version 1."""
    first, second = blocks(USAGE, "python")
    with launch({"time": stdio(name="time")}) as proxy:
        script = tmp_path / "example.py"
        script.write_text((first if environment == "new" else second).replace("http://127.0.0.1:9090", proxy.base))
        done = subprocess.run([interpreter(environment), script], capture_output=True, text=True, timeout=SECONDS)
        assert done.returncode == 0 and "echo" in done.stdout, done.stdout + done.stderr
