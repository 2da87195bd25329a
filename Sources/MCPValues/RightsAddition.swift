/// What more a client may do whose access token has a scope (`mcpProxy.clients.<name>.scopes`).
package struct RightsAddition: Sendable, Hashable {
    /// Patterns that come behind those of the client.
    package var servers: [String]
    package var groups: [String]
    package var tools: [String]
    /// Whether it may also use what changes something.
    package var liftsReadOnly: Bool
    package var management: ManagementRight
    package var callsPerMinute: Int?

    package init(
        servers: [String] = [], groups: [String] = [], tools: [String] = [], liftsReadOnly: Bool = false,
        management: ManagementRight = .none, callsPerMinute: Int? = nil
    ) {
        self.servers = servers
        self.groups = groups
        self.tools = tools
        self.liftsReadOnly = liftsReadOnly
        self.management = management
        self.callsPerMinute = callsPerMinute
    }
}

extension Rights {
    /// These and more.
    package func adding(_ more: RightsAddition) -> Rights {
        var rights = self
        rights.servers = NamePatterns(servers.texts + more.servers)
        if case .named(let patterns) = groups { rights.groups = .named(NamePatterns(patterns.texts + more.groups)) }
        rights.tools.patterns = NamePatterns(tools.patterns.texts + more.tools)
        if more.liftsReadOnly { rights.tools.isReadOnly = false }
        rights.management = max(management, more.management)
        // No number is more than any.
        if let own = callsPerMinute, let other = more.callsPerMinute { rights.callsPerMinute = max(own, other) }
        return rights
    }
}
