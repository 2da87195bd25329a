package import NIOCore
import Synchronization

/// The circuit of one connection to a server, or of all the sessions that one caller has with it. May be used from any
/// event loop.
///
/// A server that is well costs a call two loads of one number, and nothing else.
package final class CircuitBreaker: Sendable {
    /// Holds what can be told of a circuit that is open.
    package struct Report: Sendable, Equatable {
        /// How many failures came in a row.
        package var failures: Int
        /// When the next probe may start; nil while one is under way or the server is on trial.
        package var nextProbe: NIODeadline?
        /// The last of the failures.
        package var reason: String

        package init(failures: Int, nextProbe: NIODeadline?, reason: String) {
            self.failures = failures
            self.nextProbe = nextProbe
            self.reason = reason
        }
    }

    private struct Content {
        var circuit: Circuit
        var lastFailure = UpstreamFailure(.notReachable, "it has failed", nothingSent: true)
    }

    /// Says what everybody sees without the lock.
    private enum Level: UInt8 {
        case clean
        case doubtful
        case open
    }

    private let content: Mutex<Content>
    private let level = Atomic<UInt8>(Level.clean.rawValue)
    private let changed: @Sendable () -> Void

    /// - Parameters:
    ///   - circuit: How it starts.
    ///   - changed: Is told, on any event loop, that a report would be another one now; must be quick.
    package init(_ circuit: Circuit, changed: @escaping @Sendable () -> Void = {}) {
        self.content = Mutex(Content(circuit: circuit))
        self.changed = changed
    }

    /// Whether calls are refused, at least until a probe has succeeded.
    package var isOpen: Bool { level.load(ordering: .relaxed) == Level.open.rawValue }

    /// Whether nothing is known against the server.
    package var isClean: Bool { level.load(ordering: .relaxed) == Level.clean.rawValue }

    /// What to tell of it; nil when nothing is wrong.
    package var report: Report? {
        content.withLock { content in
            switch content.circuit.state {
            case .closed: nil
            case .open(let until):
                Report(
                    failures: content.circuit.failures, nextProbe: until, reason: content.lastFailure.detail)
            case .probing, .trial:
                Report(failures: content.circuit.failures, nextProbe: nil, reason: content.lastFailure.detail)
            }
        }
    }

    /// Somebody wants to call the server, or to reach it.
    func admit(now: NIODeadline) -> Circuit.Verdict {
        isOpen ? change { $0.circuit.admit(now: now) } : .pass
    }

    /// Returns the failure of a call that is not made because the circuit is open.
    ///
    /// - Parameter retry: When the server is tried next, where somebody knows better than the circuit.
    func refusal(now: NIODeadline, retry: NIODeadline?) -> UpstreamFailure {
        content.withLock { content in
            var next = retry
            if next == nil, case .open(let until) = content.circuit.state { next = until }
            let nanoseconds = max(0, ((next ?? now) - now).nanoseconds)
            return content.lastFailure.refusing(
                UpstreamFailure.Pause(
                    failures: content.circuit.failures, seconds: Int((nanoseconds + 999_999_999) / 1_000_000_000)))
        }
    }

    func succeeded() {
        if !isClean { change { $0.circuit.succeeded() } }
    }

    func putOnTrial() {
        if !isClean { change { $0.circuit.putOnTrial() } }
    }

    /// An attempt to reach the server has failed, or a conversation with it has ended.
    ///
    /// - Parameter earliest: When the next attempt may be made at the earliest.
    package func failed(_ failure: UpstreamFailure, now: NIODeadline, notBefore earliest: NIODeadline? = nil) {
        change { content in
            content.lastFailure = failure
            content.circuit.failed(now: now, notBefore: earliest)
        }
    }

    func probeGivenUp(now: NIODeadline) {
        change { $0.circuit.probeGivenUp(now: now) }
    }

    /// A call has failed; what that says of the server is weighed here.
    func callFailed(_ failure: UpstreamFailure, now: NIODeadline) {
        switch failure.evidence {
        case .outage: failed(failure, now: now)
        case .alive: succeeded()
        case .nothing: break
        }
    }

    private func change<Value>(_ body: (inout Content) -> Value) -> Value {
        let (value, isNews) = content.withLock { content -> (Value, Bool) in
            let before = content.circuit.state
            let value = body(&content)
            let circuit = content.circuit
            let level: Level = circuit.isOpen ? .open : circuit.isClean ? .clean : .doubtful
            self.level.store(level.rawValue, ordering: .relaxed)
            return (value, before != circuit.state)
        }
        if isNews { changed() }
        return value
    }
}
