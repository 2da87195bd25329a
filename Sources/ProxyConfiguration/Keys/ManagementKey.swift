/// The keys under `mcpProxy.management`.
enum ManagementKey {
    /// All of them, in the order of the documentation.
    static let all: [SettingKey<ManagementSettings>] = [
        .other(
            "authTokens", .texts, \.authTokens, whenChanged: .inPlace,
            "The only tokens that open the management interface. Left out: those of mcpProxy.options.",
            hints: #""minItems": 1, "examples": [["${MCP_PROXY_ADMIN_TOKEN}"]]"#
        )
        .settingOwn(\.authTokens) { ManagementConversion.tokens(in: $0, &$1) },
        .choice(
            "stdio", \.stdio, whenChanged: .inPlace,
            "Which programs servers added over the API may be: any, only those of templates, or none."),
        .choice("remote", \.remote, whenChanged: .inPlace, "Whether servers added over the API may be remote ones."),
        .choice(
            "adHoc", \.adHoc, whenChanged: .inPlace, "Whether a client may bring a server of its own with its session."),
        .other(
            "allowAddresses", .texts, default: .array([]), \.allowAddresses, whenChanged: .inPlace,
            "Addresses and networks that servers added over the API may be at although they are not public.",
            hints:
                #""examples": [["10.0.0.0/8", "::1"]], "items": {"type": "string", "pattern": "\\$|^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$"}"#
        )
        .setting(\.allowAddresses) { ManagementConversion.addresses(in: $0, &$1) },
        .other(
            "templates", .map(.template), default: .object([]), \.templates, whenChanged: .inPlace,
            "Commands by name, of which callers of the API fill in the parameters.",
            hints: #""propertyNames": {"pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"}"#
        )
        .setting(\.templates) { ManagementConversion.templates(in: $0, &$1) },
        .count("maxServers", \.maxServers, 0...10_000, whenChanged: .inPlace, "The most servers added over the API."),
        .count(
            "maxAdHocServers", \.maxAdHocServers, 0...10_000, whenChanged: .inPlace,
            "The most servers that clients brought with their sessions."),
        .count(
            "maxServersPerPrincipal", \.maxServersPerPrincipal, 0...10_000, whenChanged: .inPlace,
            "The most servers of either kind that one authenticated caller may have."),
        .count(
            "maxChangesPerMinute", \.maxChangesPerMinute, 1...1_000_000, whenChanged: .inPlace,
            "The most changes within one minute."),
        .boolean(
            "watch", \.watch, whenChanged: .inPlace, "Whether the configuration is loaded again when its file changes."),
        .time(
            "pollInterval", \.pollInterval, .seconds(1)...(.seconds(24 * 60 * 60)), whenChanged: .inPlace,
            "How often a configuration at a URL is asked for again. From 1s to 24h."),
        .time(
            "drainTimeout", \.drainTimeout, .milliseconds(1)...(.seconds(60 * 60)), whenChanged: .inPlace,
            "How long calls under way may take to finish when a server is removed or replaced. At most 1h."),
    ]
}

extension ManagementSettings: SettingsWithDefaults {
    static var defaults: ManagementSettings { ManagementSettings() }
}

/// The keys of a command that the operator has prepared, and of servers made from it.
enum TemplateKey {
    /// The keys of the command.
    static let template = [
        KnownKey("command", .text, "The program to run.", hints: #""examples": ["uvx"]"#),
        KnownKey(
            "args", .texts, default: .array([]),
            "The arguments of the program. {name} stands for a parameter, as a whole argument or after = in --flag={name}; {{ and }} are braces."
        ),
        KnownKey(
            "env", .textMap, default: .object([]),
            "Environment variables of the program. {name} as a whole value stands for a parameter; {{ and }} are braces."
        ),
        KnownKey("cwd", .text, "The directory the program runs in."),
        KnownKey(
            "parameters", .map(.templateParameter), default: .object([]), "What callers fill in, by name.",
            hints: #""propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_-]{0,63}$"}"#),
    ]

    /// The keys of what callers fill in.
    static let parameter = [
        KnownKey("type", .words(TemplateParameter.Kind.self), "What kind of value it is."),
        KnownKey(
            "pattern", .text, "A regular expression that a text has to match as a whole.",
            hints: #""examples": ["[a-z][a-z0-9-]*"]"#),
        KnownKey(
            "maxLength", .integer(1...ParameterConversion.longest), default: .number("256"),
            "The longest text, in characters."),
        KnownKey("minimum", .integer(), "The least number."),
        KnownKey("maximum", .integer(), "The greatest number."),
        KnownKey("enum", .values, "The values to choose from.", hints: #""minItems": 1"#),
        KnownKey("default", .value, "What is put in when the caller gives nothing."),
        KnownKey("required", .boolean, "Whether the caller has to give a value. Left out: unless there is a default."),
        KnownKey("description", .text, "What it is for, to be read by people."),
    ]

    /// The keys of a server that is made from a template. Such a server comes over the API only.
    static let server = [
        KnownKey("template", .text, "The name under mcpProxy.management.templates."),
        KnownKey("parameters", .valueMap, default: .object([]), "The values of the template's parameters, by name."),
        KnownKey(
            "options", .object(.options),
            "Options of this server; they stand in place of the proxy's, member by member."),
    ]
}
