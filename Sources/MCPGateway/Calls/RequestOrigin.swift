/// Says which request of a client something belongs to, and where that came from, for whoever reads the log or the audit.
package struct RequestOrigin: Sendable {
    package let number: RequestNumber
    /// The IP address of the client; empty where it came another way.
    package let address: String
    /// The trace that the client says it is a part of (`traceparent`); nil where it says nothing that is valid.
    package let trace: String?

    package init(number: RequestNumber = .next(), address: String = "", trace: String? = nil) {
        self.number = number
        self.address = address
        self.trace = trace
    }
}
