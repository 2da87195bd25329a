import NIOCore

/// Says whether a server keeps its connections open from one answer to the next. Some close them after each and do not
/// say so: what is sent just then is lost.
struct ReuseRecord {
    /// How soon after an answer an end means that the server ends all its connections there.
    private static let soon = TimeAmount.seconds(1)

    private enum State {
        /// Followed by both others.
        case unknown
        /// An answer has come on a connection that had brought one before. Final.
        case keepsConnections
        /// Final.
        case closesConnections
    }

    private var state = State.unknown

    /// Whether a connection that has brought an answer is worth keeping.
    var isWorthwhile: Bool { state != .closesConnections }

    /// Notes that a connection has brought another answer than its first.
    mutating func answeredAgain() {
        if state == .unknown { state = .keepsConnections }
    }

    /// Notes that the server has closed a connection on which nothing has come since an answer.
    mutating func closed(_ time: TimeAmount) {
        if state == .unknown, time < Self.soon { state = .closesConnections }
    }
}
