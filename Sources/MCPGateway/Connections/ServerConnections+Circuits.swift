import Logging
import MCPUpstream
import Synchronization

// MARK: - Whether the server is called at all

extension ServerConnections {
    /// Returns the circuit of a connection that is being opened.
    func circuit(for key: ConnectionKey, of principal: Principal, _ state: inout State) -> CircuitBreaker {
        if case .session = key, let known = state.sessionCircuits.circuit(of: principal) { return known }
        let circuit = CircuitBreaker(settings.limits.circuit(startsProcesses: settings.startsProcesses)) {
            [weak self] in
            self?.circuitChanged()
        }
        if case .session = key {
            let used = state.entries.values.lazy.map(\.connection.upstream.circuit)
            state.sessionCircuits.add(circuit, of: principal, beside: used)
        }
        return circuit
    }

    /// Those that tell of the server. Where callers are let in by what is theirs, what one of them meets says nothing of it.
    private func circuits(_ state: State) -> [CircuitBreaker] {
        if settings.needsCallers {
            return state.entries[firstKey(state)].map { [$0.connection.upstream.circuit] } ?? []
        }
        let own = state.entries.values.filter { !isOfOneSession($0.connection) }.map(\.connection.upstream.circuit)
        return own + state.sessionCircuits.all
    }

    /// A circuit has opened or closed, or has had a probe.
    private func circuitChanged() {
        // All under the lock: of two changes at once, the one that is noted last has seen both.
        let (before, worst) = state.withLock { state in
            let worst = circuits(state).compactMap(\.report).max { $0.failures < $1.failures }
            defer { state.status.circuit = worst }
            return (state.status.circuit, worst)
        }
        if before != worst { statusChanged(self) }
        if let worst, before == nil {
            let facts: Logger.Metadata = [
                "server": "\(displayName)", "failures": "\(worst.failures)", "reason": "\(worst.reason)",
            ]
            logger.warning("server failed again and again; calls fail at once until it has recovered", metadata: facts)
        } else if worst == nil, before != nil {
            logger.notice("server has recovered and is called again", metadata: ["server": "\(displayName)"])
        }
    }
}
