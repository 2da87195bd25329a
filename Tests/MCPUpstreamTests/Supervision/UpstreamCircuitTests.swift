import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// When calls wait for a server, and when they fail at once.
@Suite(.timeLimit(.minutes(1))) struct UpstreamCircuitTests {
    private static let refused = UpstreamFailure(.notReachable, "refused")
    private static let busy = UpstreamFailure(.unexpectedHTTPAnswer, "it answered 503", status: 503)

    // MARK: Calls that were never sent (issue 12, item d)

    @Test("Calls that come while a link is ending wait, and are answered by the server that is started next")
    func linkEnding() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        harness.eventLoop.advance(by: .seconds(10))
        let (sent, _) = try harness.call()
        try harness.onLink { $0.end() }
        let calls = try (0..<100).map { _ in try harness.call() }
        #expect(calls.allSatisfy { $0.0.endings == 0 })
        #expect(try harness.link.callIDs.count == 1, "nothing is sent any more")
        try harness.onLink { $0.breakDown() }
        #expect(sent.failures.map(\.code) == [.processEnded])
        #expect(calls.allSatisfy { $0.0.endings == 0 })
        try harness.becomeReady()
        #expect(try harness.link.callIDs == calls.map(\.1))
        try harness.onLink { link in for (_, id) in calls { link.answer(id) } }
        #expect(calls.allSatisfy { $0.0.answers.count == 1 && $0.0.failures.isEmpty })
    }

    @Test("An answer that comes while a link is ending still reaches its caller")
    func answerWhileEnding() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let (call, id) = try harness.call()
        try harness.onLink { $0.end() }
        try harness.onLink { $0.answer(id) }
        #expect(call.answers.count == 1)
    }

    @Test("A call that somebody makes when he hears of the end of another waits for the next start")
    func callOnFailure() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        harness.eventLoop.advance(by: .seconds(10))
        let (call, _) = try harness.call()
        let next = ExchangeRecorder(OutgoingRequest(try Message(#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#)))
        call.ended = { [upstream = harness.upstream] in upstream.exchange(next) }
        try harness.onLink { $0.breakDown() }
        #expect(next.endings == 0)
        try harness.becomeReady()
        #expect(try harness.link.callIDs.count == 1)
    }

    @Test("Calls that were never sent wait for a restart that is near, also when the server had just become ready")
    func neverSentSurviveAQuickLoss() throws {
        let harness = UpstreamHarness { $0.maximumCallsInFlight = 1 }
        try harness.becomeReady()
        try harness.onLink { $0.breakDown() }
        try harness.becomeReady()
        _ = try harness.call()
        let (waiting, id) = try harness.call()
        try harness.onLink { $0.breakDown() }
        #expect(harness.isWaiting)
        #expect(waiting.endings == 0)
        harness.eventLoop.advance(by: .seconds(1))
        try harness.becomeReady()
        #expect(try harness.link.callIDs == [id])
    }

    // MARK: Starts that fail

    private func crash(_ harness: UpstreamHarness, times: Int) throws {
        for _ in 0..<times {
            for _ in 0..<120 where harness.isWaiting { harness.eventLoop.advance(by: .seconds(1)) }
            try harness.onLink { $0.breakDown() }
        }
    }

    @Test("After four starts that failed calls still wait for the next, after five they fail at once, also during one")
    func crashLoop() throws {
        let harness = UpstreamHarness { $0.queueWait = .seconds(3_600) }
        try crash(harness, times: 4)
        let (patient, _) = try harness.call()
        #expect(patient.endings == 0)
        try crash(harness, times: 1)
        let (late, _) = try harness.call()
        let failure = try #require(late.failures.first)
        #expect(failure.code == .processEnded && failure.nothingSent)
        #expect(failure.pause?.failures == 5)
        #expect((failure.pause?.seconds ?? 0) >= 8, "the next start is as far off as it says")
        for _ in 0..<120 where harness.isWaiting { harness.eventLoop.advance(by: .seconds(1)) }
        #expect(harness.isStarting)
        let (during, _) = try harness.call()
        #expect(during.failures.first?.pause?.seconds == 0)
    }

    @Test("A server that has recovered is called at once, and one answer ends the doubt")
    func recovery() throws {
        let harness = UpstreamHarness()
        try crash(harness, times: 7)
        for _ in 0..<120 where harness.isWaiting { harness.eventLoop.advance(by: .seconds(1)) }
        try harness.becomeReady()
        let (call, id) = try harness.call()
        #expect(try harness.link.callIDs == [id])
        try harness.onLink { $0.answer(id) }
        #expect(call.answers.count == 1)
        #expect(harness.upstream.circuit.report == nil)
    }

    @Test("A server that is lost now and then, with years in between, is never taken for broken")
    func rareLosses() throws {
        let harness = UpstreamHarness()
        for _ in 0..<20 {
            try harness.becomeReady()
            harness.eventLoop.advance(by: .seconds(3_600))
            try harness.onLink { $0.breakDown() }
            #expect(harness.isStarting)
            #expect(!harness.upstream.circuit.isOpen)
        }
    }

    // MARK: Calls that fail

    private func remote() throws -> UpstreamHarness {
        let harness = UpstreamHarness(startsProcesses: false)
        try harness.becomeReady()
        return harness
    }

    @Test("A remote server that answers 503 to everything is asked once a second, and everybody else fails at once")
    func busyServer() throws {
        let harness = try remote()
        var asked = 0
        for _ in 0..<750 {
            let (call, id) = try harness.call()
            if try harness.link.callIDs.contains(id) {
                asked += 1
                try harness.onLink { $0.fail(id, Self.busy) }
            }
            #expect(call.failures.count == 1)
            harness.eventLoop.advance(by: .milliseconds(13))
        }
        #expect(asked <= 5 + 11, "in ten seconds: \(asked)")
        let (call, _) = try harness.call()
        #expect(call.failures.first?.pause != nil || call.endings == 0)
    }

    @Test("Once a probe is answered everybody is served again")
    func probeSucceeds() throws {
        let harness = try remote()
        for _ in 0..<5 {
            let (_, id) = try harness.call()
            try harness.onLink { $0.fail(id, Self.busy) }
        }
        #expect(try harness.call().0.failures.first?.pause != nil)
        harness.eventLoop.advance(by: .seconds(1))
        let (probe, probeID) = try harness.call()
        #expect(probe.endings == 0)
        #expect(try harness.call().0.failures.first?.pause != nil, "one probe at a time")
        try harness.onLink { $0.answer(probeID) }
        let (next, _) = try harness.call()
        #expect(next.endings == 0)
    }

    @Test("A probe that its caller cancels makes room for the next at once")
    func cancelledProbe() throws {
        let harness = try remote()
        for _ in 0..<5 {
            let (_, id) = try harness.call()
            try harness.onLink { $0.fail(id, Self.busy) }
        }
        harness.eventLoop.advance(by: .seconds(1))
        let (_, probeID) = try harness.call()
        harness.cancel(probeID)
        #expect(try harness.call().0.endings == 0)
    }

    @Test("Calls that wait for room fail when the circuit opens")
    func queueIsEmptied() throws {
        let harness = UpstreamHarness(startsProcesses: false) { $0.maximumCallsInFlight = 5 }
        try harness.becomeReady()
        let calls = try (0..<20).map { _ in try harness.call() }
        try harness.onLink { link in for (_, id) in calls.prefix(5) { link.fail(id, Self.busy) } }
        let sent = try harness.link.callIDs.count
        #expect(sent < 15)
        try harness.onLink { link in for (_, id) in calls where link.callIDs.contains(id) { link.fail(id, Self.busy) } }
        #expect(calls.allSatisfy { $0.0.failures.count == 1 })
        #expect(calls.suffix(5).allSatisfy { $0.0.failures.first?.pause != nil })
    }

    @Test("Sessions that share a circuit do not each try a server that is not there")
    func sharedCircuit() throws {
        let circuit = CircuitBreaker(UpstreamLimits().circuit(startsProcesses: false))
        let first = UpstreamHarness(startsProcesses: false, circuit: circuit)
        for _ in 0..<5 {
            for _ in 0..<120 where first.isWaiting { first.eventLoop.advance(by: .seconds(1)) }
            try first.onLink { $0.breakDown(Self.refused) }
        }
        #expect(circuit.isOpen)
        let others = (0..<20).map { _ in UpstreamHarness(on: first.eventLoop, startsProcesses: false, circuit: circuit)
        }
        #expect(others.allSatisfy { $0.server.links.isEmpty })
        first.eventLoop.advance(by: .milliseconds(1_100))
        #expect(others.filter { !$0.server.links.isEmpty }.count + first.server.links.count - 5 == 1, "one probe")
    }
}
