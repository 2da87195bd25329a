import Testing

@testable import MCPGateway

@Suite struct TurnKeeperTests {
    @Test("As long as the server asks nothing, everybody may call")
    func free() {
        var turns = TurnKeeper<String>()
        turns.started("a")
        #expect(turns.mayStart("b") && turns.mayStart("a"))
        turns.started("b")
        #expect(turns.onlyActive == nil)
        #expect(Set(turns.active) == ["a", "b"])
    }

    @Test("Once turns are taken, only the session whose turn it is may call")
    func turns() {
        var turns = TurnKeeper<String>()
        turns.beginTakingTurns()
        #expect(turns.mayStart("a"))
        turns.started("a")
        #expect(turns.mayStart("a") && !turns.mayStart("b"))
        turns.started("a")
        turns.ended("a")
        #expect(!turns.mayStart("b"), "one call of two has ended")
        turns.ended("a")
        #expect(turns.mayStart("b"))
        #expect(turns.onlyActive == nil)
    }

    @Test("An end without a start changes nothing")
    func unbalanced() {
        var turns = TurnKeeper<String>()
        turns.ended("a")
        turns.started("a")
        turns.ended("b")
        #expect(turns.onlyActive == "a")
    }
}
