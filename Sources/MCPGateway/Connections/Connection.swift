import MCPCore
package import MCPUpstream
import MCPValues
import NIOCore

/// One upstream and the clients that it serves: whose calls are in flight, who is asked, who hears what the server says
/// unasked.
///
/// Confined to the upstream's event loop; that is what makes `@unchecked Sendable` true.
package final class Connection: @unchecked Sendable {
    package let key: ConnectionKey
    package let upstream: Upstream
    /// Kept alive, because what a server still says may arrive after it was removed. The server lets go of a connection
    /// when it closes it.
    let server: ServerConnections
    /// Which era the server speaks on this connection; nil before it has said so.
    private(set) var era: Era?
    /// Who hears what belongs to no call.
    var attachments: [ObjectIdentifier: Attachment] = [:]
    /// The client that was last attached or made a call.
    var lastActive: ObjectIdentifier?
    var turns = TurnKeeper<CallerIdentity>()
    var active = ActiveCallers()
    private var waitingForTurn: [Exchange] = []
    var parked: [ParkedRequest] = []
    var changes = ChangeThrottle()
    /// Who waits for the answer of a stateless server to what it is.
    var awaitingIntroduction: [@Sendable (Result<Introduction, UpstreamFailure>) -> Void] = []
    /// Whose call that wanted log messages was cancelled last, and until when what names no call may be about it.
    private(set) var lastCancelled: (principal: Principal, until: NIODeadline)?
    private static let quietAfterCancellation = TimeAmount.seconds(5)
    /// Whether somebody wants to hear what the server says unasked.
    private(set) var wantsToListen: Bool
    /// The level that the server was told last, where calls without a session have asked for log messages.
    private var serverLevel: LogLevel?
    /// `subscriptions/listen`, where the server has that.
    private(set) lazy var feed = makeFeed()

    init(
        key: ConnectionKey,
        on eventLoop: any EventLoop,
        handshake: Handshake,
        circuit: CircuitBreaker,
        server: ServerConnections
    ) {
        self.key = key
        self.server = server
        // A session of its own listens when its client does; a shared connection always.
        wantsToListen = if case .session = key { false } else { true }
        self.upstream = Upstream(
            on: eventLoop,
            handshake: handshake,
            era: server.eraChoice,
            memory: server.eraMemory,
            limits: server.limits,
            circuit: circuit,
            makeLink: { [links = server.links] in links.make(on: $0) }
        )
    }

    var eventLoop: any EventLoop { upstream.eventLoop }
    var catalog: ToolCatalog { server.catalog }
    var cacheHints: ByteBuffer { server.cacheHints }

    /// What results say of the server that they come from, as a member of their `_meta`; nil before it is known.
    private(set) var serverInfoMember: ByteBuffer?

    /// Runs on the connection's event loop: now, when that is the current one.
    func run(_ body: @escaping @Sendable (Connection) -> Void) {
        if eventLoop.inEventLoop { body(self) } else { eventLoop.execute { body(self) } }
    }

    /// Whether what the server says unasked comes on another stream than its answers.
    var hearsOnAnotherStream: Bool { upstream.link is any ListeningLink }

    // MARK: Clients

    func attach(_ client: any AttachedClient, to resources: Set<ByteText> = []) {
        attachments[ObjectIdentifier(client)] = Attachment(client: client, subscriptions: resources)
        lastActive = ObjectIdentifier(client)
    }

    /// Hears from now on what the server says unasked, where that is a matter of choice.
    func listen() {
        wantsToListen = true
        (upstream.link as? any ListeningLink)?.openListeningStream()
    }

    func detach(_ client: any AttachedClient) {
        guard let attachment = attachments.removeValue(forKey: ObjectIdentifier(client)) else { return }
        if era == .modern {
            if !attachment.subscriptions.isEmpty { feed.update() }
        } else {
            for uri in attachment.subscriptions where !isSubscribed(uri) { send(.resourcesUnsubscribe, uri: uri) }
        }
        server.release(self)
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
        guard !exchange.isCancelled else { return }
        let id = exchange.caller.identity
        if attachments[ObjectIdentifier(exchange.caller)] != nil { lastActive = ObjectIdentifier(exchange.caller) }
        guard note(exchange, from: ObjectIdentifier(exchange.caller)) else {
            return exchange.finish(.error(.overloaded, SubscriptionFilter.excess))
        }
        if exchange.request.method == .resourcesUnsubscribe, let uri = uri(of: exchange.request), isSubscribed(uri) {
            // Another session still wants the updates.
            answerEmpty(exchange)
            return
        }
        // Who has the turn keeps it only as long as nobody else waits, unless a question is open, whose answer may
        // depend on this very call.
        guard turns.mayStart(id), waitingForTurn.isEmpty || upstream.hasOpenQuestions else {
            waitForTurn(exchange)
            return
        }
        send(exchange)
    }

    private func waitForTurn(_ exchange: Exchange) {
        waitingForTurn.append(exchange)
        eventLoop.scheduleTask(in: .milliseconds(server.limits.callTimeout.milliseconds)) {
            [weak self, weak exchange] in
            guard let self, let exchange, stopWaiting(exchange) else { return }
            exchange.exchangeFailed(
                UpstreamFailure(.timedOut, "its turn did not come in time", nothingSent: true)
            )
        }
    }

    /// Returns whether the exchange was still waiting for its turn.
    private func stopWaiting(_ exchange: Exchange) -> Bool {
        guard let index = waitingForTurn.firstIndex(where: { $0 === exchange }) else { return false }
        waitingForTurn.remove(at: index)
        return true
    }

    private func send(_ exchange: Exchange) {
        // In a session a server tells its client whatever it likes; without one only who has asked is told.
        let isInSession = era != .modern && exchange.caller.era == .legacy
        let hearsLogMessages = isInSession || exchange.logLevel != nil
        turns.started(exchange.caller.identity)
        active.began(exchange.caller, hearsLogMessages: hearsLogMessages)
        exchange.hasTurn = true
        exchange.mergedLevel = mergedLevel(for: exchange.request)
        guard let level = exchange.logLevel, era == .legacy, serverLevel.map({ level < $0 }) ?? true,
            case .ready(let introduction) = upstream.state, introduction.declares("logging")
        else { return sendAgain(exchange) }
        // The server has to know before the call what its client wants to hear; over HTTP only the answer tells that
        // it does.
        serverLevel = level
        setLevel(level) { [weak self] in self?.sendAgain(exchange) }
    }

    /// Sends an exchange under a new identifier.
    func sendAgain(_ exchange: Exchange) {
        guard !exchange.isCancelled else { return }
        let id = upstream.makeID()
        exchange.upstreamID = id
        upstream.exchange(exchange, id: id)
    }

    /// A log level that is set on a shared connection must not silence the other sessions: the server gets the
    /// most talkative of all, and each session hears only what it asked for.
    private func mergedLevel(for request: Message) -> LogLevel? {
        guard request.method == .loggingSetLevel else { return nil }
        let levels = attachments.values.compactMap(\.logLevel) + [serverLevel].compactMap { $0 }
        return levels.count > 1 ? levels.min() : nil
    }

    private func answerEmpty(_ exchange: Exchange) {
        exchange.finish(.result(ByteBuffer(string: "{}")))
    }

    /// Remembers what has to be told again to a server that was restarted. Returns false when that would be too much.
    private func note(_ exchange: Exchange, from id: ObjectIdentifier) -> Bool {
        switch exchange.request.method {
        case .resourcesSubscribe:
            if let uri = uri(of: exchange.request) { return attachments[id]?.subscribe(to: uri) ?? true }
        case .resourcesUnsubscribe:
            if let uri = uri(of: exchange.request) { attachments[id]?.subscriptions.remove(uri) }
        case .loggingSetLevel:
            attachments[id]?.logLevel = LogLevel(exchange.request.view(exchange.request.envelope.level))
        default: break
        }
        return true
    }

    func uri(of message: Message) -> ByteText? {
        message.view(message.envelope.uri)?.string.map(ByteText.init)
    }

    func ended(_ exchange: Exchange) {
        // From now on a cancellation that was on its way finds nothing to cancel.
        exchange.upstreamID = nil
        guard exchange.hasTurn else { return }
        exchange.hasTurn = false
        turns.ended(exchange.caller.identity)
        active.ended(exchange.caller)
        settleParked()
        startWaiting()
    }

    func cancel(_ exchange: Exchange, reason: String) {
        exchange.cancelled()
        if stopWaiting(exchange) { return }
        // What a stateless server still says of this call must not reach another tenant.
        if exchange.logLevel != nil {
            lastCancelled = (exchange.caller.principal, eventLoop.now + Self.quietAfterCancellation)
        }
        if let id = exchange.upstreamID { upstream.cancel(id, reason: reason) }
        ended(exchange)
    }

    private func startWaiting() {
        while let next = waitingForTurn.first, turns.mayStart(next.caller.identity) {
            waitingForTurn.removeFirst()
            send(next)
        }
    }

    /// Reads the server's tools again, for what has to be known to call them.
    func refreshCatalog(_ completion: @escaping @Sendable () -> Void) {
        guard case .ready(let introduction) = upstream.state else { return completion() }
        CatalogProbe(upstream, introduction, of: [.tools], for: server) { _ in completion() }.start()
    }
}

