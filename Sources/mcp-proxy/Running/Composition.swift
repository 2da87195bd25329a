import Logging
import MCPCore
import MCPFrontEnd
import MCPGateway
import MCPUpstream
import NIOCore
import NIOPosix
import ProxyConfiguration

/// The whole program, put together from its settings. Only this file names every concrete part.
struct Composition {
    let settings: ProxySettings
    let gateway: Gateway
    let servers: [Server]
    private let links: LinkMaker
    private let routes: [PublishedRoute]
    private let principals: PrincipalRegister
    private let logger: Logger

    /// How many processes are alive and remote sessions still being ended.
    var openLinkCount: Int { links.census.count }

    /// One configured server that is not disabled.
    struct Server {
        let settings: ServerSettings
        let connections: ServerConnections
    }

    init(_ settings: ProxySettings, eventLoops: any EventLoopGroup, logger: Logger, watch: EventCount) {
        self.settings = settings
        let limits = settings.limits
        var linkSettings = HTTPLinkSettings()
        linkSettings.maximumMessageBytes = limits.maxMessageBytes
        let links = LinkMaker(eventLoops: eventLoops, settings: linkSettings, logger: logger)
        self.links = links
        let principals = PrincipalRegister(settings)
        servers = settings.servers.filter { !$0.options.disabled }.compactMap { server in
            guard let address = Self.address(of: server, limits, logger) else { return nil }
            let connections = ServerConnections(
                Self.connectionSettings(of: server, settings, principals),
                eventLoops: eventLoops,
                logger: logger,
                makeLink: links.factory(for: address),
                statusChanged: { _ in watch.note() }
            )
            return Server(settings: server, connections: connections)
        }
        self.principals = principals
        self.logger = logger
        routes = servers.map { server in
            PublishedRoute(
                route: Route(
                    name: server.settings.name,
                    policy: RoutePolicy(
                        toolFilter: server.settings.options.toolFilter.map(Self.toolFilter),
                        logsRequests: server.settings.options.logEnabled
                    ),
                    server: server.connections,
                    logger: logger
                ),
                tokens: principals.tokens(server.settings.options.authTokens)
            )
        }
        gateway = Gateway(
            routes: routes.map(\.route), limits: Self.gatewayLimits(limits), taskSeal: principals.taskSeal)
    }

    /// What listens for clients over HTTP.
    func frontDoor() -> FrontDoor {
        FrontDoor(
            Self.frontDoorSettings(settings, principals),
            gateway: gateway,
            routes: routes,
            disabled: settings.servers.filter(\.options.disabled).map(\.displayName),
            logger: logger
        )
    }

    /// What serves the one client of standard input and output; nil without a server.
    func stdioClient(
        on eventLoop: any EventLoop,
        streams: StandardStreams,
        onEnd: @escaping @Sendable () -> Void
    ) -> StdioClient? {
        routes.first.map { published in
            StdioClient(
                route: published.route,
                gateway: gateway,
                limits: Self.httpLimits(settings.limits),
                on: eventLoop,
                write: { streams.write($0) },
                onEnd: onEnd
            )
        }
    }

    /// Starts every server, all at once.
    func start() {
        for server in servers { server.connections.start() }
    }

    /// Ends every server and connection.
    func close() {
        for server in servers { server.connections.close() }
    }

    // MARK: From settings to parts

    private static func address(
        of server: ServerSettings,
        _ limits: Limits,
        _ logger: Logger
    ) -> UpstreamAddress? {
        switch server.transport {
        case .stdio(let command, let arguments, let environment, let workingDirectory):
            return .stdio(
                StdioSettings(
                    command: command,
                    arguments: arguments,
                    environment: environment.mapValues { $0.reveal() },
                    workingDirectory: workingDirectory,
                    guardExecutable: GuardProcess.ownExecutable,
                    maximumMessageBytes: limits.maxMessageBytes,
                    stopTimeout: limits.stopTimeout,
                    keptErrorLines: limits.stderrLines
                )
            )
        case .http(let text, let headers, _, let kind):
            // The configuration has checked the URL; one that is refused here has no route.
            guard let url = try? UpstreamURL(text) else { return nil }
            for header in headers where !RequestFields.isAccepted(name: header.name, value: header.value.reveal()) {
                logger.warning(
                    "a header is not sent: the proxy sets it itself, or its value cannot be sent",
                    metadata: ["server": "\(server.displayName)", "header": "\(header.name)"]
                )
            }
            let transport: UpstreamAddress.HTTPTransport =
                switch kind {
                case .detect: .detect
                case .sse: .sse
                case .streamableHTTP: .streamableHTTP
                }
            return .http(url, headers: headers.map { ($0.name, $0.value.reveal()) }, transport)
        }
    }

