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
        for project in projects(in: document, of: place, folder: folder) {
            let disabled = texts(project.value["disabledMcpServers"]) + texts(project.value["disabledMcpjsonServers"])
            try append(
                "mcpServers", of: project.value, place: place, project: project.name, disabled: disabled, to: &found)
        }
        try append("mcpServers", of: document, place: place, project: place.project, to: &found)
        if place.client == nil || place.client == .vscode {
            try append("servers", of: document, place: place, project: place.project, to: &found)
            if let settings = document["mcp"] {
                try append("servers", of: settings, place: place, project: place.project, to: &found)
            }
        }
        return found
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
        guard let list = node[key], list.value != .null else { return }
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
