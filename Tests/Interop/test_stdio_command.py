"""`mcp-proxy stdio`: one client over standard input and output, of either era, at a URL or a configured server."""

import json
import os
import subprocess
import uuid

import httpx
import pytest

from scenarios import asking, reading, streaming
from support.answers import everything
from support.cells import Cell, name_of, pairs
from support.envelope import SUBSCRIPTION, modern_call, modern_request
from support.features import MANY_TOOLS, PAGE
from support.fixture import modern_stdio, stdio
from support.processes import MARK, kill_all, marked
from support.raw import call_body, initialize_body, notification_body, request_body
from support.visits import STDIO_KINDS, Place
from support.wait import eventually

SECONDS = 20
SCENARIOS = [
    reading.identity,
    reading.tools,
    reading.errors,
    streaming.progress,
    streaming.lists_changed,
    streaming.cancellation,
    asking.two_rounds,
    asking.several_at_once,
]
LISTEN = modern_request("subscriptions/listen", {"notifications": {"toolsListChanged": True}}, "sub")


@pytest.fixture(scope="module")
def urls(http_fixture, modern_http_fixture):
    """{kind of server: (its URL, its ledger)}"""

    def settings(name):
        return {"name": name, "tools": MANY_TOOLS, "page": PAGE}

    with (
        http_fixture(transport="streamable", **settings("legacy-http")) as streamable,
        http_fixture(transport="sse", **settings("legacy-sse")) as old,
        modern_http_fixture(**settings("modern-http")) as modern,
    ):
        yield {
            "legacy-http": (streamable.mcp_url, streamable.ledger),
            "legacy-sse": (old.sse_url, old.ledger),
            "modern-http": (modern.mcp_url, modern.ledger),
        }


@pytest.mark.anyio
@pytest.mark.parametrize("kind, scenario", pairs(STDIO_KINDS, SCENARIOS), ids=name_of)
@pytest.mark.parametrize("server", ["legacy-http", "legacy-sse", "modern-http"])
async def test_a_url_is_all_it_needs(binary, urls, http, directory, server, kind, scenario):
    """With a URL alone, the scenario comes true at a server of either era."""
    url, ledger = urls[server]
    place = Place(command=[binary, "stdio", url], environment={"HOME": str(directory()), "PATH": os.environ["PATH"]})
    await scenario(Cell(kind, server, place, ledger, http, directory))


class Child:
    """The command as a process, spoken to line by line."""

    def __init__(self, binary, directory, servers, *arguments, proxy=None):
        self.run = uuid.uuid4().hex
        marked_servers = {
            name: {**entry, "env": {**entry.get("env", {}), MARK: self.run}} for name, entry in servers.items()
        }
        file = directory / "config.json"
        file.write_text(json.dumps({"mcpProxy": proxy or {}, "mcpServers": marked_servers}))
        self.errors = directory / "stderr.txt"
        with open(self.errors, "wb") as errors:
            pipe = subprocess.PIPE
            command = [binary, "stdio", "--config", str(file), *arguments]
            self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors)

    def say(self, *bodies):
        for body in bodies:
            text = body if isinstance(body, str) else json.dumps(body)
            self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def hear(self):
        line = self.process.stdout.readline()
        assert line, f"no more output; on stderr: {self.errors.read_text()}"
        return json.loads(line)

    def hear_answer(self, request_id):
        while (message := self.hear()).get("id") != request_id:
            pass
        return message

    def end(self):
        """Closes its input. Returns what else it said; it must end by itself with 0 and leave nothing behind."""
        self.process.stdin.close()
        rest = [json.loads(line) for line in self.process.stdout]
        assert self.process.wait(SECONDS) == 0, self.errors.read_text()
        eventually(lambda: not marked(self.run), "nothing to be left of it")
        return rest

    def abandon(self):
        self.process.kill()
        self.process.wait()
        kill_all(self.run)


@pytest.fixture
def child(binary, directory):
    """Starts the command in front of stdio servers; ended hard at the end."""
    started = []

    def start(servers, *arguments, **settings):
        started.append(Child(binary, directory(), servers, *arguments, **settings))
        return started[-1]

    yield start
    for process in started:
        process.abandon()


