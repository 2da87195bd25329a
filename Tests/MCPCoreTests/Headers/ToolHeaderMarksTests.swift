import NIOCore
import Testing

@testable import MCPCore

@Suite struct ToolHeaderMarksTests {
    private typealias Mark = ToolHeaderMarks.Mark

    @Test("The marks of the specification's example are read")
    func example() throws {
        let schema = """
            {"type": "object", "properties": {
              "region": {"type": "string", "description": "The region", "x-mcp-header": "Region"},
              "query": {"type": "string"}}, "required": ["region", "query"]}
            """
        let found = try #require(try marks(schema))
        #expect(found.marks == [Mark(header: "Region", path: ["region"], kind: .string)])
        #expect(found.marks.first?.headerName == "Mcp-Param-Region")
    }

    @Test("A tool without a mark in its input schema has none")
    func none() throws {
        #expect(try ToolHeaderMarks.read(tool: view(#"{"name":"x-mcp-header"}"#)) == nil)
        #expect(try ToolHeaderMarks.read(tool: view(#"{"inputSchema":{"description":"x-mcp-header"}}"#)) == nil)
        let output = #"{"inputSchema":{},"outputSchema":{"x-mcp-header":1},"annotations":{"x-mcp-header":1}}"#
        #expect(try ToolHeaderMarks.read(tool: view(output)) == nil, "other schemas may hold what they want")
        for schema in ["true", "null", "[]", #""x-mcp-header""#, "{}"] { #expect(try marks(schema) == nil) }
        for tool in ["null", "[]", "7"] { #expect(try ToolHeaderMarks.read(tool: view(tool)) == nil) }
    }

    @Test("A schema with marks in which a name comes twice is refused, one without marks is not")
    func repeated() throws {
        let twice = #"{"properties":{"a":{"type":"string","x-mcp-header":"A"},"b":{"type":"string","type":"null"}}}"#
        let tool = JSONText(accepted: ByteBuffer(string: #"{"inputSchema":\#(twice)}"#)).root
        #expect(throws: ToolMarkError.self) { try ToolHeaderMarks.read(tool: tool) }
        let harmless = #"{"inputSchema":{"a":1,"a":2,"description":"x-mcp-header"}}"#
        #expect(try ToolHeaderMarks.read(tool: JSONText(accepted: ByteBuffer(string: harmless)).root) == nil)
    }

    @Test("Marks are equal byte by byte only")
    func equality() {
        let composed = Mark(header: "A", path: ["\u{E9}"], kind: .string)
        #expect(composed == Mark(header: "A", path: ["\u{E9}"], kind: .string))
        #expect(composed != Mark(header: "A", path: ["e\u{301}"], kind: .string))
        #expect(composed != Mark(header: "a", path: ["\u{E9}"], kind: .string))
        #expect(composed != Mark(header: "A", path: ["\u{E9}"], kind: .boolean))
        #expect(composed != Mark(header: "A", path: ["\u{E9}", "x"], kind: .string))
    }
}
