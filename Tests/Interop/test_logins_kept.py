"""Logins outlive the proxy in its state directory, where nobody else can read them, and trouble there is said."""

import json
import os
import resource
import stat
import subprocess
import threading

import pytest

from support import secrets
from support.login import faults
from support.login.server import LoginServer
from support.login_bench import ROOMY, Place, Terminal
from support.protected_server import ProtectedServer
from support.robot_browser import Opener
from support.wait import eventually

KEY = "canary-key-of-the-state-directory-0123456789"
# More than a test logs.
LOG = 20_000


@pytest.fixture(scope="module")
def fixture(http_fixture):
    with http_fixture() as fixture:
        yield fixture


@pytest.fixture
def state(directory):
    return directory() / "state"


@pytest.fixture
def make(make_proxy, fixture, state):
    """Makes a place behind a proxy of its own that keeps its state, and is not started."""
    with LoginServer("/tenant") as login, ProtectedServer(fixture, login) as server:

        def made(kept=None, **environment):
            proxy = make_proxy({"docs": server.streamable()}, proxy={"management": ROOMY}, environment=environment)
            proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(kept or state)])
            return Place(proxy, "docs", login, server)

        made.login, made.server = login, server
        yield made


@pytest.fixture
def docs(make):
    """A place behind a running proxy."""
    place = make()
    started(place)
    yield place
    place.proxy.stop()
    place.check_requests()


def started(place):
    place.proxy.start().wait_ready()
    return place


def restarted(place):
    place.proxy.stop()
    return started(place)


def grants(state):
    return sorted(state.glob("grant-*"))


def everything_in(state):
    return b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file())


def secrets_of(login):
    """All that was given out there, shown, or could be used for anything."""
    forms = [asked.form for asked in login.record if asked.method == "POST"]
    verifiers = [form["code_verifier"] for form in forms if "code_verifier" in form]
    clients = [client.secret for client in login.clients.all if client.secret]
    return [*login.tokens.made(), *login.authorization.codes, *verifiers, *clients]


def test_a_restart_keeps_the_login_sealed(docs, state, browser):
    """The token is used on, and renewed on; files are the owner's alone and hold no byte of what is secret."""
    docs.login.auth_methods = ("client_secret_basic",)
    docs.logged_in(browser()).called()
    (kept,) = grants(state)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 and stat.S_IMODE(state.stat().st_mode) == 0o700
    restarted(docs).wait("ready").called()
    docs.login.tokens.expire()
    docs.called()
    restarted(docs).wait("ready").called()
    assert len(docs.login.logins) == len(docs.login.token_requests(grant_type="refresh_token")) == 1
    found = secrets_of(docs.login)
    assert len(found) >= 7
    told = everything_in(state) + docs.proxy.output.encode()
    assert secrets.found_in(told, found) == []
    for path in state.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_renewal_at_the_end_of_the_run_is_waited_for(docs, browser):
    """Also one that nobody waits for and that takes seconds: what it brings ends what is kept."""
    docs.login.token_changes = {"expires_in": 20}
    docs.logged_in(browser()).called()
    hold = docs.login.faults["/token"] = faults.Hold()
    # The last part of its life.
    eventually(lambda: docs.called() and hold.met, "the token is renewed", seconds=30)
    timer = threading.Timer(3, lambda: (docs.login.faults.clear(), hold.release()))
    timer.start()
    docs.login.token_changes = {}
    restarted(docs).wait("ready").called()
    assert len(docs.login.logins) == 1 and not any(grant.ended for grant in docs.login.tokens.grants)


