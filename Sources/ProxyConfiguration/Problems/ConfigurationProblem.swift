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
        return text
    }
}
