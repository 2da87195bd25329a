import NIOCore

/// Which arguments of a tool are repeated in `Mcp-Param-*` headers, as the `x-mcp-header` marks of its schema say
/// ([schema extension, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#schema-extension)).
package struct ToolHeaderMarks: Sendable, Equatable {
    /// What kind of values a marked property has. The specification allows no others.
    package enum Kind: String, Sendable {
        case string
        case integer
        case boolean
    }

    /// One marked property.
    package struct Mark: Sendable {
        /// The mark's own text, which follows `Mcp-Param-` in the name of the header.
        package let header: String
        /// The names of the properties that lead from the arguments to the value.
        package let path: [String]
        package let kind: Kind

        /// The full name of the header.
        package var headerName: String { "Mcp-Param-\(header)" }
    }

    /// In the order of the schema; never empty.
    package let marks: [Mark]

    /// About how much memory they take.
    package var byteCount: Int {
        marks.reduce(0) { $0 + $1.header.utf8.count + $1.path.reduce(64) { $0 + $1.utf8.count + 16 } }
    }

    /// Reads the marks of one tool's definition. Only its `inputSchema` counts.
    ///
    /// - Returns: nil for a tool without any mark.
    /// - Throws: `ToolMarkError.Code.invalidMark` when at least one mark breaks a rule. Clients of streamable HTTP must
    ///   not be shown such a tool.
    package static func read(tool: JSONView) throws(ToolMarkError) -> ToolHeaderMarks? {
        guard let schema = tool["inputSchema"], mayHaveMarks(schema.bytes) else { return nil }
        return try read(schema: schema)
    }

    /// The same without the glance that spares most tools the walk.
    static func read(schema: JSONView) throws(ToolMarkError) -> ToolHeaderMarks? {
        var reader = ToolMarkReader()
        do throws(JSONError) {
            try schema.bytes.scanJSON(maximumDepth: Int.max, duplicateKeys: .accepted) { (scanner) throws(JSONError) in
                try reader.readSchema(&scanner, depth: 0, isReachable: true)
            }
        } catch {
            // Impossible for a view, whose text has been accepted before.
            throw ToolMarkError(code: .invalidMark, reason: "in the schema: \(error)")
        }
        if let problem = reader.problem { throw ToolMarkError(code: .invalidMark, reason: problem) }
        guard !reader.marks.isEmpty else { return nil }
        try refuseRepeatedNames(schema)
        return ToolHeaderMarks(marks: reader.marks)
    }

    /// What servers write is accepted with a name twice in one object. Where marks are, two readers of such a schema
    /// would expect different headers.
    private static func refuseRepeatedNames(_ schema: JSONView) throws(ToolMarkError) {
        do throws(JSONError) {
            try schema.bytes.scanJSON(maximumDepth: Int.max, duplicateKeys: .refused) { (scanner) throws(JSONError) in
                _ = try scanner.skipValue()
            }
        } catch {
            throw ToolMarkError(code: .invalidMark, reason: "in the schema: \(error)")
        }
    }
}

extension ToolHeaderMarks.Mark: Equatable {
    /// Names are compared byte by byte: Swift's own comparison would merge canonically equal spellings.
    package static func == (left: Self, right: Self) -> Bool {
        left.kind == right.kind && left.header.utf8.elementsEqual(right.header.utf8)
            && left.path.elementsEqual(right.path) { $0.utf8.elementsEqual($1.utf8) }
    }
}
