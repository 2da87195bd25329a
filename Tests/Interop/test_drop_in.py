"""Every sentence of the description this program was written to (`seed.txt`), except its management API.

Each test quotes its sentence. After these come the promises of the Go program's own documentation: its flags, its
older file format and its options.
"""

import asyncio
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.config_host import ConfigHost
from support.fixture import stdio
from support.processes import MARK
from support.raw import ACCEPT, initialize_body, text_of
from support.visit import visit
from support.wait import eventually

pytestmark = pytest.mark.anyio

REPOSITORY = Path(__file__).resolve().parents[2]
JSON = {"Content-Type": "application/json", "Accept": ACCEPT}
TOKEN = "DefaultToken"
SPECIFIC = "SpecificToken"


@pytest.fixture(scope="module")
def ledger(new_ledger):
    return new_ledger()


@pytest.fixture(scope="module")
def web(http_fixture):
    with http_fixture(name="web", answers="sse") as fixture:
        yield fixture


@pytest.fixture(scope="module")
def proxy(launch, ledger, web):
    """One proxy with a server of each kind, some with options of their own."""
    servers = {
        "stdio": stdio(ledger=ledger, name="stdio", env={"GREETING": "hello"}),
        "events": {"url": web.sse_url, "headers": {"X-Of-Sse": "yes"}},
        "streamable": {"url": web.mcp_url, "transportType": "streamable-http", "headers": {"X-Of-Streamable": "yes"}},
        "specific": stdio(name="specific", options={"authTokens": [SPECIFIC], "logEnabled": False}),
        "impatient": {**web.streamable(), "timeout": "2s"},
        "impatient-in-nanoseconds": {**web.streamable(), "timeout": 2_000_000_000},
        "off": stdio(ledger=ledger, name="off", options={"disabled": True}),
        "off-too": stdio(ledger=ledger, name="off-too", options={"Disabled": True}),
        "fetch/path-token": stdio(name="fetch", options={"authTokens": []}),
    }
    with launch(servers, options={"authTokens": [TOKEN], "logEnabled": True, "panicIfInvalid": False}) as proxy:
        yield proxy


def bearer(token=TOKEN):
    return {"Authorization": f"Bearer {token}"}


async def initialized(proxy, http, name, token=TOKEN, **settings):
    return await proxy.client(name, http, headers=bearer(token), **settings).initialize()


async def echo(proxy, http, name, token=TOKEN):
    client = await initialized(proxy, http, name, token)
    assert await client.call_text("echo", {"text": name}) == name


def document(proxy, servers, **general):
    """A configuration file's content for servers that are marked as this proxy's."""
    marked = {name: proxy.marked(entry) for name, entry in servers.items()}
    return {
        "mcpProxy": {"baseURL": proxy.base, "addr": proxy.address, "name": "n", "version": "1", **general},
        "mcpServers": marked,
    }


@contextlib.contextmanager
def running(proxy):
    """A proxy for a block, when `launch` cannot make it."""
    try:
        proxy.start()
        proxy.wait_ready()
        yield proxy
        proxy.stop()
    finally:
        proxy.abandon()


# "An MCP proxy server …"


@pytest.mark.parametrize("name", ["stdio", "events", "streamable"])
async def test_many_servers_are_served_through_one_http_server(proxy, http, name):
    """“An MCP proxy server that aggregates and serves multiple MCP resource servers through a single HTTP server.”"""
    await echo(proxy, http, name)


async def test_it_connects_to_many_servers_and_offers_their_tools_and_capabilities(proxy, http):
    """“Proxy Multiple MCP Clients: Connects to multiple MCP resource servers and aggregates their tools and
    capabilities.”

    And: “The server will start and aggregate the tools and capabilities of the configured MCP clients.”
    """
    for name in ("stdio", "events", "streamable"):
        client = await initialized(proxy, http, name)
        assert {"tools", "prompts", "resources"} <= set(client.initialized["result"]["capabilities"])
        assert (await client.request("prompts/list"))["result"]["prompts"]
        assert (await client.request("resources/list"))["result"]["resources"]


async def test_it_serves_events_for_real_time_updates(proxy, http):
    """“SSE Support: Provides an SSE (Server-Sent Events) server for real-time updates.”"""
    async with proxy.old_client("stdio", http, headers=bearer()).connected() as client:
        await client.call("add_tool", {"name": "added-in-real-time"})
        await client.stream.notification("notifications/tools/list_changed")


