import AccessTokens
import Addresses
import Grants
import MCPFrontEnd
import MCPGateway
import MCPUpstream
import NIOCore
import ProxyConfiguration

// MARK: - On whose behalf servers are called

extension ServerBuilder {
    /// The grant with which a server is called; nil where it is called as it is configured.
    func grant(of server: ServerSettings, _ source: ServerSource) -> ServerGrant? {
        guard source != .adHoc, server.egress.ownProxy == OwnProxy(),
            case .http(let url, let headers, _, _) = server.transport,
            // Who sets the field himself knows what the server wants.
            !headers.contains(where: { ASCII.equal($0.name, "Authorization") })
        else { return nil }
        let grant = GrantSettings(
            server: server.displayName, address: url, way: .discovered, scopes: [], client: nil,
            howToLogIn: howToLogIn(server), metadataDocument: nil)
        return known.grants.grant(
            grant,
            GrantSurroundings(
                egress: egress(of: server), reach: reach(of: server), eventLoop: eventLoops.next(),
                wall: { WallClock.time }, logger: logger))
    }

    /// What somebody has to do who is to log in to a server.
    private func howToLogIn(_ server: ServerSettings) -> String {
        let command = "mcp-proxy login \(server.displayName)"
        guard clientele != .oneClient, settings.address.port != 0 || settings.baseURL.origin != nil,
            settings.address.socketPath == nil || settings.baseURL.origin != nil
        else { return command }
        let base = ListenerAddress.base(settings, port: settings.address.port)
        return "\(command), or open \(base)\(LoginPath.page(of: server.displayName))"
    }

    /// Shows at a server how it stands with its grant.
    func follow(_ server: ServerSettings, _ source: ServerSource, _ connections: ServerConnections) {
        guard let grant = grant(of: server, source) else { return connections.take(nil) }
        connections.take(grant.report.login)
        grant.listen(as: ObjectIdentifier(connections)) { [weak connections] report in
            guard let connections else { return false }
            connections.take(report.login)
            return true
        }
    }
}

extension GrantReport {
    /// The same as it is shown of servers; nil where nobody logs in and nobody has to.
    fileprivate var login: ServerLogin? {
        guard need != nil || isHeld else { return nil }
        return ServerLogin(
            need: need?.words, isForEverything: need?.isForEverything ?? false, account: account,
            end: end.map { Int($0.milliseconds / 1_000) })
    }
}
