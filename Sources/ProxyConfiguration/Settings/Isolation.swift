/// Who may share one connection or one child process of an upstream (`mcpServers.<name>.isolation`).
package enum Isolation: String, Sendable, Equatable, CaseIterable {
    /// One per authenticated caller; the default for a command.
    case principal
    /// One per client session; the default for a URL.
    case session
    /// One for everybody, as in the Go program.
    case shared
}
