package import MCPGateway

/// Somebody who has shown who they are.
package struct ProvenCaller: Sendable {
    package let principal: Principal
    /// By what; nil for what holds until it ends.
    package let evidence: (any Evidence)?

    package init(_ principal: Principal, by evidence: (any Evidence)? = nil) {
        self.principal = principal
        self.evidence = evidence
    }
}
