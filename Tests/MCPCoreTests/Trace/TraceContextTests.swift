import NIOCore
import Testing

@testable import MCPCore

@Suite struct TraceContextTests {
    private static let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("A valid value counts; of what later versions append the log shows nothing")
    func accepted() throws {
        let context = try #require(TraceContext(parent: Self.valid))
        #expect(context.parent == Self.valid && context.shown == Self.valid && context.isSampled)
        #expect(context.trace.description == "4bf92f3577b34da6a3ce929d0e0e4736" && context.span == 0xf0_67aa_0ba9_02b7)
        #expect(TraceContext(parent: Self.valid.dropLast() + "0")?.isSampled == false)
        let later = "cc" + Self.valid.dropFirst(2)
        #expect(TraceContext(parent: later)?.parent == later)
        let longer = try #require(TraceContext(parent: later + "-what-comes-later"))
        #expect(longer.parent == later + "-what-comes-later" && longer.shown == later)
    }

    @Test(
        "Everything else counts for nothing",
        arguments: [
            "", "00", valid + "0", valid + "-00", valid.uppercased(), "ff" + valid.dropFirst(2),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "cc" + valid.dropFirst(2) + "x",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-\u{e9}",
            "cc" + valid.dropFirst(2) + "-a\r\nb", "cc" + valid.dropFirst(2) + "-" + String(repeating: "x", count: 500),
        ])
    func refused(text: String) {
        #expect(TraceContext(parent: text) == nil)
    }

    @Test(
        "A state that is valid goes along",
        arguments: [
            ("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
            (" a=1 ,\t, b@c=x y ", "a=1,b@c=x y"), ("0a_-*/=!", "0a_-*/=!"), ("", nil), (",", nil), ("A=1", nil),
            ("a", nil), ("a=", nil), ("a=1=2", nil), ("a=\u{e9}", nil), ("a=1\r\nx: y", nil), ("_a=1", nil),
            ((0..<33).map { "k\($0)=v" }.joined(separator: ","), nil),
        ])
    func state(text: String, expected: String?) {
        #expect(TraceContext(parent: Self.valid, state: text)?.state == expected)
    }

    @Test("Of a state that is too long for servers the last members are left out")
    func longState() throws {
        let members = (0..<32).map { "k\($0)=" + String(repeating: "v", count: 100) }
        let state = try #require(TraceContext(parent: Self.valid, state: members.joined(separator: ","))?.state)
        #expect(state.utf8.count <= 2_048 && state.hasPrefix(members[0] + "," + members[1]))
        #expect(!state.hasSuffix(","))
    }

    @Test("A span of ours is named as version 00")
    func own() {
        let context = TraceContext(
            TraceID(high: 0x4bf9_2f35_77b3_4da6, low: 0xa3ce_929d_0e0e_4736), span: 7, state: nil)
        #expect(context.parent == "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000007-01")
        #expect(TraceContext(parent: context.parent)?.span == 7)
    }

    // MARK: In messages

    private func request(_ params: String?) throws -> Message {
        let members = params.map { #","params":\#($0)"# } ?? ""
        return try Message(ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"method":"tools/call"\#(members)}"#))
    }

    private func renamed(_ params: String?, to context: TraceContext?) throws -> String {
        let message = try request(params)
        return String(buffer: message.spliced(message.edits(message.change(toName: context))))
    }

    @Test("A request is told another trace wherever its parameters have a place for it")
    func insertions() throws {
        let context = TraceContext(parent: Self.valid, state: "a=1")
        let members = #""traceparent":"\#(Self.valid)","tracestate":"a=1""#
        func expected(_ params: String) -> String {
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":\#(params)}"#
        }
        #expect(try renamed(nil, to: context) == expected(#"{"_meta":{\#(members)}}"#))
        #expect(try renamed(#"{"name":"t"}"#, to: context) == expected(#"{"_meta":{\#(members)},"name":"t"}"#))
        #expect(try renamed(#"{"_meta":{}}"#, to: context) == expected(#"{"_meta":{\#(members)}}"#))
        #expect(try renamed(#"{"_meta":{"x":1}}"#, to: context) == expected(#"{"_meta":{\#(members),"x":1}}"#))
        #expect(
            try renamed(#"{"_meta":{"tracestate":"b=2","x":1,"traceparent":"other"}}"#, to: context)
                == expected(#"{"_meta":{"tracestate":"a=1","x":1,"traceparent":"\#(Self.valid)"}}"#))
        #expect(
            try renamed(
                #"{"_meta":{"traceparent":"other" , "tracestate":"b=2"}}"#, to: TraceContext(parent: Self.valid))
                == expected(#"{"_meta":{"traceparent":"\#(Self.valid)" }}"#))
        #expect(
            try renamed(#"{"_meta":{"traceparent":"x","tracestate":"y"},"n":1}"#, to: nil)
                == expected(#"{"_meta":{},"n":1}"#))
        #expect(try renamed(#"{"_meta":{"a":1,"traceparent":5}}"#, to: nil) == expected(#"{"_meta":{"a":1}}"#))
    }

    @Test("A request says of which trace it is a part, if that is valid")
    func reading() throws {
        #expect(
            try request(#"{"_meta":{"traceparent":"\#(Self.valid)","tracestate":"a=1"}}"#).traceContext?.state == "a=1")
        #expect(
            try request(#"{"_meta":{"traceparent":"\#(Self.valid)","tracestate":"="}}"#).traceContext?.parent
                == Self.valid)
        for meta in [#""traceparent":"evil""#, #""traceparent":7"#, #""tracestate":"a=1""#] {
            let message = try request("{\"_meta\":{\(meta)}}")
            #expect(message.traceContext == nil && message.namesTrace)
        }
        #expect(try !request(#"{"traceparent":"\#(Self.valid)"}"#).namesTrace)
    }

    @Test("A member that a server repeats is no reason to refuse what it says")
    func repeated() throws {
        let text =
            #"{"jsonrpc":"2.0","method":"notifications/message","params":{"_meta":{"traceparent":1,"traceparent":2}}}"#
        #expect(try Message(ByteBuffer(string: text), duplicateKeys: .accepted).namesTrace)
    }
}
