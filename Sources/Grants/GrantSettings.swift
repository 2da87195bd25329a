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

    /// As whom the proxy is known, where the operator has registered it.
    package struct Client: Sendable, Equatable {
        let identifier: String
        let secret: String?
        /// The private key that signs for it, in PEM.
        let privateKey: String?
        /// The authorization server that knows it; nil for the one that is found.
        let issuer: String?

        package init(identifier: String, secret: String?, privateKey: String?, issuer: String?) {
            self.identifier = identifier
            self.secret = secret
            self.privateKey = privateKey
            self.issuer = issuer
        }
    }

    /// The server's name, as messages have it.
    let server: String
    let address: HTTPURL
    let way: Way
    /// Whether each caller has a grant of his own, rather than one for all.
    let isPersonal: Bool
    let scopes: [String]
    let client: Client?
    /// What somebody has to do who is to log in.
    let howToLogIn: String
    /// The address of a document about the proxy, which is its identifier where no other is known.
    let metadataDocument: String?

    package init(
        server: String, address: HTTPURL, way: Way, isPersonal: Bool = false, scopes: [String], client: Client?, howToLogIn: String,
        metadataDocument: String?
    ) {
        self.server = server
        self.address = address
        self.way = way
        self.isPersonal = isPersonal
        self.scopes = scopes
        self.client = client
        self.howToLogIn = howToLogIn
        self.metadataDocument = metadataDocument
    }

    /// Whether somebody has to log in.
    var isInteractive: Bool {
        switch way {
        case .discovered, .login: true
        case .clientCredentials: false
        }
    }
}
