import MCPCore
import MCPGateway
import NIOCore
import NIOHTTP1

/// HTTP/1.1 responses as they go to the wire ([RFC 9112](https://www.rfc-editor.org/rfc/rfc9112)).
///
/// What NIO's encoder writes in three parts is put together here, so that most answers leave with one small write.
extension ByteBuffer {
    /// Writes the status line.
    mutating func writeStatus(_ status: HTTPResponseStatus) {
        if status == .ok {
            writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            writeStaticString("HTTP/1.1 ")
            writeDecimal(Int(status.code))
            writeStaticString(" ")
            writeString(status.reasonPhrase)
            writeStaticString("\r\n")
        }
    }

    /// Writes header fields. One that could break out of its line is left out.
    mutating func writeFields(_ fields: [(String, String)]) {
        for (name, value) in fields where value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) {
            writeString(name)
            writeStaticString(": ")
            writeString(value)
            writeStaticString("\r\n")
        }
    }

    /// Writes which request is answered.
    mutating func writeRequestNumber(_ number: RequestNumber) {
        writeStaticString("X-Request-Id: ")
        number.write(to: &self)
        writeStaticString("\r\n")
    }

    /// Writes how long the body is.
    mutating func writeContentLength(_ length: Int) {
        writeStaticString("Content-Length: ")
        writeDecimal(length)
        writeStaticString("\r\n")
    }

    /// Writes the line that stands before the bytes of a chunk.
    mutating func writeChunkSize(_ size: Int) {
        writeString(String(size, radix: 16))
        writeStaticString("\r\n")
    }
}
