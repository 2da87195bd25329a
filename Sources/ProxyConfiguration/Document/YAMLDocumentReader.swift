internal import Yams

/// Turns what Yams composed into the tree that keeps positions.
///
/// Yams resolves the plain scalars by the rules of YAML 1.1, so that `yes` and `on` are booleans. Aliases and merge keys
/// are allowed; since an alias is a copy, both the number of values and the shape of keys are bounded.
struct YAMLDocumentReader {
    /// The deepest nesting.
    static let maximumDepth = 64
    /// The most values, copies made by aliases included.
    static let maximumNodes = 100_000
    /// The largest text.
    static let maximumBytes = 1 << 20

    private var remaining = Self.maximumNodes

    private init() {}

    /// Reads the only document of the text.
    ///
    /// - Throws: The first place that breaks the grammar or a bound.
    static func read(_ bytes: [UInt8]) throws(DocumentSyntaxError) -> ConfigurationNode {
        guard bytes.count <= maximumBytes else {
            throw DocumentSyntaxError("a YAML file may have at most \(maximumBytes >> 20) MiB", at: .start)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DocumentSyntaxError(
                "the file is not valid UTF-8", at: invalidLine(of: bytes), write: "Save the file as UTF-8")
        }
        try YAMLAliasGuard.check(bytes)
        guard let root = try compose(text) else {
            throw DocumentSyntaxError("the file is empty", at: .start, write: "Write mcpProxy: and mcpServers:")
        }
        var reader = YAMLDocumentReader()
        return try reader.convert(root, depth: 0)
    }

