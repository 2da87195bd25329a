"""Traces: what is passed on of them, and the spans that a collector is sent."""

import asyncio
import json
import re
import socket
import subprocess

import pytest

from support.collector import PROTOBUF, Collector
from support.envelope import modern_call, modern_headers
from support.fixture import modern_stdio, stdio
from support.metrics import metrics
from support.proxy import free_port
from support.raw import OldClient, call_body, initialize_body, only_answer, text_of
from support.wait import eventually

pytestmark = pytest.mark.anyio

ID, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACE, STATE = f"00-{ID}-{PARENT}-01", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"
OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CONTEXT = {"traceparent": TRACE, "tracestate": STATE}
LOGGED = {"logEnabled": True}
PUBLIC = {"metrics": {"public": True}}
KEY = "canary-key-of-the-collector"


@pytest.fixture(scope="module")
def collector():
    with Collector() as collector:
        yield collector


@pytest.fixture(scope="module")
def ledgers(new_ledger):
    return {name: new_ledger() for name in ("legacy-stdio", "modern-stdio", "legacy-http", "modern-http", "old-http")}


@pytest.fixture(scope="module")
def servers(http_fixture, modern_http_fixture, ledgers):
    """One server of each era and transport, by name."""
    with (
        http_fixture(ledger=ledgers["legacy-http"]) as legacy,
        http_fixture(ledger=ledgers["old-http"]) as old,
        modern_http_fixture(ledger=ledgers["modern-http"]) as modern,
    ):
        yield {
            "legacy-stdio": stdio(ledger=ledgers["legacy-stdio"]),
            "modern-stdio": modern_stdio(ledger=ledgers["modern-stdio"]),
            "legacy-http": legacy.streamable(),
            "modern-http": modern.streamable(),
            "old-http": old.sse(),
        }


ALL = ["legacy-stdio", "modern-stdio", "legacy-http", "modern-http", "old-http"]
ERAS = ["legacy", "modern"]


@pytest.fixture(scope="module")
def untraced(launch, servers):
    with launch(servers) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def traced(launch, servers, collector):
    with launch(servers, environment=collector.environment(), proxy=PUBLIC) as proxy:
        yield proxy


async def call(proxy, http, server, era, tool="echo", arguments=None, meta=None, **headers):
    """Calls a tool as a client of an era."""
    if era == "modern":
        message = modern_call(tool, arguments, meta=meta)
        return await http.post(
            proxy.url(f"/{server}/mcp"), json=message, headers={**modern_headers(message), **headers})
    client = await proxy.client(server, http).initialize()
    return await client.post(call_body(tool, arguments or {}, meta=meta), **headers)


async def arrived(proxy, http, ledger, server, era, meta=None, **headers):
    """(traceparent and tracestate in `_meta`, those in header fields) as the server got them."""
    has_fields = not server.endswith("stdio")
    answer = await call(proxy, http, server, era, "whoami" if has_fields else "echo", meta=meta, **headers)
    assert answer.status_code == 200, answer.text
    seen = json.loads(text_of(only_answer(answer)))["headers"] if has_fields else {}
    said = ledger.calls("whoami" if has_fields else "echo")[-1]["params"].get("_meta", {})
    return tuple({name: of[name] for name in CONTEXT if name in of} for of in (said, seen))


def places(server, of_header=CONTEXT):
    """Where a server is told what came in header fields alone."""
    return (of_header if server in ("legacy-stdio", "modern-stdio", "modern-http") else {}), (
        {} if server.endswith("stdio") else of_header)


# Passing on


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("server", ALL)
async def test_what_comes_in_header_fields_is_passed_on(untraced, http, ledgers, server, era):
    assert await arrived(untraced, http, ledgers[server], server, era, **CONTEXT) == places(server)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("server", ALL)
async def test_what_comes_in_meta_is_passed_on(untraced, http, ledgers, server, era):
    in_meta, in_fields = await arrived(untraced, http, ledgers[server], server, era, meta=CONTEXT)
    assert in_meta == CONTEXT and in_fields == ({} if server.endswith("stdio") else CONTEXT)


