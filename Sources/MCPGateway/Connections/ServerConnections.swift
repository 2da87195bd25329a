package import Logging
import MCPCore
package import MCPUpstream
package import MCPValues
package import Metrics
package import NIOCore
import Synchronization
import ToolPins

/// All connections to one server, and which of them serves whom.
///
/// One connection is opened at the start and the last one is kept, so that the server is ready when a client comes.
package final class ServerConnections: Sendable {
    struct Entry {
        let connection: Connection
        /// How many sessions hold it; while there are any it is not closed.
        var holders = 0
        var idleSince: NIODeadline
    }

    struct State {
        var entries: [ConnectionKey: Entry] = [:]
        /// Which connection is the first, and what the server is told on it, where that follows from its only client.
        var first: (key: ConnectionKey, declaration: ClientDeclaration)?
        var status = ServerStatus()
        var sessionCircuits = SessionCircuits()
        var isClosed = false
        /// Whether somebody will look for idle connections; one timer does for all of them.
        var isIdleCheckDue = false
        /// 1 while the lists are being read, 2 when they have to be read once more after that.
        var catalogReads = 0
        /// Before which the lists are not read again, so that a server with long ones that says again and again that they
        /// have changed takes a tenth of the time at most.
        var catalogRestsUntil: NIODeadline?
        /// The names in the filter that were no tool's when the lists were read last.
        var unknownTools: [String] = []
    }

    package let name: String
    package let displayName: String
    package let isolation: Isolation
    let currentLimits: Mutex<UpstreamLimits>
    let links: LinkSource
    let calls = CallMeter()
    let countedTools: Mutex<ToolFilter?>
    /// How long calls may take on links that are to be replaced once one of the new ones has proved good.
    let unrenewed = Mutex<TimeAmount?>(nil)
    /// Whether a line in the log names the tools.
    let namesTools: Atomic<Bool>
    let headerMarks: HeaderMarks
    /// What it lists.
    let catalog = KeptCatalog()
    /// What it lists to some of its clients, and not to others.
    let variants = CatalogVariants()
    /// What of it was approved.
    package let pins: PinnedServer
    /// Where its requests are counted.
    package let meter: ServerMeter
    let eraMemory = EraMemory()
    let lists = ListMemory()
    let asking: AskingMemory
    let cacheHints: CacheHints
    let settings: ServerConnectionSettings
    let eventLoops: any EventLoopGroup
    let logger: Logger
    let statusChanged: @Sendable (ServerConnections) -> Void
    let state = Mutex(State())

    package init(
        _ settings: ServerConnectionSettings,
        eventLoops: any EventLoopGroup,
        logger: Logger,
        makeLink: @escaping Upstream.LinkFactory,
        statusChanged: @escaping @Sendable (ServerConnections) -> Void
    ) {
        self.name = settings.name
        self.displayName = settings.displayName
        self.isolation = settings.isolation
        self.currentLimits = Mutex(settings.limits)
        self.settings = settings
        self.eventLoops = eventLoops
        self.logger = logger
        self.links = LinkSource(makeLink)
        self.countedTools = Mutex(settings.toolFilter)
        self.namesTools = Atomic(settings.namesTools)
        self.statusChanged = statusChanged
        self.headerMarks = HeaderMarks(server: settings.displayName, logger: logger)
        self.cacheHints = settings.cacheHints
        self.asking = settings.asking
        self.pins = settings.pins
        self.meter = settings.meter
        state.withLock { ($0.status.transport, $0.status.note) = (settings.transport, settings.note) }
        pins.listen(ObjectIdentifier(self)) { [weak self] in self?.pinsChanged() }
    }

    /// What holds now; how soon and how often it is tried stays as it was at the start.
    var limits: UpstreamLimits { currentLimits.withLock { $0 } }

    /// What it lists is counted as clients see it.
    package var status: ServerStatus {
        var status = state.withLock { $0.status }.shown
        guard status.isCatalogKnown, pins.gate.isWithholding, let lists = catalog.current else { return status }
        // A client may have seen a change in a list of its own before the catalog is read again.
        let changed = pins.changedSubjects
        func count(_ kind: CatalogKind) -> Int? {
            self.count(of: lists[kind]) { entry in
                let isChanged = PinKind(kind).map { changed.contains(PinnedName($0, entry.key)) } ?? false
                return !isChanged && !pins.withholds(entry, of: kind)
            }
        }
        (status.tools, status.prompts, status.resources) = (count(.tools), count(.prompts), count(.resources))
        return status
    }

    // MARK: Opening and sharing

    var all: [Connection] { state.withLock { $0.entries.values.map(\.connection) } }

    var ownDeclaration: ClientDeclaration { ClientDeclaration(clientInfo: settings.ownClientInfo) }
    var eraChoice: EraChoice { settings.era }
    var interaction: InteractionLimits { settings.interaction }

    /// Tells whether a tool is counted, because clients see it.
    func counts(tool name: String) -> Bool {
        countedTools.withLock { $0?.admits(name) } ?? true
    }

    /// Returns the era that the server speaks; nil where that is not known yet.
    ///
    /// - Parameter client: What its client says of himself, with whom a server begins that has only one.
    func knownEra(for client: @autoclosure () -> ClientDeclaration) -> Era? {
        if settings.beginsWithItsClient { begin(with: client) }
        if case .always(let era) = settings.era { return era }
        return eraMemory.era
    }

    /// Finds out which era the server speaks, waiting for its first connection where that is not known yet.
    ///
    /// - Parameters:
    ///   - principal: Who wants to know.
    ///   - client: What he says of himself.
    ///   - completion: Is called on `eventLoop`; before this returns, where it is known. Must be called on it.
    func findEra(
        of principal: Principal,
        for client: @autoclosure () -> ClientDeclaration,
        on eventLoop: any EventLoop,
        _ completion: @escaping @Sendable (Result<Era, UpstreamFailure>) -> Void
    ) {
        if let era = knownEra(for: client()) { return completion(.success(era)) }
        connectionThatTells(principal, client).runNowOrLater { [self] connection in
            connection.upstream.whenReady { [self] result in
                release(connection)
                let era = result.map(\.era)
                eventLoop.runNowOrLater { completion(era) }
            }
        }
    }

    /// Chooses the connection that serves a client, and what the server is told of the client on it. A stateless server
    /// is told that with every request, so that one connection serves everybody.
    func key(
        for principal: Principal,
        sessionID: String?,
        _ declaration: ClientDeclaration,
        era: Era
    ) -> (ConnectionKey, ClientDeclaration) {
        let passed = settings.passed.isEmpty ? .none : declaration.passed
        if era == .modern {
            var own = ownDeclaration
            own.passed = passed
            return switch (settings.statelessIsolation, sessionID) {
            case (.shared, _): (firstKey, own)
            case (.session, let id?): (.session(id), own)
            case (.session, nil), (.principal, _):
                (.principal(principal, capabilities: CapabilitiesKey(ByteBuffer(string: "{}"), passed)), own)
            }
        }
        return switch (isolation, sessionID) {
        case (.shared, _): (.shared, ownDeclaration)
        case (.session, let id?): (.session(id), declaration)
        case (.session, nil), (.principal, _):
            (.principal(principal, capabilities: CapabilitiesKey(declaration.capabilities, passed)), declaration)
        }
    }

    /// Returns the connection for a key, opened now when there is none, and held until `release`.
    func hold(
        _ key: ConnectionKey, of principal: Principal, _ declaration: ClientDeclaration,
        preferring eventLoop: any EventLoop
    ) -> Connection {
        // A connection that only this session uses lives where the session lives; a shared one anywhere.
        let loop: any EventLoop = if case .session = key { eventLoop } else { eventLoops.next() }
        return connection(for: key, of: principal, declaration, preferring: loop, holding: true)
    }

    /// How many connections one caller has at a time to a server that gets header fields of clients: there is one for each
    /// set of their values.
    static let maximumCredentials = 256

    /// Says what comes of the wish for a connection.
    private enum Allotment {
        case found(Connection)
        case opened(Connection, inPlaceOf: Connection?)
        /// It is never opened; whoever wants it is told why.
        case refused(Connection)
    }

    func connection(
        for key: ConnectionKey,
        of principal: Principal,
        _ declaration: ClientDeclaration,
        preferring eventLoop: any EventLoop,
        holding: Bool
    ) -> Connection {
        let allotment = state.withLock { state -> Allotment in
            if let entry = state.entries[key] {
                if holding { state.entries[key]?.holders += 1 }
                return .found(entry.connection)
            }
            let circuit = circuit(for: key, of: principal, &state)
            let connection = Connection(
                key: key, of: principal, on: eventLoop, declaration: declaration, circuit: circuit, server: self)
            guard let evicted = makeRoom(for: key, &state) else { return .refused(connection) }
            state.entries[key] = Entry(connection: connection, holders: holding ? 1 : 0, idleSince: eventLoop.now)
            return .opened(connection, inPlaceOf: evicted.first)
        }
        switch allotment {
        case .found(let connection): return connection
        case .opened(let connection, let evicted):
            if let evicted { end(evicted) }
            // One that comes too late, while everything is being ended, is never opened.
            let isClosed = state.withLock { $0.isClosed }
            connection.runNowOrLater { isClosed ? $0.upstream.close() : $0.upstream.start(reportingTo: $0) }
            scheduleIdleCheck(on: eventLoop)
            return connection
        case .refused(let connection):
            let failure = UpstreamFailure(
                .overloaded, "too many sets of client capabilities are in use", nothingSent: true)
            connection.runNowOrLater { $0.upstream.close(because: failure) }
            return connection
        }
    }

    /// Sees to it that a client which brings a server has one connection to it, and that one caller cannot open
    /// connections without end by declaring ever other capabilities.
    ///
    /// - Returns: the connections that have to be closed, at most one; nil when all that the caller has are in use.
    private func makeRoom(for key: ConnectionKey, _ state: inout State) -> [Connection]? {
        let firstKey = firstKey(state)
        if settings.servesOneClient, let first = state.entries[firstKey], first.holders == 0 {
            state.entries[firstKey] = nil
            return [first.connection]
        }
        guard case .principal(let principal, _) = key else { return [] }
        let own = state.entries.filter { if case .principal(principal, _) = $0.key { true } else { false } }
        let maximum = settings.passed.isEmpty ? settings.interaction.maximumCapabilitySets : Self.maximumCredentials
        guard own.count >= maximum else { return [] }
        let idle = own.filter { $0.value.holders == 0 }
        guard let oldest = idle.min(by: { $0.value.idleSince < $1.value.idleSince }) else { return nil }
        state.entries[oldest.key] = nil
        return [oldest.value.connection]
    }

    /// Keeps a connection that there is until `release`. Returns false when it is being closed.
    func hold(_ connection: Connection) -> Bool {
        state.withLock { state in
            guard state.entries[connection.key]?.connection === connection else { return false }
            state.entries[connection.key]?.holders += 1
            return true
        }
    }

    /// Gives a connection back. One that served a single session ends with it.
    func release(_ connection: Connection) {
        let endsNow = state.withLock { state -> Bool in
            guard var entry = state.entries[connection.key], entry.connection === connection else { return false }
            entry.holders -= 1
            entry.idleSince = connection.eventLoop.now
            if case .session = connection.key, entry.holders == 0 {
                state.entries[connection.key] = nil
                return true
            }
            state.entries[connection.key] = entry
            return false
        }
        if endsNow {
            end(connection)
        } else {
            scheduleIdleCheck(on: connection.eventLoop)
        }
    }

    /// Ends a connection that was taken out of those that there are.
    func end(_ connection: Connection) {
        connection.runNowOrLater { $0.upstream.close() }
        forgetLists(of: connection.key)
        pins.ended(connection.key)
    }

    private func scheduleIdleCheck(on eventLoop: any EventLoop) {
        let isNews = state.withLock { state in
            defer { state.isIdleCheckDue = true }
            return !state.isIdleCheckDue && !state.isClosed
        }
        guard isNews else { return }
        eventLoop.scheduleTask(in: .milliseconds(settings.idleTimeout.milliseconds + 50)) { [weak self] in
            self?.closeIdle(on: eventLoop)
        }
    }

    /// Closes the connections that nobody has used for a while, as long as another one is left.
    private func closeIdle(on eventLoop: any EventLoop) {
        let limit = eventLoop.now - .milliseconds(settings.idleTimeout.milliseconds)
        let (idle, isDone) = state.withLock { state -> ([Connection], Bool) in
            state.isIdleCheckDue = false
            var closing: [Connection] = []
            var kept = state.entries.count { if case .session = $0.key { false } else { true } }
            for (key, entry) in state.entries where entry.holders == 0 && entry.idleSince <= limit && kept > 1 {
                if case .session = key { continue }
                state.entries[key] = nil
                closing.append(entry.connection)
                kept -= 1
            }
            let isDone = state.entries.count < 2 || !state.entries.values.contains { $0.holders == 0 }
            return (closing, isDone)
        }
        for connection in idle { end(connection) }
        if !isDone { scheduleIdleCheck(on: eventLoop) }
    }

    /// Ends every connection.
    package func close() {
        let connections = state.withLock { state in
            state.isClosed = true
            defer { state.entries = [:] }
            return state.entries.values.map(\.connection)
        }
        pins.leave(ObjectIdentifier(self))
        for connection in connections {
            connection.runNowOrLater { $0.upstream.close() }
            pins.ended(connection.key)
        }
        catalog.settle()
    }

    // MARK: What connections report, on their event loops

    /// The server was replaced by one of the other era: nothing that clients were told holds any more.
    func connectionChangedEra(_ connection: Connection) {
        state.withLock { state in
            if state.entries[connection.key]?.connection === connection { state.entries[connection.key] = nil }
        }
        logger.notice("server speaks another era than before; its sessions end", metadata: ["server": "\(displayName)"])
        for client in connection.audience.clients { client.serverWasReplaced() }
        connection.upstream.close()
        start()
    }

    func connectionChanged(_ connection: Connection) {
        countRestarts(of: connection)
        guard !isOfOneSession(connection) || isAwaited else { return }
        let upstream = connection.upstream
        switch upstream.state {
        case .ready(let result):
            logger.info("server ready", metadata: ["server": "\(displayName)", "version": "\(result.version.name)"])
            let transport = upstream.link?.transport
            update {
                $0.state = .ready
                $0.transport = transport ?? $0.transport
                $0.error = nil
                $0.errorCode = nil
                $0.callError = nil
                $0.wantedHeaders = []
                $0.errorOutput = []
                $0.protocolVersion = result.version.name
                $0.era = result.era
                $0.processID = upstream.processID
            }
            renewOthers(than: connection)
            if isSource(connection) || !catalog.isSettled || isUnlisted { readCatalog(on: connection) }
        case .starting, .waiting, .closed: break
        }
    }

    func isOfOneSession(_ connection: Connection) -> Bool {
        if case .session = connection.key { true } else { false }
    }

    func update(_ body: (inout ServerStatus) -> Void) {
        let changed = state.withLock { state in
            let before = state.status
            body(&state.status)
            if state.status.state != before.state { state.status.since = .now() }
            return before != state.status
        }
        if changed { statusChanged(self) }
    }
}
