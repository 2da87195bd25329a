"""How much the proxy may cost beside what is compared with it. A goal holds for the ratio within one run."""

from cases import KIB, MIB

# Processor time per call, beside nginx.
HTTP_MANY, HTTP_ONE, HTTP_LARGE, HTTP_LIST = 1.8, 1.3, 1.5, 1.0
# Beside the bridge, which checks nothing.
STDIO_MANY, STDIO_LARGE = 2.0, 1.0
# Beside the same call where nothing needs to be translated.
TRANSLATED = 1.3
# What a call at 1,000 per second may take longer than through nginx, in milliseconds.
ADDED_P50, ADDED_P99 = 0.1, 0.5
# Bytes: resident when nobody calls, and for each idle stream.
IDLE_MEMORY, STREAM_MEMORY = 15_000_000, 12_000


def most(case):
    """The goal of a case; None where there is none."""
    if case.is_translated:
        return TRANSLATED
    if case.rate or case.event or case.servers > 1:
        return None
    if case.method == "list":
        return HTTP_LIST if case.transport == "http" else None
    return {
        ("http", 64, KIB): HTTP_MANY,
        ("http", 1, KIB): HTTP_ONE,
        ("http", 1, MIB): HTTP_LARGE,
        ("stdio", 64, KIB): STDIO_MANY,
        ("stdio", 1, MIB): STDIO_LARGE,
    }.get((case.transport, case.clients, case.size))


def verdict(value, goal):
    """In words; nothing where there is no goal."""
    if goal is None or value is None:
        return ""
    return "met" if value <= goal else "missed"
