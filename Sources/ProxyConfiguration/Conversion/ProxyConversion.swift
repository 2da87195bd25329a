import Addresses

/// Turns a document into settings.
enum ProxyConversion {
    /// Reads the whole document; what is wrong is reported, and the result then is of no use.
    static func settings(in document: ConfigurationNode, _ context: inout ConversionContext) -> ProxySettings {
        guard let reader = ObjectReader(document, scope: .document, path: .root, &context) else {
            return ProxySettings()
        }
        // `$schema` is for editors; only its shape is of interest.
        _ = reader.text("$schema", &context)
        // What is not in force is not checked either.
        let readsServer = reader.node("mcpProxy") == nil || readsClients(reader)
        let deprecated = readsServer ? reader.object("server", scope: .deprecatedServer, &context) : nil
        let globalTokens = deprecated.flatMap { OptionsConversion.tokens("globalAuthTokens", in: $0, &context) } ?? []
        let proxy = reader.object("mcpProxy", scope: .proxy, &context)
        var settings = settings(
            of: proxy, in: reader, deprecated: deprecated, globalTokens: globalTokens, &context)
        settings.servers = servers(in: reader, globalTokens: globalTokens, defaults: settings.options, &context)
        context.without(context.missing(within: reader.path("mcpProxy"), scope: .proxy)) { context in
            GroupConversion.read(in: proxy, into: &settings, &context)
            ClientConversion.read(in: proxy, into: &settings, &context)
        }
        ServerConversion.checkCallers(of: settings, in: reader, &context)
        noticeVersions(reader, &context)
        return settings
    }