@pytest.mark.parametrize("name, transport", [("stdio", "stdio"), ("events", "sse"), ("streamable", "streamable-http")])
async def test_it_supports_each_client_type(proxy, http, name, transport):
    """“Flexible Configuration: Supports multiple client types (stdio, sse or streamable-http) with customizable
    settings.”"""
    states = (await http.get(proxy.url("/readyz"), headers=bearer())).json()["servers"]
    assert (states[name]["state"], states[name]["transport"]) == ("ready", transport)


# Building and starting


def test_it_is_built_with_make():
    """“git clone …; cd mcp-proxy; make build; ./build/mcp-proxy --config path/to/config.json”"""
    plan = subprocess.run(["make", "--dry-run", "build"], cwd=REPOSITORY, capture_output=True, text=True)
    assert plan.returncode == 0, plan.stderr
    assert re.search(r"(?<![\w.])build/mcp-proxy", plan.stdout), f"nothing is put at build/mcp-proxy:\n{plan.stdout}"


async def test_it_starts_with_the_path_of_a_configuration(make_proxy, http):
    """“./build/mcp-proxy --config path/to/config.json”"""
    proxy = make_proxy({"stdio": stdio()}, arguments=["--config", "config.json"])
    with running(proxy):
        client = await proxy.client("stdio", http).initialize()
        assert await client.call_text("echo", {"text": "t"}) == "t"


def test_the_binary_alone_is_enough(binary, directory):
    """“go install github.com/TBXark/mcp-proxy@latest” gives one file that runs by itself; so is ours."""
    copy = directory() / "mcp-proxy"
    shutil.copy(binary, copy)
    done = subprocess.run(
        [str(copy), "-version"], capture_output=True, text=True, cwd=copy.parent, env={"PATH": "/usr/bin:/bin"}
    )
    assert done.returncode == 0 and done.stdout.strip(), done.stderr


def test_the_image_has_npx_and_uvx():
    """“The Docker image supports two MCP calling methods by default: npx and uvx.”"""
    recipe = (REPOSITORY / "Dockerfile").read_text()
    assert "node" in recipe.lower() or "npm" in recipe.lower(), "no Node, hence no npx"
    assert "uv" in recipe


def test_the_image_reads_the_mounted_configuration():
    """“docker run -d -p 9090:9090 -v /path/to/config.json:/config/config.json …”"""
    recipe = (REPOSITORY / "Dockerfile").read_text()
    assert "/config/config.json" in recipe
    assert "ENTRYPOINT" in recipe and "mcp-proxy" in recipe


async def test_it_reads_its_configuration_from_a_url(make_proxy, http):
    """“docker run … --config https://example.com/path/to/config.json”"""
    proxy = make_proxy()
    with ConfigHost(json.dumps(document(proxy, {"stdio": stdio()}))) as host:
        proxy.use_arguments(["--config", host.url])
        with running(proxy):
            client = await proxy.client("stdio", http).initialize()
            assert await client.call_text("echo", {"text": "t"}) == "t"


async def test_the_configuration_is_json(make_proxy, http):
    """“The server is configured using a JSON file.”"""
    proxy = make_proxy({"stdio": stdio()})
    assert json.loads(proxy.file.read_text())["mcpServers"]["stdio"]["command"] == sys.executable
    with running(proxy):
        await proxy.client("stdio", http).initialize()


def version_1(proxy, web):
    server = proxy.marked(stdio(name="old-format"))
    return {
        "server": {
            "baseURL": proxy.base,
            "addr": proxy.address,
            "name": "n",
            "version": "1",
            "globalAuthTokens": ["global"],
        },
        "clients": {
            "child": {
                "type": "stdio",
                "config": {key: server[key] for key in ("command", "args", "env")},
                "authTokens": ["own"],
            },
            "events": {"type": "sse", "config": {"url": web.sse_url}},
            "stream": {"type": "streamable-http", "config": {"url": web.mcp_url, "headers": {"X-K": "v"}}},
        },
    }


async def test_the_older_format_is_converted(make_proxy, http, web):
    """“This is the format for the new version's configuration. The old version's configuration will be automatically
    converted to the new format's configuration when it is loaded.”"""
    proxy = make_proxy(text=lambda proxy: json.dumps(version_1(proxy, web)))
    with running(proxy):
        for name, token in (("child", "own"), ("child", "global"), ("events", "global"), ("stream", "global")):
            await echo(proxy, http, name, token)
        refused = await http.post(
            proxy.url("/events/mcp"), content=initialize_body(), headers={**JSON, **bearer("own")}
        )
        assert refused.status_code == 401
    assert "version 1" in proxy.output.lower() or "v1" in proxy.output.lower() or "convert" in proxy.output.lower()


# Options


