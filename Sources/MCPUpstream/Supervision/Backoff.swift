/// Decides how long to wait before a server that was lost is tried again.
///
/// A server that had been up for a while is tried at once; one that fails again and again is tried ever more
/// rarely, with some randomness so that many do not return together.
struct Backoff {
    /// A server that was ready for at least this long had recovered.
    static let stableAfter = Duration.seconds(1)

    private let minimum: Duration
    private let maximum: Duration
    private var failures = 0

    init(minimum: Duration, maximum: Duration) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Notes a loss.
    ///
    /// - Parameter readyFor: How long the server had been ready; nil when it had not come that far.
    /// - Returns: How long to wait before the next attempt.
    mutating func delay(readyFor: Duration?, jitter: Double = .random(in: 1.0...1.2)) -> Duration {
        if let readyFor, readyFor >= Self.stableAfter { failures = 0 }
        if readyFor == nil { failures = max(failures, 1) }
        defer { failures += 1 }
        guard failures > 0 else { return .zero }
        var delay = minimum
        for _ in 1..<failures where delay < maximum { delay = delay * 2 }
        return min(delay, maximum) * jitter
    }
}

extension Duration {
    fileprivate static func * (duration: Duration, factor: Double) -> Duration {
        .milliseconds(Int64(Double(duration.milliseconds) * factor))
    }
}
