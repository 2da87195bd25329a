import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// What a change of the configuration does to an upstream, and what only such a change can help.
@Suite(.timeLimit(.minutes(1))) struct UpstreamChangesTests {
    @Test("What cannot be started as it is configured is not tried again, until it is renewed")
    func lasting() throws {
        let harness = UpstreamHarness()
        try harness.onLink { $0.breakDown(.notStartable("the environment variable X is not set")) }
        harness.eventLoop.advance(by: .minutes(60))
        #expect(harness.isWaiting && harness.server.links.count == 1 && harness.upstream.restarts == 0)
        let (call, _) = try harness.call()
        #expect(call.failures.map(\.code) == [.commandNotRunnable] && call.failures.first?.pause == nil)
        #expect(harness.server.links.count == 1)
        harness.eventLoop.perform { harness.upstream.renew(grace: .seconds(1)) { _, _ in } }
        try harness.becomeReady()
        #expect(harness.isReady && harness.server.links.count == 2)
    }

    @Test(
        "Other bounds hold at once, for a call under way and for what is started later, but not for a start under way")
    func bounds() throws {
        let harness = UpstreamHarness {
            $0.callTimeout = .seconds(10)
            $0.startTimeout = .seconds(10)
        }
        try harness.becomeReady()
        let (raised, _) = try harness.call()
        var limits = UpstreamLimits()
        limits.callTimeout = .seconds(60)
        limits.startTimeout = .seconds(60)
        harness.eventLoop.perform { harness.upstream.take(limits) }
        harness.eventLoop.advance(by: .seconds(59))
        #expect(raised.failures.isEmpty)
        harness.eventLoop.advance(by: .seconds(2))
        #expect(raised.failures.map(\.publicDetail) == ["60 s (callTimeout)"])
        let (lowered, _) = try harness.call()
        limits.callTimeout = .seconds(1)
        harness.eventLoop.perform { harness.upstream.take(limits) }
        harness.eventLoop.advance(by: .seconds(2))
        #expect(lowered.failures.map(\.publicDetail) == ["1 s (callTimeout)"])
        try harness.onLink { $0.breakDown(UpstreamFailure(.processEnded, "it ended")) }
        #expect(harness.isStarting && harness.server.links.count == 2)
        limits.startTimeout = .seconds(1)
        harness.eventLoop.perform { harness.upstream.take(limits) }
        harness.eventLoop.advance(by: .seconds(59))
        #expect(harness.isStarting)
        harness.eventLoop.advance(by: .seconds(2))
        #expect(harness.recorder.losses.last?.publicDetail == "60 s (startTimeout)")
    }
}