async def test_options_stand_at_both_places(proxy, http):
    """“Common options for mcpProxy and mcpServers.”"""
    await echo(proxy, http, "stdio", TOKEN)
    await echo(proxy, http, "specific", SPECIFIC)


def test_an_invalid_server_ends_the_proxy_when_asked_to(make_proxy):
    """“panicIfInvalid: If true, the server will panic if the client is invalid.”"""
    servers = {"good": stdio(), "critical": {"command": "/nonexistent/command", "options": {"panicIfInvalid": True}}}
    proxy = make_proxy(servers)
    assert proxy.run_to_end() not in (0, None)
    assert "critical" in proxy.output and "panicIfInvalid" in proxy.output, proxy.output
    proxy.assert_nothing_left()


async def test_an_invalid_server_does_not_end_the_proxy_otherwise(launch, http):
    """“panicIfInvalid” is false by default: the other servers are served."""
    servers = {
        "good": stdio(),
        "broken": {"command": "/nonexistent/command"},
        "own": {"command": "/nonexistent/x", "options": {"panicIfInvalid": False}},
    }
    with launch({key: servers[key] for key in ("good", "broken")}) as proxy:
        await proxy.client("good", http).initialize()
    with launch({key: servers[key] for key in ("good", "own")}, options={"panicIfInvalid": True}) as proxy:
        await proxy.client("good", http).initialize()


async def test_requests_are_logged_when_asked_to(proxy, http):
    """“logEnabled: If true, the server will log the client's requests.” One line each, without arguments."""
    client = await initialized(proxy, http, "stdio")
    before = len(lines_about(proxy, "tools/call"))
    for _ in range(3):
        await client.call("echo", {"text": "not-for-the-log"})
    eventually(lambda: len(lines_about(proxy, "tools/call")) >= before + 3, "a line for each call")
    lines = lines_about(proxy, "tools/call")[before:]
    assert len(lines) == 3, lines
    assert all("echo" in line and "stdio" in line for line in lines), lines
    assert "not-for-the-log" not in proxy.output


async def test_requests_are_not_logged_otherwise(proxy, http):
    """A server's own `logEnabled: false` replaces the default."""
    client = await initialized(proxy, http, "specific", SPECIFIC)
    before = len(lines_about(proxy, "tools/call"))
    await client.call("echo", {"text": "t"})
    other = await initialized(proxy, http, "stdio")
    await other.call("echo", {"text": "t"})
    # Lines come in order, so that once the last call's is there, an earlier one's would be as well.
    eventually(lambda: len(lines_about(proxy, "tools/call")) > before, "a line for the call that is logged")
    assert len(lines_about(proxy, "tools/call")) == before + 1


def lines_about(proxy, text):
    return [line for line in proxy.output.splitlines() if text in line]


async def test_the_authorization_header_is_checked(proxy, http):
    """“authTokens: A list of authentication tokens for the client. The Authorization header will be checked against
    this list.”"""
    for headers, status in ((bearer(), 200), ({"Authorization": TOKEN}, 200), (bearer("other"), 401), ({}, 401)):
        response = await http.post(proxy.url("/stdio/mcp"), content=initialize_body(), headers={**JSON, **headers})
        assert response.status_code == status, headers


async def test_the_proxys_tokens_are_a_default(proxy, http):
    """“In the new configuration, the authTokens of mcpProxy is not a global authentication token, but rather the
    default authentication token for mcpProxy. When authTokens is set in mcpServers, the value of authTokens in
    mcpServers will be used instead of the value in mcpProxy. In other words, the authTokens of mcpProxy serves as a
    default value and is only applied when authTokens is not set in mcpServers.”"""
    await echo(proxy, http, "specific", SPECIFIC)
    response = await http.post(proxy.url("/specific/mcp"), content=initialize_body(), headers={**JSON, **bearer(TOKEN)})
    assert response.status_code == 401


async def test_other_options_are_defaults_as_well(launch, http):
    """“Other fields are the same.”"""
    servers = {"quiet": stdio(), "loud": stdio(options={"logEnabled": True})}
    with launch(servers, options={"logEnabled": False}) as proxy:
        for name in servers:
            client = await proxy.client(name, http).initialize()
            await client.call("echo", {"text": "t"})
        # The log is read beside the answers; what the quiet one did came before.
        eventually(lambda: lines_about(proxy, "tools/call"), "a line about the call")
        assert [name for name in servers for line in lines_about(proxy, "tools/call") if name in line] == ["loud"]


# The proxy's own section


