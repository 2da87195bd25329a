import Grants
import Logging
import MCPFrontEnd
import MCPGateway
import NIOCore
import ProxyConfiguration

// MARK: - Servers that outlive the run

extension ServerRegistry {
    /// Keeps a server for the next start, if it was added over the API. A change is made only once this has succeeded.
    func keep(_ server: ManagedServer) async throws(ManagementRefusal) {
        guard let store, let kept = try kept(server) else { return }
        try await store.put(kept, as: kept.name)
    }

    /// Keeps a server that runs and that nobody can reach yet; ends it when that fails.
    func keepOrEnd(_ server: ManagedServer) async throws(ManagementRefusal) {
        do {
            try await keep(server)
        } catch {
            server.connections.close()
            server.journal.close()
            await ended(server)
            throw error
        }
    }

    /// Makes a change that cannot be prepared, once what comes of it is kept; when it fails, what was kept before is.
    func keeping(
        _ settings: ServerSettings, _ configuration: ByteBuffer, _ owner: OwnerMark?,
        _ change: () async throws(ManagementRefusal) -> Void
    ) async throws(ManagementRefusal) {
        guard let store else { return try await change() }
        let before = store[settings.name]
        try await store.put(try kept(settings, configuration, owner), as: settings.name)
        do throws(ManagementRefusal) {
            try await change()
        } catch {
            await putOrReport(before, as: settings.name, in: store)
            throw error
        }
    }

    /// Keeps what has become of a server already.
    func keepOrReport(_ server: ManagedServer) async {
        guard let store else { return }
        await orReport(server.settings.name) { () async throws(ManagementRefusal) in
            guard let kept = try kept(server) else { return }
            try await store.put(kept, as: kept.name)
        }
    }

    /// Forgets what the operator's file has taken the place of.
    func forgetKept(_ name: String) async {
        guard let store else { return }
        await putOrReport(nil, as: name, in: store)
    }

    private func putOrReport(_ server: KeptServer?, as name: String, in store: ServerStore) async {
        await orReport(name) { () async throws(ManagementRefusal) in try await store.put(server, as: name) }
    }

    private func orReport(_ name: String, _ body: () async throws(ManagementRefusal) -> Void) async {
        do throws(ManagementRefusal) {
            try await body()
        } catch {
            logger.error(
                "at the next start this server will be what it no longer is",
                metadata: ["server": "\(ServerName.redacted(name))"])
        }
    }

    /// Starts the servers that were added over the API before the last restart. They are there from now on, whether or
    /// not they can be reached yet. What cannot be started now is kept on.
    package func restore() {
        for kept in store?.all ?? [] {
            do throws(ManagementRefusal) {
                guard servers[kept.name] == nil else {
                    throw ManagementRefusal(.nameTaken, "the configuration has a server of that name")
                }
                try restore(kept)
            } catch {
                logger.error(
                    "a server that was added over the API is not started",
                    metadata: [
                        "server": "\(ServerName.redacted(kept.name))", "reason": "\(error.detail)",
                        "problems": "\(error.problems.joined(separator: "; "))",
                    ])
            }
        }
        restoreGroups()
        // Who may change what depends on which servers ask for tokens.
        openManagement()
        changed()
    }

    private func restore(_ kept: KeptServer) throws(ManagementRefusal) {
        // Who added it may have had a token then; what is allowed is asked again.
        let configuration = try opened(kept)
        var settings = try read(kept.name, configuration, .api, for: starter(of: kept.owner))
        guard !kept.hadTokens || !settings.options.authTokens.isEmpty else { throw forbidden(Self.wouldBeOpen) }
        settings.options.disabled = kept.isDisabled
        var built = builder.build(settings, .api, configuration: configuration)
        built.owner = kept.owner
        built.isDisabled = kept.isDisabled
        if !built.isDisabled { built.connections.start() }
        publish(built)
    }
}

// MARK: - What is kept of one

extension ServerRegistry {
    private var secrets: KeptSecrets { KeptSecrets(seal: builder.known.grants.seal) }

    /// What there is to be kept of a server; nil if it is not one that was added over the API.
    private func kept(_ server: ManagedServer) throws(ManagementRefusal) -> KeptServer? {
        guard server.source == .api, let configuration = server.configuration else { return nil }
        return try kept(server.settings, configuration, server.owner)
    }

    /// What there is to be kept of a server.
    ///
    /// - Throws: when its secrets cannot be sealed.
    func kept(
        _ settings: ServerSettings, _ configuration: ByteBuffer, _ owner: OwnerMark?
    ) throws(ManagementRefusal) -> KeptServer {
        do throws(GrantStorageFailure) {
            return KeptServer(
                name: settings.name, configuration: try secrets.closed(configuration, of: settings.name),
                isDisabled: settings.options.disabled, owner: owner, hadTokens: !settings.options.authTokens.isEmpty)
        } catch {
            throw ManagementRefusal(
                .notKept,
                "the change cannot be kept for the next start, so it was not made: its secrets cannot be sealed: \(error.words)"
            )
        }
    }

    private func opened(_ kept: KeptServer) throws(ManagementRefusal) -> ByteBuffer {
        do throws(GrantStorageFailure) {
            return try secrets.opened(kept.configuration, of: kept.name)
        } catch {
            throw ManagementRefusal(
                .invalidConfiguration, "its secrets cannot be read: \(error.words), or add the server again")
        }
    }
}
