import Dispatch
package import Logging
import MCPFrontEnd
import NIOCore
package import ProxyConfiguration
import Synchronization

/// Keeps the servers that were added over the API for the next start (`--state-dir`).
///
/// A change counts only when it is on the disk. One change is written after another, beside the tasks and event loops of
/// the proxy, so that a disk that hangs holds up the changes and nothing else.
package final class ServerStore: Sendable {
    private let directory: StateDirectory
    private let logger: Logger
    private let servers: Mutex<[String: KeptServer]>
    private let writing = DispatchQueue(label: "mcp-proxy.state")

    /// Reads what the last run has kept. A list that cannot be read is set aside, never overwritten.
    ///
    /// - Throws: when the list cannot be trusted.
    package init(_ directory: StateDirectory, logger: Logger) throws(ConfigurationError) {
        self.directory = directory
        self.logger = logger
        var kept: [KeptServer] = []
        if let text = try directory.read(.servers, maximumBytes: StateText.maximumBytes) {
            if let servers = StateText.servers(in: ByteBuffer(bytes: text)) {
                kept = servers
            } else {
                let file = try directory.setAside(.servers)
                logger.error(
                    "the list of servers that were added over the API cannot be read; it was set aside",
                    metadata: ["file": "\(file)"])
            }
        }
        servers = Mutex(Dictionary(kept.map { ($0.name, $0) }) { first, _ in first })
    }

    /// All that is kept, in the order of the names.
    var all: [KeptServer] {
        servers.withLock { Array($0.values) }.sorted { $0.name < $1.name }
    }

    subscript(name: String) -> KeptServer? {
        servers.withLock { $0[name] }
    }

    /// Keeps a server in the place of what was kept under its name; nil forgets that.
    ///
    /// - Returns: Once it is on the disk.
    /// - Throws: when it cannot be written; then what was kept before still is.
    func put(_ server: KeptServer?, as name: String) async throws(ManagementRefusal) {
        let failure: StateDirectory.WriteFailure? = await withCheckedContinuation { continuation in
            writing.async { [self] in continuation.resume(returning: write(server, as: name)) }
        }
        guard let failure else { return }
        logger.error(
            "a change cannot be kept for the next start, so it was not made", metadata: ["reason": "\(failure.words)"])
        throw ManagementRefusal(
            .notKept, "the change cannot be kept for the next start, so it was not made: \(failure.words)")
    }

    /// Runs on the queue for writing only, so that nothing changes between reading and writing.
    private func write(_ server: KeptServer?, as name: String) -> StateDirectory.WriteFailure? {
        var changed = servers.withLock { $0 }
        guard changed[name] != server else { return nil }
        changed[name] = server
        let text = StateText.text(of: changed.values)
        guard text.readableBytes <= StateText.maximumBytes else {
            return StateDirectory.WriteFailure(
                "the list would be longer than \(StateText.maximumBytes) bytes; remove a server")
        }
        do throws(StateDirectory.WriteFailure) {
            try directory.replace(.servers, with: Array(text.readableBytesView))
        } catch {
            return error
        }
        servers.withLock { $0 = changed }
        return nil
    }
}
