/// How long something took, counted by classes of time.
package struct Histogram: Sendable, Equatable {
    /// The upper bounds of the classes, in microseconds: from what a server on this machine takes to what a patient client
    /// waits. Above the last one is a class without a bound.
    static let bounds: [Int64] = [
        1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
        10_000_000, 30_000_000, 60_000_000, 300_000_000,
    ]

    /// How many there were in each class, each of them in one.
    private(set) var counts = [UInt64](repeating: 0, count: Self.bounds.count + 1)
    /// How long all of them took together, in nanoseconds.
    private(set) var sum: UInt64 = 0

    package init() {}

    /// How many there were.
    var count: UInt64 { counts.reduce(0, +) }

    /// Counts one.
    ///
    /// - Parameter nanoseconds: Less than nothing counts as nothing: a clock that was set back is no reason to end.
    package mutating func observe(nanoseconds: Int64) {
        let time = max(0, nanoseconds)
        let index = Self.bounds.firstIndex { time <= $0 * 1_000 } ?? Self.bounds.count
        counts[index] += 1
        sum += UInt64(time)
    }

    /// For each bound, how many took at most that long.
    var cumulated: [UInt64] {
        var total: UInt64 = 0
        return counts.map { count in
            total += count
            return total
        }
    }
}
