"""A proxy that serves https:// itself: its certificate, those of its clients, and what goes wrong with either."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import ssl

import httpx
import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.authority import DAY, Authority, new_key
from support.fixture import stdio
from support.raw import ACCEPT, call_body, http_client, initialize_body
from support.wait import eventually

pytestmark = pytest.mark.anyio

HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def authority(directory):
    return Authority(directory())


@pytest.fixture
def files(directory, authority):
    """A folder with the certificate and the key of a proxy."""
    folder = directory()
    put(folder, authority.issue(HOST))
    return folder


def put(folder, certificate, key=None):
    """Replaces both files, the key first, as renewals do."""
    for name, text in (("tls.key", key or certificate.key), ("tls.crt", certificate.chain)):
        fresh = folder / f"{name}.new"
        fresh.touch(0o600)
        fresh.write_text(text)
        fresh.rename(folder / name)


def settings(folder, authority, *, proxy=None, **tls):
    """What `launch` takes for a proxy with the certificate in a folder."""
    keys = {"certificateFile": str(folder / "tls.crt"), "keyFile": str(folder / "tls.key"), **tls}
    return {"proxy": {"tls": keys, **(proxy or {})}, "trust": trusting(authority)}


def trusting(authority, certificate=None):
    """What a client believes, and what it shows."""
    context = ssl.create_default_context(cafile=str(authority.file))
    if certificate:
        context.load_cert_chain(certificate)
    return context


def shown(proxy, authority):
    """The certificate that a new client is shown."""
    with socket.create_connection((HOST, proxy.port), timeout=10) as plain:
        with trusting(authority).wrap_socket(plain, server_hostname=HOST) as secure:
            return ssl.DER_cert_to_PEM_cert(secure.getpeercert(binary_form=True))


async def test_a_client_speaks_https(launch, files, authority):
    """TLS 1.2 and 1.3 are spoken, HTTP/1.1 is agreed on, and addresses are shown with https://."""
    with launch({"echo": stdio()}, **settings(files, authority)) as proxy:
        async with http_client(verify=proxy.trust) as http:
            client = await proxy.client("echo", http).initialize()
            assert "pong" in await client.call_text("echo", {"text": "pong"})
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = trusting(authority)
            context.minimum_version = context.maximum_version = version
            context.set_alpn_protocols(["h2", "http/1.1"])
            with socket.create_connection((HOST, proxy.port)) as plain:
                with context.wrap_socket(plain, server_hostname=HOST) as secure:
                    assert secure.selected_alpn_protocol() == "http/1.1"
        proxy.wait_output(f"serving https://{HOST}:{proxy.port}")


def test_clients_are_told_of_https_where_they_come_by_a_token(launch, files, authority):
    """Also where no address is configured, and the one counts that they have called."""
    general = {
        "baseURL": "",
        "identity": {"issuers": [{"issuer": "https://login.example", "audience": "x", "jwksURL": "https://login.example/k"}]},
        "clients": {"staff": {"match": {"issuer": "https://login.example"}, "servers": ["*"]}},
    }
    with launch({"echo": stdio()}, ready=False, **settings(files, authority, proxy=general)) as proxy:
        with proxy.visitor() as visitor:
            told = visitor.get(proxy.url("/.well-known/oauth-protected-resource/echo/mcp")).json()
            assert told["resource"] == f"https://{HOST}:{proxy.port}/echo/mcp"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_versions_before_1_2_are_refused(launch, files, authority):
    with launch({}, **settings(files, authority)) as proxy:
        context = trusting(authority)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        with socket.create_connection((HOST, proxy.port)) as plain, pytest.raises(ssl.SSLError):
            context.wrap_socket(plain, server_hostname=HOST)


def test_who_speaks_plain_http_is_told_to_use_https(launch, files, authority):
    with launch({}, **settings(files, authority)) as proxy:
        answer = httpx.get(f"http://{HOST}:{proxy.port}/readyz")
        assert answer.status_code == 400
        assert "use https://" in answer.text


