"""What clients show to the proxy, and where it must never be found: the whole suite looks for it in all that it produces."""

import re
from pathlib import Path

from support import processes

# Shorter ones may stand anywhere by chance.
SHORTEST = 16
# What is made for logins and for nothing else, by its beginning.
OF_LOGINS = tuple(f"canary-{kind}-" for kind in ("access", "refresh", "code", "secret"))
_known = set()
_verifiers = set()


def note(document):
    """Remembers the tokens with which clients come that a configuration names."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key in ("authTokens", "tokens", "globalAuthTokens") and isinstance(value, list):
                remember(*value)
            else:
                note(value)
    elif isinstance(document, list):
        for value in document:
            note(value)


def remember(*tokens):
    """Remembers tokens that no configuration names, such as those of a file, or those that were given out."""
    _known.update(
        token for token in tokens if isinstance(token, str) and len(token) >= SHORTEST and "$" not in token
    )


def remember_verifier(verifier):
    """Remembers what a client has made up with which it shows that a code is its own."""
    if len(verifier) >= SHORTEST:
        remember(verifier)
        _verifiers.add(verifier)


def found_in(text, tokens=None):
    """The tokens that stand in a text, masked."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
    return [f"{token[:6]}…" for token in sorted(_known if tokens is None else tokens) if token.encode() in data]


def check(text, where, tokens=None):
    found = found_in(text, tokens)
    assert not found, f"{where} holds tokens of clients: {found}"


def check_files(directory):
    """Looks through what proxies wrote and what servers got, in all runs below a directory.

    A server may be meant to get what is a client's token in another test; not so what is called a canary, nor what an
    issuer has made. What belongs to a login stands in no file of a state directory either.
    """
    canaries = {token for token in _known if token.startswith(("canary-", "eyJ"))} | _verifiers
    of_logins = {token for token in _known if token.startswith(OF_LOGINS)} | _verifiers
    for path in sorted(Path(directory).rglob("*")):
        if path.is_file() and re.fullmatch(r"std(out|err)\.txt", path.name):
            check(path.read_bytes(), path)
        if path.is_file() and re.fullmatch(r".*ledger.*\.jsonl", path.name):
            check(path.read_bytes(), path, canaries)
        if path.is_file() and path.parent.name == "state":
            check(path.read_bytes(), path, of_logins)


def check_processes(run):
    """Looks through the command lines of the processes of a run."""
    for pid, line in processes.marked(run).items():
        check(str(line), f"the command line of process {pid}")
