"""Servers that are reached through an HTTP proxy, or have a certificate of an authority that the system does not know."""

import json
import shutil

import pytest

from support.authority import Authority
from support.config_host import ConfigHost
from support.connect_proxy import ConnectProxy, TLSFront
from support.management import Management
from support.proxy import free_port

pytestmark = pytest.mark.anyio

# Nobody resolves it, so whoever reaches it has asked a proxy.
HOST = "upstream.example"


@pytest.fixture(scope="module")
def authority(directory):
    return Authority(directory())


@pytest.fixture(scope="module")
def upstream(http_fixture):
    with http_fixture() as made:
        yield made


@pytest.fixture(scope="module")
def secure(upstream, authority):
    """The port of the same server behind TLS, with a certificate for HOST."""
    with TLSFront(authority.certificate(HOST), upstream.port) as front:
        yield front.port


def plain(port, **settings):
    return {"url": f"http://{HOST}:{port}/mcp", "transportType": "streamable-http", **settings}


def encrypted(port, **settings):
    return plain(port, **settings) | {"url": f"https://{HOST}:{port}/mcp"}


async def works(proxy, http, name="far"):
    """A client gets through to the server."""
    client = await proxy.client(name, http).initialize()
    assert "pong" in await client.call_text("echo", {"text": "pong"})


def failure(proxy, name="far"):
    """Why the server has failed, as /readyz tells it."""
    proxy.wait_state(name, "failed")
    return proxy.servers()[name]["error"]


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
async def test_a_plain_server_is_asked_through_the_proxy(launch, http, upstream, variable):
    """The proxy is asked to connect to the name; nothing else is written before it has."""
    with ConnectProxy() as way, launch({"far": plain(upstream.port)}, environment={variable: way.url}) as proxy:
        await works(proxy, http)
        assert set(way.asked) == {f"{HOST}:{upstream.port}"} and not way.strange


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_a_server_with_tls_is_asked_through_the_proxy(launch, http, secure, authority, variable):
    """TLS is inside of the tunnel, and the certificate is for the server's name."""
    servers = {"far": encrypted(secure, trustedCAFile=str(authority.file))}
    with ConnectProxy() as way, launch(servers, environment={variable: way.url}) as proxy:
        await works(proxy, http)
        assert set(way.asked) == {f"{HOST}:{secure}"} and not way.strange


async def test_a_server_with_the_older_transport_is_asked_through_the_proxy(launch, http, upstream):
    """HTTP+SSE, whose stream stays open, passes as well."""
    servers = {"far": {"url": f"http://{HOST}:{upstream.port}/sse"}}
    with ConnectProxy() as way, launch(servers, environment={"HTTP_PROXY": way.url}) as proxy:
        await works(proxy, http)
        assert proxy.servers()["far"]["transport"] == "sse"


async def test_credentials_of_the_proxys_address_are_sent_to_it(launch, http, upstream):
    """They go out with the Basic scheme, to the proxy alone, and are shown nowhere."""
    servers = {"far": plain(upstream.port)}
    with ConnectProxy("user:s3cret@1") as way:
        environment = {"HTTP_PROXY": way.url_with("user:s3cret%401")}
        with launch(servers, environment=environment) as proxy:
            await works(proxy, http)
            assert not way.strange
            assert "s3cret" not in proxy.output


@pytest.mark.parametrize(
    "credentials, words",
    [(None, "wants credentials (HTTP status 407)"), ("user:wr0ng", "does not accept the credentials in its address")],
)
def test_a_proxy_that_wants_other_credentials_is_told_as_that(launch, upstream, credentials, words):
    """The error says what to do, and never shows what was sent."""
    with ConnectProxy("user:s3cret") as way:
        url = way.url_with(credentials) if credentials else way.url
        with launch({"far": plain(upstream.port)}, environment={"HTTP_PROXY": url}) as proxy:
            assert words in failure(proxy)
            assert way.url in failure(proxy)
            assert "wr0ng" not in proxy.output


