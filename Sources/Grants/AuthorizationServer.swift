import Addresses
import MCPCore

/// What an authorization server says of itself ([RFC 8414](https://www.rfc-editor.org/rfc/rfc8414), OpenID Connect
/// Discovery), as far as a client needs it.
struct AuthorizationServer: Sendable, Equatable {
    let issuer: String
    let authorizationEndpoint: HTTPURL?
    let tokenEndpoint: HTTPURL
    let registrationEndpoint: HTTPURL?
    /// Where tokens are given back ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)).
    let revocationEndpoint: HTTPURL?
    /// How clients may authenticate at the token endpoint; nil where it does not say, which means `client_secret_basic`.
    private(set) var authenticationMethods: [String]?
    private(set) var challengeMethods: [String]
    private(set) var scopesSupported: [String]
    let takesMetadataDocuments: Bool
    /// Whether every answer says who gives it ([RFC 9207](https://www.rfc-editor.org/rfc/rfc9207)).
    let namesIssuerInAnswers: Bool

    /// - Parameters:
    ///   - issuer: Whose metadata was looked for. What names another one is not used, and they are compared byte by byte
    ///     ([RFC 8414, 3.3](https://www.rfc-editor.org/rfc/rfc8414#section-3.3)).
    ///   - mayBeCalled: Whether an address may be called at all.
    init(
        _ document: JSONText, of issuer: String, from place: HTTPURL, mayBeCalled: (HTTPURL) -> Bool
    ) throws(GrantFailure) {
        let root = document.root
        guard let named = root["issuer"]?.string else { throw GrantFailure(.unusable, "\(place) names no issuer") }
        guard named.utf8.elementsEqual(issuer.utf8) else {
            throw GrantFailure(
                .unusable,
                "\(place) is of the issuer \"\(PrintableText.make(named))\", and not of \"\(PrintableText.make(issuer))\"; it is not used"
            )
        }
        self.issuer = issuer
        func endpoint(_ name: String) throws(GrantFailure) -> HTTPURL? {
            guard let text = root[name]?.string else { return nil }
            // The words say what is not understood, and the error no more.
            guard let url = try? HTTPURL(text), mayBeCalled(url) else {
                throw GrantFailure(
                    .unusable, "\(place) has \(name) \"\(PrintableText.make(text))\", which is no https URL")
            }
            return url
        }
        authorizationEndpoint = try endpoint("authorization_endpoint")
        guard let token = try endpoint("token_endpoint") else {
            throw GrantFailure(.unusable, "\(place) names no token_endpoint")
        }
        tokenEndpoint = token
        registrationEndpoint = try endpoint("registration_endpoint")
        // Where it cannot be called, nothing is given back; logins are possible all the same.
        revocationEndpoint = try? endpoint("revocation_endpoint")
        let maximum = ResourceMetadata.maximumEntries
        authenticationMethods = root["token_endpoint_auth_methods_supported"]?.texts(maximum)
        challengeMethods = root["code_challenge_methods_supported"]?.texts(maximum) ?? []
        scopesSupported = root["scopes_supported"]?.texts(maximum) ?? []
        takesMetadataDocuments = root["client_id_metadata_document_supported"]?.boolean == true
        namesIssuerInAnswers = root["authorization_response_iss_parameter_supported"]?.boolean == true
    }

    /// Where browsers log in.
    ///
    /// - Throws: Why no login is possible, or none that is safe.
    func endpointForLogins() throws(GrantFailure) -> HTTPURL {
        guard let authorizationEndpoint else {
            throw GrantFailure(
                .unusable, "the authorization server \(PrintableText.make(issuer)) has no authorization_endpoint")
        }
        guard challengeMethods.contains("S256") else {
            throw GrantFailure(
                .unusable,
                "the authorization server \(PrintableText.make(issuer)) does not say that it protects codes with PKCE (\"S256\" in code_challenge_methods_supported), without which a login is not safe"
            )
        }
        return authorizationEndpoint
    }

    /// The same without what counts only before a login begins.
    var withoutLists: AuthorizationServer {
        var server = self
        (server.authenticationMethods, server.challengeMethods, server.scopesSupported) = (nil, [], [])
        return server
    }

    /// One of which only the token endpoint is known.
    init(issuer: String, tokenEndpoint: HTTPURL) {
        self.issuer = issuer
        self.tokenEndpoint = tokenEndpoint
        (authorizationEndpoint, registrationEndpoint, revocationEndpoint) = (nil, nil, nil)
        (authenticationMethods, challengeMethods, scopesSupported) = (nil, [], [])
        (takesMetadataDocuments, namesIssuerInAnswers) = (false, false)
    }
}
