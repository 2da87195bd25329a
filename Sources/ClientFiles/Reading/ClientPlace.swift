/// A file that may name servers.
package struct ClientPlace: Sendable, Equatable {
    package var path: String
    /// Whose file it is; nil for a plain file, whose dollar signs mean what they mean to the proxy.
    package var client: Client?
    /// The folder of the project that the file belongs to, if it belongs to one.
    package var project: String?

    /// A file of a client, or a plain one.
    package init(path: String, client: Client?, project: String? = nil) {
        self.path = path
        self.client = client
        self.project = project
    }

    /// A file that somebody names, read as what its name says it is.
    package init(named path: String, folder: String) {
        let absolute = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        let parts = absolute.split(separator: "/")
        let parent = parts.dropLast().last.map(String.init) ?? ""
        let above = "/" + parts.dropLast(2).joined(separator: "/")
        switch parts.last.map(String.init) ?? "" {
        case "claude_desktop_config.json": self.init(path: path, client: .claudeDesktop)
        case ".claude.json": self.init(path: path, client: .claudeCode)
        case ".mcp.json":
            self.init(path: path, client: .claudeCode, project: "/" + parts.dropLast().joined(separator: "/"))
        case "mcp_config.json": self.init(path: path, client: .windsurf)
        case "mcp.json" where parent == ".cursor": self.init(path: path, client: .cursor, project: above)
        case "mcp.json" where parent == ".vscode", "settings.json" where parent == ".vscode":
            self.init(path: path, client: .vscode, project: above)
        case "mcp.json" where parent == "User", "settings.json" where parent == "User":
            self.init(path: path, client: .vscode)
        default: self.init(path: path, client: Self.client(of: parts.last.map(String.init) ?? "", in: parent))
        }
    }

    /// Whose file it is by a name that no other program's file has.
    private static func client(of name: String, in folder: String) -> Client? {
        switch (name, folder) {
        case ("settings.json", ".gemini"): .gemini
        case ("config.toml", ".codex"): .codex
        case ("cline_mcp_settings.json", _): .cline
        case ("mcp_settings.json", _), ("mcp.json", ".roo"): .roo
        case ("settings.json", "zed"), ("settings.json", ".zed"): .zed
        case ("config.yaml", "goose"): .goose
        case ("opencode.json", _), ("opencode.jsonc", _): .opencode
        case ("mcp.json", "mcp"), ("mcp.json", "intellij"): .jetbrains
        case ("mcp.json", ".lmstudio"): .lmStudio
        case ("librechat.yaml", _): .libreChat
        default: nil
        }
    }
}

/// Where the clients keep their files.
package struct ClientPlaces: Sendable {
    package var home: String
    /// The folder in which the command was given.
    package var folder: String
    package var environment: [String: String]

    /// The places as seen by one user in one folder.
    package init(home: String, folder: String, environment: [String: String]) {
        self.home = home
        self.folder = folder
        self.environment = environment
    }

    /// All files that a client may have, the nearest first: where a name is taken twice, the first one counts.
    ///
    /// The places of every system are looked at, since a home folder may be shared between systems.
    package func all(of client: Client) -> [ClientPlace] {
        let (inProject, ofUser) = files(of: client)
        // In the home folder, the file of the project is that of the user.
        let project = inProject.map { "\(folder)/\($0)" }.filter { !ofUser.contains($0) }
        return project.map { ClientPlace(path: $0, client: client, project: folder) }
            + ofUser.map { ClientPlace(path: $0, client: client) }
    }

    private func files(of client: Client) -> (inProject: [String], ofUser: [String]) {
        switch client {
        case .claudeDesktop: ([], applicationFolders.map { "\($0)/Claude/claude_desktop_config.json" })
        case .claudeCode: ([".mcp.json"], ["\(home)/.claude.json"])
        case .cursor: ([".cursor/mcp.json"], ["\(home)/.cursor/mcp.json"])
        case .vscode:
            (
                [".vscode/mcp.json", ".vscode/settings.json"],
                editorFolders.flatMap { folder in ["mcp.json", "settings.json"].map { "\(folder)/\($0)" } }
            )
        case .windsurf: ([], ["\(home)/.codeium/windsurf/mcp_config.json"])
        case .gemini: ([".gemini/settings.json"], ["\(home)/.gemini/settings.json"])
        case .codex: ([".codex/config.toml"], ["\(environment["CODEX_HOME"] ?? "\(home)/.codex")/config.toml"])
        case .cline:
            ([], editorFolders.map { "\($0)/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json" })
        case .roo:
            (
                [".roo/mcp.json"],
                editorFolders.map { "\($0)/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json" }
            )
        case .zed: ([".zed/settings.json"], ["\(configFolder)/zed/settings.json"])
        case .goose: ([], ["\(configFolder)/goose/config.yaml"])
        case .opencode:
            (
                ["opencode.json", "opencode.jsonc"],
                ["opencode.json", "opencode.jsonc"].map { "\(configFolder)/opencode/\($0)" }
            )
        case .jetbrains:
            (
                [".junie/mcp/mcp.json"],
                ["\(home)/.junie/mcp/mcp.json", "\(configFolder)/github-copilot/intellij/mcp.json"]
            )
        case .lmStudio: ([], ["\(home)/.lmstudio/mcp.json"])
        case .libreChat: (["librechat.yaml"], [])
        }
    }

    /// Where VS Code keeps what is of its user.
    private var editorFolders: [String] {
        applicationFolders.flatMap { folder in ["Code", "Code - Insiders"].map { "\(folder)/\($0)/User" } }
    }

    private var configFolder: String {
        environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.config"
    }

    /// The folders in which macOS, Linux and Windows keep what programs remember for a user.
    private var applicationFolders: [String] {
        let windows = environment["APPDATA"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/AppData/Roaming"
        return ["\(home)/Library/Application Support", configFolder, windows]
    }
}
