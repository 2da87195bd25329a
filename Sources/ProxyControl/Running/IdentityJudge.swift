import AccessTokens
import Addresses
import Grants
import Logging
import MCPFrontEnd
import MCPGateway
import MCPUpstream
import MCPValues
import NIOCore
import ProxyConfiguration
import TokenIssuers

/// Says whom an access token stands for: its issuer whether it counts, the configuration what it opens.
final class IdentityJudge: AccessTokenJudge {
    private let issuers: Issuers
    private let requiredScopes: [String]
    private let holders: TokenHolders
    private let callerTokens: CallerTokens

    /// - Parameters:
    ///   - callerTokens: Where it is noted with which token somebody comes.
    ///   - isOwnAddress: Whether a token for this name is one for the proxy, where no audience is configured.
    init(
        _ settings: ProxySettings, holders: TokenHolders, callerTokens: CallerTokens, eventLoop: any EventLoop,
        logger: Logger,
        isOwnAddress: @escaping @Sendable (String) -> Bool
    ) {
        let identity = settings.identity
        let base = settings.baseURL.text.map { [$0] } ?? []
        issuers = Issuers(
            identity.issuers.map { $0.issuerSettings(base: base, isOwnAddress) },
            egress: EgressRules.ofProcess.egress(ServerEgress(), trustedCAFile: settings.trustedCAFile),
            eventLoop: eventLoop,
            clock: IssuerClock(wall: { WallClock.time }, uptime: { .now() }), logger: logger)
        requiredScopes = identity.requiredScopes
        self.holders = holders
        self.callerTokens = callerTokens
    }

    func judge(_ token: String, _ then: @escaping @Sendable (TokenVerdict) -> Void) -> TokenVerdict? {
        issuers.judge(Array(token.utf8)) { [self] outcome in then(verdict(of: outcome, token)) }
            .map { verdict(of: $0, token) }
    }

    private func verdict(of outcome: TokenOutcome, _ text: String) -> TokenVerdict {
        switch outcome {
        case .unavailable: return .refused(.undecided)
        case .refused(let fault): return .refused(.invalid(fault.words))
        case .verified(let token):
            guard requiredScopes.allSatisfy({ needed in token.scopes.contains { $0.utf8.elementsEqual(needed.utf8) } })
            else { return .refused(.scopesMissing) }
            guard let caller = holders.caller(with: token) else { return .refused(.nobodysRights) }
            let left = token.expiry.milliseconds - WallClock.time.milliseconds
            let end = NIODeadline.now() + .milliseconds(max(0, left))
            note(text, of: caller.principal, until: end)
            return .accepted(caller, until: end)
        }
    }

    var wantsTokens: Bool { callerTokens.areWanted }

    func note(_ token: String, of caller: Principal, until end: NIODeadline) {
        callerTokens.note(token, of: caller.name, until: end)
    }
}

extension TokenIssuerSettings {
    fileprivate func issuerSettings(
        base: [String], _ isOwnAddress: @escaping @Sendable (String) -> Bool
    ) -> IssuerSettings {
        let ownNames: [String] = self.audiences.isEmpty ? base : self.audiences
        let isConfigured = !audiences.isEmpty
        let isOwn: @Sendable (String) -> Bool = { name in !isConfigured && isOwnAddress(name) }
        let asked = introspection.map { asked in
            IssuerSettings.Introspection(
                url: asked.url, clientID: asked.clientID, clientSecret: asked.clientSecret.reveal())
        }
        let rules = IssuerRules(
            issuer: issuer, audiences: ownNames, algorithms: algorithms,
            leewaySeconds: Int(clockLeeway.components.seconds), isOwnName: isOwn)
        return IssuerSettings(rules: rules, address: address, keysURL: keysURL, introspection: asked)
    }
}
