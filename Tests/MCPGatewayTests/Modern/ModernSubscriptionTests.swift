import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// What a client without session hears of what a server says unasked.
@Suite struct ModernSubscriptionTests {
    private static let rich =
        #"{"tools":{"listChanged":true},"prompts":{},"resources":{"subscribe":true,"listChanged":true}}"#
    private static let changed = #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#

    private func listen(_ wanted: String, id: String = "1") -> Ask {
        Ask(id: id, method: "subscriptions/listen", params: #""notifications":\#(wanted)"#)
    }

    private func updated(_ uri: String) -> String {
        #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"\#(uri)","n":1.0}}"#
    }

    private func subscribed(
        _ harness: GatewayHarness,
        _ wanted: String = #"{"toolsListChanged":true}"#,
        id: String = "1"
    ) throws -> ModernReplyRecorder {
        let reply = try harness.ask(listen(wanted, id: id))
        harness.serverIsThere(capabilities: Self.rich)
        return reply
    }

    @Test(
        "The acknowledgement comes first, under the request's identifier of any type, and names what can be honoured",
        arguments: ["1", #""a\u0062""#, "9007199254740993", "-3"])
    func acknowledged(id: String) throws {
        let harness = GatewayHarness()
        let reply = try subscribed(
            harness,
            #"{"toolsListChanged":true,"promptsListChanged":true,"resourcesListChanged":false,"x":1,"resourceSubscriptions":["a:b"]}"#,
            id: id)
        #expect(
            reply.messages == [
                #"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":\#(id)},"notifications":{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}}}"#
            ])
        #expect(reply.answers.isEmpty)
    }

    @Test("Nothing is told before the acknowledgement, and after it only what was asked for")
    func filtered() throws {
        let harness = GatewayHarness()
        let reply = try harness.ask(listen(#"{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}"#))
        harness.serverIsThere(capabilities: Self.rich)
        let link = try harness.script.link
        #expect(link.requests(.resourcesSubscribe).map { $0.message.params?["uri"]?.string } == ["a:b"])
        for text in [
            Self.changed, #"{"jsonrpc":"2.0","method":"notifications/prompts/list_changed"}"#,
            #"{"jsonrpc":"2.0","method":"notifications/resources/list_changed"}"#, updated("a:b"), updated("a:c"),
            #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":1}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/x"}"#,
        ] {
            try harness.serverSays(text)
        }
        #expect(
            reply.messages.dropFirst() == [
                #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":1}}}"#,
                #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":1},"uri":"a:b","n":1.0}}"#,
            ])
    }

    @Test("The subscription's identifier takes its place in metadata that is there already")
    func tagged() throws {
        let harness = GatewayHarness()
        let reply = try subscribed(harness, #"{"resourceSubscriptions":["a:b"]}"#)
        for meta in ["{}", #"{"k":1.0}"#, #"{"io.modelcontextprotocol/subscriptionId":"x"}"#] {
            try harness.serverSays(
                #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"_meta":\#(meta),"uri":"a:b"}}"#
            )
        }
        let metas = try reply.messages.dropFirst().map { try Message($0).params?["_meta"]?.bytes.text }
        let id = #""io.modelcontextprotocol/subscriptionId":1"#
        #expect(metas == ["{\(id)}", #"{\#(id),"k":1.0}"#, "{\(id)}"])
    }

    @Test("What cannot be listened to is refused", arguments: ["", #""notifications":[]"#, #""notifications":true"#])
    func malformed(params: String) throws {
        let harness = GatewayHarness()
        let reply = try harness.ask(Ask(method: "subscriptions/listen", params: params))
        #expect(reply.codes == [.invalidParams] && harness.gateway.subscriptions.all.isEmpty)
    }

    @Test("A client that leaves is told nothing more, and the server is told that nobody listens")
    func leaves() throws {
        let harness = GatewayHarness()
        let reply = try subscribed(harness, #"{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}"#)
        harness.leave(reply)
        try harness.serverSays(Self.changed)
        #expect(reply.messages.count == 1 && reply.endings == 0)
        #expect(try harness.script.link.requests(.resourcesUnsubscribe).count == 1)
        #expect(harness.gateway.subscriptions.all.isEmpty)
    }

    @Test("A resource is given up only when the last listener has left")
    func counted() throws {
        let harness = GatewayHarness()
        let first = try subscribed(harness, #"{"resourceSubscriptions":["a:b"]}"#)
        let second = try subscribed(harness, #"{"resourceSubscriptions":["a:b"]}"#, id: "2")
        let link = try harness.script.link
        #expect(link.requests(.resourcesSubscribe).count == 1)
        harness.leave(first)
        #expect(link.requests(.resourcesUnsubscribe).isEmpty)
        try harness.serverSays(updated("a:b"))
        #expect(first.messages.count == 1 && second.messages.count == 2)
        harness.leave(second)
        #expect(link.requests(.resourcesUnsubscribe).count == 1)
    }

    @Test("A client that leaves before the server is there is not attached when it is")
    func leavesBeforeReady() throws {
        let harness = GatewayHarness()
        let reply = try harness.ask(listen(#"{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}"#))
        weak let subscription = harness.gateway.subscriptions.all.first
        #expect(subscription != nil)
        harness.leave(reply)
        harness.serverIsThere(capabilities: Self.rich)
        let link = try harness.script.link
        let subscriptions = link.requests(.resourcesSubscribe).count
        #expect(subscriptions == link.requests(.resourcesUnsubscribe).count, "the server tells nobody")
        #expect(reply.messages.isEmpty && subscription == nil)
    }

    @Test("When the proxy ends, the subscription ends with a result of its own")
    func graceful() throws {
        let harness = GatewayHarness()
        let reply = try subscribed(harness, id: #""s""#)
        harness.gateway.closeAllSessions(reason: "shutting down")
        harness.settle()
        #expect(
            reply.answers == [
                #"{"jsonrpc":"2.0","id":"s","result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":"s"}}}"#
            ])
        try harness.serverSays(Self.changed)
        #expect(reply.cameTooLate.isEmpty && harness.gateway.subscriptions.all.isEmpty)
    }

    @Test("A server that cannot be reached ends the subscription with an error, and nothing is left over")
    func unreachable() throws {
        let harness = GatewayHarness()
        let reply = try harness.ask(listen(#"{"toolsListChanged":true}"#))
        harness.upstreams.perform { harness.script.links.last?.breakDown(UpstreamFailure(.notReachable, "no offer")) }
        harness.settle()
        #expect(reply.answers.count == 1 && reply.messages.isEmpty && harness.gateway.subscriptions.all.isEmpty)
    }

    @Test("Too many subscriptions are refused, in all and for each principal")
    func bounded() throws {
        let harness = GatewayHarness {
            $0.maximumSessions = 2
            $0.maximumSessionsPerPrincipal = 1
        }
        let first = try subscribed(harness)
        #expect(try harness.ask(listen("{}", id: "2")).codes == [.overloaded])
        var other = listen("{}", id: "3")
        other.principal = Principal(name: "other")
        #expect(try harness.ask(other).answers.isEmpty)
        other.principal = Principal(name: "third")
        #expect(try harness.ask(other).codes == [.overloaded])
        harness.leave(first)
        #expect(try harness.ask(other).answers.isEmpty)
    }

    @Test("After a restart of a server with a handshake everything may have changed, and is told once")
    func restart() throws {
        let harness = GatewayHarness()
        let reply = try subscribed(harness, #"{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}"#)
        harness.advance(by: .seconds(2))
        harness.upstreams.perform { harness.script.links.last?.breakDown() }
        harness.settle()
        harness.advance(by: .seconds(2))
        harness.serverIsThere(capabilities: Self.rich)
        #expect(try harness.script.link.requests(.resourcesSubscribe).count == 1, "the new process knows nothing")
        #expect(reply.messages.dropFirst().filter { $0.contains("tools/list_changed") }.count == 1)
    }

    @Test("A subscription is freed when it is over")
    func freed() throws {
        let harness = GatewayHarness()
        let reply = try subscribed(harness)
        weak let subscription = harness.gateway.subscriptions.all.first
        #expect(subscription != nil)
        harness.leave(reply)
        #expect(subscription == nil)
    }
}
