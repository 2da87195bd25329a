/// Settings, and what there is to say about the text they were read from.
package struct LoadedConfiguration: Sendable, Equatable {
    /// The settings.
    package var settings: ProxySettings
    /// What is questionable, in the order of the text.
    package var warnings: [ConfigurationProblem]
    /// Sentences for the operator about the file as a whole.
    package var notices: [String]

    /// A result of loading.
    package init(settings: ProxySettings, warnings: [ConfigurationProblem] = [], notices: [String] = []) {
        self.settings = settings
        self.warnings = warnings
        self.notices = notices
    }
}
