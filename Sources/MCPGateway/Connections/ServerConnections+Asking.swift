import Logging
import MCPCore

// MARK: - What the server asks its clients

extension ServerConnections {
    /// Tells whether the clients of a connection may be different people.
    func company(on key: ConnectionKey) -> Company {
        switch key {
        case .session: .onePerson
        case .principal(let principal, _): company(of: principal)
        case .shared: .perhapsStrangers
        }
    }

    /// Tells whether the clients of a principal may be different people: callers without a token where others can come.
    func company(of principal: Principal) -> Company {
        principal != .anonymous || settings.anonymousIsOnePerson ? .onePerson : .perhapsStrangers
    }

    /// The server asks during calls without saying for which: from now on clients that it can ask take turns on every
    /// connection to it.
    func serverAsks() {
        guard asking.remember() else { return }
        for connection in all { connection.runNowOrLater { $0.serverAsks() } }
    }

    /// Tells the operator that a question was answered for clients, because it was not clear whom it was for.
    func questionWasAmbiguous(_ method: String) {
        logger.warning(
            """
            a question of the server was cancelled: it may be for one of several clients without a token, who may be \
            different people; give each a token (authTokens), or each session a connection (isolation: "session"; \
            clients of revision 2026-07-28 have no sessions and need tokens)
            """,
            metadata: ["server": "\(displayName)", "method": "\(method)"])
    }
}
