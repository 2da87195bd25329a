"""Each fault of the authorization server of these tests, and what is written down of whoever talks to it."""

import json
import subprocess
import threading

import httpx
import pytest

from support.login import faults
from support.login.app import REDIRECT, App, error_of
from support.login.metadata import OIDC, RFC8414
from support.login.server import LoginServer
from support.robot_browser import Opener
from support.secrets import found_in
from support.site import Site
from support.wait import eventually

SECRET = "canary-secret-of an app: 100%"


@pytest.fixture
def login():
    with LoginServer("/tenant") as login:
        login.add_client("app", redirect_uris=[REDIRECT])
        login.add_client("safe", secret=SECRET, method="client_secret_basic")
        yield login


@pytest.fixture
def app(login, browser):
    return App(login, browser=browser())


def test_faults_come_as_often_as_they_are_wanted(app, login):
    refresh = app.token().json()["refresh_token"]
    login.faults["/token"] = fault = faults.Status(503, headers={"Retry-After": "1"}, times=2)
    assert [app.refresh(refresh).status_code for _ in range(3)] == [503, 503, 200]
    assert fault.met == 2
    login.faults["/token"] = faults.HTML()
    assert app.refresh(refresh).headers["content-type"] == "text/html"
    login.faults["/token"] = faults.Error("invalid_grant")
    assert error_of(app.refresh(refresh)) == "invalid_grant"
    away = faults.Redirect("http://169.254.169.254/latest", 307)
    login.faults = {"metadata": away, "/keys": faults.MediaType("text/plain")}
    with httpx.Client(trust_env=False, verify=False) as http:
        assert http.get(login.origin + RFC8414).headers["location"] == "http://169.254.169.254/latest"
        keys = http.get(f"{login.url}/keys")
    assert (keys.headers["content-type"], len(keys.json()["keys"])) == ("text/plain", 1)


def test_one_place_of_metadata_can_be_out_of_order_and_another_not(login):
    login.metadata_at = ("rfc8414", "oidc")
    login.faults[f"{RFC8414}/tenant"] = faults.Status(500)
    with httpx.Client(trust_env=False, verify=False, base_url=login.origin) as http:
        assert [http.get(path + "/tenant").status_code for path in (RFC8414, OIDC)] == [500, 200]


def test_something_can_happen_as_soon_as_an_answer_is_sent(app, login):
    happened = threading.Event()
    login.faults["/token"] = faults.Then(happened.set, times=1)
    assert app.token().status_code == 200
    assert happened.wait(30)


@pytest.mark.parametrize("announced", [True, False])
def test_an_answer_can_be_larger_than_anybody_wants(login, announced):
    login.faults["metadata"] = fault = faults.Huge(3 << 20, announced)
    with httpx.Client(trust_env=False, verify=False) as http:
        assert len(http.get(login.origin + RFC8414).json()["padding"]) > 3_000_000
        with http.stream("GET", login.origin + RFC8414) as response:
            next(response.iter_bytes())
    eventually(lambda: fault.met == 2 and fault.sent >= 3 << 20, "the first to have read everything")


@pytest.mark.parametrize("begun", [True, False])
def test_an_answer_can_fail_to_come(app, login, begun):
    login.faults["/token"] = fault = faults.Hang(begun, times=1)
    with pytest.raises(httpx.ReadTimeout):
        app.post("/token", timeout=0.2, grant_type="refresh_token")
    assert fault.met == 1
    login.faults["/token"] = faults.Cut()
    with pytest.raises(httpx.RemoteProtocolError):
        app.post("/token")


def test_an_answer_can_be_lost_after_the_work_was_done(app, login):
    first = app.token().json()["refresh_token"]
    login.faults["/token"] = faults.Lose(times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        app.refresh(first)
    (grant,) = login.tokens.grants
    assert len(grant.refresh) == 2
    assert error_of(app.refresh(first)) == "invalid_grant"


def test_answers_can_be_held_until_everybody_is_there(app, login):
    login.rotates = False
    refresh = app.token().json()["refresh_token"]
    login.faults["/token"] = fault = faults.Hold()
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(app.refresh(refresh).status_code)) for _ in range(2)]
    for thread in threads:
        thread.start()
    eventually(lambda: fault.met == 2, "both to wait")
    assert answers == []
    fault.release()
    for thread in threads:
        thread.join()
    assert answers == [200, 200]


def test_a_mistake_of_the_equipment_does_not_stay_unseen():
    class Mistaken(Site):
        def answer(self, handler, asked):
            raise KeyError("oops")

    with pytest.raises(AssertionError, match="oops"), Mistaken() as site:
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(site.origin, trust_env=False, verify=False)


# What is written down


def test_whatever_was_sent_can_be_found_in_any_form(app, login):
    app.post("/token", auth=httpx.BasicAuth("safe", "a+%3A+b"), grant_type="x", note="1 + 1")
    app.browser.open(f"{login.url}/nowhere?q=what%20is%20sought")
    for text in ["what is sought", "a+%3A+b", "a : b", "1 + 1", "(robot)"]:
        assert len(login.record.holding(text)) == 1, text
    assert login.record.holding("what is not") == []
    assert [asked.status for asked in login.record] == [401, 404]


def test_what_was_given_out_is_looked_for_everywhere(app, login):
    tokens = app.token().json()
    assert login.tokens.made() == [tokens["access_token"], tokens["refresh_token"]]
    for secret in [*login.tokens.made(), *login.authorization.codes, SECRET]:
        assert found_in(json.dumps({"line": f"… {secret} …"})), secret


def test_a_program_that_opens_a_browser_is_overheard(tmp_path):
    opener = Opener(tmp_path)
    subprocess.run(["xdg-open", "http://127.0.0.1:1/?a=b&c=d"], env={"PATH": opener.path}, check=True)
    assert opener.wait_for_url() == "http://127.0.0.1:1/?a=b&c=d"
