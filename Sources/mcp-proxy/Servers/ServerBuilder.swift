import Logging
import MCPCore
import MCPFrontEnd
import MCPGateway
import MCPUpstream
import NIOCore
import ProxyConfiguration

/// Makes the running parts of a server from its settings.
struct ServerBuilder: Sendable {
    let settings: ProxySettings
    let links: LinkMaker
    let principals: PrincipalRegister
    let eventLoops: any EventLoopGroup
    let logger: Logger
    /// Told whenever the status of any server has changed.
    let watch: EventCount

    /// The same with other settings.
    func with(_ settings: ProxySettings) -> ServerBuilder {
        ServerBuilder(
            settings: settings, links: links, principals: principals, eventLoops: eventLoops, logger: logger,
            watch: watch)
    }

    /// The server with its connections, none of them opened yet; nil for a URL that cannot be used, which the
    /// configuration refuses before.
    ///
    /// - Parameters:
    ///   - guarding: What decides where a server may be that is not the operator's; nil for one that is.
    ///   - firstPrincipal: Whose connection is opened first; nil for what follows from the tokens.
    func build(
        _ server: ServerSettings, _ source: ServerSource, configuration: ByteBuffer? = nil,
        guarding: AddressGuard? = nil, firstPrincipal: Principal? = nil
    ) -> ManagedServer? {
        let journal = ServerJournal(maximumEntries: settings.limits.stderrLines)
        let census = LinkCensus(within: links.census)
        guard let factory = linkFactory(for: server, journal, census, guarding: guarding) else { return nil }
        let note = StatusNote(journal)
        let connections = ServerConnections(
            connectionSettings(of: server, firstPrincipal: firstPrincipal),
            eventLoops: eventLoops,
            logger: logger,
            makeLink: factory,
            statusChanged: { [watch] server in
                note.changed(server.status)
                watch.note()
            }
        )
        let route = Route(
            name: server.name, policy: Self.policy(of: server), server: connections, logger: logger)
        return ManagedServer(
            settings: server,
            source: source,
            configuration: configuration,
            connections: connections,
            published: PublishedRoute(route: route, tokens: principals.tokens(server.options.authTokens)),
            journal: journal,
            census: census
        )
    }

    /// What makes a server's links; nil for a URL that cannot be used.
    func linkFactory(
        for server: ServerSettings, _ journal: ServerJournal, _ census: LinkCensus, guarding: AddressGuard?
    ) -> Upstream.LinkFactory? {
        guard let address = address(of: server, journal, census, guarding) else { return nil }
        return links.factory(for: address)
    }

    static func policy(of server: ServerSettings) -> RoutePolicy {
        RoutePolicy(
            toolFilter: server.options.toolFilter.map(toolFilter), logsRequests: server.options.logEnabled)
    }

    private func address(
        of server: ServerSettings, _ journal: ServerJournal, _ census: LinkCensus, _ guarding: AddressGuard?
    ) -> UpstreamAddress? {
        if let reason = server.cannotStart {
            return .unusable(UpstreamFailure(.commandNotRunnable, reason, nothingSent: true))
        }
        let limits = settings.limits
        switch server.transport {
        case .stdio(let command, let arguments, let environment, let workingDirectory):
            var stdio = StdioSettings(
                command: command,
                arguments: arguments,
                environment: environment.mapValues { $0.reveal() },
                workingDirectory: workingDirectory,
                guardExecutable: GuardProcess.ownExecutable,
                maximumMessageBytes: limits.maxMessageBytes,
                stopTimeout: limits.stopTimeout,
                keptErrorLines: limits.stderrLines,
                census: census
            )
            // What the proxy knows is the operator's, not that of who adds servers.
            stdio.inheritsEnvironment = guarding == nil
            stdio.errorLineRead = { journal.note(.stderr, $0, at: WallClock.now) }
            return .stdio(stdio)
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
            return .http(
                url, headers: headers.map { ($0.name, $0.value.reveal()) }, transport, guardedBy: guarding)
        }
    }

    private func connectionSettings(
        of server: ServerSettings, firstPrincipal: Principal?
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
            isolation: Self.isolation(of: server),
            limits: Self.upstreamLimits(of: server, settings.limits),
            idleTimeout: settings.limits.idleTimeout,
            ownClientInfo: info,
            toolFilter: server.options.toolFilter.map(Self.toolFilter),
            // With a single token there is a single caller: the first connection is already theirs.
            firstPrincipal: firstPrincipal ?? principals.only(server.options.authTokens)
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
}
