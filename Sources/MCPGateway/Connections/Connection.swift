package import MCPCore
package import MCPUpstream
import NIOCore

/// One upstream and the client sessions that it serves: who hears what the server says unasked.
///
/// Confined to the upstream's event loop; that is what makes `@unchecked Sendable` true.
package final class Connection: @unchecked Sendable {
    typealias SessionID = ObjectIdentifier

    private struct Attachment {
        let session: ClientSession
        var subscriptions: Set<String> = []
        var logLevel: LogLevel?
    }

    /// A question of the server whose addressee is not clear yet.
    private struct ParkedRequest {
        let request: ServerRequest
        let parkedAt: NIODeadline
    }

    /// How long a question may wait until it is clear whom it is for.
    private static let parkingTime = TimeAmount.seconds(10)

    package let key: ConnectionKey
    package let upstream: Upstream
    private unowned let server: ServerConnections
    private var attachments: [SessionID: Attachment] = [:]
    private var lastActive: SessionID?
    private var turns = TurnKeeper<SessionID>()
    private var waitingForTurn: [Exchange] = []
    private var parked: [ParkedRequest] = []
    private var changes = ChangeThrottle()
    /// Whether somebody wants to hear what the server says unasked.
    private var wantsToListen: Bool

    init(
        key: ConnectionKey,
        on eventLoop: any EventLoop,
        handshake: Handshake,
        server: ServerConnections
    ) {
        self.key = key
        self.server = server
        // A session of its own listens when its client does; a shared connection always.
        wantsToListen = if case .session = key { false } else { true }
        self.upstream = Upstream(
            on: eventLoop,
            handshake: handshake,
            limits: server.limits,
            makeLink: server.makeLink
        )
    }

    var eventLoop: any EventLoop { upstream.eventLoop }

    /// Runs on the connection's event loop: now, when that is the current one.
    func run(_ body: @escaping @Sendable (Connection) -> Void) {
        if eventLoop.inEventLoop { body(self) } else { eventLoop.execute { body(self) } }
    }

    // MARK: Sessions

    func attach(_ session: ClientSession) {
        attachments[ObjectIdentifier(session)] = Attachment(session: session)
        lastActive = ObjectIdentifier(session)
    }

    /// Hears from now on what the server says unasked, where that is a matter of choice.
    func listen() {
        wantsToListen = true
        (upstream.link as? any ListeningLink)?.openListeningStream()
    }

    func detach(_ session: ClientSession) {
        let id = ObjectIdentifier(session)
        guard let attachment = attachments.removeValue(forKey: id) else { return }
        for uri in attachment.subscriptions where !isSubscribed(uri) { send(.resourcesUnsubscribe, uri: uri) }
        server.connectionLostSession(self)
    }

    private func isSubscribed(_ uri: String) -> Bool {
        attachments.values.contains { $0.subscriptions.contains(uri) }
    }

    private func send(_ method: Method, uri: String) {
        var params = ByteBuffer(string: #"{"uri":"#)
        params.writeJSONString(uri)
        params.writeStaticString("}")
        send(method, params)
    }

    /// Sends a request of our own whose answer does not matter.
    private func send(_ method: Method, _ params: ByteBuffer) {
        // Our own text is a message by construction.
        guard let message = try? Message(OwnMessages.request(id: 0, method: method, params: params)) else { return }
        upstream.exchange(message, IgnoredAnswer())
    }

    // MARK: Calls

    func start(_ exchange: Exchange) {
        guard !exchange.isCancelled else { return }
        let id = ObjectIdentifier(exchange.session)
        lastActive = id
        note(exchange, from: id)
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
        turns.started(ObjectIdentifier(exchange.session))
        exchange.hasTurn = true
        exchange.upstreamID = upstream.makeID()
        upstream.exchange(merged(exchange.request), exchange, id: exchange.upstreamID)
    }

    /// A log level that is set on a shared connection must not silence the other sessions: the server gets the
    /// most talkative of all, and each session hears only what it asked for.
    private func merged(_ request: Message) -> Message {
        guard request.method == .loggingSetLevel, attachments.count > 1, let range = request.envelope.level,
            let lowest = attachments.values.compactMap(\.logLevel).min()
        else { return request }
        let edited = request.spliced([Edit(range, .bytes(ByteBuffer(string: "\"\(lowest.rawValue)\"")))])
        // The edit puts one string in place of another, so the result is a message again.
        return (try? Message(edited)) ?? request
    }

    private func answerEmpty(_ exchange: Exchange) {
        // Our own text is a message by construction.
        guard let empty = try? Message(OwnMessages.emptyResult(id: .integer(0))) else { return }
        exchange.exchangeAnswered(empty)
    }

    /// Remembers what has to be told again to a server that was restarted.
    private func note(_ exchange: Exchange, from id: SessionID) {
        switch exchange.request.method {
        case .resourcesSubscribe:
            if let uri = uri(of: exchange.request) { attachments[id]?.subscriptions.insert(uri) }
        case .resourcesUnsubscribe:
            if let uri = uri(of: exchange.request) { attachments[id]?.subscriptions.remove(uri) }
        case .loggingSetLevel:
            let level = exchange.request.view(exchange.request.envelope.level)?.string
            attachments[id]?.logLevel = level.flatMap(LogLevel.init(rawValue:))
        default: break
        }
    }

    private func uri(of message: Message) -> String? {
        message.view(message.envelope.uri)?.string
    }

    func ended(_ exchange: Exchange) {
        // From now on a cancellation that was on its way finds nothing to cancel.
        exchange.upstreamID = nil
        guard exchange.hasTurn else { return }
        exchange.hasTurn = false
        turns.ended(ObjectIdentifier(exchange.session))
        settleParked()
        startWaiting()
    }

    func cancel(_ exchange: Exchange, reason: String) {
        exchange.isCancelled = true
        if stopWaiting(exchange) { return }
        guard let id = exchange.upstreamID else { return }
        upstream.cancel(id, reason: reason)
        ended(exchange)
    }

    private func startWaiting() {
        while let next = waitingForTurn.first, turns.mayStart(ObjectIdentifier(next.session)) {
            waitingForTurn.removeFirst()
            send(next)
        }
    }

    // MARK: Questions of the server

    private func deliver(_ request: ServerRequest, to id: SessionID, exchange: Exchange?) {
        guard let session = attachments[id]?.session else {
            refuse(request, "the client has gone")
            return
        }
        guard session.capabilities.permit(request.message.method) else {
            refuse(request, "the client has not declared that it answers such requests")
            return
        }
        session.run { session in session.ask(request, from: self, during: exchange) }
    }

    /// Hands out parked questions as soon as only one session can be meant, and gives up those that wait too long.
    private func settleParked() {
        guard !parked.isEmpty else { return }
        if let only = turns.onlyActive {
            let ready = parked
            parked = []
            for item in ready { deliver(item.request, to: only, exchange: nil) }
            return
        }
        let oldest = eventLoop.now - Self.parkingTime
        let late = parked.filter { $0.parkedAt <= oldest || turns.active.isEmpty }
        parked.removeAll { $0.parkedAt <= oldest || turns.active.isEmpty }
        for item in late { refuse(item.request, "it is not clear which of several clients is meant") }
    }

    private func park(_ request: ServerRequest) {
        turns.beginTakingTurns()
        parked.append(ParkedRequest(request: request, parkedAt: eventLoop.now))
        eventLoop.scheduleTask(in: Self.parkingTime) { [weak self] in self?.settleParked() }
    }

    func refuse(_ request: ServerRequest, _ reason: String) {
        let answer = OwnMessages.error(
            id: request.id,
            code: .methodNotFound,
            message: "the proxy cannot pass on \(request.message.methodName): \(reason)"
        )
        upstream.answer(request, answer)
    }

    /// Sends a client's answer to a question back.
    func answer(_ request: ServerRequest, _ message: ByteBuffer) {
        upstream.answer(request, message)
    }
}

// MARK: - What the upstream says

extension Connection: UpstreamListener {
    package func upstreamBecameReady(_ upstream: Upstream, again: Bool) {
        if wantsToListen { listen() }
        server.connectionChanged(self)
        guard again else { return }
        restoreState()
        guard case .ready(let result) = upstream.state else { return }
        // Whatever was listed before may have changed with the restart.
        let changes: [(String, Method)] = [
            ("tools", .toolListChanged), ("prompts", .promptListChanged), ("resources", .resourceListChanged),
        ]
        for (capability, notification) in changes where result.declares(capability) {
            broadcast(OwnMessages.notification(notification))
        }
    }

    private func restoreState() {
        for uri in Set(attachments.values.flatMap(\.subscriptions)) {
            send(.resourcesSubscribe, uri: uri)
        }
        if let level = attachments.values.compactMap(\.logLevel).min() {
            send(.loggingSetLevel, ByteBuffer(string: #"{"level":"\#(level.rawValue)"}"#))
        }
    }

    package func upstreamWasLost(_ upstream: Upstream, _ failure: UpstreamFailure) {
        // A new connection knows nothing of what the old one asked.
        parked = []
        server.connection(self, wasLost: failure)
    }

    package func upstream(
        _ upstream: Upstream,
        asks request: ServerRequest,
        during receiver: (any ExchangeReceiver)?
    ) {
        if key == .shared {
            refuse(request, "this server is shared by all clients (isolation \"shared\")")
            return
        }
        if let exchange = receiver as? Exchange {
            deliver(request, to: ObjectIdentifier(exchange.session), exchange: exchange)
        } else if let only = turns.onlyActive {
            deliver(request, to: only, exchange: nil)
        } else if !turns.active.isEmpty {
            park(request)
        } else if let lastActive, attachments[lastActive] != nil {
            deliver(request, to: lastActive, exchange: nil)
        } else if let only = attachments.first, attachments.count == 1 {
            deliver(request, to: only.key, exchange: nil)
        } else {
            refuse(request, "no client is connected")
        }
    }

    package func upstream(
        _ upstream: Upstream,
        notifies message: Message,
        during receiver: (any ExchangeReceiver)?
    ) {
        switch message.method {
        case .cancelled:
            guard let range = message.envelope.requestID else { return }
            let id = RequestID(message.bytes, range)
            for attachment in attachments.values {
                attachment.session.run { session in session.cancelQuestion(id, from: self, message) }
            }
        case .resourceUpdated:
            guard let uri = uri(of: message) else { return }
            let line = message.singleLine
            for attachment in attachments.values where attachment.subscriptions.contains(uri) {
                attachment.session.run { session in session.tell(line) }
            }
        case .logMessage: passLog(message, receiver as? Exchange)
        case .toolListChanged, .promptListChanged, .resourceListChanged: listChanged(message)
        default:
            if let exchange = receiver as? Exchange {
                let line = message.singleLine
                exchange.session.run { session in session.deliver(line, for: exchange) }
            } else {
                broadcast(message.singleLine)
            }
        }
    }

    private func listChanged(_ message: Message) {
        switch changes.decide(message.method, now: eventLoop.now) {
        case .drop: break
        case .pass: tellChange(message)
        case .hold(let time):
            eventLoop.scheduleTask(in: time) { [weak self] in
                guard let self else { return }
                changes.passed(message.method, now: eventLoop.now)
                tellChange(message)
            }
        }
    }

    private func tellChange(_ message: Message) {
        server.connectionListChanged(self)
        broadcast(message.singleLine)
    }

    /// Log messages go to the session whose call they accompany, or else to every session of this connection,
    /// which all belong to one principal, as far as each has asked for that level.
    private func passLog(_ message: Message, _ exchange: Exchange?) {
        let level = message.view(message.envelope.level)?.string.flatMap(LogLevel.init(rawValue:))
        let line = message.singleLine
        if let exchange {
            exchange.session.run { session in session.deliver(line, for: exchange) }
            return
        }
        let targets = turns.onlyActive.map { [$0] } ?? Array(attachments.keys)
        for id in targets {
            guard let attachment = attachments[id] else { continue }
            if let wanted = attachment.logLevel, let level, level < wanted { continue }
            attachment.session.run { session in session.tellDuringCall(line) }
        }
    }

    private func broadcast(_ message: ByteBuffer) {
        for attachment in attachments.values {
            attachment.session.run { session in session.tell(message) }
        }
    }
}

/// Stands for nobody: the answer to a request of our own that needs no answer.
private final class IgnoredAnswer: ExchangeReceiver {
    func exchangeProgressed(_ notification: Message) {}
    func exchangeAnswered(_ answer: Message) {}
    func exchangeFailed(_ failure: UpstreamFailure) {}
}
