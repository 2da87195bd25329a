package import Logging
package import MCPValues
import Synchronization
package import ToolPins

/// Keeps what of all servers was approved: what an earlier run has kept, or a team shares, and what this run adds to
/// it.
package final class PinBook: Sendable {
    /// Holds what is known of earlier approvals.
    package struct Known: Sendable {
        package var records: [ByteText: PinRecord] = [:]
        /// Why some of it is not known any more, in words, by server.
        package var faults: [ByteText: String] = [:]
        /// Why nothing of it is known any more, in words.
        package var fault: String?

        package init() {}
    }

    private struct State {
        var known: Known
        var servers: [ByteText: PinnedServer] = [:]
    }

    private let state: Mutex<State>
    private let logger: Logger
    private let remedy: @Sendable (ByteText) -> PinRemedy
    private let changed: @Sendable (PinBook) -> Void

    /// - Parameters:
    ///   - remedy: Says of a server how what is withheld of it can be approved.
    ///   - changed: Is called, from anywhere, when something else counts as approved than before.
    package init(
        _ known: Known = Known(), logger: Logger,
        remedy: @escaping @Sendable (ByteText) -> PinRemedy = { _ in .command },
        changed: @escaping @Sendable (PinBook) -> Void = { _ in }
    ) {
        self.remedy = remedy
        state = Mutex(State(known: known))
        self.logger = logger
        self.changed = changed
    }

    /// Returns the pins of a server, the same as long as this lives: whatever takes the place of a server has to be
    /// what it was.
    ///
    /// - Parameter mode: What happens from now on when it is not.
    package func server(_ name: String, _ mode: PinMode) -> PinnedServer {
        let key = ByteText(name)
        let server = state.withLock { state in
            if let server = state.servers[key] { return server }
            let record = state.known.records[key]
            let server = PinnedServer(
                name, record ?? PinRecord(), mode: mode,
                fault: record == nil ? state.known.faults[key] ?? state.known.fault : nil,
                remedy: remedy(key), logger: logger,
                changed: { [weak self] in
                    if let self { changed(self) }
                })
            state.servers[key] = server
            return server
        }
        server.take(mode)
        return server
    }

    /// Forgets what was approved of a server that has gone for good.
    package func forget(_ name: String) {
        let key = ByteText(name)
        state.withLock { state in
            state.servers[key] = nil
            state.known.records[key] = nil
            state.known.faults[key] = nil
        }
        changed(self)
    }

    /// The servers of which it is not known any more what was approved, and matters or may matter again.
    package var lost: Set<ByteText> {
        let state = state.withLock { $0 }
        let unseen = state.known.faults.keys.filter { state.servers[$0] == nil }
        let present = state.servers.filter(\.value.isHeldToLost)
        return Set(unseen).union(present.keys)
    }

    /// The servers that were there in this run, by name.
    package var all: [PinnedServer] {
        state.withLock { $0.servers.values.sorted { ByteText($0.name) < ByteText($1.name) } }
    }

    /// Notes a server that was there in this run.
    package func find(_ name: String) -> PinnedServer? { state.withLock { $0.servers[ByteText(name)] } }

    /// All that is approved, to be kept: that of servers that were not there in this run as well. Of a server that is held
    /// to what is not known any more there is nothing to keep, so that it stays held to it.
    package var records: [ByteText: PinRecord] {
        let (known, servers) = state.withLock { ($0.known.records, $0.servers) }
        return servers.reduce(into: known) { records, entry in
            records[entry.key] = entry.value.isHeldToLost ? nil : entry.value.record
        }.filter { $0.value != PinRecord() }
    }
}
