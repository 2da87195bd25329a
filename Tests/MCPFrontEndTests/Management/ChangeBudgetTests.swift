import MCPGateway
import NIOCore
import Testing

@testable import MCPFrontEnd

/// How many changes somebody may ask for, and how long that is remembered.
@Suite struct ChangeBudgetTests {
    private let clock = SettableClock()

    @Test("Somebody whose share is whole again is forgotten, and whose is not is still refused")
    func forgotten() {
        let budget = ChangeBudget { [clock] in clock.now }
        for number in 0..<100 {
            #expect(budget.take(for: .token(number: number), perMinute: 1) == nil)
        }
        clock.advance(seconds: 59)
        #expect(budget.take(for: .token(number: 99), perMinute: 1) != nil)
        clock.advance(seconds: 2)
        #expect(budget.take(for: .anonymous, perMinute: 1) == nil)
        #expect(budget.count == 2, "the one that asked two seconds ago, and this one")
    }
}
