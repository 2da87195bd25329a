import MCPCore
import MCPValues

/// What a token says of how it is signed. Only the name of a key is believed, to find the key among the issuer's: where
/// the header names a place to fetch keys from, or brings one along (`jku`, `x5u`, `jwk`, `x5c`), that is not looked at.
struct TokenHeader: Sendable {
    /// The longest name of a key that is looked for.
    private static let longestKeyName = 512

    /// nil for one that we do not know, `none` and those with a secret among them.
    let algorithm: SignatureAlgorithm?
    let keyName: String?

    init(_ header: JSONView) throws(TokenFault) {
        guard header.isObject, let algorithm = header["alg"]?.exactText else { throw .malformed }
        // RFC 7515, 4.1.11: who does not understand what is listed has to refuse, and an empty list is not allowed.
        guard header["crit"] == nil else { throw .critical }
        if let type = header["typ"] {
            guard let name = type.exactText, Self.isType(name) else { throw .type }
        }
        self.algorithm = SignatureAlgorithm(named: algorithm)
        guard let key = header["kid"] else {
            keyName = nil
            return
        }
        guard let name = key.exactText, name.utf8.count <= Self.longestKeyName else { throw .malformed }
        keyName = name
    }

    /// Types of media, whose names are the same in small letters and in capitals, and may be written without
    /// `application/` (RFC 7515, 4.1.9; RFC 9068, 4).
    private static func isType(_ name: String) -> Bool {
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        var type = name.lowercased()
        if type.hasPrefix("application/") { type.removeFirst("application/".count) }
        return type == "jwt" || type == "at+jwt"
    }
}
