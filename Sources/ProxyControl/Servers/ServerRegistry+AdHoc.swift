import Crypto
import MCPCore
package import MCPFrontEnd
package import MCPGateway
import MCPUpstream
package import NIOCore
import ProxyConfiguration

// MARK: - Servers that clients bring with their sessions

extension ServerRegistry: AdHocServers {
    /// Starts a server for one caller, under a name that nobody can guess.
    package func open(
        _ configuration: ByteBuffer, isShared: Bool, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> Route {
        let name = "adhoc-\(isShared ? digest(configuration, caller) : Hexadecimal.text(of: RandomBytes.make(16)))"
        return try await alone(with: name) { () async throws(ManagementRefusal) in
            if isShared, let server = servers[name] { return server.route }
            return try await startAndPublish(name, configuration, .adHoc, for: caller) { server in
                var server = server
                server.route = Route(
                    offer: server.route.offer, access: builder.principals.access(of: caller.principal))
                server.endsWithItsSession = !isShared
                server.unusedSince = .now()
                return server
            }.route
        }
    }

    /// Ends a server whose session has ended.
    package func close(_ offer: Offer) async {
        // When the proxy is about to end, so is the server.
        try? await alone(with: offer.name) { () async throws(ManagementRefusal) in
            guard let server = servers[offer.name], server.route.offer === offer else { return }
            await drain(server)
            servers[offer.name] = nil
            server.journal.close()
            changed()
        }
    }

    /// How long the session may take to be opened for which a server was started.
    private static let openingTime = TimeAmount.seconds(2)

    /// Ends the servers whose sessions have ended, or that nobody has used for a while.
    package func closeUnused() async {
        let idleTimeout = settings.limits.idleTimeout
        for server in servers.values where server.source == .adHoc {
            let name = server.settings.name
            gateway.closeSessions(of: server.connections, idleFor: idleTimeout)
            let limit = server.endsWithItsSession ? Self.openingTime : .milliseconds(idleTimeout.milliseconds)
            let isUsed = server.connections.callsInFlight > 0 || gateway.hasSessions(of: server.connections)
            if isUsed {
                servers[name]?.unusedSince = nil
            } else if let since = server.unusedSince {
                if .now() - since > limit { await close(server.route.offer) }
            } else {
                servers[name]?.unusedSince = .now()
            }
        }
    }

    /// The same for the same caller and configuration, and known to nobody who does not know this run's secret.
    private func digest(_ configuration: ByteBuffer, _ caller: ManagementCaller) -> String {
        let text = Array(caller.principal.name.utf8) + [0] + Array(configuration.readableBytesView)
        let code = HMAC<SHA256>.authenticationCode(for: text, using: adHocKey)
        return Hexadecimal.text(of: code.prefix(16))
    }
}
