"""What servers, names and addresses may say: it ends nothing, opens nothing and tells nobody of the operator's network."""

import json
import subprocess
import sys

import pytest

from support.config_host import ConfigHost
from support.fixture import stdio
from support.management import Management
from support.wait import eventually_async, eventually_succeeds

pytestmark = pytest.mark.anyio

TOKEN = "0123456789abcdef-operator"
ACCESS = {"authTokens": [TOKEN], "maxChangesPerMinute": 1_000_000}


# The tag of a configuration at a URL

TAGS = {
    "a byte beyond ASCII": b'"a\x80"',
    "latin letters": '"café"'.encode("latin-1"),
    "letters in UTF-8": '"café"'.encode(),
    "no quotes": b"a b",
    "empty": b"",
    "a tab inside": b'"a\tb"',
    "long": b'"' + b"x" * 8_000 + b'"',
    "another field": b'"a"\x85X-Injected: 1',
}


@pytest.mark.parametrize("tag", TAGS)
async def test_a_tag_of_any_bytes_ends_nothing(make_proxy, http, tag):
    """The tag is said back to the server at the next poll; one that cannot be is none."""
    settings = {"management": {**ACCESS, "pollInterval": "1s"}}
    proxy = make_proxy({"stays": stdio()}, proxy=settings)
    with ConfigHost(proxy.file.read_text(), fixed_tag=TAGS[tag]) as host:
        proxy.use_arguments(["--config", host.url])
        proxy.start()
        proxy.wait_ready()

        def polls():
            assert proxy.process.poll() is None, f"the proxy ended with {proxy.process.returncode}:\n{proxy.last_lines()}"
            return len(host.requests) >= 4

        await eventually_async(polls, "three polls")
        assert not any("X-Injected" in request for request in host.requests)
        proxy.rewrite({"stays": stdio(), "comes": stdio()}, proxy=settings)
        host.body = proxy.file.read_text()
        management = Management(proxy, http, TOKEN)

        async def look():
            assert await management.state("comes") == "ready"

        await eventually_succeeds(look, "the new server to be there")
        proxy.stop()


# What one reader takes for an address and another does not

AMBIGUOUS = [
    "http://127.1/mcp", "http://2130706433/", "http://[::1%25lo]/", "https://127.0.0.1#x", "http://0x7f.1/",
    "http://0177.0.0.1/", "http://256.1.1.1/", "http://[::1", "http://a..b:1:2/", 'http://a/"', "http://user@a/",
    "http://.a/", "http://[::ffff:127.0.0.1%25lo]/", "http://1.2.3.4.5/",
]


@pytest.mark.parametrize("url", AMBIGUOUS)
async def test_an_address_that_cannot_be_called_fails_the_check(binary, tmp_path, url):
    """Whatever passes the check has a server."""
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"mcpProxy": {}, "mcpServers": {"fetch": {"url": url}}}))
    check = subprocess.run([binary, "check", "--config", str(file)], capture_output=True, text=True, timeout=60)
    assert check.returncode != 0, check.stdout
    assert "mcpServers.fetch.url" in check.stdout + check.stderr


async def test_a_network_in_the_form_of_ipv6_is_refused(binary, tmp_path):
    """It counts bits that an address compared with it no longer has."""
    file = tmp_path / "config.json"
    management = {**ACCESS, "allowAddresses": ["::ffff:10.0.0.0/104"]}
    file.write_text(json.dumps({"mcpProxy": {"management": management}, "mcpServers": {}}))
    check = subprocess.run([binary, "check", "--config", str(file)], capture_output=True, text=True, timeout=60)
    assert check.returncode != 0
    words = check.stdout + check.stderr
    assert "allowAddresses[0]" in words and "10.0.0.0/8" in words, words


# Where servers may be that were added over the API


def everywhere(servers, allowed):
    """A configuration whose proxy others can reach, so that loopback is not allowed unless it is named."""

    def text(proxy):
        management = {**ACCESS, "allowAddresses": allowed}
        document = {"mcpProxy": {"addr": f"0.0.0.0:{proxy.port}", "management": management}, "mcpServers": servers}
        return json.dumps(document)

    return text


