"""Clients with names: each sees what it may use, wherever it comes, and of the rest not even that it exists."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from support.envelope import modern_call
from support.fixture import DIRECTORY
from support.managed import Management, bearer, brought_in_header, problem_of
from support.modern import Front
from support.raw import Streamable, call_body, initialize_body, only_answer, text_of
from support.shelves import Shelf, Shelves, said, tool
from support.visit import visit
from support.visits import HTTP_KINDS, Place, visitor
from support.wait import eventually_async, eventually_succeeds

pytestmark = pytest.mark.anyio

READS = {"annotations": {"readOnlyHint": True}}
GIT = [tool("git_log", **READS), tool("git_push"), tool("git_force_push")]
MAIL = [tool("send"), tool("read", **READS)]
TOKENS = {
    name: f"canary-token-of-{name}-0123456789"
    for name in ("laptop", "agents", "reader", "mailer", "dev", "status", "writer", "runner", "old", "slow")
}


def clients(**changed):
    """One of each kind; `changed` are members of single clients."""
    written = {
        "laptop": {"servers": ["*"]},
        "agents": {"servers": ["git"], "tools": ["*", "!git__*push*"]},
        "reader": {"servers": ["*"], "readOnly": True},
        "mailer": {"servers": ["mail"]},
        "dev": {"groups": ["dev"]},
        "status": {"management": "read"},
        "writer": {"management": "write"},
        "runner": {"management": "execute"},
        "slow": {"servers": ["git"], "callsPerMinute": 3},
    }
    return {name: {"tokens": [TOKENS[name]], **entry, **changed.get(name, {})} for name, entry in written.items()}


def general(**changed):
    groups = {"dev": {"servers": ["git"], "overrides": {"git__git_push": {"name": "publish"}}}, "all": {}}
    return {"clients": clients(**changed), "groups": groups, "management": {"watch": False, "authTokens": [TOKENS["old"]]}}


@pytest.fixture(scope="module")
def git():
    return Shelf("git", GIT)


@pytest.fixture(scope="module")
def shelves(git):
    with Shelves(git, Shelf("mail", MAIL)) as shelves:
        yield shelves


def launched(launch, shelves):
    with launch(shelves.entries(), proxy=general()) as proxy:
        yield proxy
    for token in TOKENS.values():
        assert token not in proxy.output, "a token stands in the log"


@pytest.fixture(scope="module")
def proxy(launch, shelves):
    """One that nobody changes."""
    yield from launched(launch, shelves)


@pytest.fixture
def changing(launch, shelves):
    yield from launched(launch, shelves)


def place(proxy, path):
    return Place(mcp=proxy.url(f"{path}/mcp"), sse=proxy.url(f"{path}/sse"))


async def listed(proxy, http, name, path, kind="2025-11-25"):
    async with visitor(kind, place(proxy, path), http, headers=bearer(TOKENS[name])) as client:
        entries, _ = await client.every("tools/list", "tools")
        return [entry["name"] for entry in entries]


SEEN = {
    ("laptop", ""): ["git__git_log", "git__git_push", "git__git_force_push", "mail__send", "mail__read"],
    ("agents", ""): ["git__git_log"],
    ("reader", ""): ["git__git_log", "mail__read"],
    ("mailer", ""): ["mail__send", "mail__read"],
    ("laptop", "/git"): ["git_log", "git_push", "git_force_push"],
    ("agents", "/git"): ["git_log"],
    ("reader", "/mail"): ["read"],
    ("mailer", "/mail"): ["send", "read"],
    ("laptop", "/dev"): ["git__git_log", "publish", "git__git_force_push"],
    # Under its other name it is the tool that was taken away.
    ("agents", "/dev"): ["git__git_log"],
    ("dev", "/dev"): ["git__git_log", "publish", "git__git_force_push"],
    ("mailer", "/all"): ["mail__send", "mail__read"],
}


@pytest.mark.parametrize("kind", HTTP_KINDS)
@pytest.mark.parametrize("name, path", SEEN, ids=lambda it: it or "mcp")
async def test_each_sees_what_it_may_use(proxy, http, name, path, kind):
    assert await listed(proxy, http, name, path, kind) == SEEN[name, path]


@pytest.mark.parametrize("kind", HTTP_KINDS)
@pytest.mark.parametrize(
    "name, path, called",
    [
        ("agents", "/git", "git_push"),
        ("agents", "/git", "git_force_push"),
        ("agents", "", "git__git_push"),
        ("agents", "/dev", "publish"),
        ("agents", "/dev", "git__git_push"),
        ("agents", "", "mail__send"),
        ("reader", "/git", "git_push"),
        ("reader", "", "mail__send"),
        ("mailer", "", "git__git_log"),
        # What is not listed may be another spelling of what is taken away.
        ("agents", "/git", "GIT_PUSH"),
        ("agents", "", "git__GIT_PUSH"),
        ("agents", "", "git__nothing"),
    ],
)
async def test_what_it_may_not_use_is_called_by_no_name(proxy, shelves, http, name, path, called, kind):
    async with visitor(kind, place(proxy, path), http, headers=bearer(TOKENS[name])) as client:
        answer = await client.request("tools/call", {"name": called, "arguments": {}})
        assert answer["error"]["message"].endswith(f"Unknown tool: {called}"), answer
        nothing = await client.request("tools/call", {"name": "nothing", "arguments": {}})
        assert answer["error"]["code"] == nothing["error"]["code"]


@pytest.mark.parametrize(
    "members",
    [
        '"name":"git_log","Name":"git_push"',
        '"NAME":"git_push","name":"git_log"',
        '"name":"git_log","n\\u0041me":"git_push"',
        '"name":"git_log","arguments":{},"argument\u017f":{}',
    ],
)
@pytest.mark.parametrize("name", ["laptop", "agents", "reader"])
async def test_no_name_in_another_case_reaches_a_server(proxy, git, http, name, members):
    """A server written in Go would take the last one, whatever the proxy has decided by the first."""
    client = await Streamable(proxy.url("/git/mcp"), http, headers=bearer(TOKENS[name])).initialize()
    received = len(git.received)
    response = await client.post(f'{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{{{members}}}}}')
    assert response.json()["error"]["code"] == -32602 and "in params" in response.json()["error"]["message"]
    assert "tools/call" not in git.received[received:]


@pytest.mark.parametrize("kind", HTTP_KINDS)
async def test_what_it_may_use_answers(proxy, http, kind):
    for name, path, called, words in [
        ("agents", "/git", "git_log", said("git", "git_log")),
        ("agents", "", "git__git_log", said("git", "git_log")),
        ("dev", "/dev", "publish", said("git", "git_push")),
        ("reader", "/mail", "read", said("mail", "read")),
        ("laptop", "/git", "git_push", said("git", "git_push")),
    ]:
        async with visitor(kind, place(proxy, path), http, headers=bearer(TOKENS[name])) as client:
            assert text_of(await client.call(called)) == words


@pytest.mark.parametrize(
    "name, path", [("mailer", "/git"), ("agents", "/mail"), ("dev", "/git"), ("status", "/git"), ("dev", ""), ("mailer", "/dev")]
)
async def test_a_path_that_it_may_not_use_does_not_exist(proxy, http, name, path):
    """Byte for byte as a path at which there is nothing, whatever is asked."""
    for method, suffix in [("POST", "/mcp"), ("GET", "/mcp"), ("GET", "/sse"), ("DELETE", "/mcp")]:
        answers = []
        for target in (f"{path}{suffix}", f"/nothing{suffix}"):
            headers = {**bearer(TOKENS[name]), "Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
            body = initialize_body() if method == "POST" else None
            answers.append(await http.request(method, proxy.url(target), content=body, headers=headers))
        assert [answer.status_code for answer in answers] == [404, 404], (name, path, method, answers[0].text)
        assert answers[0].content == answers[1].content and without_what_differs(answers[0]) == without_what_differs(answers[1])


def without_what_differs(response):
    return {name: value for name, value in response.headers.items() if name not in ("date", "x-request-id")}


@pytest.mark.parametrize("path", ["/git/mcp", "/mcp", "/dev/mcp", "/all/mcp"])
@pytest.mark.parametrize("token", [None, "unknown-token-0123456789", " x", TOKENS["old"]])
async def test_nothing_is_open_without_a_token(proxy, http, path, token):
    """Not even for a token that stands somewhere else by itself."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    front = Front(proxy.url(path), http, headers)
    response = await front.post(modern_call("git_log"))
    assert response.status_code in (401, 403), response.text


