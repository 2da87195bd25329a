"""The dashboard, in a real browser: what is seen of a proxy, what is done to it, and what hostile servers make of the page."""

import json
import sys
import urllib.parse
from pathlib import Path

import pytest

from support.browser import Dashboard
from support.crowd import crowd
from support.fixture import DIRECTORY, stdio
from support.managed import ACCESS, TOKEN, bearer
from support.metrics import metrics
from support.pin_bench import NEW, OLD, OTHER
from support.wait import eventually

HELD = {"management": ACCESS}
MARKUP = '<img src=x onerror="document.title=`taken`"><script>document.title="taken"</script>'
TURNED = "abc\u202edef"
LONG = "long" * 25_000
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
FILES = ["", "main.js", "dashboard.css", "icon.svg"]


@pytest.fixture(scope="module")
def browser():
    browser = Dashboard()
    yield browser
    browser.close()


@pytest.fixture
def window(browser):
    """The browser, of which a test ends with nothing complained about and nothing asked of anybody but one proxy."""
    browser.open("about:blank")
    browser.requested(), browser.complaints()
    yield browser
    addresses = [url for url in browser.requested() if not url.startswith(("data:", "about:", "chrome"))]
    assert addresses and {urllib.parse.urlsplit(url).netloc for url in addresses} == {addresses[0].split("/")[2]}
    assert not browser.complaints()
    browser.open("about:blank")


def call(proxy, server, tool, arguments=None, token=None):
    """Calls a tool past the page."""
    return ask(proxy, server, "tools/call", {"name": tool, "arguments": arguments or {}}, token)


def ask(proxy, server, method, params=None, token=None):
    """Puts a request past the page."""
    headers = {"Accept": "application/json, text/event-stream", **bearer(token)}
    with proxy.visitor(headers=headers) as visitor:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
        return visitor.post(proxy.url(f"/{server}/mcp"), json=body, headers={"MCP-Protocol-Version": "2025-11-25"})


# The page itself


def test_the_page_and_its_files_are_for_everybody_and_are_kept_by_browsers(launch):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy, proxy.visitor() as visitor:
        for name in FILES:
            answer = visitor.get(proxy.url(f"/ui/{name}"))
            assert answer.status_code == 200 and "one" not in answer.text.split(), name
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
            tag = {"If-None-Match": answer.headers["ETag"]}
            again = visitor.get(proxy.url(f"/ui/{name}"), headers=tag)
            assert again.status_code == 304 and not again.content
        moved = visitor.get(proxy.url("/ui"))
        assert (moved.status_code, moved.headers["Location"]) == (308, "ui/")
        assert visitor.get(proxy.url("/ui/nothing.js")).status_code == 404
        assert visitor.post(proxy.url("/ui/")).status_code == 405
        arrival = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        assert visitor.get(proxy.url("/ui/"), headers=arrival).status_code == 200
        assert visitor.get(proxy.url("/ui/main.js"), headers=arrival).status_code == 403


# Who comes in


def test_nothing_is_shown_before_a_token_and_after_it_was_withdrawn(launch, window):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy:
        window.visit(proxy)
        window.wait_text("Sign in")
        assert "one" not in window.text.split()
        window.sign_in("wrong-token")
        window.wait_text("Not signed in", "not valid for the management API")
        window.sign_in(TOKEN)
        window.wait_text("1 server · 1 ready")
        assert TOKEN not in window.run("return JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])")
        proxy.rewrite({"one": stdio(name="one")}, proxy={"management": {"authTokens": ["another-token-of-the-tests"]}})
        window.wait_text("does not accept this token any more", "Sign in")
        assert not window.rows()
        window.sign_in("another-token-of-the-tests")
        window.wait_text("1 server · 1 ready")
        window.press("Sign out")
        window.wait_text("Sign in")
        assert not window.rows()


def test_a_token_is_kept_with_the_tab_where_somebody_asks_for_it(launch, window):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy:
        window.visit(proxy)
        window.labelled("Keep it").click()
        window.sign_in(TOKEN)
        window.wait_text("1 server")
        window.driver.refresh()
        window.wait_text("1 server · 1 ready")
        window.press("Sign out")
        window.wait_text("Sign in")
        assert window.run("return sessionStorage.length") == 0


