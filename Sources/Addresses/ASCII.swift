/// What a byte is in ASCII, as addresses and headers need it.
package enum ASCII {
    /// Whether it is one of 0–9.
    @inlinable package static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    /// Whether it is one of A–Z and a–z.
    @inlinable package static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    /// Whether it is a hexadecimal digit in either case.
    @inlinable package static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) &- 0x61 < 6
    }
    /// Whether it is printable and no blank.
    @inlinable package static func isVisible(_ byte: UInt8) -> Bool { byte &- 0x21 < 0x5E }

    /// The byte with A–Z taken for a–z.
    @inlinable package static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// Whether two texts are equal when A–Z are taken for a–z.
    ///
    /// It is asked for every header field of every answer, so it is written for one type: what is generic here is not
    /// specialised in the modules that call it, and costs thirty times as much.
    package static func equal(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        var others = right.utf8.makeIterator()
        for byte in left.utf8 {
            guard let other = others.next(), lowercased(byte) == lowercased(other) else { return false }
        }
        return true
    }

    /// Whether two runs of bytes are equal when A–Z are taken for a–z. Not for the data path.
    package static func equal(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { lowercased($0) == lowercased($1) }
    }
}
