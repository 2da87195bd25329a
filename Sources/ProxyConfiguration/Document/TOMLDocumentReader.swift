/// Reads TOML 1.0. Numbers keep their text, and dates are texts, since servers have none.
struct TOMLDocumentReader {
    /// The deepest nesting.
    static let maximumDepth = 64
    /// The largest text.
    static let maximumBytes = 1 << 20

    var cursor: TextCursor
    private let root = TOMLTable(.header, at: .start)
    private var depth = 0

    private init(bytes: [UInt8]) {
        cursor = TextCursor(bytes)
    }

    /// Reads the whole text.
    ///
    /// - Throws: The first place that breaks the grammar or a bound.
    static func read(_ bytes: [UInt8]) throws(DocumentSyntaxError) -> ConfigurationNode {
        guard bytes.count <= maximumBytes else {
            throw DocumentSyntaxError("a TOML file may have at most \(maximumBytes >> 20) MiB", at: .start)
        }
        var reader = TOMLDocumentReader(bytes: bytes)
        try reader.document()
        return reader.root.node()
    }

    // MARK: Lines

    private mutating func document() throws(DocumentSyntaxError) {
        var table = root
        while true {
            try skipBlankLines()
            guard let byte = cursor.current else { return }
            if byte == UInt8(ascii: "[") {
                table = try header()
            } else {
                try pair(in: table)
            }
            try endLine()
        }
    }

