import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

/// Steps 6 and 16 of 19 of a modern call: after ``Gateway``, before ``Connection``; then before ``ModernReply``.
///
/// One call of a client without session: a single request where the server needs nothing more; where a server with a
/// session asks for something meanwhile, all the requests that it takes until the call is done.
///
/// Confined to its event loop.
final class ModernCall: Caller, @unchecked Sendable {
    /// With what its client has brought last.
    private(set) var request: ModernRequest
    let server: ServerConnections
    let eventLoop: any EventLoop
    let era = Era.modern
    /// What its client says of itself, where that is enough to tell one person's clients apart.
    private let clientHash: Int?
    /// Who may know what is asked for, if this server does not.
    private let others: [MemberRequest]
    let gateway: Gateway
    let started: NIODeadline
    var span = SpanChoice.undecided
    var state = State.starting {
        didSet { if state.isEnded, offer.isMerged { gateway.openCalls.remove(self) } }
    }
    var reply: any ModernReplySink
    var clientID: RequestID
    var progressToken: RequestID?
    private var exchange: Exchange?
    /// Where the call is under way, held meanwhile.
    private var leg: OpenLeg?
    /// Where it was made last.
    weak var lastConnection: Connection?
    var isCounted = false
    private var hasBegunAgain = false
    var inputs = PendingInputs()
    private var flush: Scheduled<Void>?
    private var rounds = 0
    /// Whether the URLs at which its user is to have been are the proxy's own.
    var awaitsLogin = false
    /// What came while nobody was there to hear it.
    var held = HeldMessages()

    init(
        _ request: ModernRequest, to server: ServerConnections, orElse others: [MemberRequest] = [],
        reply: any ModernReplySink, on eventLoop: any EventLoop, gateway: Gateway
    ) {
        self.request = request
        self.server = server
        self.others = others
        self.reply = reply
        self.clientHash = server.company(of: request.principal) == .onePerson ? request.clientHash : nil
        self.clientID = request.id
        self.progressToken = request.message.progressToken
        self.eventLoop = eventLoop
        self.gateway = gateway
        self.started = eventLoop.now
    }

    var identity: CallerIdentity { clientHash.map { .client(hash: $0) } ?? .call(ObjectIdentifier(self)) }
    var offer: Offer { request.offer }
    var principal: Principal { request.principal }
    var taskOwner: TaskOwner { taskOwner(at: server) }

    func taskOwner(at server: ServerConnections) -> TaskOwner {
        TaskOwner(seal: gateway.taskSeal, server: server, principal: principal)
    }

    var capabilities: DeclaredCapabilities { request.capabilities }

    // MARK: Beginning

    /// Must be called once, on the event loop.
    func start() {
        checkConfinement()
        if let refusal = gateway.admit(
            request.principal, to: server, for: request.message.method, in: reply.origin)
        {
            note(.refused(refusal.reason))
            respond(.refused(refusal))
            state = .ended
            return
        }
        isCounted = true
        if offer.isMerged { gateway.openCalls.add(self) }
        watchClient()
        findEra()
    }

    private func findEra() {
        // Nearly always it is known, and nothing has to be called back.
        if let era = server.knownEra(for: request.declaration(to: server)) {
            if case .starting = state { begin(era) }
            return
        }
        server.findEra(of: principal, for: request.declaration(to: server), on: eventLoop) { [self] era in
            guard case .starting = state else { return }
            switch era {
            case .success(let era): begin(era)
            // Its own connection tells what the server is, once somebody has logged in.
            case .failure(let failure) where server.settings.actsForCallers && failure.pause == nil:
                begin(.legacy)
            case .failure(let failure): end(.failure(failure))
            }
        }
    }

    private func begin(_ serverEra: Era) {
        if let words = request.mismatch(at: server) { return end(.refused(Refusal(.headerMismatch, words))) }
        if serverEra == .legacy, request.message.envelope.requestState != nil {
            return end(.refused(Self.unknownState))
        }
        // Tasks exist in both eras and cannot be translated; this one has no lists of them.
        if request.message.isAboutTasks, serverEra == .legacy || request.message.method == .tasksList {
            return end(
                .refused(Refusal(.methodNotFound, "Method not found: this server has no such tasks for this client")))
        }
        do throws(Refusal) {
            send(try taskOwner.opened(request.message), serverEra)
        } catch {
            end(.refused(error))
        }
    }

