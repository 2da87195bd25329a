import MCPValues

/// The keys of a client, under `mcpProxy.clients.<name>`.
enum ClientKey {
    /// All of them, in the order of the documentation.
    static let all: [SettingKey<ClientSettings>] = [
        .other(
            "tokens", .texts, default: .array([]), \.tokens, whenChanged: .inPlace,
            "The bearer tokens of the client: with any of them it is the same one.",
            hints: #""examples": [["${LAPTOP_TOKEN}"]]"#
        )
        .setting(\.tokens) { OptionsConversion.tokens("tokens", in: $0, &$1) },
        .other(
            "tokensFile", .text, \.tokensFile, whenChanged: .inPlace,
            "A file with more tokens, one a line, read again at each reload. Lines that begin with # are left out.",
            hints: #""examples": ["/run/secrets/agents"]"#
        )
        .settingOwn(\.tokensFile) { EgressConversion.path("tokensFile", in: $0, &$1) },
        .other(
            "servers", .texts, default: .array([]), \.rights.servers, whenChanged: .inPlace,
            "The servers that it may use, by name, as patterns. * stands for any text, ? for one character, ! in front takes away; the last pattern that matches decides.",
            hints: #""examples": [["*"], ["git", "time"]]"#
        )
        .setting(\.rights.servers) { GroupConversion.patterns("servers", in: $0, &$1) },
        .other(
            "groups", .texts, \.rights.groups, whenChanged: .inPlace,
            "The groups that it may use, with all that they offer, as patterns. Left out: every group, as far as it may use the servers.",
            hints: #""examples": [["dev"]]"#
        )
        .setting(\.rights.groups) { GroupConversion.patterns("groups", in: $0, &$1).map(Rights.Groups.named) },
        .other(
            "tools", .texts, default: .array([ConfigurationNode(.string("*"), at: .start)]), \.rights.tools.patterns,
            whenChanged: .inPlace,
            "The tools that it may use, wherever they are offered, by offered name with the server's prefix, as patterns.",
            hints: #""examples": [["*", "!git__*push*"]]"#
        )
        .setting(\.rights.tools.patterns) { GroupConversion.patterns("tools", in: $0, &$1) },
        .boolean(
            "readOnly", \.rights.tools.isReadOnly, whenChanged: .inPlace,
            "Whether it may use only tools whose annotations say readOnlyHint."),
        .other(
            "callsPerMinute", .integer(1...1_000_000), \.rights.callsPerMinute, whenChanged: .inPlace,
            "How many calls it may make in a minute: tools, prompts, resources and completions. Left out: any number."
        )
        .settingOwn(\.rights.callsPerMinute) { $0.integer("callsPerMinute", in: 1...1_000_000, usual: 120, &$1) },
        .choice(
            "management", \.rights.management, whenChanged: .inPlace,
            "How far it may go in the management API: not at all, read, change and add servers with a URL, or start programs as well."
        ),
        .other(
            "certificates", .texts, \.certificates, whenChanged: .inPlace,
            "Which certificates are the client's, too: patterns of the subject (CN=laptop,O=Example), of a name (DNS:, URI:, email:) or of sha256: and the fingerprint.",
            hints: #""examples": [["CN=laptop,O=Example"], ["URI:spiffe://example.com/agents/*"]]"#
        )
        .settingOwn(\.certificates) { GroupConversion.patterns("certificates", in: $0, &$1) },
        .other(
            "match", .object(.clientMatch), \.match, whenChanged: .inPlace,
            "Which callers with an access token are this client, too. Of several clients that match, the first one counts."
        )
        .settingOwn(\.match) { MatchConversion.match(in: $0, &$1) },
        .other(
            "scopes", .map(.scopeRights), default: .object([]), \.scopes, whenChanged: .inPlace,
            "What more such a caller may do whose token has a scope, by scope."
        )
        .setting(\.scopes) { MatchConversion.scopes(in: $0, &$1) },
    ]

    /// The keys of a match.
    static let match = [
        KnownKey(
            "issuer", .text, "The issuer of the token, one of mcpProxy.identity.",
            hints: #""examples": ["https://login.example.com"]"#),
        KnownKey(
            "claims", .json, default: .object([]),
            "Claims that the token must have: by name, or with a slash in front by a JSON pointer, the text that it must be or hold, or a list of texts of which one is enough.",
            hints: #""examples": [{"groups": "engineering"}, {"/realm_access/roles": ["dev", "ops"]}]"#),
    ]

    /// The keys of what a scope adds.
    static let scope = [
        KnownKey("servers", .texts, default: .array([]), "More servers, as patterns behind those of the client."),
        KnownKey("groups", .texts, default: .array([]), "More groups, as patterns behind those of the client."),
        KnownKey("tools", .texts, default: .array([]), "More tools, as patterns behind those of the client."),
        KnownKey("readOnly", .boolean, "false: it may also use tools that change something."),
        KnownKey("callsPerMinute", .integer(1...1_000_000), "How many calls it may make in a minute, if that is more."),
        KnownKey(
            "management", .words(ManagementRight.self), default: .string(ManagementRight.none.rawValue),
            "How far it may go in the management API, if that is further."),
    ]
}

extension ClientSettings: SettingsWithDefaults {
    static var defaults: ClientSettings { ClientSettings() }
}
