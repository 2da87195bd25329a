"""The proxy is killed between the answer to a refresh and its storing; `make lost-answers` does so a hundred times."""

from lost_answers.rounds import Killings

ROUNDS = 5


def test_no_login_is_lost_with_the_answer_to_a_refresh(make_proxy, http_fixture, directory, browser):
    with http_fixture() as fixture:
        Killings(make_proxy, fixture, directory() / "state").run(ROUNDS, browser())
