"""Servers of the package index that the suite puts behind the proxy, unmodified.

Each is in the environment of its SDK, and needs no account and no network. What stands in braces is filled in by
`support.neighbourhood`: the directory that it works in, a page to fetch, its port.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class IndexServer:
    name: str
    environment: str
    command: tuple
    ask: tuple
    answer: str
    env: dict = dataclasses.field(default_factory=dict)
    settings: dict = dataclasses.field(default_factory=dict)
    package: str = ""
    transport: str = "stdio"
    path: str = "/mcp"

    @property
    def distribution(self):
        """Its name on the package index."""
        return self.package or self.name

    @property
    def called(self):
        """The tool and the arguments, for a server that has tools."""
        method, params = self.ask
        return [params["name"], params["arguments"]] if method == "tools/call" else None


def call(tool, **arguments):
    return "tools/call", {"name": tool, "arguments": arguments}


def read(uri):
    return "resources/read", {"uri": uri}


def server(name, environment, *command, ask, answer, **settings):
    return IndexServer(name, environment, command or (name,), ask, answer, **settings)


# For servers that say in `server/discover` that they speak 2026-07-28, and then ask for `initialize` all the same.
HANDSHAKE = {"protocol": "legacy"}

SERVERS = [
    # The official Python SDK, old and new
    server("mcp-dice", "sdk-1.2", ask=call("roll_dice", notation="one"), answer="Invalid dice notation"),
    server(
        "mcp-server-diff-python",
        "sdk-1.2",
        ask=call("get-unified-diff", string_a="one\n", string_b="two\n"),
        answer="-one\n+two",
    ),
    server(
        "mcp-server-sqlite",
        "sdk-1.2",
        "mcp-server-sqlite",
        "--db-path",
        "{directory}/notes.db",
        ask=call("read_query", query="select 6 * 7 as answer"),
        answer="{'answer': 42}",
    ),
    server(
        "cli-mcp-server",
        "sdk-1.6",
        # It names its commands in the order of a set.
        env={"ALLOWED_DIR": "{directory}", "PYTHONHASHSEED": "0"},
        ask=call("run_command", command="cat hello.txt"),
        answer="hello from a file",
    ),
    server(
        "mcp-server-duckdb",
        "sdk-1.6",
        "mcp-server-duckdb",
        "--db-path",
        ":memory:",
        ask=call("query", query="select 6 * 7 as answer"),
        answer="42",
    ),
    server("mcp-server-converter", "sdk-1.6", ask=call("convert", expression="1 km to m"), answer="1000"),
    server("mcp-server-calculator", "sdk-1.9", ask=call("calculate", expression="6 * 7"), answer="42"),
    server("mcp-server-math", "sdk-1.9", ask=call("product", numbers=[6, 7]), answer='"result": "42.0"'),
    server(
        "mcp-text-editor",
        "sdk-1.9",
        ask=call("get_text_file_contents", files=[{"file_path": "{directory}/hello.txt", "ranges": [{"start": 1}]}]),
        answer="hello from a file",
    ),
    server(
        "mcp-shell-server",
        "sdk-1",
        env={"ALLOW_COMMANDS": "cat"},
        ask=call("shell_execute", command=["cat", "hello.txt"], directory="{directory}"),
        answer="hello from a file",
    ),
    server(
        "mcp-bytesmith",
        "sdk-1",
        ask=call("hash", data="abc", algorithm="sha256"),
        answer="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ),
    server(
        "mcp-alchemy",
        "sdk-1",
        env={"DB_URL": "sqlite:///{directory}/notes.db"},
        ask=call("execute_query", query="select 6 * 7 as answer"),
        answer="answer: 42",
    ),
    server(
        "mcp-server-tree-sitter",
        "sdk-1",
        ask=call("get_query_template_tool", language="python", template_name="imports"),
        answer="import_statement",
    ),
    server("mcp-this", "sdk-1", ask=call("find-files", directory="{directory}/texts"), answer="only.txt"),
    server(
        "text-utils", "sdk-1", package="minimcp-servers", ask=call("base64_encode", data="hello"), answer="aGVsbG8="
    ),
    server(
        "mcp-server-time",
        "servers",
        ask=call("get_current_time", timezone="Mars/Olympus"),
        answer="Mars/Olympus",
    ),
    server(
        "mcp-server-git",
        "servers",
        ask=call("git_log", repo_path="{directory}/repository"),
        answer="The first commit",
    ),
    server(
        "mcp-server-fetch",
        "sdk-2",
        "mcp-server-fetch",
        "--ignore-robots-txt",
        "--allow-private-ips",
        ask=call("fetch", url="{web}/hello.txt", raw=True),
        answer="hello from a file",
    ),
    server(
        "excel-mcp-server",
        "sdk-2",
        "excel-mcp-server",
        "streamable-http",
        "--port",
        "{port}",
        "--allow-dir",
        "{directory}",
        transport="streamable-http",
        ask=call("describe_workbook", path="{directory}/none.xlsx"),
        answer="none.xlsx",
    ),
    server(
        "datasette-mcp",
        "sdk-2",
        "datasette",
        "serve",
        "--memory",
        "--port",
        "{port}",
        transport="streamable-http",
        path="/-/mcp",
        ask=call("execute_sql", database="_memory", sql="select 6 * 7 as answer"),
        answer="42",
    ),
    server(
        "mcp-sequential-thinking",
        "sdk-2",
        "mcp-sequential-thinking",
        "--ephemeral",
        "--transport",
        "sse",
        "--port",
        "{port}",
        transport="sse",
        path="/sse",
        ask=call("list_sessions", search="nothing"),
        answer='"sessions": []',
    ),
    # FastMCP
    server(
        "office-word-mcp-server",
        "fastmcp-2",
        "word_mcp_server",
        ask=call("list_available_documents", directory="{directory}/texts"),
        answer="No Word documents found",
    ),
    server(
        "mcp-python-interpreter",
        "fastmcp-2",
        ask=call("run_python_code", code="print(6 * 7)"),
        answer="42",
    ),
    server(
        "mcp-server-motherduck",
        "fastmcp-3",
        "mcp-server-motherduck",
        "--db-path",
        ":memory:",
        "--read-write",
        "--transport",
        "http",
        "--port",
        "{port}",
        transport="streamable-http",
        ask=call("execute_query", sql="select 6 * 7 as answer"),
        answer="42",
    ),
    server(
        "code-review-graph",
        "fastmcp-4",
        "code-review-graph",
        "serve",
        ask=call("get_docs_section_tool", section_name="none"),
        answer="Section 'none' not found",
    ),
    # Other SDKs and code of their own
    server("multidim-mcp", "programs", ask=call("multidim_contexts"), answer="contexts available"),
    server(
        "turbomcp", "programs", "turbomcp", "demo", ask=call("calculate", expression="6 * 7"), answer='"result": 42'
    ),
    server(
        "chuk-mcp-echo",
        "programs",
        "chuk-mcp-echo",
        "http",
        "--port",
        "{port}",
        transport="streamable-http",
        ask=call("echo_text", message="hello"),
        answer="hello",
    ),
    server(
        "mcp-grafana",
        "programs",
        ask=call("get_tempo_traceql_docs", topic="basic"),
        answer="# TraceQL: Basic Filters",
    ),
    server(
        "jmrplens-gitlab-mcp-server",
        "programs",
        env={"GITLAB_TOKEN": "none"},
        ask=call("gitlab_find_action", query="list issues"),
        answer="GitLab Catalog",
    ),
    server("agent-lsp", "programs", ask=call("get_server_capabilities"), answer="call start_lsp first"),
    server("eval-hub-mcp", "programs", ask=read("evalhub://server/version"), answer="version"),
    server(
        "kglite",
        "programs",
        "kglite-mcp-server",
        ask=call("ping", message="hello"),
        answer="hello",
        settings=HANDSHAKE,
    ),
    server(
        "biomcp-cli",
        "programs",
        "biomcp",
        "serve",
        ask=call("biomcp", command="version"),
        answer="biomcp 0.",
        settings=HANDSHAKE,
    ),
    server(
        "playwright",
        "programs",
        "playwright",
        "mcp",
        "--headless",
        "--executable-path",
        "{directory}/no-browser",
        ask=call("browser_tabs", action="list"),
        answer="no-browser",
    ),
]
