/// Counts durations in buckets whose width grows with the duration, so that every quantile is known to within 1 %.
package struct Histogram {
    /// 2⁷ buckets for each doubling.
    private static let precision = 7

    private var buckets = [UInt32](repeating: 0, count: (64 - precision) << precision)
    package private(set) var count = 0
    package private(set) var maximum: UInt64 = 0

    package init() {}

    /// - Parameter value: In nanoseconds.
    package mutating func record(_ value: UInt64) {
        buckets[Self.index(value)] &+= 1
        count += 1
        maximum = max(maximum, value)
    }

    /// The value that this share of all values does not exceed.
    package func quantile(_ share: Double) -> UInt64 {
        let wanted = max(1, Int((Double(count) * share).rounded(.up)))
        var seen = 0
        for index in buckets.indices {
            seen += Int(buckets[index])
            if seen >= wanted { return min(Self.value(index), maximum) }
        }
        return maximum
    }

    private static func index(_ value: UInt64) -> Int {
        let width = UInt64.bitWidth - value.leadingZeroBitCount
        guard width > precision else { return Int(value) }
        let shift = width - precision - 1
        return ((shift + 1) << precision) + Int((value >> UInt64(shift)) & ((1 << precision) - 1))
    }

    /// The largest value of a bucket.
    private static func value(_ index: Int) -> UInt64 {
        let row = index >> precision
        guard row > 0 else { return UInt64(index) }
        let base = UInt64(index & ((1 << precision) - 1)) | (1 << precision)
        return ((base + 1) << UInt64(row - 1)) - 1
    }
}
