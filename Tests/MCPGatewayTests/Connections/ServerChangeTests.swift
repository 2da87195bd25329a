import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Synchronization
import Testing

@testable import MCPGateway

/// A server that is renewed, retired or withdrawn while clients use it.
@Suite(.timeLimit(.minutes(1))) struct ServerChangeTests {
    @Test("A session outlives the renewal of its server, and calls under way are answered")
    func renewal() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        let (slow, slowID) = try client.callWithID()
        let old = try client.link
        let outcomes = Mutex<[String]>([])
        let links = harness.script.links.count
        harness.server.renew(with: nil, grace: .seconds(60)) { failure, _ in
            outcomes.withLock { $0.append(failure?.detail ?? "") }
        }
        harness.settle()
        // The connection that is always there first, then that of the session.
        for link in harness.script.links.dropFirst(links) { harness.upstreams.perform { link.completeHandshake() } }
        harness.settle()
        for link in harness.script.links.dropFirst(links + 1) { harness.upstreams.perform { link.completeHandshake() } }
        harness.settle()
        #expect(outcomes.withLock { $0 } == [""])
        try harness.serverAnswers(slowID, on: old)
        #expect(slow.answers.count == 1)
        let new = try client.link
        #expect(new !== old)
        let (next, nextID) = try client.callWithID(
            #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"t"}}"#)
        try harness.serverAnswers(nextID, on: new)
        #expect(next.answers.count == 1)
    }

    @Test("A factory whose first link fails is not kept")
    func failedRenewal() throws {
        let harness = GatewayHarness()
        harness.server.start()
        harness.settle()
        _ = try harness.open()
        let other = ScriptedLinks()
        let outcomes = Mutex<[String]>([])
        harness.server.renew(with: other.factory, grace: .seconds(60)) { failure, _ in
            outcomes.withLock { $0.append(failure?.detail ?? "") }
        }
        harness.settle()
        let failing = try #require(other.links.first)
        harness.upstreams.perform { failing.breakDown() }
        harness.settle()
        #expect(outcomes.withLock { $0 } == ["it ended"])
        #expect(harness.server.status.state == .ready)
        let before = harness.script.links.count
        harness.server.renew(with: nil, grace: .seconds(60)) { _, _ in }
        harness.settle()
        #expect(other.links.count == 1)
        #expect(harness.script.links.count == before + 1)
    }

    @Test("A retired server finishes its calls, refuses further ones, and says when it is idle")
    func retirement() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        let (slow, slowID) = try client.callWithID()
        let isIdle = Mutex(false)
        harness.server.retire()
        harness.server.whenIdle { isIdle.withLock { $0 = true } }
        #expect(harness.server.callsInFlight == 1)
        let refused = try client.call()
        #expect(refused.answers.first?.contains("is being removed") == true)
        #expect(!isIdle.withLock { $0 })
        try harness.serverAnswers(slowID, on: client.link)
        #expect(slow.answers.count == 1)
        #expect(isIdle.withLock { $0 })
        #expect(harness.server.callCount == 1)
    }

    @Test("Sessions of one server end without those of another")
    func closing() throws {
        let harness = GatewayHarness()
        _ = try harness.open()
        #expect(harness.gateway.sessions.count == 1)
        harness.gateway.closeSessions(of: harness.server, reason: "the server was removed")
        harness.settle()
        #expect(harness.gateway.sessions.count == 0)
    }
}
