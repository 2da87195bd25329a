/// Names of kinds of tokens and of ways to get them
/// ([RFC 8693, 3](https://www.rfc-editor.org/rfc/rfc8693#section-3)).
enum TokenType {
    static let accessToken = "urn:ietf:params:oauth:token-type:access_token"
    /// An assertion of an identity provider for another authorization server
    /// ([Identity Assertion JWT Authorization Grant](https://datatracker.ietf.org/doc/draft-ietf-oauth-identity-assertion-authz-grant/)).
    static let identityAssertion = "urn:ietf:params:oauth:token-type:id-jag"
    static let exchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange"
    /// ([RFC 7523, 2.1](https://www.rfc-editor.org/rfc/rfc7523#section-2.1)).
    static let assertionGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
}
