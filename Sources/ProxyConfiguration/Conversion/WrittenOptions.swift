import MCPValues

/// Options as written: what is nil was left out.
struct WrittenOptions: Equatable {
    var panicIfInvalid: Bool?
    var logEnabled: Bool?
    var authTokens: [Secret]?
    var toolFilter: ToolFilter?
    var disabled: Bool?

    /// The options in force: what is written here stands in place of the defaults, member by member.
    ///
    /// An empty list of tokens is written, not left out: such a server asks for no token, as in the Go program.
    func merged(over defaults: ServerOptions) -> ServerOptions {
        ServerOptions(
            panicIfInvalid: panicIfInvalid ?? defaults.panicIfInvalid,
            logEnabled: logEnabled ?? defaults.logEnabled,
            authTokens: authTokens ?? defaults.authTokens,
            toolFilter: toolFilter ?? defaults.toolFilter,
            disabled: disabled ?? defaults.disabled
        )
    }
}
