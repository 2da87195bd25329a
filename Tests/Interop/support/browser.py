"""A real browser, headless, and the dashboard in it."""

import json
import os
import tempfile
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from support.metrics import REPOSITORY

DEBIAN = Path(os.environ.get("VENV_DIR", REPOSITORY / ".venv")) / "debian"
SECONDS = 30
# How elements are found by the words that a person sees.
BUTTON = "//button[normalize-space()={0}] | //a[contains(@class, 'button') and normalize-space()={0}]"


def quoted(text):
    """A text as XPath has it."""
    assert '"' not in text
    return f'"{text}"'


class Browser:
    """One window. `scale` is how many points of the screen a pixel has."""

    def __init__(self, width=1280, height=800, dark=False, scale=1):
        self._folder = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        libraries = DEBIAN / "usr" / "lib" / "x86_64-linux-gnu"
        environment = {
            **{key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")},
            "LD_LIBRARY_PATH": f"{libraries}:{libraries / 'pulseaudio'}",
            "HOME": self._folder.name,
        }
        options = webdriver.ChromeOptions()
        options.binary_location = str(DEBIAN / "usr" / "lib" / "chromium" / "chromium")
        for argument in (
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
            f"--window-size={width},{height}", f"--user-data-dir={self._folder.name}/profile",
            f"--force-device-scale-factor={scale}", "--lang=en", "--hide-scrollbars",
            *(["--force-dark-mode", "--blink-settings=preferredColorScheme=0"] if dark else []),
        ):  # fmt: skip
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = webdriver.ChromeService(executable_path=str(DEBIAN / "usr" / "bin" / "chromedriver"), env=environment)
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_page_load_timeout(SECONDS)
        self.driver.set_script_timeout(SECONDS)

    def close(self):
        self.driver.quit()
        self._folder.cleanup()

    # What is seen

    def wait(self, condition, what, seconds=SECONDS):
        """Waits until `condition()` gives something true, while the page may change under it, and gives that."""
        ignored = [NoSuchElementException, StaleElementReferenceException]
        return WebDriverWait(self.driver, seconds, 0.05, ignored).until(lambda _: condition(), f"waited for {what}")

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def wait_text(self, *texts):
        for text in texts:
            self.wait(lambda: text in self.text, f"{text!r} on the page")

    def wait_gone(self, text):
        self.wait(lambda: text not in self.text, f"{text!r} to leave the page")

    def find(self, css):
        return self.wait(lambda: self.driver.find_element(By.CSS_SELECTOR, css), css)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def take(self, script, *arguments):
        """What a script calls back with."""
        return self.driver.execute_async_script(script, *arguments)

    # What is done

    def open(self, url):
        self.driver.get(url)

    def press(self, words):
        """Presses the button that says this, once it is there and can be pressed."""
        path = BUTTON.format(quoted(words))

        def press():
            buttons = [each for each in self.driver.find_elements(By.XPATH, path) if each.is_displayed()]
            if not buttons or not buttons[-1].is_enabled():
                return False
            buttons[-1].click()
            return True

        self.wait(press, f"a button {words!r}")

    def labelled(self, label):
        """The field of a label that begins so."""
        path = f"//label[starts-with(normalize-space(), {quoted(label)})]"

        def field():
            for found in self.driver.find_elements(By.XPATH, path):
                if found.is_displayed():
                    return self.driver.find_element(By.ID, found.get_attribute("for"))
            return None

        return self.wait(field, f"a field {label!r}")

    def write(self, label, text):
        element = self.labelled(label)
        element.clear()
        element.send_keys(text)

    # What it has said and asked for

    def complaints(self):
        """What the console says that is no mere note: errors, and what the policy of the page has refused.

        That the proxy has refused something, or has ended, the browser notes by itself.
        """
        entries = self.driver.get_log("browser")
        return [entry for entry in entries if entry["level"] in ("SEVERE", "WARNING") and entry["source"] != "network"]

    def requested(self):
        """The addresses that were asked for since the last time."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]


class Dashboard(Browser):
    """The dashboard of a proxy."""

    def visit(self, proxy, place="", token=None):
        self.open("about:blank")
        self.open(proxy.url(f"/ui/{place}"))
        if token:
            self.sign_in(token)

    def sign_in(self, token):
        self.write("Token", token)
        self.press("Sign in")

    def rows(self):
        return self.all(".row")

    def row(self, name):
        """What the row of a server or a tool says."""
        return self.wait(
            lambda: next((row.text for row in self.rows() if name in row.text), None), f"a row of {name!r}")
