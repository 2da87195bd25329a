/// A place in a text, which moves on byte by byte and knows its line and column.
struct TextCursor {
    let bytes: [UInt8]
    private(set) var index = 0
    private(set) var position = SourcePosition.start

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The byte to be read next, or nil at the end.
    var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Moves past the current byte and keeps count of lines and columns.
    mutating func advance() {
        guard index < bytes.count else { return }
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "\n") {
            position = SourcePosition(line: position.line + 1, column: 1)
        } else if byte & 0xC0 != 0x80 {
            position.column += 1
        }
    }

    /// Moves on as long as the bytes are of a kind.
    mutating func skip(while isSkipped: (UInt8) -> Bool) {
        while let byte = current, isSkipped(byte) { advance() }
    }

    /// Whether the text goes on with these characters.
    func isNext(_ text: String) -> Bool { bytes[index...].starts(with: text.utf8) }

    /// What was read since an earlier place.
    func text(since start: Int) -> String { String(decoding: bytes[start..<index], as: UTF8.self) }

    /// Reads the letter of an escape that JSON and TOML have in common; nil, with nothing read, if it is another.
    mutating func commonEscape() -> String? {
        let character: String
        switch current {
        case UInt8(ascii: "\""): character = "\""
        case UInt8(ascii: "\\"): character = "\\"
        case UInt8(ascii: "b"): character = "\u{8}"
        case UInt8(ascii: "f"): character = "\u{C}"
        case UInt8(ascii: "n"): character = "\n"
        case UInt8(ascii: "r"): character = "\r"
        case UInt8(ascii: "t"): character = "\t"
        default: return nil
        }
        advance()
        return character
    }

    /// Reads a number of so many hexadecimal digits, eight at the most; nil if there are fewer.
    mutating func hexadecimal(digits: Int) -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
            advance()
        }
        return value
    }
}
