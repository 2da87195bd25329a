import Addresses
import MCPCore
import Testing

@testable import Grants

/// What a token endpoint gives.
@Suite struct TokenAnswerTests {
    private func answer(_ text: String, status: Int = 200) throws -> TokenAnswer {
        try TokenAnswer(
            GrantRequests.Answer(status: status, body: try Samples.json(text)), from: try HTTPURL(Samples.tokenEndpoint)
        )
    }

    private static let least = #""access_token":"t","token_type":"Bearer""#

    @Test("Everything is read, and what is not said is not there")
    func whole() throws {
        let found = try answer(#"{\#(Self.least),"expires_in":60,"refresh_token":"r","scope":"a  b"}"#)
        #expect(found.accessToken == "t" && found.lifetime == 60 && found.refreshToken == "r")
        #expect(found.scopes == ["a", "b"] && found.account == nil)
        let least = try answer("{\(Self.least)}")
        #expect(least.lifetime == 3_600 && least.refreshToken == nil && least.scopes == nil)
        #expect(try answer(#"{"access_token":"t","token_type":"bEARER"}"#).accessToken == "t")
    }

    @Test(
        "A lifetime is a number, or a text that is one, and never less than none",
        arguments: [
            ("60", 60), ("\"60\"", 60), ("0", 0), ("-5", 0), ("\"-5\"", 0), ("1e3", 1_000), ("null", 3_600),
            ("\"soon\"", 3_600), ("[]", 3_600), ("9223372036854775807", 10 * 366 * 86_400),
            ("99999999999999999999", 3_600), ("\"\"", 3_600),
        ] as [(String, Int64)])
    func lifetime(text: String, seconds: Int64) throws {
        let found = try answer("{\(Self.least),\"expires_in\":\(text)}")
        #expect(found.lifetime == seconds || text == "1e3" && found.lifetime == 3_600)
    }

    @Test(
        "What cannot be sent is no token",
        arguments: [
            "{}", "[]", #"{"token_type":"Bearer"}"#, #"{"access_token":"","token_type":"Bearer"}"#,
            #"{"access_token":"a b","token_type":"Bearer"}"#, #"{"access_token":"a\r\nb","token_type":"Bearer"}"#,
            #"{"access_token":"é","token_type":"Bearer"}"#, #"{"access_token":7,"token_type":"Bearer"}"#,
            #"{"access_token":"a\u0000","token_type":"Bearer"}"#,
        ])
    func unsendable(text: String) {
        let failure = #expect(throws: GrantFailure.self) { try answer(text) }
        #expect(failure?.kind == .unusable)
        #expect(failure?.words == "\(Samples.tokenEndpoint) answers without an access_token that can be sent")
    }

    @Test("Some refuse with 200", arguments: ["bad_refresh_token", "invalid_grant"])
    func refusedWithSuccess(code: String) {
        let failure = #expect(throws: GrantFailure.self) {
            try answer(#"{"error":"\#(code)","error_description":"The refresh token is incorrect"}"#)
        }
        #expect(failure?.kind == .refused(code) && failure?.words.contains("is incorrect") == true)
    }

    @Test("What was sent is not repeated, also not as the type of a token")
    func typeThatRepeats() throws {
        let text = #"{"access_token":"t","token_type":"canary-refresh-token"}"#
        let given = GrantRequests.Answer(
            status: 200, body: try Samples.json(text), secrets: ["canary-refresh-token"])
        let place = try HTTPURL(Samples.tokenEndpoint)
        let failure = #expect(throws: GrantFailure.self) { try TokenAnswer(given, from: place) }
        #expect(failure?.words.contains("canary") == false && failure?.words.contains("Bearer only") == true)
    }

    @Test("A token may be long, and not longer than that")
    func length() throws {
        let longest = String(repeating: "x", count: 64 << 10)
        #expect(try answer(#"{"access_token":"\#(longest)","token_type":"Bearer"}"#).accessToken == longest)
        #expect(throws: GrantFailure.self) { try answer(#"{"access_token":"\#(longest)x","token_type":"Bearer"}"#) }
        #expect(try answer(#"{\#(Self.least),"refresh_token":"\#(longest)x"}"#).refreshToken == nil)
        #expect(try answer(#"{\#(Self.least),"refresh_token":""}"#).refreshToken == nil)
    }

    @Test("A token of another type is not used", arguments: ["\"DPoP\"", "\"mac\"", "\"N_A\"", "\"\"", "null", "7"])
    func type(text: String) {
        let failure = #expect(throws: GrantFailure.self) { try answer(#"{"access_token":"t","token_type":\#(text)}"#) }
        #expect(failure?.kind == .unusable)
        #expect(failure?.words.contains("the proxy knows Bearer only") == true)
    }

    @Test("An error is the server's refusal, with its words and without what a terminal would do with them")
    func errors() {
        for status in [400, 401, 403, 201, 204] {
            let failure = #expect(throws: GrantFailure.self) {
                try answer(#"{"error":"invalid_grant","error_description":"gone\u001b[2J"}"#, status: status)
            }
            #expect(failure?.kind == .refused("invalid_grant"))
            #expect(failure?.words.contains("gives no token: invalid_grant: gone") == true)
            #expect(failure?.words.contains("\u{1B}") == false)
        }
        let silent = #expect(throws: GrantFailure.self) { try answer("{}", status: 418) }
        #expect(silent?.kind == .refused("") && silent?.words.hasSuffix("it answers with status 418") == true)
    }

    @Test("An error says no more than a few lines")
    func longError() {
        let long = String(repeating: "x", count: 10_000)
        let failure = #expect(throws: GrantFailure.self) {
            try answer(#"{"error":"\#(long)","error_description":"\#(long)"}"#, status: 400)
        }
        #expect(failure.map { $0.words.utf8.count < 800 } == true)
    }

    @Test("Who has logged in is read for people, where it can be")
    func account() throws {
        func token(_ claims: String, parts: Int = 3) -> String {
            let text = Base64.encodeURL(Array(claims.utf8))
            return (["e30", text] + Array(repeating: "c2ln", count: parts - 2)).joined(separator: ".")
        }
        for (identity, account) in [
            (
                token(#"{"sub":"7","name":"Ann","preferred_username":"ann","email":"ann@example.com"}"#),
                "ann@example.com"
            ),
            (token(#"{"sub":"7","name":"Ann","preferred_username":"ann"}"#), "ann"),
            (token(#"{"sub":"7","name":"Ann"}"#), "Ann"), (token(#"{"sub":"7","email":7}"#), "7"),
            (token("{}"), nil), (token("[]"), nil), (token("{"), nil), (token(#"{"sub":"7"}"#, parts: 2), nil),
            (token(#"{"sub":"7"}"#, parts: 4), nil), ("a.!.b", nil), ("", nil), ("..", nil),
        ] as [(String, String?)] {
            #expect(try answer(#"{\#(Self.least),"id_token":"\#(identity)"}"#).account == account, "\(identity)")
        }
        let shown = try answer(#"{\#(Self.least),"id_token":"\#(token(#"{"sub":"a\u001b[2Jb"}"#))"}"#).account
        #expect(shown?.contains("\u{1B}") == false)
    }
}
