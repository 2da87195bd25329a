/// One thing that is wrong, or questionable, in a configuration, and what to write instead.
///
/// No text in here holds a value of the file: it may be a secret.
package struct ConfigurationProblem: Sendable, Equatable {
    /// Whether the configuration can be used all the same.
    package enum Severity: String, Sendable, Equatable {
        /// It cannot be used.
        case error
        /// It can.
        case warning
    }

    /// Whether the configuration can be used all the same.
    package var severity: Severity
    /// The name of the file or URL, without what may be secret in a URL.
    package var source: String
    /// The key, such as `mcpServers.fetch.url`; empty for the document as a whole.
    package var keyPath: String
    /// The line, counted from 1.
    package var line: Int?
    /// The column, counted from 1.
    package var column: Int?
    /// What is wrong, without a full stop.
    package var message: String
    /// What to do about it, without a full stop.
    package var suggestion: String?

    /// A problem.
    package init(
        severity: Severity,
        source: String,
        keyPath: String = "",
        position: SourcePosition? = nil,
        message: String,
        suggestion: String? = nil
    ) {
        self.severity = severity
        self.source = source
        self.keyPath = keyPath
        self.line = position?.line
        self.column = position?.column
        self.message = message
        self.suggestion = suggestion
    }
}

extension ConfigurationProblem: CustomStringConvertible {
    /// One line: `config.json:12:7: mcpServers.fetch.timeout: <message>. <suggestion>.`
    package var description: String {
        var text = source
        if let line, let column { text += ":\(line):\(column)" }
        text += ": "
        if severity == .warning { text += "warning: " }
        if !keyPath.isEmpty { text += "\(keyPath): " }
        text += "\(message)."
        if let suggestion { text += suggestion.hasSuffix("?") ? " \(suggestion)" : " \(suggestion)." }
        return ConfigurationPath.printable(text)
    }
}

/// Why a configuration cannot be used, with all its problems.
package struct ConfigurationError: Error, Sendable, Equatable {
    /// The kind of failure.
    package enum Code: Sendable, Equatable, CaseIterable {
        /// The text is too large or not UTF-8.
        case unreadable
        /// The text is not JSON or YAML.
        case syntax
        /// The text can be read, but what it says cannot be used.
        case invalid
        /// The address of the configuration, or a header to ask for it with, cannot be used.
        case invalidRequest
    }

    /// The kind of failure.
    package var code: Code
    /// Everything found, errors and warnings, in the order of the text.
    package var problems: [ConfigurationProblem]

    /// A failure with its problems.
    package init(code: Code, problems: [ConfigurationProblem]) {
        self.code = code
        self.problems = problems
    }
}

extension ConfigurationError: CustomStringConvertible {
    /// Every problem on its own line.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
