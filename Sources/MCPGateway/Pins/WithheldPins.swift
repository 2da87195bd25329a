import MCPValues
import ToolPins

/// Holds what of a server is kept from clients until somebody approves it, for its operator.
package struct WithheldPins: Sendable, Equatable {
    /// How many tools and prompts are not what was approved, as far as it is known.
    package let count: Int
    /// Whether nothing of the server may be used.
    package let isBlocked: Bool
    /// What is so, and the command to look at it.
    package let words: String

    /// What it is at this moment; nil when nothing is withheld.
    package init?(_ server: PinnedServer) {
        let report = server.report
        let unread = server.unread
        guard report.mode.withholds, report.fault != nil || !report.changes.isEmpty || !unread.isEmpty else {
            return nil
        }
        count = Set(report.changes.map(\.subject)).count
        isBlocked = report.mode == .block
        let (things, isOne) = ("\(count) \(count == 1 ? "tool or prompt" : "tools and prompts")", count == 1)
        let approval = "mcp-proxy pins approve \(server.name)"
        words =
            if report.fault != nil {
                "all of its tools and prompts are withheld, since it is not known any more what was approved: mcp-proxy pins \(server.name), then \(approval)"
            } else if count == 0 {
                "what it lists is withheld, since it is not known whether it was approved: \(unread.joined(separator: "; ")): mcp-proxy pins \(server.name)"
            } else if isBlocked {
                "the server is blocked until \(things) \(isOne ? "is" : "are") approved: mcp-proxy pins diff \(server.name), then \(approval)"
            } else {
                "\(things) \(isOne ? "is withheld until it is" : "are withheld until they are") approved: mcp-proxy pins diff \(server.name), then \(approval)"
            }
    }

    /// - Parameter words: What is so, and the command to look at it.
    package init(count: Int, isBlocked: Bool, words: String) {
        (self.count, self.isBlocked, self.words) = (count, isBlocked, words)
    }
}
