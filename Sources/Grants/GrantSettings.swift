package import Addresses

/// Which grants a server is called with, as the operator has configured it.
package struct GrantSettings: Sendable, Equatable {
    /// How a grant is got.
    package enum Way: Sendable, Equatable {
        /// Somebody logs in, where the server turns out to want it.
        case discovered
        /// Somebody logs in.
        case login
        /// The proxy for itself ([RFC 6749, 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
        case clientCredentials
    }

    /// The server's name, as messages have it.
    package let server: String
    let address: HTTPURL
    /// What somebody has to do who is to log in.
    let howToLogIn: String
    package var way = Way.discovered
    /// Whether each caller has a grant of his own, rather than one for all.
    package var isPersonal = false
    package var scopes: [String] = []
    package var client: GrantClient?
    /// The address of a document about the proxy, which is its identifier where no other is known.
    package var metadataDocument: String?

    package init(server: String, address: HTTPURL, howToLogIn: String) {
        self.server = server
        self.address = address
        self.howToLogIn = howToLogIn
    }

    /// Whether somebody has to log in.
    var isInteractive: Bool {
        switch way {
        case .discovered, .login: true
        case .clientCredentials: false
        }
    }
}
