import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// How a stateless server is kept telling what its clients want to hear.
@Suite struct ListeningFeedTests {
    private static let rich = #"{"tools":{"listChanged":true},"resources":{"subscribe":true}}"#
    private static let listensToTools = #"{"toolsListChanged":true}"#

    /// A stateless server with some clients in front of it.
    private final class Scene {
        let harness = GatewayHarness(era: .always(.modern))
        var link: ScriptedLink { get throws { try harness.script.link } }

        init() throws {
            harness.server.start()
            harness.settle()
            harness.serverIsThere(capabilities: ListeningFeedTests.rich)
        }

        var listens: [ScriptedLink.Sent] { get throws { try link.requests(.subscriptionsListen) } }

        func lastListen() throws -> Int64 {
            guard let id = try link.lastRequestID(.subscriptionsListen) else { throw TestClient.NotSent() }
            return id
        }

        func wanted(_ sent: ScriptedLink.Sent) -> String? { sent.message.params?["notifications"]?.bytes.text }

        /// The server agrees to a request.
        func acknowledge(_ id: Int64? = nil, _ filter: String? = nil) throws {
            let id = try id ?? lastListen()
            let sent = try listens.first { $0.kind == .request(id: id) }
            let filter = filter ?? sent.flatMap(wanted) ?? "{}"
            try harness.serverSays(
                #"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":\#(id)},"notifications":\#(filter)}}"#
            )
        }

