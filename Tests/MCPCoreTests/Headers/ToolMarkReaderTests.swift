import Testing

@testable import MCPCore

@Suite struct ToolMarkReaderTests {
    private typealias Mark = ToolHeaderMarks.Mark

    private let marked = #"{"type":"string","x-mcp-header":"A"}"#

    @Test("Marks of every allowed type are found at every depth of properties, in order")
    func found() throws {
        let schema = """
            {"properties":{"s":{"x-mcp-header":"Region","type":"string"},
             "o":{"properties":{"i":{"type":"integer","x-mcp-header":"tenant_ID"},
              "p":{"type":"object","properties":{"b":{"type":"boolean","x-mcp-header":"!#$%&'*+-.^_`|~09azAZ"}}}}}}}
            """
        #expect(
            try marks(schema)?.marks == [
                Mark(header: "Region", path: ["s"], kind: .string),
                Mark(header: "tenant_ID", path: ["o", "i"], kind: .integer),
                Mark(header: "!#$%&'*+-.^_`|~09azAZ", path: ["o", "p", "b"], kind: .boolean),
            ])
    }

    @Test("Escapes in keywords, names and values change nothing")
    func escapes() throws {
        let schema = #"{"\u0070roperties":{"\u00e9":{"\u0078-mcp\u002dheader":"\u0041","\u0074ype":"\u0073tring"}}}"#
        #expect(try marks(schema)?.marks == [Mark(header: "A", path: ["\u{E9}"], kind: .string)])
    }

    @Test(
        "A property that is only named like the mark, or like a keyword, is a property",
        arguments: [
            #"{"properties":{"x-mcp-header":{"type":"string"}}}"#,
            #"{"properties":{"x-mcp-header":true}}"#,
            #"{"$defs":{"x-mcp-header":{"type":"string"}},"patternProperties":{"x-mcp-header":{}}}"#,
            #"{"properties":{"items":{"properties":{"x-mcp-header":{"x-mcp":1}}}}}"#,
            #"{"required":["x-mcp-header"],"dependentRequired":{"x-mcp-header":["a"]}}"#,
            #"{"dependencies":{"x-mcp-header":["x-mcp-header"]}}"#,
        ])
    func names(schema: String) throws {
        #expect(try marks(schema) == nil)
    }

    @Test("Properties with the names of keywords lead to marks all the same")
    func keywordNames() throws {
        let schema =
            #"{"properties":{"properties":{"properties":{"items":\#(marked)}},"x-mcp-header":{"type":"null"}}}"#
        #expect(try marks(schema)?.marks.map(\.path) == [["properties", "items"]])
        let named = #"{"properties":{"x-mcp-header":\#(marked)}}"#
        #expect(try marks(named)?.marks.map(\.path) == [["x-mcp-header"]])
    }

    @Test(
        "What is data, or unknown to JSON Schema, holds no marks",
        arguments: ["default", "const", "enum", "examples", "example", "x-vendor", "$comment", "required"])
    func data(keyword: String) throws {
        for value in [marked, "[\(marked)]", #"{"properties":{"a":\#(marked)}}"#] {
            #expect(try marks(#"{"\#(keyword)":\#(value)}"#) == nil)
            #expect(try marks(#"{"properties":{"a":{"type":"object","\#(keyword)":\#(value)}}}"#) == nil)
        }
    }

    @Test(
        "A mark behind anything but properties makes the tool invalid",
        arguments: [
            "items", "additionalItems", "prefixItems", "contains", "unevaluatedItems", "additionalProperties",
            "unevaluatedProperties", "propertyNames", "contentSchema", "allOf", "anyOf", "oneOf", "not", "if", "then",
            "else",
        ])
    func elsewhere(keyword: String) throws {
        for value in [marked, "[{},\(marked)]", #"{"properties":{"a":\#(marked)}}"#, #"{"not":\#(marked)}"#] {
            for schema in [#"{"\#(keyword)":\#(value)}"#, #"{"properties":{"p":{"\#(keyword)":\#(value)}}}"#] {
                #expect(try markRefusal(schema)?.contains("reached through \"properties\" alone") == true, "\(schema)")
            }
        }
    }

    @Test(
        "So does one in a schema that others refer to or that applies to names",
        arguments: ["$defs", "definitions", "patternProperties", "dependentSchemas", "dependencies"])
    func named(keyword: String) throws {
        #expect(try markRefusal(#"{"\#(keyword)":{"d":\#(marked)}}"#) != nil)
        #expect(try markRefusal(#"{"\#(keyword)":{"d":{"properties":{"a":\#(marked)}}}}"#) != nil)
        #expect(try markRefusal(#"{"properties":{"p":{"\#(keyword)":{"d":\#(marked)}}}}"#) != nil)
        #expect(try markRefusal(##"{"properties":{"p":{"$ref":"#/x"}},"\##(keyword)":{"d":\##(marked)}}"##) != nil)
    }

    @Test("The schema itself is no property")
    func root() throws {
        #expect(
            try markRefusal(marked)
                == "x-mcp-header of the schema itself is not on a property that is reached through \"properties\" alone"
        )
    }

    @Test(
        "A mark that cannot be part of a header's name makes the tool invalid",
        arguments: [
            #""""#, #""My Region""#, #""Region:Primary""#, #""Région""#, #""Region\t1""#, #""a\r\nb""#, #""a\u0000""#,
            #""(a)""#, #""a,b""#, #""a/b""#, #""a\"b""#,
        ])
    func token(mark: String) throws {
        let reason = try markRefusal(#"{"properties":{"a":{"type":"string","x-mcp-header":\#(mark)}}}"#)
        #expect(reason?.contains("cannot be part of a header's name") == true)
    }

    @Test(
        "A mark that is not a string makes the tool invalid", arguments: ["null", "true", "1", "[]", #"["A"]"#, "{}"])
    func notAString(mark: String) throws {
        let reason = try markRefusal(#"{"properties":{"a":{"type":"string","x-mcp-header":\#(mark)}}}"#)
        #expect(reason == #"x-mcp-header at "a" is not a string"#)
    }

    @Test(
        "A mark on anything but a string, an integer or a boolean makes the tool invalid",
        arguments: [
            #""number""#, #""object""#, #""array""#, #""null""#, #"["string"]"#, #"["string","null"]"#, #"["integer"]"#,
            "null", "{}", #""String""#, #""""#,
        ])
    func type(type: String) throws {
        let reason = try markRefusal(#"{"properties":{"o":{"properties":{"a":{"type":\#(type),"x-mcp-header":"A"}}}}}"#)
        #expect(reason == #"x-mcp-header at "o.a" is on a property whose type is not string, integer or boolean"#)
    }

    @Test(
        "A type that is missing or only implied is none of the three",
        arguments: [
            #""a":1"#, #""enum":["x"]"#, ##""$ref":"#/$defs/s""##, #""anyOf":[{"type":"string"},{"type":"null"}]"#,
        ])
    func untyped(rest: String) throws {
        #expect(try markRefusal(#"{"properties":{"a":{"x-mcp-header":"A",\#(rest)}}}"#) != nil)
    }

    @Test("Two marks that differ at most in case make the tool invalid", arguments: ["Region", "REGION", "rEGION"])
    func unique(second: String) throws {
        let schema = """
            {"properties":{"a":{"type":"string","x-mcp-header":"Region"},
             "b":{"properties":{"c":{"type":"integer","x-mcp-header":"\(second)"}}}}}
            """
        #expect(try markRefusal(schema)?.contains("which another property has, too") == true)
    }

    @Test("One invalid mark spoils the valid ones, and the first is named")
    func first() throws {
        let schema = """
            {"properties":{"good":\(marked),"bad":{"type":"number","x-mcp-header":"B"},"worse":{"x-mcp-header":7}}}
            """
        #expect(try markRefusal(schema)?.contains(#""bad""#) == true)
    }

    @Test("The reason stays short and on one line, whatever the server wrote")
    func reason() throws {
        let long = String(repeating: "ä\\n", count: 10_000)
        let reason = try #require(
            try markRefusal(#"{"properties":{"\#(long)":{"type":"x","x-mcp-header":"\#(long)"}}}"#))
        #expect(reason.utf8.count < 1_000)
        #expect(!reason.contains("\n"))
    }

    @Test("A tool may have a hundred marks and no more")
    func many() throws {
        let properties = (0...100).map { #""p\#($0)":{"type":"string","x-mcp-header":"H\#($0)"}"# }
        #expect(try marks("{\"properties\":{\(properties.dropLast().joined(separator: ","))}}")?.marks.count == 100)
        #expect(
            try markRefusal("{\"properties\":{\(properties.joined(separator: ","))}}")
                == "there are more than 100 x-mcp-header marks")
    }

    @Test("A mark is found as deep as a message may be nested")
    func deep() throws {
        let names = (0..<62).map { "p\($0)" }
        let open = names.map { #"{"properties":{"\#($0)":"# }.joined()
        let close = String(repeating: "}}", count: names.count)
        #expect(try marks(open + marked + close)?.marks.first?.path == names)
    }
}
