import Audit
import Logging
package import MCPFrontEnd
import MCPGateway
import Metrics
import NIOCore
import ProxyConfiguration
import Recordings

// MARK: - The configuration, read again

extension ServerRegistry {
    package func reload(isRehearsal: Bool, for caller: ManagementCaller) async throws(ManagementRefusal) -> ReloadReport
    {
        try await reload(isRehearsal: isRehearsal) { (difference) throws(ManagementRefusal) in
            guard !isRehearsal else { return }
            try self.checkRight(of: caller)
            for server in difference.added + difference.changed where !server.options.disabled {
                try self.allow(server, usesTemplate: false, .file, for: caller)
            }
        }
    }

    /// Reads the configuration again and applies what has changed. What has not is not touched.
    ///
    /// - Parameter check: Refuses what the one who asks may not have done.
    /// - Throws: when the configuration cannot be read or used; then nothing has changed.
    func reload(
        isRehearsal: Bool, check: (SettingsDifference) throws(ManagementRefusal) -> Void = { _ in }
    ) async throws(ManagementRefusal) -> ReloadReport {
        if !isRehearsal {
            reloadsWaiting += 1
            hurryReload()
        }
        var isWaiting = !isRehearsal
        defer { if isWaiting { reloadsWaiting -= 1 } }
        // No name of a server is empty: this is the turn of the configuration as a whole.
        return try await alone(with: "") { () async throws(ManagementRefusal) in
            if isWaiting { (isWaiting, reloadsWaiting) = (false, reloadsWaiting - 1) }
            if !isRehearsal { reloadListener?.reloading() }
            defer { if !isRehearsal { reloadListener?.reloaded() } }
            let read: LoadedConfiguration
            do throws(ConfigurationError) {
                read = try await isRehearsal ? source.rehearse() : source.load()
            } catch {
                throw ManagementRefusal(
                    .invalidConfiguration, "the configuration cannot be used; nothing was changed",
                    problems: error.problems.filter { $0.severity == .error }.map(\.description))
            }
            let new = read.settings
            let difference = SettingsDifference(from: settings, to: new)
            try check(difference)
            var report = ReloadReport(difference)
            guard !isRehearsal else { return report }
            loaded = read
            guard !difference.isEmpty else {
                take(orderOf: new)
                return report
            }
            for line in difference.lines { logger.notice("configuration: \(line)") }
            await apply(difference, new, &report)
            for (name, reason) in report.failed.sorted(by: { $0.key < $1.key }) {
                logger.error(
                    "a server of the configuration has not started as it is now",
                    metadata: ["server": "\(name)", "reason": "\(reason)"])
            }
            return report
        }
    }

    /// Offers servers together in the order in which they are written now.
    private func take(orderOf new: ProxySettings) {
        guard settings.servers.map(\.name) != new.servers.map(\.name) else { return }
        settings.servers = new.servers
        offerTogether()
    }

    private func apply(_ difference: SettingsDifference, _ new: ProxySettings, _ report: inout ReloadReport) async {
        let changedClients = takeOver(new)
        takeTokens(new)
        rightsChanged(of: changedClients)
        await forgetReplacedGroups()
        giveUpStarts(of: difference)
        await openAddresses()
        async let foreignClosed: Void = closeForeign()
        var untouched: Set<String> = []
        await withTaskGroup(of: (ServerSettings, ManagementRefusal?).self) { group in
            for server in difference.removed { group.addTask { await (server, self.forget(server)) } }
            for server in difference.added { group.addTask { await (server, self.take(server)) } }
            for server in difference.changed { group.addTask { await (server, self.update(server)) } }
            for await (server, failure) in group {
                guard let failure else { continue }
                report.failed[server.displayName] = words(failure, server.name)
                if failure.kind != .serverFailed { untouched.insert(server.name) }
            }
        }
        // What could not even be tried counts as what it was, so that the next reload tries it.
        let old = settings.servers
        settings.servers = new.servers.compactMap { server in
            guard untouched.contains(server.name) else { return server }
            return old.first { $0.name == server.name }
        }
        // Their order may be another one.
        offerTogether()
        openManagement()
        await refreshAdded()
        await foreignClosed
    }

    /// Puts in force what holds for all servers. What needs a restart stays as it is.
    ///
    /// - Returns: The named clients that may do something else than before.
    private func takeOver(_ new: ProxySettings) -> Set<Principal> {
        let changed = builder.principals.keep(new)
        if settings.clients != new.clients { frontDoor.forgetAccessTokens() }
        frontDoor.showStatus(to: builder.principals.statusAccess(new))
        settings.clients = new.clients
        gateway.audit?.hide(new.ownTokens)
        settings.options = new.options
        settings.management = new.management
        takeGroups(new)
        settings.endpoint = new.endpoint
        settings.groups = new.groups
        var forBuilding = builder.settings
        forBuilding.options = new.options
        builder = builder.with(forBuilding)
        openManagement()
        if gateway.recorder.isOn { hideSecrets() }
        return changed
    }

    // Each of these says why it did not succeed, or nil.