def test_who_speaks_something_else_is_not_answered(launch, files, authority):
    with launch({}, **settings(files, authority)) as proxy:
        with socket.create_connection((HOST, proxy.port), timeout=10) as plain:
            plain.sendall(b"\x00\x01\x02\x03")
            assert plain.recv(100) == b""


def test_a_handshake_that_never_ends_takes_no_longer_than_a_head(launch, files, authority):
    """Nor does one that never begins."""
    limits = {"headerTimeout": "1s"}
    with launch({}, limits=limits, **settings(files, authority)) as proxy:
        for beginning in (b"", b"\x16\x03\x01\x02\x00\x01"):
            with socket.create_connection((HOST, proxy.port), timeout=20) as plain:
                plain.sendall(beginning)
                assert plain.recv(100) == b""


def test_a_client_that_ends_its_side_gets_its_answer(launch, files, authority, directory):
    """Without a farewell, as clients do that are in a hurry; what it has sent is complete."""
    gate = directory() / "gate"
    body = call_body("hold", {"file": str(gate)})
    head = f"POST /echo/mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: {ACCEPT}\r\n"
    with launch({"echo": stdio()}, **settings(files, authority)) as proxy:
        with socket.create_connection((HOST, proxy.port), timeout=30) as plain:
            with trusting(authority).wrap_socket(plain, server_hostname=HOST) as secure:
                secure.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
                with socket.socket(fileno=os.dup(secure.fileno())) as beneath:
                    beneath.shutdown(socket.SHUT_WR)
                # The proxy has seen it, and shows the client that it is still there.
                received = secure.recv(1000)
                assert received.startswith(b"HTTP/1.1 ")
                gate.touch()
                while chunk := secure.recv(10_000):
                    received += chunk
                assert b"HTTP/1.1 200 " in received and b'"result"' in received


def test_an_unfinished_handshake_counts_as_a_connection(launch, files, authority):
    """Until it ends, nobody else of that address comes in."""
    with launch({}, ready=False, limits={"maxConnectionsPerAddress": 2}, **settings(files, authority)) as proxy:

        def shuts_others_out():
            with contextlib.ExitStack() as held:
                # One of them is refused itself while an earlier visitor has not gone altogether.
                for beginning in (b"", b"\x16\x03\x01\x02\x00\x01"):
                    waiting = held.enter_context(socket.create_connection((HOST, proxy.port), timeout=10))
                    with contextlib.suppress(OSError):
                        waiting.sendall(beginning)
                return all(proxy.readiness() is None for _ in range(3))

        eventually(shuts_others_out, "others to be refused")
        eventually(lambda: proxy.readiness() is not None, "others to come in again")


def test_failed_handshakes_leave_nothing_behind(launch, files, authority):
    """No line in the log, and no connection."""
    with launch({}, **settings(files, authority)) as proxy:
        before = proxy.stderr
        open_files = eventually(lambda: len(os.listdir(f"/proc/{proxy.pid}/fd")), "the open files to be counted")
        for _ in range(50):
            with socket.create_connection((HOST, proxy.port)) as plain, contextlib.suppress(OSError):
                ssl.create_default_context(cafile=str(authority.file)).wrap_socket(plain, server_hostname="other.example")
        assert proxy.readiness().status_code == 200
        assert proxy.stderr == before
        eventually(
            lambda: len(os.listdir(f"/proc/{proxy.pid}/fd")) <= open_files + 1, "every connection to be closed"
        )


