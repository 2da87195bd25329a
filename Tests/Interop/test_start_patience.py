"""How long one server may take: the keys of its own, and more for a first start that shows signs of life."""

import pytest

from support.fixture import stdio
from support.raw import error_of, initialize_body
from support.wait import eventually

pytestmark = pytest.mark.anyio


def test_a_server_has_its_own_time_to_start_and_the_failure_names_the_key(launch):
    """The general limit is long, that of the silent server is short."""
    servers = {"good": stdio(), "silent": stdio("silent", startTimeout="500ms")}
    with launch(servers, limits={"startTimeout": "10m"}) as proxy:
        proxy.wait_state("good", "ready")
        eventually(
            lambda: "500 ms (startTimeout)" in proxy.servers()["silent"].get("error", ""), "the reason in /readyz"
        )
        proxy.wait_output("500 ms (startTimeout)")


async def test_a_client_reads_which_time_was_over(launch, http):
    """For a start and for a call, each with the key of the server."""
    servers = {"silent": stdio("silent", startTimeout="1s"), "mute": stdio(callTimeout="1s")}
    with launch(servers, ready=False) as proxy:
        response = await proxy.client("silent", http).post(initialize_body())
        assert "1 s (startTimeout)" in error_of(response)["message"], response.text
        client = await proxy.client("mute", http).initialize()
        error = (await client.call("mute"))["error"]
        assert error["code"] == -31003 and "1 s (callTimeout)" in error["message"], error


async def test_a_first_start_that_writes_to_standard_error_is_given_longer(launch, http, new_ledger, directory):
    """As long as it goes on, up to ten times as long: the process that had begun is the one that serves."""
    ledger, flag = new_ledger(), directory() / "downloaded"
    servers = {"slow": stdio("chatty-start", ledger=ledger, flag=flag, startTimeout="2s")}
    with launch(servers, ready=False) as proxy:
        [start] = ledger.wait_for("start")
        eventually(
            lambda: ledger.entries("starting")[-1:] and ledger.entries("starting")[-1]["time"] - start["time"] > 5,
            "more than twice its time to go by",
        )
        flag.touch()
        proxy.wait_state("slow", "ready")
        client = await proxy.client("slow", http).initialize()
        assert await client.call_text("echo", {"text": "here"}) == "here"
        assert len(ledger.entries("start")) == 1


def test_a_first_start_that_goes_on_for_ever_is_given_up(launch, new_ledger, directory):
    """After ten times as long."""
    ledger, flag = new_ledger(), directory() / "never"
    servers = {"slow": stdio("chatty-start", ledger=ledger, flag=flag, startTimeout="1s")}
    with launch(servers, ready=False) as proxy:
        proxy.wait_output("10 s (startTimeout)")
        assert len(ledger.wait_for("start", 2)) >= 2


async def test_any_number_of_lines_before_the_first_message_is_a_banner(launch, http):
    """Three hundred lines of an installer on standard output."""
    with launch({"loud": stdio("long-banner")}) as proxy:
        proxy.wait_state("loud", "ready")
        client = await proxy.client("loud", http).initialize()
        assert await client.call_text("echo", {"text": "after the banner"}) == "after the banner"
