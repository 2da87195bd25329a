/// The keys under `mcpProxy`.
enum ProxyKey {
    /// All that set something of their own, in the order in which changes are told.
    static let all: [SettingKey<ProxySettings>] = [
        // Whether an address was written or is the default makes no difference to where the proxy listens.
        .part(
            "addr", .text, default: .string("127.0.0.1:9090"), of: \.address, whenChanged: .restart,
            #"Where the proxy listens, as host:port, or a Unix socket as unix:/path. ":9090" listens on all interfaces; port 0 takes a free one."#,
            hints: #""examples": [":9090", "127.0.0.1:9090", "[::1]:9090", "unix:/run/mcp-proxy/mcp-proxy.sock"]"#
        ) {
            ListenAddress(host: $0.address.host, port: $0.address.port, socketPath: $0.address.socketPath)
        }.setting(\.address) { AddressConversion.address(in: $0, &$1) },
        .other(
            "baseURL", .text, \.baseURL, whenChanged: .restart,
            "The public address of the proxy. Its path is the prefix of every route.",
            hints: #""examples": ["https://mcp.example.com"]"#
        )
        .setting(\.baseURL) { AddressConversion.baseURL(in: $0, &$1) },
        .text("name", \.name, whenChanged: .restart, "The name the proxy gives itself in the MCP handshake."),
        .text("version", \.version, whenChanged: .restart, "The version the proxy gives itself in the MCP handshake."),
        .ownText(
            "title", \.title, whenChanged: .restart, "What people are shown as the proxy's name in the MCP handshake."),
        .other(
            "icons", .objects, \.icons, whenChanged: .restart,
            "The proxy's icons, as clients are told of them in the MCP handshake.",
            hints:
                #""examples": [[{"src": "https://example.com/icon.png", "mimeType": "image/png", "sizes": ["48x48"]}]], "items": {"type": "object", "required": ["src"], "properties": {"src": {"type": "string", "minLength": 1}}}"#
        )
        .settingOwn(\.icons) { ProxyConversion.icons(in: $0, &$1) },
        .other(
            "type", .words(AdvertisedTransport.self), default: .string(AdvertisedTransport.streamableHTTP.rawValue),
            \.advertised, whenChanged: .restart,
            "The transport whose addresses are advertised to clients; both are always served."
        )
        .setting(\.advertised) { ProxyConversion.advertised(in: $0, &$1) },
        .other(
            "options", .object(.options), \.options, whenChanged: .inPlace,
            "The defaults of the servers' options. A server's own stand in their place, member by member."
        )
        .setting(\.options) { ProxyConversion.options(in: $0, &$1) },
        // These two are read when the servers are known.
        .other(
            "endpoint", .object(.endpoint), \.endpoint, whenChanged: .inPlace, "All servers at one address, /mcp."),
        .other(
            "groups", .map(.group), default: .object([]), \.groups, whenChanged: .inPlace,
            "Several servers at one address, by name. The name is the path of the group's routes.",
            hints: #""propertyNames": {"pattern": "^[^/?#%\\\\]+$"}"#),
        .other(
            "clients", .map(.client), default: .object([]), \.clients, whenChanged: .inPlace,
            "Who may what: clients by name, with their tokens and rights. With one, nothing is open without a token.",
            hints: #""propertyNames": {"minLength": 1, "maxLength": 63}"#),
        .other(
            "limits", .object(.limits), \.limits, whenChanged: .restart,
            "Bounds on what clients and servers can make the proxy hold, wait for or repeat."
        )
        .setting(\.limits) { LimitsConversion.limits(in: $0, &$1) },
        .other(
            "management", .object(.management), \.management, whenChanged: .inPlace,
            "What may be changed while the proxy runs, by whom and how often."
        )
        .setting(\.management) { ManagementKey.all.settings(under: "management", .management, in: $0, &$1) },
        .other(
            "metrics", .object(.metrics), \.metrics, whenChanged: .restart,
            "Where and to whom metrics are shown, for Prometheus and what reads its format."
        )
        .setting(\.metrics) { MetricsKey.all.settings(under: "metrics", .metrics, in: $0, &$1) },
        .other(
            "audit", .object(.audit), \.audit, whenChanged: .restart,
            "Where it is written down, line by line and so that changes show, which tools were called and what was changed."
        )
        .setting(\.audit) { AuditConversion.audit(in: $0, &$1) },
        .other(
            "identity", .object(.identity), \.identity, whenChanged: .restart,
            "Whose access tokens (OAuth) are accepted, besides the configured tokens, and who the proxy is for issuers."
        )
        .setting(\.identity) { IdentityConversion.identity(in: $0, &$1) },
        .other(
            "allowedHosts", .texts, default: .array([]), \.allowedHosts, whenChanged: .restart,
            "Names accepted in the Host header besides those of baseURL and addr.",
            hints: #""examples": [["mcp.internal:9090"]]"#
        )
        .setting(\.allowedHosts) { AddressConversion.hosts(in: $0, &$1) },
        .other(
            "allowedOrigins", .texts, default: .array([]), \.allowedOrigins, whenChanged: .restart,
            "Origins accepted in the Origin header besides the proxy's own.",
            hints: #""examples": [["https://app.example.com"]]"#
        )
        .setting(\.allowedOrigins) { AddressConversion.origins(in: $0, &$1) },
        .other(
            "trustedCAFile", .text, \.trustedCAFile, whenChanged: .restart,
            "A file with certificates of authorities (PEM) that are trusted besides those of the system, for all remote servers."
        )
        .settingOwn(\.trustedCAFile) { EgressConversion.file(in: $0, &$1) },
        .other(
            "clientCertificateFile", .text, \.clientCertificateFile, whenChanged: .restart,
            "A file with the certificate that remote servers of the configuration are shown where they ask for one, and its private key (PEM)."
        )
        .settingOwn(\.clientCertificateFile) { EgressConversion.path("clientCertificateFile", in: $0, &$1) },
        .other(
            "tls", .object(.tls), \.tls, whenChanged: .restart,
            "The certificate with which the proxy serves https://. Its files are read again when they change."
        )
        .settingOwn(\.tls) { ListenerTLSConversion.tls(in: $0, &$1) },
    ]

    /// What may be written: these, and another word for one of the limits.
    static let known =
        all.map(\.known) + [
            KnownKey(
                LimitKey.gracePeriod.name, LimitKey.gracePeriod.known.shape,
                default: LimitKey.gracePeriod.known.defaultValue,
                "The same as limits.shutdownGracePeriod, which wins if both are there.")
        ]
}

extension ProxySettings: SettingsWithDefaults {
    static var defaults: ProxySettings { ProxySettings() }
}
