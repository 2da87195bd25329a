import MCPCore
import MCPValues
import Testing

@testable import AccessTokens

@Suite struct SignedTokenTests {
    private let now = TokenMaker.now

    /// Claims like those of a good token, but for some members.
    private func claims(_ changes: String, without left: [String] = []) -> String {
        let usual = [
            ("iss", "\"\(TokenMaker.issuer)\""), ("sub", "\"ann\""), ("aud", "\"\(TokenMaker.audience)\""),
            ("exp", "\(now + 300)"),
        ].filter { !left.contains($0.0) }
        let members = usual.map { "\"\($0.0)\":\($0.1)" } + (changes.isEmpty ? [] : [changes])
        return "{\(members.joined(separator: ","))}"
    }

    private func fault(_ claims: String, header: String? = nil) throws -> TokenFault? {
        switch try TokenMaker.verdict(try TokenMaker.token(claims, header: header)) {
        case .success: nil
        case .failure(let fault): fault
        }
    }

    private func fault(header: String) throws -> TokenFault? { try fault(TokenMaker.claims, header: header) }

    @Test(
        "A token that is in order is its subject's, whatever it is signed with", arguments: SignatureAlgorithm.allCases)
    func accepted(algorithm: SignatureAlgorithm) throws {
        #expect(try TokenMaker.verdict(try TokenMaker.token(signed: algorithm)) == .success("ann"))
    }

    @Test("One changed byte anywhere and it is nobody's", arguments: SignatureAlgorithm.allCases)
    func changed(algorithm: SignatureAlgorithm) throws {
        let token = Array(try TokenMaker.token(signed: algorithm).utf8)
        let points = token.indices.filter { token[$0] == UInt8(ascii: ".") }
        for place in [points[0] + 10, points[1] + 1, points[1] + 40] {
            var other = token
            other[place] = other[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let verdict = try TokenMaker.verdict(String(decoding: other, as: UTF8.self))
            #expect(throws: TokenFault.self) { try verdict.get() }
        }
    }

    @Test("What is no signed token of three parts is malformed")
    func form() throws {
        let good = try TokenMaker.token()
        let parts = good.split(separator: ".")
        for text in [
            "", ".", "..", "a.b", "a.b.c.d", "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])",
            ".\(parts[1]).\(parts[2])", "\(good)=", " \(good)", "\(good).\(parts[2])", good + "\n",
            "\(TokenMaker.base64URL("[]")).\(parts[1]).\(parts[2])",
            "\(parts[0]).\(TokenMaker.base64URL("[]")).\(parts[2])",
            "\(TokenMaker.base64URL("{\"alg\":1}")).\(parts[1]).\(parts[2])",
            "\(Base64.encodeURL([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D])).\(parts[1]).\(parts[2])",
        ] {
            #expect(try TokenMaker.verdict(text) == .failure(.malformed), "\(text)")
        }
        #expect(try TokenMaker.verdict(String(repeating: "a", count: 16_385)) == .failure(.tooLong))
    }

    @Test("A stripped signature, none, and HMAC with what is public are refused")
    func unsigned() throws {
        for algorithm in ["none", "None", "nOnE", "HS256", "HS512", "RS1", "ES256K", "es256", ""] {
            let header = #"{"alg":"\#(algorithm)","kid":"key-p256"}"#
            #expect(try fault(header: header) == .algorithm, "\(algorithm)")
        }
        let parts = try TokenMaker.token(header: #"{"alg":"none"}"#).split(separator: ".")
        #expect(try TokenMaker.verdict("\(parts[0]).\(parts[1]).") == .failure(.malformed))
        #expect(try fault(header: #"{"kid":"key-p256"}"#) == .malformed)
    }

    @Test("The operator says which algorithms count, not the header")
    func configured() throws {
        let rules = IssuerRules(
            issuer: TokenMaker.issuer, audiences: [TokenMaker.audience], algorithms: [.rs256])
        #expect(try TokenMaker.verdict(try TokenMaker.token(signed: .rs256), nil, rules) == .success("ann"))
        for algorithm in SignatureAlgorithm.allCases where algorithm != .rs256 {
            #expect(try TokenMaker.verdict(try TokenMaker.token(signed: algorithm), nil, rules) == .failure(.algorithm))
        }
    }

    @Test("A key is used for its own kind of signature only")
    func kinds() throws {
        // Signed with one key, and said to be another's.
        for (algorithm, name) in [("RS256", "key-p256"), ("ES256", "key-rsa"), ("ES384", "key-p256")] {
            let header = #"{"alg":"\#(algorithm)","kid":"\#(name)"}"#
            #expect(try fault(header: header) == .keyUnknown, "\(algorithm) with \(name)")
        }
        // The signature is PKCS#1, and the header says PSS.
        let header = #"{"alg":"PS256","kid":"key-rsa"}"#
        #expect(
            try TokenMaker.verdict(try TokenMaker.token(header: header, signed: .rs256)) == .failure(.signature))
    }

