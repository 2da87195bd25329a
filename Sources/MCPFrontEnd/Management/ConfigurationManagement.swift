/// Tells what counts by the configuration. Implemented by the program that owns the servers.
package protocol ConfigurationManagement: Sendable {
    /// Returns what was read last, and what there is to say about it.
    func configuration() async -> ConfigurationReport
}

/// Holds what counts by the configuration, without secrets, and where it comes from.
package struct ConfigurationReport: Sendable {
    /// Holds one value.
    package struct Value: Sendable {
        /// The way to it.
        package var key: String
        /// nil where it is not shown, since it may be a secret.
        package var text: String?
        /// Where it comes from, in a word.
        package var origin: String
        /// The variables or files that are named in its place.
        package var names: [String] = []
        /// Where it is written, counted from 1; nil where it is not.
        package var line: Int?
        package var column: Int?

        package init(key: String, text: String?, origin: String) {
            (self.key, self.text, self.origin) = (key, text, origin)
        }
    }

    /// The file or the URL.
    package var source: String
    package var values: [Value] = []
    /// What the program was started with.
    package var options: [Value] = []
    /// What is questionable, a line each.
    package var warnings: [String] = []
    /// What is to be known of the file as a whole, a sentence each.
    package var notices: [String] = []
    /// Keys that are not in force as they are written, until the proxy is started again.
    package var needsRestart: [String] = []

    package init(source: String) {
        self.source = source
    }
}