def test_what_a_server_lists_is_read_with_a_login_that_was_kept(make_proxy, make, state, browser):
    """Where each caller has one of his own, and nobody has called yet."""
    token = "canary-token-of-ann-0123456789"
    proxy = make_proxy(
        {"docs": make.server.streamable(auth={"type": "oauth", "per": "principal"})},
        proxy={
            "clients": {
                "eve": {"tokens": ["canary-token-of-eve-0123456789"], "servers": ["*"]},
                "ann": {"tokens": [token], "servers": ["*"], "management": "read"},
            }
        },
    )
    proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(state)])
    docs = started(Place(proxy, "docs", make.login, make.server, token=token))
    answer = docs.call(token=token)
    secrets.remember(answer["error"]["data"]["url"].partition("ticket=")[2])
    assert "Logged in" in docs.log_in(browser(), answer["error"]["data"]["url"]).text
    for _ in range(2):
        docs.wait("ready")
        eventually(lambda: docs.entry.get("tools"), f"the tools of docs: {docs.entry}")
        restarted(docs)
    docs.proxy.stop()
    docs.check_requests()


def test_a_second_proxy_that_renews_the_same_logins_says_so(docs, make, state, browser):
    words = "another mcp-proxy runs with the same --state-dir"
    other = make()
    started(other)
    assert words not in other.proxy.output, "there is nothing to renew"
    other.proxy.stop()
    docs.logged_in(browser())
    started(other)
    assert words in other.proxy.output
    other.proxy.stop()
    restarted(docs)
    assert words not in docs.proxy.output


def test_a_logout_leaves_nothing(docs, state, browser):
    docs.logged_in(browser())
    assert docs.post("logout").status_code == 200
    assert grants(state) == []
    restarted(docs)
    assert docs.state == "login needed"


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "not-taken"])
def test_a_logout_gives_the_tokens_back_where_they_are_taken(docs, browser, taken):
    docs.login.revocation = True
    docs.logged_in(browser()).called()
    (grant,) = docs.login.tokens.grants
    if not taken:
        docs.login.faults["/revoke"] = faults.Status(503)
    assert docs.post("logout").status_code == 200 and docs.state == "login needed"
    asked = [request.form["token"] for request in docs.login.record.of("/tenant/revoke")]
    assert asked == ([grant.refresh[-1], docs.server.tokens[-1]] if taken else [grant.refresh[-1]])
    assert grant.ended == taken and ("could not be given back" in docs.proxy.output) != taken


def test_the_secret_of_a_client_that_was_added_stands_nowhere_as_it_is(docs, state, browser):
    """It is there again at the next start, under the same key alone."""
    name, secret = "wiki", "canary-secret-of-a-client-that-was-added"
    docs.login.add_client(
        "app", secret=secret, method="client_secret_basic", redirect_uris=[docs.proxy.url("/oauth/callback")]
    )
    wiki = Place(docs.proxy, name, docs.login, docs.server)
    wiki.add({"type": "oauth", "clientID": "app", "clientSecret": secret})
    wiki.logged_in(browser()).called()
    for _ in range(2):
        kept = everything_in(state)
        assert secrets.found_in(kept, [secret]) == [] and b'"sealed"' in kept
        restarted(docs)
        wiki.wait("ready").called()
    (state / "state.key").write_bytes(b"x" * 32)
    restarted(docs)
    assert name not in docs.ask("GET")["servers"]
    assert "its secrets cannot be read: it was sealed with another key" in docs.proxy.output
    # What stands in the place of a secret means nothing in what somebody sends.
    sealed = json.loads((state / "servers.json").read_text())["servers"][name]["config"]["auth"]["clientSecret"]
    body = {"name": "evil", "config": docs.server.streamable(auth={"clientID": "app", "clientSecret": sealed})}
    assert docs.send("POST", "", body).status_code == 422


def test_a_server_that_is_added_anew_is_logged_in_anew(docs, state, browser):
    """Whoever adds one of the same name and address later has not logged in."""
    added = Place(docs.proxy, "added", docs.login, docs.server)
    added.add()
    assert added.state == "login needed"
    added.logged_in(browser()).called()
    assert len(grants(state)) == 1
    added.ask("DELETE", "/added")
    assert grants(state) == []
    added.add()
    assert added.state == "login needed"


def test_what_has_ended_stays_ended(docs, browser):
    """A refresh that was refused for good is not tried again by the next start."""
    docs.logged_in(browser()).called()
    docs.login.tokens.revoke()
    docs.refused()
    docs.wait("login needed")
    restarted(docs).wait("login needed")
    assert len(docs.login.token_requests(grant_type="refresh_token")) == 1
    docs.logged_in(browser()).called()


