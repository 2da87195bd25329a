import AccessTokens
import Addresses
import Grants
import MCPFrontEnd
import MCPGateway
import MCPUpstream
import Metrics
import NIOCore
import ProxyConfiguration

// MARK: - On whose behalf servers are called

extension ServerBuilder {
    /// The grant with which a server is called; nil where it is called as it is configured.
    func grant(of server: ServerSettings, _ source: ServerSource) -> ServerGrant? {
        guard source != .adHoc, server.egress.ownProxy == OwnProxy(), let settings = grantSettings(of: server, source)
        else {
            return nil
        }
        return known.grants.grant(
            settings,
            GrantSurroundings(
                egress: egress(of: server), reach: reach(of: server), eventLoop: eventLoops.next(),
                wall: { WallClock.time }, readFile: SigningKeyFile.read, outlivesRun: Self.outlivesRun,
                renewals: meters.server(server.displayName).renewals, logger: logger))
    }

    /// What the grant of a server is told from all others by. That of the operator's server is none of one that was added
    /// over the API under its name.
    func grantName(of server: ServerSettings, _ source: ServerSource) -> String {
        source == .api ? "\(server.name)\u{0}api" : server.name
    }

    private func grantSettings(of server: ServerSettings, _ source: ServerSource) -> GrantSettings? {
        guard case .http(let url, let headers, _, _) = server.transport else { return nil }
        var settings = GrantSettings(
            server: server.displayName, name: grantName(of: server, source), address: url,
            howToLogIn: howToLogIn(server))
        settings.metadataDocument = metadataDocument
        switch server.authorization {
        case .none: return nil
        case .discovered:
            // Who sets the field himself, or has callers bring what the server wants, knows what that is.
            guard server.passedHeaders.isEmpty, !headers.contains(where: { ASCII.equal($0.name, "Authorization") })
            else { return nil }
        case .oauth(let login):
            settings.way = .login
            settings.isPersonal = login.holder == .principal
            settings.scopes = login.scopes
            settings.client = login.client.map(GrantClient.init)
        case .clientCredentials(let credentials):
            settings.way = .clientCredentials
            settings.scopes = credentials.scopes
            settings.client = GrantClient(credentials.client)
        case .tokenExchange(let exchange):
            settings.way = .tokenExchange(at: exchange.tokenURL, audience: exchange.audience)
            settings.isPersonal = true
            settings.scopes = exchange.scopes
            settings.client = GrantClient(exchange.client)
        case .enterpriseManaged(let managed):
            settings.way = .enterpriseManaged(GrantSettings.IdentityProvider(managed.identityProvider))
            settings.isPersonal = true
            settings.scopes = managed.scopes
            settings.client = GrantClient(managed.client)
        }
        return settings
    }

    /// The address of a document about the proxy: that of the operator's, else the proxy's own where authorization servers
    /// can read that.
    private var metadataDocument: String? {
        if let configured = settings.identity.clientMetadataURL { return configured.text }
        guard let origin = settings.baseURL.origin, origin.hasPrefix("https://"), !ListenerAddress.isLocal(settings)
        else { return nil }
        return origin + settings.baseURL.pathPrefix + LoginPath.documentPath
    }

    /// What somebody has to do who is to log in to a server.
    private func howToLogIn(_ server: ServerSettings) -> String {
        let isPersonal = if case .oauth(let login) = server.authorization { login.holder == .principal } else { false }
        let page = pagesBase.map { $0 + LoginPath.page(of: server.displayName) }
        return advice.words(for: server.displayName, page: page, isPersonal: isPersonal)
    }

    /// What the addresses of the proxy's pages begin with; nil where there are none.
    private var pagesBase: String? {
        guard clientele != .oneClient, settings.address.port != 0 || settings.baseURL.origin != nil,
            settings.address.socketPath == nil || settings.baseURL.origin != nil
        else { return nil }
        return ListenerAddress.base(settings, port: settings.address.port)
    }

    /// Whether a caller of this name is the same one at the next start: who has shown a token without a name is called by a
    /// number, which may be somebody else's then.
    private static let outlivesRun: @Sendable (String) -> Bool = { name in
        !name.utf8.starts(with: "token ".utf8)
    }

    /// One of those who have logged in for themselves, with whose login it can be read what the server lists.
    func loggedIn(to server: ServerSettings, _ source: ServerSource, among access: Access) -> Principal? {
        guard let grant = grant(of: server, source), grant.settings.hasPersonalLogins else { return nil }
        return principals.namedClients.first { access.admits($0) && grant.grant(of: $0.name).report.isHeld }
    }

    /// The logins that each caller has for himself; nil where they share one, or where nobody logs in.
    func personalLogins(_ grant: ServerGrant) -> PersonalGrants? {
        guard grant.settings.isPersonal, case .login = grant.settings.way else { return nil }
        return PersonalGrants(grant: grant, server: grant.settings.server, base: pagesBase, tickets: tickets)
    }

    /// Shows at a server how it stands with its grant.
    func follow(_ server: ServerSettings, _ source: ServerSource, _ connections: ServerConnections) {
        guard let grant = grant(of: server, source) else { return connections.take(nil) }
        connections.take(grant.report.login)
        grant.listen(as: ObjectIdentifier(connections)) { [weak connections] report, byLogin in
            guard let connections else { return false }
            connections.take(report.login, somebodyLoggedIn: byLogin)
            return true
        }
    }
}

extension GrantSettings.IdentityProvider {
    fileprivate init(_ settings: ServerAuthorizationSettings.IdentityProvider) {
        let client = GrantClient(settings.client)
        switch settings.place {
        case .issuer(let issuer): self.init(issuer: issuer.text, tokenEndpoint: nil, client: client)
        case .tokenURL(let endpoint, let issuer):
            self.init(issuer: issuer?.text, tokenEndpoint: endpoint, client: client)
        }
    }
}

extension GrantClient {
    fileprivate init(_ settings: OAuthClientSettings) {
        let proof: GrantClient.Proof =
            switch settings.proof {
            case .none: .none
            case .secret(let secret): .secret(secret.reveal())
            case .privateKeyFile(let path): .privateKeyFile(path)
            }
        self.init(identifier: settings.id, proof: proof, issuer: settings.issuer?.text)
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
