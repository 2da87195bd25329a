/// Reads the servers of version 2 of the format.
enum ServerConversion {
    /// Reads one server; nil if it cannot be used, which is reported.
    static func server(
        named name: String, _ node: ConfigurationNode, at path: ConfigurationPath, defaults: ServerOptions,
        _ context: inout ConversionContext
    ) -> ServerSettings? {
        guard let reader = ObjectReader(node, scope: .server, path: path, &context) else { return nil }
        let declared = DeclaredTransport.read(in: reader, &context)
        let transport = TransportConversion.transport(in: reader, declared: declared, &context)
        let written = reader.object("options", scope: .options, &context).map {
            OptionsConversion.options(in: $0, &context)
        }
        let isolation = reader.choice("isolation", of: Isolation.self, &context)
        let era = reader.choice("protocol", of: ProtocolEra.self, &context)
        let month = Duration.seconds(30 * 24 * 60 * 60)
        let cacheTTL = reader.duration("cacheTTL", in: .zero...month, usual: .zero, &context)
        let cacheScope = reader.choice("cacheScope", of: CacheScope.self, &context)
        return transport.map { transport in
            ServerSettings(
                name: name, transport: transport, options: (written ?? WrittenOptions()).merged(over: defaults),
                isolation: isolation, protocolEra: era ?? .auto, cacheTTL: cacheTTL ?? .zero,
                cacheScope: cacheScope ?? .private)
        }
    }

    /// Reads all servers of an object, each with a conversion of its format.
    static func servers(
        in members: [(member: ConfigurationNode.Member, path: ConfigurationPath)],
        _ context: inout ConversionContext,
        reading server: (String, ConfigurationNode, ConfigurationPath, inout ConversionContext) -> ServerSettings?
    ) -> [ServerSettings] {
        let names = members.map(\.member.name)
        return members.compactMap { member, path in
            checkName(member.name, others: names, at: member.position, path, &context)
            return server(member.name, member.value, path, &context)
        }
    }

    /// Reports a name that cannot be used, or whose routes another server has.
    static func checkName(
        _ name: String, others: [String], at position: SourcePosition?, _ path: ConfigurationPath,
        _ context: inout ConversionContext
    ) {
        if let fault = ServerName.fault(name) {
            context.error(fault, at: position, path, write: #"Write a name such as "fetch" or "team/fetch""#)
        } else if let other = ServerName.collision(of: name, with: others) {
            context.error(
                "the routes of the server collide with those of \(ConfigurationPath.quoted(ServerName.redacted(other)))",
                at: position, path, write: "Rename one of the two")
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
