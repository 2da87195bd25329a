import Logging
import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPGateway

@Suite struct SessionStoreTests {
    @Test("A session is found by its own principal on its own offer, and by nobody else")
    func foreign() throws {
        let harness = GatewayHarness()
        let alice = Principal(name: "alice")
        let session = try harness.open(alice).session
        let other = Offer(name: "other", Member(harness.server), logger: .init(label: "t"))
        let sessions = harness.gateway.sessions
        #expect(sessions.find(session.id, principal: alice, offer: harness.offer) === session)
        #expect(sessions.find(session.id, principal: .anonymous, offer: harness.offer) == nil)
        #expect(sessions.find(session.id, principal: alice, offer: other) == nil)
        #expect(sessions.find(session.id + "x", principal: alice, offer: harness.offer) == nil)
        #expect(sessions.find("", principal: alice, offer: harness.offer) == nil)
        harness.clients.perform { session.close(reason: "test") }
        #expect(sessions.find(session.id, principal: alice, offer: harness.offer) == nil)
        #expect(sessions.count == 0)
    }

    @Test("Identifiers are long, visible and never the same")
    func identifiers() {
        let ids = Set((0..<1_000).map { _ in SessionStore.makeID() })
        #expect(ids.count == 1_000)
        #expect(ids.allSatisfy { $0.utf8.count == 32 && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } })
    }

    @Test("As many sessions as allowed may be open, in all and for each principal")
    func room() throws {
        let harness = GatewayHarness { limits in
            limits.maximumSessions = 3
            limits.maximumSessionsPerPrincipal = 2
        }
        let alice = Principal(name: "alice")
        let bob = Principal(name: "bob")
        let first = try harness.open(alice)
        _ = try harness.open(alice)
        let refused = try harness.beginOpening(alice)
        #expect(try refused.answer?.kind == .error)
        _ = try harness.open(bob)
        #expect(try harness.beginOpening(bob).answer?.kind == .error, "three in all")
        first.close()
        _ = try harness.open(bob)
        #expect(harness.gateway.sessions.count == 3)
    }
}
