import Synchronization

/// The renewals that are under way. The end of the run waits for them: a refresh token that has come and is not kept may have
/// ended the one that is.
final class Renewals: Sendable {
    private struct State {
        var count = 0
        var isOver = false
        var whenIdle: CheckedContinuation<Void, Never>?

        mutating func takeWaiting() -> CheckedContinuation<Void, Never>? {
            defer { whenIdle = nil }
            return whenIdle
        }
    }

    private let state = Mutex(State())

    /// Counts one that begins.
    ///
    /// - Returns: false where none may begin any more; else it has to be ended.
    func begin() -> Bool {
        state.withLock { state in
            guard !state.isOver else { return false }
            state.count += 1
            return true
        }
    }

    func end() {
        state.withLock { state in
            state.count -= 1
            return state.count == 0 ? state.takeWaiting() : nil
        }?.resume()
    }

    /// Lets none begin any more, and waits for those that have, but not for long.
    ///
    /// - Returns: Whether all have ended.
    func finish(atMost limit: Duration) async -> Bool {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isOver = true
                if state.count > 0 { state.whenIdle = continuation }
                return state.count == 0
            }
            guard !isIdle else { return continuation.resume() }
            // Beside whoever waits, who hears of what is first; ends by itself. It is cut short by nobody.
            Task {
                try? await Task.sleep(for: limit)
                state.withLock { $0.takeWaiting() }?.resume()
            }
        }
        return state.withLock { $0.count == 0 }
    }
}