# The management API, and the status


async def test_how_far_each_may_go_in_the_management_api(proxy, http):
    added = {"name": "more", "config": {"url": "http://127.0.0.1:9/mcp"}}
    started = {"name": "more", "config": {"command": "true"}}
    nothing = await Management(proxy, http, TOKENS["mailer"]).send("GET", "/api/servers")
    problem_of(nothing, 404, "unknown-path")

    reader = Management(proxy, http, TOKENS["status"])
    assert set(await reader.servers()) == {"git", "mail"}
    for method, path, body in [("POST", "/api/servers", added), ("POST", "/api/reload", None), ("DELETE", "/api/servers/git", None)]:
        problem = problem_of(await reader.send(method, path, body), 403, "forbidden")
        assert '"management" of the client is "read"' in problem["detail"]

    writer = Management(proxy, http, TOKENS["writer"])
    problem = problem_of(await writer.send("POST", "/api/servers", started), 403, "forbidden")
    assert '"write", not "execute"' in problem["detail"]
    assert (await writer.send("POST", "/api/reload")).status_code == 200
    # It gets so far that the server is called.
    assert (await writer.send("POST", "/api/servers", added)).status_code == 422
    runner = Management(proxy, http, TOKENS["runner"])
    assert (await runner.send("POST", "/api/servers", started)).status_code == 422
    assert set(await Management(proxy, http, TOKENS["old"]).servers()) == {"git", "mail"}


