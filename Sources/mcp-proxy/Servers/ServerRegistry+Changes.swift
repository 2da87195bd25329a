import MCPFrontEnd
import MCPGateway
import MCPUpstream
import NIOCore
import ProxyConfiguration

// MARK: - Changes over the API

extension ServerRegistry {
    func add(
        _ name: String, _ configuration: ByteBuffer, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> ServerReport {
        try await alone(with: name) { () async throws(ManagementRefusal) in
            guard servers[name] == nil else {
                throw ManagementRefusal(.nameTaken, "there is a server \"\(name)\" already; replace it with PUT")
            }
            let server = try await start(name, configuration, .api, for: caller)
            publish(server)
            keep()
            return server.report(prefix: prefix)
        }
    }

    /// A server that has completed the handshake, and that nobody can reach yet. When this fails, nothing is left of it.
    func start(
        _ name: String, _ configuration: ByteBuffer, _ source: ServerSource, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> ManagedServer {
        let settings = try read(name, configuration, source, for: caller)
        try checkRoom(source, for: caller)
        pending[name] = .some(caller.principal)
        defer { pending[name] = nil }
        var server = builder.build(
            settings, source, configuration: configuration,
            firstPrincipal: source == .adHoc ? caller.principal : nil)
        server.owner = caller.principal
        try await start(server)
        // What it inherits may have been taken away while it started.
        if source == .api {
            let tokens = inherited(by: server).map(builder.principals.tokens) ?? .closed
            server.published = PublishedRoute(route: server.published.route, tokens: tokens)
        }
        return server
    }

    /// Starts a server and waits until it has said what it is and what it has.
    func start(_ server: ManagedServer) async throws(ManagementRefusal) {
        server.connections.start()
        let (failure, errorOutput) = await withCheckedContinuation { continuation in
            server.connections.whenIntroduced { continuation.resume(returning: ($0, $1)) }
        }
        if failure == nil { await listed(server) }
        guard failure != nil || isClosing else { return }
        server.connections.close()
        await ended(server)
        guard let failure else { throw ManagementRefusal(.shuttingDown, "the proxy is shutting down") }
        throw failed(failure, errorOutput)
    }

    private func failed(_ failure: UpstreamFailure, _ errorOutput: [String]) -> ManagementRefusal {
        ManagementRefusal(
            .serverFailed, "the server did not start: \(failure.detail)", errorOutput: Array(errorOutput.suffix(20)))
    }

    /// Waits until the server's lists have been read, which it may take its time for.
    private func listed(_ server: ManagedServer) async {
        let isListed: @Sendable () async -> Void = { [watch] in
            while !Task.isCancelled {
                let seen = watch.current
                if server.connections.status.isCatalogKnown || server.connections.status.state != .ready { return }
                await watch.wait(past: seen)
            }
        }
        await first(of: isListed, orAfter: .seconds(2))
    }

    func replace(
        _ name: String, _ configuration: ByteBuffer, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> ServerReport {
        guard let present = find(name) else { return try await add(name, configuration, for: caller) }
        guard present.source != .adHoc else {
            throw ManagementRefusal(.conflict, "this server belongs to a session and cannot be replaced")
        }
        let name = present.settings.name
        return try await alone(with: name) { () async throws(ManagementRefusal) in
            let settings = try read(name, configuration, .api, for: caller)
            guard servers[name] != nil else {
                throw ManagementRefusal(.conflict, "the server was removed in the meantime")
            }
            try await change(name, to: settings, configuration, .api)
            keep()
            return try known(name).report(prefix: prefix)
        }
    }

    func remove(_ name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> Int {
        let name = try known(name).settings.name
        return try await alone(with: name) { () async throws(ManagementRefusal) in
            let server = try known(name)
            await drain(server)
            servers[name] = nil
            server.journal.close()
            changed()
            keep()
            return server.census.count
        }
    }

    func restart(_ name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> ServerReport {
        let name = try known(name).settings.name
        return try await alone(with: name) { () async throws(ManagementRefusal) in
            let server = try known(name)
            guard !server.isDisabled else {
                throw ManagementRefusal(.conflict, "the server is disabled; enable it instead")
            }
            try await renew(server, with: nil)
            return try known(name).report(prefix: prefix)
        }
    }

    func setEnabled(
        _ name: String, _ isEnabled: Bool, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> ServerReport {
        let name = try known(name).settings.name
        return try await alone(with: name) { () async throws(ManagementRefusal) in
            let server = try known(name)
            if isEnabled, server.isDisabled {
                try await enable(server)
            } else if !isEnabled, !server.isDisabled {
                guard server.source != .adHoc else {
                    throw ManagementRefusal(.conflict, "this server ends with its session; remove it instead")
                }
                await disable(server)
            }
            keep()
            return try known(name).report(prefix: prefix)
        }
    }

    // MARK: How

    func enable(_ server: ManagedServer) async throws(ManagementRefusal) {
        var fresh = builder.build(server.settings, server.source, configuration: server.configuration)
        fresh.owner = server.owner
        try await start(fresh)
        publish(fresh)
    }

    func disable(_ server: ManagedServer) async {
        await drain(server)
        var server = server
        server.isDisabled = true
        server.switchedAt = .now()
        servers[server.settings.name] = server
        changed()
    }

    /// Reaches a server anew, beside the one in use until that is ready.
    func renew(_ server: ManagedServer, with factory: Upstream.LinkFactory?) async throws(ManagementRefusal) {
        server.journal.note(.event, "starts anew", at: WallClock.now)
        let (failure, errorOutput) = await withCheckedContinuation { continuation in
            server.connections.renew(with: factory, grace: management.drainTimeout) {
                continuation.resume(returning: ($0, $1))
            }
        }
        if let failure { throw failed(failure, errorOutput) }
        await listed(server)
    }

    /// Takes no further calls, lets those under way finish for a while, then ends the server with all its processes.
    func drain(_ server: ManagedServer) async {
        if !server.isDisabled {
            server.connections.retire()
            await idle(server)
        }
        frontDoor.withdraw(server.published.route)
        gateway.closeSessions(of: server.connections, reason: "the server was removed")
        server.connections.close()
        await ended(server)
    }

    func idle(_ server: ManagedServer) async {
        await first(of: { await once(server.connections.whenIdle) }, orAfter: management.drainTimeout)
    }

    func ended(_ server: ManagedServer) async {
        // What a guard has not ended when the time is over, the proxy ends itself.
        let grace = settings.limits.stopTimeout + .seconds(3)
        await first(of: { await once(server.census.whenEmpty) }, orAfter: grace)
    }

    /// Returns when something has happened, or after a while.
    private func first(of body: @escaping @Sendable () async -> Void, orAfter limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await body() }
            group.addTask {
                // A pause is cut short only when what it was for is over.
                try? await Task.sleep(for: limit)
            }
            await group.next()
            group.cancelAll()
        }
    }
}

/// Returns once a callback was called, or when the task is cancelled.
private func once(_ wait: (@escaping @Sendable () -> Void) -> Void) async {
    let event = EventCount()
    wait { event.note() }
    await event.wait(past: 0)
}
