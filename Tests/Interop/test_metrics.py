"""Metrics: what is counted, how it is read, by whom, and by programs of other people's."""

import asyncio
import json
import re
import subprocess

import httpx
import pytest

from support.envelope import modern_call, modern_headers
from support.fixture import stdio
from support.issuer import Issuer
from support.login.server import LoginServer
from support.managed import TOKEN, bearer
from support.metrics import PROGRAMS, REPOSITORY, Metrics, Prometheus, check, metrics, read
from support.proxy import free_port
from support.wait import eventually, eventually_async
from test_login_exchanges import identity

pytestmark = pytest.mark.anyio

OPEN_METRICS = "application/openmetrics-text"
HOSTILE = 'a "quoted" name\u202e'
EVERYBODY = {"metrics": {"public": True}}
OBSERVABILITY = REPOSITORY / "docs" / "observability.md"
HELD = {"management": {"authTokens": [TOKEN]}}


@pytest.fixture(params=["legacy", "modern"])
def era(request):
    return request.param


async def test_requests_and_calls_of_tools_are_counted(launch, http):
    with launch({"one": stdio(name="one")}) as proxy:
        client = await proxy.client("one", http).initialize()
        for _ in range(3):
            await client.call("echo", {"text": "a"})
        await client.call("fail")
        await client.call("made up by the caller")
        page = metrics(proxy)
        calls = {"server": "one", "method": "tools/call", "client_era": "legacy"}
        assert page.sum("mcp_proxy_requests_total", outcome="ok", **calls) == 3
        assert page.sum("mcp_proxy_requests_total", outcome="error", **calls) == 2
        assert page.sum("mcp_proxy_requests_total", method="initialize", outcome="ok") == 1
        assert page.sum("mcp_proxy_request_seconds_count", server="one", method="tools/call") == 5
        assert page.sum("mcp_proxy_tool_calls_total", tool="echo", outcome="ok") == 3
        assert page.sum("mcp_proxy_tool_call_seconds_count", tool="echo") == 3
        assert page.sum("mcp_proxy_tool_calls_total", tool="other", outcome="error") == 1
        assert "made up" not in page.text
        assert page.sum("mcp_proxy_sessions") == 1
        assert page.sum("mcp_proxy_upstream_state", server="one", state="ready") == 1
        assert page.sum("mcp_proxy_upstream_state") == 1
        assert page.sum("mcp_proxy_upstream_process_memory_bytes", server="one") > 1 << 20
        for direction in ("in", "out"):
            for side in ("client", "upstream"):
                assert page.sum("mcp_proxy_bytes_total", direction=direction, side=side) > 100
        assert page.sum("mcp_proxy_build_info") == 1 and page.sum("process_resident_memory_bytes") > 1 << 20


async def test_both_eras_of_clients_are_told_apart(launch, fixtures, http, era):
    with launch({"one": fixtures[era].streamable()}) as proxy:
        # What is not known to be listed counts as some other tool.
        eventually(lambda: proxy.servers()["one"].get("tools"), "the tools to be known")
        client = await proxy.client("one", http).initialize()
        assert "result" in await client.call("echo", {"text": "a"})
        with proxy.visitor() as visitor:
            answer = modern_call_to(visitor, proxy, "echo")
        assert answer.status_code == 200, answer.text
        page = metrics(proxy)
        for client_era in ("legacy", "modern"):
            assert page.sum("mcp_proxy_tool_calls_total", tool="echo", outcome="ok") == 2
            assert (
                page.sum("mcp_proxy_requests_total", method="tools/call", outcome="ok", client_era=client_era) == 1
            ), page.text


def modern_call_to(visitor, proxy, tool):
    message = modern_call(tool)
    return visitor.post(proxy.url("/one/mcp"), json=message, headers=modern_headers(message))


async def test_calls_under_way_and_queued_are_shown(launch, http, tmp_path):
    gate = tmp_path / "gate"
    with launch({"one": stdio(name="one")}, limits={"maxCallsInFlightPerServer": 1}) as proxy:
        # The proxy's own questions wait in the same queue.
        eventually(lambda: proxy.servers()["one"].get("tools"), "the tools to be known")
        client = await proxy.client("one", http).initialize()
        calls = [asyncio.create_task(client.call("hold", {"file": str(gate)}, request_id=number)) for number in (7, 8)]

        def numbers():
            page = metrics(proxy)
            return [page.sum(f"mcp_proxy_requests_{what}", server="one") for what in ("in_flight", "queued")]

        await eventually_async(lambda: numbers() == [2, 1], "two calls, one of which waits")
        gate.write_text("")
        assert all("result" in answer for answer in await asyncio.gather(*calls))
        assert numbers() == [0, 0]


