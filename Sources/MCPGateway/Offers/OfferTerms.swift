package import MCPValues
package import NIOCore

/// Says how several servers are offered together: what of them is shown, and how it is spelt.
package struct OfferTerms: Sendable, Equatable {
    /// Says how the proxy introduces itself.
    package struct Identity: Sendable, Equatable {
        package var name = "mcp-proxy"
        package var version = "1.0.0"
        package var title: String?
        /// An array of icons, as JSON.
        package var icons: ByteBuffer?

        package init() {}
    }

    package var naming = NameStyle.always
    /// Of a name with a prefix, in characters.
    package var maximumNameLength = 46
    /// By the names under which they would be offered without overrides.
    package var tools = NamePatterns.all
    package var prompts = NamePatterns.all
    package var resources = NamePatterns.all
    /// Whether only those tools are shown that say of themselves that they change nothing.
    package var isReadOnly = false
    package var overrides: [ToolOverride] = []
    /// How clients find tools.
    package var discovery = ToolDiscovery.list
    /// The tools that are listed in any case, by offered name.
    package var pinned: [String] = []
    /// The clients that look for tools in long lists by themselves, as they name themselves.
    package var selfSearchingClients: [String] = []
    /// What is said before what the servers say of how they are used.
    package var instructions: String?
    package var identity = Identity()
    /// How long the first lists wait for servers that are starting, all together.
    package var firstListWait = Duration.seconds(2)

    package init() {}
}
