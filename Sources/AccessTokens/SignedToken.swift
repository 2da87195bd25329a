import MCPCore
import MCPValues
import NIOCore

/// A JWT as it came: read, and not believed yet ([RFC 7515, compact form](https://www.rfc-editor.org/rfc/rfc7515#section-3.1)).
package struct SignedToken: Sendable {
    /// Longer ones are not looked at.
    package static let maximumBytes = 16 << 10
    /// How many keys are tried where the token does not say which one made it, or several have that name: what is to be
    /// computed for a token that nobody has checked yet has a bound.
    private static let maximumTries = 16

    private let header: TokenHeader
    private let claims: TokenClaims
    /// The two parts that are signed, with the point between them.
    private let signed: [UInt8]
    private let signature: [UInt8]

    /// Whether a text may be one: three parts between points. What is none is an opaque token.
    package static func isMeant(_ text: some Collection<UInt8>) -> Bool {
        text.count { $0 == UInt8(ascii: ".") } == 2
    }

    /// - Throws: `tooLong`, or what is wrong with its form.
    package init(_ text: [UInt8]) throws(TokenFault) {
        guard text.count <= Self.maximumBytes else { throw .tooLong }
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }), let header = Base64.decodeURL(parts[0]),
            let claims = Base64.decodeURL(parts[1]), let signature = Base64.decodeURL(parts[2])
        else { throw .malformed }
        // Both are objects in JSON and read alike.
        self.header = try TokenHeader(TokenClaims(header).all)
        self.claims = try TokenClaims(claims)
        self.signed = Array(text[..<parts[1].endIndex])
        self.signature = signature
    }

    /// Who is said to have issued it. To be believed only of what has been checked with that issuer's keys.
    package var claimedIssuer: String? {
        // A claim that is no text names nobody.
        (try? claims.text("iss")) ?? nil
    }

    /// Checks all of it.
    ///
    /// - Throws: `keyUnknown` where the issuer may have newer keys; else why it is not accepted.
    package func verify(by rules: IssuerRules, _ keys: KeySet, now: UnixTime) throws(TokenFault) -> VerifiedToken {
        guard let algorithm = header.algorithm, rules.algorithms.contains(algorithm) else { throw .algorithm }
        // Cheaper than a signature, and what is wrong here does not get better with other keys.
        let token = try rules.check(claims, now: now)
        let candidates = keys.keys(named: header.keyName, for: algorithm)
        guard !candidates.isEmpty else { throw .keyUnknown }
        let tried = candidates.prefix(Self.maximumTries)
        guard tried.contains(where: { $0.verifies(signature, of: signed, algorithm) }) else {
            // Without a name it may be of a key that we have not got yet.
            throw header.keyName == nil ? .keyUnknown : .signature
        }
        return token
    }
}
