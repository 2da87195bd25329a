import MCPFrontEnd
import MCPGateway
import MCPValues
import ProxyConfiguration
import Synchronization

/// Knows every token that is accepted anywhere and whom it stands for, so that one token is one principal everywhere,
/// also when servers come and go. A token that nothing accepts any more is forgotten.
final class PrincipalRegister: Sendable {
    let credentials: Credentials
    /// Binds what a caller has created to the caller.
    let taskSeal: TaskSeal
    private let known: KnownTokens
    private let clients: NamedClients
    /// Callers with access tokens.
    let holders = TokenHolders()
    /// Callers with certificates.
    let certificates = CertificateHolders()
    /// Whether callers are asked who they are although no client has a name.
    private let asksByOtherMeans: Bool
    /// What keeps the tokens of the configuration in force.
    private let inForce = Mutex<[TokenLease]>([])

    /// - Parameter key: The secret of this proxy.
    init(_ settings: ProxySettings, key: StateKey = StateKey()) {
        taskSeal = TaskSeal(secrets: [:], ownSecret: key.bytes)
        credentials = Credentials(certificates: certificates)
        asksByOtherMeans = settings.asksByOtherMeans
        known = KnownTokens(credentials, taskSeal)
        clients = NamedClients(credentials)
        keep(settings)
    }

    /// Keeps the tokens and clients of a configuration, in place of those of the one before.
    ///
    /// - Returns: The named clients that may do something else than before.
    @discardableResult
    func keep(_ settings: ProxySettings) -> Set<Principal> {
        let changed = clients.keep(settings.clients).union(holders.keep(settings.clients))
            .union(certificates.keep(settings.clients))
        credentials.forgetCertificates()
        let leases = settings.allTokens.filter { clients.owner(of: $0) == nil }.map(known.lease)
        let old = inForce.withLock { inForce in
            defer { inForce = leases }
            return inForce
        }
        // What ends with them takes its turn after the lock was given back.
        withExtendedLifetime(old) {}
        return changed
    }

    /// Whether callers are asked who they are wherever they come.
    var asksEverybody: Bool { asksByOtherMeans || !clients.isEmpty }

    /// The clients that the operator has named.
    var namedClients: [Principal] { clients.all }

    /// Those, and everybody who is one of them by what they have shown, and is still there.
    var everybodyNamed: [Principal] { clients.all + holders.all + certificates.all }

    /// Who may use something at which these tokens stand.
    ///
    /// - Parameter places: Clients with the right to one of these may, too. Without a token it is open to everybody, unless
    ///   callers are asked who they are wherever they come.
    func access(_ tokens: [Secret], clientsOf places: [Place]) -> Access {
        guard !tokens.isEmpty || asksEverybody else { return .everybody }
        var (holders, leases): (Set<Principal>, [TokenLease]) = ([], [])
        for token in tokens {
            if let client = clients.owner(of: token) {
                holders.insert(client)
            } else {
                let lease = known.lease(token)
                holders.insert(lease.principal)
                leases.append(lease)
            }
        }
        return .holders(holders, clientsOf: asksEverybody ? places : [], leases: leases)
    }

    /// Access for one caller and nobody else: for everybody, where callers are not asked who they are, and for nobody, where
    /// the caller's token was taken away. It does not keep the token accepted.
    func access(of caller: Principal) -> Access {
        if caller == .anonymous { return .everybody }
        if everybodyNamed.contains(caller) { return .holders([caller]) }
        return known.accepts(caller) ? .holders([caller]) : .nobody
    }

    /// Who may read the status: the holders of the proxy's own tokens, or of any server's when it has none itself, and
    /// clients that may use any server, of what they may use.
    func statusAccess(_ settings: ProxySettings) -> Access {
        let own = settings.options.authTokens
        return access(
            own.isEmpty ? settings.servers.flatMap(\.options.authTokens) : own,
            clientsOf: [.endpoint, .management(.read)])
    }
}

extension ProxySettings {
    /// Every token that stands somewhere by itself, without the name of a client.
    var allTokens: [Secret] {
        options.authTokens + servers.flatMap(\.options.authTokens) + managementTokens
            + (groups + [endpoint]).flatMap { $0.authTokens ?? [] }
    }
}
