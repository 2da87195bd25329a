"""What a test can have the authorization server do otherwise. Each may be changed at any time."""

from dataclasses import dataclass, field

AUTH_METHODS = ("none", "client_secret_basic", "client_secret_post", "private_key_jwt")
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
GRANTS = ("authorization_code", "refresh_token", "client_credentials", TOKEN_EXCHANGE, JWT_BEARER)


@dataclass(kw_only=True)
class Switches:
    # Where the metadata is: "rfc8414" (path inserted), "oidc" (path inserted), "oidc-appended"; "rfc8414-root" is the
    # place of another issuer when this one has a path.
    metadata_at: tuple = ("rfc8414",)
    # Members that are otherwise than usual; None leaves one out.
    metadata_changes: dict = field(default_factory=dict)
    scopes_supported: list | None = None
    auth_methods: tuple = AUTH_METHODS
    grants: tuple = GRANTS

    # "open", "off", "refused", or "matching": only where `application_type` fits the redirect URIs.
    registration: str = "open"
    # Members of the answer that are otherwise than asked for.
    registration_changes: dict = field(default_factory=dict)
    # Whether a client may be an https URL at which its metadata is. What stands in `documents` is not fetched;
    # `trusted` is the file of the authority of servers from which others are.
    client_documents: bool = False
    documents: dict = field(default_factory=dict)
    trusted: str | None = None

    # What is told of `iss` in answers: True, False, or None for nothing; and what is said there: "right", "absent",
    # "wrong", "normalised".
    iss_supported: bool | None = True
    iss: str = "right"
    # "automatic", or "page", where somebody has to press a button.
    consent: str = "automatic"
    # The error with which everybody comes back.
    refuses_with: str | None = None
    # Members of the answer that are otherwise; None leaves one out.
    answer_changes: dict = field(default_factory=dict)
    # Who logs in in a browser that is nobody's yet.
    person: str = "ann"
    never_granted: frozenset = frozenset()

    # The resources for which there are tokens; None is any.
    resources: set | None = None
    resource_required: bool = True
    lifetime: int = 3600
    # "always", "never", or "offline_access": who asks for that scope.
    refresh_tokens: str = "always"
    rotates: bool = True
    # How many bytes longer than usual it is.
    refresh_padding: int = 0
    # Whether a refresh token that comes again ends everything that came of that login.
    notices_reuse: bool = True
    # Whether a refresh token can come again until something is used that was given for it.
    forgives_lost_answers: bool = False
    # Members of the answer that are otherwise, or a function that says so of a form; None leaves one out.
    token_changes: object = field(default_factory=dict)
    # Whether tokens can be revoked, at /revoke.
    revocation: bool = False

    # Whose assertions are believed: whatever has a `url` and `keys`.
    trusts: list = field(default_factory=list)
    # Under which name a client is known at another issuer: {issuer: {name here: name there}}.
    clients_elsewhere: dict = field(default_factory=dict)
    # What comes instead of an answer: {path below the issuer, "metadata", or a whole path: a Fault}.
    faults: dict = field(default_factory=dict)
