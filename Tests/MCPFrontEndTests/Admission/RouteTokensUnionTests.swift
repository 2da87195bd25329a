import MCPGateway
import Testing

@testable import MCPFrontEnd

/// What opens a place at which several servers are offered.
@Suite struct RouteTokensUnionTests {
    private static let alice = Principal.token(number: 0)
    private static let bob = Principal.token(number: 1)
    private let hers = RouteTokens([("alice", Self.alice)])
    private let both = RouteTokens([("alice", Self.alice), ("bob", Self.bob)])
    private let open = RouteTokens([])

    @Test("Whoever opens one of the servers may come, as whom the token stands for, and nobody else")
    func tokens() {
        let union = RouteTokens.union([hers, both])
        #expect(union.principal(authorization: "Bearer alice") == Self.alice)
        #expect(union.principal(authorization: "bob") == Self.bob)
        for shown in [nil, "", "Bearer ", "Bearer carol", "Bearer alice bob"] {
            #expect(union.principal(authorization: shown) == nil, "\(shown ?? "nothing")")
        }
        #expect(!union.admits(.anonymous) && !union.isEmpty)
        #expect(RouteTokens.union([hers]).onlyPrincipal == Self.alice)
    }

    @Test("Where one server asks for nothing everybody may come, and who shows a token is still known by it")
    func withOpen() {
        let union = RouteTokens.union([hers, open])
        #expect(union.principal(authorization: "Bearer alice") == Self.alice)
        #expect(union.principal(authorization: nil) == .anonymous)
        #expect(union.principal(authorization: "Bearer wrong") == .anonymous)
        #expect(union.admits(.anonymous) && union.admits(Self.alice) && !union.admits(Self.bob))
        #expect(union.onlyPrincipal == .anonymous)
        #expect(RouteTokens.union([open, open]).isEmpty)
        #expect(RouteTokens.union([union, both]).admits(.anonymous))
    }

    @Test("Without any server, and with servers that are closed, nobody may come")
    func nobody() {
        for union in [RouteTokens.union([]), .union([.closed]), .union([.closed, .closed])] {
            #expect(union.principal(authorization: nil) == nil && union.principal(authorization: "x") == nil)
            #expect(!union.admits(.anonymous) && !union.isEmpty)
        }
        #expect(RouteTokens.union([.closed, hers]).principal(authorization: nil) == nil)
    }

    @Test("Whoever came without a token is covered only where that is still enough")
    func covered() {
        #expect(RouteTokens.union([hers, open]).areCovered(by: .union([hers, open])))
        #expect(!RouteTokens.union([hers, open]).areCovered(by: both))
        #expect(hers.areCovered(by: .union([both, open])))
        #expect(!hers.areCovered(by: .union([open])))
    }

    @Test(
        "A server may be used by those whose tokens open it; one that asks for none by everybody, a closed one by nobody"
    )
    func access() {
        #expect(open.access == .everybody)
        #expect(hers.access == .holders([Self.alice]))
        #expect(RouteTokens.closed.access == .holders([]))
    }
}