    /// Skips blanks, line ends and comments.
    mutating func skipBlankLines() throws(DocumentSyntaxError) {
        while let byte = cursor.current {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"): cursor.advance()
            case UInt8(ascii: "\r") where cursor.isNext("\r\n"): cursor.advance()
            case UInt8(ascii: "#"): skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() {
        cursor.skip { $0 != UInt8(ascii: "\n") }
    }

    mutating func skipSpaces() {
        cursor.skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    private mutating func endLine() throws(DocumentSyntaxError) {
        skipSpaces()
        if cursor.current == UInt8(ascii: "#") { skipComment() }
        guard cursor.current == nil || cursor.current == UInt8(ascii: "\n") || cursor.isNext("\r\n") else {
            throw DocumentSyntaxError("the line goes on where it has to end", at: cursor.position)
        }
    }

    /// Reads `[a.b]` or `[[a.b]]`.
    private mutating func header() throws(DocumentSyntaxError) -> TOMLTable {
        let isElement = cursor.isNext("[[")
        cursor.advance()
        if isElement { cursor.advance() }
        var keys = try dottedKey()
        guard cursor.isNext(isElement ? "]]" : "]"), let last = keys.popLast() else {
            throw DocumentSyntaxError("the bracket of a table is not closed", at: cursor.position, write: "Write ]")
        }
        cursor.advance()
        if isElement { cursor.advance() }
        var table = root
        for key in keys { table = try table.inner(key, .implied) }
        return isElement ? try table.element(last) : try table.headed(last)
    }

    private mutating func pair(in table: TOMLTable) throws(DocumentSyntaxError) {
        var keys = try dottedKey()
        guard cursor.current == UInt8(ascii: "="), let last = keys.popLast() else {
            throw DocumentSyntaxError(
                "an equals sign is expected after the key", at: cursor.position, write: "Write key = value")
        }
        cursor.advance()
        skipSpaces()
        let value = try value()
        var table = table
        for key in keys { table = try table.inner(key, .dotted) }
        guard table[last] == nil else { throw .givenTwice(last) }
        table[last] = .value(value)
    }

    private mutating func dottedKey() throws(DocumentSyntaxError) -> [TOMLKey] {
        var keys: [TOMLKey] = []
        repeat {
            if !keys.isEmpty { cursor.advance() }
            guard keys.count < Self.maximumDepth else {
                throw DocumentSyntaxError("a key has more than \(Self.maximumDepth) parts", at: cursor.position)
            }
            skipSpaces()
            let start = cursor.position
            keys.append(TOMLKey(name: try simpleKey(), position: start))
            skipSpaces()
        } while cursor.current == UInt8(ascii: ".")
        return keys
    }

    private mutating func simpleKey() throws(DocumentSyntaxError) -> String {
        if cursor.current == UInt8(ascii: "\"") || cursor.current == UInt8(ascii: "'") {
            return try string(mayHaveLines: false)
        }
        let start = cursor.index
        cursor.skip(while: Self.isBareKey)
        guard cursor.index > start else {
            throw DocumentSyntaxError("a key is expected here", at: cursor.position, write: #"Write key = value"#)
        }
        return cursor.text(since: start)
    }

    // MARK: Values

    mutating func value() throws(DocumentSyntaxError) -> ConfigurationNode {
        let start = cursor.position
        switch cursor.current {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return ConfigurationNode(.string(try string(mayHaveLines: true)), at: start)
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            guard depth < Self.maximumDepth else {
                throw DocumentSyntaxError("lists and tables are nested more than \(Self.maximumDepth) deep", at: start)
            }
            depth += 1
            defer { depth -= 1 }
            return cursor.current == UInt8(ascii: "[") ? try array() : try inlineTable()
        default: return ConfigurationNode(try scalar(), at: start)
        }
    }

    private mutating func array() throws(DocumentSyntaxError) -> ConfigurationNode {
        let start = cursor.position
        var elements: [ConfigurationNode] = []
        cursor.advance()
        while true {
            try skipBlankLines()
            if cursor.current == UInt8(ascii: "]") { break }
            elements.append(try value())
            try skipBlankLines()
            if cursor.current == UInt8(ascii: "]") { break }
            guard cursor.current == UInt8(ascii: ",") else {
                throw DocumentSyntaxError(
                    "the list opened at \(start) is not closed, or lacks a comma", at: cursor.position)
            }
            cursor.advance()
        }
        cursor.advance()
        return ConfigurationNode(.array(elements), at: start)
    }

    private mutating func inlineTable() throws(DocumentSyntaxError) -> ConfigurationNode {
        let start = cursor.position
        let table = TOMLTable(.dotted, at: start)
        cursor.advance()
        skipSpaces()
        while cursor.current != UInt8(ascii: "}") {
            try pair(in: table)
            skipSpaces()
            if cursor.current == UInt8(ascii: "}") { break }
            guard cursor.current == UInt8(ascii: ",") else {
                throw DocumentSyntaxError(
                    "the table opened at \(start) is not closed, or lacks a comma", at: cursor.position)
            }
            cursor.advance()
            skipSpaces()
            guard cursor.current != UInt8(ascii: "}") else {
                throw DocumentSyntaxError("one comma too many", at: cursor.position, write: "Remove it")
            }
        }
        cursor.advance()
        return table.node()
    }
}

extension TOMLTable {
    /// The table on the way to another one.
    fileprivate func inner(_ key: TOMLKey, _ origin: Origin) throws(DocumentSyntaxError) -> TOMLTable {
        switch self[key] {
        case nil:
            let table = TOMLTable(origin, at: key.position)
            self[key] = .table(table)
            return table
        case .table(let table):
            // A dotted key adds to what dotted keys have made, not to what has a header.
            if case .dotted = origin {
                guard case .dotted = table.origin else { throw .givenTwice(key) }
            }
            return table
        case .tables(let tables):
            guard case .implied = origin, let last = tables.last else { throw .givenTwice(key) }
            return last
        case .value: throw .givenTwice(key)
        }
    }

    /// The table of a header.
    fileprivate func headed(_ key: TOMLKey) throws(DocumentSyntaxError) -> TOMLTable {
        switch self[key] {
        case nil:
            let table = TOMLTable(.header, at: key.position)
            self[key] = .table(table)
            return table
        case .table(let table):
            guard case .implied = table.origin else { throw .givenTwice(key) }
            table.origin = .header
            return table
        case .value, .tables: throw .givenTwice(key)
        }
    }

    /// One more element of a list of tables.
    fileprivate func element(_ key: TOMLKey) throws(DocumentSyntaxError) -> TOMLTable {
        let table = TOMLTable(.header, at: key.position)
        switch self[key] {
        case nil: self[key] = .tables([table])
        case .tables(let tables): self[key] = .tables(tables + [table])
        case .value, .table: throw .givenTwice(key)
        }
        return table
    }
}

extension DocumentSyntaxError {
    fileprivate static func givenTwice(_ key: TOMLKey) -> DocumentSyntaxError {
        DocumentSyntaxError("the key is given twice, or as a value and a table", at: key.position, write: "Keep one")
    }
}

/// A table of a TOML text while it is being read. Tables are filled from several places of the text, so they are shared.
final class TOMLTable {
    /// How a table came to be, which decides what may still be added to it.
    enum Origin {
        /// It was named on the way to another one.
        case implied
        /// It has a header of its own.
        case header
        /// It came with a dotted key.
        case dotted
    }

    /// What stands under a key.
    enum Item {
        case value(ConfigurationNode)
        case table(TOMLTable)
        case tables([TOMLTable])
    }

    let position: SourcePosition
    var origin: Origin
    private var entries: [(key: TOMLKey, item: Item)] = []
    private var places: [String: Int] = [:]

    init(_ origin: Origin, at position: SourcePosition) {
        self.origin = origin
        self.position = position
    }

    subscript(key: TOMLKey) -> Item? {
        get { places[key.name].map { entries[$0].item } }
        set {
            guard let newValue else { return }
            if let place = places[key.name] {
                entries[place].item = newValue
            } else {
                places[key.name] = entries.count
                entries.append((key, newValue))
            }
        }
    }

    /// The table as the tree has it.
    func node() -> ConfigurationNode {
        let members = entries.map { entry in
            let value: ConfigurationNode =
                switch entry.item {
                case .value(let node): node
                case .table(let table): table.node()
                case .tables(let tables): ConfigurationNode(.array(tables.map { $0.node() }), at: entry.key.position)
                }
            return ConfigurationNode.Member(name: entry.key.name, position: entry.key.position, value: value)
        }
        return ConfigurationNode(.object(members), at: position)
    }
}

/// One part of a key, and where it stands.
struct TOMLKey {
    var name: String
    var position: SourcePosition
}
