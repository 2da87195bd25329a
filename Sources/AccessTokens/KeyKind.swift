import MCPValues

/// What a key is of. A key signs with the algorithms of its kind and with no other.
enum KeyKind: Sendable {
    case rsa
    case p256
    case p384
    case p521
    case ed25519
}

extension SignatureAlgorithm {
    /// The one kind of key that such a signature is made with.
    var key: KeyKind {
        switch self {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        case .es256: .p256
        case .es384: .p384
        case .es512: .p521
        case .edDSA: .ed25519
        }
    }
}