async def test_the_status_tells_each_what_it_may_know(proxy, http):
    async def seen(name):
        answer = (await http.get(proxy.url("/readyz"), headers=bearer(TOKENS[name]))).json()
        return sorted(answer["servers"]) if "servers" in answer else None

    assert await seen("laptop") == ["git", "mail"] and await seen("status") == ["git", "mail"]
    assert await seen("mailer") == ["mail"] and await seen("dev") is None
    assert "servers" not in (await http.get(proxy.url("/readyz"))).json()


# How much


async def test_calls_beyond_the_number_in_a_minute_are_refused(proxy, http):
    front = Front(proxy.url("/git/mcp"), http, bearer(TOKENS["slow"]))
    for _ in range(3):
        assert text_of(await front.answer(modern_call("git_log"))) == said("git", "git_log")
    response = await front.post(modern_call("git_log"))
    assert response.status_code == 429 and 1 <= int(response.headers["Retry-After"]) <= 20
    error = response.json()["error"]
    assert error["code"] == -31004 and "callsPerMinute" in error["message"]
    for _ in range(5):
        assert (await front.post(modern_call("git_log"))).status_code == 429
    proxy.wait_output("warning calls are refused")
    [line] = [line for line in proxy.stderr.splitlines() if "calls are refused" in line]
    assert 'by="client slow"' in line and "callsPerMinute=3" in line
    # Lists are no calls, and others have their own.
    assert await listed(proxy, http, "slow", "/git") == ["git_log", "git_push", "git_force_push"]
    other = Front(proxy.url("/git/mcp"), http, bearer(TOKENS["laptop"]))
    assert text_of(await other.answer(modern_call("git_log"))) == said("git", "git_log")


# What changes


async def reload(proxy, shelves, **changed):
    proxy.rewrite(shelves.entries(), proxy=general(**changed))
    proxy.process.send_signal(signal.SIGHUP)
    proxy.wait_output("SIGHUP")