async def test_the_base_url_makes_the_urls_of_the_clients(launch, http, directory):
    """“baseURL: The public accessible URL of the server. This is used to generate the URLs for the clients.”"""
    with launch({"stdio": stdio()}, proxy={"baseURL": "https://mcp.example.test/some/prefix"}) as proxy:
        proxy.wait_output("https://mcp.example.test/some/prefix/stdio/")
        client = await proxy.client("some/prefix/stdio", http).initialize()
        assert await client.call_text("echo", {"text": "t"}) == "t"
        async with proxy.old_client("some/prefix/stdio", http).connected() as old:
            assert "/some/prefix/stdio/message?sessionId=" in old.endpoint
            assert text_of(await old.call("echo", {"text": "t"})) == "t"
        # A reverse proxy passes on the public name.
        public = await http.post(
            proxy.url("/some/prefix/stdio/mcp"),
            content=initialize_body(),
            headers={**JSON, "Host": "mcp.example.test", "Origin": "https://mcp.example.test"},
        )
        assert public.status_code == 200
        assert (await http.post(proxy.url("/stdio/mcp"), content=initialize_body(), headers=JSON)).status_code == 404


@pytest.mark.parametrize("given", ["127.0.0.1:{port}", ":{port}", "localhost:{port}", "0.0.0.0:{port}", "[::]:{port}"])
async def test_it_listens_where_it_is_told_to(make_proxy, http, given):
    """“addr: The address the server listens on.” As in Go, `:9090` is every address, with a warning as no token is
    set."""
    proxy = make_proxy({"stdio": stdio()})
    content = json.loads(proxy.file.read_text())
    content["mcpProxy"]["addr"] = given.format(port=proxy.port)
    proxy.file.write_text(json.dumps(content))
    with running(proxy):
        await proxy.client("stdio", http).initialize()
        if given.startswith((":", "0.0.0.0", "[::]")):
            eventually(
                lambda: "warning" in proxy.output.lower() and "no token" in proxy.output.lower(),
                f"a warning that others can connect without a token, in:\n{proxy.output}",
            )


async def test_the_name_and_version_are_told_to_servers(proxy, http, ledger):
    """“name: The name of the server.” “version” stands beside it: the proxy's own connections introduce themselves
    so."""
    introductions = [entry["params"]["clientInfo"] for entry in ledger.entries("request", method="initialize")]
    assert {"name": "proxy under test", "version": "1.0.0"} in [
        {key: info.get(key) for key in ("name", "version")} for info in introductions
    ], introductions


async def test_the_proxys_options_are_defaults_for_its_servers(proxy, http):
    """“options: Default options for the mcpServers.”"""
    response = await http.post(proxy.url("/stdio/mcp"), content=initialize_body(), headers=JSON)
    assert response.status_code == 401


# The servers' section

# A file as Claude Desktop and others read it.
PASTED = """
{
  "mcpServers": {
    "pasted": {
      "command": %(python)s,
      "args": [%(script)s],
      "env": {"GREETING": "from another client", %(mark)s}
    }
  },
  "mcpProxy": {"addr": %(addr)s, "baseURL": %(base)s}
}
"""


async def test_servers_are_written_as_for_other_clients(make_proxy, http):
    """“MCP server configuration, Adopt the same configuration format as other MCP Clients.”"""

    def text(proxy):
        facts = {
            "python": json.dumps(sys.executable),
            "script": json.dumps(stdio()["args"][0]),
            "addr": json.dumps(proxy.address),
            "base": json.dumps(proxy.base),
            "mark": f"{json.dumps(MARK)}: {json.dumps(proxy.run)}",
        }
        return PASTED % facts

    with running(make_proxy(text=text)) as proxy:
        client = await proxy.client("pasted", http).initialize()
        assert json.loads(await client.call_text("environment", {"name": "GREETING"}))["value"] == "from another client"


async def test_the_transport_type_is_found_from_the_content(proxy, http, launch, web):
    """“transportType: The transport type of the MCP client. Except for streamable-http, which requires manual
    configuration, the rest will be automatically configured according to the content of the configuration file.”"""
    servers = {"named": {**stdio(), "transportType": "stdio"}, "events": web.sse(), "url": {"url": web.sse_url}}
    with launch(servers) as other:
        states = other.servers()
        assert {name: states[name]["transport"] for name in servers} == {
            "named": "stdio",
            "events": "sse",
            "url": "sse",
        }


async def test_a_command_is_run_in_a_subprocess(proxy, http):
    """“stdio: The MCP client is a command line tool that is run in a subprocess.”"""
    client = await initialized(proxy, http, "stdio")
    assert json.loads(await client.call_text("whoami"))["pid"] in proxy.children()


async def test_an_sse_server_can_be_a_client(proxy, http, web):
    """“sse: The MCP client is a server that supports SSE (Server-Sent Events).”"""
    await echo(proxy, http, "events")
    assert web.ledger.entries("http", path="/message")


