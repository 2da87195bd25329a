"""A proxy that listens on a Unix socket."""

import os
import shutil
import socket
import stat
import subprocess
import uuid
from pathlib import Path

import httpx
import pytest

from support.fixture import stdio
from support.raw import http_client
from support.wait import eventually

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(directory):
    """A path that is short enough, whatever directory the tests have."""
    folder = Path("/tmp") / f"mcp-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    yield folder / "s.sock"
    shutil.rmtree(folder)


def on(path, **proxy):
    """What `launch` takes for a proxy on that socket."""
    return {"uds": path, "proxy": proxy}


def http_on(path):
    return http_client(transport=httpx.AsyncHTTPTransport(uds=str(path)))


async def test_a_client_speaks_over_the_socket(launch, path):
    """Whatever host it names that is this machine; a page that was led here by a name is refused as everywhere."""
    with launch({"echo": stdio()}, **on(path)) as proxy:
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        proxy.wait_output(f"listening on unix:{path}")
        async with http_on(path) as http:
            client = await proxy.client("echo", http).initialize()
            assert "pong" in await client.call_text("echo", {"text": "pong"})
            assert (await http.get("http://evil.example/readyz")).status_code == 403
            from_page = await http.get("http://localhost/readyz", headers={"Origin": "https://evil.example"})
            assert from_page.status_code == 403
    assert not path.exists(), "the file was left behind"


def test_the_host_may_be_left_out(launch, path):
    with launch({}, **on(path)):
        for host in (b"", b"Host:\r\n", b"Host: localhost\r\n"):
            with socket.socket(socket.AF_UNIX) as raw:
                raw.connect(str(path))
                raw.sendall(b"GET /healthz HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n")
                assert raw.recv(100).startswith(b"HTTP/1.1 200 ")


def test_curl_reaches_it(launch, path):
    if not shutil.which("curl"):
        pytest.skip("there is no curl here")
    with launch({}, **on(path)):
        asked = ["curl", "-sS", "--unix-socket", path, "http://localhost/readyz"]
        assert subprocess.run(asked, capture_output=True, check=True, timeout=20).stdout


def test_nothing_is_said_of_others_who_reach_it(launch, path):
    """It counts as this machine alone, where servers may go without a token."""
    with launch({"echo": stdio()}, **on(path)) as proxy:
        assert "WARNING" not in proxy.output


def test_a_stale_socket_is_replaced(launch, make_proxy, path):
    first = make_proxy({}, **on(path)).start()
    first.wait_listening()
    first.kill()
    assert path.exists()
    with launch({}, **on(path)) as proxy:
        assert proxy.readiness().status_code == 200


def test_a_socket_in_use_stays_with_its_owner(launch, make_proxy, path):
    with launch({}, **on(path)) as proxy:
        second = make_proxy({}, **on(path))
        assert second.run_to_end() == 1
        assert f"{path} is in use already" in second.stderr
        assert proxy.readiness().status_code == 200


def test_a_file_that_is_no_socket_is_left_alone(make_proxy, path):
    path.write_text("precious")
    proxy = make_proxy({}, **on(path))
    assert proxy.run_to_end() == 1
    assert "there is a file that is no socket; remove it" in proxy.stderr
    assert path.read_text() == "precious"


def test_a_path_of_200_bytes_is_refused_with_the_limit(make_proxy):
    long = "/tmp/" + "a" * 195
    proxy = make_proxy({}, **on(long))
    assert proxy.run_to_end() == 1
    assert "has 200 bytes, and a socket takes 103 at most" in proxy.stderr


def test_the_socket_of_another_proxy_is_not_removed(launch, path):
    """Somebody has replaced the file, and a proxy that ends leaves that alone."""
    with launch({}, **on(path)) as proxy:
        path.unlink()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(path))
            proxy.terminate()
            assert proxy.wait_exit() == 0
            assert path.exists()


def test_there_is_no_tls_on_a_socket(make_proxy, path):
    proxy = make_proxy({}, **on(path, tls={"certificateFile": "/x.pem"}))
    assert proxy.run_to_end() == 1
    assert "there is no TLS on a Unix socket" in proxy.stderr


def test_commands_reach_it_by_its_configuration_and_by_name(launch, path, shell):
    with launch({"echo": stdio()}, **on(path)) as proxy:
        for named in (["--config", proxy.file], ["--proxy", f"unix:{path}"]):
            assert "echo" in shell.run("list", *named).stdout
            assert "pong" in shell.run("call", "echo", "echo", *named, "text=pong").stdout
    gone = shell.run("list", "--proxy", f"unix:{path}", status=1)
    assert f"no proxy answers at unix:{path}" in gone.stderr


async def test_a_server_that_is_added_does_not_reach_the_proxy_itself(launch, path):
    """A server of the API may still be at public addresses and on this machine, which its programs reach anyway."""
    with launch({}, **on(path)) as proxy:
        async with http_on(path) as http:
            body = {"name": "near", "config": {"url": "http://127.0.0.1:1/mcp", "transportType": "streamable-http"}}
            answer = await http.post("http://localhost/api/servers", json=body)
            assert answer.status_code != 403, answer.text
            assert "still starting" not in answer.text


async def test_a_client_that_half_closes_gets_its_answer(launch, path):
    with launch({}, **on(path)):
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(str(path))
            raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            raw.shutdown(socket.SHUT_WR)
            assert raw.recv(100).startswith(b"HTTP/1.1 200 ")


def test_the_folder_of_the_socket_has_to_be_there(make_proxy, path):
    proxy = make_proxy({}, **on(path.parent / "no" / "s.sock"))
    assert proxy.run_to_end() == 1
    assert f"the folder {path.parent}/no of the socket cannot be used" in proxy.stderr