    private static func connectionSettings(
        of server: ServerSettings,
        _ settings: ProxySettings,
        _ principals: PrincipalRegister
    ) -> ServerConnectionSettings {
        var info = ByteBuffer(string: #"{"name":"#)
        info.writeJSONString(settings.name)
        info.writeString(#","version":"#)
        info.writeJSONString(settings.version)
        info.writeString("}")
        var result = ServerConnectionSettings(
            name: server.name,
            displayName: server.displayName,
            transport: server.transport.label,
            isolation: isolation(of: server),
            limits: upstreamLimits(of: server, settings.limits),
            idleTimeout: settings.limits.idleTimeout,
            ownClientInfo: info,
            toolFilter: server.options.toolFilter.map(toolFilter),
            // With a single token there is a single caller: the first connection is already theirs.
            firstPrincipal: principals.only(server.options.authTokens)
        )
        result.cacheHints.timeToLive = server.cacheTTL
        result.cacheHints.isPublic = server.cacheScope == .public
        result.statelessIsolation =
            switch server.isolation {
            case .shared, nil: .shared
            case .principal: .principal
            case .session: .session
            }
        result.interaction.maximumCapabilitySets = settings.limits.maxCapabilitySets
        result.interaction.maximumRounds = settings.limits.maxInputRounds
        result.era =
            switch server.protocolEra {
            case .auto: .detected
            case .modern: .always(.modern)
            case .legacy: .always(.legacy)
            }
        return result
    }

    /// A process is shared by one principal's sessions; a remote session is cheap, so each client gets its own.
    private static func isolation(of server: ServerSettings) -> MCPGateway.Isolation {
        switch (server.isolation, server.transport) {
        case (.shared, _): .shared
        case (.session, _), (nil, .http): .session
        case (.principal, _), (nil, .stdio): .principal
        }
    }

    private static func upstreamLimits(of server: ServerSettings, _ limits: Limits) -> UpstreamLimits {
        var result = UpstreamLimits()
        result.startTimeout = limits.startTimeout
        result.probeTimeout = limits.probeTimeout
        result.callTimeout = limits.callTimeout
        result.maximumCallTime = limits.maxCallTime
        if case .http(_, _, let timeout?, _) = server.transport {
            result.callTimeout = timeout
            result.maximumCallTime = max(timeout, limits.maxCallTime)
        }
        result.maximumCallsInFlight = limits.maxCallsInFlightPerServer
        result.maximumQueuedCalls = limits.maxQueuedCalls
        result.backoffMinimum = limits.restartBackoffMinimum
        result.backoffMaximum = limits.restartBackoffMaximum
        return result
    }

    private static func toolFilter(_ filter: ProxyConfiguration.ToolFilter) -> MCPGateway.ToolFilter {
        MCPGateway.ToolFilter(mode: filter.mode == .allow ? .allow : .block, names: Set(filter.names))
    }

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

    private static func frontDoorSettings(
        _ settings: ProxySettings,
        _ principals: PrincipalRegister
    ) -> FrontDoorSettings {
        let isLoopback = ListenerAddress.isLoopback(settings.address.host)
        let own = settings.baseURL.origin.flatMap(ListenerAddress.host(ofOrigin:)).map { [$0] } ?? []
        return FrontDoorSettings(
            host: settings.address.host,
            port: settings.address.port,
            prefix: settings.baseURL.pathPrefix,
            hosts: HostPolicy(
                hosts: own + settings.allowedHosts,
                origins: settings.allowedOrigins,
                acceptsAddresses: !isLoopback
            ),
            limits: httpLimits(settings.limits),
            statusTokens: principals.statusTokens
        )
    }

    private static func httpLimits(_ limits: Limits) -> HTTPLimits {
        var result = HTTPLimits()
        result.maximumBodyBytes = limits.maxBodyBytes
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
        result.replayBudgetBytes = limits.replayBytes * 64
        result.keepAliveInterval = limits.keepAliveInterval
        result.streamAfter = limits.streamAfter
        return result
    }
}
