import ArgumentParser
import Grants
import Logging
import ProxyConfiguration
import ProxyControl

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where is kept what the next start must know. A group of its own, so that a command and its subcommands take it alike.
struct StateDirectoryOptions: ParsableArguments {
    @Option(
        name: .customLong("state-dir"),
        help: ArgumentHelp(
            "A directory for what the next start must know: the logins to servers, what was approved of tools and prompts, the servers that are added while it runs, which are gone after a restart without it, and which servers ask during calls. It is made where it is missing, and nobody else may write it.",
            valueName: "path")
    )
    var path: String?

    /// With what servers are called on somebody's behalf, as it is kept there, for a proxy that runs with it. Where another one
    /// does, too, both go on, and the operator reads what may become of it.
    static func grantsForRun(in directory: StateDirectory?, _ logger: Logger) throws(ConfigurationError) -> GrantBook {
        let book = try grants(in: directory, logger)
        if let directory, directory.isClaimed(), book.keepsLogins {
            logger.warning(
                "another mcp-proxy runs with the same --state-dir: both renew the logins that are kept there, which many authorization servers take for theft; give each a directory of its own"
            )
        }
        return book
    }

    /// With what servers are called on somebody's behalf, as it is kept there.
    static func grants(in directory: StateDirectory?, _ logger: Logger) throws(ConfigurationError) -> GrantBook {
        try KnownGrants.book(
            in: directory, secret: ProcessInfo.processInfo.environment[KnownGrants.keyVariable], logger: logger)
    }

    /// Opens it; nil where there is none.
    ///
    /// - Throws: when it cannot be used, or not be trusted.
    func open(_ logger: Logger) throws(ConfigurationError) -> StateDirectory? {
        guard let path else { return nil }
        return try StateDirectory(path, logger: logger)
    }
}
