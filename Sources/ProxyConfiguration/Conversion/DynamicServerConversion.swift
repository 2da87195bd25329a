/// Reads a server that a client of the API describes. What the file tolerates is an error here.
enum DynamicServerConversion {
    /// The most arguments.
    static let maximumArguments = 128
    /// The most environment variables, and the most headers.
    static let maximumFields = 64
    /// The longest that a server may take to start: whoever adds it holds a place until then.
    static let maximumStartTimeout = Duration.seconds(10 * 60)

    /// Reads one server; nil if it cannot be used, which is reported.
    static func server(
        named name: String, _ document: ConfigurationNode, proxy: ProxySettings, _ context: inout ConversionContext
    ) -> LoadedServer? {
        if document["template"] != nil {
            return templateServer(named: name, document, proxy: proxy, &context)
        }
        checkNumbers(document, &context)
        checkOptions(document, proxy: proxy, &context)
        checkEgress(document, &context)
        checkAuthorization(document, &context)
        context.longestTimes = [
            "startTimeout": maximumStartTimeout, "callTimeout": proxy.limits.maxCallTime,
            "timeout": proxy.limits.maxCallTime,
        ]
        var settings = ServerConversion.server(
            named: name, document, at: .root, defaults: proxy.options, &context)
        settings?.options.panicIfInvalid = false
        if let settings {
            AuthorizationConversion.check(
                settings, at: document["auth"]?.position, ConfigurationPath("auth"), proxy, &context)
        }
        if let settings { checkTimes(settings, document, proxy.limits, &context) }
        return settings.map { LoadedServer(settings: $0) }
    }

    private static func templateServer(
        named name: String, _ document: ConfigurationNode, proxy: ProxySettings, _ context: inout ConversionContext
    ) -> LoadedServer? {
        guard let reader = ObjectReader(document, scope: .templateServer, path: .root, &context) else { return nil }
        checkOptions(document, proxy: proxy, &context)
        let written = reader.object("options", scope: .options, &context).map {
            WrittenOptions(in: $0, &context)
        }
        var options = (written ?? WrittenOptions()).merged(over: proxy.options)
        options.panicIfInvalid = false
        let members = reader.members("parameters", &context).map(\.member)
        if reader.node("template") == nil {
            context.error(
                "a name is expected, but this is null", at: reader.position, reader.path("template"),
                write: "Write the name of a template, or remove the key")
        }
        guard let chosen = reader.text("template", &context) else { return nil }
        let templates = proxy.management.templates
        guard let template = templates[chosen] else {
            let near = nearestKey(to: chosen, in: templates.keys.sorted()).map { "Did you mean \"\($0)\"? " } ?? ""
            context.error(
                "there is no such template", at: reader.node("template")?.position, reader.path("template"),
                write: "\(near)Templates are described under mcpProxy.management.templates")
            return nil
        }
        let transport = template.expand(
            members, at: reader.path("parameters"), reader.node("parameters")?.position ?? reader.position, &context)
        let settings = ServerSettings(name: name, transport: transport, options: options)
        return LoadedServer(settings: settings, template: chosen)
    }

