/// A file in which another program keeps its servers under a key of its own.
package struct ForeignFile: Equatable {
    /// Whose file it is.
    package var program: Program
    /// The way to the servers.
    package var keys: [String]
    /// The servers.
    package var servers: ConfigurationNode

    /// The programs that are told apart by their files.
    package enum Program: String, Sendable, CaseIterable {
        case vscode = "VS Code"
        case zed = "Zed"
        case goose = "Goose"
        case codex = "Codex"
        case opencode
        case amp = "Amp"
        case claudeCode = "Claude Code"
    }

    private static let places: [(Program, [String])] = [
        (.vscode, ["servers"]), (.vscode, ["mcp", "servers"]), (.zed, ["context_servers"]), (.codex, ["mcp_servers"]),
        (.opencode, ["mcp"]), (.goose, ["extensions"]),
        (.amp, ["amp.mcpServers"]),
    ]

    /// Recognises the file; nil if nobody's way to write servers is found in it.
    package init?(_ document: ConfigurationNode) {
        for (program, keys) in Self.places {
            let found = keys.reduce(Optional(document)) { $0?[$1] }
            guard let found, let members = found.members, members.contains(where: { $0.value.isServer }) else {
                continue
            }
            self.program = program
            self.keys = keys
            servers = found
            return
        }
        guard let projects = document["projects"],
            projects.members?.contains(where: { $0.value["mcpServers"]?.members?.isEmpty == false }) == true
        else { return nil }
        program = .claudeCode
        keys = ["projects"]
        servers = projects
    }
}

extension ConfigurationNode {
    /// Whether this has the look of a server.
    fileprivate var isServer: Bool {
        ["command", "cmd", "url", "uri", "serverUrl", "httpUrl", "type"].contains { self[$0] != nil }
    }

}

extension OtherPrograms {
    /// Whether this is an object of nothing but servers.
    package static func isServerList(_ document: ConfigurationNode) -> Bool {
        guard let members = document.members, !members.isEmpty else { return false }
        return members.allSatisfy(\.value.isServer)
    }

    /// Refuses a file whose servers the proxy would not see, and says whose it is and what takes them.
    static func refuseFile(
        _ document: ConfigurationNode, _ format: ConfigurationFormat, _ source: String
    ) throws(ConfigurationError) {
        let members = document.members ?? []
        let names = Set(members.map { $0.name.lowercased() })
        let hasServers = members.contains {
            ["mcpservers", "clients"].contains($0.name.lowercased()) && !$0.value.isEmpty
        }
        guard format == .toml || !hasServers else { return }
        let isRemote = RemoteConfigurationRequest.isRemote(source)
        let command = importCommand(isRemote ? "FILE" : source)
        let run = isRemote ? "Save it as a file and run: \(command)" : "Run: \(command) --into config.json"
        func refusal(_ message: String, _ node: ConfigurationNode, _ key: String, _ suggestion: String)
            -> ConfigurationError
        {
            let problem = ConfigurationProblem(
                severity: .error, source: source, keyPath: key, position: node.position, message: message,
                suggestion: suggestion)
            return ConfigurationError(code: .invalid, problems: [problem])
        }
        if let file = ForeignFile(document) {
            let key = file.keys.reduce(ConfigurationPath.root) { $0.appending($1) }.description
            throw refusal(
                "this is a file of \(file.program.rawValue), whose servers stand under \"\(key)\"; the proxy reads them "
                    + "from \"mcpServers\"", file.servers, key, run)
        }
        if format == .toml {
            throw refusal(
                "the text is TOML, which is not read as a configuration", document, "",
                "Write JSON or YAML; servers of Codex are taken by: \(command)")
        }
        if isServerList(document), names.isDisjoint(with: ["mcpproxy", "mcpservers", "server", "clients"]) {
            throw refusal(
                "the servers stand at the top of the file; the proxy reads them from \"mcpServers\"", document, "",
                #"Write {"mcpServers": {…}} around them, or r"# + run.dropFirst())
        }
    }
}

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
