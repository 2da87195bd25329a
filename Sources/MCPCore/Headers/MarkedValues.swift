/// Finds the values of marked properties in the arguments of a call, in one walk over them.
struct MarkedValues {
    private let marks: [ToolHeaderMarks.Mark]
    /// One for each mark, in the order of the marks.
    private var found: [ByteRange?]

    /// The value for each mark; nil where there is none, and where it is `null`, which counts as none.
    static func find(_ marks: [ToolHeaderMarks.Mark], in arguments: JSONView?) -> [JSONView?] {
        var values = MarkedValues(marks)
        guard let arguments, arguments.isObject else { return values.found.map { _ in nil } }
        let bytes = arguments.bytes
        do throws(JSONError) {
            try bytes.scanJSON(maximumDepth: Int.max, duplicateKeys: .accepted) { (scanner) throws(JSONError) in
                try values.read(&scanner, candidates: Array(marks.indices), level: 0)
            }
        } catch {
            // Impossible for a view, whose text has been accepted before.
            return values.found.map { _ in nil }
        }
        return values.found.map { range in
            guard let value = range.map({ JSONView(text: bytes, range: $0) }), !value.isNull else { return nil }
            return value
        }
    }

    private init(_ marks: [ToolHeaderMarks.Mark]) {
        self.marks = marks
        self.found = Array(repeating: nil, count: marks.count)
    }

    /// - Parameter candidates: The marks whose paths lead into this object, which stands `level` steps down.
    private mutating func read(
        _ scanner: inout JSONScanner,
        candidates: [Int],
        level: Int
    ) throws(JSONError) {
        // Bytes, because names match byte by byte however they are escaped. A table, because the client chooses how many
        // members there are and the upstream how many marks.
        let byName = Dictionary(grouping: candidates) { Array(marks[$0].path[level].utf8) }
        try scanner.members(depth: level) { (scanner, name) throws(JSONError) in
            let hits = byName[JSONString.unescape(scanner, name)] ?? []
            // Where a name comes twice, the last one counts, as elsewhere.
            for index in hits { found[index] = nil }
            let deeper = hits.filter { marks[$0].path.count > level + 1 }
            let first = try scanner.peek()
            let start = scanner.position
            if !deeper.isEmpty, first == UInt8(ascii: "{") {
                try read(&scanner, candidates: deeper, level: level + 1)
            } else {
                try scanner.skipValue(depth: level + 1)
            }
            for index in hits where marks[index].path.count == level + 1 { found[index] = start..<scanner.position }
        }
    }
}