async def test_what_is_refused_is_counted_by_why(launch, http):
    with launch({"one": stdio(name="one", options={"authTokens": ["canary-of-one"]})}, proxy=HELD) as proxy:
        with proxy.visitor() as visitor:
            for headers in ({}, {"Authorization": "Bearer wrong"}):
                assert visitor.post(proxy.url("/one/mcp"), json={}, headers=headers).status_code == 401
            assert visitor.get(proxy.url("/nothing/mcp")).status_code == 404
            assert visitor.get(proxy.url("/one/mcp"), headers={"Host": "evil.example.com"}).status_code == 403
            assert visitor.get(proxy.url("/one/mcp"), headers={"Origin": "https://evil.example.com"}).status_code == 403
        page = metrics(proxy, token=TOKEN)
        refused = {labels["reason"]: value for labels, value in page.find("mcp_proxy_refusals_total")}
        assert {reason: value for reason, value in refused.items() if value} == {
            "unauthorized": 2, "unknown": 1, "host": 1, "origin": 1,
        }, refused  # fmt: skip


@pytest.mark.parametrize("accept", [None, "text/plain", OPEN_METRICS + "; version=1.0.0"])
async def test_both_formats_are_read_by_prometheus_program(launch, http, accept):
    with launch({"one": stdio(name="one"), HOSTILE: stdio(name="two")}) as proxy:
        client = await proxy.client("one", http).initialize()
        await client.call("echo", {"text": "a"})
        response = read(proxy, accept=accept)
        is_open = accept is not None and accept.startswith(OPEN_METRICS)
        assert response.headers["content-type"].startswith(OPEN_METRICS if is_open else "text/plain; version=0.0.4")
        assert response.text.endswith("# EOF\n") == is_open
        page = Metrics(response.text)
        assert page.sum("mcp_proxy_upstream_state", server=HOSTILE, state="ready") == 1
        # The tool reads the other format alone.
        if not is_open:
            assert check(response.text) == []


async def test_prometheus_scrapes_what_was_counted(launch, http, directory):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy:
        client = await proxy.client("one", http).initialize()
        for _ in range(5):
            await client.call("echo", {"text": "a"})
        target = f"127.0.0.1:{proxy.port}"
        with Prometheus(proxy.run, directory(), target, authorization={"credentials": TOKEN}) as prometheus:
            prometheus.wait_for("up", 1)
            prometheus.wait_for('sum(mcp_proxy_tool_calls_total{tool="echo",outcome="ok"})', 5)
            prometheus.wait_for('mcp_proxy_upstream_state{state="ready"}', 1)
            # It is told again, and not as another series.
            await client.call("echo", {"text": "a"})
            prometheus.wait_for('sum(mcp_proxy_tool_calls_total{tool="echo",outcome="ok"})', 6)


async def test_who_may_read_them(launch):
    """The same as may read in the management API; everybody, where that is said."""
    for proxy_settings, expected in ((HELD, 401), ({**HELD, **EVERYBODY}, 200), ({}, 200)):
        with launch({"one": stdio(name="one")}, proxy=proxy_settings) as proxy, proxy.visitor() as visitor:
            assert visitor.get(proxy.url("/metrics")).status_code == expected
            assert visitor.get(proxy.url("/metrics"), headers=bearer()).status_code == 200
            assert visitor.post(proxy.url("/metrics"), headers=bearer()).status_code in (403, 405)


async def test_a_client_without_the_right_reads_none(launch):
    clients = {
        "ann": {"tokens": ["canary-token-of-ann"], "servers": ["*"]},
        "eye": {"tokens": ["canary-token-of-eye"], "management": "read"},
    }
    with launch({"one": stdio(name="one")}, proxy={"clients": clients}) as proxy, proxy.visitor() as visitor:
        statuses = {
            token: visitor.get(proxy.url("/metrics"), headers=bearer(token)).status_code
            for token in ("canary-token-of-ann", "canary-token-of-eye", "")
        }
        assert statuses == {"canary-token-of-ann": 404, "canary-token-of-eye": 200, "": 401}


@pytest.mark.parametrize(
    "address, settings, token, expected",
    [
        ("127.0.0.1", {}, None, 200),
        ("0.0.0.0", {}, None, 401),
        ("0.0.0.0", HELD, TOKEN, 200),
        ("0.0.0.0", {"public": True}, None, 200),
    ],
)
async def test_a_listener_of_their_own(launch, address, settings, token, expected):
    """It has nothing else, and the proxy's own has them no more. What others can reach asks who comes."""
    port = free_port()
    shown = {"metrics": {"addr": f"{address}:{port}", **({"public": True} if "public" in settings else {})}}
    held = {key: value for key, value in settings.items() if key == "management"}
    with launch({"one": stdio(name="one")}, proxy={**shown, **held}) as proxy:
        url = f"http://127.0.0.1:{port}"
        headers = bearer(token)
        answer = httpx.get(url + "/metrics", headers=headers, trust_env=False)
        assert answer.status_code == expected, answer.text
        if expected == 200:
            assert Metrics(answer.text).sum("mcp_proxy_upstream_state", state="ready") == 1
        for path in ("/one/mcp", "/api/servers", "/readyz"):
            assert httpx.get(url + path, headers=headers, trust_env=False).status_code == 404
        assert httpx.get(url + "/metrics", headers={"Host": "evil.example.com"}, trust_env=False).status_code == 403
        with proxy.visitor(headers=headers) as visitor:
            assert visitor.get(proxy.url("/metrics")).status_code == 404


