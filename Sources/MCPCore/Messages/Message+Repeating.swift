import CTextScan
package import NIOCore

extension Message {
    /// This message with another identifier, if that is what some bytes are: then they need not be scanned, because all of
    /// them but the identifier were accepted before.
    ///
    /// - Returns: nil when anything else differs, or the identifier is no plain number.
    package func repeated(in other: ByteBuffer) -> Message? {
        guard let id = envelope.id, other.readableBytes > bytes.readableBytes - id.count else { return nil }
        let difference = other.readableBytes - bytes.readableBytes
        let place = id.lowerBound..<id.upperBound + difference
        // As canonical as it has to be for a number of ours: no sign, no leading zero, nothing after a point.
        guard other.integer(in: place).map({ $0 >= 0 }) == true else { return nil }
        let isSame = unsafe bytes.withUnsafeReadableBytes { known in
            unsafe other.withUnsafeReadableBytes { bytes in
                let rest = known.count - id.upperBound
                return unsafe Self.areEqual(known[..<id.lowerBound], bytes[..<id.lowerBound])
                    && Self.areEqual(known.suffix(rest), bytes.suffix(rest))
            }
        }
        return isSame ? Message(other, envelope.shifted(behind: id, by: difference)) : nil
    }

    private static func areEqual(
        _ left: Slice<UnsafeRawBufferPointer>, _ right: Slice<UnsafeRawBufferPointer>
    ) -> Bool {
        let (left, right) = unsafe (UnsafeRawBufferPointer(rebasing: left), UnsafeRawBufferPointer(rebasing: right))
        guard left.count == right.count else { return false }
        guard let first = left.baseAddress, let second = right.baseAddress else { return unsafe left.isEmpty }
        return unsafe text_equals(first, second, left.count)
    }
}
