import MCPCore
import NIOCore
import Testing

@testable import ToolPins

@Suite struct PinDiffTests {
    private func lines(_ old: String, _ new: String) throws -> [String] {
        PinDiff.lines(
            from: try CanonicalJSON.make(ByteBuffer(string: old)), to: try CanonicalJSON.make(ByteBuffer(string: new)))
    }

    @Test(
        "Each difference is one line with its path",
        arguments: [
            (#"{"description":"a"}"#, #"{"description":"b"}"#, #"description: "a" → "b""#),
            (
                #"{"inputSchema":{"properties":{"a":1}}}"#,
                #"{"inputSchema":{"properties":{"a":1,"path":{"type":"string"}}}}"#,
                #"inputSchema.properties.path: added {"type":"string"}"#
            ),
            (
                #"{"annotations":{"readOnlyHint":true}}"#, #"{"annotations":{"readOnlyHint":false}}"#,
                "annotations.readOnlyHint: true → false"
            ),
            (#"{"title":"x","name":"t"}"#, #"{"name":"t"}"#, #"title: removed "x""#),
            (#"{"a":{"we ird":1}}"#, #"{"a":{"we ird":2}}"#, #"a["we ird"]: 1 → 2"#),
            (#"{"a":["x","y"]}"#, #"{"a":["x","z","y"]}"#, #"a[1]: added "z""#),
            (#"{"a":["x","z","y"]}"#, #"{"a":["x","y"]}"#, #"a[1]: removed "z""#),
            (#"{"a":[{"b":1}]}"#, #"{"a":[{"b":2}]}"#, "a[0].b: 1 → 2"),
            (#"{"a":{}}"#, #"{"a":[]}"#, "a: {} → []"),
            (#"{"d":"pay"}"#, #"{"d":"pаy"}"#, #"d: "pay" → "pаy" (U+0061 → U+0430)"#),
            (
                #"{"d":"a"}"#, #"{"d":"a\u202e\u000a\u001b"}"#,
                #"d: "a" → "a\u{202e}\n\u001b""#
            ),
        ])
    func line(old: String, new: String, line: String) throws {
        #expect(try lines(old, new) == [line])
    }

    @Test("Nothing is said of what is the same")
    func same() throws {
        #expect(try lines(#"{"a":1,"b":[{}]}"#, #"{"b":[{}],"a":1.0}"#).isEmpty)
    }

    @Test("Several differences come in the order of their paths")
    func several() throws {
        #expect(
            try lines(#"{"a":1,"b":1,"d":1}"#, #"{"b":2,"c":1,"d":1}"#) == ["a: removed 1", "b: 1 → 2", "c: added 1"])
    }

    @Test("Long texts are cut around what differs")
    func cut() throws {
        let (before, after) = (String(repeating: "x", count: 500), String(repeating: "y", count: 500))
        let line = try lines(#"{"d":"\#(before)old\#(after)"}"#, #"{"d":"\#(before)new words\#(after)"}"#)
        #expect(line.count == 1)
        #expect(
            line.first
                == #"d: "…xxxxxxxxxxxxxxxxxxxxoldyyyyyyyyyyyyyyyyyyyy…" → "…xxxxxxxxxxxxxxxxxxxxnew wordsyyyyyyyyyyyyyyyyyyyy…""#
        )
        let added = try lines(#"{"d":"a"}"#, #"{"d":"a\#(before)"}"#)
        #expect(added.first?.utf8.count ?? .max < 250)
        #expect(try lines(#"{}"#, #"{"d":"\#(before)"}"#).first?.utf8.count ?? .max < 250)
    }

    @Test("Whatever comes in, what comes out is short")
    func bounded() throws {
        let many = (0..<5_000).map { "\"m\($0)\":\($0)" }.joined(separator: ",")
        let lines = try lines("{}", "{\(many)}")
        #expect(lines.count == PinDiff.maximumLines + 1)
        #expect(lines.last == "… and more")
        let name = String(repeating: "n", count: 10_000)
        #expect(try self.lines("{}", #"{"\#(name)":1}"#).first?.utf8.count ?? .max < 300)
    }
}
