/// The keys under `mcpServers.<name>.auth`.
enum AuthorizationKey {
    /// What may stand in the place of the object.
    static let never = "none"

    /// How a token is come by, as `type` has it.
    enum Method: String, CaseIterable {
        case oauth
        case clientCredentials
        case tokenExchange
        case enterpriseManaged
    }

    /// The keys that not every type has, each with those that have it.
    static let methods: [String: [Method]] = [
        "issuer": [.oauth, .clientCredentials, .enterpriseManaged], "per": [.oauth], "tokenURL": [.tokenExchange],
        "audience": [.tokenExchange], "identityProvider": [.enterpriseManaged],
    ]

    /// All of them, in the order of the documentation.
    static let all = [
        KnownKey(
            "type", .words(Method.self),
            "A person logs in (oauth), the proxy has credentials of its own (clientCredentials), or the caller's token is exchanged, at the server's issuer (tokenExchange) or with a company's identity provider (enterpriseManaged)."
        ),
        KnownKey(
            "scopes", .texts, default: .array([]), "The scopes to ask for. Left out: those that the server asks for.",
            hints: #""examples": [["read"]]"#),
        KnownKey(
            "clientID", .text,
            "As which client the proxy comes to the authorization server. Left out, which oauth alone allows: it registers itself.",
            hints: #""examples": ["mcp-proxy"]"#),
        KnownKey("clientSecret", .text, "The secret of that client.", hints: #""examples": ["${CLIENT_SECRET}"]"#),
        KnownKey(
            "privateKeyFile", .text,
            "A file with the key (PEM) by which the client proves who it is, in place of a secret.",
            hints: #""examples": ["/run/secrets/client.pem"]"#),
        KnownKey(
            "issuer", .text,
            "The authorization server to which clientID belongs, an https URL exactly as its metadata has it. Left out: whichever the server names.",
            hints: #""examples": ["https://login.example.com"]"#),
        KnownKey(
            "per", .words(ServerAuthorizationSettings.Login.Holder.self),
            default: .string(ServerAuthorizationSettings.Login.Holder.proxy.rawValue),
            "For oauth: whether one login serves all callers, or each principal logs in."),
        KnownKey(
            "tokenURL", .text, "For tokenExchange: where tokens are exchanged.",
            hints: #""examples": ["https://login.example.com/token"]"#),
        KnownKey(
            "audience", .text, "For tokenExchange: the name that the issuer gives the server.",
            hints: #""examples": ["https://docs.example.com"]"#),
        KnownKey(
            "identityProvider", .object(.identityProvider), "For enterpriseManaged: who vouches for the caller."),
    ]

    /// The keys of an identity provider.
    static let identityProvider = [
        KnownKey(
            "issuer", .text,
            "Its name, an https URL exactly as its metadata has it. Either this or tokenURL is needed.",
            hints: #""examples": ["https://login.example.com"]"#),
        KnownKey(
            "tokenURL", .text, "Where it is asked. Left out: where its metadata says.",
            hints: #""examples": ["https://login.example.com/token"]"#),
        KnownKey(
            "clientID", .text, "As which client of it the proxy asks.",
            hints: #""minLength": 1, "examples": ["mcp-proxy"]"#),
        KnownKey(
            "clientSecret", .text, "The secret of that client.", hints: #""examples": ["${PROVIDER_SECRET}"]"#),
    ]
}
