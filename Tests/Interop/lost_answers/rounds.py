"""The proxy is killed between the answer to a refresh and its storing, as often as wanted, and no login is lost."""

import contextlib
import os
import time

import httpx

from support.login import faults
from support.login.server import LoginServer
from support.login_bench import ROOMY, SECONDS, Place
from support.protected_server import ProtectedServer

# For how long storing may not have begun, in seconds, before the proxy is killed all the same.
PATIENCE = 0.2


class Killings:
    """A server to which somebody is logged in, behind a proxy that dies at each renewal."""

    def __init__(self, make_proxy, fixture, state):
        self._fixture = fixture
        self._make_proxy = make_proxy
        self._state = state
        self.place = None

    def run(self, rounds, browser, told=lambda number: None):
        """Fails where somebody would have to log in again, or where the proxy does not start."""
        with LoginServer("/tenant", forgives_lost_answers=True) as login, ProtectedServer(self._fixture, login) as server:
            proxy = self._make_proxy({"docs": server.streamable()}, proxy={"management": ROOMY})
            proxy.use_arguments(["--config", str(proxy.file), "--state-dir", str(self._state)])
            self.place = Place(proxy, "docs", login, server)
            proxy.start().wait_ready()
            self.place.logged_in(browser).called()
            # Every request is one for which a token is needed.
            login.token_changes = {"expires_in": 0}
            login.tokens.expire()
            self.place.called()
            for number in range(rounds):
                self._round(self.kill if number % 2 else self.kill_while_it_is_stored)
                told(number + 1)
            proxy.stop()
            self.place.check_requests()

    @property
    def lost(self):
        """How many answers were lost: the refresh token for which they came has come again."""
        shown = [form["refresh_token"] for form in self.place.login.token_requests(grant_type="refresh_token")]
        return len(shown) - len(set(shown))

    def kill(self):
        self.place.proxy.kill()

    def kill_while_it_is_stored(self):
        """As soon as something changes in the directory."""
        before, end = self._look(), time.monotonic() + PATIENCE
        while self._look() == before and time.monotonic() < end:
            pass
        self.kill()

    def _look(self):
        """Names alone would not show that a file has taken the place of another one."""
        return os.stat(self._state).st_mtime_ns, sorted(os.listdir(self._state))

    def _round(self, kill):
        place, login = self.place, self.place.login
        login.faults["/token"] = fault = faults.Then(kill, times=1)
        end = time.monotonic() + SECONDS
        # A call may find a renewal that was under way before.
        while place.proxy.process.poll() is None:
            assert time.monotonic() < end, f"no call has made the proxy renew its token within {SECONDS} s"
            # Whoever calls is cut off, or finds nobody.
            with contextlib.suppress(httpx.TransportError):
                place.call()
        assert fault.met == 1
        login.faults.clear()
        place.proxy.start().wait_ready()
        place.wait("ready").called()
        (grant,) = login.tokens.grants
        assert not grant.ended and len(login.logins) == 1
