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
        dropUnknown(&members, &context)
        return ConfigurationNode(.object(members), at: document.position)
    }

    /// Drops what else is in a file that is another program's, since it has no mcpProxy. What may be a slip stays.
    private static func dropUnknown(_ members: inout [ConfigurationNode.Member], _ context: inout ConversionContext) {
        let known = KeyScope.document.keys.map(\.name)
        guard !members.contains(where: { ["mcpproxy", "server"].contains($0.name.lowercased()) }) else { return }
        var dropped: [ConfigurationNode.Member] = []
        members.removeAll { member in
            let plain = member.name.filter { $0 != "-" && $0 != "_" }
            guard KeyScope.document.key(ignoringCaseOf: member.name) == nil, nearestKey(to: plain, in: known) == nil,
                !KeyScope.document.leavesToAuthor(member.name)
            else { return false }
            dropped.append(member)
            return true
        }
        reportUnused(dropped, of: .root, &context)
    }

    /// Says in one warning which keys have no effect.
    private static func reportUnused(
        _ unused: [ConfigurationNode.Member], of path: ConfigurationPath, _ context: inout ConversionContext
    ) {
        guard let first = unused.first else { return }
        let shown = unused.prefix(maximumNames).map { ConfigurationPath.shown($0.written) }.joined(separator: ", ")
        let others = unused.count > maximumNames ? " and \(unused.count - maximumNames) others" : ""
        let isOne = unused.count == 1
        let isEnvironment = first.written.lowercased().hasPrefix("env")
        context.warn(
            (isOne ? "the key \(shown) is" : "the keys \(shown)\(others) are")
                + " for another program and \(isOne ? "has" : "have") no effect", at: first.position, path,
            write: isEnvironment
                ? "Write the variables into \"env\""
                : "Leave \(isOne ? "it" : "them") for that program, or remove \(isOne ? "it" : "them")")
    }

    private static let maximumNames = 8

    private static func translated(
        _ server: ConfigurationNode.Member, at path: ConfigurationPath, _ use: ForeignUse,
        _ context: inout ConversionContext
    ) -> ConfigurationNode.Member {
        let foreign = ForeignServer(server.value, homeStandsFor: context.expandsVariables ? "${HOME}" : nil)
        for remark in foreign.remarks {
            context.warn(remark.message, at: remark.position, path.appending(remark.key), write: remark.suggestion)
        }
        reportUnused(foreign.unused, of: path, &context)
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
