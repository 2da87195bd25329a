/// Turns the events of a YAML text into the tree that keeps positions.
///
/// A name given twice stays twice: a later pass reports it together with the other problems. Aliases and merge keys are
/// allowed. An alias is a copy of what it stands for, and the copies are counted before they are made, so that neither memory nor time grows beyond what is written and the bound.
struct YAMLDocumentReader: ~Copyable {
    /// The deepest nesting.
    static let maximumDepth = 64
    /// The most values, copies made by aliases included.
    static let maximumNodes = 100_000
    /// The largest text.
    static let maximumBytes = 1 << 20

    private var events: YAMLEvents
    private var remaining = Self.maximumNodes
    private var anchors: [String: Part] = [:]

    /// A value with what it counts.
    private struct Part {
        var node: ConfigurationNode
        /// How many values it has, itself included.
        var values = 1
        /// How deep it is nested: 0 of a scalar.
        var height = 0

        /// Counts a value that is in it.
        mutating func add(_ part: Part) -> ConfigurationNode {
            values += part.values
            height = max(height, part.height + 1)
            return part.node
        }
    }

    private init(_ bytes: [UInt8]) throws(DocumentSyntaxError) {
        events = try YAMLEvents(bytes)
    }

    /// Reads the only document of the text.
    ///
    /// - Throws: The first place that breaks the grammar or a bound.
    static func read(_ bytes: [UInt8]) throws(DocumentSyntaxError) -> ConfigurationNode {
        guard bytes.count <= maximumBytes else {
            throw DocumentSyntaxError("a YAML file may have at most \(maximumBytes >> 20) MiB", at: .start)
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw DocumentSyntaxError(
                "the file is not valid UTF-8", at: invalidLine(of: bytes), write: "Save the file as UTF-8")
        }
        var reader = try YAMLDocumentReader(bytes)
        return try reader.document()
    }

    private static func invalidLine(of bytes: [UInt8]) -> SourcePosition {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
        return SourcePosition(line: (line ?? 0) + 1, column: 1)
    }

    private mutating func document() throws(DocumentSyntaxError) -> ConfigurationNode {
        _ = try events.next()
        guard case .documentStart = try events.next().kind else {
            throw DocumentSyntaxError("the file is empty", at: .start, write: "Write mcpProxy: and mcpServers:")
        }
        let root = try part(from: try events.next(), depth: 0)
        _ = try events.next()
        let end = try events.next()
        guard case .streamEnd = end.kind else {
            throw YAMLFault(problem: YAMLFault.anotherDocument, position: end.position).error
        }
        return root.node
    }

    /// The value that begins with the event, with its end.
    private mutating func part(from event: YAMLEvent, depth: Int) throws(DocumentSyntaxError) -> Part {
        let position = event.position
        guard depth < Self.maximumDepth else { throw Self.tooDeep(at: position) }
        switch event.kind {
        case .scalar(let scalar, let anchor):
            guard let value = scalar.value else {
                throw DocumentSyntaxError(
                    "the tag asks for another kind of value", at: position,
                    write: "Leave the tag, which begins with !!, out")
            }
            return try keep(Part(node: ConfigurationNode(value, at: position)), as: anchor)
        case .sequenceStart(let anchor):
            return try keep(try list(at: position, depth: depth), as: anchor)
        case .mappingStart(let anchor):
            return try keep(try mapping(at: position, depth: depth), as: anchor)
        case .alias(let name):
            guard let part = anchors[name] else {
                throw YAMLFault(problem: YAMLFault.undefinedAlias, position: position).error
            }
            guard depth + part.height < Self.maximumDepth else { throw Self.tooDeep(at: position) }
            try count(part.values, at: position)
            return part
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw DocumentSyntaxError("a value is expected here", at: position)
        }
    }

    private static func tooDeep(at position: SourcePosition) -> DocumentSyntaxError {
        DocumentSyntaxError("mappings and lists are nested more than \(maximumDepth) deep", at: position)
    }

    private mutating func count(_ values: Int, at position: SourcePosition) throws(DocumentSyntaxError) {
        remaining -= values
        guard remaining >= 0 else {
            throw DocumentSyntaxError(
                "the file has more than \(Self.maximumNodes) values, aliases counted as what they stand for; this is too large",
                at: position, write: "Use fewer aliases")
        }
    }

    private mutating func keep(_ part: Part, as anchor: String?) throws(DocumentSyntaxError) -> Part {
        try count(1, at: part.node.position)
        if let anchor { anchors[anchor] = part }
        return part
    }

    private mutating func list(at position: SourcePosition, depth: Int) throws(DocumentSyntaxError) -> Part {
        var list = Part(node: ConfigurationNode(.null, at: position))
        var elements: [ConfigurationNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { break }
            elements.append(list.add(try part(from: event, depth: depth + 1)))
        }
        list.node.value = .array(elements)
        return list
    }

    private mutating func mapping(at position: SourcePosition, depth: Int) throws(DocumentSyntaxError) -> Part {
        var mapping = Part(node: ConfigurationNode(.null, at: position))
        var members: [ConfigurationNode.Member] = []
        var merged: [ConfigurationNode.Member] = []
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            let key = try key(from: event)
            let value = mapping.add(try part(from: try events.next(), depth: depth + 1))
            if key.isMerge {
                merged += try Self.mergedMembers(of: value, at: event.position)
            } else {
                members.append(.init(name: key.text, position: event.position, value: value))
            }
        }
        var names = Set(members.map(\.name))
        members += merged.filter { names.insert($0.name).inserted }
        mapping.node.value = .object(members)
        return mapping
    }

    /// A key, which may not be an alias: a text with `*` that was meant as a text would be taken for one.
    private mutating func key(from event: YAMLEvent) throws(DocumentSyntaxError) -> YAMLScalar {
        guard case .scalar(let scalar, let anchor) = event.kind else {
            throw DocumentSyntaxError(
                "a key must be a text", at: event.position,
                write: "Put a text that begins with {, [ or * in quotation marks")
        }
        if anchor != nil, let value = scalar.value {
            _ = try keep(Part(node: ConfigurationNode(value, at: event.position)), as: anchor)
        }
        return scalar
    }

    /// The members that a merge key (`<<`) brings; of two mappings merged the first wins.
    private static func mergedMembers(
        of node: ConfigurationNode, at position: SourcePosition
    ) throws(DocumentSyntaxError) -> [ConfigurationNode.Member] {
        switch node.value {
        case .object(let members): return members
        case .array(let nodes) where nodes.allSatisfy({ $0.members != nil }): return nodes.flatMap { $0.members ?? [] }
        case .null, .bool, .number, .string, .array:
            throw DocumentSyntaxError(
                "<< takes a mapping or a list of mappings", at: position, write: "Write <<: *name")
        }
    }
}