async def test_other_rights_count_for_a_session_that_is_open(changing, shelves, http):
    """Where all servers are it goes on, and hears of it; the same server's tools are seen and gone."""
    async with visitor("2025-11-25", place(changing, ""), http, headers=bearer(TOKENS["mailer"])) as client:
        assert text_of(await client.call("mail__send")) == said("mail", "send")
        await reload(changing, shelves, mailer={"servers": ["git"], "tools": ["git__git_log"]})

        async def names():
            entries, _ = await client.every("tools/list", "tools")
            return [entry["name"] for entry in entries]

        async def changed():
            assert await names() == ["git__git_log"]

        await eventually_succeeds(changed, "other tools are listed")
        assert (await client.request("tools/call", {"name": "mail__send"}))["error"]["message"].endswith("mail__send")
        assert text_of(await client.call("git__git_log")) == said("git", "git_log")


async def test_a_session_ends_where_its_client_may_not_be_any_more(changing, shelves, http):
    client = await Streamable(changing.url("/mail/mcp"), http, headers=bearer(TOKENS["mailer"])).initialize()
    assert text_of(await client.call("send")) == said("mail", "send")
    await reload(changing, shelves, mailer={"servers": ["git"]})

    async def gone():
        assert (await client.post(initialize_body())).status_code == 404

    await eventually_succeeds(gone, "the path is gone for the client")


async def test_a_session_at_a_servers_own_path_ends_when_tools_are_taken_away(changing, shelves, http):
    client = await Streamable(changing.url("/git/mcp"), http, headers=bearer(TOKENS["laptop"])).initialize()
    await reload(changing, shelves, laptop={"tools": ["git__git_log"]})

    async def gone():
        assert (await client.post(call_body("git_push"))).status_code == 404

    await eventually_succeeds(gone, "the session has ended")
    assert await listed(changing, http, "laptop", "/git") == ["git_log"]


async def test_a_new_token_beside_the_old_one_ends_nothing(changing, shelves, http):
    """The same client comes with another token into the session that it has; the old token then opens nothing."""
    renewed = "canary-token-renewed-0123456789"
    client = await Streamable(changing.url("/git/mcp"), http, headers=bearer(TOKENS["laptop"])).initialize()
    await reload(changing, shelves, laptop={"tokens": [renewed]})

    async def refused():
        assert (await client.post(call_body("git_log"))).status_code == 401

    await eventually_succeeds(refused, "the old token is refused")
    answer = await client.post(call_body("git_log"), **bearer(renewed))
    assert text_of(only_answer(answer)) == said("git", "git_log")
    assert renewed not in changing.output


async def test_tokens_of_a_file_are_read_again(launch, shelves, http, tmp_path):
    file = tmp_path / "tokens"
    first, second = "canary-file-token-first-012345", "canary-file-token-second-01234"
    file.write_text(f"# the first\n{first}\n\n")
    settings = {"clients": {"agents": {"tokensFile": str(file), "servers": ["git"]}}, "management": {"watch": False}}
    with launch(shelves.entries(), proxy=settings) as proxy:

        async def status(token):
            return (await Front(proxy.url("/git/mcp"), http, bearer(token)).post(modern_call("git_log"))).status_code

        assert (await status(first), await status(second)) == (200, 401)
        assert await status("# the first") == 401
        file.write_text(f"{second}\n")
        proxy.process.send_signal(signal.SIGHUP)

        async def changed():
            assert (await status(first), await status(second)) == (401, 200)

        await eventually_succeeds(changed, "the other token counts")
        assert first not in proxy.output and second not in proxy.output


@pytest.mark.parametrize("client", [("v1", "legacy"), ("v2", "auto")], ids=lambda it: it[0])
def test_the_official_client_sees_what_it_may_use(proxy, client):
    sdk, mode = client
    order = {
        "kind": "streamable",
        "url": proxy.url("/git/mcp"),
        "mode": mode,
        "silent": True,
        "headers": bearer(TOKENS["agents"]),
        "count": 1,
        "calls": [["git_log", {}]],
    }
    outcomes = visit(sdk, order, ["whole_lists", "given_calls"])
    assert outcomes["whole_lists"]["value"]["tools"] == ["git_log"], outcomes
    assert outcomes["given_calls"]["value"][0]["content"][0]["text"] == said("git", "git_log")


