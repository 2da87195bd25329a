import Logging
import MCPFrontEnd
import MCPGateway
import ProxyConfiguration

// MARK: - Tokens that are taken away

extension ServerRegistry {
    /// Has every server accept the tokens of a new configuration, before anything of it that can wait or fail. What
    /// callers hold whose token was taken away ends with it.
    func takeTokens(_ new: ProxySettings) {
        for server in servers.values {
            switch server.source {
            case .file:
                // One that is new has nothing to end, and one that was removed ends as a whole.
                guard let tokens = new.servers.first(where: { $0.name == server.settings.name })?.options.authTokens
                else { continue }
                accept(tokens, at: server)
            case .api: accept(inherited(by: server), at: server)
            case .adHoc: continue
            }
        }
        offerTogether()
    }

    /// Has everything go by the rights and tokens that are in force now.
    ///
    /// - Parameter clients: Those that may do something else than before.
    func rightsChanged(of clients: Set<Principal>) {
        if !clients.isEmpty {
            for server in servers.values { server.route.offer.rightsChanged() }
            for group in groups.values { group.offer?.rightsChanged() }
        }
        frontDoor.showOut()
        gateway.rightsChanged(of: clients)
    }

    /// Has a server accept other tokens. Where other tokens would open it to everybody, that is left to the change of all
    /// its settings.
    private func accept(_ tokens: [Secret]?, at server: ManagedServer) {
        var changed = server
        if let tokens { changed.settings.options.authTokens = tokens }
        let access = tokens == nil ? .nobody : builder.access(to: changed.settings)
        guard access != server.route.access, !access.isOpen || tokens == server.settings.options.authTokens else {
            return
        }
        changed.route = Route(offer: server.route.offer, access: access)
        servers[server.settings.name] = changed
        if !server.isDisabled { frontDoor.publish(changed.route) }
    }

    /// The tokens of a server that was added over the API, with the settings in force; nil when they cannot be told any
    /// more, so that nobody has them.
    func inherited(by server: ManagedServer) -> [Secret]? {
        guard let configuration = server.configuration else { return nil }
        do {
            return try load(server.settings.name, configuration).settings.options.authTokens
        } catch {
            logger.error(
                "a server that was added over the API is closed to everybody: its tokens are not known any more",
                metadata: ["server": "\(server.settings.displayName)", "reason": "\(error.detail)"])
            return nil
        }
    }

    /// Ends the servers that were brought by callers whose token was taken away.
    func closeForeign() async {
        let foreign = servers.values.filter { server in
            server.source == .adHoc && server.owner.map { !mayOwn(server.settings, $0) } ?? true
        }
        for server in foreign {
            frontDoor.withdraw(server.route.offer)
            gateway.closeSessions(of: server.connections, reason: "the token was taken away")
        }
        await withTaskGroup(of: Void.self) { group in
            for server in foreign { group.addTask { await self.close(server.route.offer) } }
        }
    }
}
