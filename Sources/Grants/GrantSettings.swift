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
        /// For the token with which a caller comes ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)).
        ///
        /// - Parameter audience: What the server is called there; nil where it has no other name than its address.
        case tokenExchange(at: HTTPURL, audience: String?)
        /// For an assertion that the identity provider of a company gives for that token
        /// ([enterprise-managed authorization](https://modelcontextprotocol.io/extensions/auth/enterprise-managed-authorization)).
        case enterpriseManaged(IdentityProvider)
    }

    /// Who vouches for callers.
    package struct IdentityProvider: Sendable, Equatable {
        /// nil where the token endpoint is known.
        let issuer: String?
        /// nil where the metadata of the issuer says.
        let tokenEndpoint: HTTPURL?
        let client: GrantClient

        package init(issuer: String?, tokenEndpoint: HTTPURL?, client: GrantClient) {
            self.issuer = issuer
            self.tokenEndpoint = tokenEndpoint
            self.client = client
        }
    }

    /// Tells the server from all others, in this run and later.
    package let name: String
    /// The server's name, as messages have it. Two servers may be called the same there.
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

    /// - Parameter name: Tells the server from all others; that of messages where nothing else is said.
    package init(server: String, name: String? = nil, address: HTTPURL, howToLogIn: String) {
        self.name = name ?? server
        self.server = server
        self.address = address
        self.howToLogIn = howToLogIn
    }

    /// Whether what is held for a server with these settings may be held for one with others.
    func holdsOn(after other: GrantSettings) -> Bool {
        guard isPersonal == other.isPersonal, isInteractive == other.isInteractive else { return false }
        // What the proxy gets by itself it gets again.
        return isInteractive || self == other
    }

    /// Whether each caller logs in for himself.
    package var hasPersonalLogins: Bool { isPersonal && isInteractive }

    /// Whether somebody has to log in.
    package var isInteractive: Bool {
        switch way {
        case .discovered, .login: true
        case .clientCredentials, .tokenExchange, .enterpriseManaged: false
        }
    }
}
