import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// Starting anew on purpose: the new link takes over once it is ready, and nothing is lost.
@Suite(.timeLimit(.minutes(1))) struct UpstreamRenewalTests {
    /// How renewals went, in order; empty texts for those that went well.
    private final class Outcomes {
        var all: [String] = []
        var errorOutput: [String] = []
    }

    private func renew(_ harness: UpstreamHarness, grace: TimeAmount = .seconds(10)) -> Outcomes {
        let outcomes = Outcomes()
        harness.eventLoop.perform {
            harness.upstream.renew(grace: grace) { failure, lines in
                outcomes.all.append(failure?.detail ?? "")
                outcomes.errorOutput = lines
            }
        }
        return outcomes
    }

    @Test("The old link serves until the new one is ready, and then finishes its calls")
    func takesOver() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let old = try harness.link
        let (slow, slowID) = try harness.call()
        let outcomes = renew(harness)
        #expect(harness.server.links.count == 2)
        #expect(harness.isReady)
        let (during, duringID) = try harness.call()
        #expect(old.callIDs == [slowID, duringID], "the new one is not ready yet")
        try harness.becomeReady()
        #expect(outcomes.all == [""])
        #expect(!old.isClosed)
        let (after, afterID) = try harness.call()
        let new = try harness.link
        #expect(new.callIDs == [afterID])
        harness.eventLoop.perform { old.answer(slowID) }
        #expect(!old.isClosed)
        harness.eventLoop.perform { old.answer(duringID) }
        #expect(old.isClosed, "nothing is in flight on it any more")
        try harness.onLink { $0.answer(afterID) }
        #expect([slow, during, after].allSatisfy { $0.answers.count == 1 && $0.endings == 1 })
        #expect(harness.upstream.restarts == 0, "it was asked for")
    }

    @Test("A link that served nothing is closed as soon as the other one is ready")
    func idle() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let old = try harness.link
        _ = renew(harness)
        #expect(!old.isClosed)
        try harness.becomeReady()
        #expect(old.isClosed)
    }

    @Test("When the new link fails, everything stays as it was, and its last words are told")
    func failure() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let old = try harness.link
        let outcomes = renew(harness)
        try harness.onLink { link in
            link.recentErrorOutput = ["no such module"]
            link.breakDown()
        }
        #expect(outcomes.all == ["it ended"])
        #expect(outcomes.errorOutput == ["no such module"])
        #expect(harness.isReady)
        let (call, id) = try harness.call()
        #expect(old.callIDs == [id])
        harness.eventLoop.perform { old.answer(id) }
        #expect(call.answers.count == 1)
        harness.eventLoop.advance(by: .seconds(600))
        #expect(harness.server.links.count == 2, "it is not tried again")
    }

    @Test("Calls that take longer than the grace period end with the old link")
    func grace() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let old = try harness.link
        let (call, _) = try harness.call()
        _ = renew(harness, grace: .seconds(3))
        try harness.becomeReady()
        harness.eventLoop.advance(by: .seconds(2))
        #expect(!old.isClosed && call.endings == 0)
        harness.eventLoop.advance(by: .seconds(2))
        #expect(old.isClosed)
        #expect(call.failures.map(\.code) == [.closed])
    }

    @Test("A server that waits for its next attempt gets it now, and calls wait for that")
    func whileWaiting() throws {
        let harness = UpstreamHarness()
        try harness.failUntilFar()
        let count = harness.server.links.count
        #expect(harness.isWaiting)
        let outcomes = renew(harness)
        #expect(harness.server.links.count == count + 1)
        #expect(harness.isStarting)
        let (call, id) = try harness.call()
        try harness.becomeReady()
        #expect(outcomes.all == [""])
        try harness.onLink { $0.answer(id) }
        #expect(call.answers.count == 1)
    }

    @Test("One that starts is given up for another attempt, without a word to those who wait for it")
    func whileStarting() throws {
        let harness = UpstreamHarness()
        let first = try harness.link
        let (call, id) = try harness.call()
        let outcomes = renew(harness)
        #expect(first.isClosed)
        #expect(call.endings == 0)
        try harness.becomeReady()
        #expect(outcomes.all == [""])
        try harness.onLink { $0.answer(id) }
        #expect(call.answers.count == 1)
    }

    @Test("The old link may be lost meanwhile: the new one takes over all the same, once")
    func lossMeanwhile() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let old = try harness.link
        let outcomes = renew(harness)
        let new = try harness.link
        harness.eventLoop.perform { old.breakDown() }
        harness.eventLoop.perform { new.completeHandshake() }
        #expect(outcomes.all == [""])
        #expect(harness.isReady)
        let (_, id) = try harness.call()
        #expect(new.callIDs == [id])
        harness.eventLoop.advance(by: .seconds(600))
        #expect(harness.server.links.filter { !$0.isClosed }.count == 1)
    }

    @Test("A second wish takes the place of the first, and a closed upstream refuses")
    func repeated() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let first = renew(harness)
        let abandoned = try harness.link
        let second = renew(harness)
        #expect(first.all.count == 1)
        #expect(first.all != [""])
        #expect(abandoned.isClosed)
        harness.eventLoop.perform { harness.upstream.close() }
        #expect(second.all.count == 1 && second.all != [""])
        #expect(renew(harness).all == ["the server was stopped"])
        #expect(harness.server.links.allSatisfy { $0.isClosed })
    }
}
