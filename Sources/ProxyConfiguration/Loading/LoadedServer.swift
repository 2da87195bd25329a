/// The settings of one server, and what there is to say about the text they were read from.
package struct LoadedServer: Sendable, Equatable {
    /// The settings.
    package var settings: ServerSettings
    /// What is questionable, in the order of the text.
    package var warnings: [ConfigurationProblem]
    /// The name of the operator's template that the server was made from, if it was.
    package var template: String?

    /// A result of loading.
    package init(settings: ServerSettings, warnings: [ConfigurationProblem] = [], template: String? = nil) {
        self.settings = settings
        self.warnings = warnings
        self.template = template
    }

    /// Whether the server was made from a template, so that its command is the operator's.
    package var usesTemplate: Bool { template != nil }
}
