import MCPFrontEnd
import MCPGateway
import MCPUpstream
import ProxyConfiguration
import ProxyControl

extension ServerAccess {
    /// Lends a session with servers that are offered together.
    ///
    /// - Parameter name: The group; nil for the endpoint for all servers.
    /// - Returns: What the body returns, and why servers were left out where that is known.
    /// - Throws: `CommandFailure` when there is no such group, or it cannot be used.
    func withClient<Value: Sendable>(
        ofGroup name: String?, _ signals: TerminationSignals,
        _ body: @escaping @Sendable (OneClient) async throws -> Value
    ) async throws -> (value: Value, failures: [String]) {
        let servers = try servers(ofGroup: name)
        do {
            let value = try await servers.withClient(signals) { client in
                try await client.initialize()
                return try await body(client)
            }
            if case .running = self { return (value, []) }
            return (value, servers.failures)
        } catch let error as OneShotServers.Failure {
            guard case .running(let client) = self, error.refusal.reason != nil else {
                throw CommandFailure(error.words, isAnswer: error.refusal.reason == nil)
            }
            throw await explained(error, name, client)
        }
    }

    /// Why a running proxy does not let a group be asked: seldom for what the client behind it is told.
    private func explained(
        _ error: OneShotServers.Failure, _ name: String?, _ client: ManagementClient
    ) async -> CommandFailure {
        let shown = name.map { "the group \"\($0)\"" } ?? "the endpoint for all servers"
        if error.status?.errorCode == .unauthorized {
            let words = client.tokenWords(hasToken: client.place.token(ofGroup: name) != nil)
            return CommandFailure("\(shown) needs another token\n\(words)")
        }
        // Without an answer the proxy's own words have to do.
        guard (try? await RunningOffers(client: client).has(name)) == false else { return CommandFailure(error.words) }
        let base = client.place.shown
        return CommandFailure(
            name == nil
                ? "\(shown) is switched off at \(base)"
                : "there is no group \"\(name ?? "")\" at \(base); mcp-proxy list shows which there are")
    }

    private func servers(ofGroup name: String?) throws -> OneShotServers {
        switch self {
        case .oneShot(let settings, let location):
            Interruption.tellWaiting("starting the servers…")
            var group = try Self.group(name, of: settings, in: location)
            // Whoever asks once would not hear of servers that come later.
            group.firstListWait = .seconds(60)
            return OneShotServers(settings, for: .oneClient, group: group, of: location)
        case .running(let client):
            let path = name.map { PathEncoding.encode($0) + "/mcp" } ?? "mcp"
            let token = client.place.token(ofGroup: name)
            var settings = try BridgeConfiguration.load(
                url: "\(client.place.base)/\(path)",
                headers: token.map { ["Authorization: Bearer \($0.reveal())"] } ?? [],
                transport: "streamable-http", environment: nil
            ).settings
            settings.servers[0].egress.ownProxy = client.place.proxy
            return OneShotServers(settings, for: .oneClient)
        }
    }

    private static func group(
        _ name: String?, of settings: ProxySettings, in location: String
    ) throws(CommandFailure) -> GroupSettings {
        guard let name else {
            guard settings.endpoint.isEnabled else {
                throw CommandFailure("mcpProxy.endpoint is switched off in \(location)")
            }
            return settings.endpoint
        }
        if let found = settings.groups.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return found }
        let there = settings.groups.isEmpty ? "none" : settings.groups.map(\.name).joined(separator: ", ")
        throw CommandFailure("there is no group \"\(name)\" in \(location); there are: \(there)")
    }
}

extension ProxyPlace {
    /// What opens a group: the token that was given, else one that the file has for it.
    ///
    /// - Parameter name: The group; nil for the endpoint for all servers.
    func token(ofGroup name: String?) -> Secret? {
        guard !isGiven, let settings = configuration?.settings else { return token }
        let groups = [settings.endpoint] + settings.groups
        // One that was added while it ran offers what the proxy's token opens.
        guard let group = groups.first(where: { $0.name.utf8.elementsEqual((name ?? "").utf8) }) else {
            return settings.options.authTokens.first ?? token
        }
        if let own = group.authTokens { return own.first }
        let members = group.members(of: settings.servers.filter { !$0.options.disabled }) { $0 }
        if let token = settings.clientToken(where: { $0.admitsAny(of: members, in: group) }) { return token }
        return SharedToken.token(of: members, own: settings.options.authTokens)
    }
}
