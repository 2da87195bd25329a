import Crypto
import MCPCore
import NIOCore

/// SHA-256 over the canonical JSON ([RFC 8785](https://www.rfc-editor.org/rfc/rfc8785)) of a definition.
package struct PinDigest: Hashable, Sendable {
    // Four words, so that comparing needs no memory of its own.
    private var words: (UInt64, UInt64, UInt64, UInt64)

    init(of text: ByteBuffer) {
        var hash = SHA256()
        unsafe text.withUnsafeReadableBytes { unsafe hash.update(bufferPointer: $0) }
        words = (0, 0, 0, 0)
        for (place, byte) in hash.finalize().enumerated() { append(byte, at: place) }
    }

    /// Reads 64 hexadecimal digits, the letters small as they are written; nil for anything else.
    package init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return nil }
        words = (0, 0, 0, 0)
        for place in 0..<32 {
            guard let high = Self.value(of: digits[2 * place]), let low = Self.value(of: digits[2 * place + 1]) else {
                return nil
            }
            append(high << 4 | low, at: place)
        }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(digit) ? nil : Hexadecimal.value(of: digit)
    }

    private mutating func append(_ byte: UInt8, at place: Int) {
        switch place / 8 {
        case 0: words.0 = words.0 << 8 | UInt64(byte)
        case 1: words.1 = words.1 << 8 | UInt64(byte)
        case 2: words.2 = words.2 << 8 | UInt64(byte)
        default: words.3 = words.3 << 8 | UInt64(byte)
        }
    }

    /// The 64 digits.
    package var hex: String {
        var digits: [UInt8] = []
        for word in [words.0, words.1, words.2, words.3] {
            for shift in stride(from: 60, through: 0, by: -4) {
                digits.append(Hexadecimal.digit(UInt8(word >> shift & 15)))
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    package static func == (left: PinDigest, right: PinDigest) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) {
        // Any part of a digest is as good as all of it.
        hasher.combine(words.0)
    }
}