def test_on_loopback_without_tokens_it_opens_and_changes_what_starts_nothing(launch, window):
    with launch({"one": stdio(name="one")}) as proxy:
        window.visit(proxy, "#/servers/one")
        window.press("Restart")
        window.wait_text("mcpProxy.management.authTokens")
        window.press("Disable")
        window.wait_text("server one disabled")
        with proxy.visitor() as visitor:
            for origin in ("http://localhost:1", "http://127.0.0.1:1"):
                foreign = {"Origin": origin, "Sec-Fetch-Site": "same-site"}
                assert visitor.post(proxy.url("/api/reload"), headers=foreign).status_code == 403


# Servers


def test_servers_are_seen_live_with_what_they_do(launch, window):
    with launch({"one": stdio(name="one"), "two": stdio("crash-at-start", name="two")}, proxy=HELD) as proxy:
        window.visit(proxy, token=TOKEN)
        window.wait_text("2 servers", "ready", "failed")
        assert "stdio, legacy" in window.row("one")
        for _ in range(5):
            assert call(proxy, "one", "echo", {"text": "a"}).status_code == 200
        assert call(proxy, "one", "fail").status_code == 200
        window.wait(lambda: "MiB" in window.row("one") and "ms /" in window.row("one"), "memory and times")
        assert metrics(proxy, token=TOKEN).sum("mcp_proxy_requests_total", server="one", outcome="error") == 1
        window.find("input[type=search]").send_keys("two")
        window.wait(lambda: len(window.rows()) == 1, "one row")
        window.find("input[type=search]").clear()


def test_a_server_that_dies_while_it_is_looked_at_is_seen_to_and_so_is_what_it_said(launch, window, tmp_path):
    flag = tmp_path / "flag"
    flag.write_text("")
    with launch({"one": stdio("crash-at-start", name="one", flag=flag)}, proxy=HELD) as proxy:
        window.visit(proxy, "#/servers/one", token=TOKEN)
        window.wait_text("Live", "ready")
        flag.unlink()
        call(proxy, "one", "crash")
        window.wait_text("It does not run", "failed")
        window.wait(lambda: "exit" in window.find(".log").text or "ended" in window.find(".log").text, "the end in the log")
        flag.write_text("")
        window.wait(lambda: window.find(".status").text == "ready", "the server to be back")


def test_a_server_is_restarted_switched_off_and_on_and_removed(launch, window):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy:
        window.visit(proxy, "#/servers/one", token=TOKEN)
        window.press("Restart")
        window.wait_text("server one restarted")
        window.press("Disable")
        window.wait_text("server one disabled")
        window.wait(lambda: window.find(".status").text == "disabled", "its state")
        window.press("Enable")
        window.wait_text("server one enabled")
        window.press("Remove")
        window.wait_text("Remove this server?")
        window.press("Cancel")
        assert "one" in proxy.servers()
        window.press("Remove")
        window.wait_text("Remove this server?")
        window.press("Remove")
        window.wait_text("There is no server yet")
        assert not proxy.children()


def test_servers_are_added_by_form_and_by_paste(launch, window):
    entry = stdio(name="new")
    with launch({}, proxy=HELD) as proxy:
        window.visit(proxy, token=TOKEN)
        window.wait_text("There is no server yet")
        window.press("Add server")
        window.write("Name", "first")
        window.write("Program", entry["command"])
        window.write("Arguments", "\n".join(entry["args"]))
        window.press("Add")
        window.wait_text("server first added")
        window.press("Close")
        window.press("Add server")
        window.labelled("Paste").click()
        window.write("JSON", "{")
        window.press("Add")
        window.wait_text("JSON at position")
        window.write("JSON", json.dumps({"mcpServers": {"second": proxy.marked({**entry, "disabled-in": 1})}}))
        window.press("Add")
        window.wait_text("disabled-in")
        window.write("JSON", json.dumps({"mcpServers": {"second": proxy.marked(entry)}}))
        window.press("Add")
        window.wait_text("server second added")
        window.press("Close")
        window.wait_text("2 servers · 2 ready")


# Tools


def open_tool(window, proxy, tool, server="one"):
    window.run("location.hash = arguments[0]", f"#/tools/{server}/{urllib.parse.quote(tool, safe='')}")
    window.wait_text(tool, "Call it")


