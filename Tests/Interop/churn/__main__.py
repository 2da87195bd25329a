"""`python -m churn`: what grows with sessions, calls, streams, restarts and reloads. See CONTRIBUTING.md."""

import argparse
import asyncio
import os
import sys
import tempfile
import uuid
from pathlib import Path

from churn.bench import LIMITS, Bench, Size, faults, http_server
from churn.kinds import KINDS, servers
from support.proxy import Proxy


def options():
    parser = argparse.ArgumentParser(prog="churn", description=__doc__)
    parser.add_argument("--binary", default=os.environ.get("MCP_PROXY_BINARY", "build/mcp-proxy"))
    parser.add_argument("--sessions", type=int, default=20_000, help="units of each kind")
    parser.add_argument("--heavy", type=int, default=2_000, help="units of each kind that starts programs or reloads")
    parser.add_argument("--kinds", default="", help="only those with this text in their name; several with commas")
    parser.add_argument("--list", action="store_true", help="name the kinds")
    return parser.parse_args()


def run(kind, given, port):
    """Runs one kind against a proxy of its own; says whether nothing grew."""
    entries = {name: servers(port)[name] for name in kind.servers}
    with tempfile.TemporaryDirectory() as directory:
        proxy = Proxy(
            str(Path(given.binary).resolve()), Path(directory), uuid.uuid4().hex, entries,
            proxy=Bench.settings(), limits={**LIMITS, **kind.limits},
        )
        try:
            proxy.start()
            proxy.wait_ready()
            size = Size.of(given.heavy if kind.is_heavy else given.sessions)
            bench = Bench(proxy, port, entries)
            growth, before, after = asyncio.run(bench.run(kind, size))
            # What the driver does beside it, such as looking for programs, is not the same for each of these.
            found = faults(growth, before, after, share=0.5 if kind.is_heavy else 0.05)
            print(f"{'FAIL' if found else 'ok  '} {kind.name:38} {size.units * size.blocks:6} {growth.report()}", flush=True)
            for fault in found:
                print(f"     {fault}", flush=True)
            proxy.stop()
            return not found
        except Exception as error:
            print(f"FAIL {kind.name}: {error!r}\n{proxy.last_lines()}", flush=True)
            return False
        finally:
            proxy.abandon()


def main():
    given = options()
    wanted = [word for word in given.kinds.split(",") if word]
    chosen = [kind for kind in KINDS if not wanted or any(word in kind.name for word in wanted)]
    if given.list:
        print("\n".join(kind.name for kind in chosen))
        return 0
    with http_server() as port:
        outcomes = [run(kind, given, port) for kind in chosen]
    print(f"{outcomes.count(True)} of {len(outcomes)} kinds are flat")
    return 0 if all(outcomes) and outcomes else 1


sys.exit(main())
