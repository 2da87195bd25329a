import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct MarkedValuesTests {
    private func find(_ paths: [[String]], in arguments: JSONView?) -> [String?] {
        let marks = paths.map { ToolHeaderMarks.Mark(header: "H", path: $0, kind: .string) }
        return MarkedValues.find(marks, in: arguments).map { $0?.bytes.text }
    }

    @Test("Values are found at their exact paths, wherever the arguments stand in a message")
    func paths() throws {
        let whole = try view(
            #"{"params": { "arguments" : { "a":1, "o":{ "b" : [2] , "p":{"c":"x"}}, "b":3, "z":{} } }}"#
        )
        let found = find(
            [["a"], ["o", "b"], ["o", "p", "c"], ["b"], ["c"], ["o", "c"], ["a", "b"], ["z", "b"], ["z"]],
            in: whole["params"]?["arguments"])
        #expect(found == ["1", "[2]", #""x""#, "3", nil, nil, nil, nil, "{}"])
    }

    @Test("What is missing, null or no object has no value")
    func nothing() throws {
        #expect(find([["a"]], in: nil) == [nil])
        for text in ["{}", "null", "[]", "1", #""a""#, #"{"a":null}"#, #"{"a" : null }"#, #"{"A":1}"#] {
            #expect(try find([["a"]], in: view(text)) == [nil], "\(text)")
        }
        for text in [#"{"a":null}"#, #"{"a":[{"b":1}]}"#, #"{"a":{"b":null}}"#, #"{"a":"b"}"#, #"{"b":1}"#] {
            #expect(try find([["a", "b"]], in: view(text)) == [nil], "\(text)")
        }
    }

    @Test("Names match byte by byte, however they are escaped")
    func names() throws {
        let arguments = try view(#"{"e\u0301":1,"\u00e9":2,"\u0061":3}"#)
        #expect(find([["\u{E9}"], ["e\u{301}"], ["a"]], in: arguments) == ["2", "1", "3"])
        #expect(find([["\u{E9}"]], in: try view(#"{"e\u0301":1}"#)) == [nil], "canonically equal is another name")
    }

    @Test("A path may lead through a property that is marked itself")
    func prefix() throws {
        #expect(find([["a"], ["a", "b"]], in: try view(#"{"a":{"b":1}}"#)) == [#"{"b":1}"#, "1"])
    }

    @Test("Where a name comes twice, the last one counts with all that is in it")
    func repeated() {
        let arguments = JSONText(accepted: ByteBuffer(string: #"{"a":{"b":1},"c":1,"a":{},"c":2}"#)).root
        #expect(find([["a", "b"], ["c"], ["a"]], in: arguments) == [nil, "2", "{}"])
    }
}
