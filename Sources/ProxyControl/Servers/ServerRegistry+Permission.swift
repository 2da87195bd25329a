import Addresses
import Crypto
import MCPFrontEnd
import MCPGateway
import MCPUpstream
import MCPValues
import NIOCore
import ProxyConfiguration

// MARK: - What may be started, by whom

extension ServerRegistry {
    /// What a server that is not the operator's is to be, read and allowed. Every way to bring one goes through here, and
    /// every way to start one that is there already: what was allowed once may have been forbidden since.
    func read(
        _ name: String, _ configuration: ByteBuffer, _ source: ServerSource, for caller: ManagementCaller
    ) throws(ManagementRefusal) -> ServerSettings {
        let loaded = try load(name, configuration)
        try allow(loaded.settings, usesTemplate: loaded.usesTemplate, source, for: caller)
        return loaded.settings
    }

    /// What a server is to be when somebody has it started, or started anew.
    func startable(
        _ server: ManagedServer, for caller: ManagementCaller
    ) throws(ManagementRefusal) -> ServerSettings {
        if server.source == .file {
            try allow(server.settings, usesTemplate: false, .file, for: caller)
            return server.settings
        }
        guard let configuration = server.configuration else {
            throw forbidden("nobody knows what this server was added with; remove it and add it again")
        }
        let settings = try read(server.settings.name, configuration, server.source, for: caller)
        guard !settings.options.authTokens.isEmpty || server.settings.options.authTokens.isEmpty else {
            throw forbidden(Self.wouldBeOpen)
        }
        return settings
    }

    static let wouldBeOpen =
        "the server asked for tokens when it was added, and now it would be open to everybody; set "
        + "mcpProxy.options.authTokens, or add it again with tokens of its own"

    /// Somebody who may start what the rules allow, for a server that somebody else has added before.
    func starter(of owner: OwnerMark?) -> ManagementCaller {
        ManagementCaller(principal: .anonymous, right: owner == .anonymous ? .none : .execute)
    }

    func load(_ name: String, _ configuration: ByteBuffer) throws(ManagementRefusal) -> LoadedServer {
        do {
            return try ConfigurationLoader.loadServer(
                named: name,
                text: Array(configuration.readableBytesView),
                source: "config",
                proxy: settingsWithAllGroups,
                existing: servers.keys.filter { $0 != name } + pending.keys.filter { $0 != name },
                added: servers.values.map(\.settings) + asked.values.map(\.settings)
            )
        } catch {
            let errors = error.problems.filter { $0.severity == .error }
            throw ManagementRefusal(
                .invalidConfiguration,
                errors.count == 1 ? "the configuration cannot be used" : "the configuration has several problems",
                problems: errors.map(\.description))
        }
    }

    /// The one rule about what may be started: asked when a server is added, replaced, enabled, restarted, restored and
    /// when the rule itself has changed.
    func allow(
        _ server: ServerSettings, usesTemplate: Bool, _ source: ServerSource, for caller: ManagementCaller
    ) throws(ManagementRefusal) {
        if source == .adHoc, management.adHoc == .deny {
            throw forbidden("servers that come with a session are switched off (mcpProxy.management.adHoc)")
        }
        if source == .adHoc, server.options.disabled {
            throw ManagementRefusal(
                .invalidConfiguration, "a server that comes with a session cannot be left out (options.disabled)")
        }
        guard server.transport.startsProcess else {
            guard source == .file || management.remote == .allow else {
                throw forbidden("remote servers cannot be added over the API (mcpProxy.management.remote)")
            }
            return
        }
        guard caller.right != .write else {
            throw forbidden(
                "this client may change servers, but start no process (\"management\" of the client is \"write\", not "
                    + "\"execute\")")
        }
        guard caller.right == .execute else {
            throw forbidden(
                "without a token nothing may start a process; set mcpProxy.management.authTokens in the proxy's "
                    + "configuration and send one of them")
        }
        // What the operator's file names is the operator's.
        guard source != .file else { return }
        switch management.stdio {
        case .allow: return
        case .templates where usesTemplate: return
        case .templates:
            throw forbidden(
                "only the operator's templates may start a process (mcpProxy.management.stdio); name one with "
                    + "\"template\"")
        case .deny: throw forbidden("no command that came over the API may run (mcpProxy.management.stdio)")
        }
    }

    /// Whether somebody who was let in may still change something: their token may have been taken away since, or there
    /// may be tokens now. The operator's own, who is nobody that a token stands for, always may.
    func checkRight(of caller: ManagementCaller) throws(ManagementRefusal) {
        let access = managementAccess
        let mayStay =
            switch (caller.isKnown, caller.principal == .anonymous) {
            case (true, true): true
            case (true, false): access.right(of: caller.principal) >= caller.right
            case (false, _): access.callers.isOpen && !access.isAskedElsewhere
            }
        guard mayStay, !caller.isWithdrawn else {
            throw forbidden("what may be changed, and by whom, is not what it was when this was asked for; ask again")
        }
    }

