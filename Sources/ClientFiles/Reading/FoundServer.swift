package import ProxyConfiguration

/// A server as a client's file has it.
package struct FoundServer: Sendable, Equatable {
    package var name: String
    package var entry: ConfigurationNode
    /// Where the name stands.
    package var position: SourcePosition
    /// The file.
    package var place: ClientPlace
    /// The folder of the project in which the client uses the server; nil for everywhere.
    package var project: String?
    /// Whether the client has been told not to use it.
    package var isDisabled = false
}

extension Client {
    /// The client of a file that is told by what stands in it; nil where dollar signs may be the proxy's.
    fileprivate init?(_ program: ForeignFile.Program) {
        switch program {
        case .zed: self = .zed
        case .goose: self = .goose
        case .codex: self = .codex
        case .opencode: self = .opencode
        case .claudeCode: self = .claudeCode
        case .vscode, .amp: return nil
        }
    }
}

/// Finds the servers in the tree of a client's file.
package enum ClientFile {
    /// The servers in the order written.
    ///
    /// - Parameter folder: The servers of this project come before those of others.
    /// - Throws: ``ConfigurationError`` where the lists have the wrong shape.
    package static func servers(
        in document: ConfigurationNode, of place: ClientPlace, folder: String
    ) throws(ConfigurationError) -> [FoundServer] {
        guard document.members != nil else { throw wrongShape(document, key: "", place) }
        var found: [FoundServer] = []
        var place = place
        let file = place.client == nil ? ForeignFile(document) : nil
        if let client = file.flatMap({ Client($0.program) }) { place.client = client }
        for project in projects(in: document, of: place, folder: folder) {
            let disabled = texts(project.value["disabledMcpServers"]) + texts(project.value["disabledMcpjsonServers"])
            try append(
                "mcpServers", of: project.value, place: place, project: project.name, disabled: disabled, to: &found)
        }
        for keys in lists(of: place.client) + (file?.program == .amp ? [file?.keys ?? []] : []) {
            guard let inner = keys.dropLast().reduce(Optional(document), { $0?[$1] }), let key = keys.last else {
                continue
            }
            try append(key, of: inner, place: place, project: place.project, to: &found)
        }
        if found.isEmpty, place.client == nil, OtherPrograms.isServerList(document) {
            try append("all", of: .object([("all", document)]), place: place, project: nil, to: &found)
        }
        let use = ForeignUse(document)
        for index in found.indices where use.reason(against: found[index].name) != nil {
            found[index].isDisabled = true
        }
        return found
    }

    /// The ways to the servers that a client's file may have.
    private static func lists(of client: Client?) -> [[String]] {
        switch client {
        case nil, .vscode: [["mcpServers"], ["servers"], ["mcp", "servers"]]
        case .jetbrains: [["mcpServers"], ["servers"]]
        case .zed: [["context_servers"]]
        case .codex: [["mcp_servers"]]
        case .goose: [["extensions"]]
        case .opencode: [["mcp"]]
        case .claudeDesktop, .claudeCode, .cursor, .windsurf, .gemini, .cline, .roo, .lmStudio, .libreChat:
            [["mcpServers"]]
        }
    }

    /// The projects of Claude Code's own file, that of the folder first.
    private static func projects(
        in document: ConfigurationNode, of place: ClientPlace, folder: String
    ) -> [ConfigurationNode.Member] {
        guard place.client == .claudeCode, let projects = document["projects"]?.members else { return [] }
        return projects.filter { $0.name == folder } + projects.filter { $0.name != folder }
    }

    private static func append(
        _ key: String, of node: ConfigurationNode, place: ClientPlace, project: String?, disabled: [String] = [],
        to found: inout [FoundServer]
    ) throws(ConfigurationError) {
        guard let list = node[key].map({ OtherPrograms.object(ofList: $0) ?? $0 }), list.value != .null else { return }
        guard let members = list.members else { throw wrongShape(list, key: key, place) }
        for member in members {
            found.append(
                FoundServer(
                    name: member.name, entry: member.value, position: member.position, place: place, project: project,
                    isDisabled: disabled.contains(member.name)))
        }
    }

    private static func texts(_ node: ConfigurationNode?) -> [String] {
        guard case .array(let elements) = node?.value else { return [] }
        return elements.compactMap { element in
            if case .string(let text) = element.value { text } else { nil }
        }
    }

    private static func wrongShape(
        _ node: ConfigurationNode, key: String, _ place: ClientPlace
    ) -> ConfigurationError {
        let problem = ConfigurationProblem(
            severity: .error, source: place.path, keyPath: key, position: node.position,
            message: "an object is expected here, not \(node.kind)",
            suggestion: #"Write {"mcpServers": {"name": {"command": "program"}}}"#)
        return ConfigurationError(code: .invalid, problems: [problem])
    }
}
