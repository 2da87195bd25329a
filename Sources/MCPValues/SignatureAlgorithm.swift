/// How a token can be signed ([RFC 7518, 3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1),
/// [RFC 8037](https://www.rfc-editor.org/rfc/rfc8037)). With a secret, or not at all, is no such way.
package enum SignatureAlgorithm: String, CaseIterable, Sendable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    /// What is accepted where nothing else is said.
    package static let usual: [SignatureAlgorithm] = [.rs256, .ps256, .es256, .edDSA]

    /// The algorithm of this name, as tokens and keys write it. `Ed25519` is what EdDSA with that curve is called since
    /// [RFC 9864](https://www.rfc-editor.org/rfc/rfc9864).
    package init?(named name: String) {
        self.init(rawValue: name.utf8.elementsEqual("Ed25519".utf8) ? "EdDSA" : name)
    }
}
