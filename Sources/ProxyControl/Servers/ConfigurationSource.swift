package import ProxyConfiguration

/// Where the configuration is read from, again and again.
package struct ConfigurationSource: Sendable {
    /// The file, or the URL, as messages may show it.
    let location: String
    let isRemote: Bool
    /// Reads and checks it.
    package let load: @Sendable () async throws(ConfigurationError) -> LoadedConfiguration
    /// The mark of what is read first.
    let firstMark: String?
    /// Something that differs when the text may have changed; nil while that cannot be told.
    let mark: @Sendable () async -> String?

    /// - Parameters:
    ///   - location: The file, or the URL, as messages may show it.
    ///   - load: Reads and checks it.
    ///   - firstMark: The mark of what is read first.
    ///   - mark: Says something that differs when the text may have changed; nil while that cannot be told.
    package init(
        location: String, isRemote: Bool,
        load: @escaping @Sendable () async throws(ConfigurationError) -> LoadedConfiguration,
        firstMark: String?, mark: @escaping @Sendable () async -> String?
    ) {
        self.location = location
        self.isRemote = isRemote
        self.load = load
        self.firstMark = firstMark
        self.mark = mark
    }
}
