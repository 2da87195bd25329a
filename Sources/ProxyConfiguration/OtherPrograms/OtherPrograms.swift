/// What is written for other programs than this one.
package enum OtherPrograms {
    /// The command that takes the servers of a file.
    static func importCommand(_ source: String) -> String {
        "mcp-proxy import \(quotedForShell(source))"
    }

    private static func quotedForShell(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            HTTPText.isHostByte(byte) || "/@:+,=~".utf8.contains(byte)
        }
        guard !isPlain else { return path }
        return "'"
            + ConfigurationPath.shown(path).split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: #"'\''"#) + "'"
    }

    /// The document with its servers in the proxy's own words. What was understood is a warning, and so is what has no
    /// use here; a server that is off there is off here.
    static func translated(_ document: ConfigurationNode, _ context: inout ConversionContext) -> ConfigurationNode {
        guard var members = document.members else { return document }
        let use = ForeignUse(document)
        for index in members.indices where members[index].name.lowercased() == "mcpservers" {
            let path = ConfigurationPath(members[index].written)
            members[index].value = named(members[index].value, path, &context)
            guard let servers = members[index].value.members else { continue }
            members[index].value.value = .object(
                servers.map { translated($0, at: path.appending($0.written), use, &context) })
        }
        if use.isWritten { members.removeAll { ForeignUse.keys.contains($0.name) } }
        return ConfigurationNode(.object(members), at: document.position)
    }

    private static func translated(
        _ server: ConfigurationNode.Member, at path: ConfigurationPath, _ use: ForeignUse,
        _ context: inout ConversionContext
    ) -> ConfigurationNode.Member {
        let foreign = ForeignServer(server.value, homeStandsFor: context.expandsVariables ? "${HOME}" : nil)
        for remark in foreign.remarks {
            context.warn(remark.message, at: remark.position, path.appending(remark.key), write: remark.suggestion)
        }
        if let first = foreign.unused.first {
            let names = foreign.unused.map(\.written).joined(separator: ", ")
            context.warn(
                foreign.unused.count == 1
                    ? "the key \(names) is for another program and has no effect"
                    : "the keys \(names) are for another program and have no effect",
                at: first.position, path,
                write: first.written.lowercased().hasPrefix("env")
                    ? "Write what it stands for into \"env\"" : "Remove them, or leave them for that program")
        }
        var server = server
        server.value = foreign.entry
        if let reason = use.reason(against: server.name), var entry = server.value.members {
            entry.removeAll { $0.name == "disabled" }
            entry.append(
                .init(
                    name: "disabled", position: server.position,
                    value: ConfigurationNode(.bool(true), at: server.position)
                ))
            server.value.value = .object(entry)
            context.warn(
                "the server is off: \(reason)", at: server.position, path, write: "Remove that to have it started")
        }
        return server
    }

    /// An object of servers, where they are a list and each has a name.
    private static func named(
        _ servers: ConfigurationNode, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> ConfigurationNode {
        guard let object = object(ofList: servers) else { return servers }
        context.warn(
            "the servers are a list; it is taken for an object with their names", at: servers.position, path,
            write: #"Write {"name": {…}}"#)
        return object
    }

    /// The servers of a list by their names; nil if this is no list of servers with names.
    package static func object(ofList servers: ConfigurationNode) -> ConfigurationNode? {
        guard case .array(let elements) = servers.value, !elements.isEmpty else { return nil }
        var members: [ConfigurationNode.Member] = []
        for element in elements {
            guard let inner = element.members, case .string(let name)? = element["name"]?.value else { return nil }
            let entry = ConfigurationNode(.object(inner.filter { $0.name != "name" }), at: element.position)
            members.append(.init(name: name, position: element.position, value: entry))
        }
        return ConfigurationNode(.object(members), at: servers.position)
    }
}
