import Synchronization

/// Calls back once: after so many ticks, or when it is told to.
final class Countdown: Sendable {
    private let left: Mutex<Int>
    private let body: @Sendable () -> Void

    init(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        left = Mutex(count)
        self.body = body
    }

    func tick() { count { $0 - 1 } }
    func finish() { count { _ in 0 } }

    private func count(_ change: (Int) -> Int) {
        let isLast = left.withLock { left in
            guard left > 0 else { return false }
            left = change(left)
            return left == 0
        }
        if isLast { body() }
    }
}
