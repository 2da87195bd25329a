"""What the management API refuses, whoever asks and however it is written."""

import json
import secrets
import socket

import pytest

from support.fixture import stdio
from support.management import Management, bearer
from support.raw import ACCEPT, exchange, status_of, text_of

pytestmark = pytest.mark.anyio


def canary(place):
    """A secret that must never be seen outside its place."""
    return f"canary-{place}-{secrets.token_hex(16)}"


TOKEN, DATA = canary("management"), canary("data")
ROOMY = {"maxChangesPerMinute": 1_000_000}
WITH_TOKEN = {"management": {**ROOMY, "authTokens": [TOKEN]}}
TEMPLATE = {
    "command": "sh",
    "args": ["-c", "cat", "{word}"],
    "parameters": {"word": {"type": "string", "maxLength": 20}},
}


def process_bodies():
    """40 ways to ask for a process."""
    command = {"command": "sh", "args": ["-c", "sleep 60"]}
    shapes = [
        command, {**command, "transportType": "stdio"}, {**command, "type": "stdio"}, {"command": ["sh", "-c", "id"]},
        {"Command": "sh"}, {"COMMAND": "sh"}, {"cmd": "sh"}, {"template": "shell", "parameters": {"word": "x"}},
        {**command, "url": "http://127.0.0.1:9/"}, {"config": command}, {"stdio": command},
        {**command, "options": {"disabled": True}}, {**command, "test": True}, {**command, "preview": True},
        {**command, "dryRun": True}, {**command, "env": {"LD_PRELOAD": "/tmp/x.so"}}, {**command, "cwd": "/tmp"},
        {"command": "/bin/sh"},
    ]
    bodies = [json.dumps({"name": "evil", "config": shape}) for shape in shapes]
    bodies += [json.dumps({"config": shape}) for shape in shapes[:10]]
    bodies += [json.dumps({"name": "evil", **command}), json.dumps([{"name": "evil", "config": command}])]
    bodies += [json.dumps({"name": "evil", "config": command, flag: True}) for flag in ("test", "preview", "validate")]
    bodies += [json.dumps({"mcpServers": {"evil": command}}), json.dumps({"name": "evil", "Config": command})]
    text = json.dumps(command)
    bodies += [
        f'{{"name":"evil","config":{{}},"config":{text}}}',
        f'{{"name":"evil","config":{text},"config":{{"url":"http://127.0.0.1:9/"}}}}',
        '{"name":"evil","config":{"url":"http://127.0.0.1:9/","command":"sh","command":null}}',
        '{"name":"evil","config":{"comm\\u0061nd":"sh"}}',
        f"{{\"name\":\"evil\",\"config\":{text}}} {{}}",
    ]
    return bodies


# T1: nobody starts a process who may not

ROUTES = [("POST", "/api/servers"), ("PUT", "/api/servers/evil"), ("PUT", "/api/servers/web"), ("POST", "/sse"),
          ("POST", "/mcp"), ("POST", "/api/servers/test"), ("POST", "/api/reload"), ("POST", "/api/servers/evil/restart")]


async def test_without_a_token_nothing_starts_a_process(launch, http, http_fixture):
    bodies = process_bodies()
    assert len(bodies) == 40
    with http_fixture() as web, launch({"web": web.streamable()}, proxy={"management": ROOMY}) as proxy:
        for method, path in ROUTES:
            for body in bodies:
                response = await http.request(method, proxy.url(path), content=body,
                                              headers={"Content-Type": "application/json", "Accept": ACCEPT})
                assert 400 <= response.status_code < 500, f"{method} {path} {body}: {response.status_code}"
                assert "sleep 60" not in response.text
                assert not proxy.children(), f"{method} {path} {body}"
        api = Management(proxy, http)
        problem = await api.refused(403, "forbidden", "POST", "", {"name": "evil", "config": {"command": "sh"}})
        assert "mcpProxy.management.authTokens" in problem["detail"]
        assert set(await api.servers()) == {"web"}
        # What needs no process works.
        await api.add("remote", web.streamable())


@pytest.fixture(scope="module")
def capture(http_fixture):
    with http_fixture(name="capture") as fixture:
        yield fixture


@pytest.fixture(scope="module")
def proxy(launch):
    servers = {"public": stdio(options={"authTokens": [DATA]})}
    with launch(servers, options={"authTokens": [DATA], "logEnabled": True}, proxy=WITH_TOKEN) as proxy:
        yield proxy
        for secret in (TOKEN, DATA):
            assert secret not in proxy.output


@pytest.fixture
def api(proxy, http):
    return Management(proxy, http, TOKEN)


async def test_a_token_of_servers_does_not_manage(proxy, http):
    data, before = Management(proxy, http, DATA), proxy.children().keys()
    for method, path in (("GET", ""), ("POST", ""), ("GET", "/public"), ("PUT", "/public"), ("DELETE", "/public"),
                         ("POST", "/public/restart"), ("POST", "/public/disable"), ("GET", "/public/logs")):
        await data.refused(403, "forbidden", method, path, {} if method in ("POST", "PUT") else None)
    assert proxy.children().keys() == before