@pytest.mark.parametrize("server", ALL)
async def test_both_are_passed_on_as_they_came(untraced, http, ledgers, server):
    found = await arrived(untraced, http, ledgers[server], server, "modern", meta={"traceparent": OTHER}, **CONTEXT)
    assert found == ({"traceparent": OTHER}, {} if server.endswith("stdio") else CONTEXT)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("server", ALL)
async def test_what_is_no_trace_is_dropped(untraced, http, ledgers, server, era):
    evil = {"traceparent": "00-evil", "tracestate": STATE}
    assert await arrived(untraced, http, ledgers[server], server, era, meta=evil, **evil) == ({}, {})
    found = await arrived(untraced, http, ledgers[server], server, era, meta=evil, **CONTEXT)
    assert found == places(server)
    found = await arrived(untraced, http, ledgers[server], server, era, meta={**CONTEXT, "tracestate": "not=valid="})
    assert found[0] == {"traceparent": TRACE}


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("server", ALL)
async def test_nothing_is_made_up(untraced, http, ledgers, server, era):
    assert await arrived(untraced, http, ledgers[server], server, era) == ({}, {})


# Spans


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("server", ALL)
async def test_a_call_has_two_spans_and_the_server_is_told_of_the_second(
    traced, http, collector, ledgers, servers, server, era
):
    before = len(collector.spans)
    in_meta, in_fields = await arrived(traced, http, ledgers[server], server, era)
    tool = "echo" if server.endswith("stdio") else "whoami"
    told = in_meta or in_fields
    trace, parent = re.fullmatch("00-([0-9a-f]{32})-([0-9a-f]{16})-01", told["traceparent"]).groups()
    assert (in_meta, in_fields) == places(server, told)
    (to_client,) = collector.wait_for(1, kind="server", trace=trace)
    (to_server,) = collector.wait_for(1, kind="client", trace=trace)
    assert to_client.parent == "" and to_server.parent == to_client.id and to_server.id == parent
    assert to_client.start <= to_server.start <= to_server.end <= to_client.end
    for span in (to_client, to_server):
        assert span.name == f"tools/call {tool}" and not span.failed
        assert span["mcp.method.name"] == "tools/call" and span["gen_ai.tool.name"] == tool
        assert span["gen_ai.operation.name"] == "execute_tool" and span["rpc.system.name"] == "jsonrpc"
        assert span["mcp_proxy.server"] == server and span["error.type"] is None
    assert to_client["network.transport"] == "tcp" and to_client["client.address"] == "127.0.0.1"
    assert to_client["mcp.protocol.version"] == ("2026-07-28" if era == "modern" else "2025-11-25")
    assert to_client["jsonrpc.request.id"] == "1" and to_server["jsonrpc.request.id"].isdecimal()
    assert bool(to_client["mcp.session.id"]) == (era == "legacy")
    assert to_server["mcp.protocol.version"].startswith("20")
    if server.endswith("stdio"):
        assert to_server["network.transport"] == "pipe" and to_server["server.address"] is None
    else:
        port = int(servers[server]["url"].split(":")[2].split("/")[0])
        assert to_server["network.transport"] == "tcp"
        assert (to_server["server.address"], to_server["server.port"]) == ("127.0.0.1", port)
    assert len(collector.spans) > before


@pytest.mark.parametrize("place", ["fields", "meta", "both"])
@pytest.mark.parametrize("server", ALL)
async def test_spans_go_on_with_the_trace_of_the_client(traced, http, collector, ledgers, server, place):
    own = "%032x" % (hash((place, server)) % 2**127 + 1)
    context = {"traceparent": f"00-{own}-{PARENT}-01", "tracestate": STATE}
    meta, fields = (context if place != "fields" else None), (context if place == "fields" else {})
    if place == "both":
        fields = {"traceparent": OTHER}
    in_meta, in_fields = await arrived(traced, http, ledgers[server], server, "modern", meta=meta, **fields)
    (to_client,) = collector.wait_for(1, kind="server", trace=own)
    (to_server,) = collector.wait_for(1, kind="client", trace=own)
    assert (to_client.parent, to_client.state, to_server.state) == (PARENT, STATE, STATE)
    assert to_client.published.flags == 0x301 and to_server.published.flags == 0x101
    told = {"traceparent": f"00-{own}-{to_server.id}-01", "tracestate": STATE}
    assert in_fields == ({} if server.endswith("stdio") else told)
    assert in_meta == (told if place != "fields" else places(server, told)[0])
    links = [(link.trace_id.hex(), link.span_id.hex()) for link in to_client.published.links]
    assert links == ([tuple(OTHER.split("-")[1:3])] if place == "both" else [])


