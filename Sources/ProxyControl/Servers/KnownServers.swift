package import Logging
package import ProxyConfiguration

/// What was found out of servers, kept for the next start where there is a directory for that.
package struct KnownServers: Sendable {
    let asking: AskingServers
    let catalogs: KnownCatalogs

    /// Known in this run only.
    package init() {
        (asking, catalogs) = (AskingServers(), KnownCatalogs())
    }

    /// Reads what the last run has found.
    ///
    /// - Throws: when it cannot be trusted.
    package init(in directory: StateDirectory?, logger: Logger) throws(ConfigurationError) {
        asking = try AskingServers(in: directory, logger: logger)
        catalogs = try KnownCatalogs(in: directory, logger: logger)
    }
}