async def test_only_the_operator_names_variables_of_a_template(launch, http):
    """Who may not name a command may not name a variable for one either, whatever its name is."""
    management = {**WITH_TOKEN["management"], "stdio": "templates", "templates": {"shell": TEMPLATE}}
    with launch({}, proxy={"management": management}) as proxy:
        api = Management(proxy, http, TOKEN)
        for name in ("LD_PRELOAD", "PATH", "npm_config_registry", "HARMLESS"):
            config = {"template": "shell", "parameters": {"word": "x"}, "env": {name: canary("denied")}}
            problem = await api.refused(422, "invalid-configuration", "POST", "", {"name": "env", "config": config})
            assert "canary-denied" not in json.dumps(problem)
            config = {**stdio(), "env": {name: canary("denied")}}
            await api.refused(403, "forbidden", "POST", "", {"name": "env", "config": config})
        assert not proxy.children()


async def test_a_parameter_cannot_be_an_option(launch, http):
    management = {**WITH_TOKEN["management"], "stdio": "templates", "templates": {"shell": TEMPLATE}}
    with launch({}, proxy={"management": management}) as proxy:
        api = Management(proxy, http, TOKEN)
        for word in ("-c", "--call", "-e", "-y", "--package=x", "-", "x" * 21, "a\nb", "\0", 3, ["a"], None):
            config = {"template": "shell", "parameters": {"word": word}}
            await api.refused(422, "invalid-configuration", "POST", "", {"name": "t", "config": config})
        for more in ({"args": ["-c", "id"]}, {"env": {"A": "b"}}, {"command": "id"}, {"cwd": "/"}):
            config = {"template": "shell", "parameters": {"word": "x"}, **more}
            await api.refused(422, "invalid-configuration", "POST", "", {"name": "t", "config": config})
        await api.refused(403, "forbidden", "POST", "", {"name": "t", "config": stdio()})
        assert not proxy.children()


async def test_variables_are_not_put_in(proxy, api, http, capture):
    config = capture.streamable(headers={"X-Home": "${HOME} $HOME"}, url=f"{capture.mcp_url}?home=$HOME")
    config["options"] = {"authTokens": [DATA]}
    response = await api.ask("POST", "", {"name": "literal", "config": {**config, "url": capture.mcp_url}})
    assert response.status_code == 201, response.text
    client = await proxy.client("literal", http, headers=bearer(DATA)).initialize()
    headers = json.loads(await client.call_text("whoami"))["headers"]
    assert {key.lower(): value for key, value in headers.items()}["x-home"] == "${HOME} $HOME"
    await api.remove("literal")
    await api.add("literal", {**stdio(), "env": {"SEEN": "${HOME}"}})
    client = await proxy.client("literal", http, headers=bearer(DATA)).initialize()
    assert "${HOME}" in await client.call_text("environment", {"name": "SEEN"})
    await api.remove("literal")


# T3: other sites

CROSS_SITE = {
    "evil host": ({"Host": "evil.example"}, 403),
    "host that begins well": ({"Host": "127.0.0.1.evil.example"}, 403),
    "evil origin": ({"Origin": "http://evil.example"}, 403),
    "null origin": ({"Origin": "null"}, 403),
    "cross-site": ({"Sec-Fetch-Site": "cross-site"}, 403),
    "text": ({"Content-Type": "text/plain"}, 415),
    "form": ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "no type": ({"Content-Type": None}, 415),
}


@pytest.mark.parametrize("how", CROSS_SITE)
@pytest.mark.parametrize("path", ["/api/servers", "/sse", "/mcp", "/public/mcp", "/public/restart"])
async def test_requests_of_other_sites_are_refused(proxy, path, how):
    changed, expected = CROSS_SITE[how]
    token = DATA if path == "/public/mcp" else TOKEN
    path = "/api/servers/public/restart" if path == "/public/restart" else path
    headers = {"Host": proxy.address, "Content-Type": "application/json", "Accept": ACCEPT, **bearer(token), **changed}
    body = json.dumps({"name": "evil", "config": {"command": "sh"}})
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    head = "\r\n".join([f"POST {path} HTTP/1.1", *lines, f"Content-Length: {len(body)}", "Connection: close"])
    before = proxy.children().keys()
    received = exchange(proxy.port, f"{head}\r\n\r\n{body}".encode())
    # At /mcp, where nothing is brought, the token has to open a server first.
    assert status_of(received) == (403 if path == "/mcp" else expected), received
    assert b"access-control-allow-origin: *" not in received.lower()
    assert proxy.children().keys() == before