async def test_a_client_decides_whether_spans_are_kept(traced, http, collector, ledgers):
    unsampled = f"00-{ID}-{PARENT}-00"
    found = await arrived(traced, http, ledgers["modern-http"], "modern-http", "modern", traceparent=unsampled)
    assert found == ({"traceparent": unsampled}, {"traceparent": unsampled})
    # What comes after it in the same queue is there.
    await arrived(traced, http, ledgers["modern-http"], "modern-http", "modern", traceparent=f"00-{'a' * 32}-{PARENT}-01")
    collector.wait_for(2, trace="a" * 32)
    assert collector.find(trace=ID) == []


async def test_a_trace_that_is_none_is_begun_anew(traced, http, ledgers):
    evil = {"traceparent": "00-evil", "tracestate": STATE}
    in_meta, in_fields = await arrived(traced, http, ledgers["modern-http"], "modern-http", "modern", meta=evil, **evil)
    assert in_meta == in_fields and "tracestate" not in in_meta and in_meta["traceparent"].endswith("-01")


async def test_errors_and_refusals_are_told(traced, http, collector):
    async def spans(server, tool, trace):
        answer = await call(traced, http, server, "modern", tool, traceparent=f"00-{trace}-{PARENT}-01")
        return answer, collector.wait_for(1, kind="server", trace=trace)[0]

    answer, span = await spans("legacy-stdio", "there is no such tool", "1" * 32)
    code = str(answer.json()["error"]["code"])
    assert span.failed and span["error.type"] == code == span["rpc.response.status_code"]
    assert collector.wait_for(1, kind="client", trace="1" * 32)[0]["error.type"] == code
    answer = await call(traced, http, "nothing", "modern", traceparent=f"00-{'2' * 32}-{PARENT}-01")
    assert answer.status_code == 404 and collector.find(trace="2" * 32) == []


async def test_other_requests_have_spans_as_well(traced, http, collector):
    client = await traced.client("legacy-stdio", http).initialize()
    session = client.session
    await client.request("tools/list")
    await client.request("resources/read", {"uri": "test://nothing"})
    await client.request("prompts/get", {"name": "nothing"})
    for name in ("initialize", "tools/list", "resources/read", "prompts/get nothing"):
        found = eventually(
            lambda name=name: [s for s in collector.find(kind="server", name=name) if s["mcp.session.id"] == session],
            f"a span {name}")
        assert found[0]["gen_ai.tool.name"] is None
        if name == "resources/read":
            assert found[0]["mcp.resource.uri"] == "test://nothing"
        if name.startswith("prompts/get"):
            assert found[0]["gen_ai.prompt.name"] == "nothing"


async def test_a_call_at_the_endpoint_for_all_has_one_span(traced, http, collector):
    message = modern_call("legacy-stdio__echo", {"text": "x"})
    headers = {**modern_headers(message), "traceparent": f"00-{'3' * 32}-{PARENT}-01"}
    answer = await http.post(traced.url("/mcp"), json=message, headers=headers)
    assert answer.status_code == 200, answer.text
    (span,) = collector.wait_for(1, kind="server", trace="3" * 32)
    assert span["mcp_proxy.server"] == "legacy-stdio" and span["gen_ai.tool.name"] == "echo"


async def test_a_client_of_the_old_transport_has_spans(traced, http, collector):
    client = OldClient(traced.url("/legacy-stdio/sse"), http, headers={"traceparent": f"00-{'4' * 32}-{PARENT}-01"})
    async with client.connected():
        await client.call("echo", {"text": "x"})
    collector.wait_for(1, kind="server", trace="4" * 32, name="tools/call echo")


# What is sent, and how


