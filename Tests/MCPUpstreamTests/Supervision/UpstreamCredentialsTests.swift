import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// A server that refuses what callers bring, and what becomes of it.
@Suite(.timeLimit(.minutes(1))) struct UpstreamCredentialsTests {
    private static let rules = [PassedFields.Rule(clientName: "X-Key", upstreamName: "Key")]
    private static let refused = brought("wrong").judged(UpstreamFailure(.unauthorized, "it answered 401", status: 401))

    private static func brought(_ value: String?) -> BroughtFields {
        BroughtFields(PassedFields(["X-Key"]) { _ in value.map { [$0] } ?? [] }, rules)
    }

    private func refused(_ harness: UpstreamHarness) throws {
        try harness.onLink { $0.openNow() }
        try harness.onLink { $0.breakDown(Self.refused) }
    }

    @Test("Nothing is tried again by itself, and no circuit opens, however often callers are refused")
    func waits() throws {
        let harness = UpstreamHarness(startsProcesses: false)
        try refused(harness)
        harness.eventLoop.advance(by: .minutes(10))
        #expect(harness.isWaiting && harness.server.links.count == 1)
        for count in 2...12 {
            let (call, _) = try harness.call()
            harness.eventLoop.advance(by: .seconds(1))
            #expect(harness.server.links.count == count, "whoever calls is heard")
            try refused(harness)
            #expect(call.failures.map(\.code) == [.callerRefused] && call.failures.allSatisfy { $0.pause == nil })
        }
        #expect(harness.upstream.circuit.isClean)
    }

    @Test("Callers that are refused do not have the server asked more often than once a second")
    func rarely() throws {
        let harness = UpstreamHarness(startsProcesses: false)
        try refused(harness)
        let calls = try (0..<50).map { _ in try harness.call().0 }
        #expect(harness.server.links.count == 1 && calls.allSatisfy { $0.endings == 0 })
        harness.eventLoop.advance(by: .seconds(1))
        #expect(harness.server.links.count == 2)
        try harness.becomeReady()
        #expect(try harness.link.callIDs.count == 50)
    }

    @Test("Something else is tried at once")
    func changes() throws {
        let harness = UpstreamHarness(startsProcesses: false)
        try refused(harness)
        harness.eventLoop.perform { harness.upstream.pass(Self.brought("right")) }
        #expect(harness.server.links.count == 2 && harness.isStarting)
    }

    @Test("What is brought while the server is being asked with something else is tried when that is refused")
    func changesMeanwhile() throws {
        let harness = UpstreamHarness(startsProcesses: false)
        let (call, _) = try harness.call()
        harness.eventLoop.perform { harness.upstream.pass(Self.brought("right")) }
        #expect(try harness.link.brought == Self.brought("right"))
        try refused(harness)
        #expect(harness.server.links.count == 2 && call.endings == 0)
        try harness.becomeReady()
        #expect(try harness.link.callIDs.count == 1)
    }

    private func call(_ harness: UpstreamHarness, _ brought: String?) throws -> ExchangeRecorder {
        var request = OutgoingRequest(
            try Message(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}"#))
        request.brought = Self.brought(brought)
        return try harness.call(request).0
    }

    @Test("A refusal of what one call brings is none of others that wait, and the next one's is tried")
    func othersWait() throws {
        let harness = UpstreamHarness(startsProcesses: false)
        try refused(harness)
        harness.eventLoop.advance(by: .minutes(1))
        let calls = try ["wrong", "right", "wrong", nil].map { try call(harness, $0) }
        harness.eventLoop.advance(by: .seconds(1))
        #expect(try harness.link.brought == Self.brought("wrong"))
        try refused(harness)
        #expect(calls.map(\.endings) == [1, 0, 1, 0] && harness.server.links.count == 3)
        #expect(try harness.link.brought == Self.brought("right"))
        try harness.becomeReady()
        #expect(try harness.link.requests(.toolsCall).map(\.brought) == [Self.brought("right"), Self.brought(nil)])
    }

    @Test("A handshake goes with what it has begun with, whatever comes meanwhile")
    func handshake() throws {
        let harness = UpstreamHarness(startsProcesses: false)
        try refused(harness)
        _ = try call(harness, "right")
        harness.eventLoop.advance(by: .seconds(1))
        harness.eventLoop.perform { harness.upstream.pass(Self.brought(nil)) }
        try harness.becomeReady()
        let sent = try harness.link.requests(.initialize) + harness.link.notifications(.initialized)
        #expect(sent.count == 2 && sent.allSatisfy { $0.brought == Self.brought("right") })
    }

    @Test("A session that was lost is opened anew with what the call brings that has found that out")
    func lostSession() throws {
        let harness = UpstreamHarness(startsProcesses: false)
        try harness.becomeReady()
        _ = try call(harness, "right")
        harness.eventLoop.perform { harness.upstream.pass(Self.brought("wrong")) }
        let id = try #require(try harness.link.callIDs.first)
        try harness.onLink { $0.loseSession(id) }
        #expect(try harness.link.brought == Self.brought("right"))
    }

    @Test("A server that wants credentials is there: what it had failed with before does not count any more")
    func recovered() throws {
        let harness = UpstreamHarness(startsProcesses: false)
        for _ in 0..<Circuit.threshold {
            try harness.onLink { $0.breakDown(UpstreamFailure(.notReachable, "refused")) }
            for _ in 0..<120 where harness.isWaiting { harness.eventLoop.advance(by: .seconds(1)) }
        }
        #expect(harness.isStarting && !harness.upstream.circuit.isClean)
        try refused(harness)
        #expect(harness.upstream.circuit.isClean)
    }

    @Test("A call and its cancellation go with what its client has sent, whatever comes between")
    func ownFields() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        var request = OutgoingRequest(
            try Message(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}"#))
        request.brought = Self.brought("own")
        let (_, id) = try harness.call(request)
        harness.eventLoop.perform { harness.upstream.pass(Self.brought("other")) }
        harness.cancel(id)
        let sent = try [
            #require(harness.link.requests(.toolsCall).first), #require(harness.link.notifications(.cancelled).first),
        ]
        #expect(sent.allSatisfy { $0.brought == Self.brought("own") })
    }
}
