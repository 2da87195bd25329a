import Crypto
package import Grants
package import Logging
package import MCPValues
package import ProxyConfiguration
package import ToolPins

/// What was found out of servers, kept for the next start where there is a directory for that.
package struct KnownServers: Sendable {
    let asking: AskingServers
    let catalogs: KnownCatalogs
    package let pins: KnownPins
    let key: StateKey
    /// With what servers are called on somebody's behalf.
    let grants: GrantBook

    /// Known in this run only.
    ///
    /// - Parameter hasAPI: Whether something can be approved while it runs.
    package init(logger: Logger, hasAPI: Bool = true) {
        (asking, catalogs, pins) = (AskingServers(), KnownCatalogs(), KnownPins(logger: logger, hasAPI: hasAPI))
        key = StateKey()
        grants = GrantBook(GrantShelf(nil, key: { SymmetricKey(size: .bits256) }, logger: logger))
    }

    /// Reads what the last run has found.
    ///
    /// - Parameters:
    ///   - pins: What a team has approved together.
    ///   - isAskedWho: Whether callers are asked who they are, so that a secret of the proxy is needed.
    ///   - grants: With what servers are called on somebody's behalf.
    ///   - hasAPI: Whether something can be approved while it runs.
    /// - Throws: when it cannot be trusted.
    package init(
        in directory: StateDirectory?, pins: [ByteText: PinRecord] = [:], isAskedWho: Bool = false,
        grants: GrantBook? = nil, logger: Logger, hasAPI: Bool = true
    ) throws(ConfigurationError) {
        asking = try AskingServers(in: directory, logger: logger)
        key = try StateKey(in: isAskedWho ? directory : nil)
        if let grants {
            self.grants = grants
        } else {
            self.grants = try KnownGrants.book(in: directory, secret: nil, logger: logger)
        }
        let catalogs = try KnownCatalogs(in: directory, logger: logger)
        self.catalogs = catalogs
        self.pins = try KnownPins(in: directory, beside: catalogs, shared: pins, logger: logger, hasAPI: hasAPI)
    }

    /// Writes what waits to be written, or is about to come, at the end of the run.
    package func finish() async {
        await pins.finish()
        await catalogs.finish()
        await grants.finish()
    }
}
