import MCPCore
import NIOCore
import Testing

@testable import Recordings

@Suite struct AnswerDiffTests {
    private func view(_ json: String) throws -> JSONView { try JSONText(scanning: ByteBuffer(string: json)).root }

    private func diff(_ before: String, _ after: String, to method: String = "tools/list") throws -> [String] {
        AnswerDiff(.result(try view(before)), .result(try view(after)), to: method).differences.map(Self.line)
    }

    private static func line(_ difference: AnswerDiff.Difference) -> String {
        "\(difference.path): \(difference.before ?? "nothing") → \(difference.after ?? "nothing")"
    }

    @Test("Answers are the same whatever the order of members, the spelling, and what belongs to the envelope")
    func same() throws {
        let before = #"{"a":{"x":1.0,"y":"é"},"_meta":{"s":1},"resultType":"complete","ttlMs":5,"nextCursor":"c1"}"#
        #expect(try diff(before, #"{"a":{"y":"\u00e9","x":1},"nextCursor":"c2"}"#).isEmpty)
    }

    @Test("Each place that is different is told, with what stood there before and what stands there now")
    func differences() throws {
        #expect(
            try diff(#"{"a":{"x":1,"y":"b"},"l":[1,2]}"#, #"{"a":{"x":2,"z":"b"},"l":[1,3,4]}"#) == [
                "result.a.x: 1 → 2", #"result.a.y: "b" → nothing"#, #"result.a.z: nothing → "b""#, "result.l[1]: 2 → 3",
                "result.l[2]: nothing → 4",
            ])
        #expect(try diff(#"{"_x":{"_meta":1}}"#, #"{"_x":{"_meta":2}}"#) == ["result._x._meta: 1 → 2"])
        #expect(try diff(#"{"nextCursor":"c"}"#, "{}") == [#"result.nextCursor: "c" → nothing"#])
    }

    @Test("Elements that have names are compared by them, in whatever order they come")
    func named() throws {
        #expect(
            try diff(
                #"{"tools":[{"name":"a","d":1},{"name":"b","d":1}]}"#, #"{"tools":[{"name":"c"},{"name":"b","d":2}]}"#)
                == [
                    #"result.tools[name=a]: {"name":"a","d":1} → nothing"#, "result.tools[name=b].d: 1 → 2",
                    #"result.tools[name=c]: nothing → {"name":"c"}"#,
                ])
        #expect(
            try diff(#"{"tools":[{"name":"a"},{"name":"b"}]}"#, #"{"tools":[{"name":"b"},{"name":"a"}]}"#).isEmpty)
        // Two of one name are told apart by their places.
        #expect(
            try diff(#"{"t":[{"name":"a"},{"name":"a"}]}"#, #"{"t":[{"name":"a"},{"name":"b"}]}"#) == [
                #"result.t[1].name: "a" → "b""#
            ])
    }

    @Test("What was left out of the recording is the same as anything")
    func masked() throws {
        #expect(try diff(#"{"a":"***","b":"x … y … z"}"#, #"{"a":{"c":1},"b":"x 1 y 2 z"}"#).isEmpty)
        #expect(try diff(#"{"b":"x … y"}"#, #"{"b":"x 1 z"}"#).count == 1)
        #expect(try diff(#"{"b":"ab…ba"}"#, #"{"b":"aba"}"#).count == 1)
    }

    @Test(
        "A result in the place of an error is one difference on each side, and that there is no resource is one error")
    func errors() throws {
        let (error, other) = (try view(#"{"code":-32002,"message":"m"}"#), try view(#"{"code":-32602,"message":"m"}"#))
        #expect(
            AnswerDiff(.error(error), .result(try view("{}")), to: "tools/list").differences.map(\.path) == [
                "error", "result",
            ])
        #expect(AnswerDiff(.error(error), .error(other), to: "resources/read").differences.isEmpty)
        #expect(AnswerDiff(.error(error), .error(other), to: "tools/call").differences.map(\.path) == ["error.code"])
    }
}
