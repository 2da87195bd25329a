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
    ]
}

extension ClientSettings: SettingsWithDefaults {
    static var defaults: ClientSettings { ClientSettings() }
}
