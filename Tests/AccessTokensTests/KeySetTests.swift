import MCPCore
import MCPValues
import NIOCore
import Testing

@testable import AccessTokens

@Suite struct KeySetTests {
    private func verdict(_ keys: [String], _ algorithm: SignatureAlgorithm = .es256, header: String? = nil) throws
        -> Result<String, TokenFault>
    {
        try TokenMaker.verdict(try TokenMaker.token(header: header, signed: algorithm), try TokenMaker.keys(keys))
    }

    @Test("What is no set of keys is refused as a whole")
    func refused() {
        for text in [
            "", "<html></html>", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[],"keys":[]}"#, #"{"keys":[]} x"#,
            #"{"keys":[{"kty":"EC","kty":"RSA"}]}"#,
        ] {
            #expect(throws: KeySet.Fault.self, "\(text)") { try KeySet(ByteBuffer(string: text)) }
        }
        #expect(throws: KeySet.Fault.self) { try KeySet(ByteBuffer(bytes: [0xFF, 0xFE])) }
    }

    @Test("Keys that are none of ours are skipped, and the others are used")
    func skipped() throws {
        let good = try TokenMaker.key(.es256, name: "key-p256")
        let others = [
            "1", "null", "{}", #"{"kty":"oct","k":"c2VjcmV0","kid":"key-p256"}"#,
            #"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}"#, #"{"kty":"OKP","crv":"Ed448","x":"AA"}"#,
            #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"key-p256"}"#, #"{"kty":"new"}"#,
            #"{"kty":"OKP","crv":"X25519","x":"\#(String(repeating: "A", count: 43))"}"#,
        ]
        let keys = try TokenMaker.keys(others + [good])
        #expect(keys.count == 1)
        #expect(keys.skipped == others.count)
        #expect(try verdict(others + [good]) == .success("ann"))
    }

    @Test("A key counts only for what it says it is for")
    func purposes() throws {
        for (more, fits) in [
            (#","use":"sig""#, true), (#","use":"enc""#, false), (#","use":1"#, false),
            (#","key_ops":["verify"]"#, true), (#","key_ops":["sign","verify"]"#, true),
            (#","key_ops":["encrypt"]"#, false), (#","key_ops":[]"#, false), (#","key_ops":"verify""#, false),
            (#","alg":"ES256""#, true), (#","alg":"ES384""#, false), (#","alg":"RS256""#, false),
            (#","alg":"HS256""#, false), (#","alg":1"#, false), (#","x5c":["AA"],"x5t":"AA""#, true),
        ] {
            let key = try TokenMaker.key(.es256, name: "key-p256", more: more)
            #expect(try verdict([key]) == (fits ? .success("ann") : .failure(.keyUnknown)), "\(more)")
        }
        let rsa = try TokenMaker.key(.rs256, name: "key-rsa", more: #","alg":"RS256""#)
        #expect(try verdict([rsa], .rs256) == .success("ann"))
        #expect(try verdict([rsa], .ps256) == .failure(.keyUnknown))
        let edwards = try TokenMaker.key(.edDSA, name: "key-ed25519", more: #","alg":"Ed25519""#)
        #expect(try verdict([edwards], .edDSA) == .success("ann"))
        #expect(
            try verdict([edwards], .edDSA, header: #"{"alg":"Ed25519","kid":"key-ed25519"}"#) == .success("ann"))
    }

    @Test("Keys of one name are all tried, and those without a name for tokens that name none")
    func names() throws {
        let good = try TokenMaker.key(.es256, name: "key-p256")
        let zeros = String(repeating: "A", count: 43)
        let other = #"{"kty":"EC","crv":"P-256","kid":"key-p256","x":"\#(zeros)","y":"\#(zeros)"}"#
        let rsa = try TokenMaker.key(.rs256, name: "key-p256")
        #expect(try verdict([other, rsa, good]) == .success("ann"))
        #expect(try verdict([other]) == .failure(.signature), "its point is on no curve")
        let nameless = try TokenMaker.key(.es256, name: nil)
        #expect(try verdict([nameless]) == .failure(.keyUnknown), "the token names a key")
        #expect(try verdict([nameless], header: #"{"alg":"ES256"}"#) == .success("ann"))
        #expect(try verdict([good], header: #"{"alg":"ES256"}"#) == .success("ann"))
    }

    @Test("A token makes us try sixteen keys at most")
    func tries() throws {
        let good = try TokenMaker.key(.es256, name: nil)
        let zeros = String(repeating: "A", count: 43)
        let other = #"{"kty":"EC","crv":"P-256","x":"\#(zeros)","y":"\#(zeros)"}"#
        let header = #"{"alg":"ES256"}"#
        #expect(try verdict(Array(repeating: other, count: 15) + [good], header: header) == .success("ann"))
        #expect(
            try verdict(Array(repeating: other, count: 16) + [good], header: header) == .failure(.keyUnknown))
    }

    @Test("RSA keys that are too short, too long, or sign for everybody are no keys")
    func weakRSA() throws {
        func key(bits: Int, exponent: String = "AQAB") -> String {
            var modulus = [UInt8](repeating: 0xFF, count: bits / 8)
            modulus[0] = 0x80
            return #"{"kty":"RSA","n":"\#(Base64.encodeURL(modulus))","e":"\#(exponent)"}"#
        }
        for (key, isKey) in [
            (key(bits: 512), false), (key(bits: 1_024), false), (key(bits: 2_040), false), (key(bits: 2_048), true),
            (key(bits: 4_096), true), (key(bits: 8_192), true), (key(bits: 8_200), false),
            (key(bits: 2_048, exponent: "AQ"), false), (key(bits: 2_048, exponent: "AA"), false),
            (key(bits: 2_048, exponent: ""), false), (key(bits: 2_048, exponent: "Ag"), false),
            (key(bits: 2_048, exponent: "AQAAAAAB"), false), (key(bits: 2_048, exponent: "AQAB="), false),
        ] {
            #expect(try TokenMaker.keys([key]).count == (isKey ? 1 : 0), "\(key.suffix(20))")
        }
    }

    @Test("A thousand keys are kept, and the rest is counted")
    func many() throws {
        let zeros = String(repeating: "A", count: 43)
        let other = #"{"kty":"OKP","crv":"Ed25519","x":"\#(zeros)"}"#
        let keys = try TokenMaker.keys(Array(repeating: other, count: 10_000))
        #expect(keys.count == 1_000)
        #expect(keys.beyondMaximum == 9_000)
    }
}