SERVERS = {"legacy": stdio, "modern": modern_stdio}
LEGACY_START = [initialize_body(), notification_body("notifications/initialized")]


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("era", SERVERS)
def test_the_end_of_input_is_the_end(child, era, server):
    """When the client closes its end, the command ends with 0 and so does the server it has started."""
    process = child({"only": SERVERS[server]()})
    process.say(*(LEGACY_START if era == "legacy" else []))
    process.say(call_body("echo", {"text": "t"}, 7) if era == "legacy" else modern_call("echo", {"text": "t"}, 7))
    assert process.hear_answer(7)["result"]["content"][0]["text"] == "t"
    assert process.end() == []


@pytest.mark.parametrize("server", SERVERS)
def test_a_subscription_is_ended_with_an_answer_at_the_end(child, server):
    """The end of input is a graceful end of what is listened to, and of the command."""
    process = child({"only": SERVERS[server]()})
    process.say(LISTEN)
    acknowledged = process.hear()
    assert acknowledged["method"] == "notifications/subscriptions/acknowledged"
    assert acknowledged["params"]["_meta"][SUBSCRIPTION] == "sub"
    process.say(modern_call("add_tool", {"name": "new-one"}, 2))
    told = [process.hear(), process.hear()]
    [note] = [message for message in told if "method" in message]
    assert note["params"]["_meta"][SUBSCRIPTION] == "sub"
    said = process.end()
    assert [message["result"]["resultType"] for message in said if message.get("id") == "sub"] == ["complete"], said
    # "A server MUST send notifications/cancelled … when it tears down that subscription stream."
    assert {message["method"] for message in said if "method" in message} <= {"notifications/cancelled"}, said


@pytest.mark.parametrize("server", SERVERS)
def test_a_subscription_that_is_cancelled_is_silent(child, server):
    """After notifications/cancelled nothing more is said on it."""
    process = child({"only": SERVERS[server]()})
    process.say(LISTEN)
    assert process.hear()["method"] == "notifications/subscriptions/acknowledged"
    cancelled = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "sub"}}
    process.say(cancelled, modern_call("add_tool", {"name": "new-one"}, 2))
    assert process.hear()["id"] == 2
    assert process.end() == []


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("junk", ["", "   ", "not JSON", "[]", "42", "{}", '{"jsonrpc":"2.0"}', "\x00"])
def test_junk_on_stdin_does_no_harm(child, server, junk):
    """Whatever else comes, what follows it is answered, and stdout holds nothing but messages."""
    process = child({"only": SERVERS[server]()})
    process.say(modern_call("echo", {"text": "before"}, 1))
    process.hear_answer(1)
    process.say(junk, modern_call("echo", {"text": "after"}, 2))
    assert process.hear_answer(2)["result"]["content"][0]["text"] == "after"
    process.end()


def test_a_modern_client_that_answers_is_not_heard(child, new_ledger):
    """This revision has no answers of clients: they reach no server."""
    ledger = new_ledger()
    process = child({"only": modern_stdio(ledger=ledger)})
    process.say(modern_call("echo", {"text": "t"}, 1))
    process.hear_answer(1)
    process.say({"jsonrpc": "2.0", "id": 1, "result": {}}, modern_call("echo", {"text": "after"}, 2))
    assert process.hear_answer(2)["result"]["content"][0]["text"] == "after"
    process.end()
    assert ledger.entries("violation") == []


@pytest.mark.parametrize("server", SERVERS)
def test_the_modern_errors_are_those_of_the_revision(child, server):
    """Version, metadata and method are checked as over HTTP; without HTTP's statuses."""
    process = child({"only": SERVERS[server]()})
    process.say(modern_request("server/discover", request_id="d"))
    assert "2026-07-28" in process.hear_answer("d")["result"]["supportedVersions"]
    process.say(modern_request("tools/list", request_id=1, version="2099-01-01"))
    error = process.hear_answer(1)["error"]
    assert (error["code"], error["data"]["requested"]) == (-32022, "2099-01-01")
    incomplete = modern_request("tools/list", request_id=2)
    del incomplete["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"]
    process.say(incomplete)
    assert process.hear_answer(2)["error"]["code"] == -32602
    process.say(modern_request("ping", request_id=3))
    assert process.hear_answer(3)["error"]["code"] == -32601
    process.end()


