// MARK: - Keys by which something is closed

extension KeyScope {
    /// Whether all of its keys say who may do what: none of them may be left out by a slip.
    private var isGuarded: Bool {
        switch self {
        case .client, .clientMatch, .scopeRights, .identity, .issuer, .introspection, .tls, .management, .metrics,
            .audit,
            .authorization, .identityProvider:
            true
        case .document, .proxy, .limits, .options, .toolFilter, .server, .template, .templateParameter, .templateServer,
            .endpoint, .group, .groupOptions, .toolOverride, .presetArgument, .deprecatedServer, .deprecatedClient,
            .deprecatedClientConfig:
            false
        }
    }

    /// The keys without which more is open than with them.
    private var guards: [String] {
        switch self {
        case .proxy: ["clients", "identity", "tls", "management", "audit"]
        case .options: ["authTokens", "toolFilter"]
        case .groupOptions: ["authTokens"]
        case .endpoint, .group: ["tools", "prompts", "resources", "readOnly"]
        case .toolOverride: ["arguments"]
        case .templateParameter: ["pattern", "maxLength", "minimum", "maximum", "enum"]
        case .server: ["isolation"]
        case .document, .limits, .toolFilter, .template, .templateServer, .presetArgument, .deprecatedServer,
            .deprecatedClient, .deprecatedClientConfig, .client, .clientMatch, .scopeRights, .identity, .issuer,
            .introspection, .tls, .management, .metrics, .audit, .authorization, .identityProvider:
            []
        }
    }

    /// What such a key is called elsewhere, or by who does not look it up.
    private var otherNames: [String: String] {
        switch self {
        case .proxy:
            [
                "users": "clients", "user": "clients", "accounts": "clients", "principals": "clients",
                "auth": "identity", "authentication": "identity", "oauth": "identity", "oidc": "identity",
                "ssl": "tls", "https": "tls",
            ]
        case .options, .groupOptions: ["token": "authTokens", "tokens": "authTokens", "apikeys": "authTokens"]
        default: [:]
        }
    }

    /// Why a key may not be unknown here: something would be open that it was to close. nil for every other key.
    ///
    /// - Parameter value: What stands under it.
    func fault(ofUnknown name: String, with value: ConfigurationNode) -> (words: String, suggestion: String)? {
        guard value.value != .null else { return nil }
        if isGuarded {
            return ("the key is not known, and what it was to say would be left out", suggestion(forUnknown: name))
        }
        guard let meant = guarding(meantBy: name, with: value) else { return nil }
        return ("the key is not known, and what \"\(meant)\" closes would be open", "Did you mean \"\(meant)\"?")
    }

    /// The key that closes something, if it is likely to be meant by a name that is none, as the way to it from here.
    private func guarding(meantBy name: String, with value: ConfigurationNode) -> String? {
        if let other = otherNames[name.lowercased()] { return other }
        let inner = keys.compactMap { key -> (name: String, scope: KeyScope)? in
            guard case .object(let scope) = key.shape, scope.isGuarded || !scope.guards.isEmpty else { return nil }
            return (key.name, scope)
        }
        guard !guards.isEmpty || !inner.isEmpty else { return nil }
        if let near = nearest(to: name).flatMap(key(named:)) {
            if guards.contains(near.name) { return near.name }
            return near.shape.closesAnything(in: value) ? near.name : nil
        }
        for (key, scope) in inner {
            if let near = scope.key(ignoringCaseOf: name)?.name ?? nearestKey(to: name, in: scope.guards),
                scope.isGuarded || scope.guards.contains(near)
            {
                return "\(key).\(near)"
            }
        }
        return nil
    }

    /// Whether any member of an object of this kind closes something.
    fileprivate func closesAnything(in object: ConfigurationNode) -> Bool {
        object.members?.contains { member in
            guard let key = key(ignoringCaseOf: member.name), member.value.value != .null else { return false }
            return isGuarded || guards.contains(key.name) || key.shape.closesAnything(in: member.value)
        } ?? false
    }
}

extension KnownKey.Shape {
    /// Whether anything in a value of this kind closes something.
    fileprivate func closesAnything(in value: ConfigurationNode) -> Bool {
        switch self {
        case .object(let scope): scope.closesAnything(in: value)
        case .map(let scope): value.members?.contains { scope.closesAnything(in: $0.value) } ?? false
        default: false
        }
    }
}
