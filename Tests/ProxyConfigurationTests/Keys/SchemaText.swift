@testable import ProxyConfiguration

/// The JSON Schema as it follows from the table of keys.
enum SchemaText {
    /// The whole file.
    static var file: String {
        let inner = KeyScope.allCases.filter { $0 != .document }
        let definitions = values + inner.map { "\"\($0.rawValue)\": \(object(members(of: $0)))" }
        return object(
            [
                #""$schema": "https://json-schema.org/draft/2020-12/schema""#, #""title": "mcp-proxy configuration""#,
            ] + members(of: .document) + ["\"$defs\": \(object(definitions))"]) + "\n"
    }

    /// What the kinds of values look like that keys of several objects have.
    private static let values = [
        #"""
        "boolean": {
          "anyOf": [
            {"type": "boolean"},
            {"type": "null"},
            {
              "type": "string",
              "pattern": "\\$|^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Yy][Ee][Ss]|[Nn][Oo]|[Oo][Nn]|[Oo][Ff][Ff]|1|0)$"
            }
          ],
          "description": "true or false; also as text, for the sake of environment variables."
        }
        """#,
        #"""
        "count": {
          "anyOf": [{"type": ["integer", "null"]}, {"type": "string", "pattern": "\\$|^[0-9]+$"}],
          "description": "A whole number; also as text, for the sake of environment variables."
        }
        """#,
        #"""
        "size": {
          "anyOf": [
            {"type": ["integer", "null"], "minimum": 0},
            {"type": "string", "pattern": "\\$|^[0-9]+( ?([KkMmGg][Ii]?)?[Bb])?$"}
          ],
          "description": "A number of bytes, or a text with a unit: B, KiB, MiB, GiB, KB, MB, GB."
        }
        """#,
        #"""
        "duration": {
          "anyOf": [
            {
              "type": "string",
              "pattern": "\\$|^0+$|^[0-9]{9,}$|^([0-9]+(\\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$"
            },
            {"type": "null"},
            {"const": 0},
            {"type": "integer", "minimum": 86400001}
          ],
          "description": "A text such as \"30s\", \"1m30s\" or \"500ms\". A bare number counts nanoseconds, as Go writes durations; a small one cannot be meant so."
        }
        """#,
    ]

    private static func members(of scope: KeyScope) -> [String] {
        let properties = scope.keys.map { key in
            "\"\(key.name)\": \(object(members(of: key, isRequired: scope.requires(key.name))))"
        }
        return [
            isAlwaysThere(scope) ? #""type": "object""# : #""type": ["object", "null"]"#,
            "\"description\": \(text(scope.documentation))", #""additionalProperties": false"#,
            "\"properties\": \(object(properties))",
        ] + [scope.hints].compactMap(\.self)
    }

    /// Whether null cannot stand for such an object: it is an element of others, or has to be there.
    private static func isAlwaysThere(_ scope: KeyScope) -> Bool {
        scope == .document
            || KeyScope.allCases.contains { outer in
                outer.keys.contains {
                    $0.shape == .map(scope) || $0.shape == .list(scope)
                        || $0.shape == .object(scope) && outer.requires($0.name)
                }
            }
    }

    private static func members(of key: KnownKey, isRequired: Bool) -> [String] {
        var members = shape(key.shape, isRequired: isRequired)
        // What is told of the elements stands in place of what is told of all lists of texts.
        if key.hints?.contains(#""items":"#) == true { members.removeAll { $0.hasPrefix(#""items""#) } }
        members.append("\"description\": \(text(key.documentation))")
        if let value = key.defaultValue { members.append("\"default\": \(written(value))") }
        if let hints = key.hints { members.append(hints) }
        members += bounds(key.shape)
        if key.isDeprecated { members.append(#""deprecated": true"#) }
        return members
    }

    /// What numbers must be between, and whether a text may say nothing but zero.
    private static func bounds(_ shape: KnownKey.Shape) -> [String] {
        let range: ClosedRange<Int>
        switch shape {
        case .integer(let bounds?), .size(let bounds?): range = bounds
        case .duration(let bounds?): range = bounds.lowerBound.nanoseconds...bounds.upperBound.nanoseconds
        default: return []
        }
        let bounds = ["\"minimum\": \(range.lowerBound)", "\"maximum\": \(range.upperBound)"]
        return bounds + (range.lowerBound > 0 ? [#""pattern": "\\$|[1-9]""#] : [])
    }

    private static func shape(_ shape: KnownKey.Shape, isRequired: Bool) -> [String] {
        func type(_ name: String) -> String {
            isRequired ? "\"type\": \"\(name)\"" : "\"type\": [\"\(name)\", \"null\"]"
        }
        let text = #"{"type": "string"}"#
        let types = #""type": ["string", "integer", "boolean"]"#
        switch shape {
        case .text: return [type("string")]
        case .boolean: return [reference("boolean")]
        case .integer: return [reference("count")]
        case .duration: return [reference("duration")]
        case .size: return [reference("size")]
        case .texts: return [type("array"), "\"items\": \(text)"]
        case .textOrTexts:
            let types = ["string", "array"] + (isRequired ? [] : ["null"])
            return ["\"type\": [\(types.map(Self.text).joined(separator: ", "))]", "\"items\": \(text)"]
        case .textMap: return [type("object"), "\"additionalProperties\": \(text)"]
        case .value: return [#""type": ["string", "integer", "boolean", "null"]"#]
        case .values: return [type("array"), "\"items\": {\(types)}"]
        case .valueMap: return [type("object"), "\"additionalProperties\": {\(types)}"]
        case .choice(let words):
            let values = words.map(Self.text) + (isRequired ? [] : ["null"])
            return ["\"enum\": [\(values.joined(separator: ", "))]"]
        case .objects: return [type("array"), #""items": {"type": "object"}"#]
        case .json:
            let types = ["string", "number", "boolean", "array", "object"] + (isRequired ? [] : ["null"])
            return ["\"type\": [\(types.map(Self.text).joined(separator: ", "))]"]
        case .object(let scope): return [reference(scope.rawValue)]
        case .objectOrWord(let scope, let word):
            return ["\"anyOf\": [{\(reference(scope.rawValue))}, {\"const\": \(Self.text(word))}]"]
        case .list(let scope):
            return [type("array"), "\"items\": {\(reference(scope.rawValue))}"]
        case .map(let scope):
            return [type("object"), "\"additionalProperties\": {\(reference(scope.rawValue))}"]
        }
    }

    private static func reference(_ definition: String) -> String { "\"$ref\": \"#/$defs/\(definition)\"" }

    /// An object with each member on lines of its own.
    private static func object(_ members: [String]) -> String {
        let lines = members.joined(separator: ",\n").split(separator: "\n").map { "  \($0)" }
        return "{\n\(lines.joined(separator: "\n"))\n}"
    }

    /// A default value: one that is an object is an empty one.
    static func written(_ value: ConfigurationNode.Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let number): number
        case .string(let string): text(string)
        case .array(let elements): "[\(elements.map { written($0.value) }.joined(separator: ", "))]"
        case .object: "{}"
        }
    }

    private static func text(_ text: String) -> String {
        let escaped = text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
        return "\"\(escaped)\""
    }
}

extension KeyScope {
    /// Whether an object of this kind cannot be without the key.
    func requires(_ name: String) -> Bool {
        // What is needed of some objects of the kind stands further inside.
        guard self != .server, let hints, let start = hints.firstRange(of: #""required": ["#),
            let end = hints[start.upperBound...].firstIndex(of: "]")
        else { return false }
        return hints[start.upperBound..<end].contains("\"\(name)\"")
    }
}

extension Duration {
    fileprivate var nanoseconds: Int {
        Int(components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000)
    }
}