async def test_the_program_says_what_it_is(launch, http):
    with Collector() as collector:
        environment = collector.environment(
            OTEL_SERVICE_NAME="a name",
            OTEL_RESOURCE_ATTRIBUTES="service.name=other,deployment.environment.name=test,team=a%20b",
            OTEL_EXPORTER_OTLP_HEADERS=f"api-key={KEY},x-more=a%2Cb",
        )
        with launch({"one": stdio(name="one", options=LOGGED)}, environment=environment) as proxy:
            await call(proxy, http, "one", "modern")
            (span,) = collector.wait_for(1, kind="server", name="tools/call echo")
            assert span.resource["service.name"] == "a name" and span.resource["team"] == "a b"
            assert span.resource["deployment.environment.name"] == "test"
            assert span.resource["telemetry.sdk.language"] == "swift" and span.resource["service.version"]
            assert span.scope.scope.name == "mcp-proxy"
            request = collector.requests[0]
            assert request.path == "/v1/traces" and request.headers["api-key"] == KEY
            assert request.headers["x-more"] == "a,b"
        assert "traces are sent" in proxy.stderr and KEY not in proxy.output


@pytest.mark.parametrize(
    "variables, path",
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "{}/base/"}, "/base/v1/traces"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "{}/as/it/is"}, "/as/it/is"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "{}", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, "/"),
    ],
)
async def test_the_address_follows_from_the_variables(launch, http, variables, path):
    with Collector() as collector:
        environment = {name: value.format(collector.origin) for name, value in variables.items()}
        with launch({"one": stdio(name="one")}, environment={**environment, "OTEL_BSP_SCHEDULE_DELAY": "20"}) as proxy:
            await call(proxy, http, "one", "modern")
            collector.wait_for(1, kind="server")
            assert collector.requests[0].path == path


@pytest.mark.parametrize(
    "variables",
    [
        {"OTEL_SDK_DISABLED": "true"},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_TRACES_SAMPLER": "always_off"},
        {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"},
    ],
)
async def test_nothing_is_sent_where_that_is_said(launch, http, variables, new_ledger):
    ledger = new_ledger()
    with Collector() as collector:
        with launch({"one": stdio(name="one", ledger=ledger)}, environment=collector.environment(**variables)) as proxy:
            await call(proxy, http, "one", "modern", meta=CONTEXT)
            assert CONTEXT.items() <= ledger.calls("echo")[-1]["params"]["_meta"].items()
        assert not collector.requests


async def test_the_end_of_a_run_sends_what_is_left(launch, http):
    with Collector() as collector:
        with launch(
            {"one": stdio(name="one")}, environment=collector.environment(OTEL_BSP_SCHEDULE_DELAY="600000")
        ) as proxy:
            await asyncio.gather(*(call(proxy, http, "one", "modern") for _ in range(20)))
            assert not collector.spans
        assert len(collector.find(kind="server")) == len(collector.find(kind="client")) == 20


async def test_spans_are_sent_in_batches(launch, http):
    with Collector() as collector:
        environment = collector.environment(OTEL_BSP_SCHEDULE_DELAY="600000", OTEL_BSP_MAX_EXPORT_BATCH_SIZE="10")
        with launch({"one": stdio(name="one")}, environment=environment) as proxy:
            await asyncio.gather(*(call(proxy, http, "one", "modern") for _ in range(10)))
            collector.wait_for(20)
        assert len(collector.requests) >= 2


def test_a_client_over_standard_input_has_spans(make_proxy):
    with Collector() as collector:
        proxy = make_proxy({"one": stdio(name="one")})
        messages = [
            json.loads(initialize_body()), {"jsonrpc": "2.0", "method": "notifications/initialized"},
            {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "echo", "arguments": {"text": "x"}}},
        ]
        subprocess.run(
            [proxy.binary, "stdio", "--config", str(proxy.file), "--server", "one"], capture_output=True, text=True,
            timeout=60, input="".join(json.dumps(message) + "\n" for message in messages), check=True,
            env={"PATH": "/usr/bin:/bin", **collector.environment()},
        )
        (span,) = collector.find(kind="server", name="tools/call echo")
        assert span["network.transport"] == "pipe" and span["client.address"] is None


