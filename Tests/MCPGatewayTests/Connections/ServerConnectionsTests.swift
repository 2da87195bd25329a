import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// Which connections there are to a server, and when they end.
@Suite(.timeLimit(.minutes(1))) struct ServerConnectionsTests {
    @Test(
        "Sessions share a connection as the isolation says",
        arguments: [
            (Isolation.shared, 1), (.principal, 3), (.session, 4),
        ])
    func sharing(isolation: Isolation, links: Int) throws {
        let harness = GatewayHarness(isolation: isolation)
        let alice = Principal(name: "alice")
        _ = try harness.open(alice)
        _ = try harness.open(alice)
        _ = try harness.open(alice, capabilities: "{}")
        _ = try harness.open(Principal(name: "bob"))
        #expect(harness.script.links.count == links)
    }

    @Test("A connection of one session ends with it")
    func ofOneSession() throws {
        let harness = GatewayHarness(isolation: .session)
        let client = try harness.open()
        let link = try client.link
        client.close()
        #expect(link.isClosed)
    }

    @Test(
        "That one caller's calls fail again and again is said of the server, unless callers are let in by what they bring",
        arguments: [true, false])
    func circuitOfOneCaller(isBrought: Bool) throws {
        let rules = isBrought ? [PassedFields.Rule(clientName: "X-Key", upstreamName: "Key")] : []
        let harness = GatewayHarness(passed: rules)
        _ = try harness.open(Principal(name: "alice"))
        let bob = try harness.open(Principal(name: "bob"))
        let link = try bob.link
        for _ in 0..<5 {
            let (_, id) = try bob.callWithID()
            harness.upstreams.perform { link.fail(id, UpstreamFailure(.unexpectedHTTPAnswer, "busy", status: 503)) }
            harness.settle()
        }
        // Bob's calls are not made for a while, whatever the server is said to be.
        _ = try bob.call()
        #expect(link.callIDs.count == 5)
        #expect((harness.server.status.circuit == nil) == isBrought)
    }

    @Test("A connection that nobody uses is closed after a while, but never the last one")
    func idle() throws {
        let harness = GatewayHarness(idleTimeout: .seconds(100))
        let alice = try harness.open(Principal(name: "alice"))
        let bob = try harness.open(Principal(name: "bob"))
        let carol = try harness.open(Principal(name: "carol"))
        let links = harness.script.links
        alice.close()
        bob.close()
        harness.advance(by: .seconds(99))
        #expect(links.allSatisfy { !$0.isClosed })
        harness.advance(by: .seconds(2))
        #expect(links.map(\.isClosed) == [true, true, false])
        carol.close()
        harness.advance(by: .seconds(1_000))
        #expect(!links[2].isClosed, "somebody may come, and its lists are known")
    }

    @Test("A connection in use is not idle, however long")
    func inUse() throws {
        let harness = GatewayHarness(idleTimeout: .seconds(100))
        _ = try harness.open(Principal(name: "alice"))
        _ = try harness.open(Principal(name: "bob"))
        harness.advance(by: .seconds(10_000))
        #expect(harness.script.links.allSatisfy { !$0.isClosed })
    }

    @Test("A session that comes back in time finds the connection it left")
    func comesBack() throws {
        let harness = GatewayHarness(idleTimeout: .seconds(100))
        let alice = try harness.open(Principal(name: "alice"))
        _ = try harness.open(Principal(name: "bob"))
        alice.close()
        harness.advance(by: .seconds(99))
        let again = try harness.open(Principal(name: "alice"))
        harness.advance(by: .seconds(99))
        #expect(try again.link === harness.script.links.first)
        #expect(harness.script.links.allSatisfy { !$0.isClosed })
    }

    @Test("After the end no connection is opened any more, also for one who comes late")
    func closed() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        let reply = try client.call()
        harness.server.close()
        harness.settle()
        #expect(harness.script.links.allSatisfy { $0.isClosed })
        #expect(reply.answers.count == 1)
        let outcome = try harness.beginOpening(Principal(name: "late"))
        #expect(try outcome.answer?.kind == .error)
        harness.advance(by: .seconds(1_000))
        #expect(harness.script.links.allSatisfy { $0.isClosed })
    }

    @Test("The status follows the server: starting, ready with its counts, failed with its words, ready again")
    func status() throws {
        let harness = GatewayHarness()
        harness.server.start()
        harness.settle()
        #expect(harness.server.status.state == .starting)
        let link = try harness.script.link
        link.processID = 4_711
        harness.upstreams.perform { link.completeHandshake(capabilities: #"{"tools":{},"prompts":{}}"#) }
        harness.settle()
        #expect(harness.server.status.state == .ready)
        #expect(harness.server.status.processID == 4_711)
        #expect(!harness.server.status.isCatalogKnown)
        try harness.serverAnswers(
            try #require(link.lastRequestID(.toolsList)),
            result: #"{"tools":[{"name":"1"},{"name":"2"}],"nextCursor":"a\"b"}"#)
        let page = try #require(link.requests(.toolsList).last)
        #expect(page.message.params?["cursor"]?.string == "a\"b")
        try harness.serverAnswers(try #require(link.lastRequestID(.toolsList)), result: #"{"tools":[{"name":"3"}]}"#)
        try harness.serverSays(
            #"{"jsonrpc":"2.0","id":\#(try #require(link.lastRequestID(.promptsList))),"error":{"code":1,"message":"m"}}"#
        )
        #expect(harness.server.status.isCatalogKnown)
        #expect(harness.server.status.tools == 3)
        #expect(harness.server.status.resources == nil)
        link.recentErrorOutput = ["last words"]
        harness.upstreams.perform { link.breakDown(UpstreamFailure(.processEnded, "it ended with exit status 3")) }
        harness.settle()
        harness.upstreams.advance(by: .milliseconds(1))
        let new = try harness.script.link
        if new !== link {
            harness.upstreams.perform { new.breakDown(UpstreamFailure(.processEnded, "it ended again")) }
        }
        harness.settle()
        #expect(harness.server.status.state == .failed)
        #expect(harness.server.status.error != nil)
        harness.advance(by: .seconds(5))
        let last = try harness.script.link
        harness.upstreams.perform { last.completeHandshake() }
        harness.settle()
        #expect(harness.server.status.state == .ready)
        #expect(harness.server.status.error == nil && harness.server.status.restarts > 0)
    }

    @Test("A server that repeats a cursor or pages for ever is not followed any further")
    func endlessPages() throws {
        let harness = GatewayHarness()
        harness.server.start()
        harness.settle()
        let link = try harness.script.link
        harness.upstreams.perform { link.completeHandshake(capabilities: #"{"tools":{}}"#) }
        harness.settle()
        for _ in 0..<5 where !harness.server.status.isCatalogKnown {
            try harness.serverAnswers(
                try #require(link.lastRequestID(.toolsList)), result: #"{"tools":[1],"nextCursor":"same"}"#)
        }
        #expect(harness.server.status.isCatalogKnown)
        #expect(link.requests(.toolsList).count == 2)
    }
}
