"""`python -m lost_answers`: kill -9 between the answer to a refresh and its storing. See CONTRIBUTING.md."""

import argparse
import os
import sys
import tempfile
import time
import uuid
from pathlib import Path

from lost_answers.rounds import Killings
from support import secrets
from support.fixture import HTTPFixture
from support.ledger import Ledger
from support.proxy import Proxy
from support.robot_browser import RobotBrowser


def options():
    parser = argparse.ArgumentParser(prog="lost_answers", description=__doc__)
    parser.add_argument("--binary", default=os.environ.get("MCP_PROXY_BINARY", "build/mcp-proxy"))
    parser.add_argument("--rounds", type=int, default=100)
    return parser.parse_args()


def main():
    given, began, made = options(), time.monotonic(), []
    with tempfile.TemporaryDirectory() as name, RobotBrowser() as browser:
        directory = Path(name)

        def make_proxy(servers, **settings):
            made.append(Proxy(str(Path(given.binary).resolve()), directory, uuid.uuid4().hex, servers, **settings))
            return made[-1]

        try:
            with HTTPFixture(uuid.uuid4().hex, ledger=Ledger(directory / "ledger.jsonl")) as fixture:
                killings = Killings(make_proxy, fixture, directory / "state")
                killings.run(given.rounds, browser, lambda number: print(f"{number} killed, the login is there", flush=True))
            secrets.check_files(directory)
            assert killings.lost, "every answer was stored before the proxy was killed, so that nothing was tried"
        except AssertionError as error:
            print(f"FAIL {error}", *(proxy.last_lines() for proxy in made), sep="\n", flush=True)
            return 1
        finally:
            for proxy in made:
                proxy.abandon()
    seconds = time.monotonic() - began
    print(f"ok   killed {given.rounds} times in {seconds:.0f} s, {killings.lost} answers lost, no login lost")
    return 0


sys.exit(main())
