/// Reads a text in which each character may stand for itself, or be written as URLs, forms, JSON or HTML write it.
struct EscapedText {
    private let bytes: [UInt8]
    private var place: Int

    init(_ bytes: [UInt8], at place: Int) {
        (self.bytes, self.place) = (bytes, place)
    }

    /// Returns where some text ends that begins here; nil where another one does.
    func end(of text: [UInt8]) -> Int? {
        var reader = self
        for byte in text {
            guard let read = reader.next(), read == byte || read == UInt8(ascii: "+") && byte == UInt8(ascii: " ")
            else { return nil }
        }
        return reader.place
    }

    /// Tells whether all from here on is the beginning of some text, of more than so many bytes. An escape that was cut
    /// off counts for none.
    func isBeginning(of text: [UInt8], longerThan length: Int) -> Bool {
        var reader = self
        var matched = 0
        for byte in text {
            guard reader.place < bytes.count, !reader.isCutOff else { break }
            guard reader.next() == byte else { return false }
            matched += 1
        }
        return matched > length && (reader.place == bytes.count || reader.isCutOff)
    }

    /// Whether the text ends in the middle of an escape.
    private var isCutOff: Bool {
        let rest = bytes[place...]
        switch rest.first {
        case UInt8(ascii: "%"): return rest.count < 3
        case UInt8(ascii: "\\"): return rest.count < 2 || rest.dropFirst().first == UInt8(ascii: "u") && rest.count < 6
        case UInt8(ascii: "&"): return rest.count < 8 && !rest.contains(UInt8(ascii: ";"))
        default: return false
        }
    }

    private mutating func next() -> UInt8? {
        guard place < bytes.count else { return nil }
        let (byte, length) = escape ?? (bytes[place], 1)
        place += length
        return byte
    }

    /// What an escape that begins here stands for, and its length; nil where there is none.
    private var escape: (byte: UInt8, length: Int)? {
        switch bytes[place] {
        case UInt8(ascii: "%"): number(after: 1, count: 2, radix: 16).map { ($0, 3) }
        case UInt8(ascii: "\\"): json
        case UInt8(ascii: "&"): html
        default: nil
        }
    }

    private var json: (byte: UInt8, length: Int)? {
        guard place + 1 < bytes.count else { return nil }
        guard bytes[place + 1] == UInt8(ascii: "u") else { return (bytes[place + 1], 2) }
        return number(after: 2, count: 4, radix: 16).map { ($0, 6) }
    }

    private var html: (byte: UInt8, length: Int)? {
        let longest = bytes[place...].prefix(10)
        guard let end = longest.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = bytes[(place + 1)..<end]
        let length = end - place + 1
        if let character = Self.entities.first(where: { name.elementsEqual($0.name.utf8) }) {
            return (character.byte, length)
        }
        guard name.first == UInt8(ascii: "#") else { return nil }
        let isHexadecimal = name.dropFirst().first.map { $0 | 0x20 } == UInt8(ascii: "x")
        let digits = isHexadecimal ? 2 : 1
        return number(after: 1 + digits, count: name.count - digits, radix: isHexadecimal ? 16 : 10)
            .map { ($0, length) }
    }

    private static let entities: [(name: String, byte: UInt8)] = [
        ("amp", UInt8(ascii: "&")), ("lt", UInt8(ascii: "<")), ("gt", UInt8(ascii: ">")),
        ("quot", UInt8(ascii: "\"")), ("apos", UInt8(ascii: "'")),
    ]

    private func number(after offset: Int, count: Int, radix: Int) -> UInt8? {
        let start = place + offset
        guard count > 0, start + count <= bytes.count else { return nil }
        let digits = bytes[start..<(start + count)]
        guard digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: radix)
    }
}
