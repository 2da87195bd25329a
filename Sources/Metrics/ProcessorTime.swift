/// Adds up the processor time of processes that come and go, so that the sum never falls.
///
/// What a process has had between the last look at it and its end is not known, and not in the sum.
package struct ProcessorTime: Sendable {
    private var seen: [Int32: Double] = [:]
    /// What those have had that have ended.
    private var ended = 0.0

    package init() {}

    /// Looks at the processes that there are now.
    ///
    /// - Parameter seconds: The processor time of each, with all that it has started, by its number.
    /// - Returns: The processor time of all there ever were, in seconds; nil where there never was one.
    package mutating func total(of seconds: [Int32: Double]) -> Double? {
        // Less than before is left of one that has ended, or that has a part that has.
        for (process, before) in seen { ended += max(0, before - (seconds[process] ?? 0)) }
        seen = seconds
        guard !seconds.isEmpty || ended > 0 else { return nil }
        return ended + seconds.values.reduce(0, +)
    }
}
