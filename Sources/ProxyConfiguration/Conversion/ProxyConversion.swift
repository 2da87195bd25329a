/// Turns a document into settings.
enum ProxyConversion {
    /// Reads the whole document; what is wrong is reported, and the result then is of no use.
    static func settings(in document: ConfigurationNode, _ context: inout ConversionContext) -> ProxySettings {
        guard let reader = ObjectReader(document, scope: .document, path: .root, &context) else {
            return ProxySettings()
        }
        checkSpelling(of: "mcpProxy", in: document, reader, &context)
        // `$schema` is for editors; only its shape is of interest.
        _ = reader.text("$schema", &context)
        // What is not in force is not checked either.
        let readsServer = reader.node("mcpProxy") == nil || readsClients(reader)
        let deprecated = readsServer ? reader.object("server", scope: .deprecatedServer, &context) : nil
        let globalTokens = deprecated.flatMap { OptionsConversion.tokens("globalAuthTokens", in: $0, &context) } ?? []
        var settings = proxy(in: reader, deprecated: deprecated, globalTokens: globalTokens, &context)
        settings.servers = servers(in: reader, globalTokens: globalTokens, defaults: settings.options, &context)
        noticeVersions(reader, &context)
        return settings
    }

    /// Reports a key that was meant to be this one: what stands there, such as tokens, must not go unread.
    private static func checkSpelling(
        of key: String, in document: ConfigurationNode, _ reader: ObjectReader, _ context: inout ConversionContext
    ) {
        guard reader.node(key) == nil else { return }
        for member in document.members ?? [] where KeyScope.document.key(ignoringCaseOf: member.name) == nil {
            let plain = member.name.filter { $0 != "-" && $0 != "_" }
            guard nearestKey(to: plain, in: [key]) != nil else { continue }
            context.error(
                "the key is not known", at: member.position, reader.path.appending(member.written),
                write: "Did you mean \"\(key)\"?")
        }
    }

    private static func proxy(
        in reader: ObjectReader, deprecated: ObjectReader?, globalTokens: [Secret], _ context: inout ConversionContext
    ) -> ProxySettings {
        if reader.node("mcpProxy") != nil {
            guard let proxy = reader.object("mcpProxy", scope: .proxy, &context) else { return ProxySettings() }
            let missing = context.reportMissing(within: reader.path("mcpProxy"), scope: .proxy)
            return context.without(missing) { context in settings(ofProxy: proxy, &context) }
        }
        if let deprecated {
            let missing = context.reportMissing(within: reader.path("server"), scope: .deprecatedServer)
            var settings = context.without(missing) { context in identity(in: deprecated, &context) }
            settings.options.authTokens = globalTokens
            return settings
        }
        if !["server", "mcpServers", "clients"].contains(where: { reader.node($0) != nil }) {
            context.error(
                "there is neither mcpProxy nor mcpServers, so this is no configuration", at: reader.position,
                reader.path("mcpServers"), write: #"Write "mcpServers": {"name": {"command": "program"}}"#)
        }
        return ProxySettings()
    }

    private static func settings(ofProxy proxy: ObjectReader, _ context: inout ConversionContext) -> ProxySettings {
        var settings = identity(in: proxy, &context)
        settings.advertised = advertised(in: proxy, &context)
        settings.options = options(in: proxy, &context)
        settings.limits = LimitsConversion.limits(in: proxy, &context)
        settings.management = ManagementConversion.management(in: proxy, &context)
        settings.trustedCAFile = EgressConversion.file(in: proxy, &context)
        settings.allowedHosts = AddressConversion.hosts(in: proxy, &context)
        settings.allowedOrigins = AddressConversion.origins(in: proxy, &context)
        return settings
    }

    /// What both versions of the format have in the same words.
    private static func identity(in reader: ObjectReader, _ context: inout ConversionContext) -> ProxySettings {
        var settings = ProxySettings()
        settings.baseURL = AddressConversion.baseURL(in: reader, &context)
        settings.address = AddressConversion.address(in: reader, &context)
        settings.name = reader.nonEmptyText("name", &context) ?? settings.name
        settings.version = reader.nonEmptyText("version", &context) ?? settings.version
        return settings
    }

    private static func advertised(in proxy: ObjectReader, _ context: inout ConversionContext) -> AdvertisedTransport {
        guard let node = proxy.node("type"), node.value != .string("") else { return .streamableHTTP }
        let aliases: [String: AdvertisedTransport] = [
            "http": .streamableHTTP, "streamable_http": .streamableHTTP, "streamableHttp": .streamableHTTP,
            "streamablehttp": .streamableHTTP,
        ]
        return proxy.choice("type", of: AdvertisedTransport.self, aliases: aliases, &context) ?? .streamableHTTP
    }

    private static func options(in proxy: ObjectReader, _ context: inout ConversionContext) -> ServerOptions {
        guard let reader = proxy.object("options", scope: .options, &context) else { return ServerOptions() }
        let options = OptionsConversion.options(in: reader, &context).merged(over: ServerOptions())
        if options.disabled {
            context.warn(
                "every server that does not say otherwise is left out; the Go program ignores the key here",
                at: reader.node("disabled")?.position, reader.path("disabled"),
                write: "Write it under the options of single servers")
        }
        return options
    }

    private static func servers(
        in reader: ObjectReader, globalTokens: [Secret], defaults: ServerOptions, _ context: inout ConversionContext
    ) -> [ServerSettings] {
        let current = reader.members("mcpServers", &context)
        let deprecated = reader.members("clients", &context)
        if !current.isEmpty {
            return ServerConversion.servers(in: current, &context) { name, node, path, context in
                ServerConversion.server(named: name, node, at: path, defaults: defaults, &context)
            }
        }
        if !deprecated.isEmpty {
            return ServerConversion.servers(in: deprecated, &context) { name, node, path, context in
                DeprecatedConversion.client(
                    named: name, node, at: path, globalTokens: globalTokens, defaults: defaults, &context)
            }
        }
        context.warn(
            "there are no servers", at: reader.node("mcpServers")?.position ?? reader.position,
            reader.path("mcpServers"),
            write: #"Write "mcpServers": {"fetch": {"command": "uvx", "args": ["mcp-server-fetch"]}}"#)
        return []
    }

    /// Whether `clients` stand for the servers: an empty `mcpServers` leaves room for them, as in the Go program.
    private static func readsClients(_ reader: ObjectReader) -> Bool {
        reader.node("clients") != nil && reader.node("mcpServers").map { $0.members?.isEmpty == true } ?? true
    }

    private static func noticeVersions(_ reader: ObjectReader, _ context: inout ConversionContext) {
        let readsClients = readsClients(reader)
        if reader.node("server") != nil {
            context.notice(notice("server", "mcpProxy", isRead: reader.node("mcpProxy") == nil))
            if readsClients, reader.node("mcpProxy") != nil {
                context.notice("The globalAuthTokens of \"server\" still open the servers under \"clients\".")
            }
        }
        if reader.node("clients") != nil {
            context.notice(notice("clients", "mcpServers", isRead: readsClients))
        }
    }

    private static func notice(_ old: String, _ new: String, isRead: Bool) -> String {
        isRead
            ? "\"\(old)\" is of version 1 of the format. It was read as \"\(new)\"; move to version 2 by writing that."
            : "\"\(old)\" is of version 1 of the format and was not read, because \"\(new)\" is there as well. Remove it."
    }
}
