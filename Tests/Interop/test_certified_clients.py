"""Clients with certificates: each is who its certificate says, and may what is said of that."""

import signal

import pytest
from cryptography import x509

from support.authority import Authority
from support.envelope import modern_call
from support.modern import Front
from support.raw import Streamable, call_body, http_client, only_answer, text_of
from support.shelves import Shelf, Shelves, said, tool
from support.wait import eventually, eventually_succeeds
from test_tls_listener import HOST, put, settings, trusting

pytestmark = pytest.mark.anyio

TOKEN = "canary-token-of-the-laptop-0123456789"
CLIENTS = {
    "ci": {"certificates": ["CN=ci,O=Example"], "servers": ["git"], "tools": ["*", "!git__push"]},
    "agents": {"certificates": ["URI:spiffe://example.com/agents/*"], "servers": ["mail"]},
    "laptop": {"tokens": [TOKEN], "servers": ["*"]},
}


@pytest.fixture(scope="module")
def authority(directory):
    return Authority(directory())


@pytest.fixture(scope="module")
def shelves():
    with Shelves(Shelf("git", [tool("log"), tool("push")]), Shelf("mail", [tool("send")])) as shelves:
        yield shelves


@pytest.fixture
def files(directory, authority):
    folder = directory()
    put(folder, authority.issue(HOST))
    return folder


def guarded(files, authority, **members):
    return settings(files, authority, proxy={"management": {"watch": False}, **members}, clientCAFile=str(authority.file))


@pytest.fixture
def proxy(launch, shelves, files, authority):
    with launch(shelves.entries(), **guarded(files, authority, clients=CLIENTS)) as proxy:
        yield proxy


@pytest.fixture
def visiting(authority, directory):
    """An HTTP client with a certificate for these names."""

    def made(*names, **issued):
        return http_client(verify=trusting(authority, authority.issue(*names, **issued).write(directory() / "own.pem")))

    return made


async def status(proxy, http, name, tool, **headers):
    response = await Front(proxy.url(f"/{name}/mcp"), http, headers).post(modern_call(tool))
    return response.status_code


AGENT = x509.UniformResourceIdentifier("spiffe://example.com/agents/a")


async def test_each_may_what_its_certificate_says(proxy, visiting):
    async with visiting(subject="CN=ci,O=Example") as http:
        front = Front(proxy.url("/git/mcp"), http)
        assert text_of(await front.answer(modern_call("log"))) == said("git", "log")
        assert "Unknown tool" in (await front.answer(modern_call("push")))["error"]["message"]
        assert await status(proxy, http, "mail", "send") == 404
    async with visiting(AGENT, subject="") as http:
        assert await status(proxy, http, "mail", "send") == 200 and await status(proxy, http, "git", "log") == 404


@pytest.mark.parametrize(
    "names, subject",
    [
        ([], "CN=ci"),
        ([], "O=Example,CN=ci"),
        ([], "CN=ci,O=Example,C=DE"),
        ([], "CN=ci\\,O\\=Example"),
        (["spiffe"], "CN=x"),
        ([x509.UniformResourceIdentifier("spiffe://example.com.evil/agents/a")], "CN=x"),
        ([x509.RFC822Name("a@example.com")], "CN=URI:spiffe://example.com/agents/a"),
    ],
)
async def test_a_certificate_of_which_nothing_is_said_opens_nothing(proxy, visiting, names, subject):
    async with visiting(*names, subject=subject) as http:
        for name, called in [("git", "log"), ("mail", "send")]:
            assert await status(proxy, http, name, called) == 401


