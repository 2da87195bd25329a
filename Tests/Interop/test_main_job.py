"""The main job on real input: two real servers behind one proxy, visited by the official clients."""

import json
import subprocess

import pytest

from support.visit import environments, visit
from support.wait import eventually

TIME_CALL = [
    "convert_time",
    {"source_timezone": "Asia/Tokyo", "time": "12:00", "target_timezone": "UTC"},
]

# (client, transport, mode): every client, as its user would start it.
VISITORS = {
    "official-1.x": ("v1", "streamable", None),
    "official-1.x-sse": ("v1", "sse", None),
    "official-2.x": ("v2", "streamable", "legacy"),
    "official-2.x-default": ("v2", "streamable", "auto"),
    "official-2.x-sse": ("v2", "sse", "legacy"),
    "fastmcp-default": ("fastmcp", "streamable", "auto"),
}


@pytest.fixture(scope="module")
def repository(directory):
    path = directory() / "repository"
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.test"]
    subprocess.run([*git, "init", "--quiet", str(path)], check=True)
    subprocess.run([*git, "-C", str(path), "commit", "--quiet", "--allow-empty", "-m", "The first commit"], check=True)
    return path


@pytest.fixture(scope="module")
def proxy(launch, repository):
    programs = environments() / "servers" / "bin"
    servers = {
        "time": {"command": str(programs / "mcp-server-time"), "args": ["--local-timezone", "UTC"]},
        "git": {"command": str(programs / "mcp-server-git"), "args": ["--repository", str(repository)]},
    }
    with launch(servers) as proxy:
        yield proxy


def visit_server(proxy, visitor, name, calls):
    client, transport, mode = VISITORS[visitor]
    path = "sse" if transport == "sse" else "mcp"
    order = {"kind": transport, "url": proxy.url(f"/{name}/{path}"), "mode": mode, "calls": calls}
    outcomes = visit(client, order, ["tools", "given_calls"])
    failures = {feature: outcome["failure"] for feature, outcome in outcomes.items() if "failure" in outcome}
    assert not failures, failures
    return outcomes["tools"]["value"]["names"], outcomes["given_calls"]["value"]


def test_both_real_servers_are_ready(proxy):
    """/readyz tells for each server its state, its transport and how many tools it has."""
    # A server is ready before its lists have been read.
    eventually(lambda: all("tools" in server for server in proxy.servers().values()), "the tools to be known")
    servers = proxy.servers()
    assert set(servers) == {"time", "git"}
    for name in servers:
        assert servers[name]["state"] == "ready", servers[name]
        assert servers[name]["transport"] == "stdio", servers[name]
    assert servers["time"]["tools"] == 2
    assert servers["git"]["tools"] >= 10


@pytest.mark.parametrize("visitor", VISITORS)
def test_a_real_client_lists_and_calls_the_time_tools(proxy, visitor):
    """Each client lists get_current_time and convert_time, and noon in Tokyo is three in the morning in UTC."""
    names, [converted] = visit_server(proxy, visitor, "time", [TIME_CALL])
    assert names == ["get_current_time", "convert_time"]
    answer = json.loads(converted["content"][0]["text"])
    assert answer["target"]["datetime"].endswith("T03:00:00+00:00"), answer


@pytest.mark.parametrize("visitor", VISITORS)
def test_a_real_client_lists_and_calls_the_git_tools(proxy, visitor, repository):
    """Each client sees the repository's commit through git_log."""
    names, [log] = visit_server(proxy, visitor, "git", [["git_log", {"repo_path": str(repository)}]])
    assert "git_status" in names
    assert "The first commit" in log["content"][0]["text"]


@pytest.mark.parametrize("path", ["/time/mcp", "/time/", "/time"])
def test_the_three_spellings_of_a_route_are_the_same_server(proxy, path):
    """`/{name}/mcp`, `/{name}/` and `/{name}` all serve streamable HTTP."""
    order = {"kind": "streamable", "url": proxy.url(path), "calls": [TIME_CALL]}
    outcomes = visit("v1", order, ["given_calls"])
    assert "value" in outcomes.get("given_calls", {}), outcomes