# What stops the start


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda folder, authority: (folder / "tls.crt").unlink(), "tls.crt\" is not there"),
        (lambda folder, authority: (folder / "tls.crt").write_text(""), "tls.crt\" holds no certificate in PEM"),
        (lambda folder, authority: (folder / "tls.key").write_text("x"), "tls.key\" holds no private key in PEM"),
        (
            lambda folder, authority: (folder / "tls.key").write_text(new_key()),
            "tls.key\" holds another key than that of the certificate",
        ),
        (
            lambda folder, authority: (folder / "tls.key").write_text(authority.issue(HOST).locked_key(b"secret")),
            "openssl pkey -in",
        ),
        (lambda folder, authority: put(folder, authority.issue(HOST, seconds=-60)), "that has expired (it ended 20"),
        (lambda folder, authority: ((folder / "tls.key").unlink(), (folder / "tls.key").mkdir()), "is a directory"),
    ],
)
def test_what_cannot_be_used_stops_the_start(make_proxy, files, authority, spoil, words):
    """The message names the file, the reason and what to do; check says the same, and forgives only what may lie elsewhere."""
    spoil(files, authority)
    proxy = make_proxy({}, **settings(files, authority))
    assert proxy.run_to_end() == 1
    assert words in proxy.stderr, proxy.stderr
    proxy.use_arguments(["check", str(proxy.file)])
    assert proxy.run_to_end() == (0 if words.endswith(("is not there", "is a directory")) else 1)
    assert proxy.stderr.count(words) == 2, proxy.stderr


def test_a_key_that_all_can_read_is_told(launch, files, authority):
    (files / "tls.key").chmod(0o644)
    with launch({}, **settings(files, authority)) as proxy:
        proxy.wait_output("tls.key\" can be read by every user of this machine")


def test_a_file_without_an_authority_of_clients_stops_the_start(make_proxy, files, authority, directory):
    """So does check: every client would be refused."""
    client = authority.issue("client.example")
    for text in ("", client.key, client.chain):
        file = directory() / "none.pem"
        file.write_text(text)
        proxy = make_proxy({}, **settings(files, authority, clientCAFile=str(file)))
        assert proxy.run_to_end() == 1
        proxy.use_arguments(["check", str(proxy.file)])
        assert proxy.run_to_end() == 1
        assert proxy.stderr.count("holds no certificate of an authority") == 2, proxy.stderr


# Certificates come and go


async def test_a_certificate_is_rotated_under_load_without_a_failed_request(launch, files, authority):
    """Twenty clients call all the while, on connections that stay and on new ones."""
    with launch({"echo": stdio()}, **settings(files, authority)) as proxy:
        first = shown(proxy, authority)
        rotated = asyncio.Event()
        served = 0

        async def visit(stays):
            nonlocal served
            async with http_client(verify=proxy.trust) as http:
                client = await proxy.client("echo", http).initialize()
                left = 3
                while left:
                    if stays:
                        assert "pong" in await client.call_text("echo", {"text": "pong"})
                    else:
                        async with http_client(verify=proxy.trust) as fresh:
                            assert (await fresh.get(proxy.url("/readyz"))).status_code == 200
                    served += 1
                    if rotated.is_set():
                        left -= 1

        async def rotate():
            put(files, authority.issue(HOST))
            while await asyncio.to_thread(shown, proxy, authority) == first:
                await asyncio.sleep(0.05)
            rotated.set()

        async with asyncio.timeout(60):
            await asyncio.gather(rotate(), *(visit(number % 2 == 0) for number in range(20)))
        assert served >= 60
        proxy.wait_output("clients are shown a new certificate")


def test_a_new_certificate_that_cannot_be_used_leaves_the_old_one(launch, files, authority):
    """What is wrong is told once, and one that can be used is taken again."""
    with launch({}, **settings(files, authority)) as proxy:
        first = shown(proxy, authority)
        put(files, authority.issue(HOST), key=new_key())
        proxy.wait_output("holds another key than that of the certificate")
        assert shown(proxy, authority) == first
        put(files, authority.issue(HOST, seconds=-60))
        proxy.wait_output("that has expired")
        assert shown(proxy, authority) == first
        (files / "tls.crt").write_text("")
        proxy.wait_output("holds no certificate in PEM")
        assert shown(proxy, authority) == first
        assert proxy.stderr.count("the one before stays") == 3, proxy.stderr
        last = authority.issue(HOST)
        put(files, last)
        eventually(lambda: shown(proxy, authority) == last.chain, "the new certificate to be shown")


