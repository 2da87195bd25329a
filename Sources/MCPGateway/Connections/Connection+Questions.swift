import MCPCore
package import MCPUpstream
import NIOCore

// MARK: - Questions of a server that has a session with us

extension Connection {
    /// How long a client may be away before a question that was put to it is put to another call that can have caused it.
    private static let longAbsence = TimeAmount.seconds(10)
    /// How long a client that has come back waits for its turn.
    private static let longestReturn = TimeAmount.milliseconds(500)
    private static let notDeclared = "the client has not declared that it answers such requests"

    package func upstream(
        _ upstream: Upstream,
        asks request: ServerRequest,
        during receiver: (any ExchangeReceiver)?
    ) {
        checkConfinement()
        if key == .shared {
            refuse(request, "this server is shared by all clients (isolation \"shared\")")
        } else if let exchange = receiver as? Exchange {
            put(turns.asked(request, of: ObjectIdentifier(exchange.caller)), to: exchange.caller, during: exchange)
        } else {
            place(request)
        }
    }

    /// Finds out whom a question is for that came for no call.
    private func place(_ request: ServerRequest) {
        if !turns.entries.isEmpty, !declared.permit(request.message.method) {
            return refuse(request, Self.notDeclared)
        }
        switch turns.asked(request) {
        case .put(let question, let taker): put(question, to: taker.caller, during: nil)
        case .kept: break
        case .unrelated:
            guard let caller = audience.addressee else { return refuse(request, "no client is connected") }
            return put(turns.asked(request, of: ObjectIdentifier(caller)), to: caller, during: nil)
        case .ambiguous:
            server.questionWasAmbiguous(request.message.methodName)
            giveUp(request, "it is not clear which of several clients is meant")
        }
        server.serverAsks()
        turnsChanged()
    }

    /// Does what has become possible for questions that are open.
    func perform(_ steps: [Turns<CallerTurn, Exchange>.Step]) {
        for step in steps {
            switch step {
            case .put(let question, let taker, let former):
                if let former { takeBack(question, from: former.caller) }
                put(question, to: taker.caller, during: nil)
            case .giveUp(let question): giveUp(question.request, "the client has gone")
            }
        }
    }

    private func put(_ question: Question, to caller: any Caller, during exchange: Exchange?) {
        let request = question.request
        // A client without session can be asked only what the specification lists (2026-07-28, MRTR).
        guard caller.era == .legacy || request.message.method != .other else {
            return refuse(question, "clients of this revision answer no such requests")
        }
        guard caller.capabilities.permit(request.message.method) else {
            return refuse(question, Self.notDeclared)
        }
        let owner = caller.taskOwner(at: server)
        guard let message = owner.sealed(request.message) else { return refuse(question, "it cannot be read") }
        // Where the transport tells the call, it can be for no other.
        var returned: (@Sendable () -> Void)?
        if exchange == nil {
            returned = { [self] in runNowOrLater { $0.returned(question, by: caller) } }
        }
        let asked = ClientQuestion(
            message: message,
            origin: origin(of: question),
            answered: { [self] response in
                // On a connection of its own the client may carry out tasks itself.
                guard let opened = owner.opened(response, mayBeClients: true), let range = opened.envelope.id else {
                    return runNowOrLater { $0.refuse(question, "the client's answer cannot be read") }
                }
                let message = opened.spliced([Edit(range, .id(request.id))])
                runNowOrLater { $0.answer(question, message, from: caller) }
            },
            refused: { [self] reason in runNowOrLater { $0.refuse(question, reason) } },
            returned: returned
        )
        caller.eventLoop.runNowOrLater { caller.ask(asked, during: exchange) }
    }

    private func origin(of question: Question) -> ClientQuestion.Origin {
        ClientQuestion.Origin(connection: ObjectIdentifier(self), id: question.request.id)
    }

    /// Answers a question, unless somebody else has done so before.
    private func answer(_ question: Question, _ message: ByteBuffer, from caller: any Caller) {
        let holder = turns.holder(of: question)
        guard turns.closed(question.ticket) else { return }
        if let holder, holder.key != ObjectIdentifier(caller) { takeBack(question, from: holder.caller) }
        upstream.answer(question.request, message)
    }

    /// Has a caller ask no more what another one is asked, or has answered.
    private func takeBack(_ question: Question, from caller: any Caller) {
        let text = OwnMessages.cancelled(id: question.request.id, reason: "it is asked elsewhere, or answered")
        // Our own text is a message by construction.
        guard let notice = try? Message(text) else { return }
        let origin = origin(of: question)
        caller.eventLoop.runNowOrLater { caller.withdraw(origin, notice) }
    }

    private func returned(_ question: Question, by caller: any Caller) {
        perform(turns.returned(question.ticket, by: ObjectIdentifier(caller)))
        turnsChanged()
    }

    // MARK: Answers that are not a client's

    /// Answers for a client that has gone. One that cannot ask its user has a way to say so.
    private func giveUp(_ request: ServerRequest, _ reason: String) {
        guard request.message.method == .elicitationCreate else { return refuse(request, reason) }
        upstream.answer(request, OwnMessages.result(id: request.id, ByteBuffer(string: #"{"action":"cancel"}"#)))
    }

    private func refuse(_ question: Question, _ reason: String) {
        if turns.closed(question.ticket) { refuse(question.request, reason) }
    }

    private func refuse(_ request: ServerRequest, _ reason: String) {
        let answer = OwnMessages.error(
            id: request.id,
            code: .methodNotFound,
            message: "the proxy cannot pass on \(request.message.methodName): \(reason)"
        )
        upstream.answer(request, answer)
    }

    // MARK: Callers that wait for their clients

    /// A call was answered with what the server wants to know, and waits for its client.
    func left(_ caller: any Caller) {
        checkConfinement()
        let key = ObjectIdentifier(caller)
        if let absence = turns.left(key) {
            eventLoop.scheduleTask(in: Self.longAbsence) { [weak self] in
                guard let self else { return }
                turns.staysAway(key, absence: absence)
                turnsChanged()
            }
        }
        turnsChanged()
        makeRoom()
    }

    /// The client of such a call has come back.
    ///
    /// - Parameter goOn: Hands the server what the client has brought, once it is the call's turn, so that what the server
    ///   asks then is this call's. Is not kept waiting for long: the one whose turn it is may wait for just that.
    func comesBack(_ caller: any Caller, _ goOn: @escaping @Sendable () -> Void) {
        checkConfinement()
        let key = ObjectIdentifier(caller)
        guard !turns.comesBack(key) else {
            goOn()
            return turnsChanged()
        }
        goingOn[key] = goOn
        eventLoop.scheduleTask(in: Self.longestReturn) { [weak self] in
            guard let self, let goOn = goingOn.removeValue(forKey: key) else { return }
            turns.goesOn(key)
            goOn()
            turnsChanged()
        }
    }

    /// Takes answers that came with a call to questions that were put to others of the same caller.
    func take(_ responses: InputResponses, from caller: any Caller) {
        checkConfinement()
        for other in turns.askedAlike(CallerTurn(caller)) {
            other.caller.eventLoop.runNowOrLater { other.caller.take(responses) }
        }
    }
}
