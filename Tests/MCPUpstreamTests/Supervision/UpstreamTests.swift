import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// An upstream from its first connection to its last: waiting, queueing, losing and coming back.
@Suite(.timeLimit(.minutes(1))) struct UpstreamTests {
    // MARK: Starting

    @Test("The handshake offers our latest revision and the client's own words")
    func handshake() throws {
        let harness = UpstreamHarness()
        try harness.onLink { $0.openNow() }
        let initialize = try #require(try harness.link.requests(.initialize).first)
        #expect(initialize.message.params?["protocolVersion"]?.string == "2025-11-25")
        #expect(initialize.message.params?["clientInfo"]?["name"]?.string == "test")
        #expect(initialize.message.params?["capabilities"]?.isObject == true)
        try harness.onLink { link in
            link.answer(link.lastRequestID(.initialize) ?? 0, result: Self.result("2025-06-18"))
        }
        #expect(harness.isReady)
        #expect(try harness.link.notifications(.initialized).count == 1)
        #expect(try harness.link.version == .june2025)
        #expect(harness.recorder.readiness == [false])
    }

    private static func result(_ version: String) -> String {
        #"{"protocolVersion":"\#(version)","capabilities":{},"serverInfo":{"name":"s","version":"1"}}"#
    }

    @Test("Nothing but the handshake is sent before it is complete, and calls that wait are sent in their order")
    func queueBeforeReady() throws {
        let harness = UpstreamHarness()
        try harness.onLink { $0.openNow() }
        let calls = try (0..<3).map { _ in try harness.call() }
        #expect(try harness.link.callIDs.isEmpty)
        try harness.onLink { link in
            link.answer(link.lastRequestID(.initialize) ?? 0, result: Self.result("2025-11-25"))
        }
        #expect(try harness.link.callIDs == calls.map(\.1))
        let kinds = try harness.link.sent.map(\.message.method)
        #expect(kinds.prefix(2) == [.initialize, .initialized], "initialized comes before any call")
    }

    @Test(
        "A handshake that is refused or wrong ends the attempt",
        arguments: [
            #""error":{"code":-32600,"message":"no"}"#, #""result":{}"#, #""result":{"protocolVersion":"1999-01-01"}"#,
            #""result":[]"#,
        ])
    func refusedHandshake(answer: String) throws {
        let harness = UpstreamHarness()
        try harness.onLink { $0.openNow() }
        let (call, _) = try harness.call()
        try harness.onLink { link in
            link.receive(#"{"jsonrpc":"2.0","id":\#(link.lastRequestID(.initialize) ?? 0),\#(answer)}"#)
        }
        #expect(harness.recorder.losses.map(\.code) == [.handshakeRefused])
        #expect(call.failures.map(\.code) == [.handshakeRefused])
        #expect(call.failures.first?.nothingSent == true)
        #expect(try harness.link.isClosed)
        #expect(harness.isWaiting)
    }

    @Test(
        "A loss is reported before the calls that it ends hear of it, whether they were sent or not",
        arguments: [true, false])
    func lossIsReportedFirst(isReady: Bool) throws {
        let harness = UpstreamHarness()
        try harness.onLink { $0.openNow() }
        if isReady { try harness.becomeReady() }
        let (call, _) = try harness.call()
        var lossesSeen: Int?
        call.ended = { [recorder = harness.recorder] in lossesSeen = recorder.losses.count }
        var lossesSeenByWaiter: Int?
        harness.eventLoop.perform { [recorder = harness.recorder] in
            harness.upstream.whenReady { _ in lossesSeenByWaiter = recorder.losses.count }
        }
        try harness.onLink { $0.breakDown(UpstreamFailure(.processEnded, "it ended with exit status 3")) }
        #expect(lossesSeen == 1)
        #expect(lossesSeenByWaiter == (isReady ? 0 : 1))
    }

    @Test("A handshake that is refused without an identifier is refused at once, not when the time is over")
    func refusedHandshakeWithoutID() throws {
        let harness = UpstreamHarness()
        try harness.onLink { $0.openNow() }
        try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}"#) }
        #expect(harness.recorder.losses.map(\.code) == [.handshakeRefused])
    }

    @Test("A server that does not complete the handshake in time is given up and tried again")
    func startTimeout() throws {
        let harness = UpstreamHarness { $0.startTimeout = .seconds(30) }
        try harness.onLink { $0.openNow() }
        harness.eventLoop.advance(by: .milliseconds(29_999))
        #expect(harness.recorder.losses.isEmpty)
        harness.eventLoop.advance(by: .milliseconds(1))
        #expect(harness.recorder.losses.map(\.code) == [.timedOut])
        #expect(try harness.link.isClosed)
        harness.eventLoop.advance(by: .seconds(1))
        #expect(harness.server.links.count == 2)
    }

    @Test("A handshake in time leaves no timer that could end the conversation later")
    func startTimerCancelled() throws {
        let harness = UpstreamHarness { $0.startTimeout = .seconds(30) }
        try harness.becomeReady()
        harness.eventLoop.advance(by: .seconds(120))
        #expect(harness.isReady)
        #expect(harness.recorder.losses.isEmpty)
    }

    @Test("Who asks when the server is ready is told once, at once or later")
    func whenReady() throws {
        let harness = UpstreamHarness()
        var outcomes: [Bool] = []
        func ask() {
            harness.eventLoop.perform {
                harness.upstream.whenReady { result in outcomes.append((try? result.get()) != nil) }
            }
        }
        ask()
        #expect(outcomes.isEmpty)
        try harness.becomeReady()
        #expect(outcomes == [true])
        ask()
        #expect(outcomes == [true, true])
        harness.eventLoop.perform { harness.upstream.close() }
        ask()
        #expect(outcomes == [true, true, false])
    }

    // MARK: The queue

    @Test("As many calls as allowed are in flight, and the next goes when one ends")
    func inFlightLimit() throws {
        let harness = UpstreamHarness { $0.maximumCallsInFlight = 2 }
        try harness.becomeReady()
        let calls = try (0..<4).map { _ in try harness.call() }
        #expect(try harness.link.callIDs == calls.prefix(2).map(\.1))
        #expect(harness.upstream.callsInFlight == 4)
        try harness.onLink { $0.answer(calls[0].1) }
        #expect(try harness.link.callIDs == calls.prefix(3).map(\.1))
        harness.cancel(calls[1].1)
        #expect(try harness.link.callIDs == calls.map(\.1))
    }

    @Test("As many calls wait as allowed, and one more is refused at once")
    func queueLimit() throws {
        let harness = UpstreamHarness { $0.maximumQueuedCalls = 3 }
        let calls = try (0..<4).map { _ in try harness.call() }
        #expect(calls.map(\.0.endings) == [0, 0, 0, 1])
        #expect(calls[3].0.failures.first?.code == .overloaded)
        #expect(calls[3].0.failures.first?.nothingSent == true)
    }

    @Test("A call that waits too long fails without having been sent")
    func queueTimeout() throws {
        let harness = UpstreamHarness {
            $0.callTimeout = .seconds(10)
            $0.startTimeout = .seconds(100)
        }
        let (call, id) = try harness.call()
        harness.eventLoop.advance(by: .seconds(9))
        #expect(call.endings == 0)
        harness.eventLoop.advance(by: .seconds(2))
        #expect(call.failures.map(\.code) == [.timedOut])
        #expect(call.failures.first?.nothingSent == true)
        try harness.becomeReady()
        #expect(try !harness.link.callIDs.contains(id))
    }

    @Test("A call that is cancelled while it waits is never sent, and nobody is told")
    func cancelQueued() throws {
        let harness = UpstreamHarness()
        let (call, id) = try harness.call()
        harness.cancel(id)
        try harness.becomeReady()
        #expect(try harness.link.callIDs.isEmpty)
        #expect(try harness.link.notifications(.cancelled).isEmpty)
        #expect(call.endings == 0)
    }

    // MARK: Loss and return

    @Test("When the server is lost every call in flight fails exactly once and is never sent again")
    func lossInFlight() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        harness.eventLoop.advance(by: .seconds(10))
        let calls = try (0..<50).map { _ in try harness.call() }
        try harness.onLink { $0.breakDown() }
        #expect(calls.allSatisfy { $0.0.failures.map(\.code) == [.processEnded] && $0.0.endings == 1 })
        #expect(calls.allSatisfy { $0.0.failures.first?.nothingSent == false }, "they may have been executed")
        try harness.becomeReady()
        #expect(try harness.link.callIDs.isEmpty)
        #expect(harness.upstream.callsInFlight == 0)
    }

    @Test("A server that had been up for a while is started again at once, and calls that wait survive")
    func restartAtOnce() throws {
        let harness = UpstreamHarness { $0.maximumCallsInFlight = 1 }
        try harness.becomeReady()
        harness.eventLoop.advance(by: .seconds(10))
        let (sent, _) = try harness.call()
        let (waiting, waitingID) = try harness.call()
        try harness.onLink { $0.breakDown() }
        #expect(harness.server.links.count == 2, "without any wait")
        #expect(sent.endings == 1)
        #expect(waiting.endings == 0)
        try harness.becomeReady()
        #expect(try harness.link.callIDs == [waitingID])
        #expect(harness.recorder.readiness == [false, true])
        #expect(harness.upstream.restarts == 1)
    }

    @Test("A server that never comes up is tried ever more rarely, and for ever")
    func retries() throws {
        let harness = UpstreamHarness()
        var starts = 1
        for _ in 0..<60 {
            try harness.onLink { if !$0.isClosed { $0.breakDown(UpstreamFailure(.notReachable, "refused")) } }
            harness.eventLoop.advance(by: .seconds(1))
            starts = harness.server.links.count
        }
        #expect(starts <= 8, "in the first minute")
        let before = harness.server.links.count
        for _ in 0..<600 {
            try harness.onLink { if !$0.isClosed { $0.breakDown(UpstreamFailure(.notReachable, "refused")) } }
            harness.eventLoop.advance(by: .seconds(1))
        }
        let later = harness.server.links.count - before
        #expect(later >= 8 && later <= 13, "once a minute: \(later)")
        for _ in 0..<100 where try harness.link.isClosed { harness.eventLoop.advance(by: .seconds(1)) }
        try harness.becomeReady()
        #expect(harness.isReady)
    }

    @Test("A call while the next attempt is far off fails at once with the reason")
    func failsFast() throws {
        let harness = UpstreamHarness()
        try harness.failUntilFar()
        let (call, _) = try harness.call()
        #expect(call.failures.map(\.code) == [.notReachable])
        #expect(call.failures.first?.nothingSent == true)
    }

    @Test("A call to a remote server brings the next attempt forward, at most once a second, and waits for it")
    func demandedRetry() throws {
        let harness = UpstreamHarness(startsProcesses: false) { $0.backoffMinimum = .seconds(30) }
        try harness.onLink { $0.breakDown(UpstreamFailure(.notReachable, "refused")) }
        let attempts = harness.server.links.count
        let (call, _) = try harness.call()
        #expect(call.failures.isEmpty)
        harness.eventLoop.advance(by: .seconds(1))
        #expect(harness.server.links.count == attempts + 1)
        try harness.becomeReady()
        #expect(try harness.link.requests(.toolsCall).count == 1)
    }

    @Test("Once a remote server has failed too often a call still brings the next attempt forward, but fails at once")
    func demandedProbe() throws {
        let harness = UpstreamHarness(startsProcesses: false)
        try harness.failUntilFar()
        let attempts = harness.server.links.count
        let (call, _) = try harness.call()
        #expect(call.failures.map(\.code) == [.notReachable])
        #expect(call.failures.first?.pause?.seconds ?? 9 <= 1)
        harness.eventLoop.advance(by: .seconds(1))
        #expect(harness.server.links.count == attempts + 1)
        try harness.becomeReady()
        #expect(try harness.call().0.endings == 0)
        #expect(try harness.link.requests(.toolsCall).count == 1)
    }

    @Test("A call while the next attempt is near waits for it")
    func waitsForNearRetry() throws {
        let harness = UpstreamHarness()
        try harness.onLink { $0.breakDown(UpstreamFailure(.notReachable, "refused")) }
        #expect(harness.isWaiting)
        let (call, id) = try harness.call()
        #expect(call.endings == 0)
        harness.eventLoop.advance(by: .seconds(1))
        try harness.becomeReady()
        #expect(try harness.link.callIDs == [id])
    }

    @Test("Closing ends everything once, and nothing is started again")
    func close() throws {
        let harness = UpstreamHarness { $0.maximumCallsInFlight = 1 }
        try harness.becomeReady()
        harness.eventLoop.advance(by: .seconds(10))
        let calls = try (0..<3).map { _ in try harness.call() }
        harness.eventLoop.perform { harness.upstream.close() }
        harness.eventLoop.perform { harness.upstream.close() }
        #expect(calls.allSatisfy { $0.0.failures.map(\.code) == [.closed] })
        harness.eventLoop.advance(by: .seconds(300))
        #expect(harness.server.links.count == 1)
        #expect(try harness.link.isClosed)
        let (late, _) = try harness.call()
        #expect(late.failures.map(\.code) == [.closed])
        #expect(harness.eventLoop.openTimers == 0)
    }

    @Test("Closing while the next attempt is due stops it")
    func closeWhileWaiting() throws {
        let harness = UpstreamHarness()
        try harness.onLink { $0.breakDown() }
        harness.eventLoop.perform { harness.upstream.close() }
        harness.eventLoop.advance(by: .seconds(300))
        #expect(harness.server.links.count == 1)
    }
}
