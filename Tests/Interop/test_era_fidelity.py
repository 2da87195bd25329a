"""Translation adds and removes members and leaves every other byte as it was written."""

import json

import pytest

from support.channels import ModernHTTP
from support.envelope import META, modern_call
from support.fixture import modern_stdio, stdio
from support.modern import Front
from support.raw import call_body, only_answer_text

pytestmark = pytest.mark.anyio

SERVERS = ["legacy-stdio", "legacy-http", "modern-stdio", "modern-http", "modern-streams"]

# The inside of an object, as a server or a client may write it.
MEMBERS = {
    "numbers": r'"a":1.0,"b":1e400,"c":12345678901234567890,"d":-0,"e":1E+2,"f":0.10',
    "escapes": r'"s":"\u0041\/\ud83d\ude00\u0000é中","\u006b":1,"\"":"\\"',
    "order": '"z":1,"a":{"y":[],"b":null},"":true',
    "names like ours": '"deep":{"resultType":"x","ttlMs":1,"cacheScope":"y","_meta":{"%sserverInfo":1}},"id":7' % META,
    "ours in an array": '"list":[{"resultType":"complete"},{"requestState":"s","inputRequests":{}}]',
}
CONTENT = r'"content":[{"type":"text","text":"\u0041\n"}]'
WITH_META = r'"_meta":{"com.example/a":{"b":1.50},"com.example/\u0041":[1e400]}'


@pytest.fixture(scope="module")
def proxy(launch, http_fixture, modern_http_fixture):
    with (
        http_fixture() as old,
        modern_http_fixture() as objects,
        modern_http_fixture(answers="sse") as streams,
    ):
        servers = {
            "legacy-stdio": stdio(),
            "legacy-http": old.streamable(),
            "modern-stdio": modern_stdio(),
            "modern-http": objects.streamable(),
            "modern-streams": streams.streamable(),
        }
        with launch(servers) as proxy:
            yield proxy


async def modern_text(proxy, server, http, body, name):
    """The text of the answer to a body that is sent as it is written."""
    url = proxy.url(f"/{server}/mcp")
    response = await http.post(url, content=body.encode(), headers=Front(url, http).headers(modern_call(name)))
    assert response.status_code == 200, response.text
    return only_answer_text(response)


async def legacy_text(proxy, server, http, body):
    client = await proxy.client(server, http).initialize()
    return await client.answer(body)


async def verbatim(proxy, server, http, era, arguments):
    """The text of the answer when the server answers just so."""
    if era == "modern":
        return await modern_text(proxy, server, http, json.dumps(modern_call("verbatim", arguments)), "verbatim")
    return await legacy_text(proxy, server, http, call_body("verbatim", arguments))


@pytest.mark.parametrize("case", MEMBERS)
@pytest.mark.parametrize("era", ["legacy", "modern"])
@pytest.mark.parametrize("server", SERVERS)
async def test_the_members_of_a_result_keep_their_bytes(proxy, http, server, era, case):
    """Whatever is added or taken away stands beside them; only the newest revision's own members come and go."""
    members = f"{MEMBERS[case]},{CONTENT}"
    text = await verbatim(proxy, server, http, era, {"result": "{%s}" % members})
    assert members in text
    names = json.loads(text)["result"].keys() - json.loads("{%s}" % members).keys()
    # The fixture itself writes no `_meta` into a result it is given; the proxy may say who the server is.
    assert names <= ({"resultType", "_meta"} if era == "modern" else set())
    assert ("resultType" in names) == (era == "modern")


@pytest.mark.parametrize("era", ["legacy", "modern"])
@pytest.mark.parametrize("server", SERVERS)
async def test_the_metadata_of_a_result_keeps_its_bytes(proxy, http, server, era):
    """What a server wrote into `_meta` stays, byte for byte, whoever else writes there."""
    text = await verbatim(proxy, server, http, era, {"result": "{%s,%s}" % (CONTENT, WITH_META)})
    for piece in (CONTENT, r'"com.example/a":{"b":1.50}', r'"com.example/\u0041":[1e400]'):
        assert piece in text


@pytest.mark.parametrize("era", ["legacy", "modern"])
@pytest.mark.parametrize("server", SERVERS)
async def test_an_error_keeps_its_bytes(proxy, http, server, era):
    """Code, message, data and unknown members are the server's."""
    error = r'{"code":4052,"message":"\u0041 \/","data":{"n":12345678901234567890,"x":1.0},"x-more":[1e400]}'
    assert f'"error":{error}' in await verbatim(proxy, server, http, era, {"error": error})


@pytest.mark.parametrize("case", MEMBERS)
@pytest.mark.parametrize("era", ["legacy", "modern"])
@pytest.mark.parametrize("server", SERVERS)
async def test_arguments_keep_their_bytes(proxy, http, server, era, case):
    """The server gets the arguments, and what stands beside them, as the client wrote them."""
    arguments, beside = "{%s}" % MEMBERS[case], r'"com.example/\u0042":[1.0,1e400]'
    params = f'"name":"received","arguments":{arguments},{beside}'
    if era == "modern":
        meta = json.dumps(modern_call("received")["params"]["_meta"])
        body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":%s,%s}}' % (meta, params)
        answer = await modern_text(proxy, server, http, body, "received")
    else:
        answer = await legacy_text(
            proxy, server, http, '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{%s}}' % params
        )
    received = json.loads(answer)["result"]["content"][0]["text"]
    assert f'"arguments":{arguments}' in received
    assert beside in received


@pytest.mark.parametrize("server", SERVERS)
async def test_a_notification_keeps_its_bytes(proxy, http, server):
    """Progress changes its token and nothing else on its way to a client of the newest revision."""
    message = modern_call("progress", {"steps": 1}, meta={"progressToken": 'mine "é"'})
    channel = ModernHTTP(proxy.url(f"/{server}/mcp"), http)
    await channel.send(message)
    await channel.inbox.answer(1)
    [told] = [entry for entry in channel.inbox.arrived if "method" in entry.message]
    assert told.message["params"]["progressToken"] == 'mine "é"'
    # As the fixture writes it, with its own white space.
    assert '"progress": 1, "total": 1, "message": "step 1"' in told.text
    await channel.close()


@pytest.mark.parametrize("server", ["legacy-stdio", "modern-http"])
async def test_a_result_of_two_mebibytes_arrives_whole(proxy, http, server):
    """Large results are translated, too."""
    size = 2 * 1024 * 1024
    result = await Front(proxy.url(f"/{server}/mcp"), http).result(modern_call("big", {"bytes": size}))
    assert result["content"][0]["text"] == "x" * size