@pytest.mark.parametrize("status", [403, 502])
def test_a_refusal_of_the_proxy_is_told_with_its_status(launch, upstream, status):
    """It is not taken for an answer of the server."""
    with ConnectProxy(status=status) as way:
        with launch({"far": plain(upstream.port)}, environment={"HTTP_PROXY": way.url}) as proxy:
            assert f"the proxy {way.url} refused to connect to it (HTTP status {status})" in failure(proxy)


def test_a_proxy_that_is_down_is_named(launch, upstream):
    """The operator sees at once that it is not the server."""
    url = f"http://127.0.0.1:{free_port()}"
    with launch({"far": plain(upstream.port)}, environment={"HTTP_PROXY": url}) as proxy:
        assert failure(proxy).endswith(f"the proxy {url} cannot be reached: Connection refused")


def test_a_proxy_that_is_not_supported_is_not_passed_by(launch, upstream):
    """Nothing is called directly where the operator wants a proxy."""
    environment = {"ALL_PROXY": "socks5://127.0.0.1:1080"}
    with launch({"far": plain(upstream.port)}, environment=environment) as proxy:
        assert "ALL_PROXY cannot be used: " in failure(proxy)


@pytest.mark.parametrize("exception", [HOST, ".example", "example", "*", "other.example, UPSTREAM.example"])
def test_what_no_proxy_lists_is_called_directly(launch, upstream, exception):
    """The proxy is not asked."""
    with ConnectProxy() as way:
        environment = {"HTTP_PROXY": way.url, "NO_PROXY": exception}
        with launch({"far": plain(upstream.port)}, environment=environment) as proxy:
            assert failure(proxy).endswith("its name cannot be resolved")
            assert way.asked == []


async def test_what_is_on_this_machine_is_called_directly(launch, http, upstream):
    """Whatever the variables and the server's own key say."""
    with ConnectProxy() as way:
        near = upstream.streamable(proxy=way.url)
        named = {**near, "url": f"http://localhost:{upstream.port}/mcp"}
        with launch({"near": near, "named": named}, environment={"ALL_PROXY": way.url}) as proxy:
            await works(proxy, http, "near")
            await works(proxy, http, "named")
            assert way.asked == []


async def test_a_server_may_have_its_own_proxy_or_none(launch, http, upstream):
    """Its key counts, and the variables do not, NO_PROXY included."""
    with ConnectProxy() as all_ways, ConnectProxy("a:b") as own:
        servers = {
            "own": plain(upstream.port, proxy=own.url_with("${WHO}:b")),
            "none": plain(upstream.port, proxy="none"),
            "far": {**plain(upstream.port), "url": f"http://far.example:{upstream.port}/mcp"},
        }
        environment = {"HTTP_PROXY": all_ways.url, "NO_PROXY": HOST, "WHO": "a"}
        with launch(servers, environment=environment) as proxy:
            await works(proxy, http, "own")
            await works(proxy, http, "far")
            assert failure(proxy, "none").endswith("its name cannot be resolved")
            assert set(own.asked) == {f"{HOST}:{upstream.port}"}
            assert set(all_ways.asked) == {f"far.example:{upstream.port}"}


async def test_another_proxy_is_taken_up_by_a_reload(launch, http, upstream):
    """Sessions stay open."""
    with ConnectProxy() as first, ConnectProxy() as second:
        with launch({"far": plain(upstream.port, proxy=first.url)}) as proxy:
            client = await proxy.client("far", http).initialize()
            proxy.rewrite({"far": plain(upstream.port, proxy=second.url)})
            proxy.wait_output("~ far: proxy")
            proxy._wait_for(lambda: second.asked, "the other proxy to be asked")
            assert "pong" in await client.call_text("echo", {"text": "pong"})


async def test_a_remote_configuration_is_fetched_through_the_proxy(make_proxy, http, upstream):
    """As servers are."""
    proxy = make_proxy()
    document = json.dumps(proxy.document({"near": upstream.streamable()}))
    with ConfigHost(document) as host, ConnectProxy() as way:
        proxy.use_arguments(["--config", host.url.replace("127.0.0.1", "config.example")])
        proxy._environment = {"HTTP_PROXY": way.url}
        proxy.start()
        proxy.wait_ready()
        await works(proxy, http, "near")
        assert [asked.partition(":")[0] for asked in way.asked] == ["config.example"]
        proxy.stop()


# Certificates


