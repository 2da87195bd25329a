import ArgumentParser
import Logging
import MCPCore
import MCPFrontEnd
import MCPGateway
import MCPUpstream
import NIOPosix
import ProxyConfiguration
import ProxyControl

/// How a command reaches servers: through a running proxy, or by starting them itself.
enum ServerAccess: Sendable {
    case running(ManagementClient)
    /// The settings, and where they come from.
    case oneShot(ProxySettings, String)

    /// Finds out which it is. Where nothing runs and a configuration was named, and no proxy, that one is used.
    static func find(
        _ remote: RemoteOptions, _ source: ConfigurationOptions, _ options: OneShotOptions
    ) async throws -> ServerAccess {
        if options.isOneShot {
            guard remote.proxy == nil else { throw ValidationError("name either --proxy or --one-shot, not both") }
            guard remote.token == nil else {
                throw ValidationError("--token is for a running proxy, not for --one-shot")
            }
            return .oneShot(try await source.load().settings, source.shownLocation)
        }
        let client = ManagementClient(place: try await .find(remote, source))
        do {
            _ = try await client.send(.get, "openapi.json")
        } catch is CommandFailure {
            // Somebody answers; whether that is of use shows when something is asked.
        } catch let error as ManagementClient.NoProxy {
            guard source.isNamed, !client.place.isNamed, let loaded = client.place.configuration else {
                let wayRound = remote.proxy == nil ? "add --one-shot" : "write --one-shot in place of --proxy"
                throw CommandFailure(
                    "\(error.words); start it, name another one with --proxy, or \(wayRound) to start what is "
                        + "needed of \(source.shownLocation) here")
            }
            Terminal.error("\(error.words); what is needed of \(source.shownLocation) is started here")
            return .oneShot(loaded.settings, source.shownLocation)
        }
        return .running(client)
    }

    /// The servers that can be asked.
    func names() async throws -> [String] {
        switch self {
        case .oneShot(let settings, _): return settings.servers.filter { !$0.options.disabled }.map(\.name)
        case .running(let client):
            return try await client.send(.get, "servers")["servers"].map(Self.enabled) ?? []
        }
    }

    private static func enabled(_ servers: JSONView) -> [String] {
        var names: [String] = []
        servers.forEachMember { name, server in
            if server["state"]?.string != "disabled" { names.append(name) }
        }
        return names
    }

    /// Lends a session with one server.
    ///
    /// - Throws: `CommandFailure` with what the server said last, when it could not be used.
    func withClient<Value: Sendable>(
        of name: String, _ signals: TerminationSignals, _ body: @escaping @Sendable (OneClient) async throws -> Value
    ) async throws -> Value {
        if case .oneShot = self { Interruption.tellWaiting("starting \(ServerName.redacted(name))…") }
        let servers = OneShotServers(try settings(for: name), for: .oneClient, of: configuration)
        do {
            return try await servers.withClient(signals) { client in
                try await client.initialize()
                return try await body(client)
            }
        } catch let error as OneShotServers.Failure {
            guard case .running(let client) = self, error.refusal.reason != nil else {
                throw CommandFailure(error.words, isAnswer: error.refusal.reason == nil)
            }
            throw await explained(error, name, client)
        }
    }

    /// Where the servers stand that are started here; nil where a proxy runs them.
    private var configuration: String? { if case .oneShot(_, let location) = self { location } else { nil } }

    /// Why a running proxy does not let a server be asked: seldom for what the client behind it is told.
    private func explained(
        _ error: OneShotServers.Failure, _ name: String, _ client: ManagementClient
    ) async -> CommandFailure {
        let shown = ServerName.redacted(name)
        if error.status?.errorCode == .unauthorized {
            return CommandFailure(
                "the server \"\(shown)\" needs another token\n"
                    + client.tokenWords(hasToken: client.place.token(of: name) != nil))
        }
        // Without a list that may be read, the proxy's own words have to do.
        guard let servers = (try? await client.send(.get, "servers"))?["servers"] else {
            return CommandFailure(error.words)
        }
        guard let server = servers[shown] else {
            let names = Self.enabled(servers).joined(separator: ", ")
            return CommandFailure("there is no server \"\(shown)\" at \(client.place.shown); there are: \(names)")
        }
        if server["state"]?.string == "disabled" {
            return CommandFailure(
                "the server \"\(shown)\" is disabled at \(client.place.shown); mcp-proxy enable \(shown) starts it")
        }
        let reason = server["error"]?.string.map { "\n    \(ShownOutput.printable($0))" } ?? ""
        return CommandFailure(error.words + (error.words.contains(reason) ? "" : reason))
    }

    /// Settings with that server alone.
    private func settings(for name: String) throws -> ProxySettings {
        switch self {
        case .oneShot(var settings, let location):
            let names = settings.servers.map(\.displayName).joined(separator: ", ")
            settings.servers = settings.servers.filter { $0.name.utf8.elementsEqual(name.utf8) }
            guard let server = settings.servers.first else {
                throw CommandFailure("there is no server \"\(name)\" in \(location); there are: \(names)")
            }
            guard !server.options.disabled else {
                throw CommandFailure("the server \"\(name)\" is disabled in \(location)")
            }
            return settings
        case .running(let client):
            let token = client.place.token(of: name)
            var settings = try BridgeConfiguration.load(
                url: "\(client.place.base)/\(PathEncoding.encode(name))/mcp",
                headers: token.map { ["Authorization: Bearer \($0.reveal())"] } ?? [],
                transport: "streamable-http",
                environment: nil
            ).settings
            settings.servers[0].name = name
            settings.servers[0].egress.ownProxy = client.place.proxy
            return settings
        }
    }
}
