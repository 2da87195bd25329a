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
        let written = options(in: reader, &context)
        let egress = EgressConversion.egress(in: reader, for: transport, &context)
        let isolation = reader.choice("isolation", of: Isolation.self, &context)
        let era = reader.choice("protocol", of: ProtocolEra.self, &context)
        let month = Duration.seconds(30 * 24 * 60 * 60)
        let cacheTTL = reader.duration("cacheTTL", in: .zero...month, usual: .zero, &context)
        let cacheScope = reader.choice("cacheScope", of: CacheScope.self, &context)
        let startTimeout = reader.duration(
            "startTimeout", in: .milliseconds(1)...Duration.seconds(60 * 60), usual: .seconds(120), &context)
        let callTimeout = reader.duration(
            "callTimeout", in: .milliseconds(1)...Duration.seconds(24 * 60 * 60), usual: .seconds(600), &context)
        // A server that lacks something is not started, however it would be reached.
        guard let transport = transport ?? (missing.isEmpty ? nil : .unknown) else { return nil }
        var settings = ServerSettings(
            name: name, transport: transport, options: written.merged(over: defaults), isolation: isolation,
            protocolEra: era ?? .auto, cacheTTL: cacheTTL ?? .zero, cacheScope: cacheScope ?? .private)
        settings.egress = egress
        settings.startTimeout = startTimeout
        settings.callTimeout = callTimeout
        settings.lack(missing, &context)
        return settings
    }

    /// The options, with what is said beside them of whether the server is used at all: one no is enough.
    private static func options(in reader: ObjectReader, _ context: inout ConversionContext) -> WrittenOptions {
        var written =
            reader.object("options", scope: .options, &context).map { OptionsConversion.options(in: $0, &context) }
            ?? WrittenOptions()
        let says = [
            written.disabled, reader.boolean("disabled", &context), reader.boolean("enabled", &context).map { !$0 },
        ].compactMap(\.self)
        if !says.isEmpty { written.disabled = says.contains(true) }
        return written
    }

    /// Reads all servers of an object, each with a conversion of its format.
    static func servers(
        in members: [(member: ConfigurationNode.Member, path: ConfigurationPath)],
        _ context: inout ConversionContext,
        reading server: (String, ConfigurationNode, ConfigurationPath, inout ConversionContext) -> ServerSettings?
    ) -> [ServerSettings] {
        let names = members.map(\.member.name)
        return members.compactMap { member, path in
            let lacksName = context.missing.contains { $0.path == path }
            checkName(member.name, lacksName: lacksName, others: names, at: member.position, path, &context)
            return server(member.name, member.value, path, &context)
        }
    }

    /// Reports a name that cannot be used, or whose routes another server has.
    static func checkName(
        _ name: String, lacksName: Bool = false, others: [String], at position: SourcePosition?,
        _ path: ConfigurationPath,
        _ context: inout ConversionContext
    ) {
        if let fault = ServerName.fault(name) {
            context.error(fault, at: position, path, write: #"Write a name such as "fetch" or "team/fetch""#)
        } else if let other = ServerName.collision(of: name, with: others) {
            context.error(
                "the routes of the server collide with those of \(ConfigurationPath.quoted(ServerName.redacted(other)))",
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