@pytest.mark.parametrize(
    "asked, given", [("2024-11-05", "2024-11-05"), ("2025-06-18", "2025-06-18"), ("1999-01-01", "2025-11-25")]
)
@pytest.mark.parametrize("server", SERVERS)
def test_a_legacy_client_gets_the_revision_it_asks_for(child, server, asked, given):
    """An unknown one is answered with the newest that has a handshake."""
    process = child({"only": SERVERS[server]()})
    process.say(initialize_body(asked))
    assert process.hear_answer(1)["result"]["protocolVersion"] == given
    process.say(notification_body("notifications/initialized"), request_body("ping", request_id=2))
    assert process.hear_answer(2)["result"] == {}
    process.end()


def test_several_servers_are_offered_together(child):
    """Without --server their tools have the names of the servers in front, for clients of both eras."""
    patient = {"endpoint": {"firstListWait": f"{SECONDS}s"}}
    process = child({"one": stdio(name="one"), "two": modern_stdio(name="two")}, proxy=patient)
    process.say(initialize_body())
    assert process.hear_answer(1)["result"]["serverInfo"]["name"] == "mcp-proxy"
    process.say(notification_body("notifications/initialized"), request_body("tools/list", {}, 2))
    names = [tool["name"] for tool in process.hear_answer(2)["result"]["tools"]]
    assert {"one__echo", "two__echo"} <= set(names)
    assert names.index("one__echo") < names.index("two__echo")
    for number, name in enumerate(("one", "two"), 3):
        process.say(call_body(f"{name}__echo", {"text": name}, number))
        assert process.hear_answer(number)["result"]["content"][0]["text"] == name
    process.say(modern_call("two__echo", {"text": "modern"}, request_id=5))
    assert process.hear_answer(5)["result"]["content"][0]["text"] == "modern"
    process.end()


def test_a_group_is_offered_by_its_name(child):
    """With --group there are its servers in its order, whether or not clients over HTTP need a token for it."""
    groups = {"dev": {"servers": ["two", "one"], "firstListWait": f"{SECONDS}s", "options": {"authTokens": ["token-1234567890"]}}}
    servers = {name: stdio(name=name) for name in ("one", "two", "three")}
    process = child(servers, "--group", "dev", proxy={"groups": groups})
    process.say(initialize_body(), notification_body("notifications/initialized"), request_body("tools/list", {}, 2))
    names = [tool["name"] for tool in process.hear_answer(2)["result"]["tools"]]
    assert list(dict.fromkeys(name.split("__")[0] for name in names)) == ["two", "one"]
    process.end()


def test_what_is_not_offered_together_needs_a_name(child):
    """Where the endpoint for all servers is switched off there is an error on stderr, and nothing on stdout."""
    process = child({"one": stdio(), "two": stdio()}, proxy={"endpoint": {"enabled": False}})
    assert process.process.wait(SECONDS) != 0
    assert process.process.stdout.read() == b""
    assert "--server" in process.errors.read_text()


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["foo"], '"foo" is no URL; a server of the configuration is named with --server; there are: one, two'),
        (["--group", "foo"], 'there is no group "foo"; there are: none'),
        (["--server", "foo"], 'there is no server "foo"; there are: one, two'),
        (["ftp://example.com/"], "the command line: the URL: the address does not begin with http:// or https://"),
        (["http://a/", "--header", "A B: c"], "the command line: --header: "),
    ],
)
def test_what_is_wrong_on_the_command_line_is_told_without_places_in_a_file(shell, arguments, words):
    """Nobody has written a file with lines, columns and a server called remote."""
    off = {**stdio(), "disabled": True}
    shell.write("project/config.json", {"mcpServers": {"one": stdio(), "two": stdio(), "off": off}})
    told = shell.run("stdio", *arguments, status=1).stderr
    assert words in told
    assert "remote" not in told and ":1:" not in told


