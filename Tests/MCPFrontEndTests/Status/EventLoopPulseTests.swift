import MCPTestSupport
import NIOCore
import Synchronization
import Testing

@testable import MCPFrontEnd

@Suite struct EventLoopPulseTests {
    private final class Beats: Sendable {
        private let number = Atomic(0)
        var count: Int { number.load(ordering: .relaxed) }
        func add() { number.add(1, ordering: .relaxed) }
    }

    private let first = ManualEventLoop()
    private let second = ManualEventLoop()
    private let beats = Beats()

    private func pulse() -> EventLoopPulse {
        EventLoopPulse(of: [first, second], every: .seconds(1)) { [beats] in beats.add() }
    }

    @Test("It beats again and again while every event loop works")
    func beating() {
        pulse().start()
        for _ in 1...3 {
            let before = beats.count
            first.run()
            second.run()
            first.advance(by: .seconds(1))
            second.advance(by: .seconds(1))
            #expect(beats.count > before)
        }
    }

    @Test("It stops when one of the event loops hangs, and goes on when that works again")
    func hanging() {
        pulse().start()
        first.run()
        first.advance(by: .seconds(10))
        #expect(beats.count == 0)
        second.run()
        #expect(beats.count == 1)
    }

    @Test("Nothing comes after it was stopped")
    func stopped() {
        let pulse = pulse()
        pulse.start()
        first.run()
        pulse.stop()
        second.run()
        second.advance(by: .seconds(10))
        first.run()
        #expect(beats.count == 0)
    }
}
