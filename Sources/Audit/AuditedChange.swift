package import MCPCore

/// A change of servers, clients, groups or grants, as the audit tells of it.
package struct AuditedChange: Sendable {
    /// Which request asked for it; nil for what no request asked for.
    package var request: RequestNumber?
    package var principal: String
    package var address: String
    /// What is to be changed, in a word.
    package var change: String
    package var server: String?
    package var group: String?
    /// `begins`, and then how it went: `done`, or why not.
    package var outcome: String
    /// What was changed, in words.
    package var details: [String]

    package init(
        request: RequestNumber?, principal: String, address: String = "", change: String, server: String? = nil,
        group: String? = nil, outcome: String, details: [String] = []
    ) {
        self.request = request
        self.principal = principal
        self.address = address
        self.change = change
        self.server = server
        self.group = group
        self.outcome = outcome
        self.details = details
    }
}
