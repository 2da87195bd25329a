import Crypto
import MCPCore
import Synchronization

/// The grants of all servers.
package final class GrantBook: Sendable {
    let shelf: GrantShelf
    let clients: ClientShelf
    let logins = LoginTable()
    /// With what callers have come.
    package let callerTokens = CallerTokens()
    private static let maximumGrants = 20_000
    private let grants = Mutex<[String: ServerGrant]>([:])

    package init(_ shelf: GrantShelf) {
        self.shelf = shelf
        self.clients = ClientShelf(shelf)
    }

    /// The grant of a server, the same one as long as its settings are the same.
    package func grant(_ settings: GrantSettings, _ surroundings: GrantSurroundings) -> ServerGrant {
        if settings.isPersonal, !settings.isInteractive { callerTokens.areWanted() }
        return grant(settings, surroundings, of: nil)
    }

    /// - Parameter caller: Whose it is; nil for everybody's.
    func grant(
        _ settings: GrantSettings, _ surroundings: GrantSurroundings, of caller: GrantCaller?
    ) -> ServerGrant {
        grants.withLock { grants in
            let key = Self.digest(of: settings.server, caller?.name)
            if let known = grants[key], known.settings == settings, known.caller?.parent === caller?.parent {
                return known
            }
            // Whoever has only looked takes no room from those who have logged in.
            if grants.count >= Self.maximumGrants {
                grants = grants.filter { $0.value.caller == nil || $0.value.isHeld }
            }
            let grant = ServerGrant(settings, surroundings, self, of: caller)
            grants[key] = grant
            return grant
        }
    }

    /// Whether some caller has a grant of his own for a server.
    func isHeldBySomebody(_ parent: ServerGrant) -> Bool {
        grants.withLock { Array($0.values) }.contains { $0.caller?.parent === parent && $0.isHeld }
    }

    /// Ends a login with what a browser has brought back.
    ///
    /// - Parameter browser: What the browser shows of having begun it; nil for nothing.
    /// - Returns: The name of the server.
    package func finishLogin(_ answer: LoginAnswer, browser: String?) async throws(GrantFailure) -> String {
        let login = try logins.take(answer.state, browser: browser)
        try await login.grant.finish(login, answer)
        return login.grant.settings.server
    }

    /// A name of a file for any name of a server, and of a caller.
    static func digest(of server: String, _ caller: String?) -> String {
        // No text has the byte between them.
        let names = Array(server.utf8) + (caller.map { [0xFF] + Array($0.utf8) } ?? [])
        return SHA256.hash(data: names).prefix(16).map { byte in
            String(UnicodeScalar(Hexadecimal.digit(byte >> 4))) + String(UnicodeScalar(Hexadecimal.digit(byte & 15)))
        }.joined()
    }
}
