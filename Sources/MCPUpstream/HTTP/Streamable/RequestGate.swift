import MCPCore
import NIOCore

/// Holds requests back over HTTP, where the later message can arrive first: until the server has answered
/// `notifications/initialized`, because it may refuse them before, and until the stream has begun on which it says what
/// belongs to no request, because nobody would hear that before.
struct RequestGate {
    struct Held {
        let id: Int64
        let message: ByteBuffer
        let brought: BroughtFields?
        let trace: TraceContext?
    }

    private enum State {
        /// The handshake is under way: requests pass. Followed by `initializing`.
        case before
        /// Followed by `listening` or `open`.
        case initializing(CircularBuffer<Held>)
        /// The stream has been asked for. Followed by `open`.
        case listening(CircularBuffer<Held>)
        /// Followed by `listening`.
        case open
    }

    private var state = State.before

    /// Whether the notification has not been sent yet.
    var isBefore: Bool { if case .before = state { true } else { false } }
    var isInitializing: Bool { if case .initializing = state { true } else { false } }
    var awaitsStream: Bool { if case .listening = state { true } else { false } }
    var isOpen: Bool { if case .open = state { true } else { false } }

    /// Notes that the notification is being sent.
    mutating func awaitInitialized() {
        state = .initializing([])
    }

    /// Notes that the stream is being asked for, or is about to be. What is held back stays so.
    mutating func awaitStream() {
        state = .listening(open())
    }

    /// Keeps a request for later.
    ///
    /// - Returns: whether there was room.
    mutating func keep(_ request: Held, limit: Int) -> Bool {
        change { held in
            guard held.count < limit else { return false }
            held.append(request)
            return true
        }
    }

    /// Drops a request that nobody waits for any more.
    mutating func drop(_ id: Int64) {
        _ = change { held in
            held.removeAll { $0.id == id }
            return true
        }
    }

    /// Lets everything pass from now on.
    ///
    /// - Returns: what was held back, in order.
    mutating func open() -> CircularBuffer<Held> {
        defer { state = .open }
        switch state {
        case .initializing(let held), .listening(let held): return held
        case .before, .open: return []
        }
    }

    private mutating func change(_ body: (inout CircularBuffer<Held>) -> Bool) -> Bool {
        switch state {
        case .before, .open: return false
        case .initializing(var held):
            state = .open
            defer { state = .initializing(held) }
            return body(&held)
        case .listening(var held):
            state = .open
            defer { state = .listening(held) }
            return body(&held)
        }
    }
}
