/// Which servers another program has been told not to use, away from the servers themselves.
package struct ForeignUse {
    /// The keys at the top of a file that say so.
    static let keys: Set<String> = [
        "mcp", "allowMCPServers", "excludeMCPServers", "enabledMcpjsonServers", "disabledMcpjsonServers",
        "disabledMcpServers",
    ]

    private var allowed: (names: Set<String>, key: String)?
    private var excluded: [String: String] = [:]

    /// What a file says.
    package init(_ document: ConfigurationNode) {
        for (node, key) in [
            (document["mcp"]?["allowed"], "mcp.allowed"), (document["allowMCPServers"], "allowMCPServers"),
        ] {
            if let names = node?.textList { allowed = (Set(names), key) }
        }
        for (node, key) in [
            (document["mcp"]?["excluded"], "mcp.excluded"), (document["excludeMCPServers"], "excludeMCPServers"),
            (document["disabledMcpjsonServers"], "disabledMcpjsonServers"),
            (document["disabledMcpServers"], "disabledMcpServers"),
        ] {
            for name in node?.textList ?? [] { excluded[name] = key }
        }
    }

    /// Whether the file says anything of that.
    var isWritten: Bool { allowed != nil || !excluded.isEmpty }

    /// Why a server is not used; nil if it is.
    package func reason(against name: String) -> String? {
        if let key = excluded[name] { return "\(key) names it" }
        guard let allowed, !allowed.names.contains(name) else { return nil }
        return "\(allowed.key) does not name it"
    }
}

extension ConfigurationNode {
    /// The texts of a list; nil if this is none.
    fileprivate var textList: [String]? {
        guard case .array(let elements) = value else { return nil }
        return elements.compactMap { element in
            if case .string(let text) = element.value { text } else { nil }
        }
    }
}