# What is wrong with a configuration


def checked(proxy):
    command = [proxy.binary, "check", "--config", str(proxy.file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize(
    "written, words",
    [
        ({"a": {"tokens": ["t" * 20]}, "b": {"tokens": ["t" * 20]}}, "also one of mcpProxy.clients.a"),
        ({"a": {"tokens": [TOKENS["old"]]}}, "also one of mcpProxy.management.authTokens"),
        ({"a": {"tokensFile": "/nowhere/at/all"}}, '"/nowhere/at/all": there is no such file'),
        ({"a": {"tokens": ["t" * 20], "management": "all"}}, "management"),
        ({"a": {"tokens": ["t" * 20], "servers": [""]}}, "the pattern is empty"),
        ({"a b": {"tokens": ["t" * 20]}}, "the name of the client"),
        ({"a": {"tokens": "t" * 20}}, "a list of texts is expected"),
        ({"a": {"tokens": ["t" * 20], "callsPerMinute": 0}}, "callsPerMinute"),
    ],
)
def test_a_configuration_that_cannot_be_meant_is_refused(make_proxy, shelves, written, words):
    outcome = checked(make_proxy(shelves.entries(), proxy={"clients": written, "management": {"authTokens": [TOKENS["old"]]}}))
    assert outcome.returncode == 1 and words in outcome.stderr, outcome.stderr
    assert "t" * 20 not in outcome.stderr and TOKENS["old"] not in outcome.stderr


@pytest.mark.parametrize(
    "entry, words",
    [
        ({"servers": ["*"]}, "nobody can be this client"),
        ({"tokens": ["t" * 20]}, "the client may use nothing"),
        ({"tokens": ["t" * 20], "servers": ["gitt"]}, 'Did you mean "git"?'),
        ({"tokens": ["t" * 20], "servers": ["*"], "groups": ["deb"]}, 'Did you mean "dev"?'),
        ({"tokens": ["t" * 20], "servers": ["*"], "tools": ["*", "!push*"]}, "matches no tool"),
        ({"tokens": ["short"], "servers": ["*"]}, "can be guessed"),
    ],
)
def test_what_is_doubtful_is_told(make_proxy, shelves, entry, words):
    outcome = checked(make_proxy(shelves.entries(), proxy={"clients": {"a": entry}, "groups": {"dev": {}}}))
    assert outcome.returncode == 0 and words in outcome.stderr, outcome.stderr


# What the command line says


def run(proxy, *words, **environment):
    command = [proxy.binary, *words, "--config", str(proxy.file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, env={**os.environ, **environment})


def test_who_may_what_is_told_with_the_reason(make_proxy, shelves):
    proxy = make_proxy(shelves.entries(), proxy=general())
    everybody = run(proxy, "access")
    assert everybody.returncode == 0, everybody.stderr
    rows = {line.split()[0]: line for line in everybody.stdout.splitlines()}
    assert "* !git__*push*" in rows["agents"] and "execute" in rows["runner"] and "read-only" in rows["reader"]
    assert "token 1 of mcpProxy.management" in everybody.stdout and "anybody" not in everybody.stdout
    one = run(proxy, "access", "agents").stdout
    assert 'server git' in one and 'servers: "git"' in one and "servers: no pattern matches" in one
    told = json.loads(run(proxy, "access", "--output", "json").stdout)
    assert told["mailer"] == {
        "servers": ["mail"], "groups": ["all"], "tools": ["*"], "readOnly": False, "management": "none",
        "comesWith": {"tokens": 1, "certificates": []},
    }
    unknown = run(proxy, "access", "nobody")
    assert unknown.returncode == 1 and "there are: laptop, agents" in unknown.stderr
    for token in TOKENS.values():
        assert token not in everybody.stdout + everybody.stderr + one + json.dumps(told)


def test_by_what_a_client_is_known_is_told(make_proxy, shelves, directory):
    """Its certificates and claims too; a client that nobody can be is told as that."""
    issuer = "https://login.example.com"
    clients = {
        "ci": {"tokens": ["t" * 20], "certificates": ["CN=ci,O=Example", "!CN=old"], "servers": ["git"]},
        "staff": {"match": {"issuer": issuer, "claims": {"groups": ["dev", "ops"]}}, "servers": ["git"]},
        "ghost": {"servers": ["git"]},
    }
    tls = {"certificateFile": str(directory() / "tls.crt")}
    identity = {"issuers": [{"issuer": issuer, "audience": "https://mcp.example.com"}]}

    def told(**keys):
        settings = {"clients": clients, "identity": identity, "tls": {**tls, **keys}}
        proxy = make_proxy(shelves.entries(), proxy=settings)
        rows = {line.split()[0]: line for line in run(proxy, "access").stdout.splitlines()}
        return rows, {name: run(proxy, "access", name).stdout for name in clients}, run(proxy, "access", "--output", "json")

    rows, single, scripts = told(clientCAFile=str(directory() / "ca.pem"))
    assert rows["ci"].endswith("1 token, certificates") and rows["staff"].endswith("access tokens")
    assert rows["ghost"].endswith("nobody can be it") and "nobody can be this client" in single["ghost"]
    assert 'comes with: certificates: "CN=ci,O=Example", "!CN=old"\n' in single["ci"]
    assert f'comes with: access tokens of {issuer} with groups: "dev" or "ops"' in single["staff"]
    assert json.loads(scripts.stdout)["staff"]["comesWith"] == {
        "tokens": 0, "certificates": [], "match": {"issuer": issuer, "claims": {"groups": ["dev", "ops"]}},
    }
    rows, single, _ = told()
    assert rows["ci"].endswith("1 token") and "no client is asked for one" in single["ci"]


def test_an_entry_for_a_client_program_is_of_one_client(make_proxy, shelves):
    proxy = make_proxy(shelves.entries(), proxy=general())
    several = run(proxy, "client-config", "cursor")
    assert several.returncode == 1 and "name one with --as: laptop, agents" in several.stderr
    entry = run(proxy, "client-config", "cursor", "--as", "mailer", "--show-token")
    assert json.loads(entry.stdout)["mcpServers"]["mcp-proxy"]["headers"] == bearer(TOKENS["mailer"])
    each = run(proxy, "client-config", "cursor", "--as", "mailer", "--each")
    assert set(json.loads(each.stdout)["mcpServers"]) == {"mail"}, each.stdout
    nothing = run(proxy, "client-config", "cursor", "--as", "status")
    assert nothing.returncode == 1 and "may use no server; mcp-proxy access status says why" in nothing.stderr


def test_commands_find_the_token_that_opens_most(launch, shelves):
    """Without tokens of the management API those of clients open it."""
    settings = {**general(), "management": {"watch": False}}
    with launch(shelves.entries(), proxy=settings) as proxy:
        listed = run(proxy, "list")
        assert listed.returncode == 0 and "git" in listed.stdout, listed.stderr
        tools = run(proxy, "tools", "git")
        assert tools.returncode == 0 and "git_push" in tools.stdout, tools.stderr
        called = run(proxy, "call", "git", "git_log")
        assert called.returncode == 0 and said("git", "git_log") in called.stdout, called.stderr
        seen = run(proxy, "tools", "git", "--token", TOKENS["agents"])
        assert seen.returncode == 1, seen.stdout


# What an attack has found


@pytest.mark.parametrize("path", ["/git/mcp", "/mcp", "/dev/mcp", "/git/sse"])
async def test_a_browsers_question_tells_nothing_to_who_says_who_he_is(proxy, http, path):
    headers = {**bearer(TOKENS["status"]), "Origin": proxy.base, "Access-Control-Request-Method": "POST"}
    there, nowhere = [await http.request("OPTIONS", proxy.url(target), headers=headers) for target in (path, "/nothing/mcp")]
    assert there.status_code == nowhere.status_code == 404 and there.content == nowhere.content


@pytest.mark.parametrize("name", ["runner", "writer"])
async def test_a_token_of_a_client_opens_nothing_that_is_added(changing, shelves, http, name):
    """Whatever is added, the client comes to it by its rights alone."""
    api = Management(changing, http, TOKENS[name])
    options = {"options": {"authTokens": [TOKENS["agents"]]}}
    entry = {**shelves.entries()["mail"], **options}
    added = problem_of(await api.send("POST", "/api/servers", {"name": "more", "config": entry}), 422, "invalid-configuration")
    group = problem_of(
        await api.send("PUT", "/api/groups/more", {"config": {"servers": ["*"], **options}}), 422, "invalid-configuration"
    )
    for problem in (added, group):
        assert "one of the tokens is that of a client" in str(problem["problems"]), problem
        assert TOKENS["agents"] not in str(problem)


def telling(file, wait=""):
    """A fixture server that writes the number of its process into a file, and then waits."""
    script = f"echo $$ > {file}; {wait} exec {sys.executable} {DIRECTORY}/stdio_server.py --name told"
    return {"command": "sh", "args": ["-c", script]}


def is_alive(file):
    return Path(f"/proc/{file.read_text().strip()}").exists()


async def test_a_program_that_was_brought_ends_when_its_client_may_start_none(changing, shelves, http, tmp_path):
    pid = tmp_path / "pid"
    client = brought_in_header(changing, http, telling(pid), TOKENS["runner"])
    await client.initialize()
    assert await client.call_text("echo", {"text": "here"}) == "here"
    assert is_alive(pid)
    await reload(changing, shelves, runner={"management": "write"})

    async def gone():
        assert (await client.post(call_body("echo", {"text": "here"}))).status_code != 200

    await eventually_succeeds(gone, "the program has ended for its client")
    await eventually_async(lambda: not is_alive(pid), "the program to end")


async def test_a_change_is_not_made_when_the_token_that_asked_for_it_is_gone(changing, shelves, http, tmp_path):
    """Also where the client itself may go on, with another token."""
    pid, gate = tmp_path / "pid", tmp_path / "gate"
    slow = telling(pid, f"while [ ! -e {gate} ]; do sleep 0.05; done;")
    asked = asyncio.create_task(
        Management(changing, http, TOKENS["runner"]).send("POST", "/api/servers", {"name": "slow", "config": slow})
    )
    await eventually_async(pid.exists, "the program to be started")
    renewed = "canary-token-of-the-runner-renewed"
    await reload(changing, shelves, runner={"tokens": [renewed]})
    with contextlib.suppress(httpx.TransportError):
        assert (await asked).status_code != 201
    gate.touch()
    api = Management(changing, http, renewed)

    async def nothing_left():
        assert "slow" not in await api.servers() and not is_alive(pid)

    await eventually_succeeds(nothing_left, "nothing is left of the change")


async def test_a_tool_that_is_listed_twice_changes_nothing_only_if_both_say_so(launch, http):
    twice = [tool("a", **READS), tool("a"), tool("b"), tool("b", **READS), tool("c", **READS), tool("c", **READS)]
    with Shelves(Shelf("odd", twice)) as odd:
        with launch(odd.entries(), proxy={"clients": {"reader": clients()["reader"]}}) as proxy:
            assert set(await listed(proxy, http, "reader", "")) == {"odd__c"}
            assert set(await listed(proxy, http, "reader", "/odd")) == {"c"}


def test_a_command_with_a_token_that_opens_no_management_says_so(proxy):
    told = run(proxy, "list", "--token", TOKENS["mailer"])
    assert told.returncode == 1 and 'no right to the management API ("management" of the client)' in told.stderr
