import MCPCore
import NIOCore
import Testing

@testable import MCPGateway

@Suite struct ChangeThrottleTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    @Test("The first change passes at once, the next ones together a second after it")
    func together() {
        var throttle = ChangeThrottle()
        #expect(throttle.decide(.toolListChanged, now: start) == .pass)
        let soon = start + .milliseconds(200)
        #expect(throttle.decide(.toolListChanged, now: soon) == .hold(.milliseconds(800)))
        for _ in 0..<1_000 { #expect(throttle.decide(.toolListChanged, now: soon) == .drop) }
        let later = start + .seconds(1)
        throttle.passed(.toolListChanged, now: later)
        #expect(throttle.decide(.toolListChanged, now: later + .milliseconds(1)) == .hold(.milliseconds(999)))
    }

    @Test("Different lists do not hold each other up, and a change after a quiet second passes at once")
    func apart() {
        var throttle = ChangeThrottle()
        #expect(throttle.decide(.toolListChanged, now: start) == .pass)
        #expect(throttle.decide(.promptListChanged, now: start) == .pass)
        #expect(throttle.decide(.toolListChanged, now: start + .seconds(1)) == .pass)
    }
}
