package import MCPCore
package import NIOCore

extension ByteBuffer {
    /// The readable bytes as text.
    package var text: String { String(buffer: self) }

    /// The text as a message.
    ///
    /// - Throws: `MessageError` when the test's own text is no message.
    package func message() throws -> Message { try Message(self) }
}

extension Message {
    /// A message from a test's text.
    ///
    /// - Throws: `MessageError` when it is none.
    package init(_ text: String) throws(MessageError) {
        try self.init(ByteBuffer(string: text))
    }
}
