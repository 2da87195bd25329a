import Crypto
import MCPCore
import Synchronization

/// The grants of all servers.
package final class GrantBook: Sendable {
    let shelf: GrantShelf
    let clients: ClientShelf
    let logins = LoginTable()
    private let grants = Mutex<[String: ServerGrant]>([:])

    package init(_ shelf: GrantShelf) {
        self.shelf = shelf
        self.clients = ClientShelf(shelf)
    }

    /// The grant of a server, the same one as long as its settings are the same.
    package func grant(_ settings: GrantSettings, _ surroundings: GrantSurroundings) -> ServerGrant {
        grants.withLock { grants in
            let key = Self.digest(of: settings.server)
            if let known = grants[key], known.settings == settings { return known }
            let grant = ServerGrant(settings, surroundings, self)
            grants[key] = grant
            return grant
        }
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

    /// A name of a file for any name of a server.
    static func digest(of server: String) -> String {
        SHA256.hash(data: Array(server.utf8)).prefix(16).map { byte in
            String(UnicodeScalar(Hexadecimal.digit(byte >> 4))) + String(UnicodeScalar(Hexadecimal.digit(byte & 15)))
        }.joined()
    }
}