async def test_a_page_is_never_given_a_star(proxy, http):
    for origin in ("http://localhost:3000", "http://evil.example", "null"):
        for path in ("/api/servers", "/sse", "/mcp", "/public/mcp"):
            response = await http.options(proxy.url(path), headers={
                "Origin": origin, "Access-Control-Request-Method": "POST"})
            assert response.headers.get("access-control-allow-origin") in (None, origin)
            assert "localhost" in origin or "access-control-allow-origin" not in response.headers


# T8: what only this machine can reach

def reachable(proxy, servers, **settings):
    """A configuration that others can reach: by its public name, else by its address."""
    host = "127.0.0.1" if "baseURL" in settings else "0.0.0.0"
    return json.dumps({"mcpProxy": {"addr": f"{host}:{proxy.port}", **settings}, "mcpServers": servers})


def forbidden_hosts(port):
    names = ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0.0.0.0", "localhost", "LOCALHOST",
             "localhost.", "a.localhost", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
             "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254", "10.0.0.1", "192.168.0.1", "[fd00:ec2::254]"]
    return [f"http://{name}:{port}/mcp" for name in names]


@pytest.mark.parametrize("how", ["public base URL", "every interface"])
async def test_urls_to_this_machine_are_refused(launch, http, how):
    with socket.create_server(("0.0.0.0", 0)) as canary_listener:
        canary_listener.settimeout(0)
        urls = forbidden_hosts(canary_listener.getsockname()[1])
        public = {"baseURL": "https://mcp.example.com"} if how == "public base URL" else {}
        with launch(text=lambda proxy: reachable(proxy, {}, **WITH_TOKEN, **public)) as proxy:
            api = Management(proxy, http, TOKEN)
            for url in urls:
                for kind in ("streamable-http", "sse"):
                    body = {"name": "inner", "config": {"url": url, "transportType": kind}}
                    response = await api.ask("POST", "", body)
                    assert response.status_code == 422, f"{url}: {response.status_code} {response.text}"
            assert await api.servers() == {}
            with pytest.raises(BlockingIOError):
                canary_listener.accept()


# Secrets

async def test_secrets_are_in_no_answer(proxy, api, capture):
    header, variable, token = canary("header"), canary("variable"), canary("own-token")
    options = {"authTokens": [token]}
    await api.add("remote", capture.streamable(headers={"X-Key": header}, options=options))
    await api.add("child", {**stdio(), "env": {"KEY": variable}, "options": options})
    answers = []
    for name in ("remote", "child"):
        for path in ("", "/logs", "/tools"):
            answers.append((await api.ask("GET", f"/{name}{path}")).text)
        answers.append((await api.ask("POST", f"/{name}/restart")).text)
    answers.append((await api.ask("GET")).text)
    bad = {"url": "nonsense://x", "headers": {"X-Key": header}, "options": {"authTokens": [token, ""]}}
    answers.append((await api.ask("POST", "", {"name": "bad", "config": bad})).text)
    failing = {**stdio("stderr-last"), "env": {"KEY": variable}, "options": options}
    answers.append((await api.ask("POST", "", {"name": "bad", "config": failing})).text)
    for name in ("remote", "child"):
        answers.append(json.dumps(await api.remove(name)))
    for secret in (header, variable, token, TOKEN, DATA):
        assert not [answer for answer in answers if secret in answer]
        assert secret not in proxy.output


# Bodies

@pytest.mark.parametrize("path", ["/api/servers", "/sse"])
async def test_hostile_bodies(proxy, http, path):
    deep = b'{"name":"a","config":' + b'{"a":' * 200 + b"1" + b"}" * 201
    double = b'{"name":"a","name":"b","config":{"url":"http://127.0.0.1:9/"}}'
    cases = [(b"x" * (300 << 10), {413}), (deep, {422}), (double, {422}), (b"\xff\xfe{}", {400}), (b"{}{}", {400}),
             (b'\xef\xbb\xbf{}', {400}), (b"", {415, 422, 400})]
    for body, expected in cases:
        response = await http.post(proxy.url(path), content=body,
                                   headers={"Content-Type": "application/json", **bearer(TOKEN)})
        assert response.status_code in expected, f"{body[:40]}: {response.status_code} {response.text}"


@pytest.mark.parametrize("how", ["public base URL", "every interface"])
async def test_where_others_can_reach_it_nothing_changes_without_a_token(launch, http, capture, how):
    """A public base URL stands for a web server in front of the listener on loopback."""
    servers = {"web": capture.streamable()}
    public = {"baseURL": "https://mcp.example.com"} if how == "public base URL" else {}
    with launch(text=lambda proxy: reachable(proxy, servers, management=ROOMY, **public)) as proxy:
        api = Management(proxy, http)
        for method, path in (("POST", ""), ("PUT", "/web"), ("DELETE", "/web"), ("POST", "/web/restart"),
                             ("POST", "/web/disable")):
            body = {"name": "new", "config": capture.streamable()} if not path or method == "PUT" else None
            await api.refused(403, "forbidden", method, path, body)
        assert set(await api.servers()) == {"web"}
