import NIOCore

/// Decides when a broken stream is taken up again, and when no more.
struct StreamRetry {
    /// Nobody may make us come back faster than this.
    private static let minimumDelay = TimeAmount.milliseconds(10)

    private let maximumAttempts: Int?
    private let firstDelay: TimeAmount
    private let maximumDelay: TimeAmount
    private var attempts = 0

    /// - Parameter maximumAttempts: nil for as many as it takes.
    init(_ settings: HTTPLinkSettings, maximumAttempts: Int?) {
        self.maximumAttempts = maximumAttempts
        self.firstDelay = settings.streamRetryDelay
        self.maximumDelay = settings.maximumStreamRetryDelay
    }

    /// Notes that the stream has brought something new.
    mutating func madeProgress() {
        attempts = 0
    }

    /// Tells how long to wait before the next attempt; nil when there is to be none.
    ///
    /// - Parameter wanted: The wait that the server has asked for, which is kept to.
    mutating func next(wanted: TimeAmount?) -> TimeAmount? {
        if let maximumAttempts, attempts >= maximumAttempts { return nil }
        defer { attempts += 1 }
        var delay = wanted ?? firstDelay
        for _ in 0..<min(attempts, 32) where delay < maximumDelay { delay = min(delay * 2, maximumDelay) }
        return max(delay, wanted ?? Self.minimumDelay, Self.minimumDelay)
    }
}
