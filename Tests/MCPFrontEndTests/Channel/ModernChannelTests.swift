import MCPCore
import MCPGateway
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPFrontEnd

/// Stateless requests of a client that has one channel for all of them.
@Suite struct ModernChannelTests {
    /// A channel in front of one scripted stateless server, all on one event loop.
    private final class Scene {
        let eventLoop = ManualEventLoop()
        let script = ScriptedLinks()
        let gateway: Gateway
        let written = Lines()
        let channel: ModernChannel

        final class Lines: @unchecked Sendable {
            var all: [String] = []
        }

        init() throws {
            let offer = Offer.inMemory("s", era: .always(.modern), on: eventLoop, makeLink: script.factory)
            gateway = Gateway(limits: GatewayLimits())
            channel = ModernChannel(offer: offer, principal: .anonymous, on: eventLoop, gateway: gateway) {
                [written] in written.all.append($0.text)
            }
            eventLoop.perform { offer.member?.server.start() }
            try eventLoop.perform { try script.link.completeDiscovery() }
        }

        func receive(_ method: String, id: String, _ params: String = #""name":"t""#) throws {
            let message = try Message(
                #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(params),"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#
            )
            eventLoop.perform { channel.receive(message, from: RequestOrigin()) }
        }

        func cancel(_ id: String) throws -> Bool {
            let message = try Message(
                #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
            return eventLoop.perform { channel.cancel(message) }
        }

        func answer() throws {
            let link = try script.link
            guard let id = link.lastRequestID(.toolsCall) else { return }
            eventLoop.perform { link.answer(id, result: #"{"resultType":"complete"}"#) }
        }
    }

    @Test("A request is answered on the channel under its identifier, which can then be used again")
    func answered() throws {
        let scene = try Scene()
        for _ in 0..<2 {
            try scene.receive("tools/call", id: #""a""#)
            try scene.answer()
        }
        let answer = #"{"jsonrpc":"2.0","id":"a","result":{"resultType":"complete"}}"#
        #expect(scene.written.all == [answer, answer] && scene.gateway.calls.total == 0)
    }

    @Test("An identifier that is in use is refused, and the request that has it goes on")
    func inUse() throws {
        let scene = try Scene()
        try scene.receive("tools/call", id: "1")
        try scene.receive("tools/call", id: "1")
        #expect(scene.written.all.count == 1 && scene.written.all.first?.contains("-32600") == true)
        try scene.answer()
        #expect(scene.written.all.count == 2)
    }

    @Test("A cancelled request gets no answer, and the server is told; what is unknown is not taken")
    func cancelled() throws {
        let scene = try Scene()
        try scene.receive("tools/call", id: "1")
        #expect(try !scene.cancel("2") && !scene.cancel(#""1""#))
        #expect(try scene.cancel("1"))
        #expect(try scene.script.link.notifications(.cancelled).count == 1)
        try scene.answer()
        #expect(try scene.written.all.isEmpty && !scene.cancel("1") && scene.gateway.calls.total == 0)
    }

    @Test("A subscription that ends is told to end by its result and by a cancellation, and an error by itself")
    func subscriptions() throws {
        let scene = try Scene()
        try scene.receive("subscriptions/listen", id: "1", #""notifications":{}"#)
        let listen = try #require(try scene.script.link.lastRequestID(.subscriptionsListen))
        try scene.eventLoop.perform {
            try scene.script.link.receive(
                #"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":\#(listen)},"notifications":{"toolsListChanged":true}}}"#
            )
        }
        #expect(scene.written.all.count == 1, "it is acknowledged")
        scene.gateway.closeAllSessions(reason: "over")
        scene.eventLoop.run()
        try #require(scene.written.all.count == 3)
        #expect(scene.written.all[1].contains(#""id":1,"result""#))
        #expect(scene.written.all[2].contains(#""method":"notifications/cancelled","params":{"requestId":1"#))
        try scene.receive("subscriptions/listen", id: "2", #""x":1"#)
        #expect(scene.written.all.count == 4 && scene.written.all.last?.contains("-32602") == true)
    }

    @Test("When the client goes everything is cancelled")
    func end() throws {
        let scene = try Scene()
        for id in 1...3 { try scene.receive("tools/call", id: "\(id)") }
        scene.eventLoop.perform { scene.channel.end() }
        #expect(try scene.script.link.notifications(.cancelled).count == 3)
        #expect(scene.gateway.calls.total == 0 && scene.written.all.isEmpty)
    }

    @Test("A reply is freed with its call, whichever way it ends")
    func freed() throws {
        final class Watched: @unchecked Sendable {}
        let scene = try Scene()
        /// Ends a reply, and says whether it still keeps what wanted to know of the client's leaving.
        func keeps(_ end: (ChannelReply) -> Void) -> Bool {
            let reply = ChannelReply(scene.channel, id: .integer(1), from: RequestOrigin(), isSubscription: false)
            var watched: Watched? = Watched()
            weak let kept = watched
            scene.eventLoop.perform {
                reply.whenClientLeaves { [watched] in _ = watched }
                watched = nil
                end(reply)
            }
            return withExtendedLifetime(reply) { kept != nil }
        }
        #expect(keeps { _ in }, "as long as the request is open")
        #expect(!keeps { $0.leave() })
        #expect(!keeps { $0.abandon() })
        #expect(!keeps { $0.finish(ByteBuffer(string: "{}")) }, "a call and its reply would keep each other")
    }
}
