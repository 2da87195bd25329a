import Dispatch
import MCPUpstream
import Synchronization

/// Work that is done a moment after it was asked for, once for all who have asked meanwhile. One piece after another, beside
/// everything else.
final class GatheredWork: Sendable {
    private let queue: DispatchQueue
    private let pause: Duration
    private let isDue = Mutex(false)

    /// - Parameters:
    ///   - label: Names the queue.
    ///   - pause: How long others may ask.
    init(_ label: String, after pause: Duration) {
        queue = DispatchQueue(label: label, qos: .utility)
        self.pause = pause
    }

    /// Has other work done as soon as what is under way has ended.
    func next(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

    /// Has the work done, unless it is about to be anyway. Whoever asks after it has begun has it done once more.
    func ask(_ work: @escaping @Sendable () -> Void) {
        let isNews = isDue.withLock { isDue in
            defer { isDue = true }
            return !isDue
        }
        guard isNews else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(pause.milliseconds))) { [self] in
            isDue.withLock { $0 = false }
            work()
        }
    }
}
