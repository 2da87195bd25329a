import MCPCore
import NIOCore

/// Names what finds out whether a server has recovered, so that its circuit may be closed.
enum CircuitProbe: Equatable {
    /// The attempt to reach it.
    case attempt
    case call(Int64)
}

extension Upstream {
    /// Sends a call if it is the one that is to find out whether the server has recovered.
    func sendAsProbe(_ receiver: any ExchangeReceiver, _ id: Int64) {
        guard let current, current.isReady else { return receiver.exchangeFailed(circuitRefusal) }
        switch circuit.admit(now: eventLoop.now) {
        case .refused: return receiver.exchangeFailed(circuitRefusal)
        case .probe: probe = .call(id)
        case .pass: break
        }
        current.send(receiver, id: id, mayBeRepeated: true)
    }

    func giveUpProbe() {
        guard probe != nil else { return }
        probe = nil
        circuit.probeGivenUp(now: eventLoop.now)
    }

    var circuitRefusal: UpstreamFailure { circuit.refusal(now: eventLoop.now, retry: retryAt) }

    /// Says why a call is not sent while the server is not there.
    func refusal(_ failure: UpstreamFailure) -> UpstreamFailure {
        circuit.isOpen ? circuitRefusal : failure.beforeSending
    }

    /// Tells the circuit that the server is there, and wants credentials: that is for whoever calls it to mend.
    func wasHeard() {
        if probe == .attempt { probe = nil }
        circuit.succeeded()
    }

    /// Tells the circuit of the end of a conversation.
    func note(_ failure: UpstreamFailure, readyFor: Duration?, next: NIODeadline) {
        if probe == .attempt { probe = nil }
        // A server that had been up for a while had recovered from whatever was before.
        if let readyFor, readyFor >= Backoff.stableAfter { circuit.succeeded() }
        // A remote server is tried sooner when somebody calls it.
        circuit.failed(failure, now: eventLoop.now, notBefore: startsProcesses ? next : nil)
    }
}
