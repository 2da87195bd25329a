import MCPCore
package import MCPValues

/// What the operator says of one issuer: whose tokens are accepted, and which.
package struct IssuerRules: Sendable {
    /// Its name, exactly as it stands in its tokens.
    package let issuer: String
    /// Names of which a token has to be issued for at least one.
    package let audiences: [String]
    /// Whether a name is one of ours that are not known beforehand.
    private let isOwnName: @Sendable (String) -> Bool
    package let algorithms: [SignatureAlgorithm]
    /// By how much the clocks may differ.
    package let leewaySeconds: Int

    package init(
        issuer: String, audiences: [String], algorithms: [SignatureAlgorithm] = SignatureAlgorithm.usual,
        leewaySeconds: Int = 60, isOwnName: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.issuer = issuer
        self.audiences = audiences
        self.algorithms = algorithms
        self.leewaySeconds = leewaySeconds
        self.isOwnName = isOwnName
    }

    /// Checks what an issuer says of a token that it has signed, but for the signature.
    ///
    /// - Throws: The first thing that is wrong with it.
    package func check(_ claims: TokenClaims, now: UnixTime) throws(TokenFault) -> VerifiedToken {
        guard let issuer = try claims.text("iss") else { throw .claims }
        guard isNamed(issuer) else { throw .issuer }
        guard let expiry = try claims.time("exp")?.adding(seconds: leewaySeconds) else { throw .claims }
        return try check(claims, until: expiry, now: now)
    }

    /// Checks what this issuer answers when it is asked for a token
    /// ([RFC 7662, 2.2](https://www.rfc-editor.org/rfc/rfc7662#section-2.2)). It may leave out its own name, and when the token
    /// ends: it can be asked again.
    ///
    /// - Parameter seconds: For how long the answer may be remembered.
    package func check(
        introspected claims: TokenClaims, rememberedFor seconds: Int, now: UnixTime
    ) throws(TokenFault) -> VerifiedToken {
        guard claims.all["active"]?.boolean == true else { throw .inactive }
        if let issuer = try claims.text("iss"), !isNamed(issuer) { throw .issuer }
        let remembered = now.adding(seconds: seconds)
        let expiry = try claims.time("exp")?.adding(seconds: leewaySeconds) ?? remembered
        return try check(claims, until: min(expiry, remembered), now: now)
    }

    private func check(
        _ claims: TokenClaims, until expiry: UnixTime, now: UnixTime
    ) throws(TokenFault) -> VerifiedToken {
        guard let subject = try claims.text("sub") else { throw .claims }
        let audience = try claims.audiences()
        guard audience.contains(where: isOurs) else { throw .audience }
        guard claims.all["cnf"] == nil else { throw .bound }
        guard now < expiry else { throw .expired }
        let latest = now.adding(seconds: leewaySeconds)
        if let start = try claims.time("nbf"), start > latest { throw .notYetValid }
        if let issued = try claims.time("iat"), issued > latest { throw .issuedInFuture }
        return VerifiedToken(
            issuer: issuer, subject: subject, audience: audience, scopes: try claims.scopes(), expiry: expiry,
            claims: claims)
    }

    /// Whether this is the issuer's name, byte by byte.
    package func isNamed(_ name: String) -> Bool { name.utf8.elementsEqual(issuer.utf8) }

    private func isOurs(_ audience: String) -> Bool {
        audiences.contains { $0.utf8.elementsEqual(audience.utf8) } || isOwnName(audience)
    }
}
