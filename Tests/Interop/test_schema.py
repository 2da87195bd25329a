"""The JSON Schema and the program judge the same values alike: what is refused or warned of is wrong for editors, too."""

import json
from pathlib import Path

import jsonschema
import pytest

SCHEMA = json.loads((Path(__file__).parents[2] / "Schema" / "mcp-proxy.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
REMOTE = {"url": "https://mcp.example/mcp"}
PROGRAM = {"command": "sh"}

TIMES = [
    60, 0, -1, 86_400_000, 86_400_001, 30_000_000_000, 10**18, 1.5, True, None, [], "", "30s", "1m30s", "0.5h", "500ms",
    "0", "0s", "60", "30000000000", "soon", "30 s", "1d",
]  # fmt: skip
WORDS = {
    "transportType": ["sse", "streamable-http", "streamableHttp", "http", "SSE", "websocket", None, 1, []],
    "type": ["sse", "streamable-http", "streamableHttp", "http", "HTTP", "streamable_http", "websocket", None, 1],
    "isolation": ["shared", "principal", "session", "Shared", "none", None, True],
    "protocol": ["auto", "modern", "legacy", "both", None],
    "cacheScope": ["private", "public", "everybody", None],
    "startTimeout": TIMES,
    "callTimeout": TIMES,
    "cacheTTL": TIMES,
    "timeout": TIMES,
    "url": ["https://a.example", "", None, 5],
    "headers": [{}, {"A": "b"}, {"A": 1}, {"A": None}, None, [], "A: b"],
    "disabled": [True, False, "true", "no", "1", "", "maybe", 1, None],
    "enabled": [True, "off", None, 0],
    "options": [{}, None, [], {"disabled": None}, {"Disabled": True}, {"authTokens": None}, {"logEnabled": "on"}],
    "proxy": ["none", None, 1],
    "prefix": ["gh", "a-b_C0", "", None, 1, "a.b", "a b", "é", "a" * 64, "a" * 65],
    "alwaysAllow": [[], True],
    "auth": [
        "none", None, "None", "", True, [], {}, {"type": "oauth"}, {"type": "oath"}, {"type": None}, {"type": 1},
        {"type": "oauth", "scopes": ["a"]}, {"type": "oauth", "scopes": "a"}, {"type": "oauth", "scopes": None},
        {"type": "oauth", "clientID": "c", "clientSecret": "s"}, {"type": "oauth", "clientID": 1},
        {"type": "oauth", "per": "proxy"}, {"type": "oauth", "per": "everybody"}, {"type": "oauth", "nome": 1},
        {"type": "clientCredentials", "clientID": "c", "privateKeyFile": "/k"},
        {"type": "enterpriseManaged", "clientID": "c", "identityProvider": {"issuer": "https://a.example"}},
        {"type": "enterpriseManaged", "clientID": "c", "identityProvider": {"issuer": "https://a.example", "clientID": "c"}},
    ],
    "headersFromClient": [{}, None, [], "A", {"A": 1}, {"A": None}],
}  # fmt: skip
PROGRAM_WORDS = {
    "command": ["sh", "", None, ["sh", "-c"], 1],
    "args": [[], ["-c"], ["a", 1], [None], None, "-c true", {}],
    "env": [{}, {"A": "b"}, {"A": 1}, {"A": True}, {"A": None}, None, ["A=b"]],
    "cwd": ["/", None, 1],
}
COUNTS = [1, 0, -1, 1.5, "12", "0", "-1", "many", "", None, True, 10**12]
SIZES = [1, 0, -1, 1.5, "4MiB", "4 KB", "0", "0B", "-1", "4XB", None, False, 10**12]
LIMITS = {
    "callTimeout": ["30s", *[value for value in TIMES if value != "30s"]],
    "maxSessions": COUNTS,
    "maxQueuedCalls": COUNTS,
    "maxBodyBytes": SIZES,
    "replayBytes": SIZES,
}
PROXY = {
    "addr": [":9090", None, 9090, []],
    "options": [{}, None, [], {"toolFilter": None}, {"toolFilter": {"mode": "allow", "list": ["a"]}}],
    "limits": [{}, None, []],
    "management": [{}, None, {"watch": None}, {"authTokens": None}, {"templates": None}, {"maxServers": "1"}],
    "allowedHosts": [[], None, "a", [None]],
    "type": ["sse", "http", None],
    "title": ["x", "", None, 1],
    "icons": [[], None, {}, [{"src": "https://a.example/i.png", "sizes": ["any"]}], [{}], [{"src": ""}], [{"src": 1}], [1]],
    "groups": [{}, None, [], {"dev": {}}, {"dev": None}, {"a/b": {}}, {"": {}}, {"a#b": {}}, {"dev": {"enabled": True}}],
}
PATTERNS = [["a"], ["*", "!a*"], None, "*", {}, [1], [None]]
GROUP = {
    "servers": [[], *PATTERNS],
    "tools": [[], *PATTERNS],
    "prompts": [[], *PATTERNS],
    "resources": [[], *PATTERNS],
    "readOnly": [True, "no", None, 0, "maybe"],
    "names": ["always", "auto", "never", "Auto", None, True],
    "maxNameLength": [24, 128, "46", 23, 129, 0, None, "many", True, 46.5],
    "overrides": [
        {}, None, [], {"t": {}}, {"t": None}, {"": {}}, {"t": {"name": "x", "title": "", "description": None}},
        {"t": {"name": 1}}, {"t": {"title": []}}, {"t": {"description": {}}}, {"t": {"arguments": None}},
        {"t": {"arguments": []}}, {"t": {"arguments": {"a": 1}}}, {"t": {"arguments": {"a": {}}}},
        {"t": {"arguments": {"": {"value": 1}}}}, {"t": {"nome": "x"}},
        *({"t": {"arguments": {"a": {"value": value}}}} for value in ["x", "", 1, 1.5, True, [None], {"b": None}, None]),
    ],
    # What has no effect yet is warned of, and still a value of the schema.
    "toolDiscovery": ["list", "find", None, 1],
    "pinned": [[], ["a"], None, "a", [1]],
    "title": ["x", "", None, 1],
    "instructions": ["x", "", None, [], "é" * 2048, "é" * 2049],
    "firstListWait": [value for value in TIMES if value not in ("1m30s", "0.5h")],
    "options": [
        {}, None, [], {"authTokens": ["0123456789abcdef"]}, {"authTokens": []}, {"authTokens": None},
        {"authTokens": [1]}, {"logEnabled": True}, {"logEnabled": None}, {"logEnabled": 2}, {"disabled": True},
    ],
}  # fmt: skip


# What belongs together under `auth`: each key beside what the types need, as something, as nothing, and as an empty text.
PROVIDER = {"issuer": "https://a.example", "clientID": "c"}
PROVIDERS = [
    PROVIDER, None, {}, {"clientID": "c"}, {"issuer": "", "clientID": "c"}, {"issuer": "https://a.example", "clientID": ""},
    {"tokenURL": "https://a.example/token", "clientID": "c"},
]  # fmt: skip
AUTH = {
    "clientID": ["c", None, ""],
    "clientSecret": ["s", None, ""],
    "privateKeyFile": ["/k", None, ""],
    "issuer": ["https://a.example", None, ""],
    "per": ["proxy", None],
    "tokenURL": ["https://a.example/token", None, ""],
    "audience": ["a", None, ""],
    "identityProvider": PROVIDERS,
}
GROUNDS = [
    {}, {"clientID": "c"}, {"clientID": "c", "clientSecret": "s"},
    {"clientID": "c", "tokenURL": "https://a.example/token"}, {"clientID": "c", "identityProvider": PROVIDER},
]  # fmt: skip
# `check` says no more than a hundred things of a file.
AT_ONCE = 25
# What depends on more than the server.
ELSEWHERE = ["there are no issuers", "callers are not asked who they are"]


def _servers(base, table):
    """One server for each value, so that one run judges them all."""
    return {f"{key}-{place}": {**base, key: value} for key, values in table.items() for place, value in enumerate(values)}


def _complaints(shell, document):
    """The lines that `check` prints, whatever it thinks of the file."""
    file = shell.write("config.json", document)
    done = shell.run("check", file, status=None)
    return [line.split(": ", 1)[1] for line in done.stderr.splitlines() if line.startswith(f"{file}:")]


def _disagreement(document, complaints):
    """What one of the two says while the other takes it."""
    errors = [error.message for error in VALIDATOR.iter_errors(document)]
    return [] if bool(errors) == bool(complaints) else errors or complaints


@pytest.mark.parametrize("base, table", [(REMOTE, WORDS), (PROGRAM, PROGRAM_WORDS)], ids=["remote", "program"])
def test_values_of_a_server_are_judged_alike(shell, base, table):
    """Each value of each key."""
    servers = _servers(base, table)
    complaints = _complaints(shell, {"mcpServers": servers})
    disagreements = {}
    for name, server in servers.items():
        own = [line for line in complaints if f"mcpServers.{name}." in line or f"mcpServers.{name}:" in line]
        disagreements[str(server)] = _disagreement({"mcpServers": {name: server}}, own)
    assert {server: words for server, words in disagreements.items() if words} == {}


CASES = [("limits", key, value) for key, values in LIMITS.items() for value in values]
CASES += [(None, key, value) for key, values in PROXY.items() for value in values]
CASES += [("endpoint", key, value) for key, values in GROUP.items() for value in values]
CASES += [("endpoint", "enabled", value) for value in (True, False, "off", None, 1, "maybe")]


def test_values_of_the_proxy_are_judged_alike(shell):
    """One run for each, since each key can be there only once."""
    disagreements = {}
    for part, key, value in CASES:
        proxy = {part: {key: value}} if part else {key: value}
        document = {"mcpProxy": proxy, "mcpServers": {"a": PROGRAM}}
        disagreements[str(proxy)] = _disagreement(document, _complaints(shell, document))
    assert {proxy: words for proxy, words in disagreements.items() if words} == {}


@pytest.mark.parametrize("type", ["oauth", "clientCredentials", "tokenExchange", "enterpriseManaged"])
def test_what_belongs_together_under_auth_is_judged_alike(shell, type):
    written = [{"type": type, **ground, key: value} for ground in GROUNDS for key, values in AUTH.items() for value in values]
    disagreements = {}
    for start in range(0, len(written), AT_ONCE):
        servers = {f"s{place}": {**REMOTE, "auth": auth} for place, auth in enumerate(written[start : start + AT_ONCE])}
        complaints = [line for line in _complaints(shell, {"mcpServers": servers}) if not any(each in line for each in ELSEWHERE)]
        for name, server in servers.items():
            own = [line for line in complaints if f"mcpServers.{name}." in line or f"mcpServers.{name}:" in line]
            disagreements[str(server["auth"])] = _disagreement({"mcpServers": {name: server}}, own)
    assert {auth: words for auth, words in disagreements.items() if words} == {}
