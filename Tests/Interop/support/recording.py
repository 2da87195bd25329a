"""What somebody was asked over HTTP, kept whole, so that a test can look for what was sent where."""

import base64
import binascii
import json
import threading
import urllib.parse


def pairs_of(text):
    return urllib.parse.parse_qsl(text, keep_blank_values=True)


class Asked:
    """One request. Names of header fields are in lower case."""

    def __init__(self, method, target, headers, body=b""):
        self.method = method
        self.target = target
        # As they came, where `headers` has the last of several with one name.
        self.fields = list(headers.items())
        self.headers = {name.lower(): value for name, value in self.fields}
        self.body = body
        # Set when it has been answered.
        self.status = None
        self.path, _, query = target.partition("?")
        self.query = dict(pairs_of(query))

    def __repr__(self):
        return f"<{self.method} {self.target} → {self.status}>"

    @property
    def form(self):
        return dict(self.form_pairs)

    @property
    def form_pairs(self):
        """With what is said twice."""
        return pairs_of(self.body.decode("utf-8", "replace"))

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def bearer(self):
        """The token that it shows, if any."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else None

    @property
    def basic(self):
        """The name and the password that it shows, as they were written, or None."""
        scheme, _, told = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, colon, password = base64.b64decode(told, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return (name, password) if colon else None

    @property
    def cookies(self):
        pieces = (piece.strip().partition("=") for piece in self.headers.get("cookie", "").split(";"))
        return {name: value for name, _, value in pieces if name}

    def __contains__(self, text):
        """Whether this text stands anywhere in it, also in an encoded form."""
        fields = [value for _, value in self.fields]
        told = [self.target, *fields, *(self.basic or ()), self.body.decode("utf-8", "replace")]
        return any(text in part or text in urllib.parse.unquote_plus(part) for part in told)


class Recording:
    """All requests to one place, in the order in which they came."""

    def __init__(self):
        self._asked = []
        self._lock = threading.Lock()

    def add(self, asked):
        with self._lock:
            self._asked.append(asked)

    def __iter__(self):
        with self._lock:
            return iter(list(self._asked))

    def __len__(self):
        return len(self._asked)

    def __getitem__(self, place):
        return self._asked[place]

    def of(self, path=None, method=None, **parameters):
        """Those to a path, with these parameters in the query or the form."""
        return [
            asked
            for asked in self
            if path in (None, asked.path)
            and method in (None, asked.method)
            and all({**asked.query, **asked.form}.get(name) == value for name, value in parameters.items())
        ]

    def holding(self, text):
        """Those in which this text stands anywhere."""
        return [asked for asked in self if text in asked]

    @property
    def paths(self):
        return [asked.path for asked in self]
