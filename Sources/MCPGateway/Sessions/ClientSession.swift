package import MCPCore
import MCPUpstream
import MCPValues
package import NIOCore

/// One session of a client that opened it with a handshake: what it has asked, what it has been asked, and where to
/// tell it things.
///
/// Confined to the event loop on which it was opened; that is what makes `@unchecked Sendable` true.
package final class ClientSession: Caller, @unchecked Sendable {
    /// A server's question that the client has not answered yet.
    private struct OpenQuestion {
        let question: ClientQuestion
        let exchange: ObjectIdentifier?
        let timeout: Scheduled<Void>
    }

    /// One request that is under way.
    private struct Call {
        let exchange: Exchange
        let reply: any ReplySink
    }

    package let id: String
    package let principal: Principal
    package let offer: Offer
    package let eventLoop: any EventLoop
    package let version: ProtocolVersion
    /// What the client says of itself, for every server to which a leg is opened.
    let declaration: ClientDeclaration
    let capabilities: DeclaredCapabilities
    /// Whether the client has never opened it, so that it shares its connection with others and ends with its calls.
    let isForOneRequest: Bool
    let era = Era.legacy
    /// What it holds towards its server.
    let leg: Leg
    /// Where things go that belong to no exchange.
    package var outlet: (any SessionOutlet)?
    package private(set) var isClosed = false
    package private(set) var lastUsed: NIODeadline
    package let opened: NIODeadline

    let taskOwner: TaskOwner
    private let gateway: Gateway
    private var endsWithItsCalls = false
    private var exchanges: [ObjectIdentifier: Call] = [:]
    private var newestExchange: Exchange?
    /// Requests for updates of a resource that are not answered yet.
    var subscribing: [RequestID: any ReplySink] = [:]
    private var questions: [Int64: OpenQuestion] = [:]
    private var lastQuestion: Int64 = 0

    init(
        id: String,
        principal: Principal,
        offer: Offer,
        version: ProtocolVersion,
        declaration: ClientDeclaration,
        isForOneRequest: Bool = false,
        eventLoop: any EventLoop,
        gateway: Gateway
    ) {
        self.id = id
        self.principal = principal
        self.offer = offer
        self.version = version
        self.declaration = declaration
        self.capabilities = declaration.answers
        self.isForOneRequest = isForOneRequest
        self.leg = Leg(to: offer)
        self.eventLoop = eventLoop
        self.gateway = gateway
        self.taskOwner = TaskOwner(seal: gateway.taskSeal, server: leg.server, principal: principal)
        self.opened = eventLoop.now
        self.lastUsed = opened
        leg.session = self
    }

    /// Runs on the session's event loop: now, when that is the current one.
    package func run(_ body: @escaping @Sendable (ClientSession) -> Void) {
        if eventLoop.inEventLoop { body(self) } else { eventLoop.execute { body(self) } }
    }

    var identity: CallerIdentity { .session(ObjectIdentifier(self)) }

    package var callsInFlight: Int { exchanges.count + leg.waitingCalls }

    /// Says that the client now hears what belongs to no exchange.
    package func outletOpened() {
        leg.listen()
    }

    /// Whether a call of this identifier is still under way.
    package func isInFlight(_ id: RequestID) -> Bool {
        exchanges.values.contains { $0.exchange.clientID == id } || subscribing[id] != nil || leg.isWaiting(id)
    }

    // MARK: From the client

    /// Takes a request. The answer comes through `reply`, exactly once.
    package func receive(request sealed: Message, _ reply: any ReplySink) {
        lastUsed = eventLoop.now
        guard let id = sealed.id else { return }
        guard !isClosed else {
            return reply.finish(Refusal(.invalidRequest, "the session has ended").answer(to: id))
        }
        guard let open = leg.current else {
            let words = "too many calls wait until the server is known; try again later"
            if leg.keep(Leg.WaitingCall(request: sealed, id: id, reply: reply)) { return }
            return reply.finish(Refusal(.overloaded, words).answer(to: id))
        }
        switch Resolver.resolve(sealed, from: .legacy, filter: offer.member.toolFilter) {
        case .toLeg: break
        case .refused(let refusal): return reply.finish(refusal.answer(to: id))
        case .hidden(let tool): return reply.finish(offer.refuse(hidden: tool, in: sealed).answer(to: id))
        }
        if open.era == .modern, keepsFromServer(sealed, id, open, reply) { return }
        let request: Message
        do throws(Refusal) {
            request = try taskOwner.opened(sealed)
        } catch {
            return reply.finish(error.answer(to: id))
        }
        if let refusal = gateway.admit(principal, to: leg.server) {
            return reply.finish(refusal.answer(to: id))
        }
        let exchange = Exchange(request, id: id, caller: self, leg: open)
        exchanges[ObjectIdentifier(exchange)] = Call(exchange: exchange, reply: reply)
        newestExchange = exchange
        exchange.connection.run { $0.start(exchange) }
    }

    /// Takes a notification.
    package func receive(notification: Message) {
        lastUsed = eventLoop.now
        guard !isClosed else { return }
        switch notification.method {
        case .initialized: break  // the server has had ours
        case .cancelled: cancel(notification)
        default:
            // A stateless server takes no notifications.
            guard let open = leg.current, open.era == .legacy,
                let opened = taskOwner.opened(notification, mayBeClients: open.connection.key != .shared)
            else { return }
            let line = opened.singleLine
            open.connection.run { $0.upstream.notify(line) }
        }
    }

    private func cancel(_ notification: Message) {
        guard let id = notification.cancelledID else { return }
        if let reply = subscribing.removeValue(forKey: id) { return reply.abandon() }
        if let reply = leg.withdraw(id) {
            reply.abandon()
            return closeIfDone()
        }
        guard let call = exchanges.values.first(where: { $0.exchange.clientID == id }) else { return }
        let reason = notification.params?["reason"]?.string ?? "cancelled by the client"
        abandon(call.exchange, reason: reason)
        // No answer follows a cancellation, but an HTTP response has to end.
        call.reply.abandon()
    }

    /// Takes the client's answer to a question of the server. Answers to nothing are dropped.
    package func receive(response: Message) {
        lastUsed = eventLoop.now
        guard let range = response.envelope.id, let id = response.bytes.integer(in: range),
            let open = questions.removeValue(forKey: id)
        else { return }
        open.timeout.cancel()
        open.question.answered(response)
    }

    // MARK: To the client

    func deliver(_ notification: Message, for exchange: Exchange?) {
        guard let exchange else {
            guard taskOwner.mayHear(notification) else { return }
            return tellDuringCall(taskOwner.line(notification))
        }
        if notification.method == .progress {
            guard let token = exchange.progressToken, let range = notification.envelope.progressToken else { return }
            deliver(taskOwner.line(notification, [Edit(range, .id(token))]), for: exchange)
        } else {
            deliver(taskOwner.line(notification), for: exchange)
        }
    }

    /// Delivers something that belongs to an exchange.
    private func deliver(_ message: ByteBuffer, for exchange: Exchange) {
        guard let call = exchanges[ObjectIdentifier(exchange)], call.reply.carriesMessages else {
            tell(message)
            return
        }
        call.reply.send(message)
    }

    /// Delivers something that belongs to no exchange.
    func tell(_ message: ByteBuffer) {
        outlet?.send(message)
    }

    /// Delivers something that probably accompanies the only call under way.
    private func tellDuringCall(_ message: ByteBuffer) {
        if exchanges.count == 1, let only = exchanges.values.first {
            deliver(message, for: only.exchange)
        } else {
            tell(message)
        }
    }

    func finish(_ exchange: Exchange, _ answer: Answer) {
        guard let call = exchanges[ObjectIdentifier(exchange)] else { return }
        log(exchange, outcome: answer.outcome)
        dropQuestions(of: exchange)
        // Counted as under way until it is on its way out: whoever waits for the last call must not cut it off.
        let sealed = answer.sealed(by: taskOwner, for: exchange.request)
        call.reply.finish(sealed.bytes(for: exchange.clientID, server: exchange.leg.serverName))
        _ = remove(exchange)
    }

    /// Ends the session as soon as no call is under way: for clients that never opened one.
    package func endWithItsCalls() {
        endsWithItsCalls = true
        closeIfDone()
    }

    func closeIfDone() {
        if endsWithItsCalls, callsInFlight == 0 { close(reason: "done") }
    }

    private func remove(_ exchange: Exchange) -> Bool {
        guard exchanges.removeValue(forKey: ObjectIdentifier(exchange)) != nil else { return false }
        if newestExchange === exchange { newestExchange = exchanges.values.first?.exchange }
        gateway.release(principal, from: exchange.connection.server)
        lastUsed = eventLoop.now
        closeIfDone()
        return true
    }

    private func log(_ exchange: Exchange, outcome: @autoclosure () -> String) {
        guard offer.logsRequests else { return }
        let name =
            exchange.request.method == .toolsCall ? exchange.request.view(exchange.request.envelope.name)?.string : nil
        offer.log(
            method: exchange.request.methodName, tool: name, elapsed: eventLoop.now - exchange.started,
            outcome: outcome()
        )
    }

    /// Gives up an exchange: the server is told, and nothing more comes.
    private func abandon(_ exchange: Exchange, reason: String) {
        guard remove(exchange) else { return }
        log(exchange, outcome: "cancelled")
        dropQuestions(of: exchange)
        exchange.connection.run { $0.cancel(exchange, reason: reason) }
    }

    // MARK: Questions of the server

    /// Passes a server's request on to the client, on the stream where it belongs.
    func ask(_ question: ClientQuestion, during exchange: Exchange?) {
        guard !isClosed, questions.count < gateway.limits.maximumServerRequestsInFlight else {
            question.refused("too many requests to the client are open")
            return
        }
        guard let range = question.message.envelope.id else { return }
        lastQuestion += 1
        let id = lastQuestion
        let timeout = eventLoop.scheduleTask(in: .milliseconds(gateway.limits.interactionTimeout.milliseconds)) {
            [weak self] in
            guard let self else { return }
            questionTimedOut(id)
        }
        questions[id] = OpenQuestion(
            question: question, exchange: exchange.map { ObjectIdentifier($0) }, timeout: timeout
        )
        let message = question.message.spliced([Edit(range, .integer(id))])
        if let exchange {
            deliver(message, for: exchange)
        } else if exchanges.count == 1 || outlet?.isOpen != true, let newest = newestExchange {
            deliver(message, for: newest)
        } else {
            tell(message)
        }
    }

    private func questionTimedOut(_ id: Int64) {
        guard let open = questions.removeValue(forKey: id) else { return }
        tell(OwnMessages.cancelled(id: .integer(id), reason: "timed out"))
        open.question.refused("the client did not answer in time")
    }

    /// Takes back the questions that live only as long as an exchange.
    private func dropQuestions(of exchange: Exchange) {
        for (id, open) in questions
        where open.exchange == ObjectIdentifier(exchange) && open.question.origin == nil {
            open.timeout.cancel()
            questions[id] = nil
            tell(OwnMessages.cancelled(id: .integer(id), reason: "the call has ended"))
        }
    }

    /// A session answers each question by itself.
    func take(_ responses: InputResponses) {}

    func withdraw(_ origin: ClientQuestion.Origin, _ notification: Message) {
        guard
            let found = questions.first(where: { $0.value.question.origin == origin }),
            let range = notification.envelope.requestID
        else { return }
        found.value.timeout.cancel()
        questions[found.key] = nil
        tellDuringCall(notification.spliced([Edit(range, .integer(found.key))]))
    }

    // MARK: The end

    /// Ends the session: its calls are cancelled, the server's questions refused, its connection given back.
    package func close(reason: String) {
        guard !isClosed else { return }
        isClosed = true
        gateway.sessions.remove(self)
        for call in exchanges.values {
            abandon(call.exchange, reason: reason)
            call.reply.finish(Refusal.ended(reason).answer(to: call.exchange.clientID))
        }
        for (id, reply) in subscribing {
            reply.finish(Refusal.ended(reason).answer(to: id))
        }
        subscribing = [:]
        let open = questions.values
        questions = [:]
        for item in open {
            item.timeout.cancel()
            item.question.refused("the client has gone")
        }
        leg.end(reason: reason)
        outlet?.close()
        outlet = nil
    }
}
