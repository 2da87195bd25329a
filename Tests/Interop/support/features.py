"""What each feature of a visit to the fixture server must have given, with or without a proxy between."""

from fixtures.behaviour import TOOLS
from fixtures.catalog import ICON, PROMPTS, RESOURCES
from fixtures.marked_tools import BADLY_MARKED_TOOLS
from fixtures.modern import LEGACY_TOOLS
from fixtures.tools import DECORATED_ECHO

MANY_TOOLS = 60
PAGE = 25


def part_of(expected, actual, path="$"):
    """Asserts that everything in `expected` is in `actual`; what an SDK adds beside it does not matter."""
    if isinstance(expected, dict):
        assert isinstance(actual, dict), f"{path}: {actual!r} is not an object"
        for key, value in expected.items():
            assert key in actual, f"{path}.{key} is missing from {actual!r}"
            part_of(value, actual[key], f"{path}.{key}")
    elif isinstance(expected, list):
        assert isinstance(actual, list) and len(actual) == len(expected), f"{path}: {actual!r} instead of {expected!r}"
        for index, value in enumerate(expected):
            part_of(value, actual[index], f"{path}[{index}]")
    else:
        assert actual == expected, f"{path}: {actual!r} instead of {expected!r}"


def block(text):
    return {"content": [{"type": "text", "text": text}]}


def check_server(value, name="fixture"):
    part_of({"name": name, "title": "The fixture", "version": "1.2.3", "icons": [ICON]}, value["serverInfo"])
    assert value["instructions"] == "Use echo first.\nThen the rest."
    offered = {
        "tools": {"listChanged": True},
        "prompts": {"listChanged": True},
        "resources": {"listChanged": True, "subscribe": True},
        "completions": {},
        "logging": {},
        "experimental": {"com.example/extra": {"level": 3}},
    }
    part_of(offered, value["capabilities"])


BADLY_MARKED = {tool["name"] for tool in BADLY_MARKED_TOOLS}


def check_tools(value, absent=frozenset()):
    expected = [tool["name"] for tool in TOOLS] + [f"tool-{number:03}" for number in range(MANY_TOOLS)]
    # Who may see tools with bad marks is the matter of the matrix of eras.
    expected = [name for name in expected if name not in BADLY_MARKED | absent]
    # Earlier visits to the same process may have added tools.
    listed = [name for name in value["names"] if not name.startswith("new-") and name not in BADLY_MARKED]
    assert listed == expected, f"listed {listed}"
    decorated = {key: member for key, member in DECORATED_ECHO.items() if key != "x-unknown"}
    part_of(decorated, value["first"])


def check_roots(value):
    part_of({"result": {"roots": [{}]}}, value)
    assert value["result"]["roots"][0]["uri"].startswith("file:///roots/")


def check_survey(value):
    part_of({"name": "answer to A name?", "colour": "answer to A colour?", "poem": "sampled: a poem"}, value)
    [root] = value["roots"]
    assert root.startswith("file:///roots/")


def equals(expected):
    return lambda value: part_of(expected, value)


NAMED = "answer to What is your name?"
INTERVIEW = f"{NAMED} likes answer to Which colour does {NAMED} like?"

CHECKS = {
    "server": check_server,
    "ping": equals("answered"),
    "tools": check_tools,
    "call": equals(
        {
            "content": [{"type": "text", "text": "h\u00e9llo \U0001f600", "_meta": {"com.example/block": 1}}],
            "_meta": {"com.example/result": True},
        }
    ),
    "tool_error": equals({**block("the tool failed"), "isError": True}),
    "protocol_error": equals(
        {
            "code": 4050,
            "message": "the fixture refuses",
            "data": {"reason": "on purpose", "limit": 12345678901234567890},
        }
    ),
    "prompts": equals(PROMPTS),
    "prompt": equals({"messages": [{"role": "user", "content": {"type": "text", "text": "Greet Ada"}}]}),
    "resources": equals(RESOURCES),
    "resource_text": equals({"contents": [{"uri": "mem://one", "mimeType": "text/plain", "text": "one"}]}),
    "resource_blob": equals({"contents": [{"uri": "mem://two", "blob": "AAEC/w=="}]}),
    "missing_resource": equals({"code": -32002, "message": "Resource not found", "data": {"uri": "mem://nowhere"}}),
    "templates": equals([{"uriTemplate": "mem://item/{id}", "name": "item", "title": "An item"}]),
    "resource_of_template": equals({"contents": [{"uri": "mem://item/42", "text": "42"}]}),
    "completion": equals({"completion": {"values": ["alice", "alfred"], "total": 2, "hasMore": False}}),
    "progress": equals({"seen": [[step, 4, f"step {step}"] for step in (1, 2, 3, 4)], "result": ["4 steps"]}),
    "logging": equals({"params": {"level": "warning", "logger": "fixture", "data": {"text": "look"}}}),
    "subscription": equals({"params": {"uri": "mem://one"}}),
    "lists_changed": equals("heard"),
    "tool_added": equals({"listed": True, "called": True}),
    "roots": check_roots,
    "sampling": equals({"result": {"role": "assistant", "content": {"type": "text", "text": "sampled: say hello"}}}),
    "elicitation": equals({"result": {"action": "accept", "content": {"name": "answer to who?"}}}),
    "interview": equals([INTERVIEW]),
    "survey": check_survey,
    "page": equals(True),
    "cancellation": equals(True),
    "after_cancellation": equals(["still here"]),
}

MISSING_IN_MODERN = {"code": -32602, "message": "Resource not found", "data": {"uri": "mem://nowhere"}}


def checks_for(modern_client, modern_server, name="fixture"):
    """The checks of a visit, by the eras of the two ends and the name of the server."""
    checks = {**CHECKS, "server": lambda value: check_server(value, name)}
    if modern_client:
        del checks["ping"]
        checks["missing_resource"] = equals(MISSING_IN_MODERN)
    if modern_server:
        checks["tools"] = lambda value: check_tools(value, LEGACY_TOOLS)
    return checks


def check(outcomes, feature, checks=CHECKS):
    """Asserts that the visit gave what this feature must give."""
    assert "connection" not in outcomes, f"the visit broke off: {outcomes['connection']}"
    outcome = outcomes[feature]
    assert "failure" not in outcome, f"{feature}: {outcome['failure']}"
    checks[feature](outcome["value"])