def test_tools_are_found_and_called_and_results_are_shown(launch, window):
    with launch({"one": stdio(name="one")}, proxy=HELD, options={"authTokens": ["token-of-servers-of-tests"]}) as proxy:
        window.visit(proxy, "#/tools", token=TOKEN)
        window.wait_text("tokens in every conversation")
        window.find("input[type=search]").send_keys("send progress")
        window.wait_text("best first")
        window.wait(lambda: "progress" in window.rows()[0].text, "the tool that fits best")
        window.rows()[0].click()
        window.wait_text("Sends progress, then a result")
        window.run("for (const each of document.querySelectorAll('details')) each.open = true")
        window.wait_text("Who may call it", "/one/mcp", "one__progress", "the holder of token")
        window.write("steps", "x")
        window.press("Call")
        window.wait_text("steps: is no number")
        window.write("steps", "2")
        window.press("Call")
        window.wait_text("not valid for this server")
        window.write("Token of the server", "token-of-servers-of-tests")
        window.press("Call")
        window.wait_text("Result", "2 steps", "after")


def test_every_kind_of_result_is_shown(launch, window):
    with launch({"one": stdio(name="one")}) as proxy:
        window.visit(proxy, "#/tools/one")
        window.wait_text("Tools")
        blocks = [
            {"type": "text", "text": "some words"}, {"type": "image", "mimeType": "image/png", "data": PIXEL},
            {"type": "audio", "mimeType": "audio/wav", "data": "AAAA"},
            {"type": "resource_link", "uri": "file:///a", "name": "a link"},
            {"type": "resource", "resource": {"uri": "file:///b", "text": "embedded words"}}, {"type": "unheard of"},
            {"type": "image", "mimeType": "text/html", "data": "PGI+"},
        ]  # fmt: skip
        open_tool(window, proxy, "verbatim")
        window.write("result", json.dumps({"content": blocks, "structuredContent": {"answer": 42}}))
        window.press("Call")
        window.wait_text("some words", "Audio (audio/wav)", "file:///a", "embedded words", "unheard of", '"answer": 42')
        window.wait(lambda: window.run("return document.querySelector('.blocks img').naturalWidth") == 1, "the image")
        assert len(window.all(".blocks img")) == 1
        open_tool(window, proxy, "is_error")
        window.press("Call")
        window.wait_text("The tool has failed", "the tool failed")
        open_tool(window, proxy, "fail")
        window.press("Call")
        window.wait_text("Not done", "the fixture refuses (-32050)", "on purpose")
        open_tool(window, proxy, "echo")
        window.press("Call")
        window.wait_text("text: is needed")
        window.write("text", "it's")
        window.press("Copy as command")
        window.wait_text("mcp-proxy call 'one' 'echo' --json '{\"text\":\"it'\\''s\"}'")
        open_tool(window, proxy, "mute")
        window.press("Call")
        window.wait_text("Calling")
        window.press("Cancel")
        window.wait_text("Cancelled.")
        eventually(lambda: metrics(proxy).sum("mcp_proxy_sessions") == 0, "its sessions to have ended")


def test_questions_of_servers_are_forms(launch, window):
    with launch({"one": stdio(name="one")}) as proxy:
        window.visit(proxy, "#/tools/one/interview")
        window.press("Call")
        window.wait_text("What is your name?")
        window.press("Answer")
        window.wait_text("name: is needed")
        window.write("name", "Ann")
        window.press("Answer")
        window.wait_text("Which colour does Ann like?")
        window.write("colour", "red")
        window.press("Answer")
        window.wait_text("Ann likes red", "Structured content")
        window.press("Call")
        window.wait_text("What is your name?")
        window.press("Decline")
        window.wait_text("no name: decline")


# Groups and settings


def test_groups_say_what_is_offered_and_what_to_paste(launch, window):
    groups = {"groups": {"dev": {"servers": ["one"], "readOnly": True}}}
    with launch({"one": stdio(name="one"), "two": stdio(name="two")}, proxy=groups) as proxy:
        window.visit(proxy, "#/groups")
        window.wait_text("All servers", "2 servers", "offered")
        window.run("document.querySelectorAll('details.card')[1].open = true")
        window.wait_text("Hidden, and why")
        window.run("for (const each of document.querySelectorAll('details')) each.open = true")
        window.wait_text("Why", "Claude Code", f"{proxy.base}/dev/mcp", "mcpServers")


