"""What counts by the configuration is told over the management API: with the origin of each value, and without secrets."""

import json

import pytest

from support.fixture import stdio
from support.managed import ACCESS, TOKEN, Management, problem_of
from support.wait import eventually

pytestmark = pytest.mark.anyio

HELD = {"management": ACCESS}
SECRETS = ["word-of-the-environment", "word-in-a-variable", "word-in-a-file", TOKEN]


async def effective(proxy, http, token=TOKEN):
    return await Management(proxy, http, token).done("GET", "/api/configuration")


def by_key(report):
    return {value["key"]: value for value in report["values"]}


async def test_every_value_is_told_with_its_origin_and_no_secret(launch, http, tmp_path):
    (tmp_path / "secret").write_text("word-in-a-file\n")
    (tmp_path / "secret").chmod(0o600)
    server = stdio(name="one", env={"KEY": "word-in-a-variable", "OTHER": "${SOME_TOKEN}"})
    options = {"authTokens": ["${file:" + str(tmp_path / "secret") + "}"], "logEnabled": "${LOGS}"}
    environment = {"SOME_TOKEN": "word-of-the-environment", "LOGS": "true", "MCP_PROXY_LOG_FORMAT": "text"}
    with launch({"one": server}, proxy={**HELD, "odd-key": 1}, options=options, environment=environment) as proxy:
        report = await effective(proxy, http)
        text = json.dumps(report)
        assert not [secret for secret in SECRETS if secret in text]
        values = by_key(report)
        address = values["mcpProxy.addr"]
        assert (address["value"], address["origin"]) == (proxy.address, "file")
        # There it is, as an editor counts.
        line = proxy.file.read_text().splitlines()[address["line"] - 1]
        assert line[address["column"] - 1 :].startswith(json.dumps(proxy.address))
        assert values["mcpProxy.limits.maxSessions"]["origin"] == "default" and values["mcpProxy.limits.maxSessions"]["value"]
        logs = values["mcpProxy.options.logEnabled"]
        assert (logs["value"], logs["origin"], logs["names"]) == ("true", "environment", ["LOGS"])
        tokens = values["mcpProxy.options.authTokens"]
        assert tokens["hidden"] and (tokens["origin"], tokens["names"]) == ("secretFile", [str(tmp_path / "secret")])
        assert values["mcpProxy.management.authTokens"]["hidden"]
        assert values["mcpServers.one.env.KEY"]["hidden"] and "value" not in values["mcpServers.one.env.KEY"]
        assert values["mcpServers.one.env.OTHER"]["names"] == ["SOME_TOKEN"]
        assert values["mcpServers.one.args"]["hidden"] and values["mcpServers.one.command"]["value"] == server["command"]
        assert any("odd-key" in warning for warning in report["warnings"])
        given = {option["key"]: option for option in report["options"]}
        assert given["--config"]["origin"] == "commandLine" and given["--config"]["value"] == str(proxy.file)
        assert given["--state-dir"]["origin"] == "default"
        log_format = given["--log-format"]
        assert (log_format["origin"], log_format["names"]) == ("environment", ["MCP_PROXY_LOG_FORMAT"])


async def test_a_reload_is_seen_and_what_waits_for_a_restart_is_said(launch, http):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy:
        proxy.rewrite({"one": stdio(name="one")}, proxy={**HELD, "name": "another name"}, options={"logEnabled": True})
        await Management(proxy, http).reload(dryRun=True)
        assert by_key(await effective(proxy, http))["mcpProxy.options.logEnabled"]["origin"] == "default"
        await Management(proxy, http).reload()
        report = await effective(proxy, http)
        assert by_key(report)["mcpProxy.options.logEnabled"]["value"] == "true"
        assert report["needsRestart"] == ["name"]
        proxy.file.write_text("{")
        problem_of(await Management(proxy, http).send("POST", "/api/reload"), 422, "invalid-configuration")
        assert await effective(proxy, http) == report


async def test_it_is_for_those_who_may_read_everything(launch, http):
    with launch({"one": stdio(name="one")}, options={"authTokens": ["a-token-of-servers"]}, proxy=HELD) as proxy:
        for token, status, kind in [(None, 401, "unauthorized"), ("a-token-of-servers", 403, "forbidden")]:
            problem_of(await Management(proxy, http, token).send("GET", "/api/configuration"), status, kind)
    with launch({"one": stdio(name="one")}, options={"authTokens": ["a-token-of-servers"]}) as proxy:
        assert (await Management(proxy, http, None).send("GET", "/api/configuration")).status_code in (401, 403)


async def test_who_may_call_a_tool_is_told(launch, http):
    match = {"issuer": "https://auth.example.com", "claims": {"team": "core"}}
    clients = {
        "dan": {"match": match, "servers": ["two"], "scopes": {"more": {"servers": ["one"]}, "less": {"servers": ["three"]}}},
        "ann": {"tokens": ["token-of-ann-in-the-tests"], "servers": ["*"]},
        "bob": {"tokens": ["token-of-bob-in-the-tests"], "servers": ["*"], "tools": ["*is_error"]},
        "cid": {"tokens": ["token-of-cid-in-the-tests"], "servers": ["two"]},
    }
    groups = {"dev": {"servers": ["one"], "tools": ["*echo"]}}
    issuer = {"issuer": "https://auth.example.com", "audience": "https://mcp.example.com"}
    keys = {**HELD, "clients": clients, "groups": groups, "identity": {"issuers": [issuer]}}
    with launch({"one": stdio(name="one"), "two": stdio(name="two")}, proxy=keys) as proxy:
        management = Management(proxy, http)

        async def places(server, tool):
            answer = await management.done("GET", f"/api/access?server={server}&tool={tool}")
            return {place["route"]: place for place in answer["places"]}

        await proxy.client("one", http, headers={"Authorization": "Bearer token-of-ann-in-the-tests"}).initialize()
        echo = await places("one", "echo")
        assert set(echo) == {"one", "dev", "mcp"}
        assert {route: place["clients"] for route, place in echo.items()} == {"one": ["client ann"], "dev": ["client ann"], "mcp": ["client ann"]}
        assert echo["one"]["scopes"] == echo["mcp"]["scopes"] == [{"client": "client dan", "scope": "more"}]
        assert (await places("two", "echo"))["two"]["scopes"] == []
        assert echo["one"]["path"] == "/one/" and echo["mcp"]["path"] == "/" and echo["one"]["everybody"] is False
        assert (await places("one", "is_error"))["one"]["clients"] == ["client ann", "client bob"]
        assert "dev" not in await places("one", "is_error")
        assert (await places("two", "echo"))["two"]["clients"] == ["client ann", "client cid", "client dan"]
        assert await places("one", "nothing") == {}
        problem_of(await management.send("GET", "/api/access?server=none&tool=echo"), 404, "unknown-server")
        problem_of(await management.send("GET", "/api/access?server=one"), 422, "invalid-request")
        # What is said is what happens.
        for token, may in [("ann", True), ("bob", False)]:
            client = await proxy.client("one", http, headers={"Authorization": f"Bearer token-of-{token}-in-the-tests"}).initialize()
            assert ("error" not in await client.call("echo", {"text": "a"})) is may
    with launch({"one": stdio(name="one")}) as proxy:
        eventually(lambda: proxy.servers()["one"].get("tools"), "the tools")
        answer = await Management(proxy, http, None).done("GET", "/api/access?server=one&tool=echo")
        assert [place["everybody"] for place in answer["places"]] == [True, True]
