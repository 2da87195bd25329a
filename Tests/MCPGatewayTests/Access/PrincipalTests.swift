import Testing

@testable import MCPGateway

@Suite struct PrincipalTests {
    @Test("Each token is a principal of its own, and none is the anonymous one")
    func principals() {
        let all = [Principal.anonymous, .token(number: 0), .token(number: 1)]
        #expect(Set(all).count == 3)
        #expect(Principal.token(number: 0) == .token(number: 0))
    }
}
