import ClientFiles
import MCPValues
import ProxyConfiguration

/// Who may what, and why, as far as a configuration says it.
struct AccessTable {
    let settings: ProxySettings

    /// Somebody who can come: a client with a name, the holder of a token that stands somewhere, or anybody.
    fileprivate struct Caller {
        let name: String
        /// What it may do by its name.
        let rights: Rights
        /// By what it is known, for a table.
        let way: String
        /// Where its token stands.
        let holds: (_ tokens: [Secret]) -> Bool
    }

    // MARK: All

    /// One line for each that can come.
    var lines: [String] {
        let header = ["WHO", "SERVERS", "GROUPS", "TOOLS", "CALLS A MINUTE", "MANAGEMENT", "COMES WITH"]
        return TextTable.lines(header, callers.map(row))
    }

    private var callers: [Caller] {
        settings.clients.flatMap { client in
            [client.caller(by: WaysIn(of: client, settings).summary)] + client.callersWithScopes
        } + holders + anybody
    }

    private var holders: [Caller] {
        let places = places
        return places.flatMap { place, tokens in
            tokens.enumerated().compactMap { number, token in
                // Shown once, where it stands first.
                guard places.first(where: { $0.tokens.contains(token) })?.name == place else { return nil }
                return Caller(name: "token \(number + 1) of \(place)", rights: .none, way: "it") { $0.contains(token) }
            }
        }
    }

    /// Where tokens stand by themselves.
    private var places: [(name: String, tokens: [Secret])] {
        [
            ("mcpProxy.options", settings.options.authTokens),
            ("mcpProxy.management", settings.management.authTokens ?? []),
            ("mcpProxy.endpoint", settings.endpoint.authTokens ?? []),
        ] + settings.groups.map { ("group \($0.name)", $0.authTokens ?? []) }
            + settings.servers.map { ("server \($0.displayName)", $0.options.authTokens) }
    }

    private var anybody: [Caller] {
        let isOpen = !settings.asksEverybody && enabled.contains { $0.options.authTokens.isEmpty }
        return isOpen ? [Caller(name: "anybody", rights: .none, way: "nothing") { $0.isEmpty }] : []
    }

    private var enabled: [ServerSettings] { settings.servers.filter { !$0.options.disabled } }

    private func row(_ caller: Caller) -> [String] {
        let servers = enabled.filter { mayUse($0, caller) }.map(\.displayName)
        let groups = settings.groups.filter { mayUse($0, caller) }.map(\.name)
        let isHolder = !settings.managementTokens.isEmpty && caller.holds(settings.managementTokens)
        return [
            caller.name, Self.list(servers), Self.list(groups), Self.words(caller.rights.tools, of: caller.rights),
            caller.rights.callsPerMinute.map(String.init) ?? "any number",
            isHolder ? ManagementRight.execute.rawValue : caller.rights.management.rawValue,
            caller.way,
        ]
    }

    private func mayUse(_ server: ServerSettings, _ caller: Caller) -> Bool {
        caller.holds(server.options.authTokens) || caller.rights.admit(.server(ByteText(server.name)))
    }

