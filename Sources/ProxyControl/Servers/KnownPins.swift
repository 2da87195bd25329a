package import Logging
import MCPCore
package import MCPGateway
package import MCPValues
import NIOCore
package import ProxyConfiguration
package import ToolPins

/// What of servers' tools and prompts was approved, by the names of the servers that people see: with `--state-dir` also
/// from one run to the next, and with `--pins` what a team shares.
package final class KnownPins: Sendable {
    package let book: PinBook
    private let file: PinFile?
    /// The servers that the shared file speaks of, which alone says what counts for them at a start.
    private let shared: Set<ByteText>

    /// Remembers for this run.
    ///
    /// - Parameter hasAPI: Whether something can be approved while it runs.
    package init(logger: Logger, hasAPI: Bool = true) {
        let teller = FlagTeller(logger: logger)
        let remedy = hasAPI ? PinRemedy.command : .newStart
        book = PinBook(logger: logger, remedy: { _ in remedy }, changed: { teller.note($0) })
        (file, shared) = (nil, [])
    }

    /// Reads what the last run has kept.
    ///
    /// - Parameters:
    ///   - catalogs: What was kept beside it.
    ///   - shared: What a team shares. Of the servers in it nothing else counts.
    ///   - hasAPI: Whether something can be approved while it runs.
    /// - Throws: when what was kept cannot be trusted.
    package init(
        in directory: StateDirectory?, beside catalogs: KnownCatalogs, shared: [ByteText: PinRecord], logger: Logger,
        hasAPI: Bool = true
    ) throws(ConfigurationError) {
        let file = directory.map { PinFile($0, beside: catalogs, logger: logger) }
        var known = try file?.read() ?? PinBook.Known()
        known.records.merge(shared) { _, shared in shared }
        for name in shared.keys { known.faults[name] = nil }
        self.file = file
        let shared = Set(shared.keys)
        self.shared = shared
        let teller = FlagTeller(logger: logger)
        let remedy: @Sendable (ByteText) -> PinRemedy = { [isKept = file != nil] name in
            guard !hasAPI else { return .command }
            if shared.contains(name) { return .sharedFile }
            return isKept ? .otherProxy : .newStart
        }
        book = PinBook(known, logger: logger, remedy: remedy) { book in
            file?.note(book)
            teller.note(book)
        }
        // What was set aside, or has gone, is to be missed at the next start, too.
        if known.fault != nil || !known.faults.isEmpty { file?.note(book) }
    }

    /// Where what is approved of a server is kept.
    enum Keeping: String, Sendable {
        /// Until the proxy ends.
        case run
        /// In the state directory.
        case state
        /// For this run, since a shared file says at the next start what counts.
        case file
        /// As before; but the state directory has it for a start without the file.
        case fileOrState = "file-or-state"
    }

    func keeping(of name: String) -> Keeping {
        if shared.contains(ByteText(name)) { return file == nil ? .file : .fileOrState }
        return file == nil ? .run : .state
    }

    /// Says of which servers what is seen first counts for this run only, although it matters.
    func tellWhatIsNotKept(of servers: [ServerSettings], _ logger: Logger) {
        let names = servers.filter { $0.pin?.withholds == true }.map(\.displayName)
            .filter { keeping(of: $0) == .run }
        guard !names.isEmpty else { return }
        logger.info(
            "what is seen first of servers counts as approved until the proxy ends: there is neither --state-dir nor --pins",
            metadata: ["servers": "\(names.joined(separator: ", "))"])
    }

    /// Writes what is approved now; returns why it could not be.
    func keep() async -> String? {
        guard let file else { return nil }
        return await file.keep(book)?.words
    }

    /// Writes what waits to be written, at the end of the run.
    package func finish() async { _ = await keep() }
}