def test_somebody_logs_in_before_the_proxy_is_started(make, state, tmp_path, browser):
    place = make()
    opener = Opener(tmp_path)
    process = Terminal(place.proxy, opener).begin("login", "docs", "--state-dir", state)
    assert "Logged in to docs" in browser().open(opener.wait_for_url()).text
    output, _ = Terminal(place.proxy).end(process)
    assert output == "logged in to docs; a proxy that is started with this --state-dir uses it\n"
    started(place).wait("ready").called()
    place.proxy.stop()
    Terminal(place.proxy).run("logout", "docs", "--state-dir", state)
    assert grants(state) == []
    _, errors = Terminal(place.proxy).run("logout", "docs", "--state-dir", state, status=1)
    assert "nobody is logged in" in errors


def test_without_a_proxy_and_a_directory_the_command_says_what_to_do(make):
    _, errors = Terminal(make().proxy).run("login", "docs", status=1)
    assert "--state-dir" in errors and "start it" in errors


def test_without_a_directory_a_login_counts_until_the_proxy_ends(make, browser):
    place = make()
    place.proxy.use_arguments(["--config", str(place.proxy.file)])
    started(place).logged_in(browser()).called()
    restarted(place)
    assert place.state == "login needed"
    place.proxy.stop()


# Keys


def test_a_key_of_the_environment_opens_what_it_has_sealed(make, state, browser):
    place = make(MCP_PROXY_STATE_KEY=KEY)
    started(place).logged_in(browser()).called()
    restarted(place).wait("ready")
    place.proxy.stop()
    assert secrets.found_in(everything_in(state) + place.proxy.output.encode(), [KEY]) == []


def test_what_another_key_has_sealed_is_said_and_kept(make, state, browser):
    """Somebody has to log in, unless the key comes back."""
    place = make(MCP_PROXY_STATE_KEY=KEY)
    started(place).logged_in(browser())
    place.proxy.stop()
    (kept,) = grants(state)
    content = kept.read_bytes()
    stranger = make()
    started(stranger).wait("login needed")
    said = stranger.proxy.output
    assert "was sealed with another key, or changed; set MCP_PROXY_STATE_KEY as it was" in said
    stranger.proxy.stop()
    assert kept.read_bytes() == content
    started(place).wait("ready").called()
    place.proxy.stop()


def test_a_key_that_can_be_guessed_is_refused(make):
    place = make(MCP_PROXY_STATE_KEY="short")
    assert place.proxy.run_to_end() == 1
    assert "MCP_PROXY_STATE_KEY" in place.proxy.output and "openssl rand -hex 32" in place.proxy.output


@pytest.mark.parametrize("damage", [
    lambda kept: kept[:-1], lambda kept: b"junk", lambda kept: b"x" * (2 << 20),
], ids=["short", "junk", "huge"])  # fmt: skip
def test_what_was_damaged_is_said(make, state, browser, damage):
    place = make()
    started(place).logged_in(browser())
    place.proxy.stop()
    (kept,) = grants(state)
    kept.write_bytes(damage(kept.read_bytes()))
    started(place).wait("login needed")
    assert "what was kept of a login cannot be read" in place.proxy.output, place.proxy.output
    place.logged_in(browser()).called()
    place.proxy.stop()


def test_the_grant_of_one_server_is_not_taken_for_that_of_another(make, state, browser):
    """Each is sealed for its own name."""
    place = make()
    place.proxy.rewrite({"docs": place.server.streamable(), "wiki": place.server.streamable()}, proxy={"management": ROOMY})
    started(place).logged_in(browser())
    (docs,) = grants(state)
    wiki = Place(place.proxy, "wiki", place.login, place.server)
    wiki.logged_in(browser())
    (other,) = [path for path in grants(state) if path != docs]
    place.proxy.stop()
    docs.write_bytes(other.read_bytes())
    started(place).wait("login needed")
    wiki.wait("ready").called()
    place.proxy.stop()