async def test_a_streamable_server_can_be_a_client(proxy, http, web):
    """“streamable-http: The MCP client is a server that supports HTTP streaming.”"""
    await echo(proxy, http, "streamable")
    assert web.ledger.entries("http", path="/mcp")


@pytest.mark.parametrize("entry", [{"transportType": "stdio"}, {"args": ["x"]}, {"command": "", "args": []}])
def test_a_stdio_server_needs_a_command(make_proxy, entry):
    """“For stdio mcp servers, the command field is required.”"""
    proxy = make_proxy({"incomplete": entry}, arguments=None)
    assert proxy.run_to_end() != 0
    assert "mcpServers.incomplete" in proxy.output and "command" in proxy.output, proxy.output


async def test_command_arguments_and_environment_are_used(proxy, http):
    """“command: The command to run the MCP client. args: The arguments to pass to the command. env: The environment
    variables to set for the command.”"""
    client = await initialized(proxy, http, "stdio")
    assert client.initialized["result"]["serverInfo"]["name"] == "stdio"
    assert json.loads(await client.call_text("environment", {"name": "GREETING"}))["value"] == "hello"
    # The rest of the environment is inherited, as a command line tool expects.
    assert json.loads(await client.call_text("environment", {"name": "PATH"}))["value"]


async def test_a_command_is_found_on_the_path(launch, http, directory):
    """“command”: a bare name is looked up on PATH; `cwd` says where it runs."""
    place = directory()
    entry = {**stdio(), "command": "python3", "cwd": str(place)}
    with launch({"stdio": entry}) as proxy:
        client = await proxy.client("stdio", http).initialize()
        assert json.loads(await client.call_text("environment"))["cwd"] == os.path.realpath(place)


async def test_a_server_has_options_of_its_own(proxy, http):
    """“options: Options specific to the client.”"""
    await echo(proxy, http, "specific", SPECIFIC)


@pytest.mark.parametrize("transport", ["sse", "streamable-http"])
def test_a_remote_server_needs_a_url(make_proxy, transport):
    """“For sse mcp servers, the url field is required.” “For http streaming mcp servers, the url field is required.”"""
    proxy = make_proxy({"incomplete": {"transportType": transport}})
    assert proxy.run_to_end() != 0
    assert "mcpServers.incomplete" in proxy.output and "url" in proxy.output, proxy.output


async def test_a_url_alone_means_sse(proxy, http, web):
    """“When the current url exists, sse will be automatically configured.” “url: The URL of the MCP client.”"""
    states = (await http.get(proxy.url("/readyz"), headers=bearer())).json()["servers"]
    assert states["events"]["transport"] == "sse"


@pytest.mark.parametrize("name, header", [("events", "x-of-sse"), ("streamable", "x-of-streamable")])
async def test_configured_headers_are_sent(proxy, http, name, header):
    """“headers: The headers to send with the request to the MCP client.”"""
    client = await initialized(proxy, http, name)
    assert json.loads(await client.call_text("whoami"))["headers"][header] == "yes"


async def test_streaming_is_set_by_hand(proxy, http):
    """“For http streaming mcp servers, the url field is required. and transportType need to manually set to
    streamable-http.”"""
    states = (await http.get(proxy.url("/readyz"), headers=bearer())).json()["servers"]
    assert states["streamable"]["transport"] == "streamable-http"


@pytest.mark.parametrize("name", ["impatient", "impatient-in-nanoseconds"])
async def test_the_timeout_of_a_server_is_kept(proxy, http, name):
    """“timeout: The timeout for the request to the MCP client.” As a duration, or as the nanoseconds of the Go
    program."""
    client = await initialized(proxy, http, name)
    assert await client.call_text("echo", {"text": "quick"}) == "quick"
    answer = await client.call("hold", {"file": "/nonexistent/gate"})
    assert name in answer["error"]["message"], answer


# The command line


def run(binary, *arguments, cwd=None):
    done = subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=20, cwd=cwd)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("flag", ["-help", "--help"])
def test_help_names_every_flag(binary, flag):
    """“Usage of mcp-proxy: -config string: path to config file or a http(s) url (default "config.json"); -help:
    print help and exit”"""
    code, output = run(binary, flag)
    assert code == 0
    for name in ("config", "help", "version", "expand-env", "http-headers", "http-timeout", "insecure", "config.json"):
        assert name in output, f"{name} is missing from:\n{output}"


@pytest.mark.parametrize("flag", ["-version", "--version"])
def test_version_prints_the_version(binary, flag):
    """“-version: print version and exit”"""
    code, output = run(binary, flag)
    assert code == 0
    assert len(output.strip().splitlines()) == 1 and any(character.isdigit() for character in output), output


