package import ProxyConfiguration

/// How JSON is laid out.
package struct JSONLayout: Sendable, Equatable {
    /// One step of indentation.
    package var unit = "  "
    package var lineEnd = "\n"

    /// The layout of new files.
    package init() {}

    /// The value as text, without a line end after it.
    ///
    /// - Parameter indentation: What stands before the first line, and has to stand before the others.
    package func text(of node: ConfigurationNode, indentation: String = "") -> String {
        switch node.value {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let text): return text
        case .string(let text): return Self.quoted(text)
        case .array(let elements):
            let isShort = elements.allSatisfy(Self.isScalar)
            if isShort { return "[\(elements.map { text(of: $0) }.joined(separator: ", "))]" }
            return block(elements.map { text(of: $0, indentation: indentation + unit) }, "[", "]", indentation)
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            return block(members.map { member($0.name, $0.value, indentation + unit) }, "{", "}", indentation)
        }
    }

    /// A member of an object.
    func member(_ name: String, _ value: ConfigurationNode, _ indentation: String) -> String {
        "\(Self.quoted(name)): \(text(of: value, indentation: indentation))"
    }

    private func block(_ lines: [String], _ opening: String, _ closing: String, _ indentation: String) -> String {
        let inner = lines.map { "\(indentation)\(unit)\($0)" }.joined(separator: ",\(lineEnd)")
        return "\(opening)\(lineEnd)\(inner)\(lineEnd)\(indentation)\(closing)"
    }

    private static func isScalar(_ node: ConfigurationNode) -> Bool {
        switch node.value {
        case .array, .object: false
        case .null, .bool, .number, .string: true
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
