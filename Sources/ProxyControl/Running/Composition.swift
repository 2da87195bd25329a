import Audit
package import Grants
package import Logging
import MCPCore
package import MCPFrontEnd
package import MCPGateway
package import MCPUpstream
package import Metrics
package import NIOCore
import NIOPosix
package import ProxyConfiguration
import Recordings
package import Traces

/// The whole program, put together from its settings. Only this file names every concrete part.
package struct Composition {
    let settings: ProxySettings
    package let gateway: Gateway
    /// The servers of the configuration that are not disabled. Who may use them is not kept here: it would keep tokens in
    /// force that a reload has taken away.
    package let servers: [ManagedServer]
    let builder: ServerBuilder
    /// What the only client is offered, where that is several servers together.
    private let together: Offer?

    /// How many processes are alive and remote sessions still being ended.
    var openLinkCount: Int { builder.links.census.count }

    /// With servers that are programs and remote ones, or that something else makes.
    ///
    /// - Parameters:
    ///   - links: What makes the links to servers; nil for what starts programs and calls addresses.
    ///   - watch: Told whenever the status of any server has changed.
    ///   - descriptors: The open files that are set aside for servers; nil for as many as the system has.
    ///   - clientele: Who reaches it.
    ///   - known: What was found out of servers before; nil for nothing.
    ///   - group: What the only client is offered; nil for the first server alone.
    ///   - advice: What is said to whoever is to log in to a server.
    ///   - meters: Where everything is counted.
    ///   - tracer: What makes spans of requests; nil for none.
    package init(
        _ settings: ProxySettings, links: (any ServerLinks)? = nil, eventLoops: any EventLoopGroup, logger: Logger,
        watch: EventCount, descriptors: DescriptorAccount? = nil, clientele: Clientele, known: KnownServers? = nil,
        group: GroupSettings? = nil, advice: LoginAdvice = .running, meters: Meters = Meters(),
        tracer: Tracer? = nil
    ) {
        var linkSettings = HTTPLinkSettings()
        linkSettings.descriptors = descriptors
        linkSettings.maximumMessageBytes = settings.limits.maxMessageBytes
        let links = links ?? LinkMaker(eventLoops: eventLoops, settings: linkSettings, logger: logger)
        self.init(
            settings, links: links, eventLoops: eventLoops, logger: logger, watch: watch,
            clientele: clientele, known: known ?? KnownServers(logger: logger, hasAPI: clientele != .oneClient),
            group: group, advice: advice, meters: meters, tracer: tracer)
    }

    init(
        _ settings: ProxySettings, links: any ServerLinks, eventLoops: any EventLoopGroup, logger: Logger,
        watch: EventCount, clientele: Clientele, known: KnownServers, group: GroupSettings? = nil,
        advice: LoginAdvice = .running, meters: Meters = Meters(), tracer: Tracer? = nil
    ) {
        self.settings = settings
        let recorder = Recorder(proxy: ProgramVersion.text) { WallClock.now }
        let builder = ServerBuilder(
            settings: settings,
            links: links,
            gate: AddressGate(),
            principals: PrincipalRegister(settings, key: known.key),
            clientele: clientele,
            known: known,
            meters: meters,
            recorder: recorder,
            tickets: LoginTickets(),
            catalogs: CatalogBoard(),
            advice: advice,
            offersTogether: clientele != .oneClient || group != nil,
            eventLoops: eventLoops,
            logger: logger,
            watch: watch
        )
        self.builder = builder
        let servers = settings.servers.filter { !$0.options.disabled }.map { builder.build($0, .file) }
        gateway = Gateway(
            limits: Self.gatewayLimits(settings.limits),
            taskSeal: builder.principals.taskSeal,
            catalogs: builder.catalogs,
            meters: meters,
            audit: AuditTrail(settings, lost: meters.droppedAuditLines, logger: logger),
            recorder: recorder,
            tracer: tracer
        )
        self.servers = servers.map { $0.opened(to: .nobody) }
        let together = group.map { builder.offer($0.name, builder.content(of: $0, servers)) }
        builder.catalogs.listen { server, _, key in
            if key == nil { known.catalogs.note(server) }
        }
        if let together { builder.catalogs.listen { _, _, _ in together.reportFindings() } }
        self.together = together
    }

    /// What listens for clients over HTTP.
    ///
    /// - Parameter tls: What clients are shown; nil where they speak plain HTTP.
    package func frontDoor(tls: ListenerTLS? = nil) -> FrontDoor {
        let addresses = OwnAddresses()
        var doorSettings = frontDoorSettings(addresses)
        doorSettings.tls = tls
        let door = FrontDoor(
            doorSettings,
            gateway: gateway,
            routes: openedServers.map(\.route),
            disabled: settings.servers.filter(\.options.disabled).map(\.displayName),
            logger: builder.logger
        )
        addresses.know(door)
        return door
    }

    /// The servers, open to those who may use them.
    var openedServers: [ManagedServer] { servers.map { $0.opened(to: builder.access(to: $0.settings)) } }

    /// What serves one client line by line, as over standard input and output; nil without a server.
    package func stdioClient(
        on eventLoop: any EventLoop,
        write: @escaping @Sendable (ByteBuffer) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) -> StdioClient? {
        (together ?? servers.first?.route.offer).map { offer in
            StdioClient(
                offer: offer,
                gateway: gateway,
                limits: Self.httpLimits(settings.limits),
                on: eventLoop,
                write: write,
                onEnd: onEnd
            )
        }
    }

    /// The grant of a server that somebody can log in to, without the server being started; nil where nobody can.
    package func grant(of name: String) -> ServerGrant? {
        settings.servers.first { $0.displayName.utf8.elementsEqual(name.utf8) }.flatMap { builder.grant(of: $0, .file) }
    }

    /// Ends a login with what a browser has brought back.
    package func finishLogin(_ query: String) async throws(GrantFailure) {
        _ = try await builder.known.grants.finishLogin(LoginAnswer(query: query), by: .program)
    }

    /// Starts every server, all at once.
    package func start() {
        builder.known.pins.tellWhatIsNotKept(of: servers.map(\.settings), builder.logger)
        for server in servers { server.connections.start() }
    }

    /// Ends every server and connection.
    package func close() {
        for server in servers { server.connections.close() }
    }

    // MARK: From settings to parts

    private static func gatewayLimits(_ limits: Limits) -> GatewayLimits {
        var result = GatewayLimits()
        result.maximumSessions = limits.maxSessions
        result.maximumSessionsPerPrincipal = limits.maxSessionsPerPrincipal
        result.maximumCalls = limits.maxCallsInFlight
        result.maximumCallsPerPrincipal = limits.maxCallsInFlightPerPrincipal
        result.maximumServerRequestsInFlight = limits.maxServerRequestsInFlight
        result.interactionTimeout = limits.interactionTimeout
        result.sessionIdleTimeout = limits.sessionIdleTimeout
        result.sessionLifetime = limits.sessionLifetime
        return result
    }

    /// By which names the proxy may be asked.
    private func hosts(acceptsAddresses: Bool, acceptsNoHost: Bool = false) -> HostPolicy {
        let own = settings.baseURL.origin.flatMap(ListenerAddress.host(ofOrigin:)).map { [$0] } ?? []
        return HostPolicy(
            hosts: own + settings.allowedHosts, origins: settings.allowedOrigins, acceptsAddresses: acceptsAddresses,
            acceptsNoHost: acceptsNoHost)
    }

    /// Opens the listener for the metrics alone, if there is to be one.
    package func openMetrics(
        _ door: FrontDoor, on eventLoops: any EventLoopGroup
    ) async throws(ListenerError) -> HTTPListener? {
        guard let address = settings.metrics.address else { return nil }
        return try await door.openMetrics(
            at: .port(address.port, host: address.host),
            hosts: hosts(acceptsAddresses: !ListenerAddress.isLoopback(address.host)), on: eventLoops)
    }

    private func frontDoorSettings(_ addresses: OwnAddresses) -> FrontDoorSettings {
        let principals = builder.principals
        let isLoopback = ListenerAddress.isBoundLocally(settings)
        return FrontDoorSettings(
            place: ListenerAddress.place(settings),
            prefix: settings.baseURL.pathPrefix,
            hosts: hosts(acceptsAddresses: !isLoopback, acceptsNoHost: settings.address.socketPath != nil),
            limits: Self.httpLimits(settings.limits),
            credentials: principals.credentials,
            statusAccess: principals.statusAccess(settings),
            identity: identity(addresses),
            origin: settings.baseURL.origin,
            tickets: builder.tickets
        )
    }

    /// How callers come by access tokens; nil without an issuer.
    private func identity(_ addresses: OwnAddresses) -> ProtectedResource? {
        let identity = settings.identity
        guard !identity.issuers.isEmpty else { return nil }
        return ProtectedResource(
            issuers: identity.issuers.map(\.issuer), scopesSupported: identity.scopesSupported,
            requiredScopes: identity.requiredScopes, origin: settings.baseURL.origin,
            judge: IdentityJudge(
                settings, holders: builder.principals.holders,
                callerTokens: builder.known.grants.callerTokens, eventLoop: builder.eventLoops.next(),
                logger: builder.logger, isOwnAddress: addresses.contains),
            speaksTLS: settings.tls != nil)
    }

    private static func httpLimits(_ limits: Limits) -> HTTPLimits {
        var result = HTTPLimits()
        result.maximumBodyBytes = limits.maxBodyBytes
        result.maximumBufferedBytes = limits.maxBufferedBytes
        result.maximumHeaderFieldBytes = limits.maxHeaderFieldBytes
        result.maximumHeaderBytes = limits.maxHeaderBytes
        result.maximumHeaderCount = limits.maxHeaderCount
        result.headerTimeout = limits.headerTimeout
        result.bodyTimeout = limits.bodyTimeout
        result.writeTimeout = limits.bodyTimeout
        result.keepAliveTimeout = limits.idleTimeoutHTTP
        result.maximumConnections = limits.maxConnections
        result.maximumConnectionsPerAddress = limits.maxConnectionsPerAddress
        result.maximumJSONDepth = limits.maxJSONDepth
        result.maximumStreamsPerSession = limits.maxStreamsPerSession
        result.maximumStreamBufferBytes = limits.maxStreamBufferBytes
        result.replayEvents = limits.replayEvents
        result.replayBytes = limits.replayBytes
        result.replayBytesAway = limits.replayBytesAway
        result.maximumReplayBytes = limits.maxReplayBytes
        result.keepAliveInterval = limits.keepAliveInterval
        result.streamAfter = limits.streamAfter
        return result
    }
}
