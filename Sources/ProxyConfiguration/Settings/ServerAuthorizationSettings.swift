package import Addresses

/// How the proxy comes by the access token (OAuth) with which it calls a remote server (`mcpServers.<name>.auth`).
package enum ServerAuthorizationSettings: Sendable, Equatable {
    /// Nothing is written: whether somebody has to log in shows when the server answers with 401.
    case discovered
    /// Nobody logs in, whatever the server answers.
    case none
    /// A person logs in (`oauth`).
    case oauth(Login)
    /// The proxy has credentials of its own (`clientCredentials`).
    case clientCredentials(ClientCredentials)
    /// The caller's token is exchanged for one that is for the server (`tokenExchange`).
    case tokenExchange(TokenExchange)
    /// The identity provider of a company vouches for the caller (`enterpriseManaged`).
    case enterpriseManaged(EnterpriseManaged)

    /// On whose behalf a server is called.
    package enum Behalf: Sendable, Equatable {
        /// Of everybody who uses the proxy.
        case everybody
        /// Of each caller, who logs in for himself.
        case callerWithLogin
        /// Of each caller, by the token with which he comes.
        case callerWithToken
    }

    package var behalf: Behalf {
        switch self {
        case .discovered, .none, .clientCredentials: .everybody
        case .oauth(let login): login.holder == .principal ? .callerWithLogin : .everybody
        case .tokenExchange, .enterpriseManaged: .callerWithToken
        }
    }

    /// As which client the proxy comes to the server's authorization server; nil where the configuration does not say.
    package var client: OAuthClientSettings? {
        switch self {
        case .discovered, .none: nil
        case .oauth(let login): login.client
        case .clientCredentials(let credentials): credentials.client
        case .tokenExchange(let exchange): exchange.client
        case .enterpriseManaged(let managed): managed.client
        }
    }

    /// Whether the configuration says how a token is come by.
    package var isConfigured: Bool {
        switch self {
        case .discovered, .none: false
        case .oauth, .clientCredentials, .tokenExchange, .enterpriseManaged: true
        }
    }
}

extension ServerAuthorizationSettings {
    /// What a person logs in for.
    package struct Login: Sendable, Equatable {
        /// Whose a login is (`per`).
        package enum Holder: String, Sendable, Equatable, CaseIterable {
            /// One for the proxy, with which every caller comes to the server; the default.
            case proxy
            /// Each principal has one of their own.
            case principal
        }

        /// The scopes to ask for, each once; empty for those that the server asks for.
        package var scopes: [String]
        /// As which client; nil where the proxy has to register itself.
        package var client: OAuthClientSettings?
        package var holder: Holder

        package init(scopes: [String] = [], client: OAuthClientSettings? = nil, holder: Holder = .proxy) {
            self.scopes = scopes
            self.client = client
            self.holder = holder
        }
    }

    /// What the proxy asks for as itself.
    package struct ClientCredentials: Sendable, Equatable {
        /// The scopes to ask for, each once; empty for those that the server asks for.
        package var scopes: [String]
        /// As which client. It always has a proof.
        package var client: OAuthClientSettings

        package init(scopes: [String] = [], client: OAuthClientSettings) {
            self.scopes = scopes
            self.client = client
        }
    }

    /// Where the token of a caller is exchanged ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)).
    package struct TokenExchange: Sendable, Equatable {
        /// The scopes to ask for, each once; empty for none.
        package var scopes: [String]
        /// As which client. It belongs to no other issuer than whose the endpoint is.
        package var client: OAuthClientSettings
        /// The endpoint.
        package var tokenURL: HTTPURL
        /// The name that the issuer gives the server, where it has one that is not the server's address.
        package var audience: String?

        package init(
            scopes: [String] = [], client: OAuthClientSettings, tokenURL: HTTPURL, audience: String? = nil
        ) {
            self.scopes = scopes
            self.client = client
            self.tokenURL = tokenURL
            self.audience = audience
        }
    }

    /// With whom a company's identity provider is asked for an assertion, which the server's issuer then takes.
    package struct EnterpriseManaged: Sendable, Equatable {
        /// The scopes to ask for, each once; empty for those that the server asks for.
        package var scopes: [String]
        /// As which client of the server's issuer.
        package var client: OAuthClientSettings
        package var identityProvider: IdentityProvider

        package init(scopes: [String] = [], client: OAuthClientSettings, identityProvider: IdentityProvider) {
            self.scopes = scopes
            self.client = client
            self.identityProvider = identityProvider
        }
    }

    /// The identity provider of a company, and as which client of it the proxy asks.
    package struct IdentityProvider: Sendable, Equatable {
        /// Where it is asked.
        package enum Place: Sendable, Equatable {
            /// Where the metadata of this issuer says.
            case issuer(ExactURL)
            /// At this endpoint. The issuer is what its metadata would have to say, where that is written as well.
            case tokenURL(HTTPURL, issuer: ExactURL?)
        }

        package var place: Place
        /// Its proof is a secret or none.
        package var client: OAuthClientSettings

        package init(place: Place, client: OAuthClientSettings) {
            self.place = place
            self.client = client
        }
    }
}

/// As which client the proxy comes to an authorization server, and how it proves that.
package struct OAuthClientSettings: Sendable, Equatable {
    /// How the client proves who it is.
    package enum Proof: Sendable, Equatable {
        /// It does not: a public client.
        case none
        case secret(Secret)
        /// With a signature by the key in this file (PEM).
        case privateKeyFile(String)
    }

    /// Its name there, printable ASCII.
    package var id: String
    package var proof: Proof
    /// The authorization server to which the client belongs; nil for whichever the server names.
    package var issuer: ExactURL?

    package init(id: String, proof: Proof = .none, issuer: ExactURL? = nil) {
        self.id = id
        self.proof = proof
        self.issuer = issuer
    }
}
