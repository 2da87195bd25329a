import MCPValues

/// Reads groups, and the endpoint for all servers, when the servers are known.
enum GroupConversion {
    /// What clients read of instructions; some cut them there.
    static let longestInstructions = 2_048

    /// Reads `mcpProxy.endpoint` and `mcpProxy.groups`.
    ///
    /// - Parameter proxy: The object `mcpProxy`; nil where there is none, and everything has its default.
    static func read(
        in proxy: ObjectReader?, into settings: inout ProxySettings, _ context: inout ConversionContext
    ) {
        let servers = settings.servers.map(\.name)
        settings.endpoint.logEnabled = settings.options.logEnabled
        guard let proxy else { return }
        if let reader = proxy.object("endpoint", scope: .endpoint, &context) {
            [GroupKey.enabled].read(in: reader, into: &settings.endpoint, &context)
            fill(&settings.endpoint, from: reader, servers: servers, &context)
        }
        for (member, path) in proxy.members("groups", &context) {
            checkName(member.name, servers: servers, at: member.position, path, &context)
            guard let reader = ObjectReader(member.value, scope: .group, path: path, &context) else { continue }
            var group = GroupSettings(name: member.name)
            group.logEnabled = settings.options.logEnabled
            fill(&group, from: reader, servers: servers, &context)
            settings.groups.append(group)
        }
    }

    /// Reads what a group and the endpoint have in common.
    ///
    /// - Parameter servers: The names of all servers.
    static func fill(
        _ group: inout GroupSettings, from reader: ObjectReader, servers: [String], _ context: inout ConversionContext
    ) {
        GroupKey.all.read(in: reader, into: &group, &context)
        if let options = reader.object("options", scope: .groupOptions, &context) {
            GroupKey.options.read(in: options, into: &group, &context)
        }
        checkServers(in: reader, servers, &context)
        OverrideConversion.check(group, in: reader, &context)
    }

    // MARK: Single keys

