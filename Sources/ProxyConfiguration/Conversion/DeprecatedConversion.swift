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
