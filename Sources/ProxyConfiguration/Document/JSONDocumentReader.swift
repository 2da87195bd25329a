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
