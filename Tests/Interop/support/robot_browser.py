"""A browser that a robot sits before: it follows redirects, keeps cookies, presses buttons, and writes down all it did.

    ann = RobotBrowser()
    page = ann.open(url)
    page = ann.press(page, "Allow")

Two of them are two people's. Cookies are those of a host, whatever its port, and on this machine `Secure` ones go over HTTP
too: that is what browsers do.
"""

import http.cookiejar
import os
import ssl
import stat
import urllib.parse
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

from support.wait import eventually

MOST_REDIRECTS = 20
SECONDS = 30


class TooManyRedirects(AssertionError):
    pass


@dataclass
class Form:
    action: str
    method: str
    fields: list = field(default_factory=list)
    # (what the button says, its name, its value)
    buttons: list = field(default_factory=list)


class FormReader(HTMLParser):
    """The forms of a page, as far as they have hidden and text fields and buttons, and its links."""

    def __init__(self, text):
        super().__init__()
        self.forms = []
        self.links = []
        self._button = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag == "input" and given.get("type") == "submit" and self.forms:
            self.forms[-1].buttons.append((given.get("value", ""), given.get("name"), given.get("value", "")))
        elif tag == "input" and "name" in given and self.forms:
            self.forms[-1].fields.append((given["name"], given.get("value", "")))
        elif tag == "button" and self.forms:
            self._button = ["", given.get("name"), given.get("value", "")]

    def handle_data(self, data):
        if self._button:
            self._button[0] += data

    def handle_endtag(self, tag):
        if tag == "button" and self._button:
            self.forms[-1].buttons.append((self._button[0].strip(), *self._button[1:]))
            self._button = None


class Page:
    """What stands in the window. `awaited` is the address where it stopped instead of going on."""

    def __init__(self, url, response, awaited=None):
        self.url = url
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        self.awaited = awaited
        reader = FormReader(self.text)
        self.forms = reader.forms
        self.links = [urllib.parse.urljoin(url, link) for link in reader.links]

    @property
    def buttons(self):
        return [button[0] for form in self.forms for button in form.buttons]


class RobotBrowser:
    """`trusted` is the file of the one authority that it believes, if any."""

    def __init__(self, trusted=None):
        policy = http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if trusted:
            context.load_verify_locations(trusted)
        self._client = httpx.Client(
            verify=context,
            cookies=http.cookiejar.CookieJar(policy),
            follow_redirects=False,
            trust_env=False,
            timeout=SECONDS,
        )
        # Every answer, each with its request.
        self.visits = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._client.close()

    @property
    def urls(self):
        return [str(response.request.url) for response in self.visits]

    @property
    def cookies(self):
        return {cookie.name: cookie.value for cookie in self._client.cookies.jar}

    def open(self, url, stop_before=None):
        """Goes there, as after a click in another program, and wherever that leads.

        With `stop_before` not to an address that begins so: nobody may listen there, or somebody else shall go.
        """
        return self._go("GET", url, "none", stop_before)

    def press(self, page, button, stop_before=None, **filled):
        """Presses the button that says this, with these fields filled in."""
        form = next((form for form in page.forms if button in [said for said, _, _ in form.buttons]), None)
        assert form, f"no button {button!r} at {page.url}, which has {page.buttons}:\n{page.text}"
        name, value = next((name, value) for said, name, value in form.buttons if said == button)
        data = dict(form.fields) | filled | ({name: value} if name else {})
        url = urllib.parse.urljoin(page.url, form.action) if form.action else page.url
        if form.method == "get":
            url = f"{url.partition('?')[0]}?{urllib.parse.urlencode(data)}"
            return self._go("GET", url, site_of(page.url, url), stop_before)
        return self._go("POST", url, site_of(page.url, url), stop_before, data, origin_of(page.url))

    def _go(self, method, url, site, stop_before, data=None, origin=None):
        for _ in range(MOST_REDIRECTS):
            response = self._ask(method, url, site, data, origin)
            if not response.has_redirect_location:
                return Page(url, response)
            to = urllib.parse.urljoin(url, response.headers["Location"])
            if stop_before and to.startswith(stop_before):
                return Page(url, response, awaited=to)
            # A chain is as foreign as the most foreign of its hops.
            site = site if site == "none" else max(site, site_of(url, to), key=FOREIGN.index)
            url, (method, data, origin) = to, ("GET", None, None)
        raise TooManyRedirects(f"after {MOST_REDIRECTS} redirects at {url}: {self.urls}")

    def _ask(self, method, url, site, data, origin):
        headers = {
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "User-Agent": "Mozilla/5.0 (robot)",
            "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": site,
            **({"Origin": origin} if origin else {}),
        }  # fmt: skip
        response = self._client.request(method, url, data=data, headers=headers)
        self.visits.append(response)
        return response


FOREIGN = ["same-origin", "same-site", "cross-site"]


def origin_of(url):
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def site_of(one, other):
    """How a browser calls a request from one page to another: as hosts of tests are, each is a site of its own."""
    if origin_of(one) == origin_of(other):
        return "same-origin"
    same = urllib.parse.urlsplit(one)[0] == urllib.parse.urlsplit(other)[0]
    hosts = {urllib.parse.urlsplit(url).hostname for url in (one, other)}
    return "same-site" if same and len(hosts) == 1 else "cross-site"


class Opener:
    """A folder for PATH in which the programs that open a browser only write down what they were to open."""

    names = ("xdg-open", "open", "sensible-browser", "www-browser")

    def __init__(self, folder):
        self.folder = folder
        self._file = folder / "opened"
        for name in self.names:
            program = folder / name
            program.write_text(f'#!/bin/sh\nfor word; do last=$word; done\nprintf "%s\\n" "$last" >> {self._file}\n')
            program.chmod(program.stat().st_mode | stat.S_IXUSR)

    @property
    def path(self):
        return f"{self.folder}{os.pathsep}{os.environ['PATH']}"

    @property
    def urls(self):
        """The whole lines so far."""
        text = self._file.read_text() if self._file.exists() else ""
        return text[: text.rfind("\n") + 1].splitlines()

    def wait_for_url(self, place=0):
        return eventually(lambda: self.urls[place:], "a browser to be opened")[0]
