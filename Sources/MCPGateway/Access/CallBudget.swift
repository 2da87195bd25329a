import NIOCore
import Synchronization

/// Counts what is left of the calls that somebody may make in a minute.
package final class CallBudget: Sendable {
    private let left = Mutex(MinuteBudget())

    package init() {}

    /// Takes one call.
    ///
    /// - Returns: nil, or in how many seconds there will be one when there is none.
    func take(perMinute: Int, at now: NIODeadline) -> Int? {
        left.withLock { $0.take(perMinute: perMinute, at: now) }
    }
}