    private func mayUse(_ group: GroupSettings, _ caller: Caller) -> Bool {
        let members = group.members(of: enabled) { $0 }
        if let own = group.authTokens {
            return caller.holds(own) || caller.rights.admitsAny(of: members, in: group)
        }
        return members.contains { caller.holds($0.options.authTokens) }
            || caller.rights.admitsAny(of: members, in: group)
    }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }

    private static func words(_ tools: ToolRights, of rights: Rights) -> String {
        let patterns = tools.patterns.isAll ? "all" : tools.patterns.texts.joined(separator: " ")
        return tools.isReadOnly ? "\(patterns), read-only" : patterns
    }

    // MARK: One

    /// What one client may do, with the reason for each.
    func lines(of client: ClientSettings) -> [String] {
        let rights = client.rights
        let servers = enabled.map { server in
            let holds = server.options.authTokens.contains(where: client.tokens.contains)
            let mayUse = holds || rights.admit(.server(ByteText(server.name)))
            return [
                "server \(server.displayName)", mayUse ? "yes" : "no",
                holds ? "its token stands in options.authTokens" : Self.reason("servers", rights.servers, server.name),
            ]
        }
        let groups = offered.map { group in
            let members = group.members(of: enabled) { $0 }
            return [
                group.name.isEmpty ? "all servers (/mcp)" : "group \(group.name)",
                rights.admitsAny(of: members, in: group) ? "yes" : "no", reason(group, members, rights),
            ]
        }
        let tools = rights.tools.patterns.texts.map { "\"\($0)\"" }.joined(separator: ", ")
        return TextTable.lines(["WHAT", "MAY USE", "WHY"], servers + groups) + [
            "tools: \(tools.isEmpty ? "none" : tools)\(rights.tools.isReadOnly ? ", and of these only those that say readOnlyHint" : "")",
            "calls a minute: \(rights.callsPerMinute.map(String.init) ?? "any number")",
            "management: \(rights.management.rawValue)",
        ] + WaysIn(of: client, settings).lines
    }

    private var offered: [GroupSettings] { (settings.endpoint.isEnabled ? [settings.endpoint] : []) + settings.groups }

    private func reason(_ group: GroupSettings, _ members: [ServerSettings], _ rights: Rights) -> String {
        if !group.name.isEmpty, case .named(let patterns) = rights.groups {
            return Self.reason("groups", patterns, group.name)
        }
        let usable = members.filter { rights.admit(.server(ByteText($0.name))) }.map(\.displayName)
        return usable.isEmpty
            ? "it may use none of its servers" : "as far as it may use its servers: \(Self.list(usable))"
    }

    private static func reason(_ key: String, _ patterns: NamePatterns, _ name: String) -> String {
        patterns.decisive(for: name).map { "\(key): \"\($0)\"" } ?? "\(key): no pattern matches"
    }

    // MARK: For scripts

    /// The same of all clients, by name.
    var json: ConfigurationNode {
        .object(settings.clients.map { ($0.name, json(of: $0)) })
    }

    func json(of client: ClientSettings) -> ConfigurationNode {
        let rights = client.rights
        let servers = enabled.filter { rights.admit(.server(ByteText($0.name))) }.map(\.displayName)
        let groups = settings.groups.filter { rights.admitsAny(of: $0.members(of: enabled) { $0 }, in: $0) }.map(\.name)
        var members: [(String, ConfigurationNode)] = [
            ("servers", Self.array(servers)), ("groups", Self.array(groups)),
            ("tools", Self.array(rights.tools.patterns.texts)),
            ("readOnly", ConfigurationNode(.bool(rights.tools.isReadOnly), at: .start)),
            ("management", .text(rights.management.rawValue)),
        ]
        if let calls = rights.callsPerMinute {
            members.append(("callsPerMinute", ConfigurationNode(.number(String(calls)), at: .start)))
        }
        members.append(("comesWith", WaysIn(of: client, settings).json))
        return .object(members)
    }

    private static func array(_ texts: [String]) -> ConfigurationNode {
        ConfigurationNode(.array(texts.map { .text($0) }), at: .start)
    }
}

extension ClientSettings {
    fileprivate func caller(by way: String) -> AccessTable.Caller {
        AccessTable.Caller(name: name, rights: rights, way: way) { tokens in
            tokens.contains(where: self.tokens.contains)
        }
    }

    /// Those with an access token that has one of the scopes, and with all of them where there are several.
    fileprivate var callersWithScopes: [AccessTable.Caller] {
        let single = scopes.map { [$0] }
        return (scopes.count > 1 ? single + [scopes] : single).map { scopes in
            AccessTable.Caller(
                name: "\(name) with \(scopes.map(\.scope).joined(separator: " "))",
                rights: scopes.reduce(rights) { $0.adding($1.more) },
                way: match == nil ? "nothing: there is no match" : "access tokens"
            ) { _ in false }
        }
    }
}
