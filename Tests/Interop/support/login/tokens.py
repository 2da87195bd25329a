"""Tokens that the authorization server has given out. They are opaque, and tell by their beginning what they are."""

import secrets
import time
from dataclasses import dataclass, field

from support.login.refusals import Refused
from support.secrets import remember

ACCESS = "canary-access-"
REFRESH = "canary-refresh-"


@dataclass
class Grant:
    """What somebody has allowed: everything that is given out for it ends with it."""

    person: str
    client: str
    scopes: frozenset
    resource: str | None
    ended: bool = False
    # Every token of it, in the order in which they were made.
    access: list = field(default_factory=list)
    refresh: list = field(default_factory=list)
    # The refresh token for which the latest of them were given.
    renewing: str | None = None


@dataclass
class Access:
    grant: Grant
    scopes: frozenset
    expires: float


class Tokens:
    def __init__(self, login):
        self._login = login
        self._access = {}
        self._refresh = {}
        self._spent = set()
        # {token: the refresh token that is spent once this one is used}, for who forgives lost answers.
        self._replaces = {}
        self.grants = []

    def made(self):
        """Every token that was ever given out, for a search over what they must not stand in."""
        return [token for grant in self.grants for token in (*grant.access, *grant.refresh)]

    def begin(self, person, client, scopes, resource):
        grant = Grant(person, client, frozenset(scopes), resource)
        self.grants.append(grant)
        return grant

    def access(self, grant, scopes=None):
        token = self._new(ACCESS)
        scopes = grant.scopes if scopes is None else frozenset(scopes)
        self._access[token] = Access(grant, scopes, time.monotonic() + self._login.lifetime)
        grant.access.append(token)
        self._replaces[token] = grant.renewing
        return token

    def refresh(self, grant):
        token = self._new(REFRESH, self._login.refresh_padding)
        self._refresh[token] = grant
        grant.refresh.append(token)
        self._replaces[token] = grant.renewing
        return token

    @staticmethod
    def _new(kind, padding=0):
        token = kind + secrets.token_hex(16) + "0" * padding
        remember(token)
        return token

    def redeem(self, token, client):
        """The grant of a refresh token, which with rotation is then spent."""
        grant = self._refresh.get(token)
        if grant is None or grant.ended or grant.client != client:
            raise Refused("invalid_grant", "this refresh token is not good here, or no more")
        if token in self._spent:
            grant.ended = self._login.notices_reuse
            raise Refused("invalid_grant", "this refresh token was used before")
        self._arrived(token)
        if self._login.rotates and not self._login.forgives_lost_answers:
            self._spent.add(token)
        grant.renewing = token
        return grant

    def _arrived(self, token):
        """Whoever shows a token has got it, and needs no more what it was given for."""
        if self._login.rotates:
            self._spent.add(self._replaces.get(token))

    def check(self, token, resources):
        """The token if it is good for one of these resources, otherwise None."""
        found = self._good(token)
        if found is None:
            return None
        self._arrived(token)
        anywhere = found.grant.resource is None and not self._login.resource_required
        return found if anywhere or found.grant.resource in resources else None

    def _good(self, token):
        found = self._access.get(token)
        return found if found and not found.grant.ended and found.expires > time.monotonic() else None

    def described(self, token):
        """What a resource server is told that asks about a token (RFC 7662)."""
        if (found := self._good(token)) is None:
            return {"active": False}
        grant = found.grant
        facts = {"sub": grant.person, "client_id": grant.client, "aud": grant.resource, "scope": " ".join(found.scopes)}
        return {"active": True, **facts}

    # What a test has happen to them

    def expire(self):
        """Ends all access tokens; refresh tokens stay good."""
        for access in self._access.values():
            access.expires = 0

    def revoke(self, token=None):
        """Ends the grant of a token, or all of them, with whatever was given out."""
        if token is None:
            for grant in self.grants:
                grant.ended = True
        elif token in self._access:
            self._access[token].grant.ended = True
        elif token in self._refresh:
            self._refresh[token].ended = True

    def forget_refresh_tokens(self):
        """Makes every refresh token unknown; access tokens stay good."""
        self._refresh.clear()
