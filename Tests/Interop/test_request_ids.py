"""One id goes through all that belongs to a request: its answer and its lines in the log."""

import asyncio
import json
import re
import subprocess

import pytest

from support.fixture import stdio
from support.managed import ACCESS, Management, bearer
from support.raw import call_body, initialize_body

pytestmark = pytest.mark.anyio

LOGGED = {"logEnabled": True}
ID = re.compile(r"^[0-9a-v]{8}-[0-9a-v]+$")
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def line_of(proxy, request_id):
    proxy.wait_output(f"request={request_id} ")
    (line,) = [line for line in proxy.stderr.splitlines() if f"request={request_id} " in f"{line} "]
    return line


async def test_answer_and_line_of_a_call_have_the_same_id(launch, http):
    with launch({"one": stdio(name="one", options=LOGGED)}) as proxy:
        opened = await http.post(proxy.url("/one/mcp"), content=initialize_body(), headers=JSON)
        session = {**JSON, "Mcp-Session-Id": opened.headers["mcp-session-id"]}
        called = await http.post(
            proxy.url("/one/mcp"), content=call_body("echo", {"text": "x"}), headers={**session, "traceparent": TRACE}
        )
        ids = [answer.headers["x-request-id"] for answer in (opened, called)]
        assert all(ID.match(each) for each in ids) and ids[0] != ids[1], ids
        assert "method=initialize" in line_of(proxy, ids[0])
        line = line_of(proxy, ids[1])
        assert "tool=echo" in line and f"traceparent={TRACE}" in line, line


async def test_what_is_no_trace_stands_nowhere(launch, http):
    with launch({"one": stdio(name="one", options=LOGGED)}) as proxy:
        answer = await http.post(
            proxy.url("/one/mcp"), content=initialize_body(), headers={**JSON, "traceparent": "00-evil"}
        )
        assert "traceparent" not in line_of(proxy, answer.headers["x-request-id"])


async def test_a_stream_says_its_id_at_its_beginning(launch, http):
    with launch({"one": stdio(name="one", options=LOGGED)}) as proxy:
        async with http.stream("GET", proxy.url("/one/sse"), headers={"Accept": "text/event-stream"}) as stream:
            assert ID.match(stream.headers["x-request-id"])
        only_stream = {**JSON, "Accept": "text/event-stream"}
        answer = await http.post(proxy.url("/one/mcp"), content=call_body("echo", {"text": "x"}), headers=only_stream)
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "tool=echo" in line_of(proxy, answer.headers["x-request-id"])


@pytest.mark.parametrize("kind", ["token", "path", "host", "parse", "management"])
async def test_a_refusal_says_its_id(launch, http, kind):
    one = stdio(name="one", options={**LOGGED, "authTokens": ["right"]})
    with launch({"one": one}, proxy={"management": ACCESS}) as proxy:
        url, headers = proxy.url("/one/mcp"), {**JSON}
        if kind == "path":
            url = proxy.url("/nothing/mcp")
        if kind == "host":
            headers["Host"] = "evil.example"
        if kind == "management":
            url = proxy.url("/api/reload")
        if kind == "parse":
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(b"NOT HTTP\r\n\r\n")
            head = (await reader.read()).decode()
            writer.close()
            request_id = re.search(r"X-Request-Id: (\S+)", head)[1]
        else:
            request_id = (await http.post(url, content=initialize_body(), headers=headers)).headers["x-request-id"]
        assert ID.match(request_id)
        proxy.wait_output(f"request={request_id}")
        lines = [line for line in proxy.stderr.splitlines() if f"request={request_id}" in line]
        assert any("request refused" in line for line in lines), lines
        # A change that was refused is told of as a change, too.
        assert any(" management " in line for line in lines) == (kind == "management"), lines


async def test_a_change_has_the_id_of_its_request(launch, http):
    with launch({"one": stdio(name="one")}, proxy={"management": ACCESS}) as proxy:
        answer = await Management(proxy, http).send("POST", "/api/servers/one/restart")
        assert answer.status_code == 200, answer.text
        assert "change=restart" in line_of(proxy, answer.headers["x-request-id"])


async def test_no_two_requests_have_one_id_and_no_two_runs(launch, http):
    seen = []
    for _ in range(2):
        with launch({"one": stdio(name="one")}) as proxy:
            answers = [await http.get(proxy.url("/healthz")) for _ in range(20)]
            seen += [answer.headers["x-request-id"] for answer in answers]
    assert len(set(seen)) == 40 and len({each.split("-")[0] for each in seen}) == 2, seen


async def test_a_flood_of_refusals_is_still_one(launch, http):
    """The ids make lines differ that tell of the same."""
    one = stdio(name="one", options={**LOGGED, "authTokens": ["right"]})
    with launch({"one": one}) as proxy:
        for _ in range(30):
            assert (await http.post(proxy.url("/one/mcp"), content=initialize_body(), headers=JSON)).status_code == 401
        proxy.wait_output("repeated=20")
        lines = [line for line in proxy.stderr.splitlines() if "request refused" in line]
        assert len(lines) == 11 and "request=" not in lines[-1] and "request=" in lines[0], lines


def test_a_call_over_standard_input_has_an_id(make_proxy):
    proxy = make_proxy({"one": stdio(name="one", options=LOGGED)})
    messages = [
        json.loads(initialize_body()), {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": {"name": "echo", "arguments": {"text": "x"}}},
    ]
    run = subprocess.run(
        [proxy.binary, "stdio", "--config", str(proxy.file), "--server", "one", "--verbose"], capture_output=True, text=True, timeout=60,
        input="".join(json.dumps(message) + "\n" for message in messages),
    )
    (line,) = [line for line in run.stderr.splitlines() if "tool=echo" in line]
    assert ID.match(re.search(r"request=(\S+)", line)[1]), line
