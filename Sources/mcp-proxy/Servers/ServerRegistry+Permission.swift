import Addresses
import MCPFrontEnd
import MCPGateway
import MCPUpstream
import NIOCore
import ProxyConfiguration

// MARK: - What may be added, by whom

extension ServerRegistry {
    /// What a server that is not the operator's is to be, read and allowed. Every way to bring one goes through here.
    func read(
        _ name: String, _ configuration: ByteBuffer, _ source: ServerSource, for caller: ManagementCaller
    ) throws(ManagementRefusal) -> ServerSettings {
        let loaded = try load(name, configuration)
        try allow(loaded.settings, usesTemplate: loaded.usesTemplate, source, for: caller)
        return loaded.settings
    }

    func load(_ name: String, _ configuration: ByteBuffer) throws(ManagementRefusal) -> LoadedServer {
        do {
            return try ConfigurationLoader.loadServer(
                named: name,
                text: Array(configuration.readableBytesView),
                source: "config",
                proxy: settings,
                existing: servers.keys.filter { $0 != name } + pending.keys.filter { $0 != name }
            )
        } catch {
            let errors = error.problems.filter { $0.severity == .error }
            throw ManagementRefusal(
                .invalidConfiguration,
                errors.count == 1 ? "the configuration cannot be used" : "the configuration has several problems",
                problems: errors.map(\.description))
        }
    }

    private func allow(
        _ server: ServerSettings, usesTemplate: Bool, _ source: ServerSource, for caller: ManagementCaller
    ) throws(ManagementRefusal) {
        if source == .adHoc, management.adHoc == .deny {
            throw forbidden("servers that come with a session are switched off (mcpProxy.management.adHoc)")
        }
        guard server.transport.startsProcess else {
            guard management.remote == .allow else {
                throw forbidden("remote servers cannot be added over the API (mcpProxy.management.remote)")
            }
            return
        }
        guard caller.hasToken else {
            throw forbidden(
                "without a token nothing may start a process; set mcpProxy.management.authTokens in the proxy's "
                    + "configuration and send one of them")
        }
        switch management.stdio {
        case .allow: return
        case .templates where usesTemplate: return
        case .templates:
            throw forbidden(
                "only the operator's templates may start a process (mcpProxy.management.stdio); name one with "
                    + "\"template\"")
        case .deny: throw forbidden("no command can be added over the API (mcpProxy.management.stdio)")
        }
    }

    private func forbidden(_ words: String) -> ManagementRefusal {
        ManagementRefusal(.forbidden, words)
    }

    /// Lets servers be managed over HTTP, by the settings in force.
    func openManagement() {
        var access = ManagementAccess(
            tokens: builder.principals.tokens(settings.managementTokens),
            serverTokens: builder.principals.tokens(
                settings.options.authTokens + settings.servers.flatMap(\.options.authTokens)),
            isReachable: !ListenerAddress.isLocal(settings),
            allowedOrigins: Set(settings.allowedOrigins),
            prefix: prefix
        )
        access.maximumChangesPerMinute = management.maxChangesPerMinute
        frontDoor.manage(access, servers: self)
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
        guard caller.hasToken else { return }
        let own =
            servers.values.filter { $0.owner == caller.principal }.count
            + pending.values.filter { $0 == caller.principal }.count
        guard own < management.maxServersPerPrincipal else {
            throw ManagementRefusal(
                .quota,
                "you have \(own) servers already (mcpProxy.management.maxServersPerPrincipal); remove one")
        }
    }

    /// Puts in force which addresses may be called for servers that are not the operator's own, and ends what is
    /// connected to others. Before it is known where the proxy listens nothing may be called.
    func openAddresses() async {
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
