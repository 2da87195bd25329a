import NIOCore

extension ModernCall {
    /// Says how far a call has come.
    enum State {
        /// It is not known yet what the server speaks. Followed by `running` or `ended`.
        case starting
        case running
        /// The client was asked for input, and its request is answered with that. Followed by `returning` or `ended`; by
        /// `running` for URLs, whose visit is nothing to the server.
        case suspended(name: String, expiry: Scheduled<Void>)
        /// The client has come back, and what it has brought waits for its turn. Followed by `running` or `ended`.
        case returning
        case ended

        var isRunning: Bool { if case .running = self { true } else { false } }
        var isSuspended: Bool { if case .suspended = self { true } else { false } }
        var isEnded: Bool { if case .ended = self { true } else { false } }

        /// Whether the server is at it, and the client waits for the answer.
        var hasClientWaiting: Bool {
            switch self {
            case .running, .returning: true
            case .starting, .suspended, .ended: false
            }
        }
    }
}
