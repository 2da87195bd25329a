"""What fixture servers wrote down about everything they received."""

import json

from support.wait import eventually


class Ledger:
    def __init__(self, path):
        self.path = path
        self._read = []
        self._offset = 0

    def entries(self, event=None, **facts):
        self._read_on()
        return [
            entry
            for entry in self._read
            if (event is None or entry["event"] == event) and all(entry.get(key) == facts[key] for key in facts)
        ]

    def _read_on(self):
        """Reads what was written since the last time, up to the last whole line."""
        if not self.path.exists():
            return
        with open(self.path, "rb") as file:
            file.seek(self._offset)
            fresh = file.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._offset += len(whole)
        self._read += [json.loads(line) for line in whole.splitlines()]

    def calls(self, tool):
        """The tools/call requests for this tool."""
        return [entry for entry in self.entries("request", method="tools/call") if entry["params"]["name"] == tool]

    def wait_for(self, event, count=1, **facts):
        """Waits until that many entries are there, and returns them."""

        def enough():
            found = self.entries(event, **facts)
            return found if len(found) >= count else None

        return eventually(enough, f"{count} ledger entries {event} {facts} in {self.path}")

    def wait_for_call(self, tool, containing=""):
        def call():
            return next((entry for entry in self.calls(tool) if containing in entry["raw"]), None)

        return eventually(call, f"a call of {tool} {containing} to reach the server")

    def raw_bytes(self):
        return self.path.read_bytes() if self.path.exists() else b""
