import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing
import Traces

@testable import MCPGateway

/// What a server is told of the trace that a request is a part of, and which spans are left.
@Suite struct ExchangeTraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00-\(trace)-00f067aa0ba902b7-01"

    private let queue = SpanQueue(maximumCount: 100, batch: 100)

    private func harness(_ era: Era = .legacy, _ root: Sampler.Root? = .always) -> GatewayHarness {
        GatewayHarness(
            era: .always(era),
            tracer: root.map { Tracer(Sampler($0, followsParent: true), queue: queue) })
    }

    private func call(meta: String) -> String {
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","_meta":{\#(meta)}}}"#
    }

    private func sent(_ harness: GatewayHarness) throws -> Message {
        try #require(try harness.script.link.requests(.toolsCall).last?.message)
    }

    @Test("Without a tracer a request goes out as it came, with what it says of a trace")
    func off() throws {
        let harness = harness(.legacy, nil)
        let client = try harness.open()
        let meta = #""traceparent":"\#(Self.parent)","x":1.0,"tracestate":"a=1""#
        let (_, id) = try client.callWithID(call(meta: meta))
        #expect(
            try sent(harness).bytes.text == call(meta: meta).replacing(#""id":1"#, with: #""id":\#(id)"#))
        try harness.serverAnswers(id)
        let (_, next) = try client.callWithID(call(meta: #""x":1"#))
        #expect(try sent(harness).bytes.text == call(meta: #""x":1"#).replacing(#""id":1"#, with: #""id":\#(next)"#))
    }

    @Test("What is no trace is left out, and so is a state without one", arguments: [true, false])
    func malformed(isLegacy: Bool) throws {
        let harness = harness(.legacy, nil)
        let meta = isLegacy ? #""traceparent":"00-evil","tracestate":"a=1","x":1"# : #""x":1,"tracestate":"a=1""#
        let (_, id) = try harness.open().callWithID(call(meta: meta))
        #expect(try sent(harness).bytes.text == call(meta: #""x":1"#).replacing(#""id":1"#, with: #""id":\#(id)"#))
    }

    @Test("A server is told of the span in which it is waited for, in the trace of the client")
    func told() throws {
        let harness = harness()
        let client = try harness.open()
        let before = queue.count
        let (reply, id) = try client.callWithID(call(meta: #""traceparent":"\#(Self.parent)","tracestate":"a=1""#))
        let context = try #require(try sent(harness).traceContext)
        #expect(context.trace.description == Self.trace && context.state == "a=1" && context.isSampled)
        #expect(context.parent != Self.parent)
        try harness.serverAnswers(id)
        #expect(reply.answers.count == 1 && queue.count == before + 2)
    }

    @Test("A trace is begun where none came, also for a server that knows nothing of that over stdio")
    func begun() throws {
        let harness = harness()
        let (_, id) = try harness.open().callWithID()
        #expect(try sent(harness).traceContext != nil)
        try harness.serverAnswers(id)
    }

    @Test("Over HTTP a server with a handshake is told in header fields alone")
    func fields() throws {
        let harness = harness()
        let client = try harness.open()
        try client.link.hasFields = true
        let (_, id) = try client.callWithID()
        let sent = try #require(try harness.script.link.requests(.toolsCall).last)
        #expect(sent.trace != nil && !sent.message.namesTrace)
        try harness.serverAnswers(id)
    }

    @Test("A stateless server is told in both places")
    func modern() throws {
        let harness = harness(.modern)
        let (_, id) = try harness.askWithID(Ask(meta: #""traceparent":"\#(Self.parent)""#))
        let sent = try #require(try harness.script.link.requests(.toolsCall).last)
        let context = try #require(sent.message.traceContext)
        #expect(context.trace.description == Self.trace && context.parent != Self.parent)
        let before = queue.count
        try harness.serverAnswers(id, result: #"{"resultType":"complete","content":[]}"#)
        #expect(queue.count == before + 2)
    }

    @Test("Of what the sampler does not keep nothing is said or left")
    func unsampled() throws {
        let harness = harness(.legacy, .never)
        let client = try harness.open()
        let (_, id) = try client.callWithID(call(meta: #""x":1"#))
        #expect(try !sent(harness).namesTrace)
        try harness.serverAnswers(id)
        let unsampled = Self.parent.dropLast() + "0"
        let (_, next) = try client.callWithID(call(meta: #""traceparent":"\#(unsampled)""#))
        #expect(try sent(harness).traceContext?.parent == String(unsampled))
        try harness.serverAnswers(next)
        #expect(queue.count == 0)
    }

    @Test("A call that is cancelled, and one whose server is lost, leave their spans", arguments: [true, false])
    func unanswered(isCancelled: Bool) throws {
        let harness = harness()
        let client = try harness.open()
        _ = try client.callWithID()
        let before = queue.count
        if isCancelled {
            try client.notify(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        } else {
            let link = try harness.script.link
            harness.loop(of: link).perform { link.close() }
            harness.settle()
        }
        #expect(queue.count == before + 2)
    }
}
