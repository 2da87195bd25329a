import MCPCore

/// The words of one tool's definition, each with the field in which it stands.
struct ToolWords {
    /// How deep schemas are read that stand in each other, and how many parameters in all.
    private static let maximumDepth = 4
    private static let maximumParameters = 128
    /// So many characters of a text are read: one without words would be gone through to its end.
    static let maximumCharacters = 16 << 10
    /// After how many characters a first sentence is cut.
    private static let maximumSummary = 300
    /// The names of servers and tools are joined by this where several servers are offered together.
    private static let separator = "__"

    private(set) var words: [(word: String, field: SearchField)] = []
    private var counts = FieldVector()
    private var parameters = 0

    init(_ definition: JSONView) {
        definition.forEachMember { member, value in
            switch member {
            case "name": addName(value.string ?? "")
            case "title": add(value.string, to: .title)
            case "description": addDescription(value.string ?? "")
            case "annotations": add(value["title"]?.string, to: .title)
            case "inputSchema": addParameters(of: value, depth: 0)
            default: break
            }
        }
    }

    private mutating func addName(_ name: String) {
        let bytes = Array(name.utf8)
        let place = bytes.indices.dropFirst().first {
            $0 + 2 < bytes.count && bytes[$0] == 0x5F && bytes[$0 + 1] == 0x5F
        }
        guard let place else { return add(name, to: .name) }
        add(String(decoding: bytes[..<place], as: UTF8.self), to: .server)
        let rest = bytes[(place + Self.separator.utf8.count)...]
        add(String(decoding: Self.withoutDigest(rest), as: UTF8.self), to: .name)
    }

    /// A name that was cut ends in `_` and eight hexadecimal digits, which nobody looks for.
    private static func withoutDigest(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digest = name.suffix(8)
        guard name.count > 9, name.dropLast(8).last == UInt8(ascii: "_"),
            digest.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 })
        else { return name }
        return name.dropLast(9)
    }

    private mutating func addDescription(_ text: String) {
        let scalars = text.unicodeScalars.prefix(Self.maximumCharacters)
        let end = Self.endOfFirstSentence(scalars)
        add(scalars[..<end], to: .summary)
        add(scalars[end...], to: .description)
    }

    /// Behind the first full stop with a space after it, or the first line that holds anything; at a space after so
    /// many characters, and anywhere after twice as many.
    private static func endOfFirstSentence(_ text: Substring.UnicodeScalarView) -> String.Index {
        var wasStop = false
        var hasWord = false
        var count = 0
        for index in text.indices {
            let scalar = text[index]
            let isLong = count >= maximumSummary && scalar == " " || count >= 2 * maximumSummary
            if hasWord, scalar == "\n" || scalar == "。" || wasStop && scalar == " " || isLong { return index }
            wasStop = scalar == "." || scalar == "!" || scalar == "?"
            hasWord = hasWord || scalar.properties.isAlphabetic
            count += 1
        }
        return text.endIndex
    }

    private mutating func add(_ text: String?, to field: SearchField) {
        guard let text else { return }
        add(text.unicodeScalars.prefix(Self.maximumCharacters), to: field)
    }

    private mutating func add(_ text: Substring.UnicodeScalarView, to field: SearchField) {
        let most = Float(field.maximumWords)
        guard counts[field] < most else { return }
        WordSplitter.forEachRun(in: text) { run in
            for word in run.words where counts[field] < most {
                words.append((word, field))
                counts[field] += 1
            }
            return counts[field] < most
        }
    }

    /// Adds the parameters that a schema has, and those of the schemas in it.
    private mutating func addParameters(of schema: JSONView, depth: Int) {
        guard depth < Self.maximumDepth, parameters < Self.maximumParameters else { return }
        schema.forEachMember { member, value in
            switch member {
            case "properties":
                value.forEachMember { name, parameter in addParameter(name, parameter, depth: depth) }
            case "items": addParameters(of: value, depth: depth + 1)
            case "anyOf", "oneOf", "allOf": value.forEachElement { addParameters(of: $0, depth: depth + 1) }
            default: break
            }
        }
    }

    private mutating func addParameter(_ name: String, _ schema: JSONView, depth: Int) {
        guard parameters < Self.maximumParameters else { return }
        parameters += 1
        add(name, to: .parameterName)
        add(schema["description"]?.string, to: .parameterDescription)
        addParameters(of: schema, depth: depth + 1)
    }
}
