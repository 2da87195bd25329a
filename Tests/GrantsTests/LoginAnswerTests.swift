import Addresses
import Testing

@testable import Grants

/// What a browser comes back with, and when it is believed.
@Suite struct LoginAnswerTests {
    private func code(_ query: String, namesIssuer: Bool) throws -> String {
        let server = try Samples.authorizationServer(
            ["authorization_response_iss_parameter_supported": namesIssuer ? "true" : ""])
        return try LoginAnswer(query: query).code(from: server)
    }

    private static let right = "iss=https%3A%2F%2Flogin.example.com"

    @Test("Every member is read")
    func whole() throws {
        let answer = try LoginAnswer(query: "code=a%2Bb+c&state=s&\(Self.right)&error=e&error_description=d%20d&x=y")
        #expect(answer.code == "a+b c" && answer.state == "s" && answer.issuer == Samples.issuer)
        #expect(answer.error == "e" && answer.errorDescription == "d d")
    }

    @Test("The table of the specification: who names the issuer, and who has to", arguments: [true, false])
    func issuers(namesIssuer: Bool) throws {
        #expect(try code("state=s&code=c&\(Self.right)", namesIssuer: namesIssuer) == "c")
        for wrong in [
            "https://evil.test", "https://login.example.com/", "https://LOGIN.example.com", "",
            "https://login.example.com:443", "https%253A%252F%252Flogin.example.com", "https://login.example.com%00",
        ] {
            let words = Samples.words { _ = try code("state=s&code=c&iss=\(wrong)", namesIssuer: namesIssuer) }
            #expect(
                words?.contains("from another authorization server than the one that was asked") == true, "\(wrong)")
        }
        if namesIssuer {
            let words = Samples.words { _ = try code("state=s&code=c", namesIssuer: true) }
            #expect(words?.contains("does not say who gives it (\"iss\")") == true)
        } else {
            #expect(try code("state=s&code=c", namesIssuer: false) == "c")
        }
    }

    @Test("An issuer is compared byte by byte")
    func canonical() throws {
        let server = try AuthorizationServer(
            try Samples.json(
                #"{"issuer":"https://login.example.com/\#u{E9}","token_endpoint":"https://login.example.com/token"}"#),
            of: "https://login.example.com/\u{E9}", from: .init(Samples.issuerPlace), mayBeCalled: { _ in true })
        #expect(try LoginAnswer(query: "state=s&code=c&iss=https://login.example.com/%C3%A9").code(from: server) == "c")
        #expect(throws: GrantFailure.self) {
            try LoginAnswer(query: "state=s&code=c&iss=https://login.example.com/e%CC%81").code(from: server)
        }
    }

    @Test("An error is shown only where it is from the server that was asked")
    func errors() throws {
        let error = "state=s&error=access_denied&error_description=call+us"
        for namesIssuer in [true, false] {
            let words = Samples.words { _ = try code("\(error)&iss=https://evil.test", namesIssuer: namesIssuer) }
            #expect(words?.contains("access_denied") == false && words?.contains("call us") == false)
            let shown = Samples.words { _ = try code("\(error)&\(Self.right)", namesIssuer: namesIssuer) }
            #expect(
                shown
                    == "the login was refused: access_denied: call us; begin again, or ask whoever runs the authorization server what is missing"
            )
        }
        #expect(Samples.words { _ = try code(error, namesIssuer: true) }?.contains("access_denied") == false)
        #expect(Samples.words { _ = try code(error, namesIssuer: false) }?.contains("access_denied") == true)
    }

    @Test("An error beside a code is an error, and without either there is nothing")
    func neither() {
        let failure = #expect(throws: GrantFailure.self) { try code("state=s&code=c&error=x", namesIssuer: false) }
        #expect(failure?.kind == .refused("x"))
        for query in ["state=s", "state=s&code="] {
            #expect(Samples.words { _ = try code(query, namesIssuer: false) }?.contains("has no code") == true)
        }
    }

    @Test("What stands twice could be two things", arguments: ["state", "code", "iss", "error", "error_description"])
    func twice(name: String) {
        for second in [name, name.replacing("e", with: "%65").replacing("s", with: "%73")] {
            let query = "state=s&code=c&iss=i&error=e&error_description=d&\(second)=x"
            let words = Samples.words { _ = try LoginAnswer(query: query) }
            #expect(words == "the answer of the authorization server has \"\(name)\" twice; begin again", "\(second)")
        }
    }

    @Test("Other names may stand as often as they like")
    func others() throws {
        #expect(try LoginAnswer(query: "x=1&x=2&State=3&&state=s&=").state == "s")
    }

    @Test("Without a state nobody knows what it answers", arguments: ["", "code=c", "State=s", "?state=s", "&&&"])
    func stateless(query: String) {
        #expect(Samples.words { _ = try LoginAnswer(query: query) }?.contains("has no \"state\"") == true)
    }

    @Test(
        "What cannot be read is refused", arguments: ["state=%", "state=%4", "state=%zz", "state=%ff", "%C3=x&state=s"])
    func unreadable(query: String) {
        #expect(Samples.words { _ = try LoginAnswer(query: query) }?.contains("cannot be read") == true)
    }

    @Test("What an authorization server says is printable")
    func printable() {
        let words = Samples.words {
            _ = try code("state=s&error=%1B%5B31m&error_description=%E2%80%AE", namesIssuer: false)
        }
        #expect(words?.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E } == false)
    }
}
