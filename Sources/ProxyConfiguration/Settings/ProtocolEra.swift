/// The protocol revisions spoken to an upstream (`mcpServers.<name>.protocol`).
package enum ProtocolEra: String, Sendable, Equatable, CaseIterable {
    /// Ask the upstream and use the newest it has; the default.
    case auto
    /// Only the revisions without sessions.
    case modern
    /// Only the revisions that begin with `initialize`.
    case legacy
}