    /// Whether anything but the API asks who somebody is: as soon as something does, not everybody may do everything.
    private var isAskedElsewhere: Bool {
        builder.principals.asksEverybody || !settings.options.authTokens.isEmpty
            || settings.servers.contains { !$0.options.authTokens.isEmpty }
            || servers.values.contains { !$0.settings.options.authTokens.isEmpty }
            || groups.values.contains { $0.settings.authTokens != nil }
    }

    /// Sees to it that a server which asks for tokens can be managed, and not by everybody.
    func checkTokens(_ server: ServerSettings, for caller: ManagementCaller) throws(ManagementRefusal) {
        guard caller.isKnown || server.options.authTokens.isEmpty else {
            throw forbidden(
                "a server that asks for tokens can be added only with a token of the management API; set "
                    + "mcpProxy.management.authTokens")
        }
    }

    func forbidden(_ words: String) -> ManagementRefusal {
        ManagementRefusal(.forbidden, words)
    }

    /// Lets servers be managed over HTTP, by the settings in force.
    package func openManagement() {
        frontDoor.manage(managementAccess, servers: self)
    }

    private var managementAccess: ManagementAccess {
        var access = ManagementAccess(
            callers: builder.principals.access(settings.managementTokens, clientsOf: [.management(.read)]),
            isAskedElsewhere: isAskedElsewhere,
            isReachable: !ListenerAddress.isLocal(settings),
            allowedOrigins: Set(settings.allowedOrigins),
            prefix: prefix
        )
        access.maximumChangesPerMinute = management.maxChangesPerMinute
        access.showsMetricsToEverybody = settings.metrics.isPublic
        if let address = settings.metrics.address {
            access.metricsHaveOwnPlace = true
            access.metricsPlaceIsReachable = !ListenerAddress.isLoopback(address.host) || access.isReachable
        }
        return access
    }

    /// Sees to it that nobody adds servers without end.
    func checkRoom(_ source: ServerSource, for caller: ManagementCaller) throws(ManagementRefusal) {
        let added = servers.values.filter { $0.source == source }.count + pending.count
        let maximum = source == .adHoc ? management.maxAdHocServers : management.maxServers
        let key = source == .adHoc ? "maxAdHocServers" : "maxServers"
        guard added < maximum else {
            throw ManagementRefusal(
                .quota, "there are \(added) such servers already (mcpProxy.management.\(key)); remove one")
        }
        let mark = mark(of: caller)
        let own = servers.values.count { $0.owner == mark } + pending.values.count { $0 == mark }
        guard own < management.maxServersPerPrincipal else {
            throw ManagementRefusal(
                .quota,
                "you have \(own) servers already (mcpProxy.management.maxServersPerPrincipal); remove one")
        }
    }

    /// By what a caller is known as the owner of servers, also after the next start.
    func mark(of caller: ManagementCaller) -> OwnerMark {
        guard caller.isKnown else { return .anonymous }
        if caller.principal.isNamed { return OwnerMark(caller.principal.name) }
        let token = settings.managementTokens.first {
            builder.principals.access([$0], clientsOf: []).isHeld(by: caller.principal)
        }
        // A token that was taken away meanwhile owns nothing that others own.
        return token.map(mark) ?? OwnerMark("withdrawn \(caller.principal.name)")
    }

    private func mark(of token: Secret) -> OwnerMark {
        let digest = SHA256.hash(data: Array("mcp-proxy owner \(token.reveal())".utf8))
        return OwnerMark("sha256 \(digest.map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined())")
    }

    /// Whether whoever is known by a mark may still have brought a server.
    func mayOwn(_ server: ServerSettings, _ mark: OwnerMark) -> Bool {
        let needed = server.transport.startsProcess ? ManagementRight.execute : .write

        if managementAccess.callers.isOpen { return mark == .anonymous }
        return settings.managementTokens.contains { self.mark(of: $0) == mark }
            || builder.principals.everybodyNamed.contains {
                OwnerMark($0.name) == mark && $0.rights.admit(.management(needed))
            }
    }

    /// Puts in force which addresses may be called for servers that are not the operator's own, and ends what is
    /// connected to others. Before it is known where the proxy listens nothing may be called.
    package func openAddresses() async {
        guard let listener = frontDoor.listener.address else { return }
        builder.gate.change(
            to: AddressGuard(allowing: management.allowAddresses + ownLoopback, listeners: [listener]))
        await builder.links.endForbiddenConnections()
    }

    /// What only this machine's own programs can reach they can reach without the proxy as well.
    private var ownLoopback: [AddressNetwork] {
        ListenerAddress.isLocal(settings) ? AddressNetwork.loopback : []
    }
}
