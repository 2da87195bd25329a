import NIOCore

/// Finds and judges the marks of an input schema, in one walk over it.
struct ToolMarkReader {
    /// What stands behind a keyword of JSON Schema.
    private enum Inside {
        /// A schema, or a list of them.
        case schemas
        /// An object whose members are schemas under names of the author's choice.
        case namedSchemas
    }

    /// The keywords, of all drafts in use, that lead to further schemas but not to a property of the arguments. A mark
    /// there is invalid. What stands behind any other keyword is data or unknown to JSON Schema, and no place where a
    /// mark could be: `default`, `const`, `enum`, `examples`, extensions.
    private static let keywords: [String: Inside] = [
        "items": .schemas, "additionalItems": .schemas, "prefixItems": .schemas, "contains": .schemas,
        "unevaluatedItems": .schemas, "additionalProperties": .schemas, "unevaluatedProperties": .schemas,
        "propertyNames": .schemas, "contentSchema": .schemas, "allOf": .schemas, "anyOf": .schemas, "oneOf": .schemas,
        "not": .schemas, "if": .schemas, "then": .schemas, "else": .schemas, "patternProperties": .namedSchemas,
        "dependentSchemas": .namedSchemas, "dependencies": .namedSchemas, "$defs": .namedSchemas,
        "definitions": .namedSchemas,
    ]

    /// A call with more headers than this would hardly get through to any server. The specification leaves a limit to
    /// everybody concerned (SEP-2243).
    static let maximumCount = 100

    private(set) var marks: [ToolHeaderMarks.Mark] = []
    /// The first broken rule.
    private(set) var problem: String?
    /// The names that lead to the schema being read.
    private var path: [String] = []
    private var taken: Set<String> = []

    /// Reads the schema that stands next.
    ///
    /// - Parameter isReachable: Whether only `properties` led here from the root.
    mutating func readSchema(_ scanner: inout JSONScanner, depth: Int, isReachable: Bool) throws(JSONError) {
        guard try scanner.peek() == UInt8(ascii: "{") else {
            // `true` and `false` are schemas, too.
            try scanner.skipValue(depth: depth)
            return
        }
        var mark: ByteRange?
        var type: ByteRange?
        try scanner.members(depth: depth) { (scanner, name) throws(JSONError) in
            if scanner.matches(name, "x-mcp-header") {
                mark = try scanner.skipValue(depth: depth + 1)
            } else if scanner.matches(name, "type") {
                type = try scanner.skipValue(depth: depth + 1)
            } else if scanner.matches(name, "properties") {
                try readNamedSchemas(&scanner, depth: depth + 1, isReachable: isReachable)
            } else {
                switch Self.keywords[scanner.text(name)] {
                case .schemas: try readSchemas(&scanner, depth: depth + 1)
                case .namedSchemas: try readNamedSchemas(&scanner, depth: depth + 1, isReachable: false)
                case nil: try scanner.skipValue(depth: depth + 1)
                }
            }
        }
        if let mark { judge(mark, type: type, isReachable: isReachable, scanner) }
    }

    private mutating func readSchemas(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) {
        guard try scanner.peek() == UInt8(ascii: "[") else {
            return try readSchema(&scanner, depth: depth, isReachable: false)
        }
        try scanner.elements(depth: depth) { (scanner) throws(JSONError) in
            try readSchema(&scanner, depth: depth + 1, isReachable: false)
        }
    }

    private mutating func readNamedSchemas(
        _ scanner: inout JSONScanner,
        depth: Int,
        isReachable: Bool
    ) throws(JSONError) {
        guard try scanner.peek() == UInt8(ascii: "{") else {
            try scanner.skipValue(depth: depth)
            return
        }
        try scanner.members(depth: depth) { (scanner, name) throws(JSONError) in
            path.append(scanner.text(name))
            try readSchema(&scanner, depth: depth + 1, isReachable: isReachable)
            path.removeLast()
        }
    }

    private mutating func judge(_ mark: ByteRange, type: ByteRange?, isReachable: Bool, _ scanner: JSONScanner) {
        guard problem == nil else { return }
        guard isReachable, !path.isEmpty else {
            problem = "x-mcp-header \(place) is not on a property that is reached through \"properties\" alone"
            return
        }
        guard let header = scanner.string(mark) else {
            problem = "x-mcp-header \(place) is not a string"
            return
        }
        guard Self.isToken(header) else {
            problem = "x-mcp-header \(place) is \(quoted(header)), which cannot be part of a header's name"
            return
        }
        // "MUST only be applied to parameters with primitive types (integer, string, boolean)". A list of types names
        // none of them, even `["string", "null"]`: `null` is not among the three, and a union has no one form. A
        // property without a type allows everything, which includes what is forbidden; the type that a `$ref` or
        // `enum` beside it implies does not count either, because clients need not resolve it.
        guard let kind = type.flatMap({ scanner.string($0) }).flatMap(ToolHeaderMarks.Kind.init(rawValue:)) else {
            problem = "x-mcp-header \(place) is on a property whose type is not string, integer or boolean"
            return
        }
        guard taken.insert(header.lowercased()).inserted else {
            problem = "x-mcp-header \(place) is \(quoted(header)), which another property has, too"
            return
        }
        guard marks.count < Self.maximumCount else {
            problem = "there are more than \(Self.maximumCount) x-mcp-header marks"
            return
        }
        marks.append(ToolHeaderMarks.Mark(header: header, path: path, kind: kind))
    }

    /// Where the schema being read stands, in words.
    private var place: String {
        path.isEmpty ? "of the schema itself" : "at \(quoted(path.joined(separator: ".")))"
    }

    /// Whether the text is a token (RFC 9110 §5.6.2).
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// The beginning of a text that somebody else chose, such that it cannot disturb a log line.
    private func quoted(_ text: String) -> String {
        var buffer = ByteBuffer()
        buffer.writeJSONString(String(text.unicodeScalars.prefix(100)))
        return String(buffer: buffer)
    }
}

extension JSONScanner {
    /// A member's name as text.
    fileprivate func text(_ name: JSONName) -> String {
        if name.isEscaped { return String(decoding: JSONString.unescape(self, name), as: UTF8.self) }
        return unsafe String(decoding: slice(name.content), as: UTF8.self)
    }

    /// The text of a value, when it is a string.
    fileprivate func string(_ value: ByteRange) -> String? {
        guard self[value.lowerBound] == UInt8(ascii: "\"") else { return nil }
        return text(JSONName(content: value.lowerBound + 1..<value.upperBound - 1, isEscaped: true))
    }
}
