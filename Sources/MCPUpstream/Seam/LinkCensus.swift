import Synchronization

/// Counts what links still have to bring to an end, so that the proxy can wait for it: process trees that are alive,
/// and sessions whose servers are being told that they are over.
package final class LinkCensus: Sendable {
    private struct State {
        var open = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let whole: LinkCensus?

    /// - Parameter whole: Where everything is counted as well that is counted here.
    package init(within whole: LinkCensus? = nil) {
        self.whole = whole
    }

    package var count: Int { state.withLock { $0.open } }

    /// Calls back once nothing is open; at once when nothing is.
    package func whenEmpty(_ body: @escaping @Sendable () -> Void) {
        let isEmpty = state.withLock { state in
            if state.open > 0 { state.waiting.append(body) }
            return state.open == 0
        }
        if isEmpty { body() }
    }

    func begin() {
        state.withLock { $0.open += 1 }
        whole?.begin()
    }

    func end() {
        let told = state.withLock { state -> [@Sendable () -> Void] in
            state.open -= 1
            guard state.open == 0 else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        whole?.end()
        for body in told { body() }
    }
}