def test_a_reload_is_shown_before_it_is_made(launch, window):
    # Nobody else reads the file.
    held = {"management": {**ACCESS, "watch": False}}
    with launch({"one": stdio(name="one")}, proxy=held) as proxy:
        window.visit(proxy, "#/settings", token=TOKEN)
        window.press("Show what would change")
        window.wait_text("Nothing changes.")
        proxy.rewrite({"one": stdio(name="one"), "two": stdio(name="two")}, proxy=held)
        window.press("Show what would change")
        window.wait_text("this is what a reload would do", "two")
        assert set(proxy.servers()) == {"one"}
        window.press("Apply it")
        window.wait_text("configuration reloaded")
        proxy.wait_state("two", "ready")


def test_settings_say_what_counts_and_where_it_comes_from(launch, window):
    server = stdio(name="one", env={"KEY": "a-secret-of-the-tests"})
    with launch({"one": server}, proxy={**HELD, "odd-key": 1}) as proxy:
        window.visit(proxy, "#/settings", token=TOKEN)
        window.wait_text("mcpProxy.addr", proxy.address, "config.json:1:", "odd-key", "--state-dir")
        window.find("input[type=search]").send_keys("env.KEY")
        window.wait_text("mcpServers.one.env.KEY", "not shown")
        assert "a-secret-of-the-tests" not in window.text and "mcpProxy.addr" not in window.text
        window.find("input[type=search]").clear()
        window.find("input[type=search]").send_keys("maxSessions")
        window.wait_text("mcpProxy.limits.maxSessions")
        window.labelled("Without defaults").click()
        window.wait_gone("mcpProxy.limits.maxSessions")


# Live traffic


def requests_shown(window):
    return [row.text for row in window.rows()]


def test_requests_are_seen_as_they_end(launch, window):
    with launch({"one": stdio(name="one"), "two": stdio(name="two")}, proxy=HELD) as proxy:
        window.visit(proxy, "#/traffic", token=TOKEN)
        window.wait_text("Live", "Nothing has been asked")
        answer = call(proxy, "one", "echo", {"text": "a-word-of-arguments"})
        window.wait(lambda: any(answer.headers["x-request-id"] in text for text in requests_shown(window)), "the request")
        text = requests_shown(window)[0]
        assert all(word in text for word in ("one", "tools/call", "echo", "anonymous", "ok")), text
        assert "a-word-of-arguments" not in window.driver.page_source
        call(proxy, "two", "is_error")
        window.wait(lambda: "tool_error" in requests_shown(window)[0], "the newest first")
        # What comes while it is paused waits.
        window.press("Pause")
        count = len(window.rows())
        call(proxy, "two", "echo", {"text": "b"})
        window.wait_text("1 more since it was paused")
        assert len(window.rows()) == count
        window.press("Pause")
        window.wait(lambda: len(window.rows()) == count + 1, "what has come meanwhile")
        window.find("input[type=search]").send_keys("one echo")
        window.wait(lambda: len(window.rows()) == 1, "one row")
        # What is shown is what is saved.
        window.run(SAVED)
        window.press("Download")
        (line,) = window.wait(lambda: window.run("return window.saved"), "the file").splitlines()
        assert json.loads(line)["request"] == answer.headers["x-request-id"] and "text" not in json.loads(line)
        window.find("input[type=search]").clear()
        window.find("input[type=search]").send_keys("nobody")
        window.wait_text("No request fits.")
        # Lines that come by themselves are not read out.
        assert not window.all(".rows [aria-live], .rows[aria-live], [aria-live] .rows")


def opened(window, answer):
    """Opens the request of an answer by its time. Returns its window."""
    number = answer.headers["x-request-id"]
    (row,) = window.wait(lambda: [row for row in window.rows() if number in row.text], "the request")
    row.find_element("css selector", "button").click()
    return window.wait(lambda: window.all("dialog"), "its window")[0]


