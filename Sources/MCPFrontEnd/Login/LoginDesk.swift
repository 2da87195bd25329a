package import NIOCore

/// Lets people log in to servers. Implemented by the program that owns the servers.
package protocol LoginDesk: Sendable {
    /// Says whether each caller logs in to a server for himself.
    func hasPersonalLogin(_ name: String) async -> Bool

    /// Returns what a page says before somebody logs in.
    ///
    /// - Parameters:
    ///   - name: As it stands in the path.
    ///   - caller: Who logs in, where that counts for him alone.
    func description(of name: String, for caller: String) async throws(LoginRefusal) -> LoginDescription

    /// Begins a login.
    ///
    /// - Parameters:
    ///   - caller: Who logs in, where that counts for him alone.
    ///   - redirect: Where the browser is to come back to.
    ///   - browser: What the browser shows when it comes back.
    /// - Returns: The address to which the browser goes.
    func begin(_ name: String, for caller: String, redirect: String, browser: String) async throws(LoginRefusal)
        -> String

    /// Ends a login.
    ///
    /// - Parameters:
    ///   - query: What the authorization server has sent along.
    ///   - browser: What the browser shows; nil for nothing.
    /// - Returns: The name of the server.
    func finish(query: String, browser: String?) async throws(LoginRefusal) -> String

    /// Returns what the proxy says of itself to authorization servers; nil where it has no address that they can read.
    ///
    /// - Parameter redirect: Where answers may be sent.
    func metadata(at address: String, redirect: String) -> ByteBuffer?
}

/// Says why a login is not possible, in words for who wanted to log in.
package struct LoginRefusal: Error, Sendable, Equatable {
    package let words: String
    /// Whether there is no such thing to log in to.
    package let isUnknown: Bool

    package init(_ words: String, isUnknown: Bool = false) {
        self.words = words
        self.isUnknown = isUnknown
    }
}

/// Holds what somebody is told who is about to log in.
package struct LoginDescription: Sendable, Equatable {
    package let server: String
    /// The host of the server.
    package let host: String
    /// Who is logged in by now, where that is known.
    package let account: String?
    /// What will be asked for, as far as that is known.
    package let scopes: [String]
    /// Whether the login counts for whoever logs in alone.
    package let isPersonal: Bool

    package init(server: String, host: String, account: String?, scopes: [String], isPersonal: Bool) {
        self.scopes = scopes
        self.isPersonal = isPersonal
        self.server = server
        self.host = host
        self.account = account
    }
}
