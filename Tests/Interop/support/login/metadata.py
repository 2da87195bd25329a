"""What the authorization server says of itself, and where."""

WELL_KNOWN = "/.well-known/"
RFC8414 = WELL_KNOWN + "oauth-authorization-server"
OIDC = WELL_KNOWN + "openid-configuration"


def places(path):
    """{name of a place: its path} for an issuer with this path."""
    return {
        "rfc8414": RFC8414 + path,
        "rfc8414-root": RFC8414,
        "oidc": OIDC + path,
        "oidc-appended": path + OIDC,
    }


def changed(document, changes):
    """A document with other members, and without those that are None."""
    return {name: value for name, value in {**document, **changes}.items() if value is not None}


def metadata(login):
    advertised = login.registration != "off"
    document = {
        "issuer": login.url,
        "authorization_endpoint": login.url + "/authorize",
        "token_endpoint": login.url + "/token",
        "registration_endpoint": login.url + "/register" if advertised else None,
        "revocation_endpoint": login.url + "/revoke" if login.revocation else None,
        "jwks_uri": login.url + "/keys",
        "response_types_supported": ["code"],
        "grant_types_supported": list(login.grants),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": list(login.auth_methods),
        "token_endpoint_auth_signing_alg_values_supported": (
            ["ES256", "RS256", "EdDSA"] if "private_key_jwt" in login.auth_methods else None
        ),
        "scopes_supported": login.scopes_supported,
        "authorization_response_iss_parameter_supported": login.iss_supported,
        "client_id_metadata_document_supported": login.client_documents or None,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }
    return changed(document, login.metadata_changes)