async def test_an_access_token_is_judged_at_a_listener_of_their_own(launch):
    """As everywhere: who may read gets them, and a made up token is none."""
    port = free_port()
    with Issuer() as issuer:
        settings = identity(issuer)
        settings["clients"]["staff"]["management"] = "read"
        with launch({"one": stdio(name="one")}, proxy={**settings, "metrics": {"addr": f"127.0.0.1:{port}"}}):
            url = f"http://127.0.0.1:{port}/metrics"
            for token, expected in ((issuer.token(sub="ann"), 200), ("made.up.token", 401)):
                assert httpx.get(url, headers=bearer(token), trust_env=False).status_code == expected


async def test_a_server_that_is_removed_takes_its_series_along(launch, http):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy:
        with proxy.visitor(headers=bearer()) as visitor:
            config = stdio(name="two")
            assert visitor.post(proxy.url("/api/servers"), json={"name": "two", "config": config}).status_code == 201
            client = await proxy.client("two", http).initialize()
            await client.call("echo", {"text": "a"})
            assert metrics(proxy, token=TOKEN).sum("mcp_proxy_tool_calls_total", server="two") == 1
            assert visitor.delete(proxy.url("/api/servers/two")).status_code == 200
        assert metrics(proxy, token=TOKEN).find("mcp_proxy_requests_total", server="two") == []


async def test_renewals_of_tokens_are_counted(launch, protected):
    with LoginServer("/tenant", registration="off") as login, protected(login) as server:
        login.add_client("nightly", secret="canary-secret", method="client_secret_basic")
        auth = {"type": "clientCredentials", "clientID": "nightly", "clientSecret": "canary-secret"}
        with launch({"docs": server.streamable(auth=auth)}) as proxy:
            proxy.wait_state("docs", "ready")
            page = metrics(proxy)
            assert page.sum("mcp_proxy_oauth_refreshes_total", server="docs", outcome="ok") == 1, page.text
            assert "canary" not in page.text


async def test_a_misspelt_key_is_refused_and_so_is_an_address_that_is_none(shell):
    for metrics_settings, words in (
        ({"publik": True}, "mcpProxy.metrics.publik"),
        ({"addr": "unix:/tmp/metrics.sock"}, "metrics are not served on a Unix socket"),
        ({"addr": "9464"}, "mcpProxy.metrics.addr"),
    ):
        config = shell.write("config.json", {"mcpProxy": {"metrics": metrics_settings}, "mcpServers": {}})
        checked = shell.run("check", config, status=1)
        assert words in checked.stderr, checked.stderr


def queries(document):
    """Every query in a dashboard of Grafana, or in rules of Prometheus."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key in ("expr", "query") and isinstance(value, str):
                yield value
            else:
                yield from queries(value)
    elif isinstance(document, list):
        for value in document:
            yield from queries(value)


async def test_the_dashboard_and_the_alerts_ask_for_what_there_is(launch, http):
    """With the labels that it has. The alerts are as Prometheus takes them."""
    rules = REPOSITORY / "packaging" / "prometheus" / "mcp-proxy.rules.yml"
    checked = subprocess.run([PROGRAMS / "promtool", "check", "rules", rules], capture_output=True, text=True, timeout=30)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    dashboard = json.loads((REPOSITORY / "packaging" / "grafana" / "mcp-proxy.json").read_text())
    asked = [*queries(dashboard), *re.findall(r"expr: (.*(?:\n {10}.*)*)", rules.read_text())]
    table = re.findall(r"^\| `([a-z_]+)` \|[^|]*\|([^|]*)\|", OBSERVABILITY.read_text(), re.M)
    known = {name: set(re.findall(r"`([a-z_]+)`", labels)) for name, labels in table}
    found = set()
    for query in asked:
        for name, labels in re.findall(r"((?:mcp_proxy|process)_[a-z_]+)(?:\{([^}]*)\})?", query):
            family = re.sub(r"_(?:bucket|sum|count)$", "", name)
            assert family in known, f"{name} in {query}"
            assert set(re.findall(r"([a-z_]+)[!=~]+\"", labels)) <= known[family], query
            found.add(family)
    assert len(found) > 12, found
