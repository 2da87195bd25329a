import Crypto
import CryptoExtras
import MCPCore
import MCPValues

/// A public key of an issuer ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)). What it is made of is kept, and the key
/// made when it is needed: an issuer may list thousands, and few are used.
struct VerificationKey: Sendable {
    private enum Material: Sendable {
        case rsa(modulus: [UInt8], exponent: [UInt8])
        /// A point: both coordinates, each as long as the curve's numbers are.
        case curve(KeyKind, point: [UInt8])
    }

    /// RSA keys that are shorter can be broken; longer ones take too long for something that anybody may send.
    private static let modulusBits = 2_048...8_192

    let name: String?
    private let algorithm: SignatureAlgorithm?
    private let material: Material

    var kind: KeyKind {
        switch material {
        case .rsa: .rsa
        case .curve(let kind, _): kind
        }
    }

    /// Reads a key; nil for one that signs nothing, or in no way of ours.
    init?(_ key: JSONView) {
        guard Self.isForSignatures(key), let material = Self.material(of: key) else { return nil }
        name = key["kid"]?.exactText
        guard key["kid"] == nil || name != nil else { return nil }
        self.material = material
        if let stated = key["alg"] {
            guard let algorithm = stated.exactText.flatMap(SignatureAlgorithm.init(named:)) else { return nil }
            self.algorithm = algorithm
            guard algorithm.key == kind else { return nil }
        } else {
            algorithm = nil
        }
    }

    /// Where a key says what it is for, that has to be to check signatures.
    private static func isForSignatures(_ key: JSONView) -> Bool {
        if let use = key["use"] {
            guard use.exactText == "sig" else { return false }
        }
        if let operations = key["key_ops"] {
            guard operations.isArray, operations.elements.contains(where: { $0.exactText == "verify" }) else {
                return false
            }
        }
        return true
    }

    private static func material(of key: JSONView) -> Material? {
        switch (key["kty"]?.exactText, key["crv"]?.exactText) {
        case ("RSA", _):
            guard let modulus = number("n", of: key), let exponent = number("e", of: key),
                let first = modulus.first, let low = exponent.last, exponent.count <= 4, low & 1 == 1,
                exponent != [1], modulusBits.contains(modulus.count * 8 - first.leadingZeroBitCount)
            else { return nil }
            return .rsa(modulus: modulus, exponent: exponent)
        case ("EC", "P-256"): return point(of: key, .p256, bytes: 32)
        case ("EC", "P-384"): return point(of: key, .p384, bytes: 48)
        case ("EC", "P-521"): return point(of: key, .p521, bytes: 66)
        case ("OKP", "Ed25519"):
            guard let point = bytes("x", of: key), point.count == 32 else { return nil }
            return .curve(.ed25519, point: point)
        default: return nil
        }
    }

    private static func point(of key: JSONView, _ kind: KeyKind, bytes length: Int) -> Material? {
        guard let x = bytes("x", of: key), let y = bytes("y", of: key), x.count == length, y.count == length else {
            return nil
        }
        return .curve(kind, point: x + y)
    }

    private static func bytes(_ name: String, of key: JSONView) -> [UInt8]? {
        key[name]?.exactText.flatMap { Base64.decodeURL($0.utf8) }
    }

    /// An integer, the most significant byte first. Some write zeros in front of it.
    private static func number(_ name: String, of key: JSONView) -> [UInt8]? {
        bytes(name, of: key).map { Array($0.drop { $0 == 0 }) }
    }

    /// Whether signatures of this algorithm can be this key's.
    func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        algorithm.key == kind && (self.algorithm ?? algorithm) == algorithm
    }

    /// Whether this key has signed something in this way.
    func verifies(_ signature: [UInt8], of text: [UInt8], _ algorithm: SignatureAlgorithm) -> Bool {
        guard fits(algorithm) else { return false }
        // A point that is not on its curve, or a signature of another length, is nobody's.
        return (try? isValid(signature, text, algorithm)) ?? false
    }

    private func isValid(
        _ signature: [UInt8], _ text: [UInt8], _ algorithm: SignatureAlgorithm
    ) throws -> Bool {
        switch (algorithm, material) {
        case (.rs256, .rsa(let n, let e)): try rsa(n, e, signature, SHA256.hash(data: text), .insecurePKCS1v1_5)
        case (.rs384, .rsa(let n, let e)): try rsa(n, e, signature, SHA384.hash(data: text), .insecurePKCS1v1_5)
        case (.rs512, .rsa(let n, let e)): try rsa(n, e, signature, SHA512.hash(data: text), .insecurePKCS1v1_5)
        case (.ps256, .rsa(let n, let e)): try rsa(n, e, signature, SHA256.hash(data: text), .PSS)
        case (.ps384, .rsa(let n, let e)): try rsa(n, e, signature, SHA384.hash(data: text), .PSS)
        case (.ps512, .rsa(let n, let e)): try rsa(n, e, signature, SHA512.hash(data: text), .PSS)
        case (.es256, .curve(.p256, let point)):
            try P256.Signing.PublicKey(rawRepresentation: point).isValidSignature(
                P256.Signing.ECDSASignature(rawRepresentation: signature), for: SHA256.hash(data: text))
        case (.es384, .curve(.p384, let point)):
            try P384.Signing.PublicKey(rawRepresentation: point).isValidSignature(
                P384.Signing.ECDSASignature(rawRepresentation: signature), for: SHA384.hash(data: text))
        case (.es512, .curve(.p521, let point)):
            try P521.Signing.PublicKey(rawRepresentation: point).isValidSignature(
                P521.Signing.ECDSASignature(rawRepresentation: signature), for: SHA512.hash(data: text))
        case (.edDSA, .curve(.ed25519, let point)):
            try Curve25519.Signing.PublicKey(rawRepresentation: point).isValidSignature(signature, for: text)
        default: false
        }
    }

    private func rsa(
        _ modulus: [UInt8], _ exponent: [UInt8], _ signature: [UInt8], _ digest: some Digest,
        _ padding: _RSA.Signing.Padding
    ) throws -> Bool {
        try _RSA.Signing.PublicKey(n: modulus, e: exponent).isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature), for: digest, padding: padding)
    }
}
