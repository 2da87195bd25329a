import AccessTokens
import Crypto
import CryptoExtras
import MCPCore
import NIOCore
import Testing

@testable import Grants

/// What the proxy signs in place of a secret.
@Suite struct ClientAssertionTests {
    private static let client = RegisteredClient(
        issuer: Samples.issuer, identifier: "me", secret: nil, method: .privateKey, redirect: "")

    private struct Parts {
        let header: JSONView
        let claims: JSONView
        let signed: [UInt8]
        let signature: [UInt8]
    }

    private func parts(_ key: String) throws -> Parts {
        let text = try ClientAssertion(key).text(of: Self.client, now: Samples.now)
        let all = text.split(separator: ".").map { Array($0.utf8) }
        try #require(all.count == 3)
        let decoded = try all.map { try #require(Base64.decodeURL($0)) }
        return Parts(
            header: try JSONText(scanning: ByteBuffer(bytes: decoded[0])).root,
            claims: try JSONText(scanning: ByteBuffer(bytes: decoded[1])).root, signed: all[0] + [0x2E] + all[1],
            signature: decoded[2])
    }

    @Test("It is for the issuer, of the client, for a minute, and each is another one")
    func claims() throws {
        let key = P256.Signing.PrivateKey().pemRepresentation
        let found = try parts(key)
        #expect(found.header["alg"]?.string == "ES256" && found.header["typ"]?.string == "JWT")
        #expect(found.claims["iss"]?.string == "me" && found.claims["sub"]?.string == "me")
        #expect(found.claims["aud"]?.string == Samples.issuer)
        #expect(found.claims["iat"]?.integer == 1_800_000_000 && found.claims["exp"]?.integer == 1_800_000_060)
        #expect(try parts(key).claims["jti"]?.string != found.claims["jti"]?.string)
    }

    @Test("Keys of P-256 and P-384 sign", arguments: [true, false])
    func curves(isSEC1: Bool) throws {
        let p256 = P256.Signing.PrivateKey()
        let short = try parts(isSEC1 ? Self.sec1(p256) : p256.pemRepresentation)
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: short.signature)
        #expect(p256.publicKey.isValidSignature(signature, for: short.signed))
        guard !isSEC1 else { return }
        let p384 = P384.Signing.PrivateKey()
        let long = try parts(p384.pemRepresentation)
        #expect(long.header["alg"]?.string == "ES384")
        #expect(
            p384.publicKey.isValidSignature(
                try P384.Signing.ECDSASignature(rawRepresentation: long.signature), for: long.signed))
    }

    /// The key in the older form, as `openssl ecparam -genkey` writes it.
    private static func sec1(_ key: P256.Signing.PrivateKey) -> String {
        let curve: [UInt8] = [0xA0, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
        let point: [UInt8] = [0xA1, 0x44, 0x03, 0x42, 0x00] + Array(key.publicKey.x963Representation)
        let body: [UInt8] = [0x02, 0x01, 0x01, 0x04, 0x20] + Array(key.rawRepresentation) + curve + point
        return pem("EC PRIVATE KEY", [0x30, UInt8(body.count)] + body)
    }

    private static func pem(_ kind: String, _ bytes: [UInt8]) -> String {
        let text = Array(Base64.encode(bytes).utf8)
        let lines = stride(from: 0, to: text.count, by: 64).map { start in
            String(decoding: text[start..<min(start + 64, text.count)], as: UTF8.self)
        }
        return (["-----BEGIN \(kind)-----"] + lines + ["-----END \(kind)-----", ""]).joined(separator: "\n")
    }

    @Test("A key of RSA signs with 2048 bits, and not with fewer")
    func rsa() throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        for text in [key.pemRepresentation, key.pkcs8PEMRepresentation] {
            let found = try parts(text)
            #expect(found.header["alg"]?.string == "RS256")
            let signature = _RSA.Signing.RSASignature(rawRepresentation: found.signature)
            #expect(
                key.publicKey.isValidSignature(
                    signature, for: SHA256.hash(data: found.signed), padding: .insecurePKCS1v1_5))
        }
        let words = Samples.words { _ = try ClientAssertion(Self.small) }
        #expect(words?.contains("RSA with at least 2048 bits") == true)
    }

    @Test("A key of Ed25519 signs")
    func edwards() throws {
        let key = Curve25519.Signing.PrivateKey()
        let found = try parts(Self.pem("PRIVATE KEY", Self.edwardsBeginning + Array(key.rawRepresentation)))
        #expect(found.header["alg"]?.string == "EdDSA")
        #expect(key.publicKey.isValidSignature(found.signature, for: found.signed))
    }

    private static let edwardsBeginning: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]

    @Test("What is no private key that can sign is refused, without a word of it")
    func refused() {
        for text in [
            "", "secret",
            P256.Signing.PrivateKey().publicKey.pemRepresentation, P521.Signing.PrivateKey().pemRepresentation,
            Self.pem("PRIVATE KEY", Self.edwardsBeginning + Array(repeating: 1, count: 31)),
            Self.pem("PRIVATE KEY", Self.edwardsBeginning + Array(repeating: 1, count: 33)),
            Self.pem("PRIVATE KEY", []), "-----BEGIN PRIVATE KEY-----",
        ] {
            let words = Samples.words { _ = try ClientAssertion(text) }
            #expect(
                words?.hasPrefix("auth.privateKeyFile holds no private key in PEM that can sign") == true, "\(text)")
            #expect(text.isEmpty || words?.contains(text) == false)
        }
    }

    /// 1024 bits, made for this test.
    private static let small = """
        -----BEGIN RSA PRIVATE KEY-----
        MIICXQIBAAKBgQCufo+/ezY8L7K/XHJ/5DlqL3SglMTq+KdmRLR9gDDc9IjzPEAL
        57e4LP1pSOvz/lf9rq5iU///FWBKr2APzdUcSQBMJcs+SrUrUCKGMylS9pxAqgyA
        bgF6MgsKqyJzjMxvLDH+q3/+2GcWAwpeotKWucxEnvH4W6TYBrOZugdKHQIDAQAB
        AoGAbeonHlS8ixj4nXXcYhce23ZdHrHXgLN0rwTkNJHFNcmLYrw3E8i4f3lHf0SB
        7MXwI0ofaqzC+qk6aJEkD5B2hjmJUNGThwtNN9OFXoygu/0KrRWNaysBQYxi4ZYh
        0le3zQNo4Cbiz5fobdfB220XQriuJlTtwvCImU2/2+xccjkCQQDlLMPegyhepUOQ
        XHc515H0H2DzliPnDV5eW2VFFhbGbsZcTrCXePsyTxBJRbCyU+ND/jVvAEiczPUe
        ZFtv4idLAkEAwutLF2S07e7rhvzT1ru0ZdPjl+MW9XtkSNZkRE4ErsmuP88Kwkn4
        7bfXr7lfmXABVfmGGIPjU125BaWKvL3rNwJACxeTk119wrb1AjO3gZExe0NZifCm
        ZDR9cMuzpxhemdQavbUBTxOH9PNmsmUxHDB7O3s+UtUMrqos4v+wfUXQ6QJBALQC
        cHrOOnlyKHmljE3HU7amlI1034MdzWOm+zpJgvGYuB+dqaX8grOnEL3sSGl/kvw/
        UKPbSVl4OKMKWrIsAskCQQCwdCexkfLknPFjEQ6i6lD2HmiMkRX/bXayKZApiRp5
        vLG9fVE3oY8832GSpwK1KccXMfbIe42b7dXknLzstjn3
        -----END RSA PRIVATE KEY-----
        """
}
