import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// How the era of a server decides who shares a connection, and what happens when it changes.
@Suite struct ServerEraTests {
    private static let tools = #"{"tools":{"listChanged":true}}"#

    /// A client with a session in front of a stateless server.
    private func open(
        _ harness: GatewayHarness,
        _ principal: Principal = .anonymous,
        capabilities: String = GatewayHarness.everything
    ) throws -> TestClient {
        let outcome = try harness.beginOpening(principal, capabilities: capabilities)
        harness.serverIsThere(capabilities: Self.tools)
        let link = try harness.script.link
        try harness.serverAnswers(
            try #require(link.lastRequestID(.serverDiscover)),
            result: #"{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":\#(Self.tools)}"#)
        return try TestClient(outcome.session, harness)
    }

    @Test("One connection to a stateless server serves everybody, and each request says whose it is")
    func oneForAll() throws {
        for era in [EraChoice.detected, .always(.modern)] {
            let harness = GatewayHarness(era: era)
            let alice = try open(harness, Principal(name: "alice"), capabilities: #"{"roots":{}}"#)
            let bob = try open(harness, Principal(name: "bob"), capabilities: #"{"sampling":{}}"#)
            let link = try harness.script.link
            #expect(harness.script.links.count == 1)
            for client in [alice, bob] { _ = try client.call() }
            _ = try harness.ask(Ask(capabilities: #"{"elicitation":{}}"#, principal: Principal(name: "carol")))
            let declared = link.requests(.toolsCall).map {
                $0.message.view($0.message.envelope.metadata.clientCapabilities?.value)?.bytes.text
            }
            #expect(declared == [#"{"roots":{}}"#, #"{"sampling":{}}"#, #"{"elicitation":{}}"#])
            #expect(harness.script.links.count == 1 && link.unreadable.isEmpty)
        }
    }

    @Test("What a stateless server is told on its own behalf names the proxy and no client")
    func ownRequests() throws {
        let harness = GatewayHarness(era: .detected)
        _ = try open(harness)
        let link = try harness.script.link
        for method in [MCPCore.Method.serverDiscover, .toolsList, .subscriptionsListen] {
            let sent = try #require(link.requests(method).first, "\(method)")
            let metadata = sent.message.envelope.metadata
            #expect(sent.message.view(metadata.clientInfo?.value)?["name"]?.string == "mcp-proxy")
            #expect(sent.message.view(metadata.clientCapabilities?.value)?.bytes.text == "{}")
        }
    }

    @Test("What needs no server is answered here, and a stateless server is never sent what it does not know")
    func answeredHere() throws {
        let harness = GatewayHarness(era: .detected)
        let client = try open(harness)
        let before = try client.link.sent.count
        #expect(try client.call(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#).answers.count == 1)
        let level = #"{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"%"}}"#
        #expect(
            try client.call(level.replacing("%", with: "warning")).answers == [#"{"jsonrpc":"2.0","id":1,"result":{}}"#]
        )
        #expect(try client.call(level.replacing("%", with: "loud")).answers.first?.contains("-32602") == true)
        for method in ["server/discover", "subscriptions/listen", "tasks/get"] {
            let reply = try client.call(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)"}"#)
            #expect(reply.answers.first?.contains("-32601") == true)
        }
        try client.notify(#"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#)
        try client.notify(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        #expect(try client.link.sent.count == before)
        _ = try client.call()
        let call = try #require(client.link.requests(.toolsCall).last)
        #expect(call.message.view(call.message.envelope.metadata.logLevel?.value)?.string == "warning")
    }

    @Test("A call of a client with a session says who asks and keeps every other byte")
    func translated() throws {
        let harness = GatewayHarness(era: .detected)
        let client = try open(harness)
        let (reply, id) = try client.callWithID(
            #"{"jsonrpc":"2.0","id":"c","method":"tools/call","params":{"name":"\u0074","arguments":{"n":1e400},"_meta":{"progressToken":"p","k":1.0}}}"#
        )
        let sent = try #require(client.link.requests(.toolsCall).last)
        #expect(sent.text.hasSuffix(#""progressToken":\#(id),"k":1.0}}}"#))
        #expect(
            sent.text.contains(
                #""params":{"name":"\u0074","arguments":{"n":1e400},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","#
            ))
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":\#(id),"progress":1}}"#)
        try harness.serverAnswers(id, result: #"{"resultType":"complete","content":[1.0]}"#)
        #expect(reply.messages.first?.contains(#""progressToken":"p""#) == true)
        #expect(reply.answers == [#"{"jsonrpc":"2.0","id":"c","result":{"content":[1.0]}}"#])
    }

    @Test("A server that comes back in another era ends the sessions and subscriptions that were made for the old one")
    func changed() throws {
        let harness = GatewayHarness(era: .detected)
        let client = try open(harness)
        let listening = try harness.ask(
            Ask(method: "subscriptions/listen", params: #""notifications":{"toolsListChanged":true}"#))
        let link = try harness.script.link
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":\#(try #require(link.lastRequestID(.subscriptionsListen)))},"notifications":{"toolsListChanged":true}}}"#
        )
        #expect(listening.messages.count == 1)
        let reply = try client.call()
        harness.advance(by: .seconds(2))
        harness.upstreams.perform { link.breakDown() }
        harness.settle()
        #expect(reply.answers.count == 1, "what was under way is lost")
        harness.advance(by: .seconds(1))
        let next = try harness.script.link
        harness.upstreams.perform { next.openNow() }
        let probe = try #require(next.lastRequestID(.serverDiscover))
        try harness.serverSays(#"{"jsonrpc":"2.0","id":\#(probe),"error":{"code":-32601,"message":"m"}}"#)
        harness.serverIsThere(capabilities: Self.tools)
        #expect(client.session.isClosed && client.outlet.isClosed && harness.gateway.sessions.count == 0)
        #expect(listening.answers.count == 1 && harness.gateway.subscriptions.all.isEmpty)
        #expect(next.isClosed && harness.server.eraMemory.era == .legacy)

        let again = try harness.open()
        let (second, id) = try again.callWithID()
        try harness.serverAnswers(id)
        #expect(second.answers.count == 1 && harness.gateway.calls.total == 0)
    }

    @Test("Log messages of a stateless server that name no call go to the only one that asked, and else to nobody")
    func logMessages() throws {
        let harness = GatewayHarness(era: .always(.modern))
        let log = #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":1}}"#
        let level = #""io.modelcontextprotocol/logLevel":"debug""#
        let (silent, _) = try harness.askWithID(Ask(id: "1"))
        let (first, _) = try harness.askWithID(Ask(id: "2", meta: level, principal: Principal(name: "alice")))
        try harness.serverSays(log)
        #expect(silent.messages.isEmpty && first.messages == [log])
        let (second, _) = try harness.askWithID(Ask(id: "3", meta: level, principal: Principal(name: "bob")))
        try harness.serverSays(log)
        #expect(first.messages.count == 1 && second.messages.isEmpty)
    }

    @Test(
        "What a stateless server says to nobody in particular is told to nobody: it may be meant for another principal")
    func noBroadcast() throws {
        let harness = GatewayHarness(era: .detected)
        let client = try open(harness)
        for method in ["notifications/x", "notifications/tools/list_changed", "notifications/message"] {
            try harness.serverSays(#"{"jsonrpc":"2.0","method":"\#(method)","params":{"level":"error"}}"#)
        }
        #expect(client.outlet.messages.isEmpty)
    }
}
