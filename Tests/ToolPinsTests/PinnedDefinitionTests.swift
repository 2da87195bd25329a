import MCPCore
import NIOCore
import Testing

@testable import ToolPins

@Suite struct PinnedDefinitionTests {
    @Test("Of a tool that counts what says what it is and takes, in one order; pictures and the like do not")
    func tool() throws {
        let definition = try PinnedDefinition(
            tool: #"""
                {"title":"T","name":"t","icons":[{"src":"x"}],"_meta":{"a":1},"execution":{},"annotations":{"readOnlyHint":true},
                "outputSchema":{},"inputSchema":{"type":"object"},"description":"d","arguments":[]}
                """#)
        #expect(
            definition.text
                == #"{"annotations":{"readOnlyHint":true},"description":"d","inputSchema":{"type":"object"},"name":"t","#
                + #""outputSchema":{},"title":"T"}"#)
        #expect(definition.digest == PinDigest(of: definition.json))
        let other = try PinnedDefinition(tool: #"{"icons":[],"name":"t"}"#)
        #expect(other == (try PinnedDefinition(tool: #" {"name" : "t"} "#)), "what is absent stays absent")
    }

    @Test("Of a prompt its arguments count, and no schema")
    func prompt() throws {
        let definition = PinnedDefinition(
            .prompt, try JSONView(json: #"{"name":"p","inputSchema":{},"annotations":{},"arguments":[{"name":"a"}]}"#))
        #expect(definition.text == #"{"arguments":[{"name":"a"}],"name":"p"}"#)
    }

    @Test(
        "Each member that counts makes another digest",
        arguments: [
            #"{"name":"u"}"#, #"{"name":"t","title":""}"#, #"{"name":"t","description":null}"#,
            #"{"name":"t","inputSchema":{}}"#, #"{"name":"t","outputSchema":{}}"#, #"{"name":"t","annotations":{}}"#,
            #"{"name":"T"}"#, #"{"name":"t\u200b"}"#,
        ])
    func different(json: String) throws {
        #expect(try PinnedDefinition(tool: json).digest != PinnedDefinition(tool: #"{"name":"t"}"#).digest)
    }

    @Test("Of what has no canonical form all bytes count, and it is never the same as a clean one")
    func verbatim() throws {
        let first = try PinnedDefinition(tool: #"{"name":"t","inputSchema":{"maximum":1e400}}"#)
        #expect(first.text.hasPrefix(#"{"verbatim":{"bytes":44,"sha256":""#))
        #expect(first == (try PinnedDefinition(tool: #"{"name":"t","inputSchema":{"maximum":1e400}}"#)))
        #expect(first != (try PinnedDefinition(tool: #"{"name":"t","inputSchema":{"maximum":1e401}}"#)))
        #expect(first != (try PinnedDefinition(tool: #"{"name":"t", "inputSchema":{"maximum":1e400}}"#)))
        let forged = try PinnedDefinition(tool: #"{"name":"t",\#(first.text.dropFirst())"#)
        #expect(forged.text == #"{"name":"t"}"#, "a server cannot write what stands for other bytes")
    }

    @Test("A member that stands twice leaves nothing to choose")
    func duplicates() throws {
        let bytes = ByteBuffer(string: #"{"name":"t","description":"good","description":"bad"}"#)
        let definition = PinnedDefinition(.tool, JSONView(text: bytes, range: 0..<bytes.readableBytes))
        #expect(definition.text.hasPrefix(#"{"verbatim":"#))
    }

    @Test("What is no object has no canonical form")
    func other() throws {
        #expect(try PinnedDefinition(tool: #"["name"]"#).text.hasPrefix(#"{"verbatim":"#))
    }

    @Test("A definition that is too long is kept by its digest alone, one with a large picture is not")
    func long() throws {
        let filler = String(repeating: "x", count: PinnedDefinition.maximumBytes)
        let long = try PinnedDefinition(tool: #"{"name":"t","description":"\#(filler)"}"#)
        #expect(long.json.readableBytes < 200)
        #expect(long != (try PinnedDefinition(tool: #"{"name":"t","description":"\#(filler)."}"#)))
        #expect(try PinnedDefinition(tool: #"{"name":"t","icons":"\#(filler)"}"#).text == #"{"name":"t"}"#)
        let numbers = Array(repeating: "1e20", count: 40_000).joined(separator: ",")
        #expect(
            try PinnedDefinition(tool: #"{"name":"t","inputSchema":[\#(numbers)]}"#).json.readableBytes < 200,
            "it is what is written that is bounded")
    }
}
