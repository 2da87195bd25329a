package import NIOCore

/// Counts how many times somebody may still do something: as often at once as in a minute, regained evenly.
package struct MinuteBudget: Sendable {
    /// How many are left; nil for somebody who has taken none yet.
    private var left: Double?
    /// When one was last asked for.
    package private(set) var asOf = NIODeadline.uptimeNanoseconds(0)

    package init() {}

    /// Takes one.
    ///
    /// - Returns: nil, or in how many seconds there will be one when there is none.
    package mutating func take(perMinute: Int, at now: NIODeadline) -> Int? {
        let most = Double(perMinute)
        let seconds = Double(max(0, (now - asOf).nanoseconds)) / 1e9
        let present = min(most, (left ?? most) + seconds * most / 60)
        asOf = now
        guard present >= 1 else {
            left = present
            return max(1, Int(((1 - present) * 60 / most).rounded(.up)))
        }
        left = present - 1
        return nil
    }
}
