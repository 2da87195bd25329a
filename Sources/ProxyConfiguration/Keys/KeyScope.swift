import MCPValues

/// The kinds of object in a configuration; each has its own keys.
enum KeyScope: String, Sendable, CaseIterable {
    case document
    case proxy
    case limits
    case options
    case toolFilter
    case server
    case management
    case template
    case templateParameter
    case templateServer
    case deprecatedServer
    case deprecatedClient
    case deprecatedClientConfig

    /// The one table of everything that may be written.
    var keys: [KnownKey] {
        switch self {
        case .document: Self.documentKeys
        case .proxy: Self.proxyKeys
        case .limits: LimitKey.all.map(\.knownKey)
        case .options: Self.optionKeys
        case .toolFilter: Self.toolFilterKeys
        case .server: Self.serverKeys
        case .management: Self.managementKeys
        case .template: Self.templateKeys
        case .templateParameter: Self.templateParameterKeys
        case .templateServer: Self.templateServerKeys
        case .deprecatedServer: Self.deprecatedServerKeys
        case .deprecatedClient: Self.deprecatedClientKeys
        case .deprecatedClientConfig: Self.deprecatedClientConfigKeys
        }
    }

    private static let documentKeys = [
        KnownKey("$schema", .text),
        KnownKey("mcpProxy", .object(.proxy)),
        KnownKey("mcpServers", .map(.server)),
        KnownKey("server", .object(.deprecatedServer), isDeprecated: true),
        KnownKey("clients", .map(.deprecatedClient), isDeprecated: true),
    ]

    private static let proxyKeys = [
        KnownKey("baseURL", .text),
        KnownKey("addr", .text, default: .string("127.0.0.1:9090")),
        KnownKey("name", .text, default: .string("mcp-proxy")),
        KnownKey("version", .text, default: .string("1.0.0")),
        KnownKey(
            "type", .choice(AdvertisedTransport.allCases.map(\.rawValue)), default: .string("streamable-http")),
        KnownKey("options", .object(.options)),
        KnownKey("limits", .object(.limits)),
        KnownKey("management", .object(.management)),
        KnownKey("allowedHosts", .texts, default: .array([])),
        KnownKey("allowedOrigins", .texts, default: .array([])),
        KnownKey("trustedCAFile", .text),
        KnownKey("shutdownGracePeriod", .duration, default: .string("10s")),
    ]

    private static let optionKeys = [
        KnownKey("panicIfInvalid", .boolean, default: .bool(false)),
        KnownKey("logEnabled", .boolean, default: .bool(false)),
        KnownKey("authTokens", .texts, default: .array([])),
        KnownKey("toolFilter", .object(.toolFilter)),
        KnownKey("disabled", .boolean, default: .bool(false)),
    ]

    private static let toolFilterKeys = [
        KnownKey("mode", .choice(ToolFilter.Mode.allCases.map(\.rawValue))),
        KnownKey("list", .texts),
    ]

    private static let serverKeys = [
        KnownKey("transportType", .choice(DeclaredTransport.Kind.allCases.map(\.rawValue))),
        KnownKey("type", .choice(DeclaredTransport.Kind.allCases.map(\.rawValue))),
        KnownKey("command", .text),
        KnownKey("args", .texts, default: .array([])),
        KnownKey("env", .textMap, default: .object([])),
        KnownKey("cwd", .text),
        KnownKey("url", .text),
        KnownKey("headers", .textMap, default: .object([])),
        KnownKey("timeout", .duration),
        KnownKey("proxy", .text),
        KnownKey("trustedCAFile", .text),
        KnownKey("insecureSkipVerify", .boolean, default: .bool(false)),
        KnownKey("startTimeout", .duration),
        KnownKey("callTimeout", .duration),
        KnownKey("isolation", .choice(Isolation.allCases.map(\.rawValue))),
        KnownKey("protocol", .choice(ProtocolEra.allCases.map(\.rawValue)), default: .string("auto")),
        KnownKey("cacheTTL", .duration, default: .string("0s")),
        KnownKey("cacheScope", .choice(CacheScope.allCases.map(\.rawValue)), default: .string("private")),
        KnownKey("options", .object(.options)),
        KnownKey("disabled", .boolean, default: .bool(false)),
        KnownKey("enabled", .boolean, default: .bool(true)),
    ]

    private static let deprecatedServerKeys = [
        KnownKey("baseURL", .text),
        KnownKey("addr", .text, default: .string("127.0.0.1:9090")),
        KnownKey("name", .text, default: .string("mcp-proxy")),
        KnownKey("version", .text, default: .string("1.0.0")),
        KnownKey("globalAuthTokens", .texts, default: .array([])),
    ]

    private static let deprecatedClientKeys = [
        KnownKey("type", .choice(DeclaredTransport.Kind.allCases.map(\.rawValue))),
        KnownKey("config", .object(.deprecatedClientConfig)),
        KnownKey("panicIfInvalid", .boolean, default: .bool(false)),
        KnownKey("logEnabled", .boolean, default: .bool(false)),
        KnownKey("authTokens", .texts, default: .array([])),
    ]

    private static let deprecatedClientConfigKeys = [
        KnownKey("command", .text),
        KnownKey("args", .texts, default: .array([])),
        KnownKey("env", .textMap, default: .object([])),
        KnownKey("url", .text),
        KnownKey("headers", .textMap, default: .object([])),
        KnownKey("timeout", .duration),
    ]
}