def test_an_open_connection_outlives_its_certificate(launch, files, authority):
    with launch({}, **settings(files, authority)) as proxy, proxy.visitor() as visitor:
        assert visitor.get(proxy.url("/readyz")).status_code == 200
        last = authority.issue(HOST)
        put(files, last)
        eventually(lambda: shown(proxy, authority) == last.chain, "the new certificate to be shown")
        [connection] = visitor._transport._pool.connections
        assert visitor.get(proxy.url("/readyz")).status_code == 200
        assert visitor._transport._pool.connections == [connection], "it was opened again"


def test_a_command_waits_until_a_certificate_is_shown_that_has_just_been_renewed(launch, files, authority, shell):
    """So that a program that renews it may call `mcp-proxy reload` at once."""
    with launch({}, **settings(files, authority)) as proxy:
        last = authority.issue(HOST)
        put(files, last)
        shell.run("reload", "--config", proxy.file)
        assert shown(proxy, authority) == last.chain


def test_sighup_reads_the_certificate_again(launch, files, authority):
    """Although the configuration itself cannot be used any more."""
    with launch({}, **settings(files, authority)) as proxy:
        proxy.file.write_text("nonsense")
        put(files, authority.issue(HOST), key=new_key())
        proxy.process.send_signal(signal.SIGHUP)
        proxy.wait_output("the one before stays")


def test_a_certificate_that_ends_soon_is_told_once(launch, files, authority, shell):
    put(files, authority.issue(HOST, seconds=3 * DAY))
    with launch({}, **settings(files, authority)) as proxy:
        proxy.wait_output("(mcpProxy.tls) ends 20")
        assert proxy.stderr.count("renew it") == 1
        assert "(mcpProxy.tls) ends 20" in shell.run("check", proxy.file).stderr


def test_a_certificate_that_expires_while_it_serves_is_told(launch, files, authority):
    """Whoever still believes it is served."""
    put(files, authority.issue(HOST, seconds=10))
    with launch({}, ready=False, **settings(files, authority)) as proxy:
        proxy.wait_output("has ended 20")
        blind = ssl.create_default_context()
        blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
        assert httpx.get(proxy.url("/readyz"), verify=blind).status_code == 200
        assert proxy.stderr.count("has ended 20") == 1


# Clients with certificates


@pytest.fixture
def guarded(launch, files, authority):
    """A proxy whose clients show a certificate or a token."""
    servers = {"echo": stdio()}
    made = settings(files, authority, clientCAFile=str(authority.file))
    with launch(servers, options={"authTokens": ["secret"]}, **made) as proxy:
        yield proxy


async def test_a_client_without_a_certificate_needs_a_token(guarded):
    async with http_client(verify=guarded.trust) as http:
        assert (await guarded.client("echo", http).post(initialize_body())).status_code == 401
        client = guarded.client("echo", http, headers={"Authorization": "Bearer secret"})
        assert "pong" in await (await client.initialize()).call_text("echo", {"text": "pong"})


async def test_a_client_may_show_a_certificate_of_our_authority(guarded, authority, directory):
    own = authority.issue("laptop.example", subject="CN=laptop").write(directory() / "own.pem")
    async with http_client(verify=trusting(authority, own)) as http:
        assert (await http.get(guarded.url("/healthz"))).status_code == 200