async def test_the_default_configuration_is_config_json(make_proxy, http):
    """“-config string: path to config file or a http(s) url (default "config.json")”"""
    with running(make_proxy({"stdio": stdio()}, arguments=[])) as proxy:
        await proxy.client("stdio", http).initialize()


@pytest.mark.parametrize("spelling", [["-config", "{}"], ["--config", "{}"], ["-config={}"], ["--config={}"]])
async def test_flags_are_written_with_one_dash_or_two(make_proxy, http, spelling):
    """“-config string”: one dash or two, with a space or an equals sign, as Go reads flags."""
    proxy = make_proxy({"stdio": stdio()}, file_name="other.json")
    proxy.use_arguments([part.format(proxy.file) for part in spelling])
    with running(proxy):
        await proxy.client("stdio", http).initialize()


@pytest.mark.parametrize("arguments", [["--no-such-flag"], ["-confg", "x.json"], ["--config"]])
def test_a_wrong_flag_is_an_error(binary, arguments):
    """A flag nobody knows ends with a code that is not 0 and says which."""
    code, output = run(binary, *arguments)
    assert code != 0
    assert arguments[0].lstrip("-") in output


# Where a server is


async def test_a_server_is_at_its_sse_url(proxy):
    """“You can access the server at http(s)://{baseURL}/{clientName}/sse. (e.g., https://mcp.example.com/fetch/sse,
    …)”"""
    order = {"kind": "sse", "url": proxy.url("/stdio/sse"), "headers": bearer(), "calls": [["echo", {"text": "t"}]]}
    outcomes = await asyncio.to_thread(visit, "v1", order, ["given_calls"])
    assert outcomes["given_calls"]["value"][0]["content"][0]["text"] == "t", outcomes


async def test_a_token_may_be_part_of_the_key(proxy, http):
    """“If your MCP client does not support custom request headers, you can change the key in clients such as fetch to
    fetch/{authToken}, and then access it via fetch/{authToken}.”"""
    client = await proxy.client("fetch/path-token", http).initialize()
    assert await client.call_text("echo", {"text": "t"}) == "t"
    assert (await http.post(proxy.url("/fetch/mcp"), content=initialize_body(), headers=JSON)).status_code == 404


def test_it_is_under_the_mit_license():
    """“This project is licensed under the MIT License. See the LICENSE file for details.”"""
    assert "MIT License" in (REPOSITORY / "LICENSE").read_text()


# What the Go program's own documentation promises


@pytest.mark.parametrize(
    "kind, advertised", [("sse", "/stdio/sse"), ("streamable-http", "/stdio/mcp"), (None, "/stdio/mcp")]
)
async def test_the_type_decides_what_is_advertised_and_nothing_else(launch, http, kind, advertised):
    """`type`: sse (default) or streamable-http; the table shows that URL, and both transports are served."""
    with launch({"stdio": stdio()}, proxy={"type": kind} if kind else {}) as proxy:
        proxy.wait_output(proxy.url(advertised))
        await proxy.client("stdio", http).initialize()
        async with proxy.old_client("stdio", http).connected():
            pass


async def test_a_disabled_server_is_not_started(proxy, http, ledger):
    """`disabled` (and `Disabled`): no process, no route, state disabled."""
    states = (await http.get(proxy.url("/readyz"), headers=bearer())).json()["servers"]
    for name in ("off", "off-too"):
        assert states[name]["state"] == "disabled"
        assert not ledger.entries("start", server=name)
        response = await http.post(proxy.url(f"/{name}/mcp"), content=initialize_body(), headers={**JSON, **bearer()})
        assert response.status_code == 404


COMMENTED = """
// A comment
{
  "mcpProxy": {
    "baseURL": %(base)s, // the public URL
    "addr": %(addr)s, /* where
                         it listens */
  },
  "mcpServers": {
    "stdio": {"command": %(python)s, "args": [%(script)s,], "env": {%(mark)s,},}, // trailing commas
  },
}
"""
YAML = """
# A comment
mcpProxy:
  baseURL: %(base)s
  addr: %(addr)s
mcpServers:
  stdio:
    command: %(python)s
    args:
      - %(script)s
    env: {%(mark)s}
"""


