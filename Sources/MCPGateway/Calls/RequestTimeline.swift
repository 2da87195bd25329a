package import NIOCore
import Synchronization

/// Keeps the requests that have ended lately, within a bound, for people who look on. While nobody does, nothing is kept, and
/// a request costs no more than to find that out.
package final class RequestTimeline: Sendable {
    private struct State {
        var requests: CircularBuffer<EndedRequest> = []
        var lastNumber = 0
        /// How many look on all the time.
        var onlookers = 0
        /// Until when it is kept for those who were here and may come back.
        var lingersUntil = NIODeadline.uptimeNanoseconds(0)
    }

    private let maximum: Int
    private let lingering: TimeAmount
    private let now: @Sendable () -> NIODeadline
    private let state = Mutex(State())
    private let isFed = Atomic(false)

    /// - Parameters:
    ///   - maximum: How many requests are kept.
    ///   - lingering: How long requests are kept for somebody who has left, or has only asked once.
    package init(
        maximum: Int = 1_000, lingering: TimeAmount = .seconds(30),
        now: @escaping @Sendable () -> NIODeadline = { .now() }
    ) {
        self.maximum = max(1, maximum)
        self.lingering = lingering
        self.now = now
    }

    /// Whether anything is kept at the moment. Asked for every request.
    var isWanted: Bool { isFed.load(ordering: .relaxed) }

    /// Adds one more, in place of the oldest where there is no room. May be called from anywhere.
    package func note(_ request: EndedRequest) {
        state.withLock { state in
            guard state.onlookers > 0 || now() < state.lingersUntil else {
                state.requests = []
                return isFed.store(false, ordering: .relaxed)
            }
            var request = request
            state.lastNumber += 1
            request.number = state.lastNumber
            if state.requests.count == maximum { state.requests.removeFirst() }
            state.requests.append(request)
        }
    }

    /// Returns what is kept, the oldest first, and has it kept for a while from now on.
    package func look() -> [EndedRequest] {
        state.withLock { state in
            linger(&state)
            return Array(state.requests)
        }
    }

    /// Has it kept until ``leave()``.
    ///
    /// - Parameter lastSeen: The number of the last request that is known; 0 for none.
    /// - Returns: After which number to go on. One that has not been given yet is of an earlier run.
    package func join(after lastSeen: Int) -> Int {
        state.withLock { state in
            state.onlookers += 1
            isFed.store(true, ordering: .relaxed)
            if 1...max(1, state.lastNumber) ~= lastSeen { return lastSeen }
            return state.requests.first.map { $0.number - 1 } ?? state.lastNumber
        }
    }

    /// Ends what ``join(after:)`` began.
    package func leave() {
        state.withLock { state in
            state.onlookers -= 1
            linger(&state)
        }
    }

    /// How many look on all the time.
    package var onlookers: Int { state.withLock { $0.onlookers } }

    /// Returns some of what has come after a number, the oldest first, and how many before them are kept no more.
    package func requests(after number: Int, limit: Int) -> (requests: [EndedRequest], missed: Int) {
        state.withLock { state in
            guard state.lastNumber > number else { return ([], 0) }
            let first = state.lastNumber - state.requests.count + 1
            let start = max(first, number + 1)
            let requests = state.requests.dropFirst(start - first).prefix(limit)
            return (Array(requests), start - number - 1)
        }
    }

    private func linger(_ state: inout State) {
        state.lingersUntil = now() + lingering
        isFed.store(true, ordering: .relaxed)
    }
}
