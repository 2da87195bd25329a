/// The settings of one server, and what there is to say about the text they were read from.
package struct LoadedServer: Sendable, Equatable {
    /// The settings.
    package var settings: ServerSettings
    /// What is questionable, in the order of the text.
    package var warnings: [ConfigurationProblem]

    /// A result of loading.
    package init(settings: ServerSettings, warnings: [ConfigurationProblem] = []) {
        self.settings = settings
        self.warnings = warnings
    }
}