async def test_the_log_says_which_certificate_was_not_enough(launch, shelves, files, authority, visiting):
    """By what a pattern would see of it; nothing of it steers a terminal."""
    members = guarded(files, authority, clients=CLIENTS, options={"logEnabled": True})
    with launch(shelves.entries(), **members) as proxy:
        async with visiting(subject="CN=c\x1b[31mi,O=Else") as http:
            assert await status(proxy, http, "git", "log") == 401
        async with visiting(x509.UniformResourceIdentifier("spiffe://example.org/b"), subject="") as http:
            assert await status(proxy, http, "git", "log") == 401
        async with visiting(subject="CN=ci,O=Example") as http:
            assert await status(proxy, http, "mail", "send") == 404
        proxy.wait_output("certificate=URI:spiffe://example.org/b")
        eventually(lambda: proxy.stderr.count(" request refused ") == 3, "three lines")
        [first, second, third] = [line for line in proxy.stderr.splitlines() if " request refused " in line]
        assert "\x1b" not in first and "certificate=CN=c" in first and "[31mi,O=Else" in first and "status=401" in first
        assert "status=401" in second and "certificate=" not in third


async def test_a_token_counts_before_the_certificate(proxy, visiting):
    """Also one that is nobody's: it was shown to be judged."""
    async with visiting(subject="CN=ci,O=Example") as http:
        assert await status(proxy, http, "mail", "send", Authorization=f"Bearer {TOKEN}") == 200
        assert await status(proxy, http, "git", "log", Authorization="Bearer nobody's-token-0123456789") == 401


async def test_a_renewed_certificate_goes_on_with_the_session(proxy, visiting):
    async with visiting(subject="CN=ci,O=Example") as first:
        client = await Streamable(proxy.url("/git/mcp"), first).initialize()
        async with visiting(subject="CN=ci,O=Example") as renewed:
            client.http = renewed
            assert text_of(await client.call("log")) == said("git", "log")
        async with visiting(AGENT, subject="") as other:
            client.http = other
            assert (await client.post(call_body("log"))).status_code == 404


async def test_one_subject_does_not_make_one_caller_of_two(proxy, visiting):
    """There are authorities that give every program the same subject, and a name of its own."""
    names = [x509.UniformResourceIdentifier(f"{AGENT.value}{suffix}") for suffix in ("", "-2")]
    async with visiting(names[0], subject="O=SPIRE,C=US") as one, visiting(names[1], subject="O=SPIRE,C=US") as other:
        client = await Streamable(proxy.url("/mail/mcp"), one).initialize()
        assert (await client.post(call_body("send"))).status_code == 200
        client.http = other
        assert (await client.post(call_body("send"))).status_code == 404


async def test_a_reload_counts_for_who_is_there(proxy, shelves, files, authority, visiting):
    async with visiting(subject="CN=ci,O=Example") as http:
        client = await Streamable(proxy.url("/git/mcp"), http).initialize()
        changed = {**CLIENTS, "ci": {**CLIENTS["ci"], "servers": ["mail"], "tools": ["*"]}}
        proxy.rewrite(shelves.entries(), proxy=guarded(files, authority, clients=changed)["proxy"])
        proxy.process.send_signal(signal.SIGHUP)

        async def moved():
            assert (await client.post(call_body("log"))).status_code == 404
            assert await status(proxy, http, "mail", "send") == 200

        await eventually_succeeds(moved, "the other rights count")


async def test_without_clients_a_certificate_opens_what_no_token_guards(launch, shelves, files, authority, visiting):
    entries = shelves.entries()
    entries["mail"]["options"] = {"authTokens": [TOKEN]}
    with launch(entries, **guarded(files, authority)) as proxy:
        async with visiting(subject="CN=anybody") as http:
            assert await status(proxy, http, "git", "log") == 200
            assert await status(proxy, http, "mail", "send") == 404
            assert list((await http.get(proxy.url("/readyz"))).json()["servers"]) == ["git"]
            client = await Streamable(proxy.url("/mcp"), http).initialize()
            listed = only_answer(await client.post('{"jsonrpc":"2.0","id":1,"method":"tools/list"}'))
            assert [entry["name"] for entry in listed["result"]["tools"]] == ["git__log", "git__push"]
            assert (await http.get(proxy.url("/api/servers"))).status_code in (403, 404)
        async with http_client(verify=proxy.trust) as http:
            assert await status(proxy, http, "git", "log") == 401