    /// Makes the call anew, with what the client brings now.
    func send(again: ModernRequest, _ message: Message, _ serverEra: Era) {
        request.bringsWhat(again)
        send(message, serverEra)
    }

    static let unknownState = Refusal(
        .invalidParams,
        "params.requestState is not known: it has expired, was used before, or belongs to another request; "
            + "send the request again without it")

    func send(_ message: Message, _ serverEra: Era) {
        state = .running
        let leg = OpenLeg(to: server, for: request, serverEra, preferring: eventLoop)
        let exchange = Exchange(
            message,
            id: clientID,
            from: reply.origin,
            caller: self,
            leg: leg,
            parameters: request.parameters ?? [],
            passed: request.passed,
            span: decideSpan()
        )
        self.leg = leg
        lastConnection = leg.connection
        self.exchange = exchange
        leg.connection.runNowOrLater { $0.start(exchange) }
    }

    func watchClient() {
        let reply = self.reply
        reply.whenClientLeaves { [self] in eventLoop.runNowOrLater { [self] in clientLeft(reply) } }
    }

    /// The client has closed the stream of its request, which cancels it
    /// ([cancellation, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/cancellation)).
    private func clientLeft(_ left: any ModernReplySink) {
        guard left === reply else { return }
        switch state {
        case .starting, .running, .returning: cancel(reason: "the client closed its stream", .cancelled)
        case .suspended, .ended: break
        }
    }

    // MARK: From the server

    func deliver(_ notification: Message, from server: ServerConnections, for exchange: Exchange?) {
        checkConfinement()
        guard exchange == nil || exchange === self.exchange else { return }
        if exchange == nil, !taskOwner.mayHear(notification) { return }
        switch state {
        case .running, .returning: pass(notification)
        case .suspended: held.append(notification)
        case .starting, .ended: break
        }
    }

    func pass(_ notification: Message) {
        switch notification.method {
        case .progress:
            guard let token = progressToken, let range = notification.envelope.progressToken else { return }
            reply.send(taskOwner.line(notification, [Edit(range, .id(token))]))
        case .logMessage:
            // Only who asks for log messages gets them, and only from that level on (2026-07-28, Logging).
            guard let wanted = request.logLevel else { return }
            let level = LogLevel(notification.view(notification.envelope.level))
            if let level, level < wanted { return }
            reply.send(taskOwner.line(notification, request.view?.edits(notification, from: server) ?? []))
        case .elicitationCompleted: break  // the client learns of it by asking again
        default: reply.send(taskOwner.line(notification))
        }
    }

    func finish(_ exchange: Exchange, _ answer: Answer) {
        checkConfinement()
        guard exchange === self.exchange else { return }
        self.exchange = nil
        releaseLeg()
        if beginsAgain(after: answer) { return }
        if !others.isEmpty, answer.isOfUnknownResource { return askOther() }
        if state.isSuspended {
            // The server did not wait for the answers. The client gets this when it comes back.
            held.answer = answer
            return
        }
        conclude(answer, exchange.leg.era)
    }

    /// Makes a call once more, once, that was refused unread because the server speaks another era than it seemed to.
    private func beginsAgain(after answer: Answer) -> Bool {
        guard case .failure(let failure) = answer, failure.code == .eraChanged, failure.nothingSent, !hasBegunAgain,
            case .running = state
        else { return false }
        hasBegunAgain = true
        state = .starting
        findEra()
        return true
    }

    /// Asks the next one of those who may know what is asked for, in a call of its own.
    private func askOther() {
        inputs.giveUp("the call has ended")
        state = .ended
        uncount()
        let next = others[0]
        let call = ModernCall(
            request.respelt(next), to: next.member.server, orElse: Array(others.dropFirst()), reply: reply,
            on: eventLoop, gateway: gateway)
        call.span = span
        call.start()
    }

    func conclude(_ answer: Answer, _ serverEra: Era) {
        inputs.giveUp("the call has ended")
        if case .login(let demand, opensURLs: true) = answer {
            awaitsLogin = true
            return demandURLs(demand.urls)
        }
        if serverEra == .legacy, case .passed(let message, _) = answer, URLDemand.isOne(message) {
            return demandURLs(URLDemand(message))
        }
        let sealed = answer.sealed(by: taskOwner, for: request.message)
        end(request.view?.respelt(sealed, from: server, to: request.message) ?? sealed)
    }

    // MARK: Questions of a server with a session

