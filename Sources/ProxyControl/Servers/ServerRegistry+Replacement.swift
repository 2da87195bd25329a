import MCPFrontEnd
import MCPGateway
import MCPUpstream
import Metrics
import NIOCore
import ProxyConfiguration

// MARK: - Other settings for a server that runs

extension ServerRegistry {
    /// Gives a server other settings without a gap: the new one is ready before the old one is drained, and where only
    /// its program or address is another one, sessions stay open. When the new one fails, everything stays as it was.
    ///
    /// - Parameters:
    ///   - configuration: What a client sent; nil for what is the operator's.
    ///   - owner: Whose it is from then on; nil for what is the operator's.
    func change(
        _ name: String, to new: ServerSettings, _ configuration: ByteBuffer?, _ source: ServerSource,
        owner: OwnerMark? = nil
    ) async throws(ManagementRefusal) {
        let server = try known(name)
        if server.isDisabled || new.options.disabled {
            return try await changeDisabled(server, to: new, configuration, source, owner)
        }
        let effect = server.settings.effect(ofChangeTo: new)
        guard effect < .replace else {
            return try await swap(server, for: made(new, configuration, source, owner))
        }
        if effect == .renew || source != server.source {
            let factory = builder.linkFactory(for: new, source, server.journal, server.census)
            guard try await renew(server, with: factory) else {
                // It is there and waits for a login: what served so far is not what is configured any more.
                return try await swap(server, for: made(new, configuration, source, owner))
            }
        }
        do throws(ManagementRefusal) {
            adopt(try confirmed(new), configuration, source, owner, on: server)
        } catch {
            await undoRenewal(of: server, isNew: true)
            throw error
        }
    }

    /// What concerns only the way to a server takes effect at once.
    func adopt(
        _ new: ServerSettings, _ configuration: ByteBuffer?, _ source: ServerSource, _ owner: OwnerMark?,
        on server: ManagedServer
    ) {
        let offer = server.route.offer
        offer.show(new.options.toolFilter, prefix: new.offeredPrefix, logsRequests: new.options.logEnabled)
        server.connections.take(ServerBuilder.upstreamLimits(of: new, builder.settings.limits))
        builder.follow(new, source, server.connections)
        server.connections.pins.take(ServerBuilder.pin(of: new, source))
        let old = server.settings.options
        if new.options.toolFilter != old.toolFilter || new.options.logEnabled != old.logEnabled {
            server.connections.showsTools(of: new.options.toolFilter, namesThem: new.options.logEnabled)
        }
        var changed = ManagedServer(
            settings: new,
            source: source,
            configuration: configuration,
            connections: server.connections,
            route: Route(offer: offer, access: builder.access(to: new)),
            journal: server.journal,
            census: server.census
        )
        changed.owner = owner
        changed.processorTime = servers[server.settings.name]?.processorTime ?? ProcessorTime()
        publish(changed)
    }

    /// Makes a server with these settings, which is not started.
    func made(
        _ settings: ServerSettings, _ configuration: ByteBuffer?, _ source: ServerSource, _ owner: OwnerMark?
    ) -> ManagedServer {
        var server = builder.build(settings, source, configuration: configuration)
        server.owner = owner
        return server
    }

    /// Puts another server in the place of one. Sessions of the old one end once it has nothing to do, and are opened
    /// again on the new one.
    private func swap(_ old: ManagedServer, for next: ManagedServer) async throws(ManagementRefusal) {
        try await start(next)
        publish(try await confirmedOrEnded(next))
        gateway.endWaitsForLogin(at: old.connections, reason: Self.wasReplaced)
        await idle(old)
        await end(old)
    }

    /// A server that has started, as it may be by now; when it may not, nothing is left of it.
    private func confirmedOrEnded(_ server: ManagedServer) async throws(ManagementRefusal) -> ManagedServer {
        do throws(ManagementRefusal) {
            return try confirmed(server)
        } catch {
            await discard(server)
            throw error
        }
    }

    private static let wasReplaced = "the server was replaced"

    /// Ends a server that another one has taken the place of.
    func end(_ old: ManagedServer) async {
        gateway.closeSessions(of: old.connections, reason: Self.wasReplaced)
        old.connections.close()
        await ended(old)
        old.journal.close()
    }

    private func changeDisabled(
        _ server: ManagedServer, to new: ServerSettings, _ configuration: ByteBuffer?, _ source: ServerSource,
        _ owner: OwnerMark?
    ) async throws(ManagementRefusal) {
        var next = made(new, configuration, source, owner)
        if new.options.disabled {
            if !server.isDisabled { await drain(server) }
            next.isDisabled = true
            servers[new.name] = next
            changed()
        } else {
            try await start(next)
            publish(try await confirmedOrEnded(next))
        }
        server.journal.close()
    }
}
