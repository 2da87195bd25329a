/// Base64 with the alphabet for URLs and without padding (RFC 7515, 2), read strictly: every text stands for bytes that
/// nothing else does, so that one token cannot be written in two ways.
enum Base64URL {
    /// The bytes of a text; nil for a foreign character, padding, a digit too many, or a bit that is set behind the last
    /// byte.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3 + 2)
        var pending: UInt32 = 0
        var bits = 0
        for character in text {
            guard let digit = value(of: character) else { return nil }
            pending = pending << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: pending >> bits))
                pending &= 1 << bits - 1
            }
        }
        guard bits < 6, pending == 0 else { return nil }
        return output
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
