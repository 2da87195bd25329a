import Testing

@testable import MCPUpstream

/// What servers write into `WWW-Authenticate`, and what is believed of it.
@Suite struct BearerChallengeTests {
    private static let place = "https://mcp.example.com/.well-known/oauth-protected-resource"

    private func challenge(_ fields: String...) -> BearerChallenge? { BearerChallenge(fields) }

    @Test("All three parameters are read, in any order and with any spaces")
    func parameters() {
        let text = "Bearer error=\"insufficient_scope\" ,\tscope = \"read write\", resource_metadata=\"\(Self.place)\""
        let found = challenge(text)
        #expect(found?.resourceMetadata == Self.place)
        #expect(found?.scopes == ["read", "write"])
        #expect(found?.error == "insufficient_scope")
        #expect(found?.isForScopes == true)
    }

    @Test("Scheme and parameters have no case, and values need no quotation marks where they are words")
    func cases() {
        let found = challenge("bEARER Scope=read, ERROR=invalid_token")
        #expect(found?.scopes == ["read"] && found?.error == "invalid_token")
        #expect(found?.isForScopes == false)
    }

    @Test("A challenge without parameters is one, and nothing at all is none")
    func bare() {
        #expect(challenge("Bearer") != nil)
        #expect(challenge("Bearer")?.scopes == nil, "it does not say")
        #expect(challenge("Bearer scope=\"\"")?.scopes == [], "it says that there are none")
        for text in ["", " ", ",", ",,,", "=", "\"Bearer\"", "Basic realm=\"Bearer\"", "Bearers scope=x", "Bear er"] {
            #expect(challenge(text) == nil, "\(text)")
        }
        #expect(BearerChallenge([]) == nil)
    }

    @Test(
        "It is found among other schemes, in one field or in several",
        arguments: [
            ["Basic realm=\"a\", Bearer scope=\"x\""], ["Negotiate, Bearer scope=x"],
            ["Negotiate YII=, Bearer scope=x"], ["DPoP algs=\"ES256 RS256\", Bearer scope=x, Basic realm=y"],
            ["Basic realm=\"a, Bearer scope=wrong\", Bearer scope=x"], ["Basic", "Bearer scope=x"],
            ["Token a.b~c+d/e==, Bearer scope=x"], ["Bearer scope=x, Bearer scope=wrong"],
            ["Bearer scope=x, Digest scope=wrong"], ["Basic realm=\"\\\"\", Bearer scope=x"],
            [String(repeating: "x", count: 8_193), "Bearer scope=x"],
        ])
    func schemes(fields: [String]) {
        #expect(BearerChallenge(fields)?.scopes == ["x"])
    }

    @Test("What stands in quotation marks is taken as it is meant")
    func quotedPairs() {
        #expect(challenge(#"Bearer error="a\"b\\c\d""#)?.error == #"a"b\cd"#)
        #expect(challenge(#"Bearer error="a, b=c", scope=x"#)?.error == "a, b=c")
        #expect(challenge(#"Bearer error="", scope=x"#)?.error == "")
        #expect(challenge(#"Bearer error="größe ✓""#)?.error == "größe ✓")
    }

    @Test("A parameter that stands twice counts for nothing, and the others still do")
    func duplicates() {
        let found = challenge("Bearer scope=a, SCOPE=b, error=x, resource_metadata=\"p\", resource_metadata=\"p\"")
        #expect(found?.scopes == nil && found?.resourceMetadata == nil)
        #expect(found?.error == "x")
    }

    @Test("What cannot be read ends it, and what stood before counts")
    func broken() {
        #expect(challenge("Bearer scope=x, error=\"open")?.scopes == ["x"])
        #expect(challenge("Bearer scope=x, error=\"open")?.error == nil)
        #expect(challenge("Bearer scope=x, error=\"open\\")?.scopes == ["x"])
        #expect(challenge("Bearer scope=x error=y")?.scopes == ["x"])
        #expect(challenge("Bearer scope==x")?.scopes == nil)
        #expect(challenge("Bearer =x, scope=y")?.error == nil)
        #expect(challenge("é Bearer scope=x") == nil)
        #expect(challenge("Bearer é=x, scope=x")?.scopes == nil)
    }

    @Test("Every scope is taken once, and what no scope can be is left out")
    func scopes() {
        #expect(challenge("Bearer scope=\"  a  b a é b\\\"c d\\\\e files:read \"")?.scopes == ["a", "b", "files:read"])
        #expect(challenge("Bearer scope=\"a\tb\"")?.scopes == [])
    }

    @Test("A field without an end costs little, and more than eight kilobytes are not looked at")
    func hostile() {
        let commas = String(repeating: ",", count: 10_000)
        #expect(challenge(commas + "Bearer scope=x") == nil)
        #expect(challenge(String(repeating: ",", count: 8_000) + "Bearer scope=x")?.scopes == ["x"])
        #expect(challenge("Bearer " + String(repeating: "a=b,", count: 2_000) + "scope=x")?.scopes == ["x"])
        #expect(challenge(String(repeating: "a ", count: 4_000) + ", Bearer") != nil)
        #expect(challenge("Bearer a=\"" + String(repeating: "\\\"", count: 4_000))?.error == nil)
        let exactly = "Bearer scope=\"" + String(repeating: "x", count: 8_192 - 15) + "\""
        #expect(exactly.utf8.count == 8_192 && challenge(exactly)?.scopes?.count == 1)
        #expect(challenge(exactly + " ") == nil)
    }
}
