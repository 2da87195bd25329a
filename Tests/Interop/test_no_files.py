"""Directories, pipes and devices where a file or a program is named."""

import os
import socket
import threading

import pytest

SERVERS = {"mcpServers": {"a": {"command": "sh"}}}


def _made(shell, kind):
    """A path of that kind, below the home folder."""
    path = shell.home / kind
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind(str(path))
    else:
        path.symlink_to("/dev/null")
    return path


@pytest.mark.parametrize("kind", ["directory", "device", "socket"])
@pytest.mark.parametrize("command", [["check"], ["--config"], ["import"], ["list", "--config"]], ids=" ".join)
def test_what_is_no_file_is_said_to_be_what_it_is(shell, kind, command):
    """Neither is it waited for, nor is leave to read it asked for."""
    path = _made(shell, kind)
    said = shell.run(*command, path, status=1).stderr
    assert f"{path}: this is a {kind}, not a file. Name a file" in said
    assert kind != "directory" or f"such as {path}/config.json." in said


def test_a_directory_with_the_name_of_a_file_is_told_whose_doing_it_may_be(shell):
    """Docker makes one where the file to be mounted is missing."""
    directory = shell.home / "config.json"
    directory.mkdir()
    said = shell.run("--config", directory, status=1).stderr
    assert "this is a directory, not a file. Put the file in its place; Docker makes" in said


def test_a_pipe_that_nobody_writes_to_is_given_up(shell):
    """The message says what it is."""
    said = shell.run("check", _made(shell, "pipe"), status=1).stderr
    assert "this is a pipe, and nothing has come through it for 10 s. Name a file" in said


def test_a_configuration_may_come_through_a_pipe(shell):
    """As a shell's `<(…)` makes one."""
    file = shell.write("config.json", SERVERS)
    pipe = _made(shell, "pipe")
    writer = threading.Thread(target=lambda: pipe.write_bytes(file.read_bytes()))
    writer.start()
    assert shell.run("check", pipe).stdout == "the configuration is valid: a\n"
    writer.join()


def test_nothing_is_added_to_a_pipe(shell):
    """A file that is to be replaced has to be one."""
    file = shell.write("servers.json", SERVERS)
    said = shell.run("import", file, "--into", _made(shell, "pipe"), status=1).stderr
    assert "this is a pipe, not a file" in said


def test_check_says_what_stands_where_a_server_needs_a_program_or_a_directory(shell):
    """Each warning names what was found there and what to give instead."""
    servers = {
        "command": {"command": "/tmp"},
        "device": {"command": "/dev/null"},
        "cwd": {"command": "sh", "cwd": "/etc/passwd"},
        "certificates": {"url": "https://mcp.example/mcp", "trustedCAFile": str(_made(shell, "pipe"))},
    }
    said = shell.run("check", shell.write("config.json", {"mcpServers": servers})).stderr
    assert "/tmp is a directory, not a program; give the path of a program" in said
    assert "/dev/null is a device, not a program" in said
    assert "the working directory /etc/passwd is a file; name a directory" in said
    assert "is a pipe, not a file" in said


@pytest.mark.parametrize("kind", ["file", "device"])
def test_a_state_directory_that_is_none_is_told(shell, kind):
    """Leave to write it would not help."""
    config = shell.write("config.json", SERVERS)
    path = config if kind == "file" else _made(shell, kind)
    said = shell.run("--config", config, "--state-dir", path, status=1).stderr
    assert f"{path}: this is a {kind}, not a directory. Name a directory for --state-dir" in said
