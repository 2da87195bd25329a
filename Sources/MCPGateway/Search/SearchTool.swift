package import NIOCore

/// The tools with which clients find those that are not listed.
package enum SearchTool: String, CaseIterable, Sendable {
    case find = "search_tools"
    case describe = "describe_tools"
    case call = "call_tool"

    /// The tool as it is listed, in JSON. `anthropic/alwaysLoad` asks clients that keep tools back themselves not to do so
    /// with these.
    package var definition: ByteBuffer {
        switch self {
        case .find: ByteBuffer(string: Self.findDefinition)
        case .describe: ByteBuffer(string: Self.describeDefinition)
        case .call: ByteBuffer(string: Self.callDefinition)
        }
    }

    /// How many tools are found unless more or fewer are wanted, and at most.
    package static let usualLimit = 5
    package static let largestLimit = 50
    /// How many tools are described at once.
    static let largestDescription = 50

    private static let findDefinition = #"""
        {"name":"search_tools","title":"Search tools","description":"Find tools by what they do. Most tools of this server are not listed: search for them here before saying that something cannot be done. Returns the definitions of the best matches, which call_tool calls.","inputSchema":{"type":"object","properties":{"query":{"type":"string","description":"What the tool should do, in a few words, such as \"create an issue\""},"limit":{"type":"integer","description":"How many tools to return","minimum":1,"maximum":50,"default":5}},"required":["query"]},"annotations":{"readOnlyHint":true,"openWorldHint":false},"_meta":{"anthropic/alwaysLoad":true}}
        """#

    private static let describeDefinition = #"""
        {"name":"describe_tools","title":"Describe tools","description":"Get the definitions of tools whose names are known, with their arguments.","inputSchema":{"type":"object","properties":{"names":{"type":"array","items":{"type":"string"},"description":"Names as search_tools gives them","minItems":1,"maxItems":50}},"required":["names"]},"annotations":{"readOnlyHint":true,"openWorldHint":false},"_meta":{"anthropic/alwaysLoad":true}}
        """#

    private static let callDefinition = #"""
        {"name":"call_tool","title":"Call tool","description":"Call a tool that search_tools has found. The arguments are those of that tool's inputSchema.","inputSchema":{"type":"object","properties":{"name":{"type":"string","description":"The tool's name as search_tools gives it"},"arguments":{"type":"object","description":"The tool's arguments","additionalProperties":true}},"required":["name"]},"_meta":{"anthropic/alwaysLoad":true}}
        """#
}
