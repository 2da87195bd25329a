package import NIOCore

/// What the back ends answer and the load generator expects: made by the same code, so that it can be compared byte by
/// byte. Nothing in it needs an escape in JSON.
package enum Content {
    /// Text of a given length.
    package static func text(_ length: Int) -> ByteBuffer {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789".utf8)
        var buffer = ByteBuffer()
        buffer.reserveCapacity(length)
        // A small generator of its own, so that the text does not repeat with the size of anybody's buffer.
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<length {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            buffer.writeInteger(alphabet[Int(state % UInt64(alphabet.count))])
        }
        return buffer
    }

    /// A JSON array of tools.
    package static func tools(_ count: Int) -> ByteBuffer {
        var buffer = ByteBuffer(string: "[")
        for number in 0..<count {
            if number > 0 { buffer.writeStaticString(",") }
            buffer.writeString(
                #"{"name":"tool_\#(number)","description":"Reads the record of one thing, number \#(number), and tells "#
                    + #"what is known of it.","inputSchema":{"type":"object","properties":{"key":{"type":"string","#
                    + #""description":"Which thing"},"limit":{"type":"integer","minimum":1}},"required":["key"]}}"#
            )
        }
        buffer.writeStaticString("]")
        return buffer
    }
}
