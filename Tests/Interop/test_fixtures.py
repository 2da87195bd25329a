"""The fixture servers themselves, visited by the real clients without a proxy: a failure elsewhere is the proxy's."""

import contextlib
import json
import signal
import subprocess
import threading

import pytest

from fixtures.tools import MISBEHAVIOURS
from support import processes
from support.features import CHECKS, MANY_TOOLS, PAGE, check
from support.fixture import stdio
from support.raw import OldClient, Streamable, call_body, initialize_body, text_of
from support.visit import visit

pytestmark = pytest.mark.long

CLIENTS = ["v1", "v2", "fastmcp"]
CARRIERS = ["stdio", "json", "sse", "old"]


@pytest.fixture(scope="module")
def servers(http_fixture, new_ledger):
    """Orders for a visit to each carrier."""
    settings = {"tools": MANY_TOOLS, "page": PAGE}
    ledger = new_ledger()
    with (
        http_fixture(answers="json", **settings) as json_answers,
        http_fixture(answers="sse", **settings) as sse_answers,
    ):
        yield {
            "stdio": {"kind": "stdio", **stdio(ledger=ledger, **settings), "ledger": str(ledger.path)},
            "json": {"kind": "streamable", "url": json_answers.mcp_url, "ledger": str(json_answers.ledger.path)},
            "sse": {"kind": "streamable", "url": sse_answers.mcp_url, "ledger": str(sse_answers.ledger.path)},
            "old": {"kind": "sse", "url": json_answers.sse_url, "ledger": str(json_answers.ledger.path)},
        }


@pytest.fixture(scope="module")
def outcomes(servers):
    """The outcome of each visit, made once."""
    made = {}

    def outcome(client, carrier):
        if (client, carrier) not in made:
            made[client, carrier] = visit(client, servers[carrier])
        return made[client, carrier]

    return outcome


@pytest.mark.parametrize("feature", CHECKS)
@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("client", CLIENTS)
def test_the_fixture_serves_this_feature_to_this_client_directly(outcomes, client, carrier, feature):
    """Without a proxy, every client gets every feature from every fixture server."""
    check(outcomes(client, carrier), feature)


# The ways to misbehave, each seen from outside


@pytest.fixture
def child(new_ledger):
    """Starts a stdio fixture with pipes; ended hard at the end."""
    started = []

    def start(*modes, **settings):
        ledger = new_ledger()
        entry = stdio(*modes, ledger=ledger, **settings)
        pipe = subprocess.PIPE
        process = subprocess.Popen([entry["command"], *entry["args"]], stdin=pipe, stdout=pipe, stderr=pipe)
        process.ledger = ledger
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(BrokenPipeError):
                stream.close()


def tell(process, *bodies):
    for body in bodies:
        process.stdin.write(body.encode() + b"\n")
    process.stdin.flush()


def test_banner_and_junk_stand_between_the_messages(child):
    """banner: lines before the first message; junk: a line before each."""
    process = child("banner", "junk")
    tell(process, initialize_body())
    lines = [process.stdout.readline() for _ in range(5)]
    assert lines[0].startswith(b"Welcome") and lines[3] == b"a line that is not JSON\n"
    assert json.loads(lines[4])["result"]["serverInfo"]["name"] == "fixture"


def test_stderr_flood_is_a_megabyte_before_anything_is_read(child):
    """stderr-flood: nobody who does not read stderr gets an answer."""
    process = child("stderr-flood")
    flood = []
    reader = threading.Thread(target=lambda: flood.append(len(process.stderr.read(1024 * 1024))))
    reader.start()
    reader.join(30)
    assert flood == [1024 * 1024]


@pytest.mark.parametrize("modes, code", [(["crash-at-start"], 3), (["stderr-last"], 3)])
def test_crashes_at_start_end_with_their_code(child, modes, code):
    """crash-at-start and stderr-last: exit code 3 before the handshake."""
    process = child(*modes)
    assert process.wait(30) == code
    assert (b"cannot open the database" in process.stderr.read()) == ("stderr-last" in modes)


def test_silent_reads_and_answers_nothing(child):
    """silent: the request arrives and the output stays empty until the end."""
    process = child("silent")
    tell(process, initialize_body())
    process.ledger.wait_for("ignored")
    process.stdin.close()
    assert process.stdout.read() == b""


def test_stubborn_survives_the_end_of_stdin_and_sigterm_and_so_does_its_grandchild(child):
    """stubborn, grandchild: only SIGKILL ends them."""
    process = child("stubborn", "grandchild")
    [start] = process.ledger.wait_for("start")
    process.stdin.close()
    process.ledger.wait_for("end of input")
    process.send_signal(signal.SIGTERM)
    assert processes.alive(process.pid)
    process.kill()
    process.wait()
    assert processes.alive(start["grandchild"])
    processes.kill(start["grandchild"])


def test_close_stdout_leaves_the_process_alive(child):
    """close-stdout: the output ends in a call, the process does not."""
    process = child("close-stdout")
    tell(process, initialize_body(), call_body("echo", {"text": "t"}, 2))
    assert b'"id":1' in process.stdout.readline()
    assert process.stdout.read() == b""
    assert process.poll() is None


def test_endless_line_never_ends(child):
    """endless-line: megabytes without a line break."""
    process = child("endless-line")
    tell(process, initialize_body(), call_body("echo", {"text": "t"}, 2))
    process.stdout.readline()
    assert b"\n" not in process.stdout.read(4 * 1024 * 1024)


def test_exit_after_one_answers_and_leaves(child):
    """exit-after-one: the first call is answered, then the process ends with 0."""
    process = child("exit-after-one")
    tell(process, initialize_body(), call_body("echo", {"text": "t"}, 2))
    assert len(process.stdout.readlines()) == 2
    assert process.wait(30) == 0


@pytest.mark.parametrize("kind", MISBEHAVIOURS)
def test_misbehaviour_on_demand_stands_before_the_answer(child, kind):
    """misbehave: exactly these bytes, then the answer of the call."""
    process = child()
    tell(process, initialize_body(), call_body("misbehave", {"kind": kind}, 2))
    process.stdin.close()
    output = process.stdout.read()
    assert MISBEHAVIOURS[kind] in output
    assert b"survived" in output


# The raw clients of this suite, against a server that is known to be right


@pytest.mark.anyio
async def test_the_raw_client_of_streamable_http_speaks_the_protocol(http_fixture, http):
    """Calls, streams, resumption and the end of a session, without a proxy."""
    with http_fixture(answers="sse", event_ids=True) as server:
        client = await Streamable(server.mcp_url, http).initialize()
        assert await client.call_text("echo", {"text": "\u2028"}) == "\u2028"
        async with client.listening() as standing:
            await client.call("changed")
            await standing.notification("notifications/prompts/list_changed")
        async with client.posted_stream(call_body("misbehave", {"kind": "pause"})) as stream:
            await stream.end()
            [primed] = stream.events
        async with client.listening(last_event_id=primed.id) as resumed:
            assert text_of(await resumed.answer()) == "resumed"
        assert (await client.delete()).status_code == 200
        assert (await client.post("{}")).status_code == 404


@pytest.mark.anyio
async def test_the_raw_client_of_http_sse_speaks_the_protocol(http_fixture, http):
    """The endpoint event, calls and notifications, without a proxy."""
    with http_fixture() as server:
        async with OldClient(server.sse_url, http).connected() as client:
            assert text_of(await client.call("echo", {"text": "t"})) == "t"
            await client.call("changed", request_id=2)
            await client.stream.notification("notifications/resources/list_changed")