    private func forget(_ server: ServerSettings) async -> ManagementRefusal? {
        guard let present = servers[server.name], present.source == .file else { return nil }
        return await refusal { () async throws(ManagementRefusal) in
            try await overtaking(server.name) { () async throws(ManagementRefusal) in
                guard let present = servers[server.name], present.source == .file else { return }
                await drain(present)
                servers[server.name] = nil
                builder.meters.forget(server.displayName)
                present.journal.close()
                changed()
            }
        }
    }

    /// A server that is new in the configuration is there from now on, whether or not it can be reached yet.
    private func take(_ server: ServerSettings) async -> ManagementRefusal? {
        await refusal { () async throws(ManagementRefusal) in
            try await reloading(server.name) { () async throws(ManagementRefusal) in
                if servers[server.name] != nil {
                    await forgetKept(server.name)
                    return try await pursue(server.name, to: server, nil, .file)
                }
                var built = builder.build(server, .file)
                built.isDisabled = server.options.disabled
                guard !built.isDisabled else {
                    servers[server.name] = built
                    return changed()
                }
                built.connections.start()
                publish(built)
            }
        }
    }

    private func update(_ server: ServerSettings) async -> ManagementRefusal? {
        guard servers[server.name] != nil else { return await take(server) }
        return await refusal { () async throws(ManagementRefusal) in
            try await reloading(server.name) { () async throws(ManagementRefusal) in
                try await pursue(server.name, to: server, nil, .file)
            }
        }
    }

    private func refusal(_ body: () async throws(ManagementRefusal) -> Void) async -> ManagementRefusal? {
        do {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    private func words(_ failure: ManagementRefusal, _ name: String) -> String {
        guard failure.kind == .serverFailed, let server = servers[name] else { return failure.detail }
        let newest = server.awaited?.settings ?? server.settings
        return failure.detail + (server.awaited == nil ? "" : "; it serves as it was until it does")
            + (newest.cannotStart == nil ? "; it is tried again" : "; it is not tried again as it is")
    }

    /// Servers that are not the operator's take over what they inherit. One that may not run any longer, or would now be
    /// open to everybody, is switched off.
    private func refreshAdded() async {
        for server in servers.values where server.source != .file && needsRefresh(server) {
            let name = server.settings.name
            do throws(ManagementRefusal) {
                try await reloading(name) { () async throws(ManagementRefusal) in
                    guard let server = servers[name], server.source != .file else { return }
                    try await refresh(server)
                }
            } catch {
                await couldNotBeRefreshed(name, error)
            }
        }
        openManagement()
    }

    /// Whether a server is not what it would be with the settings in force, or may not be at all.
    private func needsRefresh(_ server: ManagedServer) -> Bool {
        do throws(ManagementRefusal) {
            var fresh = try startable(server, for: starter(of: server.owner))
            fresh.options.disabled = server.isDisabled
            return fresh != server.settings
        } catch {
            return true
        }
    }

    func refresh(_ server: ManagedServer) async throws(ManagementRefusal) {
        var fresh = try startable(server, for: starter(of: server.owner))
        fresh.options.disabled = server.isDisabled
        guard server.source == .api, fresh != server.settings else { return }
        asked[fresh.name] = AskedChange(
            settings: fresh, configuration: server.configuration, source: .api, caller: nil)
        defer { asked[fresh.name] = nil }
        do throws(ManagementRefusal) {
            try await pursue(fresh.name, to: fresh, server.configuration, .api, owner: server.owner)
        } catch {
            // It may be the new one all the same.
            if let server = servers[fresh.name] { await keepOrReport(server) }
            throw error
        }
        await keepOrReport(try known(fresh.name))
    }

    func couldNotBeRefreshed(_ name: String, _ refusal: ManagementRefusal) async {
        switch refusal.kind {
        case .forbidden, .invalidConfiguration: await switchOff(name, because: refusal)
        case .shuttingDown, .unknownServer, .unknownGroup, .unknownRecording: return
        case .nameTaken, .conflict, .serverFailed, .quota, .notKept, .notAudited:
            logger.warning(
                "a server that was added over the API has not started with its new settings",
                metadata: ["server": "\(ServerName.redacted(name))", "reason": "\(refusal.detail)"])
        }
    }

    private func switchOff(_ name: String, because refusal: ManagementRefusal) async {
        guard let server = servers[name], !server.isDisabled else { return }
        server.journal.note(.event, "switched off: \(refusal.detail)", at: WallClock.now)
        if server.source == .adHoc {
            await close(server.route.offer)
        } else {
            // When the proxy is about to end, so is the server.
            try? await overtaking(name) { () async throws(ManagementRefusal) in
                if let server = servers[name], server.source == .api, !server.isDisabled { await disable(server) }
            }
        }
        logger.error(
            "a server that was added over the API was switched off",
            metadata: [
                "server": "\(server.settings.displayName)", "reason": "\(refusal.detail)",
                "problems": "\(refusal.problems.joined(separator: "; "))",
            ])
    }
}

extension ReloadReport {
    fileprivate init(_ difference: SettingsDifference) {
        self.init()
        added = difference.added.map(\.displayName)
        removed = difference.removed.map(\.displayName)
        changed = difference.changed.map(\.displayName)
        unchanged = difference.unchangedCount
        needsRestart = difference.needsRestart
        lines = difference.lines
    }
}