/// A client that hears what belongs to no call.
protocol AttachedClient: AnyObject, Sendable {
    /// Takes a notification. Called on the connection's event loop.
    func hear(_ notification: Message)

    /// Ends, because what was told of the server does not hold any more. Called on the connection's event loop.
    func serverWasReplaced()
}

/// What a connection has to know of a client.
struct Attachment {
    let client: any AttachedClient
    /// The resources whose updates the client wants to hear.
    var subscriptions: Set<ByteText> = []
    var logLevel: LogLevel?

    /// Adds a resource, unless there are too many.
    mutating func subscribe(to uri: ByteText) -> Bool {
        let wanted = subscriptions.union([uri])
        guard SubscriptionFilter.isWithinBounds(wanted) else { return false }
        subscriptions = wanted
        return true
    }

    /// Whether the client has subscribed to this resource, or to one of which it is a part
    /// ([subscriptions, 2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/server/resources#subscriptions)).
    func wants(_ uri: ByteText) -> Bool {
        subscriptions.contains(uri) || subscriptions.contains { uri.text.isPart(of: $0.text) }
    }
}

extension String {
    /// Whether this is the address of something below another one.
    func isPart(of whole: String) -> Bool {
        guard utf8.count > whole.utf8.count, utf8.starts(with: whole.utf8), let last = whole.utf8.last else {
            return false
        }
        let next = utf8[utf8.index(utf8.startIndex, offsetBy: whole.utf8.count)]
        return last == UInt8(ascii: "/") || [UInt8(ascii: "/"), UInt8(ascii: "#"), UInt8(ascii: "?")].contains(next)
    }
}
