"""The request targets under which a server is found: with a slash at the end, and as a whole URL."""

import json

import pytest

from support.envelope import modern_call, modern_headers
from support.fixture import modern_stdio, stdio
from support.managed import ACCESS, TOKEN
from support.raw import ACCEPT, call_body, exchange, messages_in, status_of, text_of

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def proxy(launch):
    with launch({"legacy": stdio(), "modern": modern_stdio()}) as proxy:
        yield proxy


@pytest.mark.parametrize("server", ["legacy", "modern"])
async def test_a_slash_at_the_end_makes_no_difference(proxy, http, server):
    """For sessions, for calls without one, for the old transport; also in the middle of a session."""
    client = proxy.client(server, http)
    client.url += "/"
    await client.initialize()
    assert await client.call_text("echo", {"text": "slash"}) == "slash"
    client.url = client.url.removesuffix("/")
    assert await client.call_text("echo", {"text": "none"}) == "none"
    old = proxy.old_client(server, http)
    old.url += "/"
    async with old.connected() as old:
        assert text_of(await old.call("echo", {"text": "old"})) == "old"


def post(proxy, target, body, host="localhost", **headers):
    fields = {"Host": host, "Content-Type": "application/json", "Accept": ACCEPT, "Connection": "close", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return exchange(proxy.port, f"POST {target} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())


def answer_of(received):
    head, _, body = received.decode().partition("\r\n\r\n")
    assert status_of(received) == 200, received
    kind = next(line.partition(":")[2].strip() for line in head.split("\r\n") if line.lower().startswith("content-type"))
    return text_of(json.loads(messages_in(kind, body)[-1]))


@pytest.mark.parametrize("server", ["legacy", "modern"])
@pytest.mark.parametrize("scheme", ["http", "HTTPS"])
def test_a_whole_url_is_a_target(proxy, server, scheme):
    """RFC 9112, 3.2.2: the host in it is the one that counts, whatever Host says."""
    url = f"{scheme}://127.0.0.1:{proxy.port}/{server}/mcp"
    message = modern_call("echo", {"text": "whole"})
    for host in (proxy.address, "evil.example"):
        assert answer_of(post(proxy, url, call_body("echo", {"text": "whole"}), host)) == "whole"
        assert answer_of(post(proxy, url, json.dumps(message), host, **modern_headers(message))) == "whole"


@pytest.mark.parametrize(
    "authority", ["evil.example", "127.0.0.1@evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::2]"]
)
def test_a_whole_url_with_another_host_is_refused_whatever_the_header_says(proxy, authority):
    """Whoever makes a browser or another program send one gets no further than with Host."""
    assert status_of(post(proxy, f"http://{authority}/legacy/mcp", call_body("echo"), proxy.address)) == 403


@pytest.mark.parametrize(
    "target",
    ["http:///legacy/mcp", "ftp://127.0.0.1/legacy/mcp", "http:/legacy/mcp", "http://127.0.0.1/legacy/../legacy/mcp",
     "http://127.0.0.1//legacy/mcp", "http://127.0.0.1/legacy%2fmcp", "legacy/mcp"],
)
def test_what_could_be_read_in_two_ways_is_refused(proxy, target):
    """In a whole URL as anywhere else."""
    assert status_of(post(proxy, target, call_body("echo"), proxy.address)) == 400


def test_the_management_api_is_reached_by_a_whole_url_as_well(launch):
    """With the same checks."""
    with launch({"one": stdio()}, proxy={"management": ACCESS}) as proxy:
        token = {"Authorization": f"Bearer {TOKEN}"}
        for authority, status in ((proxy.address, 200), ("evil.example", 403)):
            received = post(proxy, f"http://{authority}/api/reload", "", proxy.address, **token)
            assert status_of(received) == status, received
