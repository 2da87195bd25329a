package import NIOCore

/// Bytes that arrive in pieces and are wanted as a whole: what is large is kept as it came, and copied once, when the
/// whole is there.
package struct Pieces {
    /// From which size on a piece is worth keeping by itself. Smaller ones are copied together, so that many of them do
    /// not hold more memory than they need.
    private static let large = 16 << 10

    private var pieces: [ByteBuffer] = []
    /// Whether the last piece was put together here, so that more can be added to it.
    private var isOpen = false
    /// How many bytes there are.
    package private(set) var count = 0

    /// Begins with nothing.
    package init() {}

    /// Adds what has arrived.
    package mutating func append(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        count += bytes.readableBytes
        if bytes.readableBytes >= Self.large {
            pieces.append(bytes)
            isOpen = false
        } else if isOpen {
            pieces[pieces.count - 1].writeImmutableBuffer(bytes)
        } else {
            pieces.append(ByteBuffer(bytes: bytes.readableBytesView))
            isOpen = true
        }
    }

    /// Everything that was appended; nothing is left.
    package mutating func join() -> ByteBuffer {
        defer { self = Pieces() }
        guard pieces.count > 1 else { return pieces.first ?? ByteBuffer() }
        var whole = ByteBuffer()
        whole.reserveCapacity(count)
        for piece in pieces { whole.writeImmutableBuffer(piece) }
        return whole
    }
}
