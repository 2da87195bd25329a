import MCPFrontEnd
import MCPGateway
import MCPUpstream
import NIOCore
import ProxyConfiguration

// MARK: - Servers that clients bring with their sessions

extension ServerRegistry: AdHocServers {
    /// Starts a server for one caller, under a name that nobody can guess.
    func open(_ configuration: ByteBuffer, for caller: ManagementCaller) async throws(ManagementRefusal)
        -> PublishedRoute
    {
        let name = "adhoc-\(Self.randomDigits())"
        return try await alone(with: name) { () async throws(ManagementRefusal) in
            var server = try await start(name, configuration, .adHoc, for: caller)
            let tokens = builder.principals.tokens(of: caller.principal)
            server.published = PublishedRoute(route: server.published.route, tokens: tokens)
            server.unusedSince = .now()
            publish(server)
            return server.published
        }
    }

    /// Ends a server whose session has ended.
    func close(_ route: Route) async {
        // When the proxy is about to end, so is the server.
        try? await alone(with: route.name) { () async throws(ManagementRefusal) in
            guard let server = servers[route.name], server.published.route === route else { return }
            await drain(server)
            servers[route.name] = nil
            server.journal.close()
            changed()
        }
    }

    /// Ends the servers whose sessions have ended, or that nobody has used for a while.
    func closeUnused() async {
        let idleTimeout = TimeAmount.nanoseconds(settings.limits.idleTimeout.milliseconds * 1_000_000)
        for server in servers.values where server.source == .adHoc {
            let name = server.settings.name
            let isUsed = server.connections.callsInFlight > 0 || gateway.hasSessions(of: server.connections)
            if isUsed {
                servers[name]?.unusedSince = nil
            } else if let since = server.unusedSince {
                if .now() - since > idleTimeout { await close(server.published.route) }
            } else {
                servers[name]?.unusedSince = .now()
            }
        }
    }

    private static func randomDigits() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
