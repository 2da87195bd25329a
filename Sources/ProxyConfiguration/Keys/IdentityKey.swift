import MCPValues

/// The keys under `mcpProxy.identity`.
enum IdentityKey {
    /// All of them, in the order of the documentation.
    static let all = [
        KnownKey(
            "issuers", .list(.issuer), default: .array([]),
            "The issuers whose access tokens (OAuth) are accepted. Without any, none is."),
        KnownKey(
            "scopesSupported", .texts, default: .array([]),
            "The scopes that clients may ask for, as the metadata of the proxy lists them. Left out: requiredScopes.",
            hints: #""examples": [["mcp"]]"#),
        KnownKey(
            "requiredScopes", .texts, default: .array([]),
            "The scopes that every access token must have. A token without one of them opens nothing.",
            hints: #""examples": [["mcp"]]"#),
        KnownKey(
            "clientMetadataURL", .text,
            "Where the metadata of the proxy as a client of others is published (client ID metadata document), an https URL with a path.",
            hints:
                #""examples": ["https://mcp.example.com/oauth/client.json"], "pattern": "^[Hh][Tt][Tt][Pp][Ss]://[^/?#]+/[^?#]+$|\\$|^$""#
        ),
    ]

    private static let usual = SignatureAlgorithm.usual.map { algorithm in
        ConfigurationNode(.string(algorithm.rawValue), at: SourcePosition(line: 1, column: 1))
    }

    /// The keys of an issuer.
    static let issuer = [
        KnownKey(
            "issuer", .text, "The name of the issuer, an https URL exactly as it stands in its tokens.",
            hints: #""examples": ["https://login.example.com"]"#),
        KnownKey(
            "audience", .textOrTexts,
            "For whom its tokens have to be issued. Left out: for the proxy's own addresses, which takes baseURL.",
            hints: #""examples": ["https://mcp.example.com"]"#),
        KnownKey(
            "jwksURL", .text, "Where the issuer's keys are. Left out: where its metadata says.",
            hints: #""examples": ["https://login.example.com/keys"]"#),
        KnownKey(
            "algorithms", .texts, default: .array(usual),
            "The signatures that are accepted, whatever a token says of itself.",
            hints:
                "\"items\": {\"type\": \"string\", \"enum\": [\(SignatureAlgorithm.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))]}"
        ),
        KnownKey(
            "clockLeeway", .duration(IdentityConversion.leeway), default: .string("1m"),
            "By how much the clocks of issuer and proxy may differ. At most 5m."),
        KnownKey(
            "introspection", .object(.introspection),
            "Whom to ask for tokens that only their issuer can read (RFC 7662). Left out: such tokens are refused."),
    ]

    /// The keys of an introspection endpoint.
    static let introspection = [
        KnownKey(
            "url", .text, "The address of the endpoint.",
            hints: #""examples": ["https://login.example.com/introspect"]"#),
        KnownKey("clientID", .text, "As which client of the issuer the proxy asks."),
        KnownKey(
            "clientSecret", .text, "The secret of that client.", hints: #""examples": ["${INTROSPECTION_SECRET}"]"#),
    ]
}