    /// Reads a list of patterns.
    static func patterns(
        _ key: String, in reader: ObjectReader, _ context: inout ConversionContext
    ) -> NamePatterns? {
        guard let entries = reader.texts(key, &context) else { return nil }
        for (index, entry) in entries.enumerated() where ["", "!"].contains(entry.text) {
            context.error(
                "the pattern is empty", at: entry.node.position, reader.path(key).appending(index: index),
                write: #"Remove it, or write "*" for all"#)
        }
        return NamePatterns(entries.map(\.text))
    }

    /// Reads a list of names, each kept once.
    static func names(_ key: String, in reader: ObjectReader, _ context: inout ConversionContext) -> [String]? {
        guard let entries = reader.texts(key, &context) else { return nil }
        for (index, entry) in entries.enumerated() where entry.text.isEmpty {
            context.error(
                "the name is empty", at: entry.node.position, reader.path(key).appending(index: index),
                write: "Remove it")
        }
        var seen: Set<ByteText> = []
        return entries.map(\.text).filter { seen.insert(ByteText($0)).inserted }
    }

    /// Reads the instructions.
    static func instructions(in reader: ObjectReader, _ context: inout ConversionContext) -> String? {
        guard let text = reader.nonEmptyText("instructions", &context) else { return nil }
        let count = text.unicodeScalars.count
        if count > longestInstructions {
            context.warn(
                "the text has \(count) characters, more than the \(longestInstructions) that are sent of all instructions together",
                at: reader.node("instructions")?.position, reader.path("instructions"), write: "Write a shorter one")
        }
        return text
    }

    /// Reads the tokens. An empty list could be read as "opened by none" and as "no token is asked for".
    static func tokens(in reader: ObjectReader, _ context: inout ConversionContext) -> [Secret]? {
        guard let tokens = OptionsConversion.tokens("authTokens", in: reader, &context) else { return nil }
        if let node = reader.node("authTokens"), node.value == .array([]) {
            context.error(
                "the list is empty; that does not open it to everybody", at: node.position, reader.path("authTokens"),
                write: "Write a token, or leave the key out, so that the tokens of the servers count")
        }
        return tokens.isEmpty ? nil : tokens
    }

    // MARK: Checks

    /// Reports a name that a group cannot have.
    ///
    /// - Parameter servers: The names of all servers.
    static func checkName(
        _ name: String, servers: [String], at position: SourcePosition?, _ path: ConfigurationPath,
        _ context: inout ConversionContext
    ) {
        if servers.contains(name) {
            context.error(
                "a server has this name, too, and both would have the same routes", at: position, path,
                write: "Rename one of the two")
        } else if name.contains("/") {
            context.error(
                "the name of the group has a slash", at: position, path, write: #"Write a name such as "dev""#)
        } else if name == ServerName.dashboard {
            context.error(
                "the name of the group is a route of the proxy itself", at: position, path,
                write: #"Write a name such as "dev""#)
        } else {
            ServerConversion.checkName(name, of: .group, others: servers, at: position, path, &context)
        }
    }

    /// Reports a name that a group added over the API cannot have.
    static func checkDynamicName(_ name: String, servers: [String], _ context: inout ConversionContext) {
        let path = ConfigurationPath("name")
        if ServerName.isPlain(name) {
            checkName(name, servers: servers, at: nil, path, &context)
        } else {
            context.error(
                "the name of the group is not of letters, digits, . _ - only, begins with . _ -, or is too long",
                at: nil, path, write: #"Write a name such as "dev", of at most 63 letters, digits, . _ and -"#)
        }
    }

    /// Warns of patterns that match no server, and of a list without any.
    private static func checkServers(in reader: ObjectReader, _ servers: [String], _ context: inout ConversionContext) {
        if let node = reader.node("servers"), node.value == .array([]) {
            context.warn(
                "the list is empty, so nothing is offered", at: node.position, reader.path("servers"),
                write: #"Name servers, or write ["*"] for all"#)
        }
        checkPatterns("servers", of: "server", in: reader, servers, &context)
    }

    /// Warns of patterns under a key that match none of the names.
    ///
    /// - Parameter kind: What has the names.
    static func checkPatterns(
        _ key: String, of kind: String, in reader: ObjectReader, _ names: [String],
        _ context: inout ConversionContext
    ) {
        guard case .array(let elements)? = reader.node(key)?.value else { return }
        let patterns = elements.compactMap { element in
            if case .string(let pattern) = element.value, !["", "!", "*"].contains(pattern) { pattern } else { nil }
        }
        let unmatched = Set(NamePatterns(patterns).unmatched(by: names).map(ByteText.init))
        for (index, element) in elements.enumerated() where context.hasRoom(for: .warning) {
            guard case .string(let pattern) = element.value, unmatched.contains(ByteText(pattern)) else { continue }
            warn(ofPattern: pattern, element, of: kind, reader.path(key).appending(index: index), names, &context)
        }
    }

    private static func warn(
        ofPattern pattern: String, _ element: ConfigurationNode, of kind: String, _ path: ConfigurationPath,
        _ names: [String], _ context: inout ConversionContext
    ) {
        let isShown = ConversionContext.quoted(element) != nil
        let shown = isShown ? " " + ConfigurationPath.quoted(ServerName.redacted(pattern)) : ""
        let near = nearestKey(to: pattern, in: names.filter { !$0.contains("/") })
        context.warn(
            "the pattern\(shown) matches no \(kind) of the configuration", at: element.position, path,
            write: near.map { "Did you mean \(ConfigurationPath.quoted($0))?" } ?? "Write the name of a \(kind)")
    }
    /// Whether every client takes the text for the name of a tool, but for its length.
    static func isTakenByAll(_ name: String) -> Bool {
        name.utf8.allSatisfy { HTTPText.isHostByte($0) && $0 != UInt8(ascii: ".") }
    }
}
