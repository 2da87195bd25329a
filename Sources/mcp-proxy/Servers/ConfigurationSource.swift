import ProxyConfiguration

/// Where the configuration is read from, again and again.
struct ConfigurationSource: Sendable {
    /// The file, or the URL, as messages may show it.
    let location: String
    let isRemote: Bool
    /// Reads and checks it.
    let load: @Sendable () async throws(ConfigurationError) -> LoadedConfiguration
    /// The mark of what is read first.
    let firstMark: String?
    /// Something that differs when the text may have changed; nil while that cannot be told.
    let mark: @Sendable () async -> String?
}