@pytest.fixture(scope="module")
def way():
    with ConnectProxy() as made:
        yield made


@pytest.fixture(scope="module")
def far(launch, way):
    """Runs a proxy with servers behind the HTTP proxy."""

    def launched(servers, environment=None, **settings):
        return launch(servers, environment={"HTTPS_PROXY": way.url, **(environment or {})}, **settings)

    return launched


def test_an_authority_that_nobody_named_is_not_trusted(far, secure):
    """Nothing is sent to the server."""
    with far({"far": encrypted(secure)}) as proxy:
        assert failure(proxy) == f"https://{HOST}:{secure} cannot be reached: its TLS certificate is not trusted"


async def test_an_authority_may_be_trusted_for_all_servers_or_one(far, http, secure, authority):
    """`trustedCAFile` of one server is for that one."""
    with far({"far": encrypted(secure)}, proxy={"trustedCAFile": str(authority.file)}) as proxy:
        await works(proxy, http)
    servers = {"far": encrypted(secure, trustedCAFile=str(authority.file)), "other": encrypted(secure)}
    with far(servers) as proxy:
        await works(proxy, http)
        assert failure(proxy, "other").endswith("its TLS certificate is not trusted")


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
async def test_the_environment_may_name_the_authorities(far, http, secure, authority, directory, variable):
    """A file, or directories in which other files may lie as well."""
    folder = directory()
    shutil.copy(authority.file, folder / "whatever.crt")
    (folder / "README").write_text("no certificate")
    value = authority.file if variable == "SSL_CERT_FILE" else f"/nowhere:{folder}"
    with far({"far": encrypted(secure)}, {variable: str(value)}) as proxy:
        await works(proxy, http)


def test_the_name_is_checked_inside_of_the_tunnel(far, secure, authority):
    """A trusted certificate for another name is refused."""
    servers = {"far": {**encrypted(secure), "url": f"https://other.example:{secure}/mcp"}}
    with far(servers, proxy={"trustedCAFile": str(authority.file)}) as proxy:
        assert "its TLS certificate is for another name: expected other.example" in failure(proxy)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_cannot_be_used_trusts_nobody(far, shell, secure, directory, content):
    """The server has failed with the name of the file, and `check` warns of it."""
    file = directory() / "missing.pem"
    words = "cannot be read" if content is None else "holds no certificate in PEM"
    if content is not None:
        file.write_text(content)
    servers = {"far": encrypted(secure, trustedCAFile=str(file))}
    checked = shell.run("check", shell.write("config.json", {"mcpServers": servers}))
    assert f'mcpServers.far.trustedCAFile: the file "{file}" {words}' in checked.stderr
    with far(servers) as proxy:
        assert failure(proxy).endswith(f'trustedCAFile "{file}" {words}')
    with far({"far": encrypted(secure)}, {"SSL_CERT_FILE": str(file)}) as proxy:
        assert failure(proxy).endswith(f'SSL_CERT_FILE "{file}" {words}')


async def test_an_unverified_certificate_is_warned_of_everywhere(far, shell, http, secure):
    """At start, in the table, in /readyz and by `check`; other servers are verified as before."""
    servers = {"far": encrypted(secure, insecureSkipVerify=True), "other": encrypted(secure)}
    note = "its certificate is not verified (insecureSkipVerify)"
    checked = shell.run("check", shell.write("config.json", {"mcpServers": servers}))
    assert "warning: mcpServers.far.insecureSkipVerify: the server's certificate is not verified" in checked.stderr
    with far(servers) as proxy:
        await works(proxy, http)
        assert "not trusted" in failure(proxy, "other")
        assert proxy.servers()["far"]["note"] == note and "note" not in proxy.servers()["other"]
        proxy.wait_output(f"WARNING: far: {note}.")
        assert "# WARNING: certificates are not verified (insecureSkipVerify) of: far\n" in proxy.stderr


# Servers that are added over the API


