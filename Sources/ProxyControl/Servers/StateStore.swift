import Dispatch
package import Logging
package import MCPFrontEnd
package import NIOCore
package import ProxyConfiguration
import Synchronization

/// What is kept of one thing that was added over the API.
package protocol KeptEntry: Sendable, Equatable {
    /// The name under which it is found again.
    var name: String { get }

    /// The text of a list; at most as long as one can be read again.
    static func text(of entries: some Collection<Self>) -> ByteBuffer

    /// Reads a list; nil when anything of it is not as it was written.
    static func entries(in text: ByteBuffer) -> [Self]?
}

/// Keeps the servers that were added over the API.
package typealias ServerStore = StateStore<KeptServer>
/// Keeps the groups that were added over the API.
package typealias GroupStore = StateStore<KeptGroup>

extension StateStore<KeptServer> {
    /// Reads what the last run has kept. A list that cannot be read is set aside, never overwritten.
    ///
    /// - Throws: when the list cannot be trusted.
    package convenience init(_ directory: StateDirectory, logger: Logger) throws(ConfigurationError) {
        try self.init(directory, .servers, logger: logger)
    }
}

extension StateStore<KeptGroup> {
    /// Reads what the last run has kept. A list that cannot be read is set aside, never overwritten.
    ///
    /// - Throws: when the list cannot be trusted.
    package convenience init(_ directory: StateDirectory, logger: Logger) throws(ConfigurationError) {
        try self.init(directory, .groups, logger: logger)
    }
}

/// Keeps what was added over the API for the next start (`--state-dir`).
///
/// A change counts only when it is on the disk. One change is written after another, beside the tasks and event loops of
/// the proxy, so that a disk that hangs holds up the changes and nothing else.
package final class StateStore<Kept: KeptEntry>: Sendable {
    private let directory: StateDirectory
    private let file: StateDirectory.File
    private let logger: Logger
    private let entries: Mutex<[String: Kept]>
    private let writing = DispatchQueue(label: "mcp-proxy.state")

    fileprivate init(
        _ directory: StateDirectory, _ file: StateDirectory.File, logger: Logger
    ) throws(ConfigurationError) {
        self.directory = directory
        self.file = file
        self.logger = logger
        var kept: [Kept] = []
        if let text = try directory.read(file, maximumBytes: StateText.maximumBytes) {
            if let entries = Kept.entries(in: ByteBuffer(bytes: text)) {
                kept = entries
            } else {
                let place = try directory.setAside(file)
                logger.error(
                    "a list of what was added over the API cannot be read; it was set aside",
                    metadata: ["file": "\(place)"])
            }
        }
        entries = Mutex(Dictionary(kept.map { ($0.name, $0) }) { first, _ in first })
    }

    /// All that is kept, in the order of the names.
    var all: [Kept] {
        entries.withLock { Array($0.values) }.sorted { $0.name < $1.name }
    }

    subscript(name: String) -> Kept? {
        entries.withLock { $0[name] }
    }

    /// Keeps something in the place of what was kept under its name; nil forgets that.
    ///
    /// - Returns: Once it is on the disk.
    /// - Throws: when it cannot be written; then what was kept before still is.
    func put(_ entry: Kept?, as name: String) async throws(ManagementRefusal) {
        let failure: StateDirectory.WriteFailure? = await withCheckedContinuation { continuation in
            writing.async { [self] in continuation.resume(returning: write(entry, as: name)) }
        }
        guard let failure else { return }
        logger.error(
            "a change cannot be kept for the next start, so it was not made", metadata: ["reason": "\(failure.words)"])
        throw ManagementRefusal(
            .notKept, "the change cannot be kept for the next start, so it was not made: \(failure.words)")
    }

    /// Runs on the queue for writing only, so that nothing changes between reading and writing.
    private func write(_ entry: Kept?, as name: String) -> StateDirectory.WriteFailure? {
        var changed = entries.withLock { $0 }
        guard changed[name] != entry else { return nil }
        changed[name] = entry
        let text = Kept.text(of: changed.values)
        guard text.readableBytes <= StateText.maximumBytes else {
            return StateDirectory.WriteFailure(
                "the list would be longer than \(StateText.maximumBytes) bytes; remove something")
        }
        do throws(StateDirectory.WriteFailure) {
            try directory.replace(file, with: Array(text.readableBytesView))
        } catch {
            return error
        }
        entries.withLock { $0 = changed }
        return nil
    }
}
