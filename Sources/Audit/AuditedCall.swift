package import MCPCore
package import NIOCore

/// A call of a tool that has ended, as the audit tells of it.
package struct AuditedCall: Sendable {
    /// Which request it was.
    package var request: RequestNumber
    package var principal: String
    /// What the client says of itself, as JSON; nil where it says nothing.
    package var client: ByteBuffer?
    package var address: String
    /// Where it was called: the name of a server, of a group, or `mcp`.
    package var route: String
    package var server: String?
    package var tool: String?
    package var outcome: String
    /// A word that tells more than the outcome.
    package var reason: String?
    package var nanoseconds: Int64
    package var requestBytes: Int
    package var answerBytes: Int
    package var arguments: JSONView?

    package init(request: RequestNumber, principal: String, route: String, outcome: String) {
        self.request = request
        self.principal = principal
        self.route = route
        self.outcome = outcome
        (address, nanoseconds, requestBytes, answerBytes) = ("", 0, 0, 0)
    }
}
