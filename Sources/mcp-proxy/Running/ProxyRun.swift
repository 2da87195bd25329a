import Audit
import Logging
import MCPFrontEnd
import MCPGateway
import MCPUpstream
import Metrics
import NIOCore
import NIOPosix
import ProxyConfiguration
import ProxyControl
import Recordings
import Traces

/// One run of the proxy: open, serve, drain, close.
struct ProxyRun {
    /// How long the table waits for servers that are still starting.
    private static let tableWait = Duration.seconds(3)
    private static let sweepInterval = Duration.seconds(5)

    private let settings: ProxySettings
    private let source: ConfigurationSource
    /// Where servers are kept that are added while it runs; nil when they end with the run.
    private let store: ServerStore?
    private let groupStore: GroupStore?
    private let known: KnownServers
    /// How many files may be open; 0 when that is not known.
    private let descriptors: Int
    /// Who wants to hear how the proxy is; nil when nobody does.
    private let serviceManager: ServiceManager?
    private let logger: Logger

    init(
        _ settings: ProxySettings, from source: ConfigurationSource, store: ServerStore?,
        groupStore: GroupStore?, known: KnownServers,
        descriptors: Int, serviceManager: ServiceManager?, logger: Logger
    ) {
        self.serviceManager = serviceManager
        self.settings = settings
        self.source = source
        self.store = store
        self.groupStore = groupStore
        self.known = known
        self.descriptors = descriptors
        self.logger = logger
    }

    /// What ends the run.
    private enum Event {
        case signal
        case brokenServer(String, errorOutput: [String])
        case tableDue
        case sweepDue
        case settled
    }

