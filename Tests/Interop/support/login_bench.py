"""One proxy for many tests of logins: each brings a server that wants one, with an authorization server of its own.

    with bench.place(iss="wrong") as docs:
        page = docs.log_in(browser())
        docs.wait("login needed")
"""

import contextlib
import itertools
import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

from support import secrets
from support.envelope import modern_call, modern_headers
from support.login.server import LoginServer
from support.processes import MARK
from support.protected_server import ProtectedServer
from support.raw import only_answer
from support.wait import eventually

SECONDS = 30
GIVEN_OUT = re.compile(r"canary-(?:access|refresh|code|secret)-[0-9a-f]{24,}")
# Nothing in a test is as slow as a person.
ROOMY = {"maxChangesPerMinute": 1_000_000}


class LoginBench:
    """Servers come and go over the management API of one proxy, which asks nobody who he is."""

    def __init__(self, proxy, fixture):
        self.proxy = proxy
        self.fixture = fixture
        self._numbers = itertools.count(1)

    @contextlib.contextmanager
    def place(self, auth=None, path="/tenant", lock=None, transport="streamable-http", **switches):
        """A server of its own for a test. `lock` is how it is protected, and the rest how one logs in."""
        with LoginServer(path, **switches) as login, ProtectedServer(self.fixture, login, **(lock or {})) as server:
            with self.standing(login, server, auth, transport) as place:
                yield place

    @contextlib.contextmanager
    def standing(self, login, server, auth=None, transport="streamable-http"):
        """A server behind the proxy, until the end of the block."""
        place = Place(self.proxy, f"docs-{next(self._numbers)}", login, server)
        place.add(auth, transport)
        try:
            yield place
        finally:
            place.ask("DELETE", f"/{place.name}")
        place.check_requests()


class Place:
    """A server that wants a login, as it stands behind a proxy."""

    def __init__(self, proxy, name, login, server, token=None):
        self.proxy = proxy
        self.name = name
        self.login = login
        self.server = server
        # Where one may log in, in the course of a test.
        self.logins = [login]
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    # The management API

    def add(self, auth=None, transport="streamable-http"):
        url = self.server.sse_url if transport == "sse" else self.server.mcp_url
        given = {"url": url, "transportType": transport, "auth": auth}
        config = {key: value for key, value in given.items() if value is not None}
        return self.ask("POST", "", {"name": self.name, "config": config}, 201)

    def send(self, method, path="", body=None):
        """The response to a request below `/api/servers`."""
        with self.proxy.visitor(headers=self._headers, timeout=SECONDS) as visitor:
            response = visitor.request(method, self.proxy.url(f"/api/servers{path}"), json=body)
        secrets.check(response.content, f"the answer to {method} {path}")
        return response

    def ask(self, method, path="", body=None, status=200):
        """The answer to a request that is carried out."""
        response = self.send(method, path, body)
        assert response.status_code == status, f"{method} {path}: {response.status_code} {response.text}"
        return response.json()

    def post(self, action, body=None):
        """The response to `login` or `logout`."""
        return self.send("POST", f"/{self.name}/{action}", body)

    @property
    def entry(self):
        return self.ask("GET")["servers"][self.name]

    @property
    def state(self):
        return self.entry["state"]

    @property
    def held(self):
        """What is shown of who is logged in; None where nobody is."""
        login = self.entry.get("login")
        return None if login is None or "needed" in login else login

    def wait(self, state):
        eventually(lambda: self.state == state, f"{self.name} to be {state}: {self.entry}")
        return self

    # People

    @property
    def page(self):
        return self.proxy.url(f"/oauth/login/{self.name}")

    def log_in(self, browser, address=None, **settings):
        """Where a person ends who opens the page and presses its button."""
        page = browser.open(address or self.page)
        assert page.status == 200, page.text
        return browser.press(page, "Log in", **settings)

    def logged_in(self, browser, address=None):
        """Somebody logs in, and that succeeds."""
        page = self.log_in(browser, address)
        assert (page.status, f"Logged in to {self.name}" in page.text) == (200, True), page.text
        return self.wait("ready")

    # Clients

    def call(self, tool="whoami", arguments=None, token=None):
        """The answer to a call of a client without a session."""
        message = modern_call(tool, arguments)
        headers = {**modern_headers(message), **({"Authorization": f"Bearer {token}"} if token else {})}
        with self.proxy.visitor(timeout=SECONDS) as visitor:
            answer = only_answer(visitor.post(self.proxy.url(f"/{self.name}/mcp"), json=message, headers=headers))
        secrets.check(json.dumps(answer), f"the answer to {tool}")
        return answer

    def called(self, tool="whoami"):
        """A call that succeeds."""
        answer = self.call(tool)
        assert "result" in answer, answer
        return answer["result"]

    def refused(self, tool="whoami"):
        """The words in which a call fails."""
        answer = self.call(tool)
        assert "error" in answer, answer
        return answer["error"]["message"]

    def calls_at_once(self, number, before=lambda: None):
        """The answers to so many calls. `before` is called once they are on their way."""
        with ThreadPoolExecutor(number) as pool:
            answers = [pool.submit(self.call) for _ in range(number)]
            before()
            return [answer.result(SECONDS) for answer in answers]

    # What must not be

    def check_requests(self):
        """What was given out has gone where it is for and nowhere else."""
        for login in self.logins:
            secrets_of_clients = {client.secret for client in login.clients.all}
            own = {*login.tokens.made(), *login.authorization.codes} | secrets_of_clients
            assert given_out(login.record) <= own, f"{login.url} has got what is for somebody else"
        tokens = {token for login in self.logins for grant in login.tokens.grants for token in grant.access}
        assert given_out(self.server.record) <= tokens, f"{self.server.mcp_url} has got what is for somebody else"


def given_out(record):
    """Everything in some requests that an authorization server of the tests has made, but for access tokens of others."""
    found = set()
    for asked in record:
        fields = [value for _, value in asked.fields]
        told = [asked.target, *fields, *(asked.basic or ()), asked.body.decode("utf-8", "replace")]
        found.update(*(GIVEN_OUT.findall(text) for text in told))
    return found


class Terminal:
    """A person who gives the commands of the program in the folder of a proxy's configuration file."""

    def __init__(self, proxy, opener=None, **environment):
        self.proxy = proxy
        path = opener.path if opener else os.environ["PATH"]
        self._environment = {"PATH": path, "HOME": str(proxy.directory), MARK: proxy.run, **environment}

    def begin(self, *arguments):
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [self.proxy.binary, *map(str, arguments)], cwd=self.proxy.directory, env=self._environment,
            stdin=pipe, stdout=pipe, stderr=pipe, text=True,
        )  # fmt: skip

    def end(self, process, text=None, status=0):
        """What a command has said on standard output and on standard error, once it has got its last input."""
        try:
            output, errors = process.communicate(text, timeout=SECONDS)
        finally:
            process.kill()
        secrets.check(output + errors, "what a command says")
        assert process.returncode == status, output + errors
        return output, errors

    def run(self, *arguments, status=0):
        return self.end(self.begin(*arguments), status=status)
