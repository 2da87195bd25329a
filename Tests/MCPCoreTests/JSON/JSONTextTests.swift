import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct JSONTextTests {
    private func root(_ text: String) throws -> JSONView {
        try JSONText(scanning: ByteBuffer(string: text)).root
    }

    @Test("Members are found by name at every level, with the bytes as written")
    func members() throws {
        let root = try root(#" { "a" : { "b" : [ 1 , "x\u0041" , null ] } , "c\u0064":1.50 } "#)
        #expect(root["a"]?["b"]?.elements.map(\.bytes.text) == ["1", #""x\u0041""#, "null"])
        #expect(root["a"]?["b"]?.elements[1].string == "xA")
        #expect(root["cd"]?.bytes.text == "1.50")
        #expect(root["missing"] == nil)
        #expect(root["a"]?["b"]?["c"] == nil, "an array has no members")
    }

    @Test("Members keep the order in which they were written")
    func order() throws {
        var names: [String] = []
        try root(#"{"z":1,"a":2,"m":3}"#).forEachMember { name, _ in names.append(name) }
        #expect(names == ["z", "a", "m"])
    }

    @Test("Kinds are told apart")
    func kinds() throws {
        #expect(try root("{}").isObject && !root("[]").isObject)
        #expect(try root("[]").isArray && !root("{}").isArray)
        #expect(try root("null").isNull && !root("0").isNull)
        #expect(try root("true").boolean == true && root("false").boolean == false && root("1").boolean == nil)
        #expect(try root(#""x""#).string == "x" && root("1").string == nil)
    }

    @Test(
        "Only canonical integers of 64 bits have a value",
        arguments: [
            ("0", Int64(0)), ("-1", -1), ("9007199254740993", 9_007_199_254_740_993),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("12345678901234567890123", nil), ("1.0", nil), ("1e3", nil), ("-0", nil),
            ("\"1\"", nil),
        ])
    func integers(text: String, value: Int64?) throws {
        #expect(try root(text).integer == value)
    }

    @Test("A text with something behind its value is refused")
    func trailing() {
        #expect(throws: JSONError(.trailingBytes, at: 3)) { try JSONText(scanning: ByteBuffer(string: "{} 1")) }
    }

    @Test("A repeated member of a text that was accepted as it is yields the last one")
    func lastWins() throws {
        let text = JSONText(accepted: ByteBuffer(string: #"{"a":1,"a":2}"#))
        #expect(text.root["a"]?.integer == 2)
    }
}
