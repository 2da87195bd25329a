"""Secrets out of files: `${file:…}`."""

import json

import httpx
import pytest

from support import secrets as known_secrets
from support.config_host import ConfigHost
from support.fixture import stdio
from support.management import Management, bearer
from support.raw import initialize_body
from support.wait import eventually

pytestmark = pytest.mark.anyio

TOKEN = "a-token-of-a-test-0"
OTHER = "a-token-of-a-test-1"
known_secrets.remember(TOKEN, OTHER)
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@pytest.fixture
def secrets(directory):
    return directory()


def ask(proxy, name, token):
    return httpx.post(
        proxy.url(f"/{name}/mcp"), content=initialize_body(), headers={**JSON, **bearer(token)}
    ).status_code


async def test_a_secret_reaches_its_server(launch, secrets, http):
    """Whole or as a part, from a path beside the configuration as well; a line break at its end is none of it."""
    (secrets / "whole").write_text("s3cret\n")
    servers = {
        "whole": stdio(env={"SEEN": f"${{file:{secrets / 'whole'}}}"}),
        "part": stdio(env={"SEEN": "Bearer ${file:beside}!"}),
    }
    with launch(servers, ready=False) as proxy:
        proxy.wait_state("whole", "ready")
        assert "beside\" of ${file:…} is not there" in proxy.servers()["part"]["error"]
        (proxy.directory / "beside").write_text("s3cret")
        proxy.wait_state("part", "ready")
        assert "s3cret" not in proxy.output
        client = await proxy.client("whole", http).initialize()
        assert '"value": "s3cret"' in await client.call_text("environment", {"name": "SEEN"})
        client = await proxy.client("part", http).initialize()
        assert "Bearer s3cret!" in await client.call_text("environment", {"name": "SEEN"})


async def test_a_rotated_secret_takes_effect(launch, secrets, http):
    """The server is replaced as after any change, and no other one."""
    (secrets / "key").write_text("first")
    servers = {"needs": stdio(env={"SEEN": f"${{file:{secrets / 'key'}}}"}), "other": stdio()}
    with launch(servers) as proxy:
        client = await proxy.client("needs", http).initialize()
        assert "first" in await client.call_text("environment", {"name": "SEEN"})
        calm = await proxy.client("other", http).initialize()
        (secrets / "new").write_text("second")
        (secrets / "new").rename(secrets / "key")
        proxy.wait_output("~ needs: env")
        eventually(lambda: "second" in _environment(proxy, "needs"), "the new secret to reach the server")
        assert "pong" in await calm.call_text("echo", {"text": "pong"})
        assert "first" not in proxy.output and "second" not in proxy.output
        assert proxy.stderr.count("a file of the configuration has changed") == 1


def _environment(proxy, name):
    with httpx.Client(base_url=proxy.base, headers=JSON) as http:
        opened = http.post(f"/{name}/mcp", content=initialize_body())
        session = {"Mcp-Session-Id": opened.headers["mcp-session-id"]}
        call = {"name": "environment", "arguments": {"name": "SEEN"}}
        body = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call}
        return http.post(f"/{name}/mcp", content=json.dumps(body), headers=session).text


def test_a_rotated_token_opens_and_the_one_before_does_not(launch, secrets):
    (secrets / "token").write_text(TOKEN)
    options = {"authTokens": [f"${{file:{secrets / 'token'}}}"]}
    with launch({"echo": stdio()}, options=options) as proxy:
        assert ask(proxy, "echo", TOKEN) == 200
        (secrets / "token").write_text(OTHER)
        eventually(lambda: ask(proxy, "echo", OTHER) == 200, "the new token to be accepted")
        assert ask(proxy, "echo", TOKEN) == 401


def test_tokens_of_a_client_are_watched_in_their_file(launch, secrets):
    """`tokensFile` is a file of the configuration like those of `${file:…}`."""
    (secrets / "tokens").write_text(TOKEN)
    clients = {"agents": {"tokensFile": str(secrets / "tokens"), "servers": ["*"]}}
    with launch({"echo": stdio()}, ready=False, proxy={"clients": clients}) as proxy:
        eventually(lambda: ask(proxy, "echo", TOKEN) == 200, "the server to be ready")
        (secrets / "tokens").write_text(OTHER)
        eventually(lambda: ask(proxy, "echo", OTHER) == 200, "the new token to be accepted")
        assert ask(proxy, "echo", TOKEN) == 401


