import MCPCore
import NIOCore

// MARK: - Logins to which the client leads its user

extension ClientSession {
    /// For how long a login is awaited: its link may be opened after ten minutes, and the login take ten more.
    private static let longestLogin = TimeAmount.minutes(20)
    /// A client that calls on without end is told of the last ones.
    private static let maximumAwaitedLogins = 16

    /// Lets go of a server that nobody has logged in to yet: what it speaks shows only after that.
    func leaveUntilLogin(_ server: ServerConnections) {
        guard let leg = legs[server], !exchanges.values.contains(where: { $0.exchange.connection.server === server })
        else { return }
        drop(leg, reason: "nobody has logged in to the server")
    }

    /// Tells the client once its user has been where it was sent.
    func tellOfLogin(_ demand: LoginDemand, at server: ServerConnections) {
        let name = ObjectIdentifier(server)
        let isFirst = awaitedLogins[name] == nil
        awaitedLogins[name, default: []].append(demand)
        if awaitedLogins[name, default: []].count > Self.maximumAwaitedLogins { awaitedLogins[name]?.removeFirst() }
        guard isFirst, let logins = server.settings.personalLogins else { return }
        logins.wait(for: principal, atMost: Self.longestLogin) { [weak self] isDone in
            // The session may have ended long before.
            self?.runNowOrLater { session in
                let demands = session.awaitedLogins.removeValue(forKey: name) ?? []
                if isDone { for demand in demands { session.tell(demand.completion) } }
            }
        }
    }
}
