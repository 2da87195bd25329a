/// Base64 (RFC 4648), read strictly: every text stands for bytes that no other text stands for, so that one value, such as a
/// token, cannot be written in two ways.
package enum Base64 {
    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let alphabet = Array("\(letters)+/".utf8)
    private static let urlAlphabet = Array("\(letters)-_".utf8)
    private static let padding = UInt8(ascii: "=")

    /// The text of some bytes in the standard alphabet (RFC 4648, 4), padded to whole groups of four characters.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var output = digits(of: bytes, in: alphabet)
        while output.count % 4 != 0 { output.append(padding) }
        return String(decoding: output, as: UTF8.self)
    }

    /// The text of some bytes in the alphabet for URLs (RFC 4648, 5), without padding.
    package static func encodeURL(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: digits(of: bytes, in: urlAlphabet), as: UTF8.self)
    }

    /// The bytes of a text, or nil when it is not exactly what `encode` writes for them: no foreign character, no
    /// missing or surplus padding, no bit that is set behind the last byte.
    package static func decode(_ text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var digits = text[...]
        for _ in 0..<2 where digits.last == padding { digits.removeLast() }
        return bytes(of: digits, plus: UInt8(ascii: "+"), slash: UInt8(ascii: "/"))
    }

    /// The same for what `encodeURL` writes.
    package static func decodeURL(_ text: some Collection<UInt8>) -> [UInt8]? {
        bytes(of: text, plus: UInt8(ascii: "-"), slash: UInt8(ascii: "_"))
    }

    // MARK: Digits

    private static func digits(of bytes: some Collection<UInt8>, in alphabet: [UInt8]) -> [UInt8] {
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
        return output
    }

    private static func bytes(of digits: some Collection<UInt8>, plus: UInt8, slash: UInt8) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(digits.count / 4 * 3 + 2)
        var pending: UInt32 = 0
        var bits = 0
        for character in digits {
            guard let digit = value(of: character, plus: plus, slash: slash) else { return nil }
            pending = pending << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: pending >> bits))
            }
        }
        // Six bits left over are a digit too many, which stands for nothing. Fewer must be zero.
        guard bits < 6, pending & (1 << bits - 1) == 0 else { return nil }
        return output
    }

    private static func value(of character: UInt8, plus: UInt8, slash: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case plus: 62
        case slash: 63
        default: nil
        }
    }
}
