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
