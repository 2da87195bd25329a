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
        let start = cursor.position
        guard let quote = cursor.current else { throw DocumentSyntaxError("a text is expected here", at: start) }
        let triple = [quote, quote, quote]
        let hasLines = cursor.bytes[cursor.index...].starts(with: triple)
        guard mayHaveLines || !hasLines else {
            throw DocumentSyntaxError("a key has no text of several lines", at: start)
        }
        for _ in 0..<(hasLines ? 3 : 1) { cursor.advance() }
        if hasLines { skipLineEnd() }
        var text: [UInt8] = []
        while let byte = cursor.current {
            if byte == quote, !hasLines || cursor.bytes[cursor.index...].starts(with: triple) {
                return try closed(text, quote, hasLines: hasLines, from: start)
            }
            switch byte {
            case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
                text.append(contentsOf: try escape(hasLines: hasLines).utf8)
            case UInt8(ascii: "\n") where hasLines, UInt8(ascii: "\t"):
                text.append(byte)
                cursor.advance()
            case UInt8(ascii: "\r") where hasLines && cursor.isNext("\r\n"):
                cursor.advance()
            case 0..<0x20, 0x7F:
                throw DocumentSyntaxError(
                    byte == UInt8(ascii: "\n") ? "the text is not closed on its line" : "a control character in a text",
                    at: byte == UInt8(ascii: "\n") ? start : cursor.position)
            default:
                text.append(byte)
                cursor.advance()
            }
        }
        throw DocumentSyntaxError("the text is not closed", at: start)
    }

    /// Ends a text. Up to two quotation marks may stand right before the three that close it.
    private mutating func closed(
        _ text: [UInt8], _ quote: UInt8, hasLines: Bool, from start: SourcePosition
    ) throws(DocumentSyntaxError) -> String {
        var text = text
        for _ in 0..<(hasLines ? 3 : 1) { cursor.advance() }
        for _ in 0..<2 where hasLines && cursor.current == quote {
            text.append(quote)
            cursor.advance()
        }
        guard let string = String(validating: text, as: UTF8.self) else {
            throw DocumentSyntaxError("the text is not valid UTF-8", at: start, write: "Save the file as UTF-8")
        }
        return string
    }

    private mutating func skipLineEnd() {
        if cursor.isNext("\r\n") { cursor.advance() }
        if cursor.current == UInt8(ascii: "\n") { cursor.advance() }
    }

    private mutating func escape(hasLines: Bool) throws(DocumentSyntaxError) -> String {
        let start = cursor.position
        cursor.advance()
        if let character = cursor.commonEscape() { return character }
        let byte = cursor.current
        if hasLines, let byte, Self.isSpace(byte) { return try lineEnd(from: start) }
        cursor.advance()
        switch byte {
        case UInt8(ascii: "u"): return try scalar(digits: 4, from: start)
        case UInt8(ascii: "U"): return try scalar(digits: 8, from: start)
        default:
            throw DocumentSyntaxError(
                "an unknown escape in a text", at: start, write: #"Write \\ for a backslash, or 'text'"#)
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    /// A backslash at the end of a line, which takes away all white space up to the next character.
    private mutating func lineEnd(from start: SourcePosition) throws(DocumentSyntaxError) -> String {
        skipSpaces()
        guard cursor.current == UInt8(ascii: "\n") || cursor.isNext("\r\n") else {
            throw DocumentSyntaxError("an unknown escape in a text", at: start, write: #"Write \\ for a backslash"#)
        }
        cursor.skip(while: Self.isSpace)
        return ""
    }

    private mutating func scalar(digits: Int, from start: SourcePosition) throws(DocumentSyntaxError) -> String {
        guard let value = cursor.hexadecimal(digits: digits) else {
            throw DocumentSyntaxError("\(digits) hexadecimal digits are expected", at: start)
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw DocumentSyntaxError("this is no character", at: start)
        }
        return String(scalar)
    }

    /// Reads a truth value, a number or a date.
    mutating func scalar() throws(DocumentSyntaxError) -> ConfigurationNode.Value {
        let start = (cursor.index, cursor.position)
        let isPart = { (byte: UInt8) in Self.isBareKey(byte) || "+.:".utf8.contains(byte) }
        cursor.skip(while: isPart)
        // A date may have a space before its time.
        if cursor.index - start.0 == 10, cursor.current == UInt8(ascii: " "), cursor.index + 3 < cursor.bytes.count,
            cursor.bytes[cursor.index + 3] == UInt8(ascii: ":")
        {
            cursor.advance()
            cursor.skip(while: isPart)
        }
        let text = cursor.text(since: start.0)
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
