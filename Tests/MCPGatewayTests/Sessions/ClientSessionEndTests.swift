import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// How a client's session ends, and that nothing of it stays behind.
@Suite(.timeLimit(.minutes(1))) struct ClientSessionEndTests {
    @Test("Closing a session cancels its calls, refuses its questions and closes its outlet")
    func close() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        let other = try harness.open()
        let (reply, id) = try client.callWithID()
        let (foreign, foreignID) = try other.callWithID()
        try harness.serverSays(#"{"jsonrpc":"2.0","id":"q","method":"roots/list"}"#)
        #expect(reply.messages.count == 1, "the question is with the client")
        client.close()
        client.close()
        #expect(reply.endings == 1, "a client that still listens learns why")
        let link = try other.link
        #expect(link.notifications(.cancelled).map { $0.message.view($0.message.envelope.requestID)?.integer } == [id])
        #expect(link.responses.count == 1)
        #expect(link.responses[0].text.contains(#""id":"q","error""#))
        #expect(client.outlet.isClosed)
        try harness.serverAnswers(foreignID)
        #expect(foreign.answers.count == 1, "others are not touched")
        #expect(harness.gateway.sessions.count == 1)
        #expect(harness.gateway.calls.total == 0)
        #expect(reply.cameTooLate.isEmpty)
    }

    @Test("A request to a session that has ended is refused")
    func afterClose() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        client.close()
        #expect(try client.call().answers.first?.contains("has ended") == true)
        #expect(harness.gateway.calls.total == 0)
    }

    @Test("A session that nobody uses expires; one with a call or an open outlet does not; each ends at its life time")
    func expiry() throws {
        let harness = GatewayHarness { limits in
            limits.sessionIdleTimeout = .seconds(100)
            limits.sessionLifetime = .seconds(1_000)
        }
        let idle = try harness.open()
        idle.outlet.isOpen = false
        let listening = try harness.open()
        let calling = try harness.open()
        calling.outlet.isOpen = false
        _ = try calling.call()
        func sweep(after seconds: Int64) {
            harness.advance(by: .seconds(seconds))
            harness.gateway.closeExpiredSessions()
            harness.settle()
        }
        sweep(after: 99)
        #expect(harness.gateway.sessions.count == 3)
        sweep(after: 2)
        #expect(idle.session.isClosed && !listening.session.isClosed && !calling.session.isClosed)
        sweep(after: 900)
        #expect(harness.gateway.sessions.count == 0)
    }

    @Test("A session for one request ends with it and gives everything back")
    func oneRequest() throws {
        let harness = GatewayHarness()
        for _ in 0..<3 {
            let session = try harness.openForOneRequest()
            for link in harness.script.links where link.version == nil {
                harness.upstreams.perform { link.completeHandshake() }
            }
            let reply = ReplyRecorder()
            let request = try Message(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
            harness.clients.perform {
                session.receive(request: request, reply)
                session.endWithItsCalls()
            }
            harness.settle()
            let id = try #require(try harness.script.link.callIDs.last)
            try harness.serverAnswers(id)
            #expect(reply.answers.count == 1)
            #expect(session.isClosed)
        }
        #expect(harness.script.links.count == 1, "they share one connection")
        #expect(harness.gateway.calls.total == 0)
    }

    @Test("Closed sessions are freed")
    func freed() throws {
        weak var session: ClientSession?
        let harness = GatewayHarness()
        do {
            let client = try harness.open()
            let (_, id) = try client.callWithID()
            try harness.serverSays(#"{"jsonrpc":"2.0","id":"q","method":"roots/list"}"#)
            _ = id
            session = client.session
            client.close()
        }
        harness.settle()
        #expect(session == nil)
    }
}