    @Test("A member twice is refused in the header, in the claims and deeper")
    func duplicates() throws {
        #expect(try fault(header: #"{"alg":"ES256","alg":"ES256","kid":"key-p256"}"#) == .malformed)
        #expect(try fault(claims(#""sub":"bob""#)) == .malformed)
        #expect(try fault(claims(#""s\u0075b":"bob""#)) == .malformed)
        #expect(try fault(claims(#""a":{"b":1,"b":2}"#)) == .malformed)
        let deep = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        #expect(try fault(claims("\"a\":\(deep)")) == .malformed)
    }

    @Test("Any crit is refused, and types that are no access token's")
    func header() throws {
        for member in [#""crit":["b64"]"#, #""crit":[]"#, #""crit":null"#, #""b64":false,"crit":["b64"]"#] {
            #expect(try fault(header: #"{"alg":"ES256","kid":"key-p256",\#(member)}"#) == .critical, "\(member)")
        }
        for type in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "application/jwt"] {
            #expect(try fault(header: #"{"alg":"ES256","kid":"key-p256","typ":"\#(type)"}"#) == nil, "\(type)")
        }
        for type in ["\"id_token+jwt\"", "\"oauth-id-jag+jwt\"", "\"dpop+jwt\"", "\"\"", "1", "null", "\"logout+jwt\""]
        {
            #expect(try fault(header: #"{"alg":"ES256","kid":"key-p256","typ":\#(type)}"#) == .type, "\(type)")
        }
    }

    @Test("A key is found by its name alone, and places and keys in the header are not looked at")
    func keyNames() throws {
        for name in ["other", "../../key-p256", "/dev/null", "key-p25", "KEY-P256", "' OR 1=1", ""] {
            #expect(try fault(header: #"{"alg":"ES256","kid":"\#(name)"}"#) == .keyUnknown, "\(name)")
        }
        for name in ["1", "null", "[\"key-p256\"]", "\"\(String(repeating: "k", count: 513))\""] {
            #expect(try fault(header: #"{"alg":"ES256","kid":\#(name)}"#) == .malformed, "\(name)")
        }
        let own = try TokenMaker.key(.es256, name: "own")
        #expect(try fault(header: #"{"alg":"ES256","kid":"own","jwk":\#(own)}"#) == .keyUnknown)
        #expect(
            try fault(
                header: #"{"alg":"ES256","kid":"own","jku":"https://evil.example/","x5u":"https://evil.example/"}"#)
                == .keyUnknown)
        #expect(try fault(header: #"{"alg":"ES256","kid":"key-p256","jku":"https://evil.example/"}"#) == nil)
        #expect(try fault(header: #"{"alg":"ES256"}"#) == nil, "without a name every key that fits is tried")
    }

    @Test("The issuer is compared byte by byte")
    func issuers() throws {
        for issuer in [
            "https://login.example.com/", "https://LOGIN.example.com", "http://login.example.com",
            "https://login.example.com.evil.example", "https://login.example.co\\u212A",
        ] {
            #expect(try fault(claims(#""iss":"\#(issuer)""#, without: ["iss"])) == .issuer, "\(issuer)")
        }
        for claim in [#""iss":["https://login.example.com"]"#, #""iss":null"#, #""iss":"""#, ""] {
            #expect(try fault(claims(claim, without: ["iss"])) == .claims, "\(claim)")
        }
    }

    @Test("The audience has to be ours, alone or among others")
    func audiences() throws {
        let ours = "\"\(TokenMaker.audience)\""
        for audience in [ours, "[\(ours)]", "[\"a\",\(ours)]"] {
            #expect(try fault(claims("\"aud\":\(audience)", without: ["aud"])) == nil, "\(audience)")
        }
        for audience in ["\"https://mcp.example.com/\"", "\"https://mcp.example\"", "[]", "[\"a\"]", "\"\""] {
            #expect(try fault(claims("\"aud\":\(audience)", without: ["aud"])) == .audience, "\(audience)")
        }
        #expect(try fault(claims("", without: ["aud"])) == .audience)
        for audience in ["1", "null", "[\(ours),1]", "{\"a\":\(ours)}"] {
            #expect(try fault(claims("\"aud\":\(audience)", without: ["aud"])) == .claims, "\(audience)")
        }
    }

    @Test("A token says when it ends, and ends then, a leeway later")
    func expiry() throws {
        for (expiry, expected) in [
            ("\(now - 59)", nil), ("\(now - 60)", TokenFault.expired), ("\(now - 59).5", .none), ("\(now - 60).5", nil),
            ("\(now - 61).999", .expired), ("\(now - 3_600)", .expired), ("1.8e9", nil), ("0", .expired),
            ("-1", .claims), ("1e400", .claims), ("99999999999999999999", .claims), ("\"\(now + 300)\"", .claims),
            ("null", .claims), ("\(now + 300)000", .claims),
        ] {
            #expect(try fault(claims("\"exp\":\(expiry)", without: ["exp"])) == expected, "\(expiry)")
        }
        #expect(try fault(claims("", without: ["exp"])) == .claims)
    }

    @Test("A token that has not begun, or comes from the future, is refused beyond the leeway")
    func beginning() throws {
        #expect(try fault(claims("\"nbf\":\(now + 60)")) == nil)
        #expect(try fault(claims("\"nbf\":\(now + 61)")) == .notYetValid)
        #expect(try fault(claims("\"nbf\":\"now\"")) == .claims)
        #expect(try fault(claims("\"iat\":\(now + 60)")) == nil)
        #expect(try fault(claims("\"iat\":\(now + 61)")) == .issuedInFuture)
        #expect(try fault(claims("\"iat\":\(now - 100_000)")) == nil)
        #expect(try fault(claims("\"iat\":1e99")) == .claims)
        let rules = IssuerRules(issuer: TokenMaker.issuer, audiences: [TokenMaker.audience], leewaySeconds: 0)
        let token = try TokenMaker.token()
        #expect(try TokenMaker.verdict(token, nil, rules, now: now + 299) == .success("ann"))
        #expect(try TokenMaker.verdict(token, nil, rules, now: now + 300) == .failure(.expired))
        #expect(try TokenMaker.verdict(token, nil, rules, now: now - 1) == .failure(.issuedInFuture))
    }

    @Test("Somebody has to be meant, in a text that is one")
    func subjects() throws {
        for claim in ["", #""sub":"""#, #""sub":1"#, #""sub":"\ud800""#, #""sub":["ann"]"#] {
            #expect(try fault(claims(claim, without: ["sub"])) == .claims, "\(claim)")
        }
        #expect(try fault(claims(##""cnf":{"jkt":"abc"}"##)) == .bound)
    }

    @Test("Scopes are words of scope and of scp, in a text or a list")
    func scopes() throws {
        for (claim, expected) in [
            (#""scope":"mcp read""#, ["mcp", "read"]), (#""scp":["mcp","read"]"#, ["mcp", "read"]),
            (#""scp":"mcp""#, ["mcp"]), (#""scope":"""#, []), (#""scope":"  a  b ""#, ["a", "b"]),
            (#""scope":"a","scp":["b"]"#, ["a", "b"]), ("\"x\":1", []),
        ] {
            let token = try SignedToken(Array(try TokenMaker.token(claims(claim)).utf8))
            let now = UnixTime(milliseconds: Int64(now) * 1_000)
            #expect(try token.verify(by: TokenMaker.rules, TokenMaker.allKeys(), now: now).scopes == expected)
        }
        #expect(try fault(claims(#""scope":{"a":1}"#)) == .claims)
        #expect(try fault(claims(#""scp":[1]"#)) == .claims)
    }

    @Test("What is said of a fault tells nothing of keys")
    func words() {
        for fault in TokenFault.allCases {
            for word in ["key-", "kid", "JWKS", "algorithm"] { #expect(!fault.words.contains(word)) }
        }
        #expect(TokenFault.keyUnknown.words == TokenFault.signature.words)
    }
}
