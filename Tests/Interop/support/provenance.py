"""Of which version a server is and what it is made with, read from what is installed."""

import dataclasses
import functools
import importlib.metadata
import re

from support.visit import environments

PYTHON_SDKS = {
    "fastmcp": "FastMCP",
    "minimcp": "MiniMCP",
    "chuk-mcp-server": "ChukMCPServer",
    "mcp": "Python SDK",
}
# What a compiled or bundled program tells of the library that it was built with.
TRACES = [
    (re.compile(rb"github\.com/modelcontextprotocol/go-sdk[@\t]v([0-9.]+)"), "Go SDK", "Go"),
    (re.compile(rb"/rmcp-([0-9]+\.[0-9]+\.[0-9]+)/"), "Rust SDK", "Rust"),
    (re.compile(rb"@modelcontextprotocol/sdk@([0-9.]+)"), "TypeScript SDK", "TypeScript"),
]
PROGRAM_BYTES = 1_000_000


@dataclasses.dataclass(frozen=True)
class Provenance:
    version: str
    sdk: str
    language: str


@functools.cache
def installed(environment):
    """Every distribution in an environment, by name."""
    [packages] = (environments() / environment / "lib").glob("python*/site-packages")
    found = importlib.metadata.distributions(path=[str(packages)])
    return {plain_name(distribution.name): distribution for distribution in found}


def plain_name(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def version(environment, name):
    return installed(environment)[name].version


def provenance(server):
    distribution = installed(server.environment)[server.distribution]
    sdk, language = python_sdk(server.environment, distribution) or traced(distribution) or ("its own code", "Python")
    return Provenance(distribution.version, sdk, language)


def python_sdk(environment, distribution):
    """The SDK that a package asks for, with its version, and the language."""
    wanted = {
        plain_name(re.match(r"[\w.-]+", requirement).group())
        for requirement in distribution.requires or []
        if "extra ==" not in requirement
    }
    for name, title in PYTHON_SDKS.items():
        if name in wanted:
            below = f" on Python SDK {version(environment, 'mcp')}" if name in ("fastmcp", "minimcp") else ""
            return f"{title} {version(environment, name)}{below}", "Python"
    return None


def traced(distribution):
    for file in distribution.files or []:
        path = distribution.locate_file(file)
        if not (path.name.endswith(".LICENSE") or path.stat().st_size > PROGRAM_BYTES):
            continue
        content = path.read_bytes()
        for pattern, title, language in TRACES:
            if found := pattern.search(content):
                return f"{title} {found[1].decode()}", language
    return None
