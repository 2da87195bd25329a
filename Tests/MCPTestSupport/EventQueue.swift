import Synchronization

/// Events from another thread, awaited by a test one after the other, each for a limited time.
package final class EventQueue<Event: Sendable>: Sendable {
    /// Nothing came in time.
    package struct NothingCame: Error {}

    private let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let waiting = Mutex<[Event]>([])
    private let limit: Duration

    package init(limit: Duration = .seconds(20)) {
        (stream, continuation) = AsyncStream.makeStream()
        self.limit = limit
    }

    package func add(_ event: Event) {
        waiting.withLock { $0.append(event) }
        continuation.yield(event)
    }

    /// The next event.
    ///
    /// - Throws: `NothingCame` when the time is over.
    package func next() async throws -> Event {
        let event = try await withThrowingTaskGroup(of: Event?.self) { [stream, limit] group in
            group.addTask {
                for await event in stream { return event }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let event else { throw NothingCame() }
        waiting.withLock { _ = $0.removeFirst() }
        return event
    }

    /// What has come and has not been taken.
    package var rest: [Event] { waiting.withLock { $0 } }
}