    /// Reports a name that a server added over the API cannot have.
    static func checkName(
        _ name: String, existing: [String], groups: [String], _ context: inout ConversionContext
    ) {
        let path = ConfigurationPath("name")
        if let fault = ServerName.dynamicFault(name) {
            context.error(
                fault, at: nil, path, write: #"Write a name such as "fetch", of at most 63 letters, digits, . _ and -"#)
        } else if existing.contains(name) {
            context.error("there is a server of this name already", at: nil, path, write: "Choose another name")
        } else if groups.contains(name) {
            context.error("there is a group of this name already", at: nil, path, write: "Choose another name")
        } else {
            ServerConversion.checkName(name, others: existing, at: nil, path, &context)
        }
    }

    /// Reports what only the operator may say of how a server is reached.
    private static func checkEgress(_ document: ConfigurationNode, _ context: inout ConversionContext) {
        for key in EgressConversion.keys { refuse(document[key], ConfigurationPath(key), &context) }
        // Whoever adds a server would otherwise have the headers of all who call it, wherever it is.
        refuse(document["headersFromClient"], ConfigurationPath("headersFromClient"), &context)
    }

    private static func refuse(
        _ node: ConfigurationNode?, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) {
        guard let node else { return }
        context.error(
            "the key is for the servers of the operator's own configuration only", at: node.position, path,
            write: "Remove it")
    }

    /// Reports what only the operator may say of how a token is come by: files of the proxy's machine, and where the
    /// tokens of callers are sent.
    private static func checkAuthorization(_ document: ConfigurationNode, _ context: inout ConversionContext) {
        guard let auth = document["auth"] else { return }
        let path = ConfigurationPath("auth")
        refuse(auth["privateKeyFile"], path.appending("privateKeyFile"), &context)
        if let type = auth["type"], case .string(let word) = type.value,
            [AuthorizationKey.Method.tokenExchange, .enterpriseManaged].map(\.rawValue).contains(word)
        {
            context.error(
                "\"\(word)\" shows others who the callers are, and is for the servers of the operator's own configuration only",
                at: type.position, path.appending("type"), write: #"Write "oauth" or "clientCredentials""#)
        }
        for key in ["clientID", "clientSecret", "issuer"] {
            guard let node = auth[key], case .string(let text) = node.value, text.range(ofFirst: "${") != nil,
                text.range(ofFirst: "${file:") == nil
            else { continue }
            context.error(
                "${…} stands for variables of the proxy, which are for the operator's own file alone",
                at: node.position, path.appending(key),
                write: "Write the value itself, or have the operator put the server into the configuration file")
        }
    }

    /// Reports times that are longer than a server which is not the operator's may take.
    private static func checkTimes(
        _ server: ServerSettings, _ document: ConfigurationNode, _ limits: Limits, _ context: inout ConversionContext
    ) {
        let (longestStart, longestCall) = (maximumStartTimeout, limits.maxCallTime)
        for (key, time, maximum, reason) in [
            ("startTimeout", server.startTimeout, longestStart, "a server that comes over the API may take"),
            ("callTimeout", server.callTimeout, longestCall, "mcpProxy.limits.maxCallTime allows"),
            ("timeout", server.transport.timeout, longestCall, "mcpProxy.limits.maxCallTime allows"),
        ] {
            guard let time, time > maximum else { continue }
            let longest = DurationText.format(maximum)
            context.error(
                "\(DurationText.format(time)) is longer than the \(longest) that \(reason)",
                at: document[key]?.position, ConfigurationPath(key), write: "Write \"\(longest)\" at most")
        }
    }

    private static func checkNumbers(_ document: ConfigurationNode, _ context: inout ConversionContext) {
        for (key, maximum) in [("args", maximumArguments), ("env", maximumFields), ("headers", maximumFields)] {
            guard let node = document[key] else { continue }
            let count: Int
            switch node.value {
            case .array(let elements): count = elements.count
            case .object(let members): count = members.count
            case .null, .bool, .number, .string: continue
            }
            guard count > maximum else { continue }
            context.error(
                "there are \(count) of them, more than \(maximum)", at: node.position, ConfigurationPath(key),
                write: "Write at most \(maximum)")
        }
    }

    /// Reports options that are for the operator only: a server must not be opened to everybody, nor end the proxy.
    private static func checkOptions(
        _ document: ConfigurationNode, proxy: ProxySettings, _ context: inout ConversionContext
    ) {
        guard let options = document["options"] else { return }
        let path = ConfigurationPath("options")
        if let node = options["panicIfInvalid"], isTrue(node) {
            context.error(
                "the key has no meaning here: a server that does not start is not added", at: node.position,
                path.appending("panicIfInvalid"), write: "Remove it")
        }
        if let node = options["authTokens"], node.value == .array([]), !proxy.options.authTokens.isEmpty {
            context.error(
                "the list is empty, which would open the server to everybody although the proxy asks for tokens",
                at: node.position, path.appending("authTokens"),
                write: "Write a token, or leave the key out, so that the proxy's tokens count")
        }
    }

    private static func isTrue(_ node: ConfigurationNode) -> Bool {
        switch node.value {
        case .bool(let value): value
        case .string(let text): BooleanText.parse(text) == true
        case .null, .number, .array, .object: false
        }
    }
}
