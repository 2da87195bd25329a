package import Logging
package import MCPValues
import Synchronization
package import ToolPins

/// What of all servers was approved: what an earlier run has kept, or a team shares, and what this run adds to it.
package final class PinBook: Sendable {
    /// What is known of earlier approvals.
    package struct Known: Sendable {
        package var records: [ByteText: PinRecord] = [:]
        /// Why some of it is not known any more, in words, by server.
        package var faults: [ByteText: String] = [:]
        /// Why nothing of it is known any more, in words.
        package var fault: String?

        package init() {}
    }

    private let known: Known
    private let servers = Mutex<[ByteText: PinnedServer]>([:])
    private let logger: Logger
    private let changed: @Sendable () -> Void

    /// - Parameter changed: Is called, from anywhere, when something else counts as approved than before.
    package init(_ known: Known = Known(), logger: Logger, changed: @escaping @Sendable () -> Void = {}) {
        self.known = known
        self.logger = logger
        self.changed = changed
    }

    /// The pins of a server, the same as long as this lives: whatever takes the place of a server has to be what it was.
    ///
    /// - Parameter mode: What happens from now on when it is not.
    package func server(_ name: String, _ mode: PinMode) -> PinnedServer {
        let key = ByteText(name)
        let server = servers.withLock { servers in
            if let server = servers[key] { return server }
            let server = PinnedServer(
                name, known.records[key] ?? PinRecord(), mode: mode,
                fault: known.records[key] == nil ? known.faults[key] ?? known.fault : nil, logger: logger,
                changed: changed)
            servers[key] = server
            return server
        }
        server.take(mode)
        return server
    }

    /// The servers that were there in this run, by name.
    package var all: [PinnedServer] {
        servers.withLock { $0.values.sorted { ByteText($0.name) < ByteText($1.name) } }
    }

    /// A server that was there in this run.
    package func find(_ name: String) -> PinnedServer? { servers.withLock { $0[ByteText(name)] } }

    /// All that is approved, to be kept: that of servers that were not there in this run as well.
    package var records: [ByteText: PinRecord] {
        let own = servers.withLock { $0 }
        return known.records.merging(own.mapValues(\.record)) { _, own in own }
    }
}