    private static func settings(
        of proxy: ObjectReader?, in reader: ObjectReader, deprecated: ObjectReader?, globalTokens: [Secret],
        _ context: inout ConversionContext
    ) -> ProxySettings {
        if reader.node("mcpProxy") != nil {
            guard let proxy else { return ProxySettings() }
            let missing = context.reportMissing(within: reader.path("mcpProxy"), scope: .proxy)
            return context.without(missing) { context in settings(ofProxy: proxy, &context) }
        }
        if let deprecated {
            let missing = context.reportMissing(within: reader.path("server"), scope: .deprecatedServer)
            var settings = context.without(missing) { context in self.settings(ofProxy: deprecated, &context) }
            settings.options.authTokens = globalTokens
            return settings
        }
        if !["server", "mcpServers", "clients"].contains(where: { reader.node($0) != nil }),
            context.correctedKeys.isEmpty
        {
            context.error(
                "there is neither mcpProxy nor mcpServers, so this is no configuration", at: reader.position,
                reader.path("mcpServers"), write: #"Write "mcpServers": {"name": {"command": "program"}}"#)
        }
        return ProxySettings()
    }

    /// What both versions of the format have in the same words; a key that one of them does not know is never there.
    private static func settings(ofProxy proxy: ObjectReader, _ context: inout ConversionContext) -> ProxySettings {
        var settings = ProxySettings()
        ProxyKey.all.read(in: proxy, into: &settings, &context)
        ListenerTLSConversion.check(settings, in: proxy, &context)
        MetricsConversion.check(settings, in: proxy, &context)
        return settings
    }

    /// Reads `type`.
    static func advertised(in proxy: ObjectReader, _ context: inout ConversionContext) -> AdvertisedTransport {
        guard let node = proxy.node("type"), node.value != .string("") else { return .streamableHTTP }
        let aliases: [String: AdvertisedTransport] = [
            "http": .streamableHTTP, "streamable_http": .streamableHTTP, "streamableHttp": .streamableHTTP,
            "streamablehttp": .streamableHTTP,
        ]
        return proxy.choice("type", of: AdvertisedTransport.self, aliases: aliases, &context) ?? .streamableHTTP
    }

    /// Reads `icons`; nil if there are none.
    static func icons(in proxy: ObjectReader, _ context: inout ConversionContext) -> [UInt8]? {
        guard let node = proxy.node("icons") else { return nil }
        guard case .array(let icons) = node.value else {
            context.error(
                "a list of objects is expected, but this is \(node.kind)", at: node.position, proxy.path("icons"),
                write: #"Write [{"src": "https://example.com/icon.png"}]"#)
            return nil
        }
        for (index, icon) in icons.enumerated() {
            let path = proxy.path("icons").appending(index: index)
            guard icon.members != nil else {
                context.error(
                    "an object is expected, but this is \(icon.kind)", at: icon.position, path,
                    write: #"Write {"src": "https://example.com/icon.png"}"#)
                continue
            }
            if case .string(let source)? = icon["src"]?.value, !source.isEmpty { continue }
            context.error(
                "the icon has no address", at: icon["src"]?.position ?? icon.position, path.appending("src"),
                write: #"Write a text such as "https://example.com/icon.png""#)
        }
        return icons.isEmpty ? nil : node.json(at: proxy.path("icons"), &context)
    }

    /// Reads `options`.
    static func options(in proxy: ObjectReader, _ context: inout ConversionContext) -> ServerOptions {
        guard let reader = proxy.object("options", scope: .options, &context) else { return ServerOptions() }
        let options = WrittenOptions(in: reader, &context).merged(over: ServerOptions())
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
        // A value of the wrong kind was reported already, and so was a slip.
        guard reader.node("mcpServers").map({ $0.members != nil }) ?? true,
            !context.correctedKeys.contains("mcpServers")
        else { return [] }
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
            checkPlaceOfClients(reader, &context)
            context.notice(notice("clients", "mcpServers", isRead: readsClients))
        }
    }

    /// Refuses clients with names that stand beside `mcpProxy`: taken for those of version 1, everything would be open that
    /// they were to close.
    private static func checkPlaceOfClients(_ reader: ObjectReader, _ context: inout ConversionContext) {
        let named = reader.node("clients")?.members?.first { client in
            ["tokens", "tokensFile", "certificates", "servers", "match", "management"].contains {
                client.value[$0] != nil
            }
        }
        guard let named else { return }
        context.error(
            "clients with names stand under mcpProxy; here they close nothing", at: named.position,
            reader.path("clients"),
            write: #"Move them: "mcpProxy": {"clients": {…}}"#)
    }

    private static func notice(_ old: String, _ new: String, isRead: Bool) -> String {
        isRead
            ? "\"\(old)\" is of version 1 of the format. It was read as \"\(new)\"; move to version 2 by writing that."
            : "\"\(old)\" is of version 1 of the format and was not read, because \"\(new)\" is there as well. Remove it."
    }
}

/// Reads `mcpProxy.limits`.
enum LimitsConversion {
    /// Fills the limits in; keys left out keep their defaults.
    static func limits(in proxy: ObjectReader, _ context: inout ConversionContext) -> Limits {
        var limits = Limits()
        let reader = proxy.object("limits", scope: .limits, &context)
        if let reader {
            for (lower, upper, usual) in [
                ("callTimeout", "maxCallTime", limits.maxCallTime),
                ("restartBackoffMinimum", "restartBackoffMaximum", limits.restartBackoffMaximum),
                ("sessionIdleTimeout", "sessionLifetime", limits.sessionLifetime),
            ] where reader.node(upper) == nil { context.longestTimes[lower] = usual }
            LimitKey.all.read(in: reader, into: &limits, &context)
            context.longestTimes = [:]
        }
        readGracePeriod(in: proxy, limits: reader, into: &limits, &context)
        if let reader { checkPairs(limits, reader, &context) }
        return limits
    }

    /// The grace period may also stand directly under `mcpProxy`.
    private static func readGracePeriod(
        in proxy: ObjectReader, limits reader: ObjectReader?, into limits: inout Limits,
        _ context: inout ConversionContext
    ) {
        let row = LimitKey.gracePeriod
        guard let node = proxy.node(row.name) else { return }
        let change = row.read(proxy, &context)
        if reader?.node(row.name) != nil {
            context.warn(
                "the key has no effect, because limits.\(row.name) is there as well", at: node.position,
                proxy.path(row.name), write: "Remove one of the two")
        } else {
            change?(&limits)
        }
    }

    /// Limits of which one makes no sense above the other.
    private static func checkPairs(_ limits: Limits, _ reader: ObjectReader, _ context: inout ConversionContext) {
        let times: [(String, Duration, String, Duration)] = [
            ("callTimeout", limits.callTimeout, "maxCallTime", limits.maxCallTime),
            (
                "restartBackoffMinimum", limits.restartBackoffMinimum, "restartBackoffMaximum",
                limits.restartBackoffMaximum
            ),
            ("sessionIdleTimeout", limits.sessionIdleTimeout, "sessionLifetime", limits.sessionLifetime),
        ]
        for (lower, lowerValue, upper, upperValue) in times where lowerValue > upperValue {
            report(lower, DurationText.format(lowerValue), upper, DurationText.format(upperValue), reader, &context)
        }
        if limits.maxHeaderFieldBytes > limits.maxHeaderBytes {
            report(
                "maxHeaderFieldBytes", ByteSizeText.format(limits.maxHeaderFieldBytes), "maxHeaderBytes",
                ByteSizeText.format(limits.maxHeaderBytes), reader, &context)
        }
    }

    private static func report(
        _ lower: String, _ lowerText: String, _ upper: String, _ upperText: String, _ reader: ObjectReader,
        _ context: inout ConversionContext
    ) {
        let written = reader.node(lower) != nil ? lower : upper
        context.error(
            "\(lower) (\(lowerText)) must not be larger than \(upper) (\(upperText))",
            at: reader.node(written)?.position ?? reader.position, reader.path(written),
            write: "Write both, \(lower) as the smaller one")
    }
}

/// Reads `mcpProxy.management`.
enum ManagementConversion {
    /// An empty list would read as "no token is asked for", which is not to be had here.
    static func tokens(in reader: ObjectReader, _ context: inout ConversionContext) -> [Secret]? {
        guard let tokens = OptionsConversion.tokens("authTokens", in: reader, &context) else { return nil }
        if let node = reader.node("authTokens"), node.value == .array([]) {
            context.error(
                "the list is empty; the management interface is never open because of it", at: node.position,
                reader.path("authTokens"),
                write: "Write a token, or leave the key out, so that the tokens of mcpProxy.options count")
        }
        return tokens
    }

    /// Reads `allowAddresses`.
    static func addresses(in reader: ObjectReader, _ context: inout ConversionContext) -> [AddressNetwork] {
        var addresses: [AddressNetwork] = []
        for (index, entry) in (reader.texts("allowAddresses", &context) ?? []).enumerated() {
            do throws(AddressNetworkError) {
                addresses.append(try AddressNetwork(entry.text))
            } catch {
                let path = reader.path("allowAddresses").appending(index: index)
                let shown = ConversionContext.quotedAddress(entry.node).map { "\($0): " } ?? ""
                context.error(
                    "\(shown)\(error.problem)", at: entry.node.position, path, write: error.remedy)
            }
        }
        return addresses
    }

    /// Reads `templates`.
    static func templates(
        in reader: ObjectReader, _ context: inout ConversionContext
    ) -> [String: CommandTemplate] {
        var templates: [String: CommandTemplate] = [:]
        for (member, path) in reader.members("templates", &context) {
            if !ServerName.isPlain(member.name) {
                context.error(
                    "the name of the template is not of letters, digits, . _ - only, or too long", at: member.position,
                    path, write: #"Write a name such as "git", of at most 63 characters"#)
            }
            if let template = TemplateConversion.template(member.value, at: path, &context) {
                templates[member.name] = template
            }
        }
        return templates
    }
}
