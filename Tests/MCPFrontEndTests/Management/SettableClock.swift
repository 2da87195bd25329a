import NIOCore
import Synchronization

/// Time that passes only when a test says so.
final class SettableClock: Sendable {
    private let time = Mutex(NIODeadline.uptimeNanoseconds(1_000_000_000_000))

    var now: NIODeadline { time.withLock { $0 } }

    func advance(seconds: Int64) {
        time.withLock { $0 = $0 + .seconds(seconds) }
    }
}
