extension TOMLDocumentReader {
    static func isBareKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Reads a text in one or three quotation marks of either kind.
    mutating func string(mayHaveLines: Bool) throws(DocumentSyntaxError) -> String {
        let start = position
        guard let quote = current else { throw DocumentSyntaxError("a text is expected here", at: start) }
        let triple = [quote, quote, quote]
        let hasLines = bytes[index...].starts(with: triple)
        guard mayHaveLines || !hasLines else {
            throw DocumentSyntaxError("a key has no text of several lines", at: start)
        }
        for _ in 0..<(hasLines ? 3 : 1) { advance() }
        if hasLines { skipLineEnd() }
        var text: [UInt8] = []
        while let byte = current {
            if byte == quote, !hasLines || bytes[index...].starts(with: triple) {
                return try closed(text, quote, hasLines: hasLines, from: start)
            }
            switch byte {
            case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
                text.append(contentsOf: try escape(hasLines: hasLines).utf8)
            case UInt8(ascii: "\n") where hasLines, UInt8(ascii: "\t"):
                text.append(byte)
                advance()
            case UInt8(ascii: "\r") where hasLines && isNext("\r\n"):
                advance()
            case 0..<0x20, 0x7F:
                throw DocumentSyntaxError(
                    byte == UInt8(ascii: "\n") ? "the text is not closed on its line" : "a control character in a text",
                    at: byte == UInt8(ascii: "\n") ? start : position)
            default:
                text.append(byte)
                advance()
            }
        }
        throw DocumentSyntaxError("the text is not closed", at: start)
    }

    /// Ends a text. Up to two quotation marks may stand right before the three that close it.
    private mutating func closed(
        _ text: [UInt8], _ quote: UInt8, hasLines: Bool, from start: SourcePosition
    ) throws(DocumentSyntaxError) -> String {
        var text = text
        for _ in 0..<(hasLines ? 3 : 1) { advance() }
        for _ in 0..<2 where hasLines && current == quote {
            text.append(quote)
            advance()
        }
        guard let string = String(validating: text, as: UTF8.self) else {
            throw DocumentSyntaxError("the text is not valid UTF-8", at: start, write: "Save the file as UTF-8")
        }
        return string
    }

    private mutating func skipLineEnd() {
        if isNext("\r\n") { advance() }
        if current == UInt8(ascii: "\n") { advance() }
    }

    private mutating func escape(hasLines: Bool) throws(DocumentSyntaxError) -> String {
        let start = position
        advance()
        let byte = current
        if hasLines, let byte, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { return try lineEnd(from: start) }
        advance()
        switch byte {
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "u"): return try scalar(digits: 4, from: start)
        case UInt8(ascii: "U"): return try scalar(digits: 8, from: start)
        default:
            throw DocumentSyntaxError(
                "an unknown escape in a text", at: start, write: #"Write \\ for a backslash, or 'text'"#)
        }
    }

    /// A backslash at the end of a line, which takes away all white space up to the next character.
    private mutating func lineEnd(from start: SourcePosition) throws(DocumentSyntaxError) -> String {
        skipSpaces()
        guard current == UInt8(ascii: "\n") || isNext("\r\n") else {
            throw DocumentSyntaxError("an unknown escape in a text", at: start, write: #"Write \\ for a backslash"#)
        }
        while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { advance() }
        return ""
    }

    private mutating func scalar(digits: Int, from start: SourcePosition) throws(DocumentSyntaxError) -> String {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, value < 1 << 28 else {
                throw DocumentSyntaxError("\(digits) hexadecimal digits are expected", at: start)
            }
            value = value << 4 | UInt32(digit)
            advance()
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw DocumentSyntaxError("this is no character", at: start)
        }
        return String(scalar)
    }

    /// Reads a truth value, a number or a date.
    mutating func scalar() throws(DocumentSyntaxError) -> ConfigurationNode.Value {
        let start = (index, position)
        while let byte = current, Self.isBareKey(byte) || "+.:".utf8.contains(byte) { advance() }
        // A date may have a space before its time.
        if index - start.0 == 10, current == UInt8(ascii: " "), index + 3 < bytes.count,
            bytes[index + 3] == UInt8(ascii: ":")
        {
            advance()
            while let byte = current, Self.isBareKey(byte) || "+.:".utf8.contains(byte) { advance() }
        }
        let text = String(decoding: bytes[start.0..<index], as: UTF8.self)
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "inf", "+inf", "-inf", "nan", "+nan", "-nan": return .string(text)
        default: break
        }
        if let number = Self.number(text) { return .number(number) }
        if text.utf8.count >= 8, text.contains(":") || text.utf8.filter({ $0 == UInt8(ascii: "-") }).count == 2,
            text.utf8.first.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) == true
        {
            return .string(text)
        }
        throw DocumentSyntaxError(
            "a value is expected here", at: start.1,
            write: #"Write a "text" in quotes, a number, true, false, [ ] or { }"#)
    }

    /// The number as JSON writes it; nil if it is none.
    private static func number(_ text: String) -> String? {
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            let digits = text.dropFirst(2)
            guard let first = digits.first, first != "+", first != "-", hasGoodUnderscores(digits) else { return nil }
            return Int64(digits.filter { $0 != "_" }, radix: radix).map { "\($0)" }
        }
        guard hasGoodUnderscores(text[...]) else { return nil }
        var plain = text.filter { $0 != "_" }
        if plain.first == "+" { plain.removeFirst() }
        guard plain.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return nil }
        // The grammar of numbers is that of JSON; what is none of these is no number.
        guard case .number(let number)? = try? JSONDocumentReader.read(Array(plain.utf8)).value else { return nil }
        return number
    }

    private static func hasGoodUnderscores(_ text: Substring) -> Bool {
        text.first != "_" && text.last != "_" && !text.contains("__")
    }
}