    func ask(_ question: ClientQuestion, during exchange: Exchange?) {
        checkConfinement()
        // What is asked while the client is away may be for another call, whose client is there.
        guard self.exchange != nil, !state.isEnded, state.isRunning || exchange != nil else {
            if let returned = question.returned { returned() } else { question.refused("the call has ended") }
            return
        }
        guard inputs.count < gateway.limits.maximumServerRequestsInFlight else {
            question.refused("too many requests to the client are open")
            return
        }
        inputs.add(question)
        scheduleFlush()
    }

    func take(_ responses: InputResponses) {
        checkConfinement()
        // Those of another shape are not meant for this call, or its client may correct itself.
        if let answers = try? inputs.read(responses) { inputs.give(answers) }
    }

    func withdraw(_ origin: ClientQuestion.Origin, _ notification: Message) {
        checkConfinement()
        inputs.withdraw(origin)
    }

    /// Waits a moment after each question, because a server may ask several things at once.
    private func scheduleFlush() {
        guard case .running = state else { return }
        flush?.cancel()
        flush = eventLoop.scheduleTask(in: .milliseconds(10)) { [self] in
            flush = nil
            guard case .running = state, !inputs.isEmpty else { return }
            suspend()
        }
    }

    /// Answers the client's request with what the server wants to know, and waits for the next one.
    func suspend() {
        rounds += 1
        let maximum = server.interaction.maximumRounds
        guard rounds <= maximum else {
            return giveUp(Refusal(.invalidAnswer, "the server asked for input more than \(maximum) times"))
        }
        let name = SuspendedCalls.makeName()
        switch gateway.suspended.add(self, named: name) {
        case .kept: break
        case .keptInPlaceOf(let other, let name): other.eventLoop.runNowOrLater { other.expired(name) }
        case .refused: return giveUp(Refusal(.overloaded, "too many calls wait for input; try again later"))
        }
        let expiry = eventLoop.scheduleTask(in: .milliseconds(gateway.limits.interactionTimeout.milliseconds)) {
            [self] in expired(name)
        }
        state = .suspended(name: name, expiry: expiry)
        leg?.connection.runNowOrLater { [self] in $0.left(self) }
        uncount()
        respond(.result(inputs.result(state: name)))
    }

    /// Ends the call although the server has not.
    func giveUp(_ refusal: Refusal) { giveUp(.refused(refusal)) }

    func giveUp(_ hindrance: Connection.Hindrance) {
        switch hindrance {
        case .refusal(let refusal): giveUp(.refused(refusal))
        case .login(let failure): giveUp(.failure(failure))
        }
    }

    private func giveUp(_ answer: Answer) {
        cancelServer(reason: "the call was given up")
        inputs.giveUp("the call was given up")
        end(answer)
    }

    func giveWay() {
        checkConfinement()
        if case .suspended(let name, _) = state { expired(name) }
    }

    private func expired(_ name: String) {
        checkConfinement()
        guard case .suspended(name, _) = state else { return }
        cancel(reason: "the client did not come back with what was asked for", .expired)
    }

    // MARK: The end

    /// Gives up the call: the server is told.
    func cancel(reason: String, _ end: RequestEnd) {
        checkConfinement()
        guard !state.isEnded else { return }
        if case .suspended(let name, let expiry) = state {
            expiry.cancel()
            gateway.suspended.remove(name)
        }
        cancelServer(reason: reason)
        inputs.giveUp(reason)
        state = .ended
        uncount()
        note(end)
    }

    /// Ends the call because the proxy ends.
    func shutDown(reason: String) {
        checkConfinement()
        let isWaitedFor = !state.isSuspended && !state.isEnded
        cancel(reason: reason, .shutdown)
        if isWaitedFor { respond(.refused(.ended(reason))) }
    }

    private func cancelServer(reason: String) {
        if let exchange {
            self.exchange = nil
            leg?.connection.runNowOrLater { $0.cancel(exchange, reason: reason) }
        }
        releaseLeg()
    }

    func end(_ answer: Answer) {
        guard !state.isEnded else { return }
        state = .ended
        flush?.cancel()
        // Who has the answer finds it counted.
        note(answer.end)
        // Counted as under way until it is on its way out: whoever waits for the last call must not cut it off.
        respond(answer)
        uncount()
    }

    private func respond(_ answer: Answer) {
        reply.finish(answer.bytes(for: clientID, server: server.displayName), refusal: answer.refusal)
    }

    private func releaseLeg() {
        leg?.release()
        leg = nil
    }

    private func uncount() {
        if isCounted { gateway.release(request.principal, from: server) }
        isCounted = false
    }
}
