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

/// Reads the servers of version 1 of the format (`clients`).
///
/// It differs from the Go program in what that program loses on the way: a client keeps its `panicIfInvalid`,
/// `logEnabled` and its transport, and one that cannot be used is reported instead of left out.
enum DeprecatedConversion {
    /// Reads one client; nil if it cannot be used, which is reported.
    ///
    /// The global tokens open every client besides its own, as the Go program has it.
    static func client(
        named name: String, _ node: ConfigurationNode, at path: ConfigurationPath, globalTokens: [Secret],
        defaults: ServerOptions, _ context: inout ConversionContext
    ) -> ServerSettings? {
        guard let reader = ObjectReader(node, scope: .deprecatedClient, path: path, &context) else { return nil }
        let missing = context.missing(within: path, scope: .deprecatedClient)
        return context.without(missing) { context in
            client(
                named: name, in: reader, missing: missing, globalTokens: globalTokens, defaults: defaults, &context)
        }
    }

    private static func client(
        named name: String, in reader: ObjectReader, missing: [MissingVariable], globalTokens: [Secret],
        defaults: ServerOptions, _ context: inout ConversionContext
    ) -> ServerSettings? {
        var declared = DeclaredTransport.read("type", in: reader, &context)
        declared?.isBinding = true
        if reader.node("type") == nil {
            context.error(
                "the client has no type", at: reader.position, reader.path("type"),
                write: #"Write "stdio", "sse" or "streamable-http""#)
        }
        let written = WrittenOptions(in: reader, &context)
        var options = written.merged(over: defaults)
        let tokens = (written.authTokens ?? []) + globalTokens
        options.authTokens = tokens.isEmpty ? defaults.authTokens : tokens.uniqued
        let config = config(in: reader, &context)
        let transport = config.flatMap { config in
            declared.flatMap { TransportConversion.transport(in: config, declared: $0, &context) }
        }
        guard let transport = transport ?? (missing.isEmpty ? nil : .unknown) else { return nil }
        var settings = ServerSettings(name: name, transport: transport, options: options)
        settings.lack(missing, &context)
        return settings
    }

    private static func config(in reader: ObjectReader, _ context: inout ConversionContext) -> ObjectReader? {
        guard reader.node("config") != nil else {
            context.error(
                "the client has no config", at: reader.position, reader.path("config"),
                write: #"Write {"command": "npx"} or {"url": "https://example.com/sse"}"#)
            return nil
        }
        return reader.object("config", scope: .deprecatedClientConfig, &context)
    }
}

extension [Secret] {
    /// The elements, each once.
    fileprivate var uniqued: [Secret] {
        var seen: Set<Secret> = []
        return filter { seen.insert($0).inserted }
    }
}
