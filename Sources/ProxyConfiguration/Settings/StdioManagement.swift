/// Which programs may be started for servers that are added over the API (`mcpProxy.management.stdio`).
package enum StdioManagement: String, Sendable, Equatable, CaseIterable {
    /// Any command that an authorised caller names; the default.
    case allow
    /// Only those of the operator's templates.
    case templates
    /// None.
    case deny
}
