"""What the published conformance suite has a client go through (its `auth/*` scenarios), told to the servers of these tests.

    with scenario.staged(fixture) as stage:
        …                                       # the client calls `scenario.calls` tools at stage.server
        scenario.check(stage)

A scenario that does not succeed is one in which the client has to stop. `client` is what the client is told beforehand.
"""

import contextlib
from dataclasses import dataclass, field

from support.login.app import REDIRECT
from support.login.metadata import RFC8414, WELL_KNOWN
from support.login.server import LoginServer
from support.protected_server import WELL_KNOWN as RESOURCE_METADATA
from support.protected_server import ProtectedServer

NAME = "https://client.example.com/client-metadata.json"
DOCUMENT = {"client_id": NAME, "client_name": "interop", "redirect_uris": [REDIRECT]}
SECRET = "canary-secret-of-a-known-client"
TOOL = "whoami"
EVIL = "https://evil.example.com"
MOST_LOGINS = 3


@dataclass
class Stage:
    login: LoginServer
    # Where it moves to, in the one scenario in which it does.
    other: LoginServer
    server: ProtectedServer

    @property
    def scopes(self):
        """Those of each login; None where none were asked for."""
        return [set(query["scope"].split()) if "scope" in query else None for query in self.login.logins]


def nothing_more(stage):
    """What succeeds needs no look beyond the calls."""


@dataclass
class Scenario:
    name: str
    login: dict = field(default_factory=dict)
    server: dict = field(default_factory=dict)
    client: dict = field(default_factory=dict)
    look: object = nothing_more
    succeeds: bool = True
    calls: int = 1
    # Whether another authorization server is the right one after the first call.
    moves: bool = False
    # Which revisions have it; extensions have it too, without points.
    since: str = "2026-07-28"

    @contextlib.contextmanager
    def staged(self, fixture):
        settings = dict(self.login)
        with LoginServer(settings.pop("path", ""), **settings) as login, LoginServer() as other:
            with ProtectedServer(fixture, login, **self.server) as server:
                if known := self.client.get("client"):
                    login.add_client(
                        known["id"], secret=known["secret"], method="client_secret_basic", redirect_uris=[REDIRECT]
                    )
                if self.moves:
                    server.on_call = lambda: setattr(server, "login", other)
                yield Stage(login, other, server)

    def check(self, stage):
        assert len(stage.server.calls) == (self.calls if self.succeeds else 0), list(stage.server.record)
        self.look(stage)


def asks_for(*scopes):
    def look(stage):
        assert stage.scopes[0] is not None and set(scopes) <= stage.scopes[0], stage.scopes

    return look


def asks_for_none(stage):
    assert stage.scopes == [None]


def steps_up(stage):
    first, second = stage.scopes
    assert (first, second) == ({"mcp:basic"}, {"mcp:basic", "mcp:write"})


def gives_up(stage):
    assert 1 <= len(stage.login.logins) <= MOST_LOGINS, stage.login.logins


def leaves_alone(path):
    """Nobody asks for the metadata that is somebody else's."""

    def look(stage):
        assert path not in [*stage.login.record.paths, *stage.server.record.paths]

    return look


def shows_itself_by(method):
    def look(stage):
        (asked,) = stage.login.asked("/token")
        ways = {"client_secret_basic": asked.basic is not None, "client_secret_post": "client_secret" in asked.form}
        assert [way for way, used in ways.items() if used] == [way for way in ways if way == method]
        assert stage.login.logins[0]["resource"] == asked.form["resource"]

    return look


def is_an_address(stage):
    assert (stage.login.logins[0]["client_id"], stage.login.registrations) == (NAME, [])


def is_known(stage):
    (asked,) = stage.login.asked("/token")
    assert asked.basic == ("known", SECRET)


def never_logs_in(stage):
    assert stage.login.logins == []


def never_redeems(stage):
    """Somebody has logged in, and the code goes nowhere."""
    assert len(stage.login.logins) == 1
    assert stage.login.token_requests() == []


def believes_nothing(stage):
    paths = stage.login.record.paths
    assert paths and all(path.startswith(WELL_KNOWN) for path in paths), paths


def can_renew(stage):
    assert all("refresh_token" in wanted["grant_types"] for wanted in stage.login.registrations)


def stays_without_offline_access(stage):
    assert all("offline_access" not in (scopes or ()) for scopes in stage.scopes) and stage.scopes


