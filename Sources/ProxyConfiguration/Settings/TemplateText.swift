/// An argument or the value of an environment variable in a ``CommandTemplate``.
///
/// A parameter is never put into the middle of a text: what a caller gives stays one argument, or one value of an option
/// that the operator has named.
package enum TemplateText: Sendable, Equatable {
    /// A text without parameters.
    case literal(String)
    /// A parameter, after a text such as `--depth=` or nothing.
    case parameter(name: String, prefix: String)

    /// Why a text cannot be read.
    enum Fault: Error, Equatable {
        /// A brace that is neither doubled nor part of a placeholder.
        case looseBrace
        /// A placeholder beside something else.
        case partOfText
    }

    /// Reads a text in which `{name}` stands for a parameter, and `{{` and `}}` for braces.
    ///
    /// - Throws: The first fault found.
    init(_ text: String, isArgument: Bool) throws(Fault) {
        var literal = ""
        var name: String?
        var isFollowed = false
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            isFollowed = isFollowed || name != nil
            switch scalar {
            case "{" where rest.first == "{", "}" where rest.first == "}":
                rest.removeFirst()
                literal.unicodeScalars.append(scalar)
            case "{":
                guard let end = rest.firstIndex(of: "}"), case let found = String(rest[..<end]), Self.isName(found)
                else { throw .looseBrace }
                name = found
                rest = rest[rest.index(after: end)...]
            case "}":
                throw .looseBrace
            default:
                literal.unicodeScalars.append(scalar)
            }
        }
        guard let name else {
            self = .literal(literal)
            return
        }
        guard !isFollowed, literal.isEmpty || isArgument && Self.isOption(literal) else { throw .partOfText }
        self = .parameter(name: name, prefix: literal)
    }

    /// Whether a parameter can have the name.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64, !(0x30...0x39).contains(first) else { return false }
        return first != UInt8(ascii: "-") && text.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") }
    }

    /// Whether the text is an option up to its value: `--depth=`.
    private static func isOption(_ text: String) -> Bool {
        guard text.hasPrefix("--"), text.hasSuffix("="), text.utf8.count > 3 else { return false }
        return text.utf8.dropFirst(2).dropLast().allSatisfy { isPlain($0) || "-.".utf8.contains($0) }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The name of the parameter, if there is one.
    package var parameterName: String? {
        switch self {
        case .literal: nil
        case .parameter(let name, _): name
        }
    }
}