@pytest.mark.parametrize(
    "form, file_name",
    [(COMMENTED, "config.json"), (COMMENTED, "config.jsonc"), (YAML, "config.yaml"), (YAML, "config.yml")],
)
async def test_comments_trailing_commas_and_yaml_are_read(make_proxy, http, form, file_name):
    """The documentation's own example has comments; YAML is chosen by the file's ending."""

    def text(proxy):
        return form % {
            "python": json.dumps(sys.executable),
            "script": json.dumps(stdio()["args"][0]),
            "addr": json.dumps(proxy.address),
            "base": json.dumps(proxy.base),
            "mark": f"{json.dumps(MARK)}: {json.dumps(proxy.run)}",
        }

    with running(make_proxy(text=text, file_name=file_name)) as proxy:
        await proxy.client("stdio", http).initialize()


async def test_environment_variables_are_expanded(make_proxy, http):
    """`${VAR}` and `$VAR` in the file become their values; what they hold is not expanded again."""
    entry = stdio(name="$FIXTURE_NAME", env={"A": "${FIXTURE_VALUE}-tail", "B": "$FIXTURE_VALUE"})
    environment = {"FIXTURE_NAME": "expanded", "FIXTURE_VALUE": "value with ${FIXTURE_NAME}"}
    with running(make_proxy({"stdio": entry}, environment=environment)) as proxy:
        client = await proxy.client("stdio", http).initialize()
        assert client.initialized["result"]["serverInfo"]["name"] == "expanded"
        for name, value in (("A", "value with ${FIXTURE_NAME}-tail"), ("B", "value with ${FIXTURE_NAME}")):
            assert json.loads(await client.call_text("environment", {"name": name}))["value"] == value


@pytest.mark.parametrize("flag", ["--expand-env=false", "-expand-env=false"])
async def test_expansion_can_be_switched_off(make_proxy, http, flag):
    """`--expand-env=false` leaves everything as it is written."""
    proxy = make_proxy({"stdio": stdio(env={"A": "${HOME}", "B": "$HOME"})})
    proxy.use_arguments(["--config", str(proxy.file), flag])
    with running(proxy):
        client = await proxy.client("stdio", http).initialize()
        for name, value in (("A", "${HOME}"), ("B", "$HOME")):
            assert json.loads(await client.call_text("environment", {"name": name}))["value"] == value


async def test_headers_are_sent_for_a_remote_configuration(make_proxy, http):
    """`--http-headers 'Key1:Value1;Key2:Value2'` are sent with the request for the file."""
    proxy = make_proxy()
    required = {"X-First": "one", "Authorization": "Bearer two:three"}
    with ConfigHost(json.dumps(document(proxy, {"stdio": stdio()})), required) as host:
        proxy.use_arguments(["-config", host.url, "-http-headers", "X-First: one; Authorization:Bearer two:three"])
        with running(proxy):
            await proxy.client("stdio", http).initialize()
        assert len(host.requests) == 1


@pytest.mark.parametrize("status, body", [(404, "{}"), (500, ""), (200, "<html>")])
def test_a_remote_configuration_that_cannot_be_had_is_an_error(make_proxy, status, body):
    """The exit code is not 0 and the output tells the status, or that it is no configuration."""
    proxy = make_proxy()
    with ConfigHost(body, status=status) as host:
        proxy.use_arguments(["--config", host.url])
        assert proxy.run_to_end() != 0
        if status != 200:
            assert str(status) in proxy.output, proxy.output


MISTAKEN = {
    "mcpProxy": {"addr": 9090, "baseURL": "not a url", "nmae": "x", "options": {"logEnabled": "perhaps"}},
    "mcpServers": {
        "both": {"command": "x", "url": "http://127.0.0.1/"},
        "neither": {},
        "typo": {"comand": "x", "args": "not a list"},
        "filter": {"command": "x", "options": {"toolFilter": {"mode": "deny", "list": ["a"]}}},
        "transport": {"url": "http://127.0.0.1/", "transportType": "carrier-pigeon"},
        "slow": {"url": "http://127.0.0.1/", "timeout": "soon"},
    },
}
MISTAKES = [
    "mcpProxy.addr",
    "mcpProxy.options.logEnabled",
    "mcpServers.neither",
    "mcpServers.typo.args",
    "mcpServers.filter.options.toolFilter.mode",
    "mcpServers.transport.transportType",
    "mcpServers.slow.timeout",
]


@pytest.mark.parametrize("arguments", [["check", "--config", "config.json"], ["--config", "config.json"]])
def test_all_mistakes_of_a_file_are_reported_at_once(binary, directory, arguments):
    """Each with its key path; unknown keys name the nearest known one; the exit code is not 0."""
    place = directory()
    (place / "config.json").write_text(json.dumps(MISTAKEN))
    code, output = run(binary, *arguments, cwd=place)
    assert code != 0
    missing = [path for path in MISTAKES if path not in output]
    assert not missing, f"{missing} not mentioned in:\n{output}"
    assert "comand" in output and "command" in output
    assert "nmae" in output and "name" in output


