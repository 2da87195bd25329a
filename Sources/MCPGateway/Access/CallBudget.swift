import NIOCore

/// How many calls somebody may still make: as many at once as in a minute, regained evenly.
struct CallBudget: Sendable {
    /// How many are left; nil for somebody who has made none yet.
    private var left: Double?
    private var asOf = NIODeadline.uptimeNanoseconds(0)

    /// Takes one.
    ///
    /// - Returns: nil, or in how many seconds there will be one when there is none.
    mutating func take(perMinute: Int, at now: NIODeadline) -> Int? {
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
