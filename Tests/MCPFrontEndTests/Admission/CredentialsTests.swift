import MCPGateway
import Testing

@testable import MCPFrontEnd

/// Whom a token stands for.
@Suite struct CredentialsTests {
    private let credentials = Credentials()

    init() {
        for (number, token) in ["first", "second token", "s\u{F6}me"].enumerated() {
            credentials.add(token, for: .token(number: number))
        }
    }

    @Test(
        "A token is accepted with and without Bearer, and tells who calls",
        arguments: [
            ("Bearer first", 0), ("first", 0), ("bearer first", 0), ("BEARER  first ", 0), ("second token", 1),
            ("Bearer second token", 1), ("Bearer s\u{F6}me", 2),
        ])
    func accepted(header: String, number: Int) {
        #expect(credentials.shown(authorization: header).principal == .token(number: number))
    }

    @Test(
        "Anything else stands for nobody",
        arguments: [
            "", " ", "Bearer", "Bearer ", "Bearer  ", "Basic first", "First", "Bearer FIRST", "firs", "firstx",
            "Bearer firstfirst", "first,second token", "Bearer Bearer first", "Bearer\tfirst", "Bearer so\u{308}me",
            "second",
        ])
    func refused(header: String) {
        guard case .unknown = credentials.shown(authorization: header) else {
            Issue.record("\(header) stands for somebody")
            return
        }
    }

    @Test("An empty token stands for nobody")
    func emptyToken() {
        credentials.add("", for: .token(number: 7))
        #expect(credentials.count == 3)
        for header in ["", "Bearer ", "Bearer"] {
            #expect(credentials.shown(authorization: header).principal == nil)
        }
    }

    @Test("A token that is taken away stands for nobody from then on, also to those who have shown it before")
    func revoked() {
        let shown = credentials.shown(authorization: "Bearer first")
        #expect(!shown.isRevoked)
        credentials.remove("first", of: .token(number: 0))
        #expect(shown.isRevoked)
        #expect(credentials.shown(authorization: "Bearer first").principal == nil)
    }

    @Test(
        "A token that stands for somebody else by now is not taken away from them, and who has shown it before has to go"
    )
    func taken() {
        let before = credentials.shown(authorization: "first")
        credentials.add("first", for: .token(number: 9))
        credentials.remove("first", of: .token(number: 0))
        #expect(before.isRevoked)
        let now = credentials.shown(authorization: "first")
        #expect(now.principal == .token(number: 9) && !now.isRevoked)
    }
}
