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
        default: self.init(path: path, client: nil)
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
        let inProject: [String]
        let ofUser: [String]
        switch client {
        case .claudeDesktop:
            inProject = []
            ofUser = applicationFolders.map { "\($0)/Claude/claude_desktop_config.json" }
        case .claudeCode:
            inProject = [".mcp.json"]
            ofUser = ["\(home)/.claude.json"]
        case .cursor:
            inProject = [".cursor/mcp.json"]
            ofUser = ["\(home)/.cursor/mcp.json"]
        case .vscode:
            inProject = [".vscode/mcp.json", ".vscode/settings.json"]
            ofUser = applicationFolders.flatMap { folder in
                ["Code", "Code - Insiders"].flatMap { name in
                    ["mcp.json", "settings.json"].map { "\(folder)/\(name)/User/\($0)" }
                }
            }
        case .windsurf:
            inProject = []
            ofUser = ["\(home)/.codeium/windsurf/mcp_config.json"]
        }
        // In the home folder, the file of the project is that of the user.
        let project = inProject.map { "\(folder)/\($0)" }.filter { !ofUser.contains($0) }
        return project.map { ClientPlace(path: $0, client: client, project: folder) }
            + ofUser.map { ClientPlace(path: $0, client: client) }
    }

    /// The folders in which macOS, Linux and Windows keep what programs remember for a user.
    private var applicationFolders: [String] {
        let linux = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.config"
        let windows = environment["APPDATA"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/AppData/Roaming"
        return ["\(home)/Library/Application Support", linux, windows]
    }
}
