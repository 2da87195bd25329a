import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Synchronization
import Testing

@testable import MCPGateway

/// How a session comes to its server, and what becomes of calls that come before it has.
@Suite(.timeLimit(.minutes(1))) struct LegTests {
    private static let tools = #"{"tools":{"listChanged":true}}"#

    /// A client whose leg nobody has opened, at a server of which nothing is known.
    private func unopened(_ harness: GatewayHarness) throws -> TestClient {
        let session = ClientSession(
            id: "s",
            principal: .anonymous,
            offer: harness.offer,
            version: .november2025,
            declaration: ClientDeclaration(clientInfo: ByteBuffer(string: "{}")),
            eventLoop: harness.clients,
            gateway: harness.gateway
        )
        return try TestClient(session, harness)
    }

    /// How many hold connections of the server.
    private func holders(_ harness: GatewayHarness) -> Int {
        harness.server.state.withLock { $0.entries.values.reduce(0) { $0 + $1.holders } }
    }

    private func call(_ id: Int) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"t\#(id)"}}"#
    }

    /// A server without handshake says what it is, on a link that asks for the first time.
    private func discover(_ link: ScriptedLink, _ harness: GatewayHarness) {
        harness.upstreams.perform {
            link.openNow()
            link.completeDiscovery(capabilities: Self.tools)
        }
        harness.settle()
    }

    /// It says so once more, because a session asks.
    private func introduce(_ link: ScriptedLink, _ harness: GatewayHarness) throws {
        try harness.serverAnswers(
            try #require(link.lastRequestID(.serverDiscover)),
            result: #"{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":\#(Self.tools)}"#,
            on: link)
    }

    @Test(
        "Calls that wait until the leg is open, or in the server's queue, go with the credentials with which they came")
    func ownCredentials() throws {
        let rules = [PassedFields.Rule(clientName: "X-Key", upstreamName: "Key")]
        var limits = UpstreamLimits()
        limits.maximumCallsInFlight = 1
        let harness = GatewayHarness(isolation: .session, era: .detected, upstreamLimits: limits, passed: rules)
        let client = try unopened(harness)
        func says(_ value: String) -> PassedFields { PassedFields(["X-Key"]) { _ in [value] } }
        func calls(_ numbers: ClosedRange<Int>) throws {
            for number in numbers {
                harness.clients.perform { client.session.take(says("\(number)")) }
                _ = try client.call(call(number))
            }
        }
        try calls(1...3)
        // The caller's connection tells what the server is, then the session opens its own.
        for link in harness.script.links {
            harness.upstreams.perform {
                link.openNow()
                if let id = link.lastRequestID(.serverDiscover) {
                    link.receive(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32601,"message":"no"}}"#)
                }
                link.completeHandshake(capabilities: Self.tools)
            }
        }
        harness.settle()
        let own = try harness.script.link
        harness.clients.perform { own.completeHandshake(capabilities: Self.tools) }
        harness.settle()
        try calls(4...6)
        for _ in 1...6 {
            harness.settle()
            guard let id = own.lastRequestID(.toolsCall) else { continue }
            harness.clients.perform { own.answer(id) }
        }
        let sent = own.requests(.toolsCall)
        #expect(sent.map { $0.message.view($0.message.envelope.name)?.string } == (1...6).map { "t\($0)" })
        #expect(sent.map { $0.brought?.fields.first?.value } == (1...6).map { "\($0)" })
    }

    @Test("The first call opens the leg; those that came meanwhile are sent in their order, and cancelled ones are not")
    func waits() throws {
        let harness = GatewayHarness(era: .detected)
        let client = try unopened(harness)
        #expect(harness.script.links.isEmpty)
        let replies = try (1...3).map { try client.call(call($0)) }
        #expect(client.session.callsInFlight == 3)
        #expect(harness.clients.within { client.session.isInFlight(.integer(2)) })
        #expect(harness.gateway.calls.total == 0 && client.session.legs.first?.current == nil)
        try client.notify(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"#)
        #expect(replies[1].abandonments == 1 && client.session.callsInFlight == 2)

        harness.serverIsThere(capabilities: Self.tools)
        let sent = try harness.script.link.requests(.toolsCall).map { $0.message.params?["name"]?.string }
        #expect(sent == ["t1", "t3"] && harness.script.links.count == 1)
        #expect(client.session.legs.first?.current?.era == .modern && harness.gateway.calls.total == 2)
        for id in try harness.script.link.callIDs { try harness.serverAnswers(id) }
        #expect(replies.map(\.answers.count) == [1, 0, 1] && client.session.callsInFlight == 0)
    }

    @Test("A session that ends with its calls does not end before those that wait for its server")
    func endsWithWaiting() throws {
        let harness = GatewayHarness(era: .detected)
        let client = try unopened(harness)
        let reply = try client.call(call(1))
        harness.clients.perform { client.session.endWithItsCalls() }
        #expect(!client.session.isClosed)
        harness.serverIsThere(capabilities: Self.tools)
        try harness.serverAnswers(try #require(try harness.script.link.callIDs.last))
        #expect(reply.answers.count == 1 && client.session.isClosed)
    }

    @Test("A session that ends with its calls ends when the last one that waits for its server is cancelled")
    func endsWithCancelled() throws {
        let harness = GatewayHarness(era: .detected)
        let client = try unopened(harness)
        let reply = try client.call(call(1))
        harness.clients.perform { client.session.endWithItsCalls() }
        try client.notify(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        #expect(reply.abandonments == 1 && client.session.isClosed)
    }

    @Test("When the session ends, everybody who waits for its server is told so, and the connection is given back")
    func closes() throws {
        let harness = GatewayHarness(era: .detected)
        let client = try unopened(harness)
        let reply = try client.call(call(1))
        client.close()
        #expect(reply.answers.count == 1 && reply.answers.first?.contains("the call was ended: test") == true)
        harness.serverIsThere(capabilities: Self.tools)
        #expect(try harness.script.link.requests(.toolsCall).isEmpty)

        let opening = try harness.beginOpening()
        #expect(harness.gateway.sessions.count == 1 && opening.opening == nil)
        harness.gateway.closeAllSessions(reason: "test")
        harness.settle()
        #expect(try opening.answer?.kind == .error && harness.gateway.sessions.count == 0)
        #expect(holders(harness) == 0)
    }

    @Test("Only so many calls wait until the server is known")
    func bound() throws {
        let harness = GatewayHarness(era: .detected)
        let client = try unopened(harness)
        for id in 1...Leg.maximumWaiting { #expect(try client.call(call(id)).answers.isEmpty) }
        #expect(try client.call(call(0)).answers.first?.contains("too many calls wait") == true)
        client.close()
    }

    @Test("A session that finds its server to be of another era than remembered is opened for the one that it is")
    func secondAttempt() throws {
        let harness = GatewayHarness(era: .detected)
        harness.server.start()
        harness.settle()
        let former = try harness.script.link
        harness.upstreams.perform { former.openNow() }
        let probe = try #require(former.lastRequestID(.serverDiscover))
        try harness.serverSays(#"{"jsonrpc":"2.0","id":\#(probe),"error":{"code":-32601,"message":"m"}}"#)
        harness.serverIsThere()
        harness.server.eraMemory.forget()

        let opening = try harness.beginOpening()
        let own = try harness.script.link
        #expect(own !== former, "a server with a handshake has a connection for what this client declares")
        harness.upstreams.perform { former.breakDown() }
        harness.advance(by: .seconds(3))
        discover(try harness.script.link, harness)
        let link = try harness.script.link
        discover(link, harness)
        discover(own, harness)
        try introduce(own, harness)
        #expect(opening.opening == nil, "it is asked once more, on the connection that serves everybody")
        try introduce(link, harness)
        let session = try opening.session
        #expect(session.legs.first?.current?.era == .modern && harness.gateway.sessions.count == 1)
        let client = try TestClient(session, harness)
        let (reply, id) = try client.callWithID()
        let sent = try #require(link.requests(.toolsCall).last)
        #expect(sent.message.envelope.metadata.protocolVersion != nil)
        try harness.serverAnswers(id, result: #"{"resultType":"complete","content":[]}"#)
        #expect(reply.answers.count == 1)
        client.close()
        #expect(holders(harness) == 0)
    }
}
