/// What happens when a tool or a prompt is no longer what was seen first (`mcpServers.<name>.pin`).
package enum PinMode: String, Sendable, Equatable, CaseIterable {
    /// Nobody looks.
    case off
    /// It is told; clients get what the server lists now.
    case warn
    /// Clients do not get it until somebody has approved it.
    case quarantine
    /// Clients get nothing of the server until somebody has approved it; what is new counts as a change, too.
    case block

    /// Whether clients are kept from what has not been approved.
    package var withholds: Bool {
        switch self {
        case .off, .warn: false
        case .quarantine, .block: true
        }
    }
}
