import MCPFrontEnd
import MCPGateway
import MCPUpstream
import Synchronization

/// Writes the changes of a server's state into its journal.
final class StatusNote: Sendable {
    private let journal: ServerJournal
    private let last = Mutex(ServerStatus())

    init(_ journal: ServerJournal) {
        self.journal = journal
    }

    func changed(_ status: ServerStatus) {
        let before = last.withLock { last in
            defer { last = status }
            return last
        }
        if let circuit = status.circuit, before.circuit == nil {
            note("calls fail at once: it failed \(circuit.failures) times in a row, last with: \(circuit.reason)")
        } else if status.circuit == nil, before.circuit != nil {
            note("it has recovered and is called again")
        }
        if let reason = status.pendingChange, before.pendingChange != reason {
            note("serves as it was, since what it is changed to does not start yet: \(reason)")
        }
        if status.sessionsLost > before.sessionsLost {
            note("has forgotten a session; another one is opened")
        }
        switch status.state {
        case .failed where before.state != .failed || before.error != status.error:
            note("failed: \(status.error ?? "no reason known")")
        case .headerNeeded where before.state != .headerNeeded:
            note("waits for callers who send \(status.wantedHeaders.joined(separator: " and "))")
        case .ready where before.state != .ready || before.restarts != status.restarts:
            note("ready, protocol version \(status.protocolVersion ?? "unknown")")
        case .ready where status.isCatalogKnown && before.tools != status.tools:
            note("lists \(status.tools ?? 0) tools")
        default: break
        }
    }

    private func note(_ text: String) {
        journal.note(.event, text, at: WallClock.now)
    }
}
