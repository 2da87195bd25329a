import MCPValues

/// The keys of a group, under `mcpProxy.groups.<name>`, and of the endpoint for all servers, `mcpProxy.endpoint`.
enum GroupKey {
    /// All that set something of their own, in the order of the documentation.
    static let all: [SettingKey<GroupSettings>] = offered + names + told

    private static let offered: [SettingKey<GroupSettings>] = [
        .patterns(
            "servers", \.servers,
            "The servers that are offered, by name. * stands for any text, ? for one character, ! in front takes away; the last pattern that matches decides.",
            hints: #""minItems": 1"#),
        .patterns(
            "tools", \.tools, "The tools that are offered, by offered name, as patterns such as those of servers."),
        .patterns(
            "prompts", \.prompts, "The prompts that are offered, by offered name, as patterns such as those of servers."
        ),
        .patterns(
            "resources", \.resources,
            "The resources and templates that are offered, by URI, as patterns such as those of servers."),
        .boolean(
            "readOnly", \.isReadOnly, whenChanged: .inPlace,
            "Whether only tools are offered whose annotations say readOnlyHint."),
    ]

    private static let names: [SettingKey<GroupSettings>] = [
        .choice(
            "names", \.naming, whenChanged: .inPlace,
            "Whether the server's prefix stands before names: always, where two servers offer one name, or never."),
        .count(
            "maxNameLength", \.maximumNameLength, 24...128, whenChanged: .inPlace,
            "The longest offered name; longer ones are cut and end in a digest. VS Code drops tools whose names have more than 46 characters."
        ),
        .other(
            "overrides", .map(.toolOverride), default: .object([]), \.overrides, whenChanged: .inPlace,
            "What clients are told of single tools in place of what their servers say, by offered name.",
            hints: #""propertyNames": {"minLength": 1}"#
        )
        .setting(\.overrides) { OverrideConversion.overrides(in: $0, &$1) },
        .choice(
            "toolDiscovery", \.toolDiscovery, whenChanged: .inPlace,
            "How clients find tools: in a list, by search, or by search where the list would be long."),
        .other(
            "pinned", .texts, default: .array([]), \.pinned, whenChanged: .inPlace,
            "Offered names of tools that are always listed, also where tools are found by search.",
            hints: #""examples": [["git__git_status"]]"#
        )
        .setting(\.pinned) { GroupConversion.names("pinned", in: $0, &$1) },
        .other(
            "selfSearchingClients", .texts, default: .array([ConfigurationNode(.string("claude-code"), at: .start)]),
            \.selfSearchingClients,
            whenChanged: .inPlace,
            "Clients that search long lists by themselves, by the name that they give (clientInfo.name): with \"auto\" they are listed everything.",
            hints: #""examples": [["claude-code"]]"#
        )
        .setting(\.selfSearchingClients) { GroupConversion.names("selfSearchingClients", in: $0, &$1) },
    ]

    private static let told: [SettingKey<GroupSettings>] = [
        .ownText(
            "title", \.title, whenChanged: .inPlace, "What people are shown as the name, in place of the proxy's."),
        .other(
            "instructions", .text, \.instructions, whenChanged: .inPlace,
            "What clients are told of how to use it; it stands before what the servers say. At most 2,048 characters are sent.",
            hints: "\"maxLength\": \(GroupConversion.longestInstructions)"
        )
        .settingOwn(\.instructions) { GroupConversion.instructions(in: $0, &$1) },
        .time(
            "firstListWait", \.firstListWait, .zero...(.seconds(60)), whenChanged: .inPlace,
            "How long the first list waits for servers that are still starting, together. At most 1m."),
    ]

    /// The keys of its options.
    static let options: [SettingKey<GroupSettings>] = [
        .other(
            "authTokens", .texts, \.authTokens, whenChanged: .inPlace,
            "The only bearer tokens that open it, with all that it offers. Left out: whoever may use a server is offered that.",
            hints: #""minItems": 1, "examples": [["${MCP_PROXY_TOKEN}"]]"#
        )
        .settingOwn(\.authTokens) { GroupConversion.tokens(in: $0, &$1) },
        .other(
            "logEnabled", .boolean, \.logEnabled, whenChanged: .inPlace,
            "Whether requests to it are logged. Left out: as mcpProxy.options says."
        )
        .setting(\.logEnabled) { $0.boolean("logEnabled", &$1) },
    ]

    /// What may be written of a group.
    static let known =
        all.map(\.known) + [
            KnownKey("options", .object(.groupOptions), "Who may use it, and whether that is logged.")
        ]

    /// Whether there is an endpoint for all servers.
    static let enabled: SettingKey<GroupSettings> = .boolean(
        "enabled", \.isEnabled, whenChanged: .inPlace, "Whether all servers are offered together at /mcp and /sse.")

    /// What may be written of the endpoint.
    static let endpoint = [enabled.known] + known

    /// The keys of what is told of one tool.
    static let toolOverride = [
        KnownKey("name", .text, "The name under which the tool is offered, as it stands, without a prefix."),
        KnownKey("title", .text, "What people are shown as its name."),
        KnownKey("description", .text, "What it does, in words."),
        KnownKey(
            "arguments", .map(.presetArgument), default: .object([]),
            "Arguments that are set here and hidden from clients, by name.",
            hints: #""propertyNames": {"minLength": 1}"#),
    ]

    /// The keys of an argument that is set.
    static let presetArgument = [
        KnownKey("value", .json, "The value, of whatever type the tool takes.")
    ]
}

extension GroupSettings: SettingsWithDefaults {
    static var defaults: GroupSettings { GroupSettings() }
}

extension SettingKey<GroupSettings> {
    /// A list of patterns of names.
    fileprivate static func patterns(
        _ name: String, _ place: Path<NamePatterns>, _ documentation: String, hints: String? = nil
    ) -> SettingKey {
        .other(
            name, .texts, default: .array([ConfigurationNode(.string("*"), at: .start)]), place, whenChanged: .inPlace,
            documentation, hints: hints
        )
        .setting(place) { GroupConversion.patterns(name, in: $0, &$1) }
    }
}
