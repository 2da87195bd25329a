package import MCPValues

/// A client that the operator has named, and what it may do (`mcpProxy.clients.<name>`).
package struct ClientSettings: Sendable, Equatable {
    package var name: String
    /// What opens the proxy to it, those of the file among them, each once.
    package var tokens: [Secret]
    /// A file with more of them, one a line, which was read when the configuration was.
    package var tokensFile: String?
    package var rights: Rights

    package init(name: String = "", tokens: [Secret] = [], tokensFile: String? = nil, rights: Rights = .none) {
        self.name = name
        self.tokens = tokens
        self.tokensFile = tokensFile
        self.rights = rights
    }

    /// Its place in the configuration.
    package var keyPath: String { ConfigurationPath("mcpProxy").appending("clients").appending(name).description }
}
