import ProxyConfiguration
import Synchronization

/// Remembers the configuration that was loaded last.
final class LastLoaded: Sendable {
    private let loaded = Mutex<LoadedConfiguration?>(nil)

    /// nil before the first one.
    var value: LoadedConfiguration? { loaded.withLock { $0 } }

    /// Keeps one, and returns it.
    func note(_ configuration: LoadedConfiguration) -> LoadedConfiguration {
        loaded.withLock { $0 = configuration }
        return configuration
    }
}
