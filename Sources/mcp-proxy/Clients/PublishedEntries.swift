import ClientFiles
import MCPFrontEnd
import MCPValues
import ProxyConfiguration

/// What a client gets of a configuration: one entry for what is offered together, or one for each server.
struct PublishedEntries {
    /// What is meant.
    struct Choice {
        /// Each server that is enabled.
        var isEach = false
        var servers: [String] = []
        var groups: [String] = []
        /// The client under `mcpProxy.clients` that it is for.
        var caller: String?
    }

    /// The name of the entry for all servers.
    static let nameOfAll = "mcp-proxy"

    private(set) var servers: [PublishedServer] = []
    /// What a person is to know of them.
    private(set) var remarks: [String] = []

    private let settings: ProxySettings
    private let addresses: PublishedAddresses
    private let tokens: [Secret]
    /// For whom the entries are, where clients have names.
    private let client: ClientSettings?

    /// - Throws: `CommandFailure` where there is nothing, or not what is meant.
    init(_ choice: Choice, of settings: ProxySettings, at addresses: PublishedAddresses) throws(CommandFailure) {
        self.settings = settings
        self.addresses = addresses
        tokens =
            settings.options.authTokens + settings.servers.flatMap(\.options.authTokens)
            + ([settings.endpoint] + settings.groups).flatMap { $0.authTokens ?? [] }
            + settings.clients.flatMap(\.tokens)
        let client = try Self.client(choice.caller, of: settings, isNeeded: addresses.programArguments == nil)
        self.client = client
        let enabled = settings.servers.filter { server in
            !server.options.disabled && (client.map { $0.rights.admit(.server(ByteText(server.name))) } ?? true)
        }
        if let client, enabled.isEmpty, choice.groups.isEmpty {
            throw CommandFailure(
                "the client \"\(client.name)\" may use no server; mcp-proxy access \(client.name) says why")
        }
        guard !enabled.isEmpty else { throw CommandFailure("the configuration has no server that is enabled") }
        var (servers, groups) = try (chosen(choice.servers, of: enabled), chosen(choice.groups))
        if choice.isEach { servers = enabled }
        if servers.isEmpty, groups.isEmpty {
            if let reason = reasonForEach(enabled) {
                remarks.append("\(reason), so each server has an entry")
                servers = enabled
            } else {
                groups = [settings.endpoint]
            }
        }
        let names = groups.map { $0.name.isEmpty ? Self.nameOfAll : $0.name } + servers.map(\.name)
        let clientNames = PublishedServer.clientNames(for: names)
        for (group, name) in zip(groups, clientNames) { try add(group, of: enabled, as: name) }
        for (server, name) in zip(servers, clientNames.dropFirst(groups.count)) { try add(server, as: name) }
    }

    /// For whom the entries are; nil where clients have no names.
    ///
    /// - Parameter isNeeded: Whether a token is, because the entries are addresses of a proxy.
    private static func client(
        _ name: String?, of settings: ProxySettings, isNeeded: Bool
    ) throws(CommandFailure) -> ClientSettings? {
        let names = settings.clients.map(\.name).joined(separator: ", ")
        guard let name else {
            guard isNeeded else { return nil }
            guard settings.clients.count > 1 else { return settings.clients.first }
            throw CommandFailure("the configuration has several clients; name one with --as: \(names)")
        }
        if let client = settings.clients.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return client }
        throw CommandFailure(
            settings.clients.isEmpty
                ? "the configuration names no clients (mcpProxy.clients); leave out --as"
                : "there is no client \"\(name)\" under mcpProxy.clients; there are: \(names)")
    }

    /// Why there is no endpoint for all servers; nil if there is one.
    private func reasonForEach(_ enabled: [ServerSettings]) -> String? {
        guard settings.endpoint.isEnabled else { return "mcpProxy.endpoint is switched off" }
        return settings.endpoint.members(of: enabled, { $0 }).isEmpty
            ? "no server is offered at the endpoint for all" : nil
    }

    private func chosen(_ names: [String], of enabled: [ServerSettings]) throws(CommandFailure) -> [ServerSettings] {
        try names.map { name throws(CommandFailure) in
            if let found = enabled.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return found }
            let isDisabled = settings.servers.contains { $0.name.utf8.elementsEqual(name.utf8) }
            let there = enabled.map(\.displayName).joined(separator: ", ")
            throw CommandFailure(
                isDisabled
                    ? "the server \"\(name)\" is disabled" : "there is no server \"\(name)\"; there are: \(there)")
        }
    }

    private func chosen(_ names: [String]) throws(CommandFailure) -> [GroupSettings] {
        try names.map { name throws(CommandFailure) in
            if let found = settings.groups.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return found }
            let there = settings.groups.isEmpty ? "none" : settings.groups.map(\.name).joined(separator: ", ")
            throw CommandFailure("there is no group \"\(name)\"; there are: \(there)")
        }
    }

    private mutating func add(_ server: ServerSettings, as name: String) throws(CommandFailure) {
        append(name, try addresses.url(of: server), client?.tokens.first ?? server.options.authTokens.first)
    }

    private mutating func add(
        _ group: GroupSettings, of enabled: [ServerSettings], as name: String
    ) throws(CommandFailure) {
        if let arguments = addresses.arguments(for: group) { return append(name, "", nil, arguments) }
        let url = try addresses.url(of: group)
        if let client { return append(name, url, client.tokens.first) }
        if let own = group.authTokens { return append(name, url, own.first) }
        let members = group.members(of: enabled) { $0 }
        let token = SharedToken.token(of: members, own: settings.options.authTokens)
        append(name, url, token)
        let unseen = SharedToken.unseen(members, with: token).map(\.displayName)
        guard !unseen.isEmpty else { return }
        let (verb, way) = unseen.count == 1 ? ("asks", "an entry of its own") : ("ask", "entries of their own")
        remarks.append(
            "With \(token == nil ? "no token" : "this token") the client will not see \(unseen.joined(separator: ", ")), "
                + "which \(verb) for another one; --server prints \(way)")
    }

    private mutating func append(_ name: String, _ url: String, _ token: Secret?, _ arguments: [String]? = nil) {
        servers.append(
            PublishedServer(
                name: name, url: url, token: token.map(addresses.shown),
                tokenNumber: token.flatMap { tokens.firstIndex(of: $0) }, arguments: arguments))
    }
}