async def test_a_server_that_was_added_is_asked_for_by_the_address_that_was_judged(launch, http, upstream):
    """Where the guard allows its address, the proxy connects to that."""
    address = "192.0.2.7"
    with ConnectProxy() as way:
        management = {"allowAddresses": [address]}
        with launch({}, proxy={"management": management}, environment={"HTTP_PROXY": way.url}) as proxy:
            entry = {"url": f"http://{address}:{upstream.port}/mcp"}
            await Management(proxy, http).add("far", entry)
            await works(proxy, http)
            assert set(way.asked) == {f"{address}:{upstream.port}"}


@pytest.mark.parametrize("host", [HOST, "192.0.2.8", "169.254.169.254"])
async def test_the_proxy_is_no_way_around_the_guard(launch, http, upstream, host):
    """It is asked neither for a name that only it can resolve, nor for an address that is not allowed."""
    with ConnectProxy() as way:
        management = {"allowAddresses": ["192.0.2.7"]}
        with launch({}, proxy={"management": management}, environment={"HTTP_PROXY": way.url}) as proxy:
            config = {"url": f"http://{host}:{upstream.port}/mcp"}
            response = await Management(proxy, http).ask("POST", "", {"name": "far", "config": config})
            assert response.status_code >= 400, response.text
            assert "cannot be resolved" in response.text or "is not called" in response.text, response.text
            assert way.url not in response.text
            assert way.asked == []


@pytest.mark.parametrize("member", [{"proxy": "none"}, {"trustedCAFile": "/etc/passwd"}, {"insecureSkipVerify": True}])
async def test_who_adds_a_server_has_no_say_in_the_way_to_it(launch, http, member):
    """The keys are the operator's."""
    with launch({}) as proxy:
        config = {"url": "https://a.example/mcp", **member}
        body = {"name": "far", "config": config}
        problem = await Management(proxy, http).refused(422, "invalid-configuration", "POST", "", body)
        assert any("operator's own configuration only" in line for line in problem["problems"]), problem


@pytest.fixture(scope="module")
def strict(upstream, authority):
    """The port of the same server behind TLS that asks for a certificate of the authority."""
    with TLSFront(authority.certificate("localhost"), upstream.port, clients=authority.file) as front:
        yield front.port


def near(port, **settings):
    return {"url": f"https://localhost:{port}/mcp", "transportType": "streamable-http", **settings}


async def test_a_server_is_shown_the_certificate_that_it_asks_for(launch, http, strict, authority):
    """`clientCertificateFile` of one server, or of all; without it the server lets nobody in."""
    own = str(authority.certificate("proxy.example"))
    trusted = {"trustedCAFile": str(authority.file)}
    servers = {"far": near(strict, clientCertificateFile=own), "other": near(strict)}
    with launch(servers, ready=False, proxy=trusted) as proxy:
        await works(proxy, http)
        assert failure(proxy, "other")
    with launch({"far": near(strict)}, proxy={**trusted, "clientCertificateFile": own}) as proxy:
        await works(proxy, http)
    blind = near(strict, clientCertificateFile=own, insecureSkipVerify=True)
    with launch({"far": blind}) as proxy:
        await works(proxy, http)


async def test_what_is_added_over_the_api_is_not_shown_it(launch, http, strict, authority):
    """A caller of the API cannot reach in the proxy's name what asks for its certificate."""
    settings = {"trustedCAFile": str(authority.file), "clientCertificateFile": str(authority.certificate("proxy.example"))}
    with launch({"far": near(strict)}, proxy=settings) as proxy:
        api = Management(proxy, http)
        answer = await api.ask("POST", "", {"name": "added", "config": near(strict)})
        assert answer.status_code == 424 or "server-failed" in answer.text, answer.text


@pytest.mark.parametrize("content, words", [(None, "cannot be read"), ("chain", "no private key"), ("key", "no certificate")])
def test_a_certificate_of_our_own_that_cannot_be_used_is_named(launch, shell, strict, authority, directory, content, words):
    file = directory() / "own.pem"
    made = authority.issue("proxy.example")
    if content:
        file.write_text(getattr(made, content))
    servers = {"far": near(strict, clientCertificateFile=str(file), trustedCAFile=str(authority.file))}
    checked = shell.run("check", shell.write("config.json", {"mcpServers": servers}))
    assert "mcpServers.far.clientCertificateFile" in checked.stderr and words in checked.stderr
    with launch(servers, ready=False) as proxy:
        assert words in failure(proxy)
