package import Metrics
package import NIOCore
import Synchronization

/// Holds the spans that wait to be sent, so many at most. Whoever has ended one never waits.
package final class SpanQueue: Sendable {
    private let waiting = Mutex<[ByteBuffer]>([])
    private let maximumCount: Int
    private let batch: Int
    private let dropped: Counter
    private let whenFull: @Sendable () -> Void

    /// - Parameters:
    ///   - batch: How many are sent at a time.
    ///   - dropped: Where those are counted for which there is no room.
    ///   - whenFull: Called when a batch is there.
    package init(
        maximumCount: Int, batch: Int, dropped: Counter = Counter(), whenFull: @escaping @Sendable () -> Void = {}
    ) {
        self.maximumCount = maximumCount
        self.batch = batch
        self.dropped = dropped
        self.whenFull = whenFull
    }

    package var count: Int { waiting.withLock { $0.count } }

    /// Takes a span that has ended, if there is room.
    package func add(_ span: ByteBuffer) {
        let isFull = waiting.withLock { waiting in
            guard waiting.count < maximumCount else {
                dropped.add()
                return false
            }
            waiting.append(span)
            return waiting.count == batch
        }
        if isFull { whenFull() }
    }

    /// Takes those that are to be sent next; none where none wait.
    package func take() -> [ByteBuffer] {
        waiting.withLock { waiting in
            guard waiting.count > batch else {
                defer { waiting = [] }
                return waiting
            }
            let next = Array(waiting.prefix(batch))
            waiting.removeFirst(batch)
            return next
        }
    }
}