def test_a_request_is_opened_to_see_both_sides_of_it_where_it_was_recorded(launch, window):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy:
        window.visit(proxy, "#/traffic", token=TOKEN)
        window.wait_text("Live")
        before = opened(window, call(proxy, "one", "echo", {"text": "before"}))
        assert "Its messages were not recorded" in before.text and "anonymous" in before.text
        window.press("Close")
        window.press("Record")
        window.wait_text("Recording: ", "Stop recording")
        answer = call(proxy, "one", "echo", {"text": "a-word", "password": "not-for-the-page", "x": MARKUP})
        window.wait(lambda: "Recording: 1 lines" not in window.text and "Recording: 0" not in window.text, "the messages")
        shown = opened(window, answer)
        ways = [element.text for element in shown.find_elements("css selector", "h3")]
        assert ways == ["Client → proxy", "Proxy → server", "Server → proxy", "Proxy → client"]
        assert shown.text.count("a-word") == 4 and "HTTP 200" in shown.text and "<img src=x" in shown.text
        assert "not-for-the-page" not in window.driver.page_source and not window.all("dialog img, dialog script")
        window.press("Close")
        # It goes on while other views are open, and is still shown when it has ended.
        window.run("location.hash = '#/servers'")
        window.wait_text("1 server")
        second = call(proxy, "one", "echo", {"text": "meanwhile"})
        window.run("location.hash = '#/traffic'")
        window.wait_text("Recording: ", "Live")
        window.press("Stop recording")
        window.wait_text("Recorded: ")
        window.run(SAVED)
        window.press("Download recording")
        lines = [json.loads(line) for line in window.wait(lambda: window.run("return window.saved"), "the file").splitlines()]
        assert lines[0]["recording"] == 1 and lines[-1]["end"] == "stopped"
        assert sum(line.get("request") == second.headers["x-request-id"] for line in lines) == 4
        with proxy.visitor(headers=bearer()) as visitor:
            assert visitor.get(proxy.url("/api/recordings")).json()["recordings"] == []


def test_a_recording_that_somebody_else_has_begun_is_followed_by_those_who_may(launch, window):
    reader = {"tokens": ["the-token-of-a-reader"], "servers": ["*"], "management": "read"}
    with launch({"one": stdio(name="one")}, proxy={**HELD, "clients": {"reader": reader}}) as proxy:
        with proxy.visitor(headers=bearer()) as visitor:
            assert visitor.post(proxy.url("/api/recordings"), json={"server": "one"}).status_code == 201
        window.visit(proxy, "#/traffic", token=TOKEN)
        window.wait_text("Recording: ", "of one")
        answer = call(proxy, "one", "echo", {"text": "a-word"}, token="the-token-of-a-reader")
        window.wait(lambda: "a-word" in opened(window, answer).text or window.press("Close"), "its messages")
        window.press("Close")
        # It may be somebody else's, who is not to lose it by a slip.
        window.press("Stop recording")
        window.wait(lambda: "begun elsewhere" in window.all("dialog")[0].text, "a question")
        window.all("dialog button")[-1].click()
        window.press("Sign out")
        # To read what others have sent is more than to see that it was sent.
        window.sign_in("the-token-of-a-reader")
        window.wait_text("Live", "cannot be read")
        window.press("Record")
        window.wait(lambda: "change nothing" in " ".join(each.text for each in window.all("[role=alert]")), "the refusal")
        assert "cannot be read" in window.text and not window.all("form")


# Reads what is to be saved, in place of the download.
SAVED = """
const create = URL.createObjectURL;
URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); return create.call(URL, blob); };
HTMLAnchorElement.prototype.click = () => {};
"""


def test_hostile_requests_stay_text_and_the_page_stays_small(launch, window):
    with launch({"one": stdio(name="one")}, proxy=HELD) as proxy:
        window.visit(proxy, "#/traffic", token=TOKEN)
        window.wait_text("Live")
        for tool in (MARKUP, TURNED, LONG):
            call(proxy, "one", tool)
        window.wait(lambda: len(window.rows()) >= 3, "the requests")
        assert any("<img src=x" in text for text in requests_shown(window))
        assert max(map(len, requests_shown(window))) < 600
        assert not window.all("main img, main script") and "taken" not in window.run("return document.title")
        # The revision that has several messages in one request.
        headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-03-26"}
        with proxy.visitor(headers=headers) as visitor:
            for _ in range(11):
                batch = [{"jsonrpc": "2.0", "id": number, "method": "ping"} for number in range(100)]
                assert visitor.post(proxy.url("/one/mcp"), json=batch).status_code == 200
        window.wait_text("1,000 requests")
        assert 0 < len(window.rows()) < 60


