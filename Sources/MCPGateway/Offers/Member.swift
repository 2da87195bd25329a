package import MCPValues

/// A server as it is offered somewhere, and what of it is shown there. Never changes: another one takes its place. A class,
/// because every call looks at it.
package final class Member: Sendable {
    package let server: ServerConnections
    /// Which of its tools are shown; nil for all.
    package let toolFilter: ToolFilter?
    /// What stands before its names where there are other members.
    package let prefix: String
    /// Who may use it where there are other members.
    package let access: Access

    /// - Parameter prefix: nil for the server's key in the configuration.
    package init(
        _ server: ServerConnections, toolFilter: ToolFilter? = nil, prefix: String? = nil, access: Access = .everybody
    ) {
        self.server = server
        self.toolFilter = toolFilter
        self.prefix = prefix ?? server.name
        self.access = access
    }
}