def test_check_starts_nothing(make_proxy, new_ledger):
    """`mcp-proxy check` of a good file says so, ends with 0, starts no server and opens no port."""
    ledger = new_ledger()
    proxy = make_proxy({"stdio": stdio(ledger=ledger)})
    proxy.use_arguments(["check", "--config", str(proxy.file)])
    assert proxy.run_to_end() == 0, proxy.output
    assert not ledger.entries("start")
    assert proxy.output.strip()


def test_an_unknown_key_is_a_warning(make_proxy):
    """A key nobody knows does not stop the proxy; the warning names it and the nearest known one."""
    entry = {**stdio(), "optoins": {}}
    with running(make_proxy({"stdio": entry}, proxy={"verison": "1"})) as proxy:
        assert "mcpServers.stdio.optoins" in proxy.output and "options" in proxy.output
        assert "verison" in proxy.output


@pytest.mark.parametrize(
    "content, expected",
    [
        ("{", "config.json"),
        ('{"mcpSrvrs": {}}', 'Did you mean "mcpServers"?'),
        ('{"other": {}}', "mcpProxy"),
        ("{}", "mcpProxy"),
        ("", "config.json"),
    ],
)
def test_a_file_that_is_no_configuration_is_an_error(make_proxy, content, expected):
    """Broken JSON is told with the file (and where); a file with neither mcpProxy nor servers is told so, a slip by name."""
    proxy = make_proxy(text=lambda _: content)
    assert proxy.run_to_end() != 0
    assert expected in proxy.output, proxy.output


def test_a_file_that_is_missing_is_named(binary, directory):
    """The path is in the message."""
    code, output = run(binary, "--config", "no-such-file.json", cwd=directory())
    assert code != 0 and "no-such-file.json" in output


async def test_the_go_programs_own_example_is_understood(binary, directory):
    """The example of its documentation, comments and all, passes `check`."""
    place = directory()
    (place / "config.json").write_text(GO_EXAMPLE)
    code, output = run(binary, "check", "--config", "config.json", cwd=place)
    assert code == 0, output


GO_EXAMPLE = """
{
  "mcpProxy": {
    "baseURL": "https://mcp.example.com",
    "addr": ":9090",
    "name": "MCP Proxy",
    "version": "1.0.0",
    "type": "streamable-http", // or "sse" (default)
    "options": {"panicIfInvalid": false, "logEnabled": true, "authTokens": ["DefaultToken"]}
  },
  "mcpServers": {
    "github": {
      // stdio client
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-github"],
      "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": "<YOUR_TOKEN>"},
      "options": {"toolFilter": {"mode": "block", "list": ["create_or_update_file"]}}
    },
    "fetch": {
      "command": "uvx",
      "args": ["mcp-server-fetch"],
      "options": {"panicIfInvalid": true, "logEnabled": false, "authTokens": ["SpecificToken"]}
    },
    "amap": {
      // SSE client
      "url": "https://mcp.amap.com/sse?key=<YOUR_TOKEN>",
      "options": {"disabled": true}
    }
  }
}
"""


async def test_a_trailing_slash_and_no_path_are_streamable_http(proxy, http):
    """The Go program serves a server below `/{name}/`: `/{name}/` and `/{name}` work as well as `/{name}/mcp`."""
    for path in ("/stdio/", "/stdio"):
        response = await http.post(proxy.url(path), content=initialize_body(), headers={**JSON, **bearer()})
        assert response.status_code == 200, path


def test_without_addr_only_this_machine_can_connect(make_proxy):
    """No `addr`: every socket the proxy listens on is a loopback one."""
    proxy = make_proxy({"stdio": stdio()})
    content = json.loads(proxy.file.read_text())
    del content["mcpProxy"]["addr"]
    proxy.file.write_text(json.dumps(content))
    proxy.start()
    try:
        addresses = eventually(lambda: listening_addresses(proxy.pid), "the proxy to listen")
        assert all(address in LOOPBACK for address in addresses), addresses
    finally:
        proxy.abandon()


# As /proc/net/tcp and tcp6 write 127.0.0.1 and ::1.
LOOPBACK = ("0100007F", "00000000000000000000000001000000")
LISTEN = "0A"


def listening_addresses(pid):
    """The local addresses, in the kernel's hexadecimal, of the sockets that a process listens on."""
    sockets = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            sockets.add(os.readlink(descriptor))
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTEN and f"socket:[{fields[9]}]" in sockets:
                found.append(fields[1].partition(":")[0])
    return found