# Approval


def test_a_changed_tool_is_approved_where_it_is_seen(launch, window, tmp_path):
    tools = tmp_path / "tools.json"
    tools.write_text(json.dumps({"tools": [OLD, OTHER], "prompts": []}))
    entry = {"command": sys.executable, "args": [str(DIRECTORY / "changing_server.py"), str(tools)], "pin": "quarantine"}
    with launch({"files": entry}, proxy=HELD) as proxy:
        eventually(lambda: set(offered(proxy, TOKEN)) == {"read", "write"}, "the tools")
        window.visit(proxy, "#/servers/files", token=TOKEN)
        window.wait_text("Live")
        assert "Approval" not in window.text
        tools.write_text(json.dumps({"tools": [NEW, OTHER], "prompts": []}))
        ask(proxy, "files", "tools/list")
        window.wait_text("Approval", "read", "another one than was approved")
        window.run("location.hash = '#/tools/files/read'")
        window.wait_text("It is withheld", f'description: "{OLD["description"]}" → "{NEW["description"]}"')
        window.press("Approve")
        window.wait_text('tool "read" of server files approved', "Call it")
        assert not approvals_left(proxy, "files")


def approvals_left(proxy, server):
    with proxy.visitor(headers=bearer()) as visitor:
        return visitor.get(proxy.url(f"/api/pins/{server}")).json()["changes"]


# Hostile servers


def test_names_and_words_of_servers_are_text_and_nothing_else(launch, window):
    name = f"{MARKUP[:60].replace('/', '|').replace('`', '')} {TURNED}"
    with launch({name: stdio(name="one"), "one": stdio(name="one")}) as proxy:
        window.visit(proxy)
        window.wait_text("2 servers · 2 ready")
        assert "<img src=x" in window.row("onerror")
        for tool in (MARKUP, TURNED, LONG, "__proto__"):
            assert call(proxy, "one", "add_tool", {"name": tool}).status_code == 200
        eventually(lambda: {MARKUP, TURNED, LONG, "__proto__"} <= set(offered(proxy)), "the proxy to know the tools")
        window.run("location.hash = '#/tools/one'")
        window.wait_text("tools of one")
        window.run("scrollTo(0, document.body.scrollHeight)")
        window.wait(lambda: any("longlong" in row.text for row in window.rows()), "the long name")
        assert max(len(row.text) for row in window.rows()) < 1000
        assert window.run("return document.documentElement.scrollWidth <= innerWidth")
        open_tool(window, proxy, MARKUP)
        open_tool(window, proxy, "verbatim")
        hostile = {"content": [{"type": "text", "text": MARKUP + TURNED}], "structuredContent": {"__proto__": MARKUP}}
        window.write("result", json.dumps(hostile, ensure_ascii=True))
        window.press("Call")
        window.wait_text(MARKUP)
        window.run("for (const each of document.querySelectorAll('details')) each.open = true")
        assert "taken" not in window.run("return document.title")
        assert not window.all("main img, main script, main iframe, main a[href^=javascript]")
        # What turns the direction of text ends with the text.
        assert window.run("return getComputedStyle(document.querySelector('bdi')).unicodeBidi") == "isolate"


def offered(proxy, token=None):
    with proxy.visitor(timeout=60, headers=bearer(token)) as visitor:
        return [tool["name"] for tool in visitor.get(proxy.url("/api/tools")).json()["tools"]]


def tool_count(proxy):
    with proxy.visitor(timeout=60) as visitor:
        servers = visitor.get(proxy.url("/api/servers")).json()["servers"]
    return sum(each.get("tools", 0) for each in servers.values())


# Many, small and without a mouse


