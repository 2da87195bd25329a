import Logging
import MCPFrontEnd
import MCPGateway
import MCPUpstream
import NIOCore
import ProxyConfiguration

// MARK: - The newest configuration wins

extension ServerRegistry {
    /// Makes a server what the operator's configuration says it is to be. While it serves, the new one takes over when it
    /// is ready, and is tried again and again until then; what does not serve is the new one at once.
    ///
    /// - Throws: `.serverFailed` when it is not ready yet; then it is tried again.
    func pursue(
        _ name: String, to new: ServerSettings, _ configuration: ByteBuffer?, _ source: ServerSource,
        owner: OwnerMark? = nil
    ) async throws(ManagementRefusal) {
        let server = try known(name)
        let serves = !server.isDisabled && server.connections.status.state == .ready
        guard serves, !new.options.disabled else {
            return try await takeAtOnce(server, new, configuration, source, owner)
        }
        do throws(ManagementRefusal) {
            try await change(name, to: new, configuration, source, owner: owner)
            servers[name]?.connections.shows(pendingChange: nil)
        } catch {
            guard error.kind == .serverFailed else { throw error }
            // What somebody else has added does not stand in for what is the operator's.
            guard server.source == source else {
                return try await takeAtOnce(server, new, configuration, source, owner)
            }
            servers[name]?.awaited = AwaitedChange(new, after: server.awaited, within: settings.limits)
            server.connections.shows(pendingChange: error.detail)
            throw error
        }
    }

    /// Puts other settings in force whether or not the server starts with them.
    private func takeAtOnce(
        _ server: ManagedServer, _ new: ServerSettings, _ configuration: ByteBuffer?, _ source: ServerSource,
        _ owner: OwnerMark?
    ) async throws(ManagementRefusal) {
        if new.options.disabled {
            return try await change(server.settings.name, to: new, configuration, source, owner: owner)
        }
        server.connections.shows(pendingChange: nil)
        let isUp = server.isDisabled || server.connections.status.state == .ready
        if !isUp, server.settings.effect(ofChangeTo: new) < .replace {
            let factory = builder.linkFactory(for: new, source, server.journal, server.census)
            adopt(new, configuration, source, owner, on: server)
            try await renew(server, with: factory, isFinal: true)
            return
        }
        let next = made(new, configuration, source, owner)
        next.connections.start()
        publish(next)
        await end(server)
        try await introduced(next)
    }

    // MARK: Again and again

    /// Tries the changes that are awaited, each when it is due, until the task is cancelled.
    package func tryAwaitedChanges() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let seen = watch.current
                for (name, server) in servers {
                    guard let awaited = server.awaited, awaited.isDue(server) else { continue }
                    servers[name]?.awaited = awaited.underWay
                    group.addTask { await self.tryAwaitedChange(of: name) }
                }
                await first(of: { [watch] in await watch.wait(past: seen) }, orAfter: untilNextAttempt)
            }
        }
    }

    private var untilNextAttempt: Duration {
        let next = servers.values.compactMap(\.awaited).filter { !$0.isUnderWay }.map(\.nextAttempt).min()
        guard let next else { return .seconds(60) }
        return min(.seconds(60), .nanoseconds(max(0, (next - .now()).nanoseconds)))
    }

    private func tryAwaitedChange(of name: String) async {
        // When the next attempt is due is known only then.
        defer { watch.note() }
        do throws(ManagementRefusal) {
            try await alone(with: name) { () async throws(ManagementRefusal) in
                guard let server = servers[name], let awaited = server.awaited else { return }
                switch server.source {
                case .file: try await pursue(name, to: awaited.settings, nil, .file)
                case .api: try await refresh(server)
                case .adHoc: return
                }
            }
            logger.notice("a changed server has started", metadata: ["server": "\(ServerName.redacted(name))"])
        } catch {
            // Why it does not start is in its state; what may not be done any more is not tried again.
            if error.kind != .serverFailed { servers[name]?.awaited = nil }
            if servers[name]?.source == .api { await couldNotBeRefreshed(name, error) }
        }
    }
}
