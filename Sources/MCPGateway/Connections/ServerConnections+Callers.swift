import Logging
import MCPCore
import MCPUpstream
import NIOCore
import Synchronization

// MARK: - Servers to which callers bring what lets them in

extension ServerConnections {
    /// Returns what the server gets of a request's header fields; nil where it gets none of anybody's.
    func brought(_ passed: PassedFields) -> BroughtFields? {
        settings.passed.isEmpty ? nil : BroughtFields(passed, settings.passed)
    }

    /// Returns the connection on which the server says what it is: the first one, or where the caller may be let in when
    /// the proxy is not, his.
    func connectionThatTells(_ principal: Principal, _ client: () -> ClientDeclaration) -> Connection {
        guard settings.needsCallers else { return first() }
        let declaration = client()
        guard settings.actsForCallers || bringsSomething(declaration) else { return first() }
        return connection(of: principal, declaration)
    }

    private func bringsSomething(_ declaration: ClientDeclaration) -> Bool {
        brought(declaration.passed).map { !$0.fields.isEmpty } ?? false
    }

    /// Returns the connection of a caller without a session, held until `release`.
    private func connection(of principal: Principal, _ client: ClientDeclaration) -> Connection {
        let (key, declaration) = key(for: principal, sessionID: nil, client, era: .legacy)
        return hold(key, of: principal, declaration, preferring: eventLoops.next())
    }

    /// Whether the server has yet to let somebody in, so that a connection of one session counts as well.
    var isAwaited: Bool {
        !settings.passed.isEmpty && (isUnlisted || state.withLock { $0.status.state } != .ready)
    }

    /// Whether it is not known what the server that is there now lists.
    var isUnlisted: Bool { catalog.current == nil || !settings.passed.isEmpty && !catalog.isPresent }

    /// Notes that the server lets in callers with credentials of theirs only. It is no failure.
    func waitsForCallers(_ connection: Connection, _ failure: UpstreamFailure) {
        // That one caller is refused says nothing of the others, and that the proxy is says nothing of callers.
        guard isSource(connection), state.withLock({ $0.status.state }) != .ready else { return }
        logger.debug(
            "server waits for callers with credentials",
            metadata: ["server": "\(displayName)", "reason": "\(failure.logDetail)"])
        update {
            $0.state = .headerNeeded
            $0.wantedHeaders = BroughtFields(.none, settings.passed).missing
            $0.error = nil
            $0.errorCode = failure.code
            $0.processID = nil
        }
    }

    /// A connection of a caller's was lost. Whether that is the server's doing shows on the first one.
    func lookAtServer() {
        first().runNowOrLater { [self] connection in
            connection.upstream.lookAgain()
            release(connection)
        }
    }

    // MARK: What it lists

    /// Tells whether it takes what this caller brings to know what the server lists.
    func isListed(onlyTo declaration: ClientDeclaration) -> Bool {
        catalog.current == nil && bringsSomething(declaration)
    }

    /// Reads what the server lists, with what a caller brings.
    ///
    /// - Parameter done: Is told, on any event loop, that it was read or cannot be.
    func readCatalog(
        of principal: Principal, _ declaration: ClientDeclaration, _ done: @escaping @Sendable () -> Void
    ) {
        connection(of: principal, declaration).runNowOrLater { [self] connection in
            connection.upstream.whenReady { [self] ready in
                guard case .success = ready else {
                    release(connection)
                    return done()
                }
                catalog.whenRead { [self] in
                    release(connection)
                    done()
                }
                // Where it has just become ready, it is being read.
                if state.withLock({ $0.catalogReads == 0 }) { readCatalog(on: connection) }
            }
        }
    }

    /// Reads the catalog on the first of these connections that is ready.
    func readCatalog(onOneOf connections: ArraySlice<Connection>) {
        guard let next = connections.first else { return }
        next.runNowOrLater { connection in
            if case .ready = connection.upstream.state {
                connection.server.readCatalog(on: connection)
            } else {
                connection.server.readCatalog(onOneOf: connections.dropFirst())
            }
        }
    }
}
