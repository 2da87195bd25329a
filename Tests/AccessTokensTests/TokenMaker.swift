import Crypto
import CryptoExtras
import MCPCore
import MCPValues
import NIOCore

@testable import AccessTokens

/// An issuer for tests, with a key of each kind.
enum TokenMaker {
    static let issuer = "https://login.example.com"
    static let audience = "https://mcp.example.com"
    /// In seconds since 1970.
    static let now = 1_800_000_000

    static let rules = IssuerRules(issuer: issuer, audiences: [audience], algorithms: SignatureAlgorithm.allCases)

    static let claims =
        #"{"iss":"\#(issuer)","sub":"ann","aud":"\#(audience)","exp":\#(now + 300),"iat":\#(now),"scope":"mcp read"}"#

    private static let p256 = P256.Signing.PrivateKey()
    private static let p384 = P384.Signing.PrivateKey()
    private static let p521 = P521.Signing.PrivateKey()
    private static let ed25519 = Curve25519.Signing.PrivateKey()
    private static let rsa: _RSA.Signing.PrivateKey? = try? _RSA.Signing.PrivateKey(keySize: .bits2048)

    static func base64URL(_ text: String) -> String { Base64.encodeURL(text.utf8) }

    static func signature(of text: String, _ algorithm: SignatureAlgorithm) throws -> [UInt8] {
        let text = Array(text.utf8)
        let rsa = try unwrap(Self.rsa)
        return switch algorithm {
        case .rs256:
            Array(try rsa.signature(for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5).rawRepresentation)
        case .rs384:
            Array(try rsa.signature(for: SHA384.hash(data: text), padding: .insecurePKCS1v1_5).rawRepresentation)
        case .rs512:
            Array(try rsa.signature(for: SHA512.hash(data: text), padding: .insecurePKCS1v1_5).rawRepresentation)
        case .ps256: Array(try rsa.signature(for: SHA256.hash(data: text), padding: .PSS).rawRepresentation)
        case .ps384: Array(try rsa.signature(for: SHA384.hash(data: text), padding: .PSS).rawRepresentation)
        case .ps512: Array(try rsa.signature(for: SHA512.hash(data: text), padding: .PSS).rawRepresentation)
        case .es256: Array(try p256.signature(for: SHA256.hash(data: text)).rawRepresentation)
        case .es384: Array(try p384.signature(for: SHA384.hash(data: text)).rawRepresentation)
        case .es512: Array(try p521.signature(for: SHA512.hash(data: text)).rawRepresentation)
        case .edDSA: Array(try ed25519.signature(for: text))
        }
    }

    /// A token; the header and the claims as they are given.
    static func token(
        _ claims: String = claims, header: String? = nil, signed algorithm: SignatureAlgorithm = .es256
    ) throws -> String {
        let header = header ?? #"{"alg":"\#(algorithm.rawValue)","kid":"\#(name(algorithm))"}"#
        let signed = "\(base64URL(header)).\(base64URL(claims))"
        return "\(signed).\(Base64.encodeURL(try signature(of: signed, algorithm)))"
    }

    static func name(_ algorithm: SignatureAlgorithm) -> String { "key-\(algorithm.key)" }

    /// The public key that goes with an algorithm, as an issuer lists it.
    static func key(_ algorithm: SignatureAlgorithm, name: String?, more: String = "") throws -> String {
        let kid = name.map { #""kid":"\#($0)","# } ?? ""
        switch algorithm.key {
        case .rsa:
            let parts = try unwrap(rsa).publicKey.getKeyPrimitives()
            let (n, e) = (Base64.encodeURL(Array(parts.modulus)), Base64.encodeURL(Array(parts.publicExponent)))
            return #"{\#(kid)"kty":"RSA","n":"\#(n)","e":"\#(e)"\#(more)}"#
        case .p256: return curve("P-256", Array(p256.publicKey.rawRepresentation), kid, more)
        case .p384: return curve("P-384", Array(p384.publicKey.rawRepresentation), kid, more)
        case .p521: return curve("P-521", Array(p521.publicKey.rawRepresentation), kid, more)
        case .ed25519:
            let x = Base64.encodeURL(Array(ed25519.publicKey.rawRepresentation))
            return #"{\#(kid)"kty":"OKP","crv":"Ed25519","x":"\#(x)"\#(more)}"#
        }
    }

    private static func curve(_ name: String, _ point: [UInt8], _ kid: String, _ more: String) -> String {
        let (x, y) = (Base64.encodeURL(point.prefix(point.count / 2)), Base64.encodeURL(point.suffix(point.count / 2)))
        return #"{\#(kid)"kty":"EC","crv":"\#(name)","x":"\#(x)","y":"\#(y)"\#(more)}"#
    }

    static func keys(_ listed: [String]) throws -> KeySet {
        try KeySet(ByteBuffer(string: #"{"keys":[\#(listed.joined(separator: ","))]}"#))
    }

    /// One key for each kind.
    static func allKeys() throws -> KeySet {
        try keys([.rs256, .es256, .es384, .es512, .edDSA].map { try key($0, name: name($0)) })
    }

    /// Who the token is for, or why it is refused.
    static func verdict(
        _ token: String, _ keys: KeySet? = nil, _ rules: IssuerRules = rules, now: Int = now
    ) throws -> Result<String, TokenFault> {
        let keys = try keys ?? allKeys()
        do throws(TokenFault) {
            let time = UnixTime(milliseconds: Int64(now) * 1_000)
            return .success(try SignedToken(Array(token.utf8)).verify(by: rules, keys, now: time).subject)
        } catch {
            return .failure(error)
        }
    }
}

struct NoKey: Error {}

private func unwrap<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw NoKey() }
    return value
}
