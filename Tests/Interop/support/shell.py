"""The built mcp-proxy as a user gives it commands, one after another."""

import json
import os
import subprocess

SECONDS = 30


class Shell:
    """The binary, run by a user with a home folder in a project folder of that home."""

    def __init__(self, binary, directory):
        self.binary = binary
        self.home = directory
        self.folder = directory / "project"
        self.folder.mkdir()

    def write(self, path, content):
        """Writes a file below the home folder; what is no text is written as JSON."""
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
        return file

    def run(self, *arguments, status=0, **environment):
        environment = {"HOME": str(self.home), "PATH": os.environ["PATH"], **environment}
        done = subprocess.run(
            [self.binary, *map(str, arguments)],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert status in (None, done.returncode), done.stdout + done.stderr
        return done

    def imported(self, *arguments, **settings):
        """The servers of the configuration that an import prints."""
        printed = self.run("import", *arguments, **settings).stdout
        checked = self.write("checked.json", printed)
        self.run("check", "--config", checked, **settings.get("environment", {}))
        return json.loads(printed)["mcpServers"]
