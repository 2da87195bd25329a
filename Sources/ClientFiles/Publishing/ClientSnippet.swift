package import ProxyConfiguration

/// What to paste into a client so that it finds the proxy's servers.
package enum ClientSnippet: Sendable, Equatable {
    /// Part of a file.
    case file(ConfigurationNode)
    /// Commands for a shell, each with its arguments.
    case commands([[String]])

    /// What a client needs.
    ///
    /// - Parameters:
    ///   - client: The client; nil for the form that most clients understand.
    ///   - program: How the client is to start mcp-proxy where it can start programs only.
    ///   - asksForTokens: Whether a client that can ask for a token is to ask.
    package init(for client: Client?, _ servers: [PublishedServer], program: String, asksForTokens: Bool) {
        switch client {
        case .claudeCode: self = .commands(servers.map(Self.command))
        case .codex:
            self = .commands(servers.map { ["codex", "mcp", "add", $0.name, "--url", $0.url] + Self.codexToken($0) })
        case .gemini: self = .file(.list("mcpServers", servers) { Self.remote($0, key: "httpUrl") })
        case .zed: self = .file(.list("context_servers", servers) { Self.remote($0, key: "url") })
        case .opencode: self = .file(.list("mcp", servers) { Self.remote($0, key: "url", type: "remote") })
        case .goose: self = .file(.list("extensions", servers, entry: Self.extension))
        case .cline, .roo, .libreChat:
            let word = client == .cline ? "streamableHttp" : "streamable-http"
            self = .file(.list("mcpServers", servers) { Self.remote($0, key: "url", type: word) })
        case .jetbrains, .lmStudio: self = .file(.list("mcpServers", servers) { Self.remote($0, key: "url") })
        case .claudeDesktop: self = .file(.list("mcpServers", servers) { Self.program($0, program) })
        case .cursor: self = .file(.list("mcpServers", servers) { Self.remote($0, key: "url") })
        case .windsurf: self = .file(.list("mcpServers", servers) { Self.remote($0, key: "serverUrl") })
        case nil: self = .file(.list("mcpServers", servers) { Self.remote($0, key: "url", type: "http") })
        case .vscode: self = .file(Self.withInputs(servers, asks: asksForTokens))
        }
    }

    /// Where to paste it.
    package static func place(of client: Client?) -> String {
        switch client {
        case .claudeDesktop: "claude_desktop_config.json (Settings → Developer → Edit Config), then restart it"
        case .claudeCode: "a shell; --scope user after \"add\" makes a server known in every folder"
        case .cursor: "~/.cursor/mcp.json, or .cursor/mcp.json in a project"
        case .vscode: ".vscode/mcp.json in a project, or what \"MCP: Open User Configuration\" opens"
        case .windsurf: "~/.codeium/windsurf/mcp_config.json"
        case .gemini: "~/.gemini/settings.json, or .gemini/settings.json in a project"
        case .codex: "a shell"
        case .cline: "what \"Configure MCP Servers\" opens"
        case .roo: "what \"Edit Global MCP\" opens, or .roo/mcp.json in a project"
        case .zed: "~/.config/zed/settings.json, or .zed/settings.json in a project"
        case .goose: "~/.config/goose/config.yaml (JSON is YAML, too)"
        case .opencode: "~/.config/opencode/opencode.json, or opencode.json in a project"
        case .jetbrains: "Settings → Tools → AI Assistant → Model Context Protocol, or ~/.junie/mcp/mcp.json"
        case .lmStudio: "~/.lmstudio/mcp.json"
        case .libreChat: "librechat.yaml (JSON is YAML, too)"
        case nil: "the client's file of MCP servers"
        }
    }

    /// Codex takes the name of a variable, not a token.
    private static func codexToken(_ server: PublishedServer) -> [String] {
        server.token == nil ? [] : ["--bearer-token-env-var", tokenVariable(of: server)]
    }

    /// The variable that Codex takes a server's token from.
    package static func tokenVariable(of server: PublishedServer) -> String {
        "MCP_PROXY_TOKEN_" + server.name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    private static func `extension`(_ server: PublishedServer) -> ConfigurationNode {
        let start: [(String, ConfigurationNode)] = [
            ("name", .text(server.name)), ("enabled", ConfigurationNode(.bool(true), at: .start)),
        ]
        return .object(
            start + (remote(server, key: "uri", type: "streamable_http").members ?? []).map { ($0.name, $0.value) })
    }

    private static func command(_ server: PublishedServer) -> [String] {
        let start = ["claude", "mcp", "add", "--transport", "http", server.name, server.url]
        return server.token.map { start + ["--header", "Authorization: Bearer \($0)"] } ?? start
    }

    /// The program stands between a client that starts programs and the proxy. Its token is in the environment, since
    /// others may see a command line.
    private static func program(_ server: PublishedServer, _ program: String) -> ConfigurationNode {
        if let arguments = server.arguments {
            return .object([("command", .text(program)), ("args", .list(arguments.map { .text($0) }))])
        }
        let start = [ConfigurationNode.text("stdio"), .text(server.url)]
        guard let token = server.token else {
            return .object([("command", .text(program)), ("args", .list(start))])
        }
        let header = [ConfigurationNode.text("--header"), .text("Authorization: Bearer ${MCP_PROXY_TOKEN}")]
        return .object([
            ("command", .text(program)), ("args", .list(start + header)),
            ("env", .object([("MCP_PROXY_TOKEN", .text(token))])),
        ])
    }

    private static func remote(_ server: PublishedServer, key: String, type: String? = nil) -> ConfigurationNode {
        var members: [(String, ConfigurationNode)] = type.map { [("type", .text($0))] } ?? []
        members.append((key, .text(server.url)))
        if let token = server.token {
            members.append(("headers", .object([("Authorization", .text("Bearer \(token)"))])))
        }
        return .object(members)
    }

    /// The servers that ask for a token, those together that ask for the same one.
    private static func sharingTokens(_ servers: [PublishedServer]) -> [[PublishedServer]] {
        var groups: [[PublishedServer]] = []
        for server in servers where server.token != nil {
            let known = groups.firstIndex { server.tokenNumber != nil && $0[0].tokenNumber == server.tokenNumber }
            if let known { groups[known].append(server) } else { groups.append([server]) }
        }
        return groups
    }

    private static func inputName(of group: [PublishedServer]) -> String { "\(group[0].name)-token" }

    private static func withInputs(_ servers: [PublishedServer], asks: Bool) -> ConfigurationNode {
        let groups = asks ? sharingTokens(servers) : []
        let inputs = groups.map { group in
            ConfigurationNode.object([
                ("type", .text("promptString")), ("id", .text(inputName(of: group))),
                ("description", .text("Token of mcp-proxy for \(group.map(\.name).joined(separator: ", "))")),
                ("password", ConfigurationNode(.bool(true), at: .start)),
            ])
        }
        let asking = servers.map { server in
            guard let group = groups.first(where: { $0.contains(server) }) else { return server }
            return PublishedServer(name: server.name, url: server.url, token: "${input:\(inputName(of: group))}")
        }
        let list = ConfigurationNode.list("servers", asking) { Self.remote($0, key: "url", type: "http") }
        guard !inputs.isEmpty, let servers = list["servers"] else { return list }
        return .object([("inputs", .list(inputs)), ("servers", servers)])
    }
}

extension ClientSnippet {
    /// The text to paste.
    package var text: String {
        switch self {
        case .file(let node): JSONLayout().text(of: node)
        case .commands(let commands):
            commands.map { $0.map(Self.quoted).joined(separator: " ") }.joined(separator: "\n")
        }
    }

    /// The same for scripts, as JSON.
    package var json: ConfigurationNode {
        switch self {
        case .file(let node): node
        case .commands(let commands):
            .object([("commands", .list(commands.map { .list($0.map { .text($0) }) }))])
        }
    }

    /// The word as a shell has to find it written.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./:=@%+,".utf8.contains(byte)
            }
        }
        if isPlain, !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}

extension ConfigurationNode {
    /// An object with one member, the list of servers.
    fileprivate static func list(
        _ key: String, _ servers: [PublishedServer], entry: (PublishedServer) -> ConfigurationNode
    ) -> ConfigurationNode {
        .object([(key, .object(servers.map { ($0.name, entry($0)) }))])
    }
}
