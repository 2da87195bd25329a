import MCPValues

/// Reads the servers of version 2 of the format.
enum ServerConversion {
    /// Reads one server; nil if it cannot be used, which is reported.
    static func server(
        named name: String, _ node: ConfigurationNode, at path: ConfigurationPath, defaults: ServerOptions,
        _ context: inout ConversionContext
    ) -> ServerSettings? {
        guard let reader = ObjectReader(node, scope: .server, path: path, &context) else { return nil }
        let missing = context.missing(within: path, scope: .server)
        return context.without(missing) { context in
            server(named: name, in: reader, missing: missing, defaults: defaults, &context)
        }
    }

    private static func server(
        named name: String, in reader: ObjectReader, missing: [MissingVariable], defaults: ServerOptions,
        _ context: inout ConversionContext
    ) -> ServerSettings? {
        let declared = DeclaredTransport.read(in: reader, &context)
        let transport = TransportConversion.transport(in: reader, declared: declared, &context)
        var settings = ServerSettings(
            name: name, transport: transport ?? .unknown, options: options(in: reader, over: defaults, &context))
        settings.egress = EgressConversion.egress(in: reader, for: transport, &context)
        settings.authorization = AuthorizationConversion.authorization(in: reader, for: transport, &context)
        settings.passedHeaders = PassedHeaderConversion.headers(
            in: reader, for: transport, settings.authorization, &context)
        ServerKey.all.read(in: reader, into: &settings, &context)
        // A server that lacks something is not started, however it would be reached.
        guard transport != nil || !missing.isEmpty else { return nil }
        settings.lack(missing, &context)
        return settings
    }

    /// The options, with what is said beside them of whether the server is used at all: one no is enough.
    private static func options(
        in reader: ObjectReader, over defaults: ServerOptions, _ context: inout ConversionContext
    ) -> ServerOptions {
        let written =
            reader.object("options", scope: .options, &context).map { WrittenOptions(in: $0, &context) }
            ?? WrittenOptions()
        let says = [
            written.disabled, reader.boolean("disabled", &context), reader.boolean("enabled", &context).map { !$0 },
        ].compactMap(\.self)
        var options = written.merged(over: defaults)
        if !says.isEmpty { options.disabled = says.contains(true) }
        return options
    }

    /// Checks what depends on who comes to the servers, when all of that is known.
    static func checkCallers(
        of settings: ProxySettings, in document: ObjectReader, _ context: inout ConversionContext
    ) {
        let servers = Dictionary(settings.servers.map { (ByteText($0.name), $0) }) { _, last in last }
        for (member, path) in document.readMembers("mcpServers") {
            guard let server = servers[ByteText(member.name)] else { continue }
            AuthorizationConversion.check(
                server, at: member.value["auth"]?.position ?? member.position, path.appending("auth"), settings,
                &context)
            PassedHeaderConversion.check(
                server, at: member.value["headersFromClient"]?.position ?? member.position,
                path.appending("headersFromClient"), settings, &context)
        }
    }

    /// Reads all servers of an object, each with a conversion of its format.
    static func servers(
        in members: [(member: ConfigurationNode.Member, path: ConfigurationPath)],
        _ context: inout ConversionContext,
        reading server: (String, ConfigurationNode, ConfigurationPath, inout ConversionContext) -> ServerSettings?
    ) -> [ServerSettings] {
        let names = members.map(\.member.name)
        var servers: [ServerSettings] = []
        for (member, path) in members {
            let lacksName = context.missing.contains { $0.path == path }
            checkName(member.name, lacksName: lacksName, others: names, at: member.position, path, &context)
            guard let server = server(member.name, member.value, path, &context) else { continue }
            PrefixConversion.check(
                server, against: servers, at: member.value["prefix"]?.position ?? member.position,
                path.appending("prefix"), &context)
            servers.append(server)
        }
        return servers
    }

    /// Reports a name that cannot be used, or whose routes another server has.
    static func checkName(
        _ name: String, of kind: ServerName.Kind = .server, lacksName: Bool = false, others: [String],
        at position: SourcePosition?,
        _ path: ConfigurationPath,
        _ context: inout ConversionContext
    ) {
        if let fault = ServerName.fault(name, of: kind) {
            context.error(
                fault, at: position, path,
                write: "Write a name such as \(kind == .group ? #""dev""# : #""fetch" or "team/fetch""#)")
        } else if let other = ServerName.collision(of: name, with: others) {
            context.error(
                "the routes of the \(kind.rawValue) collide with those of \(ConfigurationPath.quoted(ServerName.redacted(other)))",
                at: position, path, write: "Rename one of the two")
        } else if lacksName {
            // What is missing in it is told when the server is read.
            return
        } else if name.contains("{") || name.contains("}") {
            context.warn(
                "the name has braces, which in the documentation stand for a token to be filled in", at: position, path,
                write: "Write the token in place of {token}")
        } else if !name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            context.warn(
                "the name has a space or a letter beyond ASCII, which clients must write percent-encoded", at: position,
                path,
                write: "Use letters, digits, - and _")
        }
    }
}

extension ConversionContext {
    /// What nobody has filled in within an object, in its name and under the keys that it may have.
    func missing(within path: ConfigurationPath, scope: KeyScope) -> [MissingVariable] {
        missing.filter { variable in
            guard variable.path.isWithin(path) else { return false }
            let keys = variable.path.keys.dropFirst(path.keys.count)
            return keys.first.map { scope.key(ignoringCaseOf: $0) != nil } ?? true
        }
    }

    /// Reports what nobody has filled in where the whole proxy needs it.
    mutating func reportMissing(within path: ConfigurationPath, scope: KeyScope) -> [MissingVariable] {
        let missing = missing(within: path, scope: scope)
        for variable in missing {
            error(
                variable.message, at: variable.position, variable.path, write: variable.suggestion(source: source))
        }
        return missing
    }
}

extension ServerSettings {
    /// Keeps a server from being started that lacks something, and says so; a disabled one is not started anyway.
    mutating func lack(_ missing: [MissingVariable], _ context: inout ConversionContext) {
        cannotStart = missing.reason
        guard !missing.isEmpty else { return }
        // What opens it is not known, so nothing does.
        if missing.contains(where: { $0.path.keys.contains { $0.lowercased() == "authtokens" } }) {
            options.authTokens = [.nobodys]
        }
        guard !options.disabled else { return }
        for variable in missing {
            context.warn(
                "\(variable.message), so the server is not started", at: variable.position, variable.path,
                write: variable.suggestion(source: context.source))
        }
    }
}

extension ServerTransport {
    /// That of a server that cannot be started, as long as it is not known how it would be reached.
    static let unknown = ServerTransport.stdio(
        command: "", arguments: [], environment: [:], workingDirectory: nil)
}

extension Secret {
    /// A token that nobody has, the same for as long as the program runs.
    fileprivate static let nobodys = {
        var generator = SystemRandomNumberGenerator()
        return Secret((0..<4).map { _ in String(generator.next(), radix: 16) }.joined())
    }()
}
