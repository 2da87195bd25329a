"""What servers offer together is called by this rule, written down here once more, apart from the proxy's."""

import hashlib
import re

LONGEST = 46
DIGITS = 8
LEAST_OF_NAME = 8


def offered(key, name, prefix=None, longest=LONGEST):
    """What a tool or a prompt of this server is offered as."""
    prefix = key if prefix is None else prefix
    whole = f"{prefix}__{name}"
    if re.fullmatch(r"[A-Za-z0-9_-]*", whole) and len(whole) <= longest and "__" not in prefix:
        return whole
    digest = hashlib.sha256(key.encode() + b"\0" + name.encode()).hexdigest()[:DIGITS]
    prefix, name = (re.sub(r"[^A-Za-z0-9_-]", "_", text) for text in (prefix, name))
    room = longest - len("__") - len("_") - DIGITS
    name = name[: max(LEAST_OF_NAME, room - len(prefix))]
    return f"{prefix[: room - len(name)]}__{name}_{digest}"
