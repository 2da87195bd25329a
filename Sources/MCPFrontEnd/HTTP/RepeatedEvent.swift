import NIOCore

/// Decides when something that may happen thousands of times a second is worth a line in the log: at once when it
/// happens after a quiet time, then as a sum every now and then.
struct RepeatedEvent {
    /// How long what happens again is only counted.
    static let interval = TimeAmount.seconds(10)

    enum Verdict: Equatable {
        /// Tell of it now, and ask for the sum after the interval.
        case tell
        /// It is counted.
        case count
    }

    private var counted: Int?

    /// It has happened.
    mutating func happened() -> Verdict {
        guard let counted else {
            self.counted = 0
            return .tell
        }
        self.counted = counted + 1
        return .count
    }

    /// An interval is over.
    ///
    /// - Returns: How often it has happened again meanwhile. As long as it has, the sum has to be asked for once more
    ///   after the interval.
    mutating func sum() -> Int {
        let sum = counted ?? 0
        counted = sum > 0 ? 0 : nil
        return sum
    }
}
