import MCPCore
import MCPUpstream
import NIOCore

// MARK: - What the server lists to the clients of this connection

extension Connection {
    /// What is known of the lists on a connection that is not the one on which the server's catalog is read.
    struct OwnLists {
        /// What was read last; nil before that, and when it has changed since.
        var catalog: ServerCatalog?
        var waiting: [@Sendable (ServerCatalog) -> Void] = []
        /// Whether something has changed while they were read.
        var isOld = false
    }

    /// Tells what the server lists to the clients of this connection, which may be something else than to others. Reads it,
    /// unless that was done already; never calls back when it cannot be read.
    func ownLists(_ completion: @escaping @Sendable (ServerCatalog) -> Void) {
        if let known = own.catalog { return completion(known) }
        own.waiting.append(completion)
        if own.waiting.count == 1 { readOwnLists() }
    }

    /// What was read is old.
    func ownListsChanged() {
        own.catalog = nil
        own.isOld = !own.waiting.isEmpty
    }

    private func readOwnLists() {
        upstream.whenReady { [self] result in
            guard case .success(let introduction) = result else { return own.waiting = [] }
            CatalogReader(upstream, introduction, for: server) { [self] outcome in
                guard !outcome.isCut else { return own.waiting = [] }
                if own.isOld {
                    own.isOld = false
                    return readOwnLists()
                }
                own.catalog = outcome.catalog
                let waiting = own.waiting
                own.waiting = []
                for completion in waiting { completion(outcome.catalog) }
            }.start()
        }
    }
}
