import Logging
import MCPFrontEnd
import MCPGateway
import NIOCore
import ProxyConfiguration

// MARK: - The configuration, read again

extension ServerRegistry {
    func reload(isRehearsal: Bool, for caller: ManagementCaller) async throws(ManagementRefusal) -> ReloadReport {
        try await reload(isRehearsal: isRehearsal)
    }

    /// Reads the configuration again and applies what has changed. What has not is not touched.
    ///
    /// - Throws: when the configuration cannot be read or used; then nothing has changed.
    func reload(isRehearsal: Bool) async throws(ManagementRefusal) -> ReloadReport {
        // No name of a server is empty: this is the turn of the configuration as a whole.
        try await alone(with: "") { () async throws(ManagementRefusal) in
            let new: ProxySettings
            do throws(ConfigurationError) {
                new = try await source.load().settings
            } catch {
                throw ManagementRefusal(
                    .invalidConfiguration, "the configuration cannot be used; nothing was changed",
                    problems: error.problems.filter { $0.severity == .error }.map(\.description))
            }
            let difference = SettingsDifference(from: settings, to: new)
            var report = ReloadReport(difference)
            guard !isRehearsal, !difference.isEmpty else { return report }
            for line in difference.lines { logger.notice("configuration: \(line)") }
            await apply(difference, new, &report)
            for (name, reason) in report.failed.sorted(by: { $0.key < $1.key }) {
                logger.error(
                    "a server of the configuration was not changed",
                    metadata: ["server": "\(name)", "reason": "\(reason)"])
            }
            return report
        }
    }

    private func apply(_ difference: SettingsDifference, _ new: ProxySettings, _ report: inout ReloadReport) async {
        takeOver(new)
        takeTokens(new)
        await openAddresses()
        async let foreignClosed: Void = closeForeign()
        await withTaskGroup(of: (ServerSettings, String?).self) { group in
            for server in difference.removed { group.addTask { await (server, self.forget(server)) } }
            for server in difference.added { group.addTask { await (server, self.take(server)) } }
            for server in difference.changed { group.addTask { await (server, self.update(server)) } }
            for await (server, failure) in group {
                if let failure { report.failed[server.displayName] = failure }
            }
        }
        let failed = Set(report.failed.keys)
        // What did not succeed counts as what it was, so that the next reload tries it again.
        let old = settings.servers
        settings.servers = new.servers.compactMap { server in
            guard failed.contains(server.displayName) else { return server }
            return old.first { $0.name == server.name }
        }
        openManagement()
        await refreshAdded()
        await foreignClosed
    }

    /// Puts in force what holds for all servers. What needs a restart stays as it is.
    private func takeOver(_ new: ProxySettings) {
        builder.principals.keep(new)
        frontDoor.showStatus(to: builder.principals.statusTokens(new))
        settings.options = new.options
        settings.management = new.management
        var forBuilding = builder.settings
        forBuilding.options = new.options
        builder = builder.with(forBuilding)
        openManagement()
    }

    // Each of these says why it did not succeed, or nil.

    private func forget(_ server: ServerSettings) async -> String? {
        guard let present = servers[server.name], present.source == .file else { return nil }
        return await words { () async throws(ManagementRefusal) in
            try await alone(with: server.name) { () async throws(ManagementRefusal) in
                guard let present = servers[server.name], present.source == .file else { return }
                await drain(present)
                servers[server.name] = nil
                present.journal.close()
                changed()
            }
        }
    }

    /// A server that is new in the configuration is there from now on, whether or not it can be reached yet.
    private func take(_ server: ServerSettings) async -> String? {
        await words { () async throws(ManagementRefusal) in
            try await alone(with: server.name) { () async throws(ManagementRefusal) in
                if servers[server.name] != nil {
                    return try await change(server.name, to: server, nil, .file)
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

    private func update(_ server: ServerSettings) async -> String? {
        guard servers[server.name] != nil else { return await take(server) }
        return await words { () async throws(ManagementRefusal) in
            try await alone(with: server.name) { () async throws(ManagementRefusal) in
                try await change(server.name, to: server, nil, .file)
            }
        }
    }

    private func words(_ body: () async throws(ManagementRefusal) -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return error.detail
        }
    }

    /// Servers that were added over the API take over what they inherit.
    private func refreshAdded() async {
        for server in servers.values where server.source == .api {
            guard let configuration = server.configuration else { continue }
            let name = server.settings.name
            do {
                let fresh = try load(name, configuration).settings
                guard fresh != server.settings else { continue }
                try await alone(with: name) { () async throws(ManagementRefusal) in
                    try await change(name, to: fresh, configuration, .api)
                }
            } catch {
                logger.warning(
                    "a server that was added over the API keeps its settings",
                    metadata: ["server": "\(server.settings.displayName)", "reason": "\(error.detail)"])
            }
        }
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
