package import NIOCore

/// Cuts a stream of bytes into lines, as the stdio transport frames messages.
///
/// A line ends with LF; a CR before it is dropped. Lines that arrive whole are slices of what arrived.
package struct LineFramer {
    private var pending = ByteBuffer()
    private var searched = 0
    private let maximumLength: Int

    package init(maximumLength: Int) {
        self.maximumLength = maximumLength
    }

    /// Bytes of a line whose end has not arrived.
    package var pendingBytes: Int { pending.readableBytes }

    /// Takes bytes as they arrived.
    package mutating func append(_ bytes: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = bytes
            searched = 0
        } else {
            pending.writeImmutableBuffer(bytes)
        }
    }

    /// The next whole line, without its end.
    ///
    /// - Throws: `FramingError` once a line is longer than allowed. The framer is of no use after that.
    package mutating func next() throws(FramingError) -> ByteBuffer? {
        let from = pending.readerIndex + searched
        guard let length = pending.offset(of: 0x0A, from: from) else {
            searched = pending.readableBytes
            guard searched <= maximumLength else { throw FramingError(code: .lineTooLong, limit: maximumLength) }
            return nil
        }
        let count = searched + length
        searched = 0
        guard count <= maximumLength else { throw FramingError(code: .lineTooLong, limit: maximumLength) }
        var line = pending.readSlice(length: count) ?? ByteBuffer()
        pending.moveReaderIndex(forwardBy: 1)
        if line.readableBytes > 0, line.byte(at: line.readableBytes - 1) == 0x0D {
            line.moveWriterIndex(to: line.writerIndex - 1)
        }
        if pending.readableBytes == 0 { pending = ByteBuffer() }
        return line
    }
}

extension ByteBuffer {
    /// How many bytes from an index on until one of this value, looking no further than a limit.
    func offset(of byte: UInt8, from index: Int, limit: Int? = nil) -> Int? {
        let start = index - readerIndex
        let end = limit.map { start + $0 } ?? readableBytes
        return unsafe withUnsafeReadableBytes { bytes in
            var position = start
            while position + 8 <= end {
                let word = unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                let difference = word ^ (0x0101_0101_0101_0101 &* UInt64(byte))
                let hits = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
                if hits != 0 {
                    return position + UInt64(littleEndian: hits).trailingZeroBitCount >> 3 - start
                }
                position += 8
            }
            while position < end {
                if unsafe bytes[position] == byte { return position - start }
                position += 1
            }
            return nil
        }
    }
}
