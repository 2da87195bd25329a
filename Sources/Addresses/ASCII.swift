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
    @inlinable package static func equal(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
        equal(left.utf8, right.utf8)
    }

    /// Whether two runs of bytes are equal when A–Z are taken for a–z.
    @inlinable package static func equal(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { lowercased($0) == lowercased($1) }
    }
}
