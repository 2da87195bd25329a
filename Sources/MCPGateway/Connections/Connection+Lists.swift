import MCPCore
import MCPUpstream
import NIOCore

// MARK: - What the server lists to the clients of this connection

extension Connection {
    /// Says how far it is known what the server lists on this connection, where that is not the one of the catalog.
    enum OwnLists {
        /// Nobody has asked for anything yet that is offered beside other servers.
        case unread
        case reading(isOld: Bool)
        case read
    }

    /// Finds out, once, whether the server lists something else to the clients of this connection than to others.
    func compareLists() {
        guard case .unread = own, !server.isSource(self) else { return }
        own = .reading(isOld: false)
        readOwnLists()
    }

    /// The lists of the server may be other ones than they were.
    func ownListsChanged() {
        switch own {
        case .unread: break
        case .reading: own = .reading(isOld: true)
        case .read:
            own = .unread
            compareLists()
        }
    }

    private func readOwnLists() {
        upstream.whenReady { [self] result in
            // Only a server that knows its client can show it something else.
            guard case .success(let introduction) = result, introduction.era == .legacy else { return own = .unread }
            let moment = momentOfLists
            CatalogReader(upstream, introduction, for: server) { [self] outcome in
                if case .reading(isOld: true) = own {
                    own = .reading(isOld: false)
                    return readOwnLists()
                }
                own = outcome.isCut ? .unread : .read
                judge(outcome, since: moment)
                if !outcome.isCut { server.take(outcome.catalog, of: key) }
            }.start()
        }
    }
}
