package import MCPCore

/// Says which request of a client something belongs to, and where that came from, for whoever reads the log or the audit.
package struct RequestOrigin: Sendable {
    /// Names what lies between the client and the proxy.
    package enum Network: String, Sendable {
        case pipe
        case tcp
        case unix
    }

    package let number: RequestNumber
    /// The IP address of the client; empty where it came another way.
    package let address: String
    package let network: Network
    /// The trace that the client says in header fields it is a part of; nil where it says nothing that is valid.
    package let trace: TraceContext?

    package init(
        number: RequestNumber = .next(), address: String = "", network: Network = .pipe, trace: TraceContext? = nil
    ) {
        self.number = number
        self.address = address
        self.network = network
        self.trace = trace
    }

    /// Returns the same for a request that says itself of which trace it is a part, which counts before header fields.
    func saying(_ trace: TraceContext?) -> RequestOrigin {
        guard let trace else { return self }
        return RequestOrigin(number: number, address: address, network: network, trace: trace)
    }
}
