import CTextScan
package import NIOCore

/// Cuts a stream of bytes into lines, as the stdio transport frames messages.
///
/// A line ends with LF; a CR before it is dropped. Lines that arrive whole are slices of what arrived.
package struct LineFramer {
    /// The beginning of a line whose end has not arrived.
    private var beginning = Pieces()
    /// What has arrived and was not looked at yet.
    private var arrived = ByteBuffer()
    private let maximumLength: Int

    package init(maximumLength: Int) {
        self.maximumLength = maximumLength
    }

    /// Bytes of a line whose end has not arrived.
    package var pendingBytes: Int { beginning.count + arrived.readableBytes }

    /// Takes bytes as they arrived.
    package mutating func append(_ bytes: ByteBuffer) {
        if arrived.readableBytes == 0 { arrived = bytes } else { arrived.writeImmutableBuffer(bytes) }
    }

    /// The next whole line, without its end.
    ///
    /// - Throws: `FramingError` once a line is longer than allowed. The framer is of no use after that.
    package mutating func next() throws(FramingError) -> ByteBuffer? {
        guard let length = arrived.offset(of: 0x0A, from: arrived.readerIndex) else {
            beginning.append(arrived)
            arrived = ByteBuffer()
            guard beginning.count <= maximumLength else { throw FramingError(code: .lineTooLong, limit: maximumLength) }
            return nil
        }
        guard beginning.count + length <= maximumLength else {
            throw FramingError(code: .lineTooLong, limit: maximumLength)
        }
        var line = arrived.readSlice(length: length) ?? ByteBuffer()
        arrived.moveReaderIndex(forwardBy: 1)
        if beginning.count > 0 {
            beginning.append(line)
            line = beginning.join()
        }
        if line.readableBytes > 0, line.byte(at: line.readableBytes - 1) == 0x0D {
            line.moveWriterIndex(to: line.writerIndex - 1)
        }
        if arrived.readableBytes == 0 { arrived = ByteBuffer() }
        return line
    }
}

extension ByteBuffer {
    /// How many bytes from an index on until one of this value, looking no further than a limit.
    func offset(of byte: UInt8, from index: Int, limit: Int? = nil) -> Int? {
        let start = index - readerIndex
        let end = limit.map { start + $0 } ?? readableBytes
        guard start < end else { return nil }
        return unsafe withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            let length = unsafe text_length_before(byte, base + start, end - start)
            return length < end - start ? length : nil
        }
    }
}
