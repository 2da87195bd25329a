import MCPValues

/// Reads `mcpProxy.clients`, when servers and groups are known.
enum ClientConversion {
    /// - Parameter proxy: The object `mcpProxy`; nil where there is none, and there are no clients.
    static func read(
        in proxy: ObjectReader?, into settings: inout ProxySettings, _ context: inout ConversionContext
    ) {
        guard let proxy else { return }
        var owners = TokenOwners(of: settings)
        var patterns = KnownPatterns()
        var taken = TakenMatches()
        let members = proxy.members("clients", &context)
        settings.clients.reserveCapacity(members.count)
        for (member, path) in members {
            guard let reader = ObjectReader(member.value, scope: .client, path: path, &context) else { continue }
            checkName(member, path, &context)
            var client = ClientSettings(name: member.name)
            ClientKey.all.read(in: reader, into: &client, &context)
            readFile(of: &client, reader, &context)
            owners.take(&client, reader, &context)
            check(client, in: reader, settings, &context)
            client.rights.servers = patterns.kept(client.rights.servers)
            client.rights.tools.patterns = patterns.kept(client.rights.tools.patterns)
            if case .named(let groups) = client.rights.groups { client.rights.groups = .named(patterns.kept(groups)) }
            MatchConversion.check(client, in: reader, settings.identity, &context)
            MatchConversion.checkOrder(client, in: reader, &taken, &context)
            settings.clients.append(client)
        }
        if !settings.identity.issuers.isEmpty, !settings.clients.isEmpty,
            !settings.clients.contains(where: { $0.match != nil })
        {
            context.error(
                "there are issuers, and no client whose \"match\" says what their tokens open",
                at: proxy.node("identity")?.position, proxy.path("identity"),
                write:
                    #"Write "clients": {"staff": {"match": {"issuer": "…"}, "servers": ["*"]}} under mcpProxy"#)
        }
    }

    private static func checkName(
        _ member: ConfigurationNode.Member, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) {
        guard !member.name.isEmpty, member.name.utf8.count <= 63,
            member.name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else {
            return context.error(
                "the name of the client is empty, has more than 63 bytes, or has a space or control character",
                at: member.position, path, write: #"Write a name such as "laptop""#)
        }
    }

    // MARK: Tokens

    private static func readFile(
        of client: inout ClientSettings, _ reader: ObjectReader, _ context: inout ConversionContext
    ) {
        guard let file = client.tokensFile, let node = reader.node("tokensFile") else { return }
        switch context.files.text(of: file) {
        case .failure(let fault):
            context.error(
                "\(ConfigurationPath.quoted(file)): \(fault.words)", at: node.position, reader.path("tokensFile"),
                write: "Name a file that holds one token a line, which the proxy's user may read")
        case .success(let text):
            let found = tokens(text, of: file, node.position, reader.path("tokensFile"), &context)
            if found.isEmpty {
                context.warn(
                    "\(ConfigurationPath.quoted(file)) holds no token", at: node.position, reader.path("tokensFile"),
                    write: "Write one token a line, then reload")
            }
            client.tokens += found
        }
    }

    /// The tokens of a file. A token that cannot be one is told by its line.
    private static func tokens(
        _ text: String, of file: String, _ position: SourcePosition, _ path: ConfigurationPath,
        _ context: inout ConversionContext
    ) -> [Secret] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap {
            number, line in
            let token = String(line).trimmingSpaces
            guard !token.isEmpty, !token.hasPrefix("#") else { return nil }
            let fault = AuthToken.fault(of: token)
            if let fault {
                context.error(
                    "\(ConfigurationPath.quoted(file)), line \(number + 1): \(fault)", at: position, path,
                    write: "Write one token a line, of letters, digits and punctuation")
                return nil
            }
            if let doubt = AuthToken.doubt(of: token) {
                context.warn(
                    "\(ConfigurationPath.quoted(file)), line \(number + 1): \(doubt)", at: position, path,
                    write: "Write a longer one, such as the output of \"openssl rand -hex 32\"")
            }
            return Secret(token)
        }
    }

    // MARK: Checks

    /// Refuses tokens of something that is added over the API if a client has one of them: it would come to that whatever
    /// its rights are.
    static func checkTokens(
        _ tokens: [Secret], at position: SourcePosition?, _ proxy: ProxySettings, _ context: inout ConversionContext
    ) {
        guard !tokens.isEmpty else { return }
        let owned = Set(tokens)
        guard proxy.clients.contains(where: { $0.tokens.contains(where: owned.contains) }) else { return }
        context.error(
            "one of the tokens is that of a client under mcpProxy.clients", at: position,
            ConfigurationPath("options").appending("authTokens"),
            write: "Leave the tokens out: clients come by their rights")
    }

    private static func check(
        _ client: ClientSettings, in reader: ObjectReader, _ settings: ProxySettings,
        _ context: inout ConversionContext
    ) {
        if client.tokens.isEmpty, reader.node("tokensFile") == nil, reader.node("match") == nil,
            client.certificates == nil
        {
            context.warn(
                "nobody can be this client: it has no token", at: reader.position, reader.path,
                write: #"Write "tokens": ["${LAPTOP_TOKEN}"]"#)
        }
        if let node = reader.node("certificates"), settings.tls?.clientCAFile == nil {
            context.warn(
                "no client is asked for a certificate", at: node.position, reader.path("certificates"),
                write: "Name the file of their authority in mcpProxy.tls.clientCAFile")
        }
        CertificatePattern.check(in: reader, &context)
        let rights = client.rights
        if rights.servers.texts.isEmpty, rights.management == .none {
            switch rights.groups {
            case .named(let groups) where !groups.texts.isEmpty: break
            case .named, .asServers:
                context.warn(
                    "the client may use nothing", at: reader.position, reader.path,
                    write: #"Name servers, such as "servers": ["*"]"#)
            }
        }
        GroupConversion.checkPatterns(
            "servers", of: "server", in: reader, settings.servers.map(\.name), &context)
        GroupConversion.checkPatterns("groups", of: "group", in: reader, settings.groups.map(\.name), &context)
        checkToolPrefixes(of: client, in: reader, settings, &context)
    }

    /// Warns of patterns of tools that can match none, since they begin with the prefix of no server and are no name that a
    /// group gives.
    private static func checkToolPrefixes(
        of client: ClientSettings, in reader: ObjectReader, _ settings: ProxySettings,
        _ context: inout ConversionContext
    ) {
        guard case .array(let elements)? = reader.node("tools")?.value else { return }
        let servers = settings.servers.map(\.offeredPrefix)
        let prefixes = servers.map { $0 + "__" }
        let given = (settings.groups + [settings.endpoint]).flatMap { $0.overrides.compactMap(\.name) }
        for (index, element) in elements.enumerated() where context.hasRoom(for: .warning) {
            guard case .string(let pattern) = element.value else { continue }
            let plain = pattern.hasPrefix("!") ? String(pattern.dropFirst()) : pattern
            let start = plain.prefix { $0 != "*" && $0 != "?" }
            let mayMatch =
                prefixes.contains { $0.hasPrefix(start) || start.hasPrefix($0) }
                || given.contains { $0.hasPrefix(start) }
            guard !mayMatch, !plain.isEmpty else { continue }
            let shown = ConversionContext.quoted(element).map { " \($0)" } ?? ""
            context.warn(
                "the pattern\(shown) matches no tool: tools are named with the prefix of their server here",
                at: element.position, reader.path("tools").appending(index: index),
                write: near(pattern, plain, shown: !shown.isEmpty, servers, given)
                    ?? #"Write a pattern such as "git__*push*""#)
        }
    }

    /// What a pattern of tools was probably meant to be: one with the prefix of a server that there is, or a name that a
    /// group gives.
    ///
    /// - Parameter plain: Without `!`.
    private static func near(
        _ pattern: String, _ plain: String, shown isShown: Bool, _ servers: [String], _ given: [String]
    ) -> String? {
        let meant: String
        if let end = plain.range(ofFirst: "__") {
            guard let server = nearestKey(to: String(plain[..<end.lowerBound]), in: servers) else { return nil }
            // What a variable brought in is not repeated.
            meant = server + (isShown ? String(plain[end.lowerBound...]) : "__*")
        } else {
            guard let name = nearestKey(to: plain, in: given) else { return nil }
            meant = name
        }
        return "Did you mean \(ConfigurationPath.quoted((pattern.hasPrefix("!") ? "!" : "") + meant))?"
    }
}

/// Has clients with the same patterns share them: there may be thousands.
private struct KnownPatterns {
    private var known: Set<NamePatterns> = []

    mutating func kept(_ patterns: NamePatterns) -> NamePatterns { known.insert(patterns).memberAfterInsert }
}

/// Whose each token is, so that none is in two entries: of such a caller nobody could say what they may do.
private struct TokenOwners {
    private var owners: [Secret: String] = [:]

    init(of settings: ProxySettings) {
        let places: [([Secret], String)] =
            [
                (settings.options.authTokens, "mcpProxy.options.authTokens"),
                (settings.management.authTokens ?? [], "mcpProxy.management.authTokens"),
                (settings.endpoint.authTokens ?? [], "mcpProxy.endpoint.options.authTokens"),
            ]
            + settings.groups.map { ($0.authTokens ?? [], "the group \(ConfigurationPath.quoted($0.name))") }
            + settings.servers.map { ($0.options.authTokens, $0.keyPath("options", "authTokens")) }
        for (tokens, place) in places {
            for token in tokens where owners[token] == nil { owners[token] = place }
        }
    }

    /// Notes a client's tokens, each once, and reports those that are somebody's.
    mutating func take(
        _ client: inout ClientSettings, _ reader: ObjectReader, _ context: inout ConversionContext
    ) {
        let place = reader.path.description
        var own: Set<Secret> = []
        client.tokens = client.tokens.filter { own.insert($0).inserted }
        for token in client.tokens {
            if let other = owners[token] {
                context.error(
                    "a token of this client is also one of \(other)", at: reader.position, reader.path,
                    write: "Give each its own: a caller with this one could be either")
            }
            owners[token] = place
        }
    }
}