@pytest.mark.parametrize("transport", ["streamable-http", "sse"])
async def test_a_narrowed_list_of_addresses_holds_for_what_is_connected(launch, http, http_fixture, transport):
    with http_fixture() as remote:
        config = remote.streamable() if transport == "streamable-http" else remote.sse()
        with launch(text=everywhere({}, ["127.0.0.0/8"])) as proxy:
            management = Management(proxy, http, TOKEN)
            await management.add("added", config)
            client = await proxy.client("added", http).initialize()
            assert await client.call_text("echo", {"text": "before"}) == "before"
            proxy.file.write_text(everywhere({}, ["10.0.0.0/8"])(proxy))
            response = await http.post(proxy.url("/api/reload"), headers={"Authorization": f"Bearer {TOKEN}"})
            assert response.status_code == 200, response.text
            # Neither the open session nor a new one reaches it any more.
            answer = await client.request("tools/call", {"name": "echo", "arguments": {"text": "after"}})
            assert "error" in answer, answer
            answer = await client.request("tools/call", {"name": "echo", "arguments": {"text": "again"}})
            assert "error" in answer, answer
            # And it does again once the operator allows it again.
            proxy.file.write_text(everywhere({}, ["127.0.0.1"])(proxy))
            response = await http.post(proxy.url("/api/reload"), headers={"Authorization": f"Bearer {TOKEN}"})
            assert response.status_code == 200, response.text

            async def call():
                fresh = await proxy.client("added", http).initialize()
                assert await fresh.call_text("echo", {"text": "back"}) == "back"

            await eventually_succeeds(call, "the server to be reached again")


async def test_what_a_name_stands_for_is_told_the_log_alone(launch, http):
    with launch(text=everywhere({}, [])) as proxy:
        management = Management(proxy, http, TOKEN)
        for url in ("https://localhost:9/mcp", "https://localhost:9/sse"):
            for kind in ("streamable-http", "sse"):
                config = {"url": url, "transportType": kind}
                response = await management.ask("POST", "", {"name": "inner", "config": config})
                assert response.status_code == 422, response.text
                assert "127.0.0.1" not in response.text and "::1" not in response.text, response.text
                assert "mcpProxy.management.allowAddresses" in response.text
        readiness = await http.get(proxy.url("/readyz"), headers={"Authorization": f"Bearer {TOKEN}"})
        assert "127.0.0.1" not in readiness.text
        proxy.wait_output("is not a public address")
        # Who writes the address himself is told what is wrong with it.
        response = await management.ask("POST", "", {"name": "inner", "config": {"url": "https://127.0.0.1:9/mcp"}})
        assert "127.0.0.1 is not a public address" in response.text


# What a server says when it refuses

HOSTILE_WORDS = "no\x1b[31m\x9b31m\x85\u2028\u202e\u200b\xad\u180eyes"
REFUSING = (
    "import json, sys\n"
    "for line in sys.stdin:\n"
    "    message = json.loads(line)\n"
    "    error = {'code': -1, 'message': sys.argv[1].encode().decode('unicode_escape')}\n"
    "    if 'id' in message: print(json.dumps({'jsonrpc': '2.0', 'id': message['id'], 'error': error}), flush=True)\n"
)


async def test_words_of_a_server_are_printable_wherever_they_are_shown(launch, http, directory):
    """In the table, the log, the status and the API: nothing that steers a terminal, turns the reading or hides."""
    script, words = directory() / "refusing.py", HOSTILE_WORDS.encode("unicode_escape").decode()
    script.write_text(REFUSING)
    server = {"command": sys.executable, "args": [str(script), words]}
    with launch({"refusing": server}, proxy={"management": ACCESS}, ready=False) as proxy:
        proxy.wait_output("refusing failed: it refused the handshake: no\\u{1b}[31m")
        api = Management(proxy, http, TOKEN)
        status = await http.get(proxy.url("/readyz"), headers={"Authorization": f"Bearer {TOKEN}"})
        texts = [(await api.ask("GET", path)).text for path in ("", "/refusing", "/refusing/logs")]
        for text in [proxy.output, status.text, *texts]:
            assert "refused the handshake" in text
            for hidden in HOSTILE_WORDS:
                assert " " <= hidden <= "~" or hidden not in text, f"U+{ord(hidden):04X}"
