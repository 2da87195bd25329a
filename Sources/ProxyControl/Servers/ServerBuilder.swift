import Addresses
import Grants
import Logging
import MCPCore
import MCPFrontEnd
import MCPGateway
import MCPUpstream
import MCPValues
import Metrics
import NIOCore
import ProxyConfiguration
import Recordings

/// Makes the running parts of a server from its settings.
struct ServerBuilder: Sendable {
    private(set) var settings: ProxySettings
    let links: any ServerLinks
    /// Decides where servers may be that are not the operator's own.
    let gate: AddressGate
    let principals: PrincipalRegister
    /// Who reaches the proxy.
    let clientele: Clientele
    let known: KnownServers
    /// Where is counted what servers are asked.
    let meters: Meters
    /// What is told of all that passes, while somebody records it.
    let recorder: Recorder
    /// What opens the pages for logins.
    let tickets: LoginTickets
    /// Where servers say that what they list has changed.
    let catalogs: CatalogBoard
    /// What is said to whoever is to log in.
    let advice: LoginAdvice
    /// Whether servers are offered together somewhere, so that all that they list has to be known.
    let offersTogether: Bool
    let eventLoops: any EventLoopGroup
    let logger: Logger
    /// Told whenever the status of any server has changed.
    let watch: EventCount

    /// The same with other settings.
    func with(_ settings: ProxySettings) -> ServerBuilder {
        var other = self
        other.settings = settings
        return other
    }

    /// The server with its connections, none of them opened yet.
    ///
    /// - Parameter firstPrincipal: Whose connection is opened first; nil for what follows from the tokens.
    func build(
        _ server: ServerSettings, _ source: ServerSource, configuration: ByteBuffer? = nil,
        firstPrincipal: Principal? = nil
    ) -> ManagedServer {
        let journal = ServerJournal(maximumEntries: settings.limits.stderrLines)
        let census = LinkCensus(within: links.census)
        let note = StatusNote(journal)
        let access = access(to: server)
        let connections = ServerConnections(
            // With a single token there is a single caller: the first connection is already theirs.
            connectionSettings(
                of: server, source,
                firstPrincipal: firstPrincipal
                    ?? (clientele == .oneClient
                        ? .anonymous
                        : loggedIn(to: server, source, among: access)
                            ?? access.onlyPrincipal(among: principals.namedClients))),
            eventLoops: eventLoops,
            logger: logger,
            makeLink: linkFactory(for: server, source, journal, census),
            statusChanged: { [watch] server in
                note.changed(server.status)
                watch.note()
            }
        )
        if source != .adHoc { known.catalogs.tell(connections, server) }
        follow(server, source, connections)
        let offer = Offer(
            name: server.name,
            Member(connections, toolFilter: server.options.toolFilter, prefix: server.offeredPrefix),
            logsRequests: server.options.logEnabled,
            isListed: source != .adHoc,
            indexing: .beside,
            logger: logger
        )
        return ManagedServer(
            settings: server,
            source: source,
            configuration: configuration,
            connections: connections,
            route: Route(offer: offer, access: access),
            journal: journal,
            census: census
        )
    }

    /// Who may use a server.
    func access(to server: ServerSettings) -> Access {
        let tokens = server.options.authTokens
        return principals.access(
            tokens, clientsOf: [.server(ByteText(server.name))] + (tokens.isEmpty ? [.unguarded] : []))
    }

    /// What makes a server's links.
    func linkFactory(
        for server: ServerSettings, _ source: ServerSource, _ journal: ServerJournal, _ census: LinkCensus
    ) -> Upstream.LinkFactory {
        links.factory(for: address(of: server, source, journal, census), named: server.displayName)
    }