def test_a_login_is_for_the_address_at_which_it_began(make, fixture, browser):
    """The same name at another server: its authorization server's token is not shown there."""
    place = make()
    started(place).logged_in(browser()).called()
    with ProtectedServer(fixture, place.login) as elsewhere:
        place.proxy.rewrite({"docs": elsewhere.streamable()}, proxy={"management": ROOMY})
        restarted(place).wait("login needed")
        assert elsewhere.tokens == []
        place.proxy.stop()


def test_a_login_is_for_the_path_at_which_it_began(make, browser):
    """Servers of several people may be at one origin."""
    place = make()
    started(place).logged_in(browser()).called()
    seen = len(place.server.record)
    other = place.server.streamable(url=place.server.origin + "/mallory/mcp")
    place.proxy.rewrite({"docs": other}, proxy={"management": ROOMY})
    restarted(place)
    shown = [asked for asked in list(place.server.record)[seen:] if asked.path == "/mallory/mcp"]
    assert shown and all(asked.bearer is None for asked in shown)
    place.proxy.stop()


# Trouble on the disk

NOT_KEPT = "a login is not kept for the next start, and counts until this run ends"


def fill_disk(proxy):
    """From now on no file of the proxy can grow beyond what a log has: what a full disk does, and root does not get past."""
    resource.prlimit(proxy.pid, resource.RLIMIT_FSIZE, (LOG, resource.RLIM_INFINITY))


def empty_disk(proxy):
    resource.prlimit(proxy.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class Disk:
    """The directory as a disk of its own, which can be made read-only, for root as well."""

    def __init__(self, state):
        self.state = state
        self._is_root = os.geteuid() == 0

    def __enter__(self):
        self.state.mkdir(0o700)
        if self._is_root and not self._mount("--bind", self.state):
            pytest.skip("root has to be allowed to mount")
        return self

    def __exit__(self, *_):
        self.protect(False)
        if self._is_root:
            subprocess.run(["umount", self.state], check=True)

    def protect(self, on=True):
        if self._is_root:
            assert self._mount("-o", f"remount,bind,{'ro' if on else 'rw'}")
        else:
            self.state.chmod(0o500 if on else 0o700)

    def _mount(self, *arguments):
        return subprocess.run(["mount", *arguments, self.state], capture_output=True).returncode == 0


def test_on_a_full_disk_a_renewal_counts_for_now_and_that_is_said(make, state, browser):
    """Once there is room the next one is kept. What was kept before stays whole."""
    place = make()
    place.login.refresh_padding = 2 * LOG
    place.login.token_changes = {"expires_in": 0}
    started(place).logged_in(browser()).called()
    (kept,) = grants(state)
    fill_disk(place.proxy)
    place.called()
    # What was being written before the disk was full is written by now: one renewal after the other.
    assert NOT_KEPT in place.proxy.output
    before = kept.read_bytes()
    place.called()
    assert kept.read_bytes() == before and grants(state) == [kept]
    empty_disk(place.proxy)
    place.called()
    assert kept.read_bytes() != before
    restarted(place).wait("ready").called()
    place.proxy.stop()
    assert not any(grant.ended for grant in place.login.tokens.grants)


def test_on_a_full_disk_somebody_can_log_in(make, state, browser):
    place = make()
    place.login.refresh_padding = 2 * LOG
    started(place)
    fill_disk(place.proxy)
    place.logged_in(browser()).called()
    assert NOT_KEPT in place.proxy.output and grants(state) == []
    place.proxy.stop()


def test_in_a_directory_that_is_read_only_logins_count_for_now(make, state, browser):
    place = make()
    with Disk(state) as disk:
        started(place).logged_in(browser()).called()
        (kept,) = grants(state)
        before = kept.read_bytes()
        disk.protect()
        place.login.tokens.expire()
        place.called()
        assert NOT_KEPT in place.proxy.output
        refused = place.post("logout")
        assert refused.status_code == 507 and "cannot be removed" in refused.text, refused.text
        place.wait("login needed").refused()
        assert kept.read_bytes() == before
        disk.protect(False)
        again = place.post("logout")
        assert again.status_code == 409 and "nobody is logged in" in again.text, again.text
        assert grants(state) == []
        place.proxy.stop()
