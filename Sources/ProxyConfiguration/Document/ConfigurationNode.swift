/// A value of the configuration text that remembers where it stands.
///
/// Both readers, the one for JSON and the one for YAML, make this tree; nothing after them knows the format.
package struct ConfigurationNode: Sendable, Equatable {
    /// What is written.
    package enum Value: Sendable, Equatable {
        /// Nothing; the same as leaving the key out.
        case null
        /// A truth value.
        case bool(Bool)
        /// A number, as written: turning it into a machine number is left to whoever knows its range.
        case number(String)
        /// A text.
        case string(String)
        /// A list.
        case array([ConfigurationNode])
        /// Members in the order written, names given twice included.
        case object([Member])
    }

    /// A name and its value.
    package struct Member: Sendable, Equatable {
        /// The name, after environment variables were expanded.
        package var name: String
        /// The name as it stands in the text; messages show this one, since the other may hold a secret.
        package var written: String
        /// Where the name stands.
        package var position: SourcePosition
        /// The value.
        package var value: ConfigurationNode

        /// A member whose name is as written.
        package init(name: String, position: SourcePosition, value: ConfigurationNode) {
            self.name = name
            self.written = name
            self.position = position
            self.value = value
        }
    }

    /// What is written.
    package var value: Value
    /// Where it begins.
    package var position: SourcePosition
    /// Whether this is a `${NAME}` without quotation marks, which stands for a whole value.
    package var isReference = false
    /// Whether a variable of the environment brought in something of it, which messages must not show.
    var holdsVariable = false
    /// Whether a file did, as `${file:…}`.
    var holdsFile = false
    /// What brought it in.
    var expandedNames: [ExpandedName] = []

    /// A value at a place.
    package init(_ value: Value, at position: SourcePosition) {
        self.value = value
        self.position = position
    }

    /// The members if this is an object.
    package var members: [Member]? {
        guard case .object(let members) = value else { return nil }
        return members
    }

    /// The value of the last member with the name, if this is an object that has one.
    package subscript(name: String) -> ConfigurationNode? {
        members?.last { $0.name == name }?.value
    }

    /// Whether this is a list or an object with nothing in it, as forms of programs send what was not filled in.
    var isEmpty: Bool { value == .array([]) || value == .object([]) }

    /// What this is, as a message calls it.
    package var kind: String {
        switch value {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

/// A place in the configuration text.
package struct SourcePosition: Sendable, Equatable, Hashable {
    /// The line, counted from 1.
    package var line: Int
    /// The column, counted from 1 in Unicode scalars.
    package var column: Int

    /// A place in the text.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The first character.
    package static let start = SourcePosition(line: 1, column: 1)
}

extension SourcePosition: Comparable {
    /// Whether the first place comes before the second.
    package static func < (first: SourcePosition, second: SourcePosition) -> Bool {
        (first.line, first.column) < (second.line, second.column)
    }
}

extension SourcePosition: CustomStringConvertible {
    /// `line:column`.
    package var description: String { "\(line):\(column)" }
}

/// The format a configuration text is written in.
package enum ConfigurationFormat: Sendable, Equatable, CaseIterable {
    /// JSON with comments and trailing commas.
    case json
    /// YAML 1.1.
    case yaml
    /// TOML 1.0, in which Codex keeps its servers; it is read for imports only.
    case toml

    /// The format that a file name, or the path of a URL, asks for: YAML for `.yaml` and `.yml`, TOML for `.toml`,
    /// otherwise JSON.
    package init(pathOrURL: String) {
        var path = pathOrURL[...]
        if RemoteConfigurationRequest.isRemote(pathOrURL) {
            path = path.prefix { $0 != "?" && $0 != "#" }
        }
        let name = path.lowercased()
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            self = .yaml
        } else {
            self = name.hasSuffix(".toml") ? .toml : .json
        }
    }
}

/// Why a text is not a document of its format.
struct DocumentSyntaxError: Error, Equatable {
    /// What is wrong; never quotes the text, which may hold secrets.
    var message: String
    /// Where it is wrong.
    var position: SourcePosition
    /// What to write instead.
    var suggestion: String?

    init(_ message: String, at position: SourcePosition, write suggestion: String? = nil) {
        self.message = message
        self.position = position
        self.suggestion = suggestion
    }
}
