import MCPFrontEnd
import MCPUpstream
import Synchronization

/// The start of a server that a change waits for. The waiting may end before the server has started or failed.
final class PendingStart: Sendable {
    /// How it ended.
    enum End: Sendable {
        /// The server has said what it is, or why not and the last lines of its error output.
        case introduced(UpstreamFailure?, [String])
        /// What it was to start for is not to be any more.
        case givenUp(ManagementRefusal)
    }

    private struct State {
        var end: End?
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// The server has started, or has failed to.
    func introduced(_ failure: UpstreamFailure?, _ errorOutput: [String]) {
        finish { $0 ?? .introduced(failure, errorOutput) }
    }

    /// Ends the waiting. It counts also when the server has started since, as long as nobody has made use of that.
    func giveUp(_ refusal: ManagementRefusal) {
        finish { end in
            if case .givenUp = end { end } else { .givenUp(refusal) }
        }
    }

    private func finish(_ change: (End?) -> End?) {
        let waiter = state.withLock { state in
            state.end = change(state.end)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Waits until it has ended.
    func ended() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.end == nil { state.waiter = continuation }
                return state.end != nil
            }
            if isOver { continuation.resume() }
        }
    }

    /// How it has ended by now; nil while it is waited for.
    var end: End? { state.withLock { $0.end } }
}
