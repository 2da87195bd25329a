import NIOCore
import NIOPosix
import Synchronization

/// Events from an event loop, awaited in order by a test, with a limit on the time.
final class AwaitedLog<Event: Sendable>: Sendable {
    struct NothingCame: Error {}

    private struct State {
        var events: [Event] = []
        var waiter: CheckedContinuation<Event, any Error>?
        var waits = 0
    }

    private let state = Mutex(State())
    private let limit: TimeAmount

    init(limit: TimeAmount = .seconds(20)) {
        self.limit = limit
    }

    func add(_ event: Event) {
        let waiter = state.withLock { state -> CheckedContinuation<Event, any Error>? in
            guard let waiter = state.waiter else {
                state.events.append(event)
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume(returning: event)
    }

    /// The next event, removed from the log.
    func next() async throws -> Event {
        try await withCheckedThrowingContinuation { continuation in
            let (event, wait) = state.withLock { state -> (Event?, Int) in
                state.waits += 1
                if !state.events.isEmpty { return (state.events.removeFirst(), 0) }
                state.waiter = continuation
                return (nil, state.waits)
            }
            if let event { return continuation.resume(returning: event) }
            MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: limit) { self.giveUp(wait) }
        }
    }

    /// The next event that fits; those before it are dropped.
    func first(where fits: (Event) -> Bool) async throws -> Event {
        while true {
            let event = try await next()
            if fits(event) { return event }
        }
    }

    /// What has come and has not been taken.
    var rest: [Event] { state.withLock { $0.events } }

    private func giveUp(_ wait: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Event, any Error>? in
            guard state.waits == wait, let waiter = state.waiter else { return nil }
            state.waiter = nil
            return waiter
        }
        waiter?.resume(throwing: NothingCame())
    }
}
