import Synchronization

/// Counts the calls to one server, and tells when none is under way any more.
final class CallMeter: Sendable {
    private struct State {
        var total = 0
        var inFlight = 0
        var isClosed = false
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    /// How many there were since the server was added.
    var total: Int { state.withLock { $0.total } }
    var inFlight: Int { state.withLock { $0.inFlight } }

    /// Counts one more, unless the server takes none any more.
    func begin() -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.total += 1
            state.inFlight += 1
            return true
        }
    }

    func end() {
        let told = state.withLock { state -> [@Sendable () -> Void] in
            state.inFlight -= 1
            guard state.inFlight == 0, !state.waiting.isEmpty else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for body in told { body() }
    }

    /// Takes no further calls.
    func close() { state.withLock { $0.isClosed = true } }

    /// Calls back once no call is under way; at once when there is none.
    func whenIdle(_ body: @escaping @Sendable () -> Void) {
        let isIdle = state.withLock { state in
            if state.inFlight > 0 { state.waiting.append(body) }
            return state.inFlight == 0
        }
        if isIdle { body() }
    }
}
