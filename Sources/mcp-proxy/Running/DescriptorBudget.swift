import Logging
import ProxyConfiguration

/// Keeps enough open files back for servers and the proxy itself, so that clients cannot use them all up.
enum DescriptorBudget {
    private static let reserve = 64
    /// Three pipes of a process, while it is replaced by another, and some connections of a remote server.
    private static let perServer = 8

    /// The settings with a maximum of connections that the limit of open files allows.
    ///
    /// - Parameter limit: How many files may be open; 0 when that is not known.
    static func apply(_ limit: Int, to settings: ProxySettings, _ logger: Logger) -> ProxySettings {
        let left = max(limit - reserve - perServer * settings.servers.count, reserve)
        guard limit > 0, left < settings.limits.maxConnections else { return settings }
        logger.notice(
            "fewer client connections than limits.maxConnections, because of the limit of open files (ulimit -n)",
            metadata: ["openFiles": "\(limit)", "connections": "\(left)"]
        )
        var settings = settings
        settings.limits.maxConnections = left
        return settings
    }
}