def test_500_servers_with_10000_tools_stay_fluid(launch, window):
    with crowd(5, tools=2000) as servers:
        # Those that are switched off are rows as well, and take no time to start.
        off = {f"off-{number:03}": {"command": "true", "options": {"disabled": True}} for number in range(495)}
        with launch({**off, **servers}) as proxy:
            eventually(lambda: tool_count(proxy) == 10_000, "the tools of all servers", 60)
            window.visit(proxy)
            window.wait_text("500 servers", "5 ready", "495 disabled")
            paint = window.wait(lambda: paint_of(window, proxy), "a first paint within a second")
            assert 0 < len(window.rows()) < 60
            window.run("scrollTo(0, document.body.scrollHeight)")
            window.row("server-004")
            window.run("location.hash = '#/tools'")
            window.wait_text("10,000 tools")
            assert 0 < len(window.rows()) < 60
            window.find("input[type=search]").send_keys("warm the index")
            window.wait_text("best first")
            times = sorted((all, proxy) for all, proxy in window.take(SEARCHES))
            print(f"first paint after {paint:.0f} ms; searches took, and of that the proxy with the way to it: {times} ms")
            # From the key to the rows. What the proxy takes depends on its build; what the page adds does not.
            assert times[0][0] < (1000 if "debug" in Path(proxy.binary).resolve().parts else 100)
            assert min(all - proxy for all, proxy in times) < 100


def paint_of(window, proxy):
    """How long the first paint took, if that was short: other programs may have all of the machine at a moment."""
    window.visit(proxy)
    window.wait_text("500 servers")
    paint = window.run("return performance.getEntriesByName('first-contentful-paint')[0].startTime")
    return paint if paint < 1000 else None


# Types words, and measures from each until its rows are there, and how much of that the answer took.
SEARCHES = """
const done = arguments[arguments.length - 1];
const input = document.querySelector("input[type=search]");
const summary = document.querySelector(".summary");
(async () => {
  const times = [];
  for (const words of ["create an invoice", "delete branch", "ticket", "a photo of 123", "contact", "remove events"]) {
    summary.textContent = "";
    const start = performance.now();
    input.value = words;
    input.dispatchEvent(new Event("input"));
    while (!summary.textContent) await new Promise((resolve) => setTimeout(resolve, 2));
    const time = performance.now() - start;
    const answers = performance.getEntriesByType("resource").filter((each) => each.name.includes("search=") && each.startTime >= start);
    times.push([Math.round(time), Math.round(Math.max(0, ...answers.map((each) => each.duration)))]);
  }
  done(times);
})();
"""


def test_it_is_used_with_the_keyboard_alone_and_fits_a_phone(launch, window):
    with launch({"one": stdio(name="one")}) as proxy:
        window.visit(proxy)
        window.wait_text("1 server · 1 ready")
        window.run("document.activeElement.blur()")
        passed = []
        for _ in range(12):
            window.driver.switch_to.active_element.send_keys("\ue004")
            passed.append(window.driver.switch_to.active_element.text or window.driver.switch_to.active_element.tag_name)
        assert passed[0] == "Skip to the content" and "Tools" in passed and "Add server" in passed
        assert any(words.startswith("one") for words in passed), passed
        unnamed = window.run(
            "return [...document.querySelectorAll('input, button, a')].filter((each) => "
            "!(each.textContent.trim() || each.ariaLabel || each.labels?.length)).length"
        )
        assert unnamed == 0
        size = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
        window.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        try:
            for place in ("#/servers", "#/servers/one", "#/tools", "#/tools/one/echo", "#/groups", "#/traffic", "#/settings"):
                window.run("location.hash = arguments[0]", place)
                window.wait(lambda: window.all("main h1"), "the view")
                assert window.run("return document.documentElement.scrollWidth <= innerWidth"), place
        finally:
            window.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_hidden_tab_asks_nothing(launch, window):
    with launch({"one": stdio(name="one")}) as proxy:
        window.visit(proxy, "#/servers/one")
        window.wait_text("Live")
        assert metrics(proxy).sum("mcp_proxy_streams") == 1
        window.run(HIDE, True)
        eventually(lambda: metrics(proxy).sum("mcp_proxy_streams") == 0, "the stream to end")
        window.take("requestIdleCallback(arguments[0])")
        # Longer than any pause between two questions: that nothing comes is seen by waiting only.
        assert window.take(REQUESTS, 500) == window.take(REQUESTS, 5000)
        window.run(HIDE, False)
        eventually(lambda: metrics(proxy).sum("mcp_proxy_streams") == 1, "the stream to be back")


# How many requests there were, after some milliseconds.
REQUESTS = """
const done = arguments[1];
setTimeout(() => done(performance.getEntriesByType("resource").length), arguments[0]);
"""
HIDE = """
Object.defineProperty(document, "hidden", {value: arguments[0], configurable: true});
document.dispatchEvent(new Event("visibilitychange"));
"""
