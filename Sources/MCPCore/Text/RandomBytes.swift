/// Bytes that nobody can guess, from the system's own source of randomness.
package enum RandomBytes {
    /// So many of them.
    package static func make(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            // The system is asked once for eight of them.
            var bits = generator.next()
            for _ in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: bits))
                bits >>= 8
            }
        }
        return bytes
    }

    /// So many of them as text, four characters for three bytes, which a header or an address may carry as it is.
    package static func text(of count: Int) -> String { Base64.encodeURL(make(count)) }
}
