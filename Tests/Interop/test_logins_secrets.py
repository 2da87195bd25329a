"""No byte of what belongs to a login gets out: the whole life of one, and a search over all that came of it."""

import contextlib
import subprocess

import pytest

from support import processes, secrets
from support.login import faults
from support.login.server import LoginServer
from support.login_bench import ROOMY, Place, Terminal
from support.protected_server import ProtectedServer
from support.robot_browser import Opener

OWN_SECRET = "canary-secret-of-a-client-that-is-known"


@pytest.fixture
def fixture(http_fixture):
    with http_fixture() as fixture:
        yield fixture


class Life:
    """A proxy that logs everything, with two servers: one at which it registers, one at which it is known."""

    def __init__(self, make_proxy, fixture, state, stack):
        self.login = stack.enter_context(LoginServer("/tenant", auth_methods=("client_secret_post",)))
        self.other = stack.enter_context(LoginServer("/other"))
        self.servers = [
            stack.enter_context(ProtectedServer(fixture, login, scope="openid")) for login in (self.login, self.other)
        ]
        auth = {"type": "oauth", "clientID": "app", "clientSecret": OWN_SECRET}
        entries = {"docs": self.servers[0].streamable(), "wiki": self.servers[1].streamable(auth=auth)}
        self.proxy = make_proxy(entries, proxy={"management": ROOMY})
        self.state = state
        self.proxy.use_arguments(["--config", str(self.proxy.file), "--state-dir", str(state), "--log-level", "debug"])
        self.other.add_client(
            "app", secret=OWN_SECRET, method="client_secret_basic", redirect_uris=[self.proxy.url("/oauth/callback")]
        )
        self.docs = Place(self.proxy, "docs", self.login, self.servers[0])
        self.wiki = Place(self.proxy, "wiki", self.other, self.servers[1])
        self.seen = []

    def secrets(self):
        found = [OWN_SECRET]
        for login in (self.login, self.other):
            forms = [asked.form for asked in login.record if asked.method == "POST"]
            found += [form["code_verifier"] for form in forms if "code_verifier" in form]
            found += [client.secret for client in login.clients.all if client.secret]
            found += [*login.tokens.made(), *login.authorization.codes]
        return found

    def look_around(self):
        """Keeps what the proxy tells whoever asks, and the command lines of all processes of this machine."""
        with self.proxy.visitor() as visitor:
            for path in ["/readyz", "/healthz", "/metrics", "/", "/api/servers", "/api/servers/docs", "/api/servers/docs/logs",
                         "/api/servers/wiki", "/api/openapi.json", "/oauth/login/docs", "/oauth/login/wiki"]:  # fmt: skip
                self.seen.append(f"{path} {visitor.get(self.proxy.url(path)).text}")
        self.seen.append(subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout)
        self.seen.append(str(processes.marked(self.proxy.run)))


def test_nothing_of_a_login_gets_out(make_proxy, fixture, directory, tmp_path, browser):
    with contextlib.ExitStack() as stack:
        life = Life(make_proxy, fixture, directory() / "state", stack)
        proxy, opener = life.proxy, Opener(tmp_path)
        proxy.start().wait_ready()
        # Logins: with the command, in the browser, refused, and with an answer of the authorization server that says too much.
        process = Terminal(proxy, opener).begin("login", "docs")
        address = opener.wait_for_url()
        life.look_around()
        assert "Logged in" in browser().open(address).text
        life.seen += Terminal(proxy).end(process)
        life.wiki.logged_in(browser())
        for place in (life.docs, life.wiki):
            life.seen.append(str(place.called()))
        # Renewals, also such that fail, with words in which the authorization server says the token that it was shown.
        for login in (life.login, life.other):
            login.tokens.expire()
        life.docs.called()
        shown = life.login.tokens.made()[-1]
        life.other.faults["/token"] = faults.Error("invalid_grant", f"the token {life.other.tokens.made()[1]} is not good")
        life.seen.append(str(life.wiki.call()))
        life.look_around()
        life.seen += Terminal(proxy).run("list")
        life.seen += Terminal(proxy).run("logs", "docs")
        life.seen += Terminal(proxy).run("logs", "wiki")
        proxy.stop()
        found = life.secrets()
        assert shown in found and len(found) > 10
        kept = b"".join(path.read_bytes() for path in life.state.rglob("*") if path.is_file())
        assert secrets.found_in(kept, found) == []
        assert secrets.found_in(proxy.output, found) == []
        for text in life.seen:
            assert secrets.found_in(text, found) == [], text
        # Requests: each secret went to its own server, and to the fixtures behind the locks none.
        assert secrets.found_in(fixture.ledger.raw_bytes(), found) == []
        life.docs.check_requests()
        life.wiki.check_requests()
        assert life.login.record.holding(OWN_SECRET) == life.servers[0].record.holding(OWN_SECRET) == []
        assert life.servers[1].record.holding(OWN_SECRET) == []