    /// What waits for the servers' owner, which may be busy for long; nobody waits for this, least of all a signal.
    private func accompany(
        _ registry: ServerRegistry, _ certificates: [CertificateKeeper], _ signals: TerminationSignals
    ) -> Task<Void, Never> {
        let triggers = ReloadTriggers(registry: registry, source: source, hangups: signals.hangups, logger: logger)
        return Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await triggers.run() }
                for keeper in certificates { group.addTask { await keeper.run() } }
                group.addTask { await registry.tryAwaitedChanges() }
                group.addTask {
                    while !Task.isCancelled {
                        await pause(Self.sweepInterval)
                        await registry.closeUnused()
                    }
                }
            }
        }
    }

    /// Serves until a signal arrives.
    ///
    /// - Returns: The exit status: 0 after a signal, 1 when the address cannot be used or a server that must not
    ///   fail has failed.
    func run(until signals: TerminationSignals) async -> Int32 {
        guard let certificates = readCertificates() else { return 1 }
        let eventLoops = MultiThreadedEventLoopGroup.singleton
        let watch = EventCount()
        let (composition, exporter) = compose(on: eventLoops, watch)
        let frontDoor = composition.frontDoor(tls: certificates.first?.tls)
        let registry = ServerRegistry(
            composition, settings: settings, frontDoor: frontDoor, watch: watch, source: source, store: store,
            groupStore: groupStore,
            reloadListener: ReloadListeners(certificates + [serviceManager].compactMap(\.self)))
        let metrics: HTTPListener?
        do {
            await registry.openManagement()
            await registry.openGroups()
            try await frontDoor.open(on: eventLoops)
            metrics = try await composition.openMetrics(frontDoor, on: eventLoops)
            if let port = metrics?.port { logger.notice("metrics are served", metadata: ["port": "\(port)"]) }
            await registry.openAddresses()
            warnWhenExposed()
            warnWhenUnverified()
            composition.start()
            await registry.restore()
            serviceManager?.ready(eventLoops, status: "starting the servers")
        } catch {
            Terminal.error("mcp-proxy: \(error)")
            return 1
        }
        let status = await serve(composition, frontDoor, registry, certificates, watch, signals)
        serviceManager?.stopping()
        logger.notice("shutting down", metadata: ["callsInFlight": "\(composition.gateway.calls.total)"])
        frontDoor.listener.beginDraining()
        composition.gateway.recorder.end()
        let draining = Draining(composition: composition, settings: settings) {
            frontDoor.listener.connectionCount == 0
        }
        await draining.drain(signals.arrivals) {
            frontDoor.close()
            metrics?.close()
            composition.close()
            // Not waited for: the owner of the servers may be busy for long, and what it leaves the guards end.
            Task { await registry.close() }
        }
        await known.finish()
        await composition.gateway.audit?.end()
        await exporter?.end()
        return status
    }

    /// Puts the program together, and what sends its spans where any are made.
    private func compose(
        on eventLoops: any EventLoopGroup, _ watch: EventCount
    ) -> (Composition, SpanExporter?) {
        let meters = Meters(droppedLines: Terminal.droppedLines)
        let exporter = SpanExporter(
            named: EnvironmentVariable.value, settings, meters, on: eventLoops.next(), logger: logger)
        let budget = DescriptorBudget(descriptors, for: settings)
        let composition = Composition(
            budget.apply(to: settings, limit: descriptors, logger), eventLoops: eventLoops, logger: logger,
            watch: watch, descriptors: budget.servers.map(DescriptorAccount.init(total:)),
            clientele: ListenerAddress.isLocal(settings) ? .onePerson : .perhapsStrangers, known: known,
            meters: meters, tracer: exporter?.tracer)
        exporter?.begin()
        return (composition, exporter)
    }

    /// What looks after the certificate that clients are shown: none where they speak plain HTTP.
    ///
    /// - Returns: nil where it cannot be used, which has been told.
    private func readCertificates() -> [CertificateKeeper]? {
        do {
            return try settings.tls.map { [try CertificateKeeper($0, logger: logger)] } ?? []
        } catch {
            Terminal.error("mcp-proxy: \(error)")
            return nil
        }
    }

    private func warnWhenExposed() {
        guard !ListenerAddress.isLocal(settings), !settings.asksEverybody else { return }
        // A key with more than one part may hold the token itself.
        let open = settings.servers.filter {
            !$0.options.disabled && $0.options.authTokens.isEmpty && $0.displayName == $0.name
        }
        guard !open.isEmpty else { return }
        let names = open.map(\.displayName).joined(separator: ", ")
        let isBound = !ListenerAddress.isBoundLocally(settings)
        let address = "\(settings.address.host ?? ""):\(settings.address.port)"
        let remedy = isBound ? ", or \"addr\": \"127.0.0.1:\(settings.address.port)\"" : ""
        Terminal.error(
            """
            ########################################################################
            # WARNING: others can reach \(isBound ? address : "this proxy by its public name"), and these servers
            # ask for no token: \(names)
            # Set mcpProxy.options.authTokens\(remedy).
            ########################################################################
            """
        )
    }

    private func warnWhenUnverified() {
        let names = settings.servers.filter { !$0.options.disabled && $0.trustNote != nil }.map(\.displayName)
        guard !names.isEmpty else { return }
        Terminal.error(
            """
            ########################################################################
            # WARNING: certificates are not verified (insecureSkipVerify) of: \(names.joined(separator: ", "))
            # Whoever is between can read and change everything, the headers with
            # credentials included. Name an authority's file in trustedCAFile instead.
            ########################################################################
            """
        )
    }

    // MARK: Serving

    private func serve(
        _ composition: Composition,
        _ frontDoor: FrontDoor,
        _ registry: ServerRegistry,
        _ certificates: [CertificateKeeper],
        _ watch: EventCount,
        _ signals: TerminationSignals
    ) async -> Int32 {
        await withTaskGroup(of: Event.self) { group in
            group.addTask {
                await signals.arrivals.wait(past: 0)
                return .signal
            }
            let company = accompany(registry, certificates, signals)
            group.addTask { await settled(composition, watch) }
            group.addTask { await pause(Self.tableWait, then: .tableDue) }
            group.addTask { await pause(Self.sweepInterval, then: .sweepDue) }
            var memory = IdleMemory(of: MultiThreadedEventLoopGroup.singleton)
            defer {
                company.cancel()
                group.cancelAll()
            }
            let table = StartTable(settings, registry, port: frontDoor.listener.port)
            for await event in group {
                switch event {
                case .signal: return 0
                case .brokenServer(let words, let errorOutput):
                    Terminal.error("mcp-proxy: \(words)")
                    for line in errorOutput { Terminal.error("    | \(line)") }
                    return 1
                case .tableDue: table.show()
                case .settled:
                    table.show(isFinal: true)
                    serviceManager?.tell(Self.summary(composition))
                case .sweepDue:
                    composition.gateway.closeExpiredSessions()
                    frontDoor.endOldTokens()
                    memory.look(after: Self.sweepInterval)
                    group.addTask { await pause(Self.sweepInterval, then: .sweepDue) }
                }
            }
            return 0
        }
    }

    private func pause(_ duration: Duration, then event: Event) async -> Event {
        await pause(duration)
        return event
    }

    private func pause(_ duration: Duration) async {
        // A pause is cut short only when what it was for is over.
        try? await Task.sleep(for: duration)
    }

    /// Waits until every server has started or failed once. A server that must not fail ends the run.
    private func settled(_ composition: Composition, _ watch: EventCount) async -> Event {
        while !Task.isCancelled {
            let seen = watch.current
            var open = 0
            for server in composition.servers {
                let status = server.connections.status
                if status.state == .failed, server.settings.options.panicIfInvalid {
                    return .brokenServer(
                        "server \"\(server.settings.displayName)\" failed and has panicIfInvalid set: "
                            + (status.error ?? "no reason known"),
                        errorOutput: status.errorOutput
                    )
                }
                if status.state == .starting || (status.state == .ready && !status.isCatalogKnown) { open += 1 }
            }
            if open == 0 { return .settled }
            await watch.wait(past: seen)
        }
        return .settled
    }

    private static func summary(_ composition: Composition) -> String {
        let ready = composition.servers.count { $0.connections.status.state == .ready }
        return "\(ready) of \(composition.servers.count) servers are ready"
    }
}