    private static func compose(_ text: String) throws(DocumentSyntaxError) -> Node? {
        do {
            // The encoding is named because the default one is read from the environment and printed.
            return try Parser(yaml: text, resolver: .default, constructor: .default, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw syntaxError(error)
        } catch {
            throw DocumentSyntaxError("the file cannot be read as YAML", at: .start)
        }
    }

    /// Yams' own description quotes the text, which may hold secrets; only the problem and the place are taken.
    private static func syntaxError(_ error: YamlError) -> DocumentSyntaxError {
        switch error {
        case .scanner(let context, let problem, let mark, let text),
            .parser(let context, let problem, let mark, let text),
            .composer(let context, let problem, let mark, let text):
            let position = SourcePosition(line: mark.line, column: mark.column)
            return YAMLFault(
                problem: problem, position: position,
                start: context.map { SourcePosition(line: $0.mark.line, column: $0.mark.column) },
                character: character(at: position, in: text)
            ).error
        case .duplicatedKeysInMapping(_, let context):
            return DocumentSyntaxError(
                "a key is given twice in the mapping that begins here",
                at: SourcePosition(line: context.mark.line, column: context.mark.column),
                write: "Keep one of the two")
        case .reader(let problem, let offset, _, let text):
            let before = text.prefix(offset ?? 0).unicodeScalars
            let line = before.count { $0 == "\n" } + 1
            let column = before.reversed().prefix { $0 != "\n" }.count + 1
            return YAMLFault(problem: problem, position: SourcePosition(line: line, column: column)).error
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return DocumentSyntaxError("the file cannot be read as YAML", at: .start)
        }
    }

    private static func character(at position: SourcePosition, in text: String) -> Character? {
        // Scalars, since a line break of two characters counts as one of Swift's.
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        guard (1...lines.count).contains(position.line) else { return nil }
        return lines[position.line - 1].dropFirst(position.column - 1).first.map(Character.init)
    }

    private static func invalidLine(of bytes: [UInt8]) -> SourcePosition {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
        return SourcePosition(line: (line ?? 0) + 1, column: 1)
    }

    private mutating func convert(_ node: Node, depth: Int) throws(DocumentSyntaxError) -> ConfigurationNode {
        let position = node.mark.map { SourcePosition(line: $0.line, column: $0.column) } ?? .start
        guard remaining > 0 else {
            throw DocumentSyntaxError("aliases make the file too large", at: position, write: "Use fewer aliases")
        }
        guard depth < Self.maximumDepth else {
            throw DocumentSyntaxError("mappings and lists are nested more than \(Self.maximumDepth) deep", at: position)
        }
        remaining -= 1
        switch node {
        case .scalar(let scalar):
            return ConfigurationNode(Self.value(of: scalar, tag: node.tag.rawValue), at: position)
        case .sequence(let sequence):
            var elements: [ConfigurationNode] = []
            for element in sequence { elements.append(try convert(element, depth: depth + 1)) }
            return ConfigurationNode(.array(elements), at: position)
        case .mapping(let mapping):
            return ConfigurationNode(.object(try members(of: mapping, depth: depth)), at: position)
        case .alias:
            throw DocumentSyntaxError("an alias that stands for nothing", at: position)
        }
    }

    private static func value(of scalar: Node.Scalar, tag: String) -> ConfigurationNode.Value {
        switch tag {
        case Tag.Name.null.rawValue: .null
        case Tag.Name.bool.rawValue: .bool(["true", "yes", "on"].contains(scalar.string.lowercased()))
        case Tag.Name.int.rawValue, Tag.Name.float.rawValue: .number(scalar.string)
        default: .string(scalar.string)
        }
    }

    private mutating func members(
        of mapping: Node.Mapping, depth: Int
    ) throws(DocumentSyntaxError) -> [ConfigurationNode.Member] {
        var members: [ConfigurationNode.Member] = []
        var merged: [ConfigurationNode.Member] = []
        for (key, value) in mapping {
            let position = key.mark.map { SourcePosition(line: $0.line, column: $0.column) } ?? .start
            guard let name = key.scalar?.string else {
                throw DocumentSyntaxError(
                    "a key must be a text", at: position,
                    write: "Put a text that begins with { or [ in quotation marks")
            }
            let converted = try convert(value, depth: depth + 1)
            if key.tag.rawValue == Tag.Name.merge.rawValue {
                merged += try Self.mergedMembers(of: converted, at: position)
            } else {
                members.append(.init(name: name, position: position, value: converted))
            }
        }
        var names = Set(members.map(\.name))
        members += merged.filter { names.insert($0.name).inserted }
        return members
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

/// Refuses, before Yams sees it, a text whose aliases could make it work for ever.
///
/// Yams looks for keys given twice by hashing them, and hashing a key that is a list of aliases of lists of aliases takes
/// time exponential in the length of the text. The check looks at characters only, so it also refuses a few harmless
/// texts, such as one with an alias and, in some string, `]:`. Values need no check here: copies of a value share their
/// memory until ``YAMLDocumentReader`` walks them, and it counts.
enum YAMLAliasGuard {
    /// - Throws: The first key that is not a plain text, in a text that has aliases.
    static func check(_ bytes: [UInt8]) throws(DocumentSyntaxError) {
        guard hasAlias(bytes) else { return }
        var line = 1
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            guard beginsComplexKey(bytes, index) else { continue }
            throw DocumentSyntaxError(
                "in a file with aliases, keys must be plain texts", at: SourcePosition(line: line, column: 1),
                write: "Write the key without ?, * and brackets, or the values without aliases")
        }
    }

    private static func hasAlias(_ bytes: [UInt8]) -> Bool {
        bytes.indices.contains { isAlias(bytes, $0) }
    }

    private static func isAlias(_ bytes: [UInt8], _ index: Int) -> Bool {
        bytes[index] == UInt8(ascii: "*") && index + 1 < bytes.count && isName(bytes[index + 1])
    }

    private static func beginsComplexKey(_ bytes: [UInt8], _ index: Int) -> Bool {
        switch bytes[index] {
        case UInt8(ascii: "?"):
            let isFirst = index == 0 || isSpace(bytes[index - 1]) || "[{,-".utf8.contains(bytes[index - 1])
            return isFirst && (index + 1 == bytes.count || isSpace(bytes[index + 1]))
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            return isColon(bytes, after: index + 1)
        case UInt8(ascii: "*") where isAlias(bytes, index):
            var end = index + 1
            while end < bytes.count, isName(bytes[end]) { end += 1 }
            return isColon(bytes, after: end)
        default:
            return false
        }
    }

    private static func isColon(_ bytes: [UInt8], after index: Int) -> Bool {
        var index = index
        while index < bytes.count, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") {
            index += 1
        }
        return index < bytes.count && bytes[index] == UInt8(ascii: ":")
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(byte)
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
