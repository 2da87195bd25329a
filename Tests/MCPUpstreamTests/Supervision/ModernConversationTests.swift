import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// One connection to a server that has no handshake, in use.
@Suite struct ModernConversationTests {
    private func ready(
        heads: Bool = false,
        _ configure: (inout UpstreamLimits) -> Void = { _ in }
    ) throws -> UpstreamHarness {
        let harness = UpstreamHarness(era: .always(.modern), configure)
        try harness.onLink {
            $0.mirrorsFields = heads
            $0.completeDiscovery()
        }
        return harness
    }

    private func openEnded() throws -> OutgoingRequest {
        try OutgoingRequest(Message(#"{"jsonrpc":"2.0","id":0,"method":"subscriptions/listen"}"#), isOpenEnded: true)
    }

    @Test("Nothing is ever answered to a stateless server: what it asks is kept for the operator")
    func neverAnswered() throws {
        let harness = try ready()
        for method in ["ping", "roots/list", "sampling/createMessage", "elicitation/create", "x"] {
            try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":"q","method":"\#(method)"}"#) }
        }
        #expect(try harness.link.responses.isEmpty && harness.recorder.questions.isEmpty)
        #expect(harness.isReady)
        let (call, id) = try harness.call()
        harness.eventLoop.advance(by: .seconds(301))
        #expect(call.failures.map(\.code) == [.timedOut], "its questions keep no call alive")
        #expect(try harness.link.notifications(.cancelled).count == 1 && id > 0)
    }

    @Test("A cancelled call is told over pipes, and dropped in silence where that closes its stream")
    func cancelling() throws {
        let pipes = try ready()
        let (_, first) = try pipes.call()
        pipes.cancel(first)
        #expect(try pipes.link.notifications(.cancelled).map(\.kind) == [.notification])
        #expect(try pipes.link.notifications(.cancelled).first?.text.contains("\"requestId\":\(first)") == true)
        #expect(try pipes.link.abandoned == [first])

        let http = try ready(heads: true)
        let (call, second) = try http.call()
        http.cancel(second)
        #expect(try http.link.notifications(.cancelled).isEmpty && http.link.abandoned == [second])
        try http.onLink { $0.answer(second) }
        #expect(call.endings == 0 && http.upstream.callsInFlight == 0)
    }

    @Test("A request carries its head where the link has such, with name and parameters, and else none")
    func heads() throws {
        let text = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\u00e9 "}}"#
        let request = try OutgoingRequest(Message(text), parameters: [("Mcp-Param-A", "1")])
        let http = try ready(heads: true)
        _ = try http.call(request)
        let head = try #require(http.link.requests(.toolsCall).first?.mirrored)
        #expect(head.method == "tools/call" && head.version == .july2026)
        #expect(head.name.flatMap(HeaderValue.decode) == "é ")
        #expect(head.parameters.map(\.name) == ["Mcp-Param-A"])
        let pipes = try ready()
        _ = try pipes.call(request)
        #expect(try pipes.link.requests(.toolsCall).first?.mirrored == nil)
    }

    @Test("What belongs to a subscription goes to it, by its identifier and not by the stream on which it came")
    func subscriptionRouting() throws {
        let harness = try ready()
        let (first, one) = try harness.call(openEnded())
        let (second, two) = try harness.call(openEnded())
        func notification(_ id: String) -> String {
            #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":\#(id)}}}"#
        }
        try harness.onLink {
            $0.receive(notification("\(one)"))
            $0.receive(notification("\(two)"), relatedTo: one)
            $0.receive(notification(#""\#(one)""#))
            $0.receive(notification("999"))
            $0.receive(notification("1.5"))
        }
        let exchanges = harness.recorder.notifications.map(\.exchange)
        #expect(exchanges.count == 5)
        #expect(exchanges[0] === first && exchanges[1] === second)
        #expect(exchanges[2...].allSatisfy { $0 == nil }, "nobody has such an identifier")
    }

    @Test("A request that stays open neither times out nor counts, and neither does its silence keep the rest waiting")
    func openEndedCalls() throws {
        let harness = try ready { $0.maximumCallsInFlight = 1 }
        let listening = try (0..<3).map { _ in try harness.call(openEnded()).0 }
        let (call, id) = try harness.call()
        #expect(try harness.link.requests(.toolsCall).count == 1)
        let (waiting, _) = try harness.call()
        #expect(try harness.link.requests(.toolsCall).count == 1)
        try harness.onLink { $0.answer(id) }
        #expect(try harness.link.requests(.toolsCall).count == 2 && call.answers.count == 1)
        harness.eventLoop.advance(by: .hours(2))
        #expect(waiting.failures.map(\.code) == [.timedOut])
        #expect(listening.allSatisfy { $0.endings == 0 })
        #expect(harness.upstream.callsInFlight == 3)
    }

    @Test("With nothing but subscriptions open no timer runs")
    func noTimer() throws {
        let harness = try ready()
        let (_, id) = try harness.call(openEnded())
        #expect(harness.eventLoop.openTimers == 0)
        harness.cancel(id)
        #expect(harness.upstream.callsInFlight == 0)
    }

    @Test("A subscription ends when the server answers or cancels it, and its place is given back")
    func subscriptionEnds() throws {
        let harness = try ready { $0.maximumCallsInFlight = 1 }
        let (answered, one) = try harness.call(openEnded())
        let (cancelled, two) = try harness.call(openEnded())
        try harness.onLink {
            $0.answer(one)
            $0.receive(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(two)}}"#)
        }
        #expect(answered.answers.count == 1 && cancelled.failures.count == 1 && harness.upstream.callsInFlight == 0)
        let (_, _) = try harness.call()
        let (_, _) = try harness.call()
        #expect(try harness.link.requests(.toolsCall).count == 1, "the bound is what it was")
    }

    @Test("A server may cancel nothing but subscriptions: for a call that is ignored")
    func cancelledCall() throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        try harness.onLink {
            for text in ["\(id)", #""\#(id)""#, "999", "1.5"] {
                $0.receive(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(text)}}"#)
            }
            $0.receive(#"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#)
        }
        #expect(call.endings == 0)
        try harness.onLink { $0.answer(id) }
        #expect(call.answers.count == 1)
    }

    @Test("When the server is lost every subscription ends once")
    func lost() throws {
        let harness = try ready()
        let (listening, _) = try harness.call(openEnded())
        try harness.onLink { $0.breakDown() }
        #expect(listening.failures.count == 1 && harness.upstream.callsInFlight == 0)
    }

    /// Asks for what only a server of one era can be asked.
    private final class Particular: ExchangeReceiver, @unchecked Sendable {
        let era: Era
        let message: Message
        var failures: [UpstreamFailure] = []
        var asked = 0

        init(_ era: Era) throws {
            self.era = era
            message = try Message(#"{"jsonrpc":"2.0","id":0,"method":"tools/list"}"#)
        }

        func request(for introduction: Introduction) -> OutgoingRequest? {
            asked += 1
            return introduction.era == era ? OutgoingRequest(message) : nil
        }
        func exchangeProgressed(_ notification: Message) {}
        func exchangeAnswered(_ answer: Message) {}
        func exchangeFailed(_ failure: UpstreamFailure) { failures.append(failure) }
    }

    @Test("A request is made when its turn comes: what makes no sense to the server that is there then fails")
    func madeLate() throws {
        let harness = UpstreamHarness(era: .detected)
        let old = try Particular(.legacy)
        let new = try Particular(.modern)
        harness.eventLoop.perform {
            harness.upstream.exchange(old)
            harness.upstream.exchange(new)
        }
        #expect(old.asked == 0)
        try harness.onLink { $0.completeDiscovery() }
        #expect(old.failures.map(\.code) == [.eraChanged] && old.failures[0].nothingSent)
        #expect(new.failures.isEmpty && new.asked == 1)
        #expect(try harness.link.requests(.toolsList).count == 1 && harness.upstream.callsInFlight == 1)
    }
}
