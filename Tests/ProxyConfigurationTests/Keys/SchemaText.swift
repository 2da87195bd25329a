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
          "anyOf": [{"type": "integer"}, {"type": "string", "pattern": "\\$|^[0-9]+$"}],
          "description": "A whole number; also as text, for the sake of environment variables."
        }
        """#,
        #"""
        "size": {
          "anyOf": [
            {"type": "integer", "minimum": 0},
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
              "pattern": "\\$|^[0-9]+$|^([0-9]+(\\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$"
            },
            {"type": "integer", "minimum": 0}
          ],
          "description": "A text such as \"30s\", \"1m30s\" or \"500ms\". A bare number counts nanoseconds, as Go writes durations."
        }
        """#,
    ]

    private static func members(of scope: KeyScope) -> [String] {
        let properties = scope.keys.map { "\"\($0.name)\": \(object(members(of: $0)))" }
        return [
            #""type": "object""#, "\"description\": \(text(scope.documentation))", #""additionalProperties": false"#,
            "\"properties\": \(object(properties))",
        ] + [scope.hints].compactMap(\.self)
    }

    private static func members(of key: KnownKey) -> [String] {
        var members = shape(key.shape)
        // What is told of the elements stands in place of what is told of all lists of texts.
        if key.hints?.contains(#""items":"#) == true { members.removeAll { $0.hasPrefix(#""items""#) } }
        members.append("\"description\": \(text(key.documentation))")
        if let value = key.defaultValue { members.append("\"default\": \(written(value))") }
        if let hints = key.hints { members.append(hints) }
        if case .integer(let range?) = key.shape {
            members += ["\"minimum\": \(range.lowerBound)", "\"maximum\": \(range.upperBound)"]
        }
        if key.isDeprecated { members.append(#""deprecated": true"#) }
        return members
    }

    private static func shape(_ shape: KnownKey.Shape) -> [String] {
        let text = #"{"type": "string"}"#
        let types = #""type": ["string", "integer", "boolean"]"#
        switch shape {
        case .text: return [#""type": "string""#]
        case .boolean: return [reference("boolean")]
        case .integer: return [reference("count")]
        case .duration: return [reference("duration")]
        case .size: return [reference("size")]
        case .texts: return [#""type": "array""#, "\"items\": \(text)"]
        case .textMap: return [#""type": "object""#, "\"additionalProperties\": \(text)"]
        case .value: return [types]
        case .values: return [#""type": "array""#, "\"items\": {\(types)}"]
        case .valueMap: return [#""type": "object""#, "\"additionalProperties\": {\(types)}"]
        case .choice(let words): return ["\"enum\": [\(words.map(Self.text).joined(separator: ", "))]"]
        case .object(let scope): return [reference(scope.rawValue)]
        case .map(let scope):
            return [#""type": "object""#, "\"additionalProperties\": {\(reference(scope.rawValue))}"]
        }
    }

    private static func reference(_ definition: String) -> String { "\"$ref\": \"#/$defs/\(definition)\"" }

    /// An object with each member on lines of its own.
    private static func object(_ members: [String]) -> String {
        let lines = members.joined(separator: ",\n").split(separator: "\n").map { "  \($0)" }
        return "{\n\(lines.joined(separator: "\n"))\n}"
    }

    /// A default value: one that is a list or an object is an empty one.
    private static func written(_ value: ConfigurationNode.Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let number): number
        case .string(let string): text(string)
        case .array: "[]"
        case .object: "{}"
        }
    }

    private static func text(_ text: String) -> String {
        let escaped = text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
        return "\"\(escaped)\""
    }
}
