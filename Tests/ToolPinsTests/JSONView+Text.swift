import MCPCore
import NIOCore

@testable import ToolPins

extension JSONView {
    /// The value of a text that is JSON.
    init(json: String) throws {
        self = try JSONText(scanning: ByteBuffer(string: json)).root
    }
}

extension PinnedDefinition {
    /// The definition of a tool that stands in a text.
    init(tool json: String) throws {
        self.init(.tool, try JSONView(json: json))
    }

    var text: String { String(buffer: json) }
}
