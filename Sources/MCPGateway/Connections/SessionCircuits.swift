import MCPUpstream

/// Holds what the sessions of one caller with a server have in common: a server that fails them is not asked by each of
/// them anew.
struct SessionCircuits {
    private var circuits: [Principal: CircuitBreaker] = [:]

    var all: [CircuitBreaker] { Array(circuits.values) }

    func circuit(of principal: Principal) -> CircuitBreaker? { circuits[principal] }

    /// Adds that of one more caller. Tokens come and go: of the others, one that nobody uses is kept only while it knows
    /// something against the server.
    mutating func add(
        _ circuit: CircuitBreaker, of principal: Principal, beside used: some Sequence<CircuitBreaker>
    ) {
        let used = Set(used.map { ObjectIdentifier($0) })
        circuits = circuits.filter { used.contains(ObjectIdentifier($0.value)) || !$0.value.isClean }
        circuits[principal] = circuit
    }
}
