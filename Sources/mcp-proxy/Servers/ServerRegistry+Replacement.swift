import MCPFrontEnd
import MCPGateway
import MCPUpstream
import NIOCore
import ProxyConfiguration

// MARK: - Other settings for a server that runs

extension ServerRegistry {
    /// Gives a server other settings without a gap: the new one is ready before the old one is drained, and where only
    /// its program or address is another one, sessions stay open. When the new one fails, everything stays as it was.
    ///
    /// - Parameter configuration: What a client sent; nil for what is the operator's.
    func change(
        _ name: String, to new: ServerSettings, _ configuration: ByteBuffer?, _ source: ServerSource
    ) async throws(ManagementRefusal) {
        let server = try known(name)
        let guarding = source == .file ? nil : addressGuard
        if server.isDisabled || new.options.disabled {
            return try await changeDisabled(server, to: new, configuration, source)
        }
        guard new.mayKeepConnections(of: server.settings) else {
            guard let next = builder.build(new, source, configuration: configuration, guarding: guarding) else {
                throw ManagementRefusal(.invalidConfiguration, "the URL cannot be used")
            }
            return try await exchange(server, for: next)
        }
        if new.transport != server.settings.transport || new.cannotStart != server.settings.cannotStart
            || source != server.source
        {
            guard let factory = builder.linkFactory(for: new, server.journal, server.census, guarding: guarding) else {
                throw ManagementRefusal(.invalidConfiguration, "the URL cannot be used")
            }
            try await renew(server, with: factory)
        }
        adopt(new, configuration, source, on: server)
    }

    /// What concerns only the way to a server takes effect at once.
    func adopt(
        _ new: ServerSettings, _ configuration: ByteBuffer?, _ source: ServerSource, on server: ManagedServer
    ) {
        let route = server.published.route
        route.policy = ServerBuilder.policy(of: new)
        if new.options.toolFilter != server.settings.options.toolFilter {
            server.connections.showsTools(of: route.policy.toolFilter)
        }
        var changed = ManagedServer(
            settings: new,
            source: source,
            configuration: configuration,
            connections: server.connections,
            published: PublishedRoute(route: route, tokens: builder.principals.tokens(new.options.authTokens)),
            journal: server.journal,
            census: server.census
        )
        changed.owner = source == .api ? server.owner : nil
        publish(changed)
    }

    /// Puts another server in the place of one. Sessions of the old one end once it has nothing to do, and are opened
    /// again on the new one.
    private func exchange(_ old: ManagedServer, for next: ManagedServer) async throws(ManagementRefusal) {
        var next = next
        next.owner = next.source == .api ? old.owner : nil
        try await start(next)
        publish(next)
        await idle(old)
        gateway.closeSessions(of: old.connections, reason: "the server was replaced")
        old.connections.close()
        await ended(old)
        old.journal.close()
    }

    private func changeDisabled(
        _ server: ManagedServer, to new: ServerSettings, _ configuration: ByteBuffer?, _ source: ServerSource
    ) async throws(ManagementRefusal) {
        let guarding = source == .file ? nil : addressGuard
        guard var next = builder.build(new, source, configuration: configuration, guarding: guarding) else {
            throw ManagementRefusal(.invalidConfiguration, "the URL cannot be used")
        }
        next.owner = source == .api ? server.owner : nil
        if new.options.disabled {
            if !server.isDisabled { await drain(server) }
            next.isDisabled = true
            servers[new.name] = next
            changed()
        } else {
            try await start(next)
            publish(next)
        }
        server.journal.close()
    }
}

extension ServerSettings {
    /// Whether the connections of a server with other settings can go on with these, each over a new link.
    fileprivate func mayKeepConnections(of other: ServerSettings) -> Bool {
        guard isolation == other.isolation, protocolEra == other.protocolEra, cacheTTL == other.cacheTTL,
            cacheScope == other.cacheScope
        else { return false }
        switch (transport, other.transport) {
        case (.stdio, .stdio): return true
        case (.http(_, _, let timeout, _), .http(_, _, let otherTimeout, _)): return timeout == otherTimeout
        default: return false
        }
    }
}
