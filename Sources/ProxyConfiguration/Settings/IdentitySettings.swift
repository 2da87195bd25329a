package import Addresses
package import MCPValues

/// Whose access tokens are accepted besides the configured ones, and who the proxy is for issuers (`mcpProxy.identity`).
package struct IdentitySettings: Sendable, Equatable {
    /// The issuers in the order written; without any, no access token is accepted, whatever scopes are written.
    package var issuers: [TokenIssuerSettings]
    /// The scopes that clients are told to ask for, where they may ask for any.
    package var scopesSupported: [String]
    /// The scopes without which a token opens nothing.
    package var requiredScopes: [String]
    /// Where the metadata of the proxy as a client of others is published, which is then what it is called as a client.
    package var clientMetadataURL: ExactURL?

    /// Settings in which everything not named has its default.
    package init(
        issuers: [TokenIssuerSettings] = [], scopesSupported: [String] = [], requiredScopes: [String] = [],
        clientMetadataURL: ExactURL? = nil
    ) {
        self.issuers = issuers
        self.scopesSupported = scopesSupported
        self.requiredScopes = requiredScopes
        self.clientMetadataURL = clientMetadataURL
    }
}

/// One issuer of access tokens (`mcpProxy.identity.issuers`).
package struct TokenIssuerSettings: Sendable, Equatable {
    /// Whom to ask for opaque tokens, and as whom.
    package struct Introspection: Sendable, Equatable {
        package let url: HTTPURL
        package let clientID: String
        package let clientSecret: Secret

        package init(url: HTTPURL, clientID: String, clientSecret: Secret) {
            self.url = url
            self.clientID = clientID
            self.clientSecret = clientSecret
        }
    }

    /// Its name, exactly as its tokens have it.
    package var issuer: String
    /// The same as an address.
    package var address: HTTPURL
    /// For whom its tokens have to be; empty for the proxy's own addresses.
    package var audiences: [String]
    /// Where its keys are; nil where its metadata says so.
    package var keysURL: HTTPURL?
    package var algorithms: [SignatureAlgorithm]
    /// By how much its clock and ours may differ.
    package var clockLeeway: Duration
    package var introspection: Introspection?

    /// An issuer in which everything not named has its default.
    package init(
        issuer: String, address: HTTPURL, audiences: [String] = [], keysURL: HTTPURL? = nil,
        algorithms: [SignatureAlgorithm] = SignatureAlgorithm.usual, clockLeeway: Duration = .seconds(60),
        introspection: Introspection? = nil
    ) {
        self.issuer = issuer
        self.address = address
        self.audiences = audiences
        self.keysURL = keysURL
        self.algorithms = algorithms
        self.clockLeeway = clockLeeway
        self.introspection = introspection
    }
}
