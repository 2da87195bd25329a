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
