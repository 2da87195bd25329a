/// The keys of version 1 of the format.
enum DeprecatedKey {
    /// The keys of what `mcpProxy` is now.
    static let server =
        ProxyKey.known.filter { ["baseURL", "addr", "name", "version"].contains($0.name) } + [
            KnownKey(
                "globalAuthTokens", .texts, default: .array([]),
                "Bearer tokens that open every client, besides its own.",
                hints: #""examples": [["${MCP_PROXY_TOKEN}"]]"#)
        ]

    /// The keys of what is under `mcpServers` now.
    static let client =
        [
            KnownKey("type", .words(DeclaredTransport.Kind.self), "How the server is reached."),
            KnownKey("config", .object(.deprecatedClientConfig), "How the server is reached, in detail."),
        ] + OptionKey.all.map(\.known).filter { ["panicIfInvalid", "logEnabled"].contains($0.name) } + [
            KnownKey(
                "authTokens", .texts, default: .array([]),
                "Bearer tokens that open the server's routes, besides the global ones.",
                hints: #""examples": [["${MCP_PROXY_TOKEN}"]]"#)
        ]

    /// The keys of how such a server is reached.
    static let clientConfig = [
        KnownKey("command", .text, "The program to run, for stdio."),
        KnownKey("args", .texts, default: .array([]), "The arguments of the program."),
        KnownKey("env", .textMap, default: .object([]), "Environment variables of the program."),
        KnownKey("url", .text, "The address of a remote server, for sse and streamable-http."),
        KnownKey("headers", .textMap, default: .object([]), "Headers to send to a remote server."),
        KnownKey(
            "timeout", .duration(.zero...(.seconds(24 * 60 * 60))), "How long a remote server may take to answer."),
    ]
}
