/// Finds out which keys were pressed from the bytes that a terminal sends for them.
package struct KeyReader {
    /// One key.
    package enum Key: Equatable, Sendable {
        case character(Character)
        case up, down, pageUp, pageDown, home, end
        case enter, escape, backspace
        /// With the control key, by its letter.
        case control(Character)
    }

    /// What came of something that is not complete.
    private var waiting: [UInt8] = []

    package init() {}

    /// Returns the keys that are known by now. An escape at the end of what came is the key of that name, unless what comes
    /// next shows that it began the sequence of another one.
    package mutating func keys(_ bytes: some Sequence<UInt8>) -> [Key] {
        var rest = (waiting + Array(bytes))[...]
        var hadEscape = waiting == [Self.escapeByte]
        waiting = []
        var keys: [Key] = []
        if hadEscape, rest.count > 1, !Self.beginsSequence(rest[rest.startIndex + 1]) {
            (rest, hadEscape) = (rest.dropFirst(), false)
        }
        while let first = rest.first {
            guard let (key, length) = Self.next(rest) else {
                // A lone escape was a key, whatever it turns out to be later.
                if rest.count == 1, first == Self.escapeByte, !hadEscape { keys.append(.escape) }
                waiting = Array(rest.prefix(Self.longest))
                break
            }
            if let key { keys.append(key) }
            rest = rest.dropFirst(length)
        }
        return keys
    }

    private static let escapeByte: UInt8 = 0x1B
    /// No key has more bytes.
    private static let longest = 16

    private static func beginsSequence(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O")
    }

    /// The first key and its length; the key is nil where it is of no use here. nil where more has to come.
    private static func next(_ bytes: ArraySlice<UInt8>) -> (Key?, Int)? {
        let first = bytes[bytes.startIndex]
        switch first {
        case escapeByte: return sequence(bytes)
        case 0x0D, 0x0A: return (.enter, 1)
        case 0x08, 0x7F: return (.backspace, 1)
        case 0x01...0x1A: return (.control(Character(Unicode.Scalar(first + 0x60))), 1)
        case 0x20..<0x7F: return (.character(Character(Unicode.Scalar(first))), 1)
        case 0xC2...0xF4:
            let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            guard bytes.count >= length else {
                return bytes.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 } ? nil : (nil, 1)
            }
            let text = String(decoding: bytes.prefix(length), as: UTF8.self)
            guard text.unicodeScalars.count == 1, !text.unicodeScalars.contains("\u{FFFD}"), let character = text.first
            else { return (nil, 1) }
            return (.character(character), length)
        default: return (nil, 1)
        }
    }

    /// What begins with an escape ([ECMA-48, 5.4](https://ecma-international.org/publications-and-standards/standards/ecma-48/)).
    private static func sequence(_ bytes: ArraySlice<UInt8>) -> (Key?, Int)? {
        guard bytes.count > 1 else { return nil }
        let second = bytes[bytes.startIndex + 1]
        guard beginsSequence(second) else { return (.escape, 1) }
        let rest = bytes.dropFirst(2)
        let parameters = second == UInt8(ascii: "O") ? rest.prefix(0) : rest.prefix { (0x20...0x3F).contains($0) }
        guard let last = rest.dropFirst(parameters.count).first else {
            return parameters.count < longest ? nil : (nil, bytes.count)
        }
        return (key(last, String(decoding: parameters, as: UTF8.self)), 3 + parameters.count)
    }

    private static func key(_ last: UInt8, _ parameters: String) -> Key? {
        switch (last, parameters) {
        case (UInt8(ascii: "A"), _): .up
        case (UInt8(ascii: "B"), _): .down
        case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): .home
        case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): .end
        case (UInt8(ascii: "~"), "5"): .pageUp
        case (UInt8(ascii: "~"), "6"): .pageDown
        default: nil
        }
    }
}
