package import MCPValues

/// Several servers that are offered together: a group (`mcpProxy.groups.<name>`), or the endpoint for all of them
/// (`mcpProxy.endpoint`).
package struct GroupSettings: Sendable, Equatable {
    /// The key, which is also the path of its routes; empty for the endpoint.
    package var name: String
    /// Whether there are routes for it. A group always has some.
    package var isEnabled = true
    /// The servers that are offered, by their keys.
    package var servers = NamePatterns.all
    /// The tools that are offered, by offered names.
    package var tools = NamePatterns.all
    /// The prompts that are offered, by offered names.
    package var prompts = NamePatterns.all
    /// The resources and templates that are offered, by their URIs.
    package var resources = NamePatterns.all
    /// Whether only tools are offered that say of themselves that they change nothing.
    package var isReadOnly = false
    /// Whether names carry the prefixes of their servers. The key is `names`.
    package var naming = NameStyle.always
    /// The longest offered name. The key is `maxNameLength`.
    package var maximumNameLength = 46
    /// What clients are told of how to use it, before what the servers say.
    package var instructions: String?
    /// What people are shown as its name; nil for that of the proxy.
    package var title: String?
    /// What is told of single tools in place of what their servers say, in the order written.
    package var overrides: [ToolOverride] = []
    /// How clients find the tools.
    package var toolDiscovery = ToolDiscovery.list
    /// The offered names of tools that are always listed.
    package var pinned: [String] = []
    /// The clients that look for tools in long lists by themselves, as they name themselves.
    package var selfSearchingClients = ["claude-code"]
    /// How long the first list waits for servers that are still starting.
    package var firstListWait = Duration.seconds(2)
    /// The only tokens that open it, never none; nil where it has none of its own, and those of its servers open it.
    package var authTokens: [Secret]?
    /// Whether requests are logged; the proxy's own where nothing else is written.
    package var logEnabled = false

    /// A group in which everything but the name has its default.
    package init(name: String = "") {
        self.name = name
    }
}

extension GroupSettings {
    /// Those of the servers that are offered: in the order of the patterns by which they are, then in their own.
    ///
    /// A server with what may be a token in its name is offered only where a pattern with a slash names it: who knows its
    /// path may use it, and nobody else is to reach it, or learn of it, without.
    ///
    /// - Parameter isForOneClient: Whether nobody but the operator is offered them.
    package func members<Server>(
        of servers: [Server], isForOneClient: Bool = false, _ settings: (Server) -> ServerSettings
    ) -> [Server] {
        let patterns = adding.map { NamePatterns([$0]) }
        let admitted = servers.filter { server in
            let server = settings(server)
            return self.servers.admits(server.name)
                && (isForOneClient || !server.hasTokenInName || names(path: server.name))
        }
        guard patterns.count > 1 else { return admitted }
        let placed = admitted.map { server in
            (place: patterns.firstIndex { $0.admits(settings(server).name) } ?? patterns.count, server: server)
        }
        return (0...patterns.count).flatMap { place in placed.filter { $0.place == place }.map(\.server) }
    }

    /// Whether names carry the prefixes of their servers, at least some of them.
    package var hasPrefixes: Bool { naming != .never }

    /// The patterns that add servers.
    private var adding: [String] { servers.texts.filter { $0.utf8.first != UInt8(ascii: "!") } }

    /// Whether a name with slashes is meant by a pattern that has one.
    private func names(path name: String) -> Bool {
        adding.contains { $0.utf8.contains(UInt8(ascii: "/")) && NamePatterns([$0]).admits(name) }
    }
}
