/// Who may share one connection, or one child process, of a server (`mcpServers.<name>.isolation`).
package enum Isolation: String, Sendable, Equatable, CaseIterable {
    /// Sessions of one principal that declare the same capabilities share a connection; the default for a command.
    case principal
    /// Every session has a connection of its own; the default for a URL.
    case session
    /// Everybody shares one connection, as in the Go program. No client capabilities are declared, so the server cannot
    /// ask clients.
    case shared
}
