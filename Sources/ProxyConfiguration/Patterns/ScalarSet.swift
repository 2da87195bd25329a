/// The scalars that one place of a pattern admits.
struct ScalarSet: Sendable, Equatable {
    /// In the order of the scalars, once it is ``merged``.
    private(set) var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    static let any = ScalarSet(isNegated: true)
    static let digits = ScalarSet(["0"..."9"])
    static let wordCharacters = ScalarSet(["0"..."9", "A"..."Z", "_"..."_", "a"..."z"])
    /// Blanks of ASCII. Most of them are refused in texts anyway.
    static let blanks = ScalarSet(["\t"..."\r", " "..." "])

    /// - Parameter ranges: In the order of the scalars, without overlaps.
    init(_ ranges: [ClosedRange<Unicode.Scalar>] = [], isNegated: Bool = false) {
        self.ranges = ranges.map { $0.lowerBound.value...$0.upperBound.value }
        self.isNegated = isNegated
    }

    mutating func insert(_ first: Unicode.Scalar, through last: Unicode.Scalar) {
        ranges.append(first.value...last.value)
    }

    /// Adds the members of another set. A negated one becomes the ranges between its own.
    mutating func insert(_ other: ScalarSet) {
        guard other.isNegated else { return ranges += other.ranges }
        var next: UInt32 = 0
        for range in other.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { ranges.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        ranges.append(next...0x10_FFFF)
    }

    /// The same set with its ranges in order and without overlaps, which ``contains(_:)`` needs.
    var merged: ScalarSet {
        var merged = ScalarSet(isNegated: isNegated)
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.ranges.last, range.lowerBound <= last.upperBound + 1 {
                merged.ranges.removeLast()
                merged.ranges.append(last.lowerBound...max(last.upperBound, range.upperBound))
            } else {
                merged.ranges.append(range)
            }
        }
        return merged
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
        }
        return (low < ranges.count && ranges[low].contains(scalar.value)) != isNegated
    }
}
