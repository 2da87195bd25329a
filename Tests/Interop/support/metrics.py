"""What the proxy says of itself at `/metrics`, as scrapers read it, and the programs that read it: promtool and Prometheus."""

import json
import os
import re
import subprocess
from pathlib import Path

import httpx

from support.processes import MARK
from support.proxy import free_port
from support.wait import eventually

REPOSITORY = Path(__file__).resolve().parents[3]
PROGRAMS = Path(os.environ.get("VENV_DIR", REPOSITORY / ".venv")) / "debian" / "usr" / "bin"
SAMPLE = re.compile(r"^(?P<name>[a-z_]+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)$")
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')
ESCAPES = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


class Metrics:
    """A page of metrics. `page["name", "label=value"]` is the sum of the series with these labels."""

    def __init__(self, text):
        self.text = text
        self.samples = []
        for line in text.splitlines():
            if line.startswith("#"):
                continue
            sample = SAMPLE.match(line)
            assert sample, f"no sample: {line!r}"
            labels = {
                name: re.sub(r"\\.", lambda found: ESCAPES[found[0]], value)
                for name, value in LABEL.findall(sample["labels"] or "")
            }
            self.samples.append((sample["name"], labels, float(sample["value"])))

    def find(self, name, **wanted):
        return [
            (labels, value)
            for found, labels, value in self.samples
            if found == name and all(labels.get(label) == value for label, value in wanted.items())
        ]

    def sum(self, name, **wanted):
        return sum(value for _, value in self.find(name, **wanted))


def read(proxy, path="/metrics", token=None, accept=None):
    headers = {
        key: value
        for key, value in {"Authorization": token and f"Bearer {token}", "Accept": accept}.items()
        if value
    }
    with proxy.visitor(headers=headers) as visitor:
        response = visitor.get(proxy.url(path))
    assert response.status_code == 200, response.text
    return response


def metrics(proxy, **settings):
    return Metrics(read(proxy, **settings).text)


def check(text):
    """What promtool has to say against a page."""
    done = subprocess.run([PROGRAMS / "promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=30)
    return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()


class Prometheus:
    """Scrapes something again and again. Used as a context manager."""

    def __init__(self, run, folder, target, **settings):
        self.port = free_port()
        self._run = run
        self._folder = folder
        job = {"job_name": "proxy", "static_configs": [{"targets": [target]}], **settings}
        (folder / "prometheus.yml").write_text(
            json.dumps({"global": {"scrape_interval": "1s", "scrape_timeout": "1s"}, "scrape_configs": [job]})
        )

    def __enter__(self):
        self._log = (self._folder / "log").open("w")
        self._process = subprocess.Popen(
            [
                PROGRAMS / "prometheus", f"--config.file={self._folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={self._folder / 'data'}", f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            stdout=self._log, stderr=self._log, env={MARK: self._run},
        )  # fmt: skip
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._log.close()

    def query(self, expression):
        """The values of an expression, or none while Prometheus is not ready."""
        try:
            answer = httpx.get(
                f"http://127.0.0.1:{self.port}/api/v1/query", params={"query": expression}, trust_env=False
            )
        except httpx.TransportError:
            return []
        if answer.status_code != 200:
            return []
        return [float(sample["value"][1]) for sample in answer.json()["data"]["result"]]

    def wait_for(self, expression, value):
        eventually(lambda: self.query(expression) == [value], f"{expression} to be {value}: {self.query(expression)}")
