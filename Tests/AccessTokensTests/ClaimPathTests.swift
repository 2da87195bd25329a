import MCPCore
import MCPValues
import NIOCore
import Testing

@testable import AccessTokens

@Suite struct ClaimPathTests {
    private func matches(_ path: String, _ text: String, _ claims: String) throws -> Bool? {
        let claims = TokenClaims(try JSONText(scanning: ByteBuffer(string: claims)))
        return ClaimPath(path).map { $0.matches(text, in: claims) }
    }

    @Test("A claim matches a text that it is, or that stands in its list")
    func values() throws {
        #expect(try matches("groups", "dev", #"{"groups":"dev"}"#) == true)
        #expect(try matches("groups", "dev", #"{"groups":["ops","dev"]}"#) == true)
        for claims in [
            "{}", #"{"groups":"dev ops"}"#, #"{"groups":["developers"]}"#, #"{"groups":[["dev"]]}"#,
            #"{"groups":{"dev":true}}"#, #"{"groups":null}"#, #"{"groups":"DEV"}"#, #"{"Groups":"dev"}"#,
            #"{"groups":"\ud800"}"#, #"{"groups":[]}"#,
        ] {
            #expect(try matches("groups", "dev", claims) == false, "\(claims)")
        }
        #expect(try matches("n", "1", #"{"n":1}"#) == false, "a number is no text")
        #expect(try matches("e", "e\u{301}", #"{"e":"\u00e9"}"#) == false, "it only looks the same")
    }

    @Test("A slash leads into a claim, a point is part of its name")
    func paths() throws {
        let claims = #"{"realm_access":{"roles":["dev"]},"realm_access.roles":"ops","https://e.com/r":"x","a/b":"y"}"#
        #expect(try matches("/realm_access/roles", "dev", claims) == true)
        #expect(try matches("realm_access.roles", "dev", claims) == false)
        #expect(try matches("realm_access.roles", "ops", claims) == true)
        #expect(try matches("https://e.com/r", "x", claims) == true)
        #expect(try matches("a/b", "y", claims) == true)
        #expect(try matches("/a~1b", "y", claims) == true)
        #expect(try matches("/realm_access/roles/0", "dev", claims) == false)
        for path in ["", "/a~", "/a~2"] { #expect(ClaimPath(path) == nil, "\(path)") }
    }
}
