import AccessTokens
import Crypto
import MCPCore
import NIOCore

@testable import TokenIssuers

/// A key of an issuer for tests.
struct SigningKey {
    private let key = Curve25519.Signing.PrivateKey()
    let name: String

    init(_ name: String) {
        self.name = name
    }

    func token(for subject: String, issuer: String = ScriptedIssuer.name) throws -> String {
        let header = #"{"alg":"EdDSA","kid":"\#(name)"}"#
        let claims = #"{"iss":"\#(issuer)","sub":"\#(subject)","aud":"us","exp":\#(ScriptedIssuer.now + 300)}"#
        let signed = [header, claims].map { Base64.encodeURL(Array($0.utf8)) }.joined(separator: ".")
        return "\(signed).\(Base64.encodeURL(Array(try key.signature(for: Array(signed.utf8)))))"
    }

    static func set(_ keys: [SigningKey]) throws -> Result<KeySet, IssuerFailure> {
        let listed = keys.map { key in
            let x = Base64.encodeURL(Array(key.key.publicKey.rawRepresentation))
            return #"{"kty":"OKP","crv":"Ed25519","kid":"\#(key.name)","x":"\#(x)"}"#
        }
        return .success(try KeySet(ByteBuffer(string: #"{"keys":[\#(listed.joined(separator: ","))]}"#)))
    }
}

extension SigningKey {
    static func claims(_ text: String) throws -> TokenClaims {
        TokenClaims(try JSONText(scanning: ByteBuffer(string: text)))
    }
}
