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
    package init(logger: Logger) {
        let teller = FlagTeller(logger: logger)
        (book, file, shared) = (PinBook(logger: logger) { teller.note($0) }, nil, [])
    }

    /// Reads what the last run has kept.
    ///
    /// - Parameters:
    ///   - catalogs: What was kept beside it.
    ///   - shared: What a team shares. Of the servers in it nothing else counts.
    /// - Throws: when what was kept cannot be trusted.
    package init(
        in directory: StateDirectory?, beside catalogs: KnownCatalogs, shared: [ByteText: PinRecord], logger: Logger
    ) throws(ConfigurationError) {
        let file = directory.map { PinFile($0, beside: catalogs, logger: logger) }
        var known = try file?.read() ?? PinBook.Known()
        known.records.merge(shared) { _, shared in shared }
        for name in shared.keys { known.faults[name] = nil }
        self.file = file
        self.shared = Set(shared.keys)
        let teller = FlagTeller(logger: logger)
        book = PinBook(known, logger: logger) { book in
            file?.note(book)
            teller.note(book)
        }
        // What was set aside, or has gone, is to be missed at the next start, too.
        if known.fault != nil || !known.faults.isEmpty { file?.note(book) }
    }

    /// Reads a file that a team shares.
    ///
    /// - Throws: with words that say where it is wrong.
    package static func shared(_ text: [UInt8], of path: String) throws(ConfigurationError) -> [ByteText: PinRecord] {
        do throws(PinTextError) {
            return try PinText.read(ByteBuffer(bytes: text))
        } catch {
            let problem = ConfigurationProblem(
                severity: .error, source: path, message: "\(error)",
                suggestion: "Take the file from where it is kept, or write it anew with mcp-proxy pins export")
            throw ConfigurationError(code: .unreadable, problems: [problem])
        }
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

    /// Writes what is approved now; returns why it could not be.
    func keep() async -> String? {
        guard let file else { return nil }
        return await file.keep(book)?.words
    }

    /// Writes what waits to be written, at the end of the run.
    package func finish() async { _ = await keep() }
}
