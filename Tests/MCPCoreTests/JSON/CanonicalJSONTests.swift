import NIOCore
import Testing

@testable import MCPCore

@Suite struct CanonicalJSONTests {
    private func canonical(_ json: String) throws -> String {
        String(buffer: try CanonicalJSON.make(ByteBuffer(string: json)))
    }

    @Test("The example of RFC 8785, 3.2.2 comes out as it says there")
    func example() throws {
        let written = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        #expect(
            try canonical(written)
                == #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
                + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#)
    }

    @Test("Members are in the order of their UTF-16, as RFC 8785, 3.2.3 has them")
    func order() throws {
        let written = #"""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
            "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
            """#
        let names = ByteBuffer(string: try canonical(written))
        var found: [String] = []
        JSONText(accepted: names).root.forEachMember { _, value in found.append(value.string ?? "") }
        #expect(
            found == [
                "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
                "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
            ])
    }

    @Test("Nested values, empty ones and the short escapes are written without spaces")
    func nested() throws {
        #expect(
            try canonical(#" { "b" : [ ] , "a" : { "z" : { } , "y" : [ 1 , [ "\b\f\t\u0000\u007f" ] ] } } "#)
                == "{\"a\":{\"y\":[1,[\"\\b\\f\\t\\u0000\u{7f}\"]],\"z\":{}},\"b\":[]}")
        #expect(try canonical(" -0 ") == "0")
    }

    @Test(
        "What has no canonical form is refused",
        arguments: [
            #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"["\ud800"]"#, #"{"\udc00":1}"#, "1e400", "[-1e309]",
            String(repeating: "[", count: 200) + String(repeating: "]", count: 200), "[1] 2",
        ])
    func refused(json: String) {
        #expect(throws: JSONError.self) { try canonical(json) }
    }

    @Test("Of the outermost object only the members are written that are wanted, inside all")
    func members() throws {
        let text = ByteBuffer(string: #"{"x":1,"b":{"x":1},"a":2}"#)
        #expect(String(buffer: try CanonicalJSON.make(text, members: { $0 != "x" })) == #"{"a":2,"b":{"x":1}}"#)
    }
}
