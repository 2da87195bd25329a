/// How long calls took, counted by classes of time, as a histogram of Prometheus tells it.
package struct TimeClasses: Equatable, Sendable {
    private struct Bound: Equatable, Sendable {
        let seconds: Double
        /// How many took at most that long.
        var count: Double
    }

    /// From the shortest to the longest.
    private var bounds: [Bound] = []

    package init() {}

    /// How many there were.
    package var count: Double { bounds.last?.count ?? 0 }

    /// Adds that so many took at most that long.
    package mutating func add(atMost seconds: Double, _ count: Double) {
        guard !seconds.isNaN, count.isFinite else { return }
        let place = bounds.firstIndex { $0.seconds >= seconds } ?? bounds.count
        if place < bounds.count, bounds[place].seconds == seconds {
            bounds[place].count += count
        } else {
            bounds.insert(Bound(seconds: seconds, count: count), at: place)
        }
    }

    /// Returns those that have come since an earlier look; all of them where it has begun anew since.
    package func since(_ earlier: TimeClasses) -> TimeClasses {
        guard count >= earlier.count else { return self }
        var rest = self
        for index in rest.bounds.indices {
            let before = earlier.bounds.first { $0.seconds == rest.bounds[index].seconds }?.count ?? 0
            rest.bounds[index].count = max(0, rest.bounds[index].count - before)
        }
        return rest
    }

    /// Returns the time, in seconds, within which so large a part of them was done: estimated within a class, as `histogram_quantile`
    /// of Prometheus does; nil where there were none.
    package func quantile(_ part: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = part * count
        var (lower, below) = (0.0, 0.0)
        for bound in bounds {
            if bound.count >= rank, bound.count > below {
                // Nobody knows how much longer than the last bound something took.
                guard bound.seconds.isFinite else { return lower }
                return lower + (bound.seconds - lower) * (rank - below) / (bound.count - below)
            }
            (lower, below) = (bound.seconds, bound.count)
        }
        return lower
    }
}
