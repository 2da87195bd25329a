/// Reads JSON with comments (`//`, `/* */`) and trailing commas; in everything else it holds to RFC 8259.
///
/// Objects keep names given twice: a later pass reports them together with the other problems.
struct JSONDocumentReader {
    /// The deepest nesting; configuration has no use for more, and the reader recurses.
    static let maximumDepth = 64

    /// Whether `${NAME}` may stand in the place of a value.
    let takesReferences: Bool
    var cursor: TextCursor
    private var depth = 0

    private init(bytes: [UInt8], takesReferences: Bool) {
        cursor = TextCursor(bytes)
        self.takesReferences = takesReferences
    }

    /// Reads the whole text.
    ///
    /// - Parameter takesReferences: Whether `${NAME}` may stand in the place of a value, as in a text whose variables the
    ///   Go program puts in before it reads it.
    /// - Throws: The first place that breaks the grammar.
    static func read(
        _ bytes: [UInt8], takesReferences: Bool = false
    ) throws(DocumentSyntaxError) -> ConfigurationNode {
        var reader = JSONDocumentReader(bytes: bytes, takesReferences: takesReferences)
        try reader.skipSpaceAndComments()
        guard reader.cursor.current != nil else {
            throw DocumentSyntaxError(
                "the file is empty", at: .start, write: #"Write {"mcpProxy": {}, "mcpServers": {}}"#)
        }
        let node = try reader.value()
        try reader.skipSpaceAndComments()
        guard reader.cursor.current == nil else {
            throw DocumentSyntaxError(
                "there is more text after the end of the document", at: reader.cursor.position,
                write: "Remove it, or check the brackets before it")
        }
        return node
    }

    mutating func value() throws(DocumentSyntaxError) -> ConfigurationNode {
        let start = cursor.position
        if takesReferences, let reference = reference() { return reference }
        switch cursor.current {
        case UInt8(ascii: "{"): return try nested(Self.object)
        case UInt8(ascii: "["): return try nested(Self.array)
        case UInt8(ascii: "\""): return ConfigurationNode(.string(try string()), at: start)
        case let byte? where byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
            return ConfigurationNode(.number(try number()), at: start)
        case nil:
            throw DocumentSyntaxError("the file ends where a value is expected", at: cursor.position)
        case UInt8(ascii: "'"), UInt8(ascii: "`"):
            throw DocumentSyntaxError(
                "the wrong quotation mark", at: cursor.position, write: #"Write strings as "text""#)
        default:
            return ConfigurationNode(try literal(), at: start)
        }
    }

    private mutating func nested(
        _ read: (inout JSONDocumentReader) throws(DocumentSyntaxError) -> ConfigurationNode
    ) throws(DocumentSyntaxError) -> ConfigurationNode {
        guard depth < Self.maximumDepth else {
            throw DocumentSyntaxError(
                "objects and lists are nested more than \(Self.maximumDepth) deep", at: cursor.position)
        }
        depth += 1
        defer { depth -= 1 }
        return try read(&self)
    }

    private static func array(
        _ reader: inout JSONDocumentReader
    ) throws(DocumentSyntaxError) -> ConfigurationNode {
        let start = reader.cursor.position
        var elements: [ConfigurationNode] = []
        reader.cursor.advance()
        while try reader.hasNext(closing: UInt8(ascii: "]"), of: "list", from: start, isFirst: elements.isEmpty) {
            elements.append(try reader.value())
        }
        return ConfigurationNode(.array(elements), at: start)
    }

    private static func object(
        _ reader: inout JSONDocumentReader
    ) throws(DocumentSyntaxError) -> ConfigurationNode {
        let start = reader.cursor.position
        var members: [ConfigurationNode.Member] = []
        reader.cursor.advance()
        while try reader.hasNext(closing: UInt8(ascii: "}"), of: "object", from: start, isFirst: members.isEmpty) {
            let namePosition = reader.cursor.position
            guard reader.cursor.current == UInt8(ascii: "\"") else {
                throw DocumentSyntaxError(
                    "a key in double quotes is expected", at: namePosition, write: #"Write "key": value"#)
            }
            let name = try reader.string()
            try reader.skipSpaceAndComments()
            guard reader.cursor.current == UInt8(ascii: ":") else {
                throw DocumentSyntaxError("a colon is missing after the key", at: reader.cursor.position)
            }
            reader.cursor.advance()
            try reader.skipSpaceAndComments()
            let value = try reader.value()
            members.append(.init(name: name, position: namePosition, value: value))
        }
        return ConfigurationNode(.object(members), at: start)
    }

    /// Moves to the next element or past the closing bracket; a comma may stand before the bracket.
    private mutating func hasNext(
        closing bracket: UInt8, of kind: String, from start: SourcePosition, isFirst: Bool
    ) throws(DocumentSyntaxError) -> Bool {
        try skipSpaceAndComments()
        if !isFirst, cursor.current == UInt8(ascii: ",") {
            cursor.advance()
            try skipSpaceAndComments()
        } else if !isFirst, let byte = cursor.current, byte != bracket {
            throw DocumentSyntaxError(
                "a comma is missing before this, or the \(kind) opened at \(start) is not closed", at: cursor.position)
        }
        guard let byte = cursor.current else {
            throw DocumentSyntaxError(
                "the file ends before the \(kind) opened at \(start) is closed", at: cursor.position)
        }
        guard byte != UInt8(ascii: ",") else {
            throw DocumentSyntaxError("one comma too many", at: cursor.position, write: "Remove it")
        }
        if byte == bracket { cursor.advance() }
        return byte != bracket
    }
}

extension JSONDocumentReader {
    /// Skips white space and comments.
    mutating func skipSpaceAndComments() throws(DocumentSyntaxError) {
        while let byte = cursor.current {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                cursor.advance()
            case UInt8(ascii: "/"):
                try skipComment()
            case UInt8(ascii: "#"):
                throw DocumentSyntaxError(
                    "comments do not begin with # in JSON", at: cursor.position,
                    write: "Write // before the comment, or name the file .yaml")
            default:
                return
            }
        }
    }

    private mutating func skipComment() throws(DocumentSyntaxError) {
        let start = cursor.position
        cursor.advance()
        switch cursor.current {
        case UInt8(ascii: "/"):
            cursor.skip { $0 != UInt8(ascii: "\n") }
        case UInt8(ascii: "*"):
            cursor.advance()
            var previous: UInt8 = 0
            while let byte = cursor.current {
                cursor.advance()
                if previous == UInt8(ascii: "*"), byte == UInt8(ascii: "/") { return }
                previous = byte
            }
            throw DocumentSyntaxError("the comment is not closed", at: start, write: "Write */ at its end")
        default:
            throw DocumentSyntaxError("a lone slash", at: start, write: "Write // or /* */ for a comment")
        }
    }

    /// Reads a string, the opening quotation mark included.
    mutating func string() throws(DocumentSyntaxError) -> String {
        let start = cursor.position
        var text: [UInt8] = []
        cursor.advance()
        while let byte = cursor.current {
            switch byte {
            case UInt8(ascii: "\""):
                cursor.advance()
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw DocumentSyntaxError(
                        "the string is not valid UTF-8", at: start, write: "Save the file as UTF-8")
                }
                return string
            case UInt8(ascii: "\\"):
                text.append(contentsOf: try escape().utf8)
            case 0..<0x20:
                let problem = byte == 0x0A ? "the string is not closed on its line" : "a control character in a string"
                throw DocumentSyntaxError(
                    problem, at: byte == 0x0A ? start : cursor.position, write: #"Write \n, \t or \u00XX"#)
            default:
                text.append(byte)
                cursor.advance()
            }
        }
        throw DocumentSyntaxError("the string is not closed", at: start, write: #"Write " at its end"#)
    }

    private mutating func escape() throws(DocumentSyntaxError) -> String {
        let start = cursor.position
        cursor.advance()
        if let character = cursor.commonEscape() { return character }
        let byte = cursor.current
        cursor.advance()
        switch byte {
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "u"): return String(try escapedScalar(from: start))
        default:
            throw DocumentSyntaxError("an unknown escape in a string", at: start, write: #"Write \\ for a backslash"#)
        }
    }

    private mutating func escapedScalar(from start: SourcePosition) throws(DocumentSyntaxError) -> Unicode.Scalar {
        let first = try escapedUnit(from: start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        if (0xD800..<0xDC00).contains(first), cursor.current == UInt8(ascii: "\\") {
            cursor.advance()
            if cursor.current == UInt8(ascii: "u") {
                cursor.advance()
                let second = try escapedUnit(from: start)
                if (0xDC00..<0xE000).contains(second),
                    let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
                {
                    return scalar
                }
            }
        }
        throw DocumentSyntaxError(
            "half of a surrogate pair", at: start, write: #"Write both halves, such as \ud83d\ude00"#)
    }

    private mutating func escapedUnit(from start: SourcePosition) throws(DocumentSyntaxError) -> UInt32 {
        guard let unit = cursor.hexadecimal(digits: 4) else {
            throw DocumentSyntaxError(#"four hexadecimal digits are expected after \u"#, at: start)
        }
        return unit
    }

    /// Reads a number and keeps it as written.
    mutating func number() throws(DocumentSyntaxError) -> String {
        let start = (cursor.index, cursor.position)
        if cursor.current == UInt8(ascii: "-") { cursor.advance() }
        let leading = cursor.current
        let whole = skipDigits()
        var isValid = whole == 1 || (whole > 1 && leading != UInt8(ascii: "0"))
        if cursor.current == UInt8(ascii: ".") {
            cursor.advance()
            isValid = skipDigits() > 0 && isValid
        }
        if cursor.current == UInt8(ascii: "e") || cursor.current == UInt8(ascii: "E") {
            cursor.advance()
            if cursor.current == UInt8(ascii: "+") || cursor.current == UInt8(ascii: "-") { cursor.advance() }
            isValid = skipDigits() > 0 && isValid
        }
        if let byte = cursor.current, Self.isWord(byte) { isValid = false }
        guard isValid else {
            throw DocumentSyntaxError(
                "this is not a number as JSON writes them", at: start.1,
                write: #"Write 12 or 1.5, and put quotation marks around texts such as "30s""#)
        }
        return cursor.text(since: start.0)
    }

    private mutating func skipDigits() -> Int {
        let start = cursor.index
        cursor.skip { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return cursor.index - start
    }

    /// Reads `null`, `true` or `false`.
    mutating func literal() throws(DocumentSyntaxError) -> ConfigurationNode.Value {
        let start = (cursor.index, cursor.position)
        cursor.skip(while: Self.isWord)
        switch cursor.text(since: start.0) {
        case "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default:
            throw DocumentSyntaxError(
                "a value is expected here", at: start.1,
                write: #"Write a "text" in double quotes, a number, true, false, null, [ ] or { }"#)
        }
    }

    /// Reads `$NAME` or `${NAME}` without quotation marks, together with the letters and digits around it.
    mutating func reference() -> ConfigurationNode? {
        let start = (cursor.index, cursor.position)
        var end = cursor.index
        var hasDollar = false
        let bytes = cursor.bytes
        while end < bytes.count {
            if bytes[end] == UInt8(ascii: "$") {
                hasDollar = true
                guard end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: "{") else {
                    end += 1
                    continue
                }
                let rest = bytes[end...].prefix { $0 != UInt8(ascii: "\n") }
                guard let closing = rest.firstIndex(of: UInt8(ascii: "}")) else { return nil }
                end = closing + 1
            } else if Self.isWord(bytes[end]) || bytes[end] == UInt8(ascii: "-") || bytes[end] == UInt8(ascii: "+") {
                end += 1
            } else {
                break
            }
        }
        guard hasDollar else { return nil }
        while cursor.index < end { cursor.advance() }
        var node = ConfigurationNode(
            .string(cursor.text(since: start.0)), at: start.1)
        node.isReference = true
        return node
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), 0x80...:
            true
        default: false
        }
    }
}