def registers_anew(stage):
    first = stage.login.logins[0]["client_id"]
    assert len(stage.other.registrations) == 1
    assert stage.other.record.holding(first) == []


def open_beginning(method, tool):
    return method not in ("initialize", "notifications/initialized")


CHALLENGE_WITHOUT_SCOPE = {"tells": ("resource_metadata",)}
OLD = "2025-11-25"


def authenticated_by(name, method):
    changes = {"auth_methods": (method,), "registration_changes": {"token_endpoint_auth_method": method}}
    return Scenario(name, changes, look=shows_itself_by(method), since=OLD)


def answered_by(name, supported, iss, **more):
    return Scenario(name, {"iss_supported": supported, "iss": iss}, **more)


REFUSED = {"look": never_redeems, "succeeds": False}
THREE = ["mcp:basic", "mcp:read", "mcp:write"]
KNOWN = {"client": {"id": "known", "secret": SECRET, "method": "client_secret_basic"}}

SCENARIOS = [
    Scenario("metadata-default", look=leaves_alone(RESOURCE_METADATA), since=OLD),
    Scenario("metadata-var1", {"metadata_at": ("oidc",)}, {"tells": ()}, since=OLD),
    Scenario(
        "metadata-var2", {"path": "/tenant1"}, {"metadata_at": ("root",), "tells": ()}, look=leaves_alone(RFC8414), since=OLD
    ),
    Scenario(
        "metadata-var3", {"path": "/tenant1", "metadata_at": ("oidc-appended",)},
        {"metadata_at": ("/custom/metadata/location.json",)}, look=leaves_alone(RFC8414), since=OLD,
    ),
    Scenario(
        "basic-cimd", {"client_documents": True, "documents": {NAME: DOCUMENT}}, client={"metadata_url": NAME},
        look=is_an_address, since=OLD,
    ),
    Scenario("scope-from-www-authenticate", server={"scope": "mcp:basic"}, look=asks_for("mcp:basic"), since=OLD),
    Scenario(
        "scope-from-scopes-supported",
        server={"scope": " ".join(THREE), "scopes_supported": THREE, **CHALLENGE_WITHOUT_SCOPE}, look=asks_for(*THREE),
        since=OLD,
    ),
    Scenario("scope-omitted-when-undefined", look=asks_for_none, since=OLD),
    Scenario(
        "scope-step-up",
        server={
            "scope": "mcp:basic", "tool_scopes": {TOOL: "mcp:write"}, "tells_all": False, "protects": open_beginning,
            "scopes_supported": ["mcp:profile"],
        },
        look=steps_up, since=OLD,
    ),
    Scenario(
        "scope-retry-limit", server={"scope": "mcp:admin", "scopes_supported": ["mcp:admin"], "insatiable": {TOOL}},
        look=gives_up, succeeds=False, since=OLD,
    ),
    authenticated_by("token-endpoint-auth-basic", "client_secret_basic"),
    authenticated_by("token-endpoint-auth-post", "client_secret_post"),
    authenticated_by("token-endpoint-auth-none", "none"),
    Scenario("pre-registration", {"registration": "off"}, client=KNOWN, look=is_known, since=OLD),
    Scenario(
        "resource-mismatch", server={"metadata_changes": {"resource": EVIL + "/mcp"}}, look=never_logs_in, succeeds=False
    ),
    Scenario(
        "offline-access-scope", {"scopes_supported": ["mcp:basic", "offline_access"]},
        {"scope": "mcp:basic", "scopes_supported": ["mcp:basic"], **CHALLENGE_WITHOUT_SCOPE}, look=can_renew,
    ),
    Scenario(
        "offline-access-not-supported", {"scopes_supported": THREE[:2]},
        {"scope": "mcp:basic", "scopes_supported": THREE[:2], **CHALLENGE_WITHOUT_SCOPE}, look=stays_without_offline_access,
    ),
    Scenario("authorization-server-migration", look=registers_anew, calls=2, moves=True),
    answered_by("iss-supported", True, "right"),
    answered_by("iss-not-advertised", None, "absent"),
    answered_by("iss-supported-missing", True, "absent", **REFUSED),
    answered_by("iss-wrong-issuer", True, "wrong", **REFUSED),
    answered_by("iss-unexpected", None, "wrong", **REFUSED),
    answered_by("iss-normalized", True, "normalised", **REFUSED),
    Scenario("metadata-issuer-mismatch", {"metadata_changes": {"issuer": EVIL}}, look=believes_nothing, succeeds=False),
]  # fmt: skip
