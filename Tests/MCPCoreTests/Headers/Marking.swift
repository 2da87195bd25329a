import NIOCore

@testable import MCPCore

/// A value from a test's text.
func view(_ text: String) throws -> JSONView {
    try JSONText(scanning: ByteBuffer(string: text)).root
}

/// The marks of a tool with this input schema.
func marks(_ schema: String) throws -> ToolHeaderMarks? {
    try ToolHeaderMarks.read(tool: view(#"{"name":"t","inputSchema":\#(schema)}"#))
}

/// Why the marks of a tool with this input schema are refused; nil when they are not.
func markRefusal(_ schema: String) throws -> String? {
    do {
        _ = try marks(schema)
        return nil
    } catch let error as ToolMarkError {
        return error.code == .invalidMark ? error.reason : "the wrong code"
    }
}
