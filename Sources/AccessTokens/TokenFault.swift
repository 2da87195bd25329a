/// Why a token is not accepted.
package enum TokenFault: Error, Hashable, Sendable, CaseIterable {
    /// It is no signed JWT: not three parts, not base64url, not JSON, a member twice.
    case malformed
    case tooLong
    /// What has to be there of its claims is not, or is of another kind.
    case claims
    /// It says of itself that it is something else, such as an ID token of a new kind.
    case type
    /// It can only be understood by who understands an extension (`crit`), and we know none.
    case critical
    /// It is bound to a key of its holder (`cnf`), and nobody has looked whether they have that.
    case bound
    /// It is signed in a way that is not accepted.
    case algorithm
    /// None of the issuer's keys has made it, by its name or its kind.
    case keyUnknown
    case signature
    case issuer
    case audience
    case expired
    case notYetValid
    /// It was issued in the future: one of the clocks is wrong.
    case issuedInFuture
    /// Its issuer was asked, and says that it is none that counts.
    case inactive

    /// Said to whoever showed it. Nothing in it tells of keys or of what is configured.
    package var words: String {
        switch self {
        case .malformed: "the token is malformed"
        case .tooLong: "the token is too long"
        case .claims: "the token lacks something that an access token has to say"
        case .type: "the token is no access token"
        case .critical: "the token uses an extension that is not supported"
        case .bound: "the token is bound to a key, which is not supported"
        case .algorithm, .keyUnknown, .signature: "the signature of the token is not valid"
        case .issuer: "the token is from an issuer that is not accepted here"
        case .audience: "the token was issued for another server"
        case .expired: "the token has expired"
        case .notYetValid: "the token is not valid yet"
        case .issuedInFuture: "the token was issued in the future"
        case .inactive: "the token is not valid, or not any more"
        }
    }
}
