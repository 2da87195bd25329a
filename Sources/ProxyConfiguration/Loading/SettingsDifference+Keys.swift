/// The keys whose values differ, in the order given.
private func keys(_ comparisons: [(key: String, isSame: Bool)]) -> [String] {
    comparisons.filter { !$0.isSame }.map(\.key)
}

extension ProxySettings {
    /// The keys under `mcpProxy` that a running proxy cannot take over.
    func keysForRestart(to new: ProxySettings) -> [String] {
        // Whether an address was written or is the default makes no difference to where the proxy listens.
        let isSameAddress = address.host == new.address.host && address.port == new.address.port
        let limitKeys = LimitKey.all.map { key in
            let isSame =
                switch key.target {
                case .count(let property, _), .size(let property, _):
                    limits[keyPath: property] == new.limits[keyPath: property]
                case .time(let property, _): limits[keyPath: property] == new.limits[keyPath: property]
                }
            return (key: "limits.\(key.name)", isSame: isSame)
        }
        return keys(
            [
                ("addr", isSameAddress), ("baseURL", baseURL == new.baseURL), ("name", name == new.name),
                ("version", version == new.version), ("type", advertised == new.advertised),
            ] + limitKeys + [
                ("allowedHosts", allowedHosts == new.allowedHosts),
                ("allowedOrigins", allowedOrigins == new.allowedOrigins),
                ("trustedCAFile", trustedCAFile == new.trustedCAFile),
            ])
    }
}

extension ServerSettings {
    /// The keys of the server, merged options included, whose values differ.
    func keysChanged(to new: ServerSettings) -> [String] {
        transport.keysChanged(to: new.transport)
            + keys([
                ("proxy", egress.proxy == new.egress.proxy),
                ("trustedCAFile", egress.trustedCAFile == new.egress.trustedCAFile),
                ("insecureSkipVerify", egress.skipsVerification == new.egress.skipsVerification),
                ("isolation", isolation == new.isolation), ("protocol", protocolEra == new.protocolEra),
                ("cacheTTL", cacheTTL == new.cacheTTL), ("cacheScope", cacheScope == new.cacheScope),
                ("variables", cannotStart == new.cannotStart),
                ("startTimeout", startTimeout == new.startTimeout), ("callTimeout", callTimeout == new.callTimeout),
            ]) + options.keysChanged(to: new.options).map { "options.\($0)" }
    }
}

extension ServerTransport {
    /// The keys that describe the transport whose values differ.
    func keysChanged(to new: ServerTransport) -> [String] {
        switch (self, new) {
        case (
            .stdio(let command, let arguments, let environment, let directory),
            .stdio(let newCommand, let newArguments, let newEnvironment, let newDirectory)
        ):
            keys([
                ("command", command == newCommand), ("args", arguments == newArguments),
                ("env", environment == newEnvironment), ("cwd", directory == newDirectory),
            ])
        case (
            .http(let url, let headers, let timeout, let kind),
            .http(let newURL, let newHeaders, let newTimeout, let newKind)
        ):
            keys([
                ("url", url == newURL), ("headers", headers == newHeaders), ("timeout", timeout == newTimeout),
                ("transportType", kind == newKind),
            ])
        case (.stdio, .http), (.http, .stdio):
            ["command", "url"]
        }
    }
}

extension ServerOptions {
    /// The keys whose values differ.
    func keysChanged(to new: ServerOptions) -> [String] {
        keys([
            ("panicIfInvalid", panicIfInvalid == new.panicIfInvalid), ("logEnabled", logEnabled == new.logEnabled),
            ("authTokens", authTokens == new.authTokens), ("toolFilter", toolFilter == new.toolFilter),
            ("disabled", disabled == new.disabled),
        ])
    }
}

extension ManagementSettings {
    /// The keys whose values differ.
    func keysChanged(to new: ManagementSettings) -> [String] {
        keys(
            [
                ("authTokens", authTokens == new.authTokens), ("stdio", stdio == new.stdio),
                ("remote", remote == new.remote), ("adHoc", adHoc == new.adHoc),
                ("allowAddresses", allowAddresses == new.allowAddresses), ("templates", templates == new.templates),
            ]
                + ManagementCount.all.map { ($0.name, self[keyPath: $0.property] == new[keyPath: $0.property]) }
                + [
                    ("watch", watch == new.watch), ("pollInterval", pollInterval == new.pollInterval),
                    ("drainTimeout", drainTimeout == new.drainTimeout),
                ])
    }
}
