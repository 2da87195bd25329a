/// Reads JSON with comments (`//`, `/* */`) and trailing commas; in everything else it holds to RFC 8259.
///
/// Objects keep names given twice: a later pass reports them together with the other problems.
struct JSONDocumentReader {
    /// The deepest nesting; configuration has no use for more, and the reader recurses.
    static let maximumDepth = 64

    let bytes: [UInt8]
    /// Whether `${NAME}` may stand in the place of a value.
    let takesReferences: Bool
    var index = 0
    var position = SourcePosition.start
    private var depth = 0

    private init(bytes: [UInt8], takesReferences: Bool) {
        self.bytes = bytes
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
        guard reader.current != nil else {
            throw DocumentSyntaxError(
                "the file is empty", at: .start, write: #"Write {"mcpProxy": {}, "mcpServers": {}}"#)
        }
        let node = try reader.value()
        try reader.skipSpaceAndComments()
        guard reader.current == nil else {
            throw DocumentSyntaxError(
                "there is more text after the end of the document", at: reader.position,
                write: "Remove it, or check the brackets before it")
        }
        return node
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

    mutating func value() throws(DocumentSyntaxError) -> ConfigurationNode {
        let start = position
        if takesReferences, let reference = reference() { return reference }
        switch current {
        case UInt8(ascii: "{"): return try nested(Self.object)
        case UInt8(ascii: "["): return try nested(Self.array)
        case UInt8(ascii: "\""): return ConfigurationNode(.string(try string()), at: start)
        case let byte? where byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
            return ConfigurationNode(.number(try number()), at: start)
        case nil:
            throw DocumentSyntaxError("the file ends where a value is expected", at: position)
        case UInt8(ascii: "'"), UInt8(ascii: "`"):
            throw DocumentSyntaxError("the wrong quotation mark", at: position, write: #"Write strings as "text""#)
        default:
            return ConfigurationNode(try literal(), at: start)
        }
    }

    private mutating func nested(
        _ read: (inout JSONDocumentReader) throws(DocumentSyntaxError) -> ConfigurationNode
    ) throws(DocumentSyntaxError) -> ConfigurationNode {
        guard depth < Self.maximumDepth else {
            throw DocumentSyntaxError("objects and lists are nested more than \(Self.maximumDepth) deep", at: position)
        }
        depth += 1
        defer { depth -= 1 }
        return try read(&self)
    }

    private static func array(
        _ reader: inout JSONDocumentReader
    ) throws(DocumentSyntaxError) -> ConfigurationNode {
        let start = reader.position
        var elements: [ConfigurationNode] = []
        reader.advance()
        while try reader.hasNext(closing: UInt8(ascii: "]"), of: "list", from: start, isFirst: elements.isEmpty) {
            elements.append(try reader.value())
        }
        return ConfigurationNode(.array(elements), at: start)
    }

    private static func object(
        _ reader: inout JSONDocumentReader
    ) throws(DocumentSyntaxError) -> ConfigurationNode {
        let start = reader.position
        var members: [ConfigurationNode.Member] = []
        reader.advance()
        while try reader.hasNext(closing: UInt8(ascii: "}"), of: "object", from: start, isFirst: members.isEmpty) {
            let namePosition = reader.position
            guard reader.current == UInt8(ascii: "\"") else {
                throw DocumentSyntaxError(
                    "a key in double quotes is expected", at: namePosition, write: #"Write "key": value"#)
            }
            let name = try reader.string()
            try reader.skipSpaceAndComments()
            guard reader.current == UInt8(ascii: ":") else {
                throw DocumentSyntaxError("a colon is missing after the key", at: reader.position)
            }
            reader.advance()
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
        if !isFirst, current == UInt8(ascii: ",") {
            advance()
            try skipSpaceAndComments()
        } else if !isFirst, let byte = current, byte != bracket {
            throw DocumentSyntaxError(
                "a comma is missing before this, or the \(kind) opened at \(start) is not closed", at: position)
        }
        guard let byte = current else {
            throw DocumentSyntaxError("the file ends before the \(kind) opened at \(start) is closed", at: position)
        }
        guard byte != UInt8(ascii: ",") else {
            throw DocumentSyntaxError("one comma too many", at: position, write: "Remove it")
        }
        if byte == bracket { advance() }
        return byte != bracket
    }
}