def test_one_of_several_servers_is_started(child, new_ledger):
    """With --server the others are left alone."""
    ledgers = {"one": new_ledger(), "two": new_ledger()}
    process = child({name: stdio(name=name, ledger=ledger) for name, ledger in ledgers.items()}, "--server", "two")
    process.say(modern_request("server/discover", request_id=1))
    assert process.hear_answer(1)["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "two"
    process.end()
    assert ledgers["two"].entries("start") and not ledgers["one"].entries("start")


@pytest.mark.parametrize("server", SERVERS)
def test_a_legacy_client_is_asked_over_the_same_pipe(child, server):
    """Questions of the server are lines like the others, and their answers go back."""
    process = child({"only": SERVERS[server]()})
    process.say(initialize_body(capabilities={"elicitation": {}}), LEGACY_START[1], call_body("interview", {}, 5))
    while (message := process.hear()).get("id") != 5 or "method" in message:
        if "method" in message and "id" in message:
            result = everything(message["method"], message["params"])
            process.say({"jsonrpc": "2.0", "id": message["id"], "result": result})
    assert message["result"]["content"][0]["text"] == "Ada likes green"
    assert process.end() == []


JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
OWN_TOKEN = {"options": {"authTokens": ["a-token-that-counts-over-http"]}}


@pytest.mark.parametrize("settings", [{}, {"isolation": "session"}, {"isolation": "principal"}, OWN_TOKEN], ids=str)
@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("era", SERVERS)
def test_the_server_is_started_once(child, new_ledger, era, server, settings):
    """The only client is the one whose capabilities the server hears of: there is no other connection for nobody."""
    ledger = new_ledger()
    process = child({"only": SERVERS[server](ledger=ledger, **settings)})
    declared = {"elicitation": {}, "roots": {"listChanged": True}}
    process.say(*first_call(era, declared))
    assert process.hear_answer(7)["result"]["content"][0]["text"] == "t"
    process.end()
    assert len(ledger.entries("start")) == 1, ledger.entries()


@pytest.mark.parametrize("server", SERVERS)
def test_a_slip_in_a_filter_is_told(child, server):
    """Nobody else counts the tools, but the names in a filter are compared with them."""
    options = {"toolFilter": {"mode": "block", "list": ["fial"]}}
    process = child({"only": SERVERS[server](options=options)})
    process.say(*first_call(server, {}))
    process.hear_answer(7)
    words = "toolFilter names tools that the server does not list"
    eventually(lambda: words in process.errors.read_text(), "the warning")
    process.end()


def first_call(era, capabilities):
    """What a client says first, and the call of a tool, whose identifier is 7."""
    if era == "modern":
        return [modern_call("echo", {"text": "t"}, 7, capabilities=capabilities)]
    return [initialize_body(capabilities=capabilities), LEGACY_START[1], call_body("echo", {"text": "t"}, 7)]


@pytest.mark.parametrize("era", SERVERS)
def test_a_url_gets_one_session(child, http_fixture, era):
    """A remote server, too, has one session for the only client."""
    with http_fixture() as server:
        process = child({"only": server.streamable()})
        process.say(*first_call(era, {"elicitation": {}}))
        assert process.hear_answer(7)["result"]["content"][0]["text"] == "t"
        process.end()
        opened = server.ledger.entries("request", method="initialize")
        assert [entry["params"]["capabilities"] for entry in opened] == [{"elicitation": {}}]


@pytest.mark.parametrize("name, code, reason", [("silent", -31003, "timedOut"), ("crash", -31001, "processEnded")])
def test_the_words_of_a_proxy_behind_the_url_are_passed_on(launch, binary, directory, name, code, reason):
    """The bridge says what the proxy there says of its server: code, text and data, and no words of its own."""
    servers = {"silent": stdio("silent", startTimeout="1s"), "crash": {"command": "false"}}
    # Never so often that its circuit opens.
    limits = {"restartBackoffMinimum": "1h", "restartBackoffMaximum": "1h"}
    with launch(servers, limits=limits) as proxy:
        answer = httpx.post(proxy.url(f"/{name}/mcp"), content=initialize_body(), headers=JSON).json()
        command = [binary, "stdio", proxy.url(f"/{name}/mcp")]
        done = subprocess.run(
            command, input=initialize_body() + "\n", capture_output=True, text=True, timeout=SECONDS, cwd=directory()
        )
        assert json.loads(done.stdout) == answer
        assert (answer["error"]["code"], answer["error"]["data"]["reason"]) == (code, reason)
        assert f'server "{name}"' in answer["error"]["message"]
        assert "handshake" not in done.stdout + done.stderr
