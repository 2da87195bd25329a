import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// How many calls a client may make in a minute.
@Suite struct MinuteBudgetTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test("As many as in a minute may come at once, then one after another comes back")
    func budget() {
        var budget = MinuteBudget()
        for _ in 0..<3 { #expect(budget.take(perMinute: 3, at: Self.start) == nil) }
        #expect(budget.take(perMinute: 3, at: Self.start) == 20)
        #expect(budget.take(perMinute: 3, at: Self.start + .seconds(5)) == 15)
        #expect(budget.take(perMinute: 3, at: Self.start + .seconds(20)) == nil)
        #expect(budget.take(perMinute: 3, at: Self.start + .seconds(20)) == 20)
        for _ in 0..<3 { #expect(budget.take(perMinute: 3, at: Self.start + .hours(5)) == nil) }
        #expect(budget.take(perMinute: 3, at: Self.start + .hours(5)) != nil)
    }

    @Test("All sessions and tokens of a client share what it may make, and others have their own")
    func shared() {
        let standing = Standing(client: "a", Rights(callsPerMinute: 1))
        let (one, other) = (Principal(standing), Principal(standing))
        #expect(one.takeCall(at: Self.start) == nil && other.takeCall(at: Self.start) == 60)
        #expect(Principal(Standing(client: "b", Rights(callsPerMinute: 1))).takeCall(at: Self.start) == nil)
        #expect(Principal.anonymous.takeCall(at: Self.start) == nil)
        standing.take(.none)
        #expect(other.takeCall(at: Self.start) == nil, "without a number any number may come")
    }

    @Test("That there are too many is told once a minute, however many there are")
    func told() {
        let standing = Standing(client: "a", Rights(callsPerMinute: 1))
        let (one, other) = (Principal(standing), Principal(standing))
        #expect(one.tellsOfTooMany(at: Self.start))
        #expect(!one.tellsOfTooMany(at: Self.start) && !other.tellsOfTooMany(at: Self.start + .seconds(59)))
        #expect(other.tellsOfTooMany(at: Self.start + .seconds(60)))
        #expect(!one.tellsOfTooMany(at: Self.start + .seconds(119)))
    }
}
