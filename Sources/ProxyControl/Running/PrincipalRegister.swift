import MCPFrontEnd
import MCPGateway
import ProxyConfiguration
import Synchronization

/// Knows every token that is accepted anywhere and whom it stands for, so that one token is one principal everywhere,
/// also when servers come and go. A token that nothing accepts any more is forgotten.
final class PrincipalRegister: Sendable {
    /// Binds what a caller has created to its token.
    let taskSeal = TaskSeal(secrets: [:])
    private let known: KnownTokens
    /// What keeps the tokens of the configuration in force.
    private let inForce = Mutex<[TokenLease]>([])

    init(_ settings: ProxySettings) {
        known = KnownTokens(taskSeal)
        keep(settings)
    }

    /// Keeps the tokens of a configuration, in place of those of the one before.
    func keep(_ settings: ProxySettings) {
        let tokens =
            settings.options.authTokens + settings.servers.flatMap(\.options.authTokens) + settings.managementTokens
            + (settings.groups + [settings.endpoint]).flatMap { $0.authTokens ?? [] }
        let leases = tokens.map(known.lease)
        let old = inForce.withLock { inForce in
            defer { inForce = leases }
            return inForce
        }
        // What ends with them takes its turn after the lock was given back.
        withExtendedLifetime(old) {}
    }

    /// What a route accepts.
    func tokens(_ tokens: [Secret]) -> RouteTokens {
        RouteTokens(leases: tokens.map(known.lease))
    }

    /// What opens a route for one caller and nobody else: everybody's, where callers have no token, and nobody's, where
    /// the caller's was taken away.
    func tokens(of caller: Principal) -> RouteTokens {
        guard caller != .anonymous else { return RouteTokens([]) }
        return known.lease(of: caller).map { RouteTokens(leases: [$0]) } ?? .closed
    }

    /// What opens the status of all servers: the proxy's own tokens, or any server's when it has none itself.
    func statusTokens(_ settings: ProxySettings) -> RouteTokens {
        let own = settings.options.authTokens
        return tokens(own.isEmpty ? settings.servers.flatMap(\.options.authTokens) : own)
    }
}

extension RouteTokens {
    fileprivate init(leases: [TokenLease]) {
        self.init(leases.map { ($0.secret.reveal(), $0.principal) }, leases: leases)
    }
}
