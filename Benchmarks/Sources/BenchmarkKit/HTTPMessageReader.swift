package import NIOCore

/// One HTTP message, request or response.
package struct HTTPMessage {
    /// Start line and header fields, without the blank line.
    package let head: ByteBuffer
    package var body: ByteBuffer

    /// The status of a response.
    package var status: Int { head.number(at: 9) ?? 0 }

    /// The value of a header field.
    ///
    /// - Parameter name: In lower case.
    package func header(_ name: StaticString) -> ByteBuffer? {
        head.headerValue(name)
    }
}

/// Cuts a stream of bytes into HTTP/1.1 messages, with a length or chunked. It believes its peer, which is always one of
/// ours or what is measured, and so costs little.
package struct HTTPMessageReader {
    package struct Unreadable: Error {}

    private enum State {
        case head
        case body(HTTPMessage, length: Int)
        case chunks(HTTPMessage)
    }

    private var state = State.head
    private var buffer = ByteBuffer()

    package init() {}

    package mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeImmutableBuffer(bytes) }
    }

    package mutating func next() throws(Unreadable) -> HTTPMessage? {
        while true {
            switch state {
            case .head:
                guard let end = buffer.offset(of: "\r\n\r\n") else { return nil }
                guard let head = buffer.readSlice(length: end) else { throw Unreadable() }
                buffer.moveReaderIndex(forwardBy: 4)
                try begin(HTTPMessage(head: head, body: ByteBuffer()))
            case .body(var message, let length):
                guard buffer.readableBytes >= length, let body = buffer.readSlice(length: length) else { return nil }
                message.body = body
                return finish(message)
            case .chunks(var message):
                state = .head  // keeps the body unshared while it grows
                let isComplete = try readChunks(into: &message.body)
                guard isComplete else {
                    state = .chunks(message)
                    return nil
                }
                return finish(message)
            }
        }
    }

    private mutating func begin(_ message: HTTPMessage) throws(Unreadable) {
        if message.header("transfer-encoding") != nil {
            state = .chunks(message)
        } else {
            let length = message.header("content-length")?.number(at: 0) ?? 0
            state = .body(message, length: length)
            if length > buffer.readableBytes { buffer.reserveCapacity(minimumWritableBytes: length) }
        }
    }

    private mutating func finish(_ message: HTTPMessage) -> HTTPMessage {
        state = .head
        if buffer.readableBytes == 0 { buffer = ByteBuffer() }
        return message
    }

    /// - Returns: whether the last chunk was among them.
    private mutating func readChunks(into body: inout ByteBuffer) throws(Unreadable) -> Bool {
        while let lineEnd = buffer.offset(of: "\r\n") {
            guard lineEnd > 0 else { throw Unreadable() }
            var size = 0
            for byte in buffer.readableBytesView.prefix(lineEnd) {
                guard let digit = Self.hexadecimal(byte) else { throw Unreadable() }
                size = size << 4 | digit
            }
            let missing = lineEnd + 2 + size + 2 - buffer.readableBytes
            guard missing <= 0 else {
                buffer.reserveCapacity(minimumWritableBytes: min(missing, 1 << 24))
                return false
            }
            buffer.moveReaderIndex(forwardBy: lineEnd + 2)
            guard var chunk = buffer.readSlice(length: size), buffer.holds("\r\n", at: 0) else { throw Unreadable() }
            buffer.moveReaderIndex(forwardBy: 2)
            if size == 0 { return true }
            if body.readableBytes == 0 { body = chunk } else { body.writeBuffer(&chunk) }
        }
        return false
    }

    private static func hexadecimal(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x37
        case 0x61...0x66: Int(byte) - 0x57
        default: nil
        }
    }
}

extension ByteBuffer {
    fileprivate func headerValue(_ name: StaticString) -> ByteBuffer? {
        let bytes = readableBytesView
        var line = bytes.startIndex
        let length = name.utf8CodeUnitCount
        while let end = bytes[line...].firstIndex(of: 0x0A) {
            line = end + 1
            guard line + length < bytes.endIndex, bytes[line + length] == UInt8(ascii: ":") else { continue }
            var isSame = true
            for index in 0..<length where unsafe bytes[line + index] | 0x20 != name.utf8Start[index] | 0x20 {
                isSame = false
                break
            }
            guard isSame else { continue }
            var start = line + length + 1
            while start < bytes.endIndex, bytes[start] == 0x20 { start += 1 }
            let stop = bytes[start...].firstIndex(of: 0x0D) ?? bytes.endIndex
            return getSlice(at: start, length: stop - start)
        }
        return nil
    }
}
