import MCPGateway
import Testing

@testable import MCPFrontEnd

@Suite struct AuthenticatorTests {
    private let tokens = RouteTokens([
        ("first", .token(number: 0)), ("second token", .token(number: 1)), ("s\u{F6}me", .token(number: 2)),
    ])

    @Test("Without tokens everybody is the same anonymous principal, whatever they show")
    func open() {
        #expect(RouteTokens([]).principal(authorization: nil) == .anonymous)
        #expect(RouteTokens([]).principal(authorization: "Bearer x") == .anonymous)
        #expect(RouteTokens([]).isEmpty && !tokens.isEmpty)
    }

    @Test(
        "A token is accepted with and without Bearer, and tells who calls",
        arguments: [
            ("Bearer first", 0), ("first", 0), ("bearer first", 0), ("BEARER  first ", 0), ("second token", 1),
            ("Bearer second token", 1), ("Bearer s\u{F6}me", 2),
        ])
    func accepted(header: String, number: Int) {
        #expect(tokens.principal(authorization: header) == .token(number: number))
    }

    @Test(
        "Anything else is refused",
        arguments: [
            nil, "", " ", "Bearer", "Bearer ", "Bearer  ", "Basic first", "First", "Bearer FIRST", "firs", "firstx",
            "Bearer firstfirst", "first,second token", "Bearer Bearer first", "Bearer\tfirst", "Bearer so\u{308}me",
            "second",
        ] as [String?])
    func refused(header: String?) {
        #expect(tokens.principal(authorization: header) == nil)
    }

    @Test("An empty token opens nothing")
    func emptyToken() {
        #expect(RouteTokens([("", .token(number: 0))]).principal(authorization: "") == nil)
        #expect(RouteTokens([("", .token(number: 0))]).principal(authorization: "Bearer ") == nil)
        #expect(RouteTokens([("", .token(number: 0))]).principal(authorization: nil) == nil)
    }
}
