import Synchronization

/// What all sessions together may keep of events that are too large for their own rings, and that nobody has read.
final class ReplayBudget: Sendable {
    private let left: Mutex<Int>

    init(bytes: Int) {
        left = Mutex(bytes)
    }

    /// Returns whether there was room.
    func reserve(_ bytes: Int) -> Bool {
        left.withLock { left in
            guard left >= bytes else { return false }
            left -= bytes
            return true
        }
    }

    func release(_ bytes: Int) {
        left.withLock { $0 += bytes }
    }
}
