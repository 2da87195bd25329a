import Synchronization

/// Bounds how many calls, or subscriptions, are under way, in all and for each principal.
package final class CallCounter: Sendable {
    private struct Counts {
        var total = 0
        var byPrincipal: [Principal: Int] = [:]
    }

    private let counts = Mutex(Counts())
    private let maximum: Int
    private let maximumPerPrincipal: Int

    init(maximum: Int, maximumPerPrincipal: Int) {
        self.maximum = maximum
        self.maximumPerPrincipal = maximumPerPrincipal
    }

    package var total: Int { counts.withLock { $0.total } }

    /// Counts one more, unless there are too many.
    func admit(_ principal: Principal) -> Bool {
        counts.withLock { counts in
            guard counts.total < maximum, counts.byPrincipal[principal, default: 0] < maximumPerPrincipal else {
                return false
            }
            counts.total += 1
            counts.byPrincipal[principal, default: 0] += 1
            return true
        }
    }

    func release(_ principal: Principal) {
        counts.withLock { counts in
            counts.total -= 1
            let left = counts.byPrincipal[principal, default: 1] - 1
            counts.byPrincipal[principal] = left > 0 ? left : nil
        }
    }
}
