extension KeyScope {
    /// The keys whose texts may be shown to who manages the proxy. Of all others nothing is shown, so that a new one shows
    /// nothing until somebody has thought of it.
    var shownTexts: Set<String> {
        switch self {
        case .document: ["$schema"]
        case .proxy:
            [
                "addr", "baseURL", "name", "version", "title", "allowedHosts", "allowedOrigins", "trustedCAFile",
                "clientCertificateFile",
            ]
        case .deprecatedServer: ["addr", "baseURL", "name", "version"]
        case .tls: ["certificateFile", "keyFile", "clientCAFile"]
        case .metrics: ["addr"]
        case .audit: ["file"]
        case .management: ["allowAddresses"]
        case .template: ["command", "cwd"]
        case .templateParameter: ["description"]
        case .templateServer: ["template"]
        case .server: ["command", "cwd", "url", "proxy", "trustedCAFile", "clientCertificateFile", "prefix"]
        case .deprecatedClientConfig: ["command", "url"]
        case .toolFilter: ["list"]
        case .authorization: ["scopes", "clientID", "privateKeyFile", "issuer", "tokenURL", "audience"]
        case .identityProvider: ["issuer", "tokenURL", "clientID"]
        case .client: ["tokensFile", "servers", "groups", "tools", "certificates"]
        case .clientMatch: ["issuer"]
        case .scopeRights: ["servers", "groups", "tools"]
        case .endpoint, .group:
            [
                "servers", "tools", "prompts", "resources", "pinned", "selfSearchingClients", "title", "instructions",
            ]
        case .toolOverride: ["name", "title", "description"]
        case .identity: ["scopesSupported", "requiredScopes", "clientMetadataURL"]
        case .issuer: ["issuer", "audience", "jwksURL", "algorithms"]
        case .introspection: ["url", "clientID"]
        case .limits, .options, .groupOptions, .presetArgument, .deprecatedClient: []
        }
    }

    /// Whether something of it counts where nothing is written of it.
    var hasDefaults: Bool {
        switch self {
        case .proxy, .limits, .options, .management, .metrics, .endpoint: true
        case .document, .tls, .audit, .template, .templateParameter, .templateServer, .server, .toolFilter,
            .authorization, .identityProvider, .client, .clientMatch, .scopeRights, .group, .groupOptions,
            .toolOverride, .presetArgument, .identity, .issuer, .introspection, .deprecatedServer, .deprecatedClient,
            .deprecatedClientConfig:
            false
        }
    }
}
