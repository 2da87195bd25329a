import MCPCore
import NIOCore

/// The messages that wait for the one before them to be accepted.
struct SSEPostQueue {
    struct Entry {
        let message: ByteBuffer
        let kind: OutgoingKind
        let brought: BroughtFields?
        let trace: TraceContext?
    }

    private var waiting = CircularBuffer<Entry>()
    private var isBusy = false

    /// - Returns: whether there was room.
    mutating func append(_ entry: Entry, limit: Int) -> Bool {
        guard waiting.count < limit else { return false }
        waiting.append(entry)
        return true
    }

    /// Drops a request that nobody waits for any more.
    mutating func drop(_ id: Int64) {
        waiting.removeAll { $0.kind == .request(id: id) }
    }

    /// Returns the message to post now, if it is its turn.
    mutating func next() -> Entry? {
        guard !isBusy, let next = waiting.popFirst() else { return nil }
        isBusy = true
        return next
    }

    /// Notes that the posted message holds up no others any more.
    ///
    /// - Returns: whether others wait.
    mutating func passed() -> Bool {
        isBusy = false
        return !waiting.isEmpty
    }
}