        func say(_ method: String, for id: Int64, uri: String? = nil) throws {
            let uri = uri.map { #","uri":"\#($0)""# } ?? ""
            try harness.serverSays(
                #"{"jsonrpc":"2.0","method":"notifications/\#(method)","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":\#(id)}\#(uri)}}"#
            )
        }

        func listen(_ wanted: String, id: String = "1") throws -> ModernReplyRecorder {
            try harness.ask(Ask(id: id, method: "subscriptions/listen", params: #""notifications":\#(wanted)"#))
        }
    }

    @Test("One subscription is opened for all that the server can tell, and serves every client")
    func one() throws {
        let scene = try Scene()
        #expect(try scene.listens.map(scene.wanted) == [Self.listensToTools])
        try scene.acknowledge()
        let first = try scene.listen(Self.listensToTools)
        let second = try scene.listen(Self.listensToTools, id: #""two""#)
        #expect(try scene.listens.count == 1 && first.messages.count == 1 && second.messages.count == 1)
        try scene.say("tools/list_changed", for: scene.lastListen())
        #expect(first.messages.count == 2 && second.messages.count == 2)
        #expect(second.messages[1].contains(#""io.modelcontextprotocol/subscriptionId":"two""#))
        #expect(try scene.link.unreadable.isEmpty)
    }

    @Test("Another wish replaces the subscription: the old one is heard until the new one is, and nothing twice")
    func replaced() throws {
        let scene = try Scene()
        try scene.acknowledge()
        let tools = try scene.listen(Self.listensToTools)
        let old = try scene.lastListen()
        let both = try scene.listen(#"{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}"#, id: "2")
        let new = try scene.lastListen()
        #expect(new != old && both.messages.isEmpty, "it is not acknowledged before the server has agreed")
        #expect(
            try scene.listens.map(scene.wanted).last == #"{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}"#)
        try scene.say("tools/list_changed", for: old)
        #expect(tools.messages.count == 2, "the old one is still heard")
        #expect(try scene.link.notifications(.cancelled).isEmpty)
        try scene.acknowledge(new)
        #expect(both.messages.count == 1)
        #expect(try scene.link.notifications(.cancelled).first?.text.contains("\"requestId\":\(old)") == true)
        scene.harness.advance(by: .seconds(2))
        try scene.say("tools/list_changed", for: old)
        #expect(tools.messages.count == 2 && both.messages.count == 1, "the old one is over")
        try scene.say("tools/list_changed", for: new)
        try scene.say("resources/updated", for: new, uri: "a:b")
        #expect(tools.messages.count == 3 && both.messages.count == 3)
    }

    @Test("A wish that changes while the server still thinks about the last one is put after it")
    func changedMeanwhile() throws {
        let scene = try Scene()
        let first = try scene.listen(#"{"resourceSubscriptions":["a:1"]}"#)
        let second = try scene.listen(#"{"resourceSubscriptions":["a:2"]}"#, id: "2")
        #expect(try scene.listens.count == 1)
        try scene.acknowledge()
        #expect(try scene.listens.count == 2)
        #expect(
            try scene.listens.map(scene.wanted).last
                == #"{"toolsListChanged":true,"resourceSubscriptions":["a:1","a:2"]}"#)
        try scene.acknowledge()
        #expect(first.messages.count == 1 && second.messages.count == 1)
    }

    @Test("A resource that nobody wants any more is given up")
    func shrinks() throws {
        let scene = try Scene()
        let reply = try scene.listen(#"{"resourceSubscriptions":["a:b"]}"#)
        try scene.acknowledge()
        try scene.acknowledge()
        scene.harness.leave(reply)
        #expect(try scene.listens.map(scene.wanted).last == Self.listensToTools)
    }

    @Test("What the server says before it has acknowledged is not passed on")
    func early() throws {
        let scene = try Scene()
        try scene.acknowledge()
        let reply = try scene.listen(#"{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}"#)
        let id = try scene.lastListen()
        try scene.say("resources/updated", for: id, uri: "a:b")
        try scene.acknowledge(id)
        #expect(reply.messages.count == 1)
    }

    @Test("A client is told what the server has agreed to, not what it asked for")
    func agreedToLess() throws {
        let scene = try Scene()
        let reply = try scene.listen(#"{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}"#)
        try scene.acknowledge()
        try scene.acknowledge(nil, Self.listensToTools)
        #expect(reply.messages.first?.contains(#""notifications":{"toolsListChanged":true}"#) == true)
    }

    @Test("A subscription that breaks is opened again, and what may have been missed is told once")
    func broken() throws {
        let scene = try Scene()
        try scene.acknowledge()
        let reply = try scene.listen(Self.listensToTools)
        let id = try scene.lastListen()
        scene.harness.upstreams.perform {
            scene.harness.script.links.last?.fail(id, UpstreamFailure(.connectionLost, "broke"))
        }
        scene.harness.advance(by: .seconds(1))
        #expect(try scene.listens.count == 2)
        try scene.acknowledge()
        #expect(reply.messages.dropFirst().filter { $0.contains("tools/list_changed") }.count == 1)
        scene.harness.advance(by: .seconds(5))
        #expect(try scene.listens.count == 2 && reply.answers.isEmpty)
    }

    @Test("A subscription that the server ends properly is opened again")
    func ended() throws {
        let scene = try Scene()
        try scene.acknowledge()
        let id = try scene.lastListen()
        try scene.harness.serverAnswers(
            id,
            result:
                #"{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":\#(id)}}"#)
        scene.harness.advance(by: .seconds(1))
        #expect(try scene.listens.count == 2)
    }

    @Test("A subscription that the server cancels is opened again")
    func cancelled() throws {
        let scene = try Scene()
        try scene.acknowledge()
        let id = try scene.lastListen()
        try scene.harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
        scene.harness.advance(by: .seconds(1))
        #expect(try scene.listens.count == 2)
    }

    @Test("A subscription that works and then ends with an error is opened again")
    func endedByError() throws {
        let scene = try Scene()
        try scene.acknowledge()
        let id = try scene.lastListen()
        try scene.harness.serverSays(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32603,"message":"restarting"}}"#)
        scene.harness.advance(by: .seconds(1))
        #expect(try scene.listens.count == 2)
    }

    @Test("A server that refuses is not asked again and again, and clients are told")
    func refused() throws {
        let scene = try Scene()
        let id = try scene.lastListen()
        try scene.harness.serverSays(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32601,"message":"no"}}"#)
        let reply = try scene.listen(Self.listensToTools)
        #expect(reply.answers.count == 1)
        scene.harness.advance(by: .seconds(60))
        #expect(try scene.listens.count == 1 && scene.harness.gateway.subscriptions.all.isEmpty)
    }

    @Test("Attempts become rarer as they fail")
    func backoff() throws {
        let scene = try Scene()
        var attempts: [Int] = []
        for second in 0..<70 {
            let count = try scene.listens.count
            if count > attempts.count {
                attempts.append(second)
                let id = try scene.lastListen()
                scene.harness.upstreams.perform {
                    scene.harness.script.links.last?.fail(id, UpstreamFailure(.connectionLost, "broke"))
                }
            }
            scene.harness.advance(by: .seconds(1))
        }
        #expect(attempts == [0, 1, 3, 7, 15, 31, 61])
    }

    @Test("After a restart the server is listened to again, and what may have been missed is told once")
    func restart() throws {
        let scene = try Scene()
        try scene.acknowledge()
        let reply = try scene.listen(Self.listensToTools)
        scene.harness.advance(by: .seconds(2))
        scene.harness.upstreams.perform { scene.harness.script.links.last?.breakDown() }
        scene.harness.settle()
        scene.harness.advance(by: .seconds(2))
        scene.harness.serverIsThere(capabilities: Self.rich)
        #expect(try scene.listens.map(scene.wanted) == [Self.listensToTools])
        try scene.acknowledge()
        #expect(reply.messages.dropFirst().filter { $0.contains("tools/list_changed") }.count == 1)
        #expect(reply.answers.isEmpty)
    }

    @Test("A subscription neither times out nor takes room from calls")
    func openEnded() throws {
        var limits = UpstreamLimits()
        limits.maximumCallsInFlight = 1
        limits.callTimeout = .seconds(5)
        limits.maximumCallTime = .seconds(10)
        let harness = GatewayHarness(era: .always(.modern), upstreamLimits: limits)
        harness.server.start()
        harness.settle()
        harness.serverIsThere(capabilities: Self.rich)
        let link = try harness.script.link
        try harness.serverAnswers(try #require(link.lastRequestID(.toolsList)), result: #"{"tools":[]}"#)
        try harness.serverAnswers(try #require(link.lastRequestID(.resourcesList)), result: #"{"resources":[]}"#)
        try harness.serverAnswers(
            try #require(link.lastRequestID(.resourceTemplatesList)), result: #"{"resourceTemplates":[]}"#)
        let listen = try #require(link.lastRequestID(.subscriptionsListen))
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":\#(listen)},"notifications":\#(Self.listensToTools)}}"#
        )
        let (reply, id) = try harness.askWithID()
        try harness.serverAnswers(id)
        #expect(reply.answers.count == 1)
        harness.advance(by: .seconds(120))
        #expect(link.notifications(.cancelled).isEmpty && link.requests(.subscriptionsListen).count == 1)
    }

    @Test("A client's subscription does not wait for ever when the server never acknowledges")
    func neverAcknowledged() throws {
        let scene = try Scene()
        let reply = try scene.listen(#"{"resourceSubscriptions":["a:b"]}"#)
        scene.harness.advance(by: .minutes(10))
        #expect(reply.answers.count + reply.messages.count > 0)
    }
}
