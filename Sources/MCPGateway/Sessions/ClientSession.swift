package import MCPCore
import MCPUpstream
import MCPValues
package import NIOCore
import Recordings

/// Steps 4 and 14 of 17 of a call: after ``StreamableEndpoint``, before ``Connection``; then ``StreamableReply``.
///
/// One session of a client that opened it with a handshake: what it has asked, what it has been asked, and where to
/// tell it things.
///
/// Confined to the event loop on which it was opened.
package final class ClientSession: Caller, @unchecked Sendable {
    /// A server's question that the client has not answered yet.
    struct OpenQuestion {
        let question: ClientQuestion
        let exchange: ObjectIdentifier?
        let timeout: Scheduled<Void>
    }

    /// One request that is under way.
    struct Call {
        let exchange: Exchange
        let reply: any ReplySink
        /// Who may know what is asked for, if this one does not.
        var others: [MemberRequest] = []
    }

    package let id: String
    package let principal: Principal
    package let offer: Offer
    /// What the client wants to see less of the offer.
    let narrowing: Narrowing
    /// Whether it is at a server's own path, where everything passes as it is.
    let isAtServersOwnPath: Bool
    package let eventLoop: any EventLoop
    package let version: ProtocolVersion
    /// What the client says of itself, for every server to which a leg is opened.
    var declaration: ClientDeclaration
    let capabilities: DeclaredCapabilities
    /// Whether the client has never opened it, so that it shares its connection with others and ends with its calls.
    let isForOneRequest: Bool
    let era = Era.legacy
    /// What it holds towards servers.
    private(set) var legs = Legs()
    /// From which level on the client wants log messages of all servers; nil before it has said so.
    var logLevel: LogLevel?
    /// What it sees of an offer of several servers, as it was when that was looked at last.
    var lastView: OfferView?
    /// Where things go that belong to no exchange.
    package var outlet: (any SessionOutlet)?
    package private(set) var isClosed = false
    package private(set) var lastUsed: NIODeadline
    package let opened: NIODeadline

    let gateway: Gateway
    private var endsWithItsCalls = false
    /// How many requests wait for what servers list.
    var waitingForLists = 0
    private var isListening = false
    private(set) var exchanges: [ObjectIdentifier: Call] = [:]
    private(set) var newestExchange: Exchange?
    /// Requests for updates of a resource that are not answered yet.
    var subscribing: [RequestID: any ReplySink] = [:]
    var questions: [Int64: OpenQuestion] = [:]
    var lastQuestion: Int64 = 0
    /// To which logins the client leads its user, by the servers that want them.
    var awaitedLogins: [ObjectIdentifier: [LoginDemand]] = [:]

    init(
        id: String,
        principal: Principal,
        offer: Offer,
        narrowing: Narrowing = .none,
        version: ProtocolVersion,
        declaration: ClientDeclaration,
        isForOneRequest: Bool = false,
        eventLoop: any EventLoop,
        gateway: Gateway
    ) {
        self.id = id
        self.principal = principal
        self.offer = offer
        self.narrowing = narrowing
        isAtServersOwnPath = Self.passesAll(offer, narrowing, principal)
        self.version = version
        self.declaration = declaration
        self.capabilities = declaration.answers
        self.isForOneRequest = isForOneRequest
        self.eventLoop = eventLoop
        self.gateway = gateway
        self.opened = eventLoop.now
        self.lastUsed = opened
        if isAtServersOwnPath, let member = offer.member { _ = leg(to: member) }
    }

    var identity: CallerIdentity { .session(ObjectIdentifier(self)) }

    package var callsInFlight: Int { exchanges.count + waitingForLists + legs.waitingCalls }

    func taskOwner(at server: ServerConnections) -> TaskOwner {
        TaskOwner(seal: gateway.taskSeal, server: server, principal: principal)
    }

    /// Returns the leg to a member, made now when there is none.
    func leg(to member: Member) -> Leg {
        if let leg = legs[member.server] { return leg }
        let leg = Leg(to: member.server, of: offer, for: self)
        legs.add(leg)
        if isListening { leg.listen() }
        return leg
    }

    /// Says that the client now hears what belongs to no exchange.
    package func outletOpened() {
        checkConfinement()
        isListening = true
        for leg in legs.all { leg.listen() }
    }

    /// Tells whether a call of this identifier is still under way.
    package func isInFlight(_ id: RequestID) -> Bool {
        checkConfinement()
        return exchanges.values.contains { $0.exchange.clientID == id } || subscribing[id] != nil
            || legs.contains { $0.isWaiting(id) }
    }

    // MARK: From the client

    /// Takes a request. The answer comes through `reply`, exactly once.
    package func receive(request: Message, _ reply: any ReplySink) {
        checkConfinement()
        lastUsed = eventLoop.now
        guard let id = request.id else { return }
        let reply = gateway.recorder.isOn ? recorded(request, reply) : reply
        guard !isClosed else {
            return answer(
                request, id, .refused(Refusal(.invalidRequest, "the session has ended")), at: offer.member?.server,
                reply)
        }
        if let refusal = gateway.auditRefusal(of: request.method) {
            return answer(request, id, .refused(refusal), at: offer.member?.server, reply)
        }
        if isAtServersOwnPath, let leg = legs.first {
            pass(request, id, to: leg, reply)
        } else {
            resolve(request, id, reply)
        }
    }

    /// Passes a request on to a server, in the server's own names.
    ///
    /// - Parameter others: Who may know what is asked for, if this server does not.
    func pass(
        _ sealed: Message, _ id: RequestID, to leg: Leg, _ reply: any ReplySink, orElse others: [MemberRequest] = []
    ) {
        pass(
            Leg.WaitingCall(request: sealed, id: id, reply: reply, passed: declaration.passed, others: others), to: leg)
    }

    /// The same, also for a request that came earlier: it goes with what its client has said with it, not since.
    func pass(_ call: Leg.WaitingCall, to leg: Leg) {
        let (sealed, id, reply) = (call.request, call.id, call.reply)
        checkConfinement()
        if gateway.recorder.isOn { reply.goes(to: leg.server) }
        guard let open = leg.current else {
            let words = "too many calls wait until the server is known; try again later"
            if leg.keep(call) { return }
            return answer(sealed, id, .refused(Refusal(.overloaded, words)), at: leg.server, reply)
        }
        switch Resolver.resolve(sealed, from: .legacy, filter: offer.member?.toolFilter) {
        case .toLeg: break
        case .refused(let refusal): return answer(sealed, id, .refused(refusal), at: leg.server, reply)
        case .hidden(let tool): return answer(sealed, id, .refused(.hidden(tool)), at: leg.server, reply)
        }
        if open.era == .modern, keepsFromServer(sealed, id, leg, open, reply) { return }
        let request: Message
        do throws(Refusal) {
            request = try leg.taskOwner.opened(sealed)
        } catch {
            return answer(sealed, id, .refused(error), at: leg.server, reply)
        }
        if let refusal = gateway.admit(principal, to: leg.server, for: request.method, in: reply.origin) {
            return answer(request, id, .refused(refusal), at: leg.server, reply)
        }
        let exchange = Exchange(
            request, id: id, from: reply.origin, caller: self, leg: open, passed: call.passed, span: span(of: call))
        exchanges[ObjectIdentifier(exchange)] = Call(exchange: exchange, reply: reply, others: call.others)
        newestExchange = exchange
        exchange.connection.runNowOrLater { $0.start(exchange) }
    }

    /// Takes a notification.
    package func receive(notification: Message) {
        checkConfinement()
        lastUsed = eventLoop.now
        guard !isClosed else { return }
        if gateway.recorder.isOn { record(.in, notification.bytes) }
        switch notification.method {
        case .initialized: break  // the server has had ours
        case .cancelled: cancel(notification)
        default: for leg in legs.all { pass(notification, to: leg) }
        }
    }

    private func pass(_ notification: Message, to leg: Leg) {
        // A stateless server takes no notifications.
        guard let open = leg.current, open.era == .legacy,
            let opened = leg.taskOwner.opened(notification, mayBeClients: open.connection.key != .shared)
        else { return }
        let line = opened.singleLine
        open.connection.runNowOrLater { $0.upstream.notify(line) }
    }

    private func cancel(_ notification: Message) {
        guard let id = notification.cancelledID else { return }
        if let reply = subscribing.removeValue(forKey: id) { return reply.abandon() }
        for leg in legs.all {
            guard let reply = leg.withdraw(id) else { continue }
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
        checkConfinement()
        lastUsed = eventLoop.now
        if gateway.recorder.isOn { record(.in, response.bytes) }
        guard let range = response.envelope.id, let id = response.bytes.integer(in: range),
            let open = questions.removeValue(forKey: id)
        else { return }
        open.timeout.cancel()
        open.question.answered(response)
    }

    // MARK: To the client

    func deliver(_ notification: Message, from server: ServerConnections, for exchange: Exchange?) {
        checkConfinement()
        let owner = taskOwner(at: server)
        guard let exchange else {
            guard owner.mayHear(notification) else { return }
            return tellDuringCall(owner.line(notification, offerEdits(notification, from: server)))
        }
        if notification.method == .progress {
            guard let token = exchange.progressToken, let range = notification.envelope.progressToken else { return }
            deliver(owner.line(notification, [Edit(range, .id(token))]), for: exchange)
        } else {
            deliver(owner.line(notification, offerEdits(notification, from: server)), for: exchange)
        }
    }

    /// Delivers something that belongs to an exchange.
    func deliver(_ message: ByteBuffer, for exchange: Exchange) {
        guard let call = exchanges[ObjectIdentifier(exchange)], call.reply.carriesMessages else {
            tell(message)
            return
        }
        call.reply.send(message)
    }

    /// Delivers something that belongs to no exchange.
    func tell(_ message: ByteBuffer) {
        if gateway.recorder.isOn { record(.out, message) }
        outlet?.send(message)
    }

    /// Delivers something that probably accompanies the only call under way.
    func tellDuringCall(_ message: ByteBuffer) {
        if exchanges.count == 1, let only = exchanges.values.first {
            deliver(message, for: only.exchange)
        } else {
            tell(message)
        }
    }

    func finish(_ exchange: Exchange, _ answer: Answer) {
        checkConfinement()
        guard let call = exchanges[ObjectIdentifier(exchange)] else { return }
        let asksOther = !isAtServersOwnPath && !call.others.isEmpty && answer.isOfUnknownResource
        note(exchange, answer.end, endsRequest: !asksOther)
        dropQuestions(of: exchange)
        // Counted as under way until it is on its way out: whoever waits for the last call must not cut it off.
        if isAtServersOwnPath {
            let sealed = answer.sealed(by: taskOwner(at: exchange.connection.server), for: exchange.request)
            call.reply.finish(sealed.bytes(for: exchange.clientID, server: exchange.leg.serverName))
        } else if !finish(call, exchange, answer) {
            return
        }
        _ = remove(exchange)
        guard case .login(let demand, let opensURLs) = answer else { return }
        leaveUntilLogin(exchange.connection.server)
        if opensURLs { tellOfLogin(demand, at: exchange.connection.server) }
    }

    /// Answers a call where several servers are offered, unless another one of them has to be asked.
    private func finish(_ call: Call, _ exchange: Exchange, _ answer: Answer) -> Bool {
        if !call.others.isEmpty, answer.isOfUnknownResource {
            askOther(call, after: exchange)
            return false
        }
        let server = exchange.connection.server
        let sealed = answer.sealed(by: taskOwner(at: server), for: exchange.request)
        if let view, view.renamesAddresses {
            let respelt = view.respelt(sealed, from: server, to: exchange.request)
            call.reply.finish(respelt.bytes(for: exchange.clientID, server: exchange.leg.serverName))
        } else {
            call.reply.finish(sealed.bytes(for: exchange.clientID, server: exchange.leg.serverName))
        }
        return true
    }

    /// Asks the next one of those who may know what is asked for.
    private func askOther(_ call: Call, after exchange: Exchange) {
        let next = call.others[0]
        let leg = leg(to: next.member)
        pass(
            Leg.WaitingCall(
                request: next.message, id: exchange.clientID, reply: call.reply, passed: exchange.passed,
                others: Array(call.others.dropFirst()), span: .decided(exchange.span)),
            to: leg)
        _ = remove(exchange)
    }

    /// Ends the session as soon as no call is under way: for clients that never opened one.
    package func endWithItsCalls() {
        checkConfinement()
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

    /// Gives up an exchange: the server is told, and nothing more comes.
    private func abandon(_ exchange: Exchange, reason: String) {
        guard remove(exchange) else { return }
        note(exchange, .cancelled)
        dropQuestions(of: exchange)
        exchange.connection.runNowOrLater { $0.cancel(exchange, reason: reason) }
    }

    // MARK: The end

    /// Ends what the session holds towards one of several servers.
    func drop(_ leg: Leg, reason: String) {
        legs.remove(leg)
        for call in exchanges.values where call.exchange.connection.server === leg.server {
            abandon(call.exchange, reason: reason)
            call.reply.finish(Refusal.ended(reason).answer(to: call.exchange.clientID))
        }
        leg.end(reason: reason)
    }

    /// Ends the session: its calls are cancelled, the server's questions refused, its connection given back.
    package func close(reason: String) {
        checkConfinement()
        guard !isClosed else { return }
        isClosed = true
        gateway.sessions.remove(self)
        for call in exchanges.values {
            abandon(call.exchange, reason: reason)
            call.reply.finish(Refusal.ended(reason).answer(to: call.exchange.clientID))
        }
        for (id, reply) in subscribing { reply.finish(Refusal.ended(reason).answer(to: id)) }
        subscribing = [:]
        let open = questions.values
        questions = [:]
        for item in open {
            item.timeout.cancel()
            item.question.refused("the client has gone")
        }
        for leg in legs.all { leg.end(reason: reason) }
        outlet?.close()
        outlet = nil
    }
}
