import NIOCore
import Synchronization

/// How many calls somebody may still make: as many at once as in a minute, regained evenly.
final class CallBudget: Sendable {
    private struct Share {
        var left: Double
        var asOf: NIODeadline
    }

    private let now: @Sendable () -> NIODeadline
    /// nil for somebody who has made none yet.
    private let share = Mutex<Share?>(nil)

    init(now: @escaping @Sendable () -> NIODeadline) {
        self.now = now
    }

    /// Takes one.
    ///
    /// - Returns: nil, or in how many seconds there will be one when there is none.
    func take(perMinute: Int) -> Int? {
        let (now, most) = (now(), Double(perMinute))
        return share.withLock { share in
            var next = share ?? Share(left: most, asOf: now)
            let seconds = Double((now - next.asOf).nanoseconds) / 1e9
            next.left = min(most, next.left + max(0, seconds) * most / 60)
            next.asOf = now
            defer { share = next }
            guard next.left >= 1 else { return max(1, Int(((1 - next.left) * 60 / most).rounded(.up))) }
            next.left -= 1
            return nil
        }
    }
}
