"""What a service manager such as systemd is told over its socket (sd_notify): ready, alive, reloading, stopping."""

import os
import signal
import socket

import pytest

from support.fixture import stdio
from support.wait import eventually

SECONDS = 30


class Manager:
    """The socket of a service manager, and what came over it."""

    def __init__(self, address):
        self.messages = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(SECONDS)
        self._socket.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)

    def until(self, wanted):
        """Everything from now on up to a message with this line."""
        seen = []
        while not any(wanted in message for message in seen):
            seen.append(self._socket.recv(4096).decode().split("\n"))
        self.messages += seen
        return seen

    def close(self):
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def address(request, tmp_path):
    return str(tmp_path / "notify") if request.param == "path" else f"@mcp-proxy-test-{os.getpid()}"


@pytest.fixture
def manager(address):
    manager = Manager(address)
    yield manager
    manager.close()


def started(make_proxy, address, servers=None, **variables):
    proxy = make_proxy(servers or {"one": stdio()}, environment={"NOTIFY_SOCKET": address, **variables})
    return proxy.start()


def test_the_manager_hears_of_every_step(make_proxy, manager, address):
    """Ready once it listens, reloading and ready again around a reload, stopping when it is told to end."""
    proxy = started(make_proxy, address)
    manager.until("READY=1")
    assert proxy.readiness() is not None, "ready was told before anybody could connect"
    manager.until("STATUS=1 of 1 servers are ready")
    proxy.process.send_signal(signal.SIGHUP)
    (reloading,) = [message for message in manager.until("RELOADING=1") if "RELOADING=1" in message]
    assert any(line.startswith("MONOTONIC_USEC=") for line in reloading), reloading
    manager.until("READY=1")
    proxy.terminate()
    manager.until("STOPPING=1")
    assert proxy.wait_exit() == 0
    assert not any("WATCHDOG=1" in message for message in manager.messages), "nobody asked for that"


def test_a_watchdog_hears_that_it_is_alive_to_the_end(make_proxy, manager, address):
    """Again and again, and also while calls may finish; not from a process that was not meant."""
    proxy = started(make_proxy, address, WATCHDOG_USEC="200000")
    for _ in range(5):
        manager.until("WATCHDOG=1")
    proxy.process.send_signal(signal.SIGSTOP)
    proxy.process.send_signal(signal.SIGCONT)
    manager.until("WATCHDOG=1")
    proxy.terminate()
    manager.until("STOPPING=1")
    assert proxy.wait_exit() == 0


def test_a_watchdog_of_another_process_hears_nothing(make_proxy, manager, address):
    """WATCHDOG_PID names who is meant."""
    proxy = started(make_proxy, address, WATCHDOG_USEC="1000", WATCHDOG_PID="1")
    manager.until("STATUS=1 of 1 servers are ready")
    proxy.terminate()
    manager.until("STOPPING=1")
    assert proxy.wait_exit() == 0
    assert not any("WATCHDOG=1" in message for message in manager.messages), manager.messages


def test_servers_do_not_get_the_socket(make_proxy, manager, address, tmp_path):
    """It is the proxy's own: a server could say that the proxy is well."""
    entry, seen = stdio(), tmp_path / "environment"
    script = f'env > "{seen}"; exec "$0" "$@"'
    servers = {"one": {**entry, "command": "/bin/sh", "args": ["-c", script, entry["command"], *entry["args"]]}}
    proxy = started(make_proxy, address, servers, WATCHDOG_USEC="60000000")
    manager.until("STATUS=1 of 1 servers are ready")
    assert "PATH=" in seen.read_text()
    assert "NOTIFY_SOCKET" not in seen.read_text() and "WATCHDOG" not in seen.read_text()
    proxy.stop()


def test_a_socket_that_is_not_there_is_no_reason_not_to_serve(make_proxy, tmp_path):
    """It is told once in the log."""
    proxy = started(make_proxy, str(tmp_path / "nobody"), WATCHDOG_USEC="10000")
    proxy.wait_ready()
    eventually(lambda: "the service manager cannot be told" in proxy.stderr, "a line in the log")
    assert proxy.stderr.count("the service manager cannot be told") == 1
    proxy.stop()
