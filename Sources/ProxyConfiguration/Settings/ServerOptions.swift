package import MCPValues

/// The options that `mcpProxy.options` sets for all servers and `mcpServers.<name>.options` for one.
package struct ServerOptions: Sendable, Equatable {
    /// Whether the program ends when the server cannot be reached at start.
    package var panicIfInvalid: Bool
    /// Whether requests to the server are logged.
    package var logEnabled: Bool
    /// The bearer tokens that open the server's routes, without the word `Bearer`; empty means none is asked for.
    package var authTokens: [Secret]
    /// Which tools clients see, or nil for all of them.
    package var toolFilter: ToolFilter?
    /// Whether the server is left out.
    package var disabled: Bool

    /// Options in which everything not named has its default.
    package init(
        panicIfInvalid: Bool = false,
        logEnabled: Bool = false,
        authTokens: [Secret] = [],
        toolFilter: ToolFilter? = nil,
        disabled: Bool = false
    ) {
        self.panicIfInvalid = panicIfInvalid
        self.logEnabled = logEnabled
        self.authTokens = authTokens
        self.toolFilter = toolFilter
        self.disabled = disabled
    }
}