    private func address(
        of server: ServerSettings, _ source: ServerSource, _ journal: ServerJournal, _ census: LinkCensus
    ) -> UpstreamAddress {
        if let reason = server.cannotStart {
            return .unusable(.notStartable(reason))
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
            stdio.inheritsEnvironment = mayKnowEnvironment(server)
            stdio.errorLineRead = { journal.note(.stderr, $0, at: WallClock.now) }
            return .stdio(stdio)
        case .http(let url, let headers, _, let kind):
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
                url, headers: headers.map { ($0.name, $0.value.reveal()) }, transport, within: reach(of: server),
                by: egress(of: server), showing: grant(of: server, source)?.here)
        }
    }

    // MARK: What provenance decides

    func reach(of server: ServerSettings) -> Reach {
        switch server.provenance.kind {
        case .operatorsOwn: .anywhere
        case .somebodyElses: .guarded(gate)
        }
    }

    /// What is particular about the way is the operator's to say. Proxies and authorities that hold for all servers hold
    /// for others', too; the proxy's own certificate is shown to none of these, so that nobody adds a server to be taken for
    /// the proxy there.
    func egress(of server: ServerSettings) -> HTTPEgress {
        switch server.provenance.kind {
        case .operatorsOwn:
            EgressRules.ofProcess.egress(
                server.egress, trustedCAFile: settings.trustedCAFile,
                clientCertificateFile: settings.clientCertificateFile)
        case .somebodyElses: EgressRules.ofProcess.egress(ServerEgress(), trustedCAFile: settings.trustedCAFile)
        }
    }

    /// What the proxy knows is the operator's, not that of who adds servers.
    private func mayKnowEnvironment(_ server: ServerSettings) -> Bool {
        switch server.provenance.kind {
        case .operatorsOwn: true
        case .somebodyElses: false
        }
    }

    /// What the proxy says of itself to servers.
    private var ownClientInfo: ByteBuffer {
        var info = ByteBuffer(string: #"{"name":"#)
        info.writeJSONString(settings.name)
        info.writeString(#","version":"#)
        info.writeJSONString(settings.version)
        info.writeString("}")
        return info
    }

    private func connectionSettings(
        of server: ServerSettings, _ source: ServerSource, firstPrincipal: Principal
    ) -> ServerConnectionSettings {
        var result = ServerConnectionSettings(
            name: server.name,
            displayName: server.displayName,
            transport: server.transport.label,
            isolation: Self.isolation(of: server),
            limits: Self.upstreamLimits(of: server, settings.limits),
            idleTimeout: settings.limits.idleTimeout,
            ownClientInfo: ownClientInfo,
            toolFilter: server.options.toolFilter,
            firstPrincipal: firstPrincipal
        )
        if source == .adHoc {
            result.servesOneClient = true
            // There is one session, which takes the connection on which the server was found to work.
            if result.isolation == .session { result.isolation = .principal }
        }
        (result.note, result.address) = (server.trustNote, server.transport.address)
        // The names of what clients bring are theirs to choose, and without end.
        result.meter = meters.server(source == .adHoc ? "ad hoc" : server.displayName)
        result.wire = meters.wire
        // What somebody has brought for a while is nobody else's to see.
        if source != .adHoc, clientele != .oneClient { result.tap = RecordingTap(recorder, server: server.displayName) }
        keepCallersApart(&result, at: server, source)
        result.catalogBoard = catalogs
        result.isOfferedWithOthers = offersTogether && source != .adHoc
        result.anonymousIsOnePerson = clientele != .perhapsStrangers
        // What somebody has brought for a while has a name of ours that never comes again.
        if source != .adHoc { result.asking = known.asking.memory(of: server.displayName) }
        result.namesTools = server.options.logEnabled
        result.startsProcesses = server.transport.startsProcess
        result.cacheHints.timeToLive = server.cacheTTL
        result.cacheHints.isPublic = server.cacheScope == .public
        result.pins = pins(of: server, source)
        if clientele == .oneClient { Self.serveOneClient(&result) }
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

    /// Nobody's credentials are on a connection of somebody else's.
    private func keepCallersApart(
        _ result: inout ServerConnectionSettings, at server: ServerSettings, _ source: ServerSource
    ) {
        let grant = grant(of: server, source)
        result.personalLogins = grant.flatMap(personalLogins)
        result.getsTokensByItself = grant.map { !$0.settings.isInteractive } ?? false
        result.actsForCallers = grant?.settings.isPersonal ?? false
        if result.actsForCallers { result.isolation = .principal }
        result.passed = server.passedHeaders.map {
            PassedFields.Rule(clientName: $0.clientName, upstreamName: $0.upstreamName)
        }
        if !result.passed.isEmpty { result.isolation = .session }
        let isPersonal = result.actsForCallers || !result.passed.isEmpty
        result.statelessIsolation = isPersonal ? .principal : server.isolation ?? .shared
    }

    /// Whom the only client could be kept apart from is not there: one connection does for all that it wants.
    private static func serveOneClient(_ settings: inout ServerConnectionSettings) {
        settings.beginsWithItsClient = true
        settings.statelessIsolation = .shared
        if settings.isolation == .session { settings.isolation = .principal }
    }

    /// A process is shared by one principal's sessions; a remote session is cheap, so each client gets its own.
    private static func isolation(of server: ServerSettings) -> Isolation {
        server.isolation ?? (server.transport.startsProcess ? .principal : .session)
    }

    /// What of a server was approved. What somebody has brought for a while begins with nothing each time.
    private func pins(of server: ServerSettings, _ source: ServerSource) -> PinnedServer {
        let mode = Self.pin(of: server, source)
        guard source != .adHoc else {
            return PinnedServer(server.displayName, mode: mode, remedy: .newStart, logger: logger)
        }
        return known.pins.book.server(server.displayName, mode)
    }

    /// What was added over the API nobody may have looked at. What somebody brings for himself begins with every session
    /// anew: there is nothing to compare it with, and nobody but him whom it could deceive.
    static func pin(of server: ServerSettings, _ source: ServerSource) -> PinMode {
        switch source {
        case .file, .adHoc: server.pin ?? .warn
        case .api: server.pin ?? .quarantine
        }
    }

    static func upstreamLimits(of server: ServerSettings, _ limits: Limits) -> UpstreamLimits {
        var result = UpstreamLimits()
        result.startTimeout = server.startTimeout ?? limits.startTimeout
        result.probeTimeout = limits.probeTimeout
        result.callTimeout = limits.callTimeout
        result.maximumCallTime = limits.maxCallTime
        if let timeout = server.callTimeout ?? server.transport.timeout {
            result.callTimeout = timeout
            result.maximumCallTime = max(timeout, limits.maxCallTime)
        }
        result.maximumCallsInFlight = limits.maxCallsInFlightPerServer
        result.maximumQueuedCalls = limits.maxQueuedCalls
        result.maximumServerRequestsInFlight = limits.maxServerRequestsInFlight
        result.backoffMinimum = limits.restartBackoffMinimum
        result.backoffMaximum = limits.restartBackoffMaximum
        return result
    }
}