@pytest.mark.parametrize("kind", ["expired", "foreign", "for servers"])
async def test_another_certificate_ends_the_handshake(guarded, authority, directory, kind):
    folder = directory()
    if kind == "expired":
        shown_one = authority.issue("laptop.example", seconds=-60)
    elif kind == "for servers":
        shown_one = authority.issue("laptop.example", usage=ExtendedKeyUsageOID.SERVER_AUTH)
    else:
        shown_one = Authority(folder).issue("laptop.example")
    own = shown_one.write(folder / "own.pem")
    # Of TLS 1.3 a client hears after its own handshake.
    with pytest.raises((httpx.TransportError, ssl.SSLError)):
        async with http_client(verify=trusting(authority, own)) as http:
            await http.get(guarded.url("/healthz"))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_session_is_not_taken_up_again_after_its_certificate_has_ended(guarded, authority, directory, version):
    """As long as it is in force a session is taken up again; that shows that the client could."""
    own = authority.issue("laptop.example", seconds=12).write(directory() / "own.pem")
    context = trusting(authority, own)
    context.minimum_version = context.maximum_version = version
    session = None
    resumed = 0

    def is_served():
        nonlocal session, resumed
        with contextlib.suppress(OSError), socket.create_connection((HOST, guarded.port), timeout=10) as plain:
            with context.wrap_socket(plain, server_hostname=HOST, session=session) as secure:
                resumed += secure.session_reused
                secure.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                answer = secure.recv(100)
                # The ticket of TLS 1.3 has come with the answer.
                session = secure.session
                return answer.startswith(b"HTTP/1.1 200 ")
        return False

    assert is_served() and is_served()
    assert resumed == 1
    eventually(lambda: not is_served(), "the client to be refused")


# Commands


def test_commands_reach_a_proxy_with_a_certificate_of_its_own(launch, files, authority, shell):
    """They believe the certificate that the configuration names, whatever name is on it."""
    put(files, authority.issue("mcp.example.com"))
    made = {**settings(files, authority), "trust": unnamed(authority)}
    with launch({"echo": stdio()}, **made) as proxy:
        assert "echo" in shell.run("list", "--config", proxy.file).stdout
        called = shell.run("call", "echo", "echo", "--config", proxy.file, "text=pong")
        assert "pong" in called.stdout


def test_commands_do_not_believe_another_certificate(launch, files, authority, shell):
    with launch({}, **settings(files, authority)) as proxy:
        elsewhere = shell.home / "elsewhere"
        shutil.copytree(files, elsewhere)
        put(elsewhere, authority.issue(HOST))
        other = shell.write("other.json", proxy.file.read_text().replace(str(files), str(elsewhere)))
        assert "another TLS certificate" in shell.run("list", "--config", other, status=1).stderr


def test_a_named_proxy_is_believed_by_its_authority(launch, files, authority, shell):
    with launch({}, **settings(files, authority)) as proxy:
        assert "SSL_CERT_FILE" in shell.run("list", "--proxy", proxy.base, status=1).stderr
        shell.run("list", "--proxy", proxy.base, SSL_CERT_FILE=str(authority.file))


@pytest.mark.parametrize("command", [["list"], ["call", "echo", "echo"], ["logs", "echo"], ["reload"]])
def test_a_file_of_authorities_that_cannot_be_used_is_named(launch, files, authority, shell, command):
    """A proxy that could not be asked for that is not said to be away."""
    empty = shell.write("empty.pem", "")
    with launch({}, **settings(files, authority)) as proxy:
        for file, words in (("/nowhere/ca.pem", "cannot be read"), (empty, "holds no certificate in PEM")):
            done = shell.run(*command, "--proxy", proxy.base, status=1, SSL_CERT_FILE=str(file))
            assert f'SSL_CERT_FILE "{file}" {words}' in done.stderr
            assert "no proxy answers" not in done.stderr


def test_a_command_that_speaks_plain_http_is_told_to_use_https(launch, files, authority, shell):
    with launch({}, **settings(files, authority)) as proxy:
        for command in (["list"], ["logs", "echo"]):
            done = shell.run(*command, "--proxy", proxy.base.replace("https://", "http://"), status=1)
            assert "use https:// in place of http://" in done.stderr


def unnamed(authority):
    context = trusting(authority)
    context.check_hostname = False
    return context
