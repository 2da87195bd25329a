import MCPCore
package import MCPUpstream
import MCPValues
package import NIOCore

/// Steps 5 and 13 of 17 of a call: after ``ClientSession``, before ``Upstream``; then after ``Exchange``.
///
/// One upstream and the clients that it serves: whose calls are in flight, who is asked, who hears what the server says
/// unasked.
///
/// Confined to the upstream's event loop.
package final class Connection: LoopConfined, @unchecked Sendable {
    package let key: ConnectionKey
    package let upstream: Upstream
    /// Kept alive, because what a server still says may arrive after it was removed. The server lets go of a connection
    /// when it closes it.
    let server: ServerConnections
    /// Which era the server speaks on this connection; nil before it has said so.
    private(set) var era: Era?
    /// Who hears what belongs to no call, and can be asked outside of calls.
    var audience = Audience()
    /// Whose calls are in flight or have to wait, and who is asked during them.
    var turns: Turns<CallerTurn, Exchange>
    /// What those wait to do whose clients have come back while it was somebody else's turn.
    var goingOn: [ObjectIdentifier: @Sendable () -> Void] = [:]
    var changes = ChangeThrottle()
    var own = OwnLists.unread
    var known = KnownLists()
    /// Why they could not be read last, where somebody has to log in for that.
    var loginNeeded: UpstreamFailure?
    /// When what may have been taken back was read again, and whether that is to be done once more.
    var lookedAgain: NIODeadline?
    var isToLookAgain = false
    /// Who waits for the answer of a stateless server to what it is.
    var awaitingIntroduction: [@Sendable (Result<Introduction, UpstreamFailure>) -> Void] = []
    /// Whose call that wanted log messages was cancelled last, and until when what names no call may be about it.
    private(set) var lastCancelled: (principal: Principal, until: NIODeadline)?
    private static let quietAfterCancellation = TimeAmount.seconds(5)
    /// How many restarts its server has counted.
    private var countedRestarts = 0
    /// Which questions the server has been told that its clients answer.
    let declared: DeclaredCapabilities
    /// The header fields of its client that go to the server with what has none of its own.
    private let passing: PassingFields
    /// Whether somebody wants to hear what the server says unasked.
    private(set) var wantsToListen: Bool
    /// The level that the server was told last, where calls without a session have asked for log messages.
    private(set) var serverLevel: LogLevel?
    /// `subscriptions/listen`, where the server has that.
    private(set) lazy var feed = makeFeed()

    init(
        key: ConnectionKey,
        of principal: Principal,
        on eventLoop: any EventLoop,
        declaration: ClientDeclaration,
        circuit: CircuitBreaker,
        server: ServerConnections
    ) {
        self.key = key
        self.server = server
        let passing = PassingFields(server.brought(declaration.passed))
        self.passing = passing
        // A session of its own listens when its client does; a shared connection always.
        wantsToListen = if case .session = key { false } else { true }
        declared = DeclaredCapabilities(JSONText(accepted: declaration.capabilities).root)
        turns = Turns(server.company(on: key), isTakingTurns: server.asking.isKnown && !declared.isEmpty)
        self.upstream = Upstream(
            on: eventLoop,
            declaration: declaration,
            era: server.eraChoice,
            memory: server.eraMemory,
            lists: server.lists,
            limits: server.limits,
            circuit: circuit,
            wire: server.settings.wire,
            tap: server.settings.tap,
            makeLink: server.links.factory(
                for: server.settings.actsForCallers ? principal.name : nil,
                passing: passing)
        )
    }

    package var eventLoop: any EventLoop { upstream.eventLoop }
    /// How many calls wait until the server is ready or has room, or until it is their turn.
    var waitingCalls: Int { upstream.callsQueued + turns.waitingCalls }
    var headerMarks: HeaderMarks { server.headerMarks }
    var cacheHints: CacheHints { server.cacheHints }

    /// What results say of the server that they come from, as a member of their `_meta`; nil before it is known.
    private(set) var serverInfoMember: ByteBuffer?

    /// Whether what the server says unasked comes on another stream than its answers.
    var hearsOnAnotherStream: Bool { upstream.link is any ListeningLink }

    /// Returns how often the server was started again since this was asked last.
    func takeRestarts() -> Int {
        defer { countedRestarts = upstream.restarts }
        return upstream.restarts - countedRestarts
    }

    /// Passes on from now on what its client says, with all that has none of its own.
    func pass(_ passed: PassedFields) {
        checkConfinement()
        guard let brought = server.brought(passed), brought != passing.brought else { return }
        passing.brought = brought
        upstream.pass(brought)
    }

    // MARK: Clients

    /// Lets a client hear what belongs to no call.
    ///
    /// - Parameter caller: Who answers for it what the server asks outside of calls; nil when it cannot be asked.
    func attach(_ client: any AttachedClient, asking caller: (any Caller)?, to resources: Set<ByteText> = []) {
        checkConfinement()
        audience.add(Attachment(client: client, caller: caller, subscriptions: resources))
    }

    /// Hears from now on what the server says unasked, where that is a matter of choice.
    func listen() {
        checkConfinement()
        wantsToListen = true
        (upstream.link as? any ListeningLink)?.openListeningStream()
    }

    /// - Returns: What it has wanted to hear; nil where it was no client.
    @discardableResult
    func detach(_ client: any AttachedClient) -> Attachment? {
        checkConfinement()
        guard let attachment = audience.remove(client) else { return nil }
        if era == .modern {
            if !attachment.subscriptions.isEmpty { feed.update() }
        } else {
            for uri in attachment.subscriptions where !audience.isSubscribed(uri) {
                send(.resourcesUnsubscribe, uri: uri)
            }
        }
        server.release(self)
        return attachment
    }

    /// Notes what the server has said of itself. Returns false when it is not what it was before: then nothing that was
    /// told to clients holds any more.
    func note(_ introduction: Introduction) -> Bool {
        guard era == nil || era == introduction.era else { return false }
        era = introduction.era
        serverLevel = nil
        serverInfoMember = introduction.serverInfo.map { info in
            var member = ByteBuffer(string: #""io.modelcontextprotocol/serverInfo":"#)
            member.writeImmutableBuffer(info)
            member.blankLineBreaks()
            return member
        }
        return true
    }

    // MARK: Calls

    func start(_ exchange: Exchange) {
        checkConfinement()
        guard !exchange.isCancelled else { return }
        hold(for: exchange)
        if exchange.leg.offer.isMerged { compareLists() }
        if let client = exchange.leg.client {
            audience.noteActivity(of: client)
            guard note(exchange, from: client) else {
                return exchange.finish(.refused(Refusal(.overloaded, SubscriptionFilter.excess)))
            }
        }
        if exchange.request.method == .resourcesUnsubscribe, let uri = uri(of: exchange.request),
            audience.isSubscribed(uri)
        {
            // Another session still wants the updates.
            answerEmpty(exchange)
            return
        }
        if turns.mayStart(exchange, of: exchange.caller.identity) { send(exchange) } else { limitWait(of: exchange) }
    }

    private func limitWait(of exchange: Exchange) {
        eventLoop.scheduleTask(in: .milliseconds(server.limits.callTimeout.milliseconds)) {
            [weak self, weak exchange] in
            guard let self, let exchange, turns.stopWaiting(exchange) else { return }
            exchange.exchangeFailed(
                UpstreamFailure(.timedOut, "its turn did not come in time", nothingSent: true)
            )
        }
    }

    private func send(_ exchange: Exchange) {
        // In a session a server tells its client whatever it likes; without one only who has asked is told.
        let isInSession = era != .modern && exchange.caller.era == .legacy
        let hearsLogMessages = isInSession || exchange.logLevel != nil
        turns.started(CallerTurn(exchange.caller), hearsLogMessages: hearsLogMessages)
        exchange.hasTurn = true
        exchange.mergedLevel = mergedLevel(for: exchange.request)
        guard let level = exchange.logLevel, exchange.leg.era == .legacy, serverLevel.map({ level < $0 }) ?? true else {
            return sendAgain(exchange)
        }
        // The server has to know before the call what its client wants to hear; over HTTP only the answer tells that
        // it does.
        upstream.whenReady { [weak self] result in
            guard let self else { return }
            guard case .success(let introduction) = result, introduction.declares("logging") else {
                return sendAgain(exchange)
            }
            serverLevel = level
            setLevel(level) { [weak self] in self?.sendAgain(exchange) }
        }
    }

    /// Sends an exchange under a new identifier, unless it is about something that was not approved.
    func sendAgain(_ exchange: Exchange) {
        checkConfinement()
        guard !exchange.isCancelled else { return }
        guard knowsLists(for: exchange.request) else {
            return whenUsable(exchange.request) { [self] hindrance in pass(exchange, hindrance) }
        }
        pass(exchange, server.pins.refusal(of: exchange.request, on: key).map(Hindrance.refusal))
    }

    private func pass(_ exchange: Exchange, _ hindrance: Hindrance?) {
        guard !exchange.isCancelled else { return }
        switch hindrance {
        case .refusal(let refusal):
            wasRefused()
            return exchange.finish(.refused(refusal))
        case .login(let failure): return exchange.exchangeFailed(failure)
        case nil: break
        }
        if server.pins.gate.needsLists { exchange.moment = momentOfLists }
        let id = upstream.makeID()
        exchange.upstreamID = id
        upstream.exchange(exchange, id: id)
        makeRoom()
    }

    /// Has calls whose clients are away give way to those that are here and for which the server has no room.
    func makeRoom() {
        let count = upstream.callsWithoutRoom
        guard count > 0 else { return }
        for taker in turns.giveWay(to: count) { taker.caller.eventLoop.runNowOrLater { taker.caller.giveWay() } }
    }

    /// A log level that is set on a shared connection must not silence the other sessions: the server gets the
    /// most talkative of all, and each session hears only what it asked for.
    private func mergedLevel(for request: Message) -> LogLevel? {
        guard request.method == .loggingSetLevel else { return nil }
        let levels = audience.logLevels + [serverLevel].compactMap { $0 }
        return levels.count > 1 ? levels.min() : nil
    }

    private func answerEmpty(_ exchange: Exchange) {
        exchange.finish(.result(ByteBuffer(string: "{}")))
    }

    /// Remembers what has to be told again to a server that was restarted. Returns false when that would be too much.
    private func note(_ exchange: Exchange, from id: ObjectIdentifier) -> Bool {
        switch exchange.request.method {
        case .resourcesSubscribe:
            if let uri = uri(of: exchange.request) { return audience.subscribe(id, to: uri) }
        case .resourcesUnsubscribe:
            if let uri = uri(of: exchange.request) { audience.unsubscribe(id, from: uri) }
        case .loggingSetLevel:
            audience.setLogLevel(LogLevel(exchange.request.view(exchange.request.envelope.level)), of: id)
        default: break
        }
        return true
    }

    func uri(of message: Message) -> ByteText? {
        message.view(message.envelope.uri)?.string.map(ByteText.init)
    }

    /// Gives the turn of an exchange back and hands its answer to the caller.
    func finish(_ exchange: Exchange, _ answer: Answer) {
        ended(exchange)
        exchange.caller.eventLoop.runNowOrLater { exchange.caller.finish(exchange, answer) }
    }

    private func ended(_ exchange: Exchange) {
        checkConfinement()
        // From now on a cancellation that was on its way finds nothing to cancel.
        exchange.upstreamID = nil
        letGo(for: exchange)
        guard exchange.hasTurn else { return }
        exchange.hasTurn = false
        turns.ended(CallerTurn(exchange.caller))
        turnsChanged()
    }

    func cancel(_ exchange: Exchange, reason: String) {
        checkConfinement()
        exchange.cancelled()
        if turns.stopWaiting(exchange) { return letGo(for: exchange) }
        // What a stateless server still says of this call must not reach another tenant.
        if exchange.logLevel != nil {
            lastCancelled = (exchange.caller.principal, eventLoop.now + Self.quietAfterCancellation)
        }
        if let id = exchange.upstreamID { upstream.cancel(id, reason: reason) }
        ended(exchange)
    }

    /// Keeps the connection while an exchange is under way: a client that says something else in its header fields goes on to
    /// another one, and leaves its calls here. With a session its calls end.
    private func hold(for exchange: Exchange) {
        guard !server.settings.passed.isEmpty, !server.isOfOneSession(self), server.hold(self) else { return }
        exchange.holdsConnection = true
    }

    private func letGo(for exchange: Exchange) {
        guard exchange.holdsConnection else { return }
        exchange.holdsConnection = false
        server.release(self)
    }

    /// The server asks, as another connection has found out: where it may ask these clients, they take turns.
    func serverAsks() {
        checkConfinement()
        if !declared.isEmpty { turns.begin() }
    }

    /// Hands out the questions and sends the calls that had to wait for what has just happened.
    func turnsChanged() {
        if turns.hasQuestions { perform(turns.settle()) }
        // One by one, because each may make the next one wait.
        while let next = turns.nextBack() { goingOn.removeValue(forKey: next)?() }
        while let next = turns.next() { send(next) }
    }

    /// Reads the server's tools again, for what has to be known to call them.
    func refreshCatalog(_ completion: @escaping @Sendable () -> Void) {
        checkConfinement()
        guard case .ready(let introduction) = upstream.state else { return completion() }
        // It has said that its tools are other ones than were listed, whatever it lists now.
        listsBecameOld()
        let moment = momentOfLists
        CatalogReader(upstream, introduction, of: [.tools], for: server) { [self] outcome in
            if judge(outcome, since: moment) { listsAreJudged(outcome) }
            if server.isSource(self) { server.take(tools: outcome.catalog, now: eventLoop.now) }
            completion()
        }.start()
    }
}
