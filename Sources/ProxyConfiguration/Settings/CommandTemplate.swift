/// A command prepared by the operator, of which callers of the API fill in the parameters
/// (`mcpProxy.management.templates.<name>`).
package struct CommandTemplate: Sendable, Equatable {
    /// The program.
    package var command: String
    /// Its arguments.
    package var arguments: [TemplateText]
    /// Its environment variables; what stands in them may be secret.
    package var environment: [String: TemplateText]
    /// The directory it runs in.
    package var workingDirectory: String?
    /// What callers give, by name.
    package var parameters: [String: TemplateParameter]

    /// A template as given; what is said about parameters is checked where it is read from a text.
    package init(
        command: String, arguments: [TemplateText] = [], environment: [String: TemplateText] = [:],
        workingDirectory: String? = nil, parameters: [String: TemplateParameter] = [:]
    ) {
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.parameters = parameters
    }
}

extension CommandTemplate: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The command and the names of the parameters; arguments and environment may hold secrets.
    package var description: String {
        let names = parameters.keys.sorted().map { " {\($0)}" }
        return "stdio \(command)\(names.joined())"
    }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` shows no secrets either.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// What a caller of the API may put into one place of a ``CommandTemplate``.
package struct TemplateParameter: Sendable, Equatable {
    /// The kinds of values.
    package enum Kind: String, Sendable, Equatable, CaseIterable {
        /// A text without control characters.
        case string
        /// A whole number.
        case integer
        /// `true` or `false`.
        case boolean
    }

    /// What kind of value it is.
    package var kind: Kind
    /// What a text as a whole has to match.
    package var pattern: TextPattern?
    /// The longest text, in Unicode scalars.
    package var maxLength: Int
    /// The least number.
    package var minimum: Int?
    /// The greatest number.
    package var maximum: Int?
    /// The values to choose from, as they are put in, or nil for all that are of the kind.
    package var choices: [String]?
    /// What is put in when the caller gives nothing.
    package var defaultValue: String?
    /// Whether the caller has to give a value.
    package var isRequired: Bool
    /// What it is for, to be read by people.
    package var description: String?

    /// A parameter in which everything but the kind has its default.
    package init(
        _ kind: Kind, pattern: TextPattern? = nil, maxLength: Int = 256, minimum: Int? = nil, maximum: Int? = nil,
        choices: [String]? = nil, defaultValue: String? = nil, isRequired: Bool? = nil, description: String? = nil
    ) {
        self.kind = kind
        self.pattern = pattern
        self.maxLength = maxLength
        self.minimum = minimum
        self.maximum = maximum
        self.choices = choices
        self.defaultValue = defaultValue
        self.isRequired = isRequired ?? (defaultValue == nil)
        self.description = description
    }
}

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
