import Synchronization

/// Counts how many of something there are at the moment.
package final class Gauge: Sendable {
    private let number = Atomic<Int>(0)

    package init() {}

    package var current: Int { number.load(ordering: .relaxed) }

    /// Counts one more, for as long as somebody holds the share.
    package func share() -> Share { Share(self) }

    /// One of what is counted.
    package final class Share: Sendable {
        private let gauge: Gauge

        fileprivate init(_ gauge: Gauge) {
            self.gauge = gauge
            gauge.number.add(1, ordering: .relaxed)
        }

        deinit { gauge.number.subtract(1, ordering: .relaxed) }
    }
}
