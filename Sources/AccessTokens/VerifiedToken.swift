/// A token that its issuer has made for us, and that has not ended yet. Only the checks make one.
package struct VerifiedToken: Sendable {
    package let issuer: String
    package let subject: String
    package let audience: [String]
    package let scopes: [String]
    /// When it ends, with what the clocks may differ by.
    package let expiry: UnixTime
    package let claims: TokenClaims

    init(
        issuer: String, subject: String, audience: [String], scopes: [String], expiry: UnixTime, claims: TokenClaims
    ) {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.scopes = scopes
        self.expiry = expiry
        self.claims = claims
    }
}
