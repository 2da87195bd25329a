import MCPUpstream
import MCPValues
import NIOCore
import Synchronization

// MARK: - The first connection

extension ServerConnections {
    /// Opens the first connection, so that a broken server is noticed before a client needs it.
    package func start() { _ = first(holding: false) }

    /// Returns the connection that is always there, held until `release`.
    func first() -> Connection { first(holding: true) }

    private func first(holding: Bool) -> Connection {
        let (key, declaration) = state.withLock { $0.first } ?? (usualFirstKey, ownDeclaration)
        let principal = if case .principal(let principal, _) = key { principal } else { settings.firstPrincipal }
        return connection(for: key, of: principal, declaration, preferring: eventLoops.next(), holding: holding)
    }

    /// Has the first connection be that of a caller who has logged in for himself, unless what the server lists is read
    /// with the login of somebody who came before.
    package func begin(asLoggedIn caller: Principal) {
        guard settings.personalLogins != nil, isolation != .session else { return }
        let isPresent = catalog.isPresent
        let key = ConnectionKey.principal(caller, capabilities: .none)
        let (isNews, former) = state.withLock { state -> (Bool, Connection?) in
            guard !state.isClosed, state.first == nil || !isPresent else { return (false, nil) }
            let formerKey = firstKey(state)
            state.first = (key, ownDeclaration)
            // What has waited for nobody in particular would be taken for one on which the server can be asked.
            guard formerKey != key, let entry = state.entries[formerKey], entry.holders == 0 else { return (true, nil) }
            state.entries[formerKey] = nil
            return (true, entry.connection)
        }
        if isNews { start() }
        if let former { end(former) }
    }

    /// Has the first connection be the only client's, unless it is open already.
    func begin(with client: () -> ClientDeclaration) {
        guard isolation != .shared else { return }
        state.withLock { state in
            guard state.first == nil, state.entries.isEmpty else { return }
            let declaration = client()
            let capabilities = CapabilitiesKey(declaration.capabilities)
            state.first = (.principal(settings.firstPrincipal, capabilities: capabilities), declaration)
        }
    }

    /// A connection that there is at the moment and that does not belong to one session.
    var firstOpen: Connection? {
        state.withLock { state in
            let first = state.entries[firstKey(state)]
            return (first ?? state.entries.first { if case .session = $0.key { false } else { true } }?.value)?
                .connection
        }
    }

    var firstKey: ConnectionKey {
        settings.beginsWithItsClient || settings.personalLogins != nil
            ? state.withLock { firstKey($0) } : usualFirstKey
    }

    func firstKey(_ state: State) -> ConnectionKey { state.first?.key ?? usualFirstKey }

    private var usualFirstKey: ConnectionKey {
        isolation == .shared ? .shared : .principal(settings.firstPrincipal, capabilities: .none)
    }
}
