import MCPFrontEnd
import MCPGateway
import MCPUpstream
import NIOCore
import ProxyConfiguration

// MARK: - Changes that wait for a server to start

extension ServerRegistry {
    /// Waits until a server has started or has failed to, and for its lists, unless what it starts for is given up.
    func awaitStart(
        of server: ManagedServer, _ begin: (PendingStart) -> Void
    ) async -> PendingStart.End {
        let name = server.settings.name
        let start = PendingStart()
        starting[name] = start
        // Nothing comes between this and what the caller makes of it.
        defer { starting[name] = nil }
        begin(start)
        if isOvertaken(name) { start.giveUp(overtaken(name)) }
        await start.ended()
        if case .introduced(nil, _) = start.end { await listed(server) }
        return start.end ?? .givenUp(overtaken(name))
    }

    /// Makes a change to one server that does not wait for the start of another one: that is given up.
    func overtaking<Value: Sendable>(
        _ name: String, _ change: () async throws(ManagementRefusal) -> Value
    ) async throws(ManagementRefusal) -> Value {
        overtakers[name, default: 0] += 1
        starting[name]?.giveUp(overtaken(name))
        var isWaiting = true
        defer { if isWaiting { hasItsTurn(name) } }
        return try await alone(with: name) { () async throws(ManagementRefusal) in
            isWaiting = false
            hasItsTurn(name)
            return try await change()
        }
    }

    private func hasItsTurn(_ name: String) {
        let others = (overtakers[name] ?? 1) - 1
        overtakers[name] = others > 0 ? others : nil
    }

    private func isOvertaken(_ name: String) -> Bool {
        overtakers[name] != nil || reloadsWaiting > 0 && startedByReload.contains(name)
    }

    /// What somebody has asked for is not made; what the operator has written is tried again.
    private func overtaken(_ name: String) -> ManagementRefusal {
        guard asked[name]?.caller != nil else {
            return ManagementRefusal(
                .serverFailed, "the server had not started when something newer was asked for")
        }
        return ManagementRefusal(
            .conflict, "the server had not started when another change to it was asked for; this one was given up")
    }

    // MARK: Reloads

    /// Has a reload that waits for servers to start wait no longer: the newest configuration is to be read.
    func hurryReload() {
        for name in startedByReload { starting[name]?.giveUp(overtaken(name)) }
    }

    /// Makes a change to one server that the newest configuration asks for.
    func reloading<Value: Sendable>(
        _ name: String, _ change: () async throws(ManagementRefusal) -> Value
    ) async throws(ManagementRefusal) -> Value {
        try await overtaking(name) { () async throws(ManagementRefusal) in
            startedByReload.insert(name)
            defer { startedByReload.remove(name) }
            return try await change()
        }
    }

    // MARK: Whether it may be still

    /// What was allowed of a server, asked again right before it takes effect: with the tokens and the rules that hold by
    /// then, and what the server has inherited.
    ///
    /// - Throws: when it may not be any more, or would be something else now.
    func confirmed(_ settings: ServerSettings) throws(ManagementRefusal) -> ServerSettings {
        guard let change = asked[settings.name] else { return settings }
        var now = try allowedNow(change)
        now.options.disabled = settings.options.disabled
        guard !now.options.authTokens.isEmpty || settings.options.authTokens.isEmpty else {
            throw forbidden(Self.wouldBeOpen)
        }
        var expected = settings
        expected.options.authTokens = now.options.authTokens
        guard now == expected else {
            throw ManagementRefusal(
                .conflict, "the proxy's settings for this server have changed while it started; ask again")
        }
        return now
    }

    /// The same server, if it may be still, for those who may use it by now.
    func confirmed(_ server: ManagedServer) throws(ManagementRefusal) -> ManagedServer {
        var server = server
        server.settings = try confirmed(server.settings)
        server.route = Route(offer: server.route.offer, access: builder.access(to: server.settings))
        return server
    }

    private func allowedNow(_ change: AskedChange) throws(ManagementRefusal) -> ServerSettings {
        let settings = change.settings
        if let caller = change.caller { try checkRight(of: caller) }
        guard change.source != .file, let configuration = change.configuration else {
            if let caller = change.caller { try allow(settings, usesTemplate: false, change.source, for: caller) }
            return settings
        }
        let caller = change.caller ?? starter(of: servers[settings.name]?.owner)
        let now = try read(settings.name, configuration, change.source, for: caller)
        if change.source == .api, change.caller != nil { try checkTokens(now, for: caller) }
        return now
    }

    /// Gives up the starts of servers that the configuration has changed, and those that may not be any more.
    func giveUpStarts(of difference: SettingsDifference) {
        for server in difference.added + difference.changed + difference.removed {
            starting[server.name]?.giveUp(overtaken(server.name))
        }
        for (name, change) in asked {
            do throws(ManagementRefusal) {
                _ = try confirmed(change.settings)
            } catch {
                starting[name]?.giveUp(error)
            }
        }
    }

    /// Has a server that was to be another one be what it was.
    func undoRenewal(of server: ManagedServer, isNew: Bool) async {
        let wasAbandoned = await withCheckedContinuation { continuation in
            server.connections.abandonRenewal { continuation.resume(returning: $0) }
        }
        guard isNew, !wasAbandoned, let present = servers[server.settings.name],
            present.connections === server.connections
        else { return }
        // The new one has taken over since, or is all there is: it ends with its sessions.
        var former = builder.build(present.settings, present.source, configuration: present.configuration)
        (former.owner, former.awaited) = (present.owner, present.awaited)
        former.route = Route(offer: former.route.offer, access: present.route.access)
        former.connections.start()
        publish(former)
        await end(present)
    }

    /// Ends a server that nobody could reach yet.
    func discard(_ server: ManagedServer) async {
        server.connections.close()
        server.journal.close()
        await ended(server)
    }
}
