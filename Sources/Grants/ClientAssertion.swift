import AccessTokens
import Crypto
import CryptoExtras
import MCPCore
import NIOCore
import SwiftASN1

/// A statement of the proxy's about itself that its private key has signed, in place of a secret
/// ([RFC 7523, 2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2)).
struct ClientAssertion {
    /// For how long one counts, in seconds.
    static let lifetime: Int64 = 60

    private enum Key {
        case es256(P256.Signing.PrivateKey)
        case es384(P384.Signing.PrivateKey)
        case rs256(_RSA.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)

        var algorithm: String {
            switch self {
            case .es256: "ES256"
            case .es384: "ES384"
            case .rs256: "RS256"
            case .ed25519: "EdDSA"
            }
        }

        func signature(of data: [UInt8]) throws -> [UInt8] {
            switch self {
            case .es256(let key): Array(try key.signature(for: data).rawRepresentation)
            case .es384(let key): Array(try key.signature(for: data).rawRepresentation)
            case .rs256(let key):
                Array(try key.signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation)
            case .ed25519(let key): Array(try key.signature(for: data))
            }
        }
    }

    private let key: Key

    /// - Parameter text: The private key in PEM: of an elliptic curve (P-256, P-384, Ed25519), or RSA with at least 2,048
    ///   bits.
    init(_ text: String) throws(GrantFailure) {
        // Each error says only that it is another kind of key.
        let p256 = try? P256.Signing.PrivateKey(pemRepresentation: text)
        let p384 = try? P384.Signing.PrivateKey(pemRepresentation: text)
        let rsa = try? _RSA.Signing.PrivateKey(pemRepresentation: text)
        if let p256 {
            key = .es256(p256)
        } else if let p384 {
            key = .es384(p384)
        } else if let rsa, rsa.keySizeInBits >= 2_048 {
            key = .rs256(rsa)
        } else if let edwards = Self.edwards(text) {
            key = .ed25519(edwards)
        } else {
            throw GrantFailure(
                .unusable,
                "auth.privateKeyFile holds no private key in PEM that can sign: P-256, P-384, Ed25519, or RSA with at least 2048 bits"
            )
        }
    }

    /// A key of Ed25519 ([RFC 8410, 7](https://www.rfc-editor.org/rfc/rfc8410#section-7)): its 32 bytes stand behind a
    /// beginning that is always the same.
    private static func edwards(_ text: String) -> Curve25519.Signing.PrivateKey? {
        let beginning: [UInt8] = [
            0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
        ]
        // The error says only that it is no such text.
        guard let document = try? PEMDocument(pemString: text), document.derBytes.starts(with: beginning),
            document.derBytes.count == beginning.count + 32
        else { return nil }
        // Any 32 bytes are a key.
        return try? Curve25519.Signing.PrivateKey(rawRepresentation: document.derBytes.dropFirst(beginning.count))
    }

    /// The statement, for one use.
    func text(of client: RegisteredClient, now: UnixTime) throws(GrantFailure) -> String {
        var header = JSONObjectWriter()
        header.add("alg", key.algorithm)
        header.add("typ", "JWT")
        let seconds = now.milliseconds / 1_000
        var claims = JSONObjectWriter()
        claims.add("iss", client.identifier)
        claims.add("sub", client.identifier)
        claims.add("aud", client.issuer)
        claims.add("jti", ProofKey.random())
        claims.add("iat", Int(seconds))
        claims.add("exp", Int(seconds + Self.lifetime))
        let signed = [header.finished, claims.finished].map { Base64.encodeURL($0.readableBytesView) }
            .joined(separator: ".")
        do {
            return "\(signed).\(Base64.encodeURL(try key.signature(of: Array(signed.utf8))))"
        } catch {
            throw GrantFailure(.unusable, "the key of auth.privateKeyFile does not sign: \(error)")
        }
    }
}
