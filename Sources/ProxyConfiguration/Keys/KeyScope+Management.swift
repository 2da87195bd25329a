extension KeyScope {
    /// The keys of `mcpProxy.management`.
    static let managementKeys =
        [
            KnownKey("authTokens", .texts),
            KnownKey("stdio", .choice(StdioManagement.allCases.map(\.rawValue)), default: .string("allow")),
            KnownKey("remote", .choice(ManagementPermission.allCases.map(\.rawValue)), default: .string("allow")),
            KnownKey("adHoc", .choice(ManagementPermission.allCases.map(\.rawValue)), default: .string("allow")),
            KnownKey("allowAddresses", .texts, default: .array([])),
            KnownKey("templates", .map(.template), default: .object([])),
        ] + ManagementCount.all.map(\.knownKey) + [
            KnownKey("watch", .boolean, default: .bool(true)),
            KnownKey("pollInterval", .duration, default: .string("30s")),
            KnownKey("drainTimeout", .duration, default: .string("10s")),
        ]

    /// The keys of a command that the operator has prepared.
    static let templateKeys = [
        KnownKey("command", .text),
        KnownKey("args", .texts, default: .array([])),
        KnownKey("env", .textMap, default: .object([])),
        KnownKey("cwd", .text),
        KnownKey("parameters", .map(.templateParameter), default: .object([])),
    ]

    /// The keys of what callers fill in.
    static let templateParameterKeys = [
        KnownKey("type", .choice(TemplateParameter.Kind.allCases.map(\.rawValue))),
        KnownKey("pattern", .text),
        KnownKey("maxLength", .integer, default: .number("256")),
        KnownKey("minimum", .integer),
        KnownKey("maximum", .integer),
        KnownKey("enum", .values),
        KnownKey("default", .value),
        KnownKey("required", .boolean),
        KnownKey("description", .text),
    ]

    /// The keys of a server that is made from a template. Such a server comes over the API only.
    static let templateServerKeys = [
        KnownKey("template", .text),
        KnownKey("parameters", .valueMap, default: .object([])),
        KnownKey("options", .object(.options)),
    ]
}
