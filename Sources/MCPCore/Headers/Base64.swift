/// Base64 with the standard alphabet (RFC 4648 §4), read strictly: every text stands for bytes that nothing else does.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    /// The text of some bytes, padded to whole groups of four characters.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var pending: UInt32 = 0
        var bits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                output.append(alphabet[Int(pending >> bits & 0x3F)])
            }
        }
        if bits > 0 { output.append(alphabet[Int(pending << (6 - bits) & 0x3F)]) }
        while output.count % 4 != 0 { output.append(padding) }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes of a text, or nil when it is not exactly what `encode` writes for them: no foreign character, no
    /// missing or surplus padding, no bit that is set behind the last byte.
    package static func decode(_ text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var digits = text[...]
        for _ in 0..<2 where digits.last == padding { digits.removeLast() }
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3)
        var pending: UInt32 = 0
        var bits = 0
        for character in digits {
            guard let digit = value(of: character) else { return nil }
            pending = pending << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: pending >> bits))
            }
        }
        // Six bits left over are a digit too many, which cannot be padded. Fewer must be zero.
        guard bits < 6, pending & (1 << bits - 1) == 0 else { return nil }
        return output
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