def test_a_secret_that_goes_away_changes_nothing(launch, secrets):
    """The server serves as it was, the reason is told once, and what comes back counts."""
    (secrets / "key").write_text("first")
    with launch({"needs": stdio(env={"SEEN": f"${{file:{secrets / 'key'}}}"})}) as proxy:
        (secrets / "key").unlink()
        eventually(lambda: "is not there" in proxy.servers()["needs"].get("pendingChange", ""), "the reason to be shown")
        assert "first" in _environment(proxy, "needs")
        (secrets / "key").write_text("second")
        eventually(lambda: "second" in _environment(proxy, "needs"), "the new secret to reach the server")


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda file: None, "is not there"),
        (lambda file: file.write_text("\n"), "is empty"),
        (lambda file: file.write_bytes(b"\xff\xfe"), "is not in UTF-8"),
        (lambda file: file.write_text("x" * 65537), "is longer than"),
        (lambda file: file.mkdir(), "is a directory, not a file"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(make_proxy, secrets, make, words):
    file = secrets / "key"
    make(file)
    proxy = make_proxy({}, options={"authTokens": [f"${{file:{file}}}"]})
    assert proxy.run_to_end() == 1
    assert f'the file "{file}" of ${{file:…}} {words}' in proxy.stderr


async def test_what_is_added_over_the_api_reads_no_file(launch, secrets, http):
    """Neither as a server nor as a group; nothing is started, and the answer says why."""
    (secrets / "key").write_text("s3cret")
    reference = f"${{file:{secrets / 'key'}}}"
    with launch({}) as proxy:
        api = Management(proxy, http)
        for config in (stdio(env={"SEEN": reference}), {"url": f"https://example.com/{reference}"}):
            problem = await api.refused(
                422, "invalid-configuration", "POST", "", {"name": "added", "config": config}
            )
            assert "for the operator's own file alone" in json.dumps(problem)
        assert await api.servers() == {}
        assert "s3cret" not in proxy.output


def test_a_configuration_at_a_url_reads_no_file(make_proxy, secrets):
    (secrets / "key").write_text("s3cret-that-is-long")
    document = {"mcpProxy": {"options": {"authTokens": [f"${{file:{secrets / 'key'}}}"]}}, "mcpServers": {}}
    with ConfigHost(json.dumps(document)) as host:
        proxy = make_proxy({})
        proxy.use_arguments(["--config", host.url])
        assert proxy.run_to_end() == 1
        assert "a configuration at a URL reads no files of this machine" in proxy.stderr


def test_check_reads_them_and_repeats_nothing(shell, secrets):
    (secrets / "key").write_text("s3cret")
    config = shell.write(
        "config.json", {"mcpServers": {"a": {"url": "https://a.example/mcp", "headers": {"X": f"${{file:{secrets / 'key'}}}"}}}}
    )
    done = shell.run("check", config)
    assert "s3cret" not in done.stdout + done.stderr
    (secrets / "key").unlink()
    assert "is not there, so the server is not started" in shell.run("check", config).stderr


@pytest.mark.parametrize(
    "place, key",
    [
        ("tls", "mcpProxy.tls.keyFile"),
        ("clients", "mcpProxy.clients.a.tokensFile"),
        ("authority", "mcpProxy.trustedCAFile"),
        ("command", "mcpServers.s.command"),
        ("folder", "mcpServers.s.cwd"),
        ("name", "mcpServers"),
    ],
)
def test_a_secret_where_everything_is_shown_is_refused_without_it(make_proxy, directory, place, key):
    folder = directory()
    (folder / "secret").write_text("canary-secret\n-----BEGIN PRIVATE KEY-----\n")
    text = "${file:" + str(folder / "secret") + "}"
    general, servers = {}, {"s": {"command": "true"}}
    match place:
        case "tls":
            general = {"tls": {"certificateFile": "x", "keyFile": text}}
        case "clients":
            general = {"clients": {"a": {"tokensFile": text, "servers": ["*"]}}}
        case "authority":
            general = {"trustedCAFile": text}
        case "command":
            servers = {"s": {"command": text}}
        case "folder":
            servers = {"s": {"command": "true", "cwd": text}}
        case "name":
            servers = {text: {"command": "true"}}
    proxy = make_proxy(servers, proxy=general)
    for arguments in (["check", "--config", str(proxy.file)], ["--config", str(proxy.file)]):
        proxy.use_arguments(arguments)
        assert proxy.run_to_end() == 1
    assert key in proxy.output and "what a file says" in proxy.output, proxy.output
    assert "canary-secret" not in proxy.output and "PRIVATE KEY" not in proxy.output