# A collector that is away


def dropped(proxy):
    return metrics(proxy).sum("mcp_proxy_spans_dropped_total")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_what_can_pass_is_tried_again(launch, http, status):
    with Collector() as collector:
        collector.answers = [(status, "text/plain", b"later", {"Retry-After": "0"})] * 2
        with launch({"one": stdio(name="one")}, environment=collector.environment(), proxy=PUBLIC) as proxy:
            await call(proxy, http, "one", "modern")
            collector.wait_for(2)
            assert dropped(proxy) == 0


@pytest.mark.parametrize(
    "answer",
    [
        (400, "text/plain", b"no", {}), (401, "text/plain", b"no", {}), (200, "text/html", b"<html>hello</html>", {}),
        (301, "text/plain", b"", {"Location": "/elsewhere"}), (200, PROTOBUF, bytes([0x0A, 2, 8, 2]), {}),
    ],
)
async def test_what_is_not_taken_is_counted_and_told(launch, http, answer):
    with Collector() as collector:
        collector.answers = [answer] * 100
        with launch({"one": stdio(name="one")}, environment=collector.environment(), proxy=PUBLIC) as proxy:
            for _ in range(3):
                assert (await call(proxy, http, "one", "modern")).status_code == 200
            proxy.wait_output("spans of traces were dropped")
            eventually(lambda: dropped(proxy) > 0, "spans to be counted")
        lines = [line for line in proxy.stderr.splitlines() if "spans of traces were dropped" in line]
        assert len(lines) == 1 and "hello" not in lines[0], lines


@pytest.mark.parametrize("kind", ["absent", "silent"])
async def test_a_collector_that_is_away_disturbs_nothing(launch, http, kind):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if kind == "silent":
            listener.listen(64)
        environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{listener.getsockname()[1]}",
            "OTEL_BSP_SCHEDULE_DELAY": "10", "OTEL_BSP_MAX_QUEUE_SIZE": "20", "OTEL_BSP_EXPORT_TIMEOUT": "60000",
        }
        with launch({"one": stdio(name="one")}, environment=environment, proxy=PUBLIC) as proxy:
            answers = await asyncio.gather(*(call(proxy, http, "one", "modern") for _ in range(100)))
            assert all(answer.status_code == 200 for answer in answers)
            eventually(lambda: dropped(proxy) >= 100, "spans to be dropped for which there is no room")


# Variables that cannot be used


@pytest.mark.parametrize(
    "variables, words",
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317"}, '"collector:4317"'),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://user:canary-secret@collector"}, "holds a user name or password"),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, 'OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"'),
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, 'OTEL_TRACES_EXPORTER is "zipkin"'),
        ({"OTEL_TRACES_SAMPLER": "jaeger_remote"}, 'OTEL_TRACES_SAMPLER is "jaeger_remote"'),
        ({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "7"}, 'OTEL_TRACES_SAMPLER_ARG is "7"'),
        ({"OTEL_RESOURCE_ATTRIBUTES": "a=b,c"}, 'OTEL_RESOURCE_ATTRIBUTES is "a=b,c"'),
        ({"OTEL_EXPORTER_OTLP_HEADERS": "ok=1,bad key=canary-secret"}, "entry 2 of OTEL_EXPORTER_OTLP_HEADERS"),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "10s"}, 'OTEL_EXPORTER_OTLP_TIMEOUT is "10s"'),
        ({"OTEL_BSP_MAX_QUEUE_SIZE": "-1"}, 'OTEL_BSP_MAX_QUEUE_SIZE is "-1"'),
        ({"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}, 'OTEL_EXPORTER_OTLP_COMPRESSION is "gzip"'),
    ],
)
async def test_a_variable_that_cannot_be_used_is_told_of(launch, http, variables, words):
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}", **variables}
    with launch({"one": stdio(name="one")}, environment=environment) as proxy:
        proxy.wait_output(words)
        (line,) = [line for line in proxy.stderr.splitlines() if words in line]
        assert "Write " in line or "Remove " in line, line
        assert (await call(proxy, http, "one", "modern")).status_code == 200
    assert "canary-secret" not in proxy.output
