import NIOCore

/// Holds requests back until the server has answered `notifications/initialized`: it may refuse them before, and
/// over HTTP the later message can arrive first.
struct InitializedGate {
    struct Held {
        let id: Int64
        let message: ByteBuffer
    }

    private enum State {
        /// The handshake is under way: requests pass. Followed by `holding`.
        case before
        /// Followed by `open`.
        case holding(CircularBuffer<Held>)
        /// Final.
        case open
    }

    private var state = State.before

    /// Whether the notification has not been sent yet.
    var isBefore: Bool { if case .before = state { true } else { false } }
    var isHolding: Bool { if case .holding = state { true } else { false } }
    var isOpen: Bool { if case .open = state { true } else { false } }

    /// Notes that the notification is being sent.
    mutating func hold() {
        state = .holding([])
    }

    /// Keeps a request for later.
    ///
    /// - Returns: whether there was room.
    mutating func keep(_ request: Held, limit: Int) -> Bool {
        guard case .holding(var held) = state, held.count < limit else { return false }
        state = .open
        held.append(request)
        state = .holding(held)
        return true
    }

    /// Drops a request that nobody waits for any more.
    mutating func drop(_ id: Int64) {
        guard case .holding(var held) = state else { return }
        held.removeAll { $0.id == id }
        state = .holding(held)
    }

    /// Lets everything pass from now on.
    ///
    /// - Returns: what was held back, in order.
    mutating func open() -> CircularBuffer<Held> {
        defer { state = .open }
        if case .holding(let held) = state { return held } else { return [] }
    }
}
