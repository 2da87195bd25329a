package import ProxyConfiguration

/// Where the configuration is read from, again and again.
package struct ConfigurationSource: Sendable {
    /// The file, or the URL, as messages may show it.
    let location: String
    let isRemote: Bool
    /// Reads and checks it.
    package let load: @Sendable () async throws(ConfigurationError) -> LoadedConfiguration
    /// The same, for somebody who only wants to know what it says.
    let rehearse: @Sendable () async throws(ConfigurationError) -> LoadedConfiguration
    /// The mark of what is read first.
    let firstMark: String?
    /// The files that were named in what was read last, with their marks at that time.
    let secrets: @Sendable () -> [String: String]
    /// What the program was started with.
    package var options: [ShownValue] = []
    /// What was loaded last; nil where nothing was.
    let loaded: @Sendable () -> LoadedConfiguration?
    /// Something that differs when the text may have changed; nil while that cannot be told.
    let mark: @Sendable () async -> String?

    /// - Parameters:
    ///   - location: The file, or the URL, as messages may show it.
    ///   - load: Reads and checks it.
    ///   - rehearse: The same, after which what was loaded last is still what counts; nil where that makes no difference.
    ///   - firstMark: The mark of what is read first.
    ///   - secrets: Says which files were named in what was loaded last, with their marks at that time.
    ///   - loaded: Says what was loaded last.
    ///   - mark: Says something that differs when the text may have changed; nil while that cannot be told.
    package init(
        location: String, isRemote: Bool,
        load: @escaping @Sendable () async throws(ConfigurationError) -> LoadedConfiguration,
        rehearse: (@Sendable () async throws(ConfigurationError) -> LoadedConfiguration)? = nil,
        firstMark: String?, secrets: @escaping @Sendable () -> [String: String] = { [:] },
        loaded: @escaping @Sendable () -> LoadedConfiguration? = { nil },
        mark: @escaping @Sendable () async -> String?
    ) {
        self.location = location
        self.isRemote = isRemote
        self.load = load
        self.rehearse = rehearse ?? load
        self.secrets = secrets
        self.loaded = loaded
        self.firstMark = firstMark
        self.mark = mark
    }
}
