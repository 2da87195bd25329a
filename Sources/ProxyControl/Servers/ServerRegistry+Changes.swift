package import MCPFrontEnd
import MCPGateway
import MCPUpstream
import Metrics
package import NIOCore
import ProxyConfiguration
import Recordings

// MARK: - Changes over the API

extension ServerRegistry {
    package func add(
        _ name: String, _ configuration: ByteBuffer, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> ServerReport {
        try await alone(with: name) { () async throws(ManagementRefusal) in
            guard servers[name] == nil else {
                throw ManagementRefusal(.nameTaken, "there is a server \"\(name)\" already; replace it instead")
            }
            let server = try await startAndPublish(name, configuration, .api, for: caller) { (server) in server }
            return server.report(prefix: prefix)
        }
    }

    /// Publishes a server once it has completed the handshake, or is left out as its configuration says. When this fails,
    /// nothing is left of it.
    func startAndPublish(
        _ name: String, _ configuration: ByteBuffer, _ source: ServerSource, for caller: ManagementCaller,
        _ finish: (ManagedServer) -> ManagedServer
    ) async throws(ManagementRefusal) -> ManagedServer {
        defer { (pending[name], asked[name]) = (nil, nil) }
        var server = try await start(name, configuration, source, for: caller)
        try await keepOrEnd(server)
        do throws(ManagementRefusal) {
            server = try confirmed(server)
        } catch {
            await discard(server)
            if source == .api { await forgetKept(name) }
            throw error
        }
        server = finish(server)
        publish(server)
        return server
    }

    /// A server that has started and that nobody can reach yet.
    private func start(
        _ name: String, _ configuration: ByteBuffer, _ source: ServerSource, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> ManagedServer {
        try checkRight(of: caller)
        let settings = try read(name, configuration, source, for: caller)
        if source == .api { try checkTokens(settings, for: caller) }
        try checkRoom(source, for: caller)
        let owner = mark(of: caller)
        pending[name] = owner
        asked[name] = AskedChange(settings: settings, configuration: configuration, source: source, caller: caller)
        var server = builder.build(
            settings, source, configuration: configuration,
            firstPrincipal: source == .adHoc ? caller.principal : nil)
        server.owner = owner
        server.isDisabled = settings.options.disabled
        if !server.isDisabled { try await start(server) }
        return server
    }

    /// Starts a server and waits until it has said what it is and what it has.
    func start(_ server: ManagedServer) async throws(ManagementRefusal) {
        server.connections.start()
        do throws(ManagementRefusal) {
            try await introduced(server)
            guard !isClosing else { throw ManagementRefusal(.shuttingDown, Self.isEnding) }
        } catch {
            await discard(server)
            throw error
        }
    }

    /// Waits for the first attempt to reach a server.
    ///
    /// - Throws: when it fails, or is not waited for any longer.
    func introduced(_ server: ManagedServer) async throws(ManagementRefusal) {
        let end = await awaitStart(of: server) { start in
            server.connections.whenIntroduced { start.introduced($0, $1) }
        }
        switch end {
        case .introduced(nil, _): return
        // It is there; the rest is for somebody to log in, or to bring.
        case .introduced(let failure?, _) where failure.endsWithCredentials: return
        case .introduced(let failure?, let errorOutput): throw failed(failure, errorOutput)
        case .givenUp(let refusal): throw refusal
        }
    }

    func failed(_ failure: UpstreamFailure, _ errorOutput: [String]) -> ManagementRefusal {
        ManagementRefusal(
            .serverFailed, "the server did not start: \(failure.detail)", errorOutput: Array(errorOutput.suffix(20)))
    }

    /// Waits until the server's lists have been read, which it may take its time for.
    func listed(_ server: ManagedServer) async {
        let isListed: @Sendable () async -> Void = { [watch] in
            while !Task.isCancelled {
                let seen = watch.current
                if server.connections.status.isCatalogKnown || server.connections.status.state != .ready { return }
                await watch.wait(past: seen)
            }
        }
        await first(of: isListed, orAfter: .seconds(2))
    }

    package func replace(
        _ name: String, _ configuration: ByteBuffer, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> ServerReport {
        guard let present = find(name) else { return try await add(name, configuration, for: caller) }
        guard present.source != .adHoc else {
            throw ManagementRefusal(.conflict, "this server belongs to a session and cannot be replaced")
        }
        let name = present.settings.name
        return try await alone(with: name) { () async throws(ManagementRefusal) in
            try checkRight(of: caller)
            let settings = try read(name, configuration, .api, for: caller)
            try checkTokens(settings, for: caller)
            asked[name] = AskedChange(settings: settings, configuration: configuration, source: .api, caller: caller)
            defer { asked[name] = nil }
            guard let present = servers[name] else {
                throw ManagementRefusal(.conflict, "the server was removed in the meantime")
            }
            if present.source == .file { try checkRoom(.api, for: caller) }
            let owner = present.owner ?? mark(of: caller)
            try await keeping(settings, configuration, owner) { () async throws(ManagementRefusal) in
                try await change(name, to: settings, configuration, .api, owner: owner)
            }
            return try known(name).report(prefix: prefix)
        }
    }

    package func remove(_ name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> Int {
        // One that is kept and was not started has no report, but can be forgotten.
        let name = find(name)?.settings.name ?? name
        let wasPending = pending[name] != nil
        guard servers[name] != nil || store?[name] != nil || wasPending else { throw unknown(name) }
        try checkRight(of: caller)
        return try await overtaking(name) { () async throws(ManagementRefusal) in
            try checkRight(of: caller)
            guard servers[name] != nil || store?[name] != nil || wasPending else { throw unknown(name) }
            try await store?.put(nil, as: name)
            guard let server = servers[name] else { return 0 }
            await drain(server)
            servers[name] = nil
            builder.meters.forget(server.settings.displayName)
            // A reload finds it missing, if the configuration has it.
            settings.servers.removeAll { $0.name == name }
            // Who adds another one of that name says what it is. That of the file may come back with a reload.
            if server.source == .api {
                builder.known.pins.book.forget(server.settings.displayName)
                forgetLogin(to: server)
            }
            server.journal.close()
            changed()
            return server.census.count
        }
    }

    package func restart(_ name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> ServerReport {
        let name = try known(name).settings.name
        try checkRight(of: caller)
        return try await overtaking(name) { () async throws(ManagementRefusal) in
            try checkRight(of: caller)
            let server = try known(name)
            guard !server.isDisabled else {
                throw ManagementRefusal(.conflict, "the server is disabled; \"enable\" starts it")
            }
            let allowed = try startable(server, for: caller)
            var newest = server.awaited?.settings ?? allowed
            newest.options.disabled = false
            asked[name] = AskedChange(
                settings: newest, configuration: server.configuration, source: server.source, caller: caller)
            defer { asked[name] = nil }
            if newest == server.settings {
                try await renew(server, with: nil)
            } else {
                try await pursue(name, to: newest, server.configuration, server.source, owner: server.owner)
            }
            return try known(name).report(prefix: prefix)
        }
    }

    package func setEnabled(
        _ name: String, _ isEnabled: Bool, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> ServerReport {
        let name = try known(name).settings.name
        try checkRight(of: caller)
        return try await overtaking(name) { () async throws(ManagementRefusal) in
            try checkRight(of: caller)
            let server = try known(name)
            if isEnabled, server.isDisabled {
                try await enable(server, as: try startable(server, for: caller), for: caller)
            } else if !isEnabled, !server.isDisabled {
                guard server.source != .adHoc else {
                    throw ManagementRefusal(.conflict, "this server ends with its session; remove it instead")
                }
                try await keep(server.switched(off: true))
                await disable(server)
            }
            return try known(name).report(prefix: prefix)
        }
    }

    // MARK: How

    private func enable(
        _ server: ManagedServer, as settings: ServerSettings, for caller: ManagementCaller
    ) async throws(ManagementRefusal) {
        var settings = settings
        settings.options.disabled = false
        let name = settings.name
        asked[name] = AskedChange(
            settings: settings, configuration: server.configuration, source: server.source, caller: caller)
        defer { asked[name] = nil }
        var fresh = builder.build(settings, server.source, configuration: server.configuration)
        fresh.owner = server.owner
        try await start(fresh)
        try await keepOrEnd(fresh)
        do throws(ManagementRefusal) {
            fresh = try confirmed(fresh)
        } catch {
            await discard(fresh)
            await keepOrReport(server)
            throw error
        }
        publish(fresh)
    }

    func disable(_ server: ManagedServer) async {
        await drain(server)
        servers[server.settings.name] = server.switched(off: true)
        changed()
    }

    /// Reaches a server anew, beside the one in use until that is ready.
    ///
    /// - Parameter isFinal: Whether it is reached with these links from now on also when the first of them fails.
    /// - Returns: Whether it is reached with these links from now on: what serves goes on where they turn out to want a
    ///   login, or what callers bring.
    @discardableResult
    func renew(
        _ server: ManagedServer, with factory: Upstream.LinkFactory?, isFinal: Bool = false
    ) async throws(ManagementRefusal) -> Bool {
        let serves = !isFinal && server.connections.status.state == .ready
        server.journal.note(.event, "starts anew", at: WallClock.now)
        let end = await awaitStart(of: server) { start in
            server.connections.renew(with: factory, isFinal: isFinal, grace: management.drainTimeout) {
                start.introduced($0, $1)
            }
        }
        switch end {
        case .introduced(nil, _): return true
        case .introduced(let failure?, _) where failure.endsWithCredentials: return !serves
        case .introduced(let failure?, let errorOutput): throw failed(failure, errorOutput)
        case .givenUp(let refusal):
            if !isFinal { await undoRenewal(of: server, isNew: factory != nil) }
            throw refusal
        }
    }

    /// Takes no further calls, lets those under way finish for a while, then ends the server with all its processes.
    func drain(_ server: ManagedServer) async {
        if !server.isDisabled {
            server.connections.retire()
            gateway.endWaitsForLogin(at: server.connections, reason: "the server was removed")
            await idle(server)
        }
        frontDoor.withdraw(server.route.offer)
        gateway.closeSessions(of: server.connections, reason: "the server was removed")
        server.connections.close()
        await ended(server)
        gateway.recorder.serverHasGone(server.settings.displayName)
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
    func first(of body: @escaping @Sendable () async -> Void, orAfter limit: Duration) async {
        // `Task.sleep` would keep a kilobyte for each pause that was cut short.
        let pause = builder.eventLoops.any().scheduleTask(in: .milliseconds(limit.milliseconds)) {}
        await Race.first(
            body,
            {
                // A pause is cut short only when what it was for is over.
                await withTaskCancellationHandler {
                    try? await pause.futureResult.get()
                } onCancel: {
                    pause.cancel()
                }
            }
        )
    }
}

/// Returns once a callback was called, or when the task is cancelled.
private func once(_ wait: (@escaping @Sendable () -> Void) -> Void) async {
    let event = EventCount()
    wait { event.note() }
    await event.wait(past: 0)
}
