package import MCPValues

/// A client that the operator has named, and what it may do (`mcpProxy.clients.<name>`).
package struct ClientSettings: Sendable, Equatable {
    package var name: String
    /// What opens the proxy to it, those of the file among them, each once.
    package var tokens: [Secret]
    /// A file with more of them, one a line, which was read when the configuration was.
    package var tokensFile: String?
    package var rights: Rights
    /// Which certificates are the client's, too, as patterns of what they are called; nil for none.
    package var certificates: NamePatterns?
    /// Which callers with an access token are this client, too; nil for none.
    package var match: ClientMatch?
    /// What more those may do whose token has a scope, in the order written.
    package var scopes: [ScopeRights] = []

    package init(name: String = "", tokens: [Secret] = [], tokensFile: String? = nil, rights: Rights = .none) {
        self.name = name
        self.tokens = tokens
        self.tokensFile = tokensFile
        self.rights = rights
    }

    /// Its place in the configuration.
    package var keyPath: String { ConfigurationPath("mcpProxy").appending("clients").appending(name).description }
}

/// Callers with an access token of this issuer, and with all of these claims (`match` of a client).
package struct ClientMatch: Sendable, Equatable {
    /// A claim, and of which texts it has to be, or to hold, at least one.
    package struct Claim: Sendable, Equatable {
        package let path: ClaimPath
        package let values: [String]

        package init(_ path: ClaimPath, _ values: [String]) {
            self.path = path
            self.values = values
        }
    }

    package var issuer: String
    package var claims: [Claim]

    package init(issuer: String, claims: [Claim] = []) {
        self.issuer = issuer
        self.claims = claims
    }
}

/// What more a client may do with a scope.
package struct ScopeRights: Sendable, Equatable {
    package let scope: String
    package let more: RightsAddition

    package init(_ scope: String, _ more: RightsAddition) {
        self.scope = scope
        self.more = more
    }
}
