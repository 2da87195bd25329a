import MCPCore
package import MCPUpstream
import NIOCore

/// A question of the server whose addressee is not clear yet.
struct ParkedRequest {
    /// How long a question may wait until it is clear whom it is for.
    static let maximumTime = TimeAmount.seconds(10)
    /// How many questions of one server wait for that.
    static let maximumCount = 16

    let request: ServerRequest
    let parkedAt: NIODeadline
}

// MARK: - Questions of a server that has a session with us

extension Connection {
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
            put(request, to: exchange.caller, during: exchange)
        } else {
            place(request)
        }
    }

    /// Finds out whom a question is for that came for no call.
    private func place(_ request: ServerRequest) {
        if let only = turns.onlyActive {
            deliver(request, to: only)
        } else if !turns.active.isEmpty {
            park(request)
        } else if let lastActive, let session = attachments[lastActive]?.client as? any Caller {
            put(request, to: session, during: nil)
        } else if let only = onlySession {
            put(request, to: only, during: nil)
        } else {
            refuse(request, "no client is connected")
        }
    }

    /// The only client that can be asked outside of calls.
    private var onlySession: (any Caller)? {
        let sessions = attachments.values.compactMap { $0.client as? any Caller }
        return sessions.count == 1 ? sessions.first : nil
    }

    /// Puts a question to a client that has calls in flight. Where it cannot be told for which of them, any will do: it
    /// is the same client that answers, and the answer goes where the question came from.
    private func deliver(_ request: ServerRequest, to identity: CallerIdentity) {
        guard let caller = active.ask(identity) else { return giveUp(request) }
        put(request, to: caller, during: nil)
    }

    private func put(_ request: ServerRequest, to caller: any Caller, during exchange: Exchange?) {
        // A client without session can be asked only what the specification lists (2026-07-28, MRTR).
        guard caller.era == .legacy || request.message.method != .other else {
            refuse(request, "clients of this revision answer no such requests")
            return
        }
        guard caller.capabilities.permit(request.message.method) else {
            refuse(request, "the client has not declared that it answers such requests")
            return
        }
        // Where the transport tells the call, it can be for no other.
        var returned: (@Sendable () -> Void)?
        if exchange == nil {
            returned = { [self, identity = caller.identity] in run { $0.deliver(request, to: identity) } }
        }
        let owner = caller.taskOwner
        guard let message = owner.sealed(request.message) else {
            return refuse(request, "it cannot be read")
        }
        let question = ClientQuestion(
            message: message,
            origin: ClientQuestion.Origin(connection: ObjectIdentifier(self), id: request.id),
            answered: { [self] response in
                // On a connection of its own the client may carry out tasks itself.
                guard let opened = owner.opened(response, mayBeClients: true), let range = opened.envelope.id else {
                    return run { $0.refuse(request, "the client's answer cannot be read") }
                }
                let message = opened.spliced([Edit(range, .id(request.id))])
                run { $0.upstream.answer(request, message) }
            },
            refused: { [self] reason in run { $0.refuse(request, reason) } },
            returned: returned
        )
        caller.eventLoop.run { caller.ask(question, during: exchange) }
    }

    /// Hands out parked questions as soon as only one caller can be meant, and gives up those that wait too long.
    func settleParked() {
        guard !parked.isEmpty else { return }
        if let only = turns.onlyActive {
            let ready = parked
            parked = []
            for item in ready { deliver(item.request, to: only) }
            return
        }
        let oldest = eventLoop.now - ParkedRequest.maximumTime
        let late = parked.filter { $0.parkedAt <= oldest || turns.active.isEmpty }
        parked.removeAll { $0.parkedAt <= oldest || turns.active.isEmpty }
        for item in late { refuse(item.request, "it is not clear which of several clients is meant") }
    }

    private func park(_ request: ServerRequest) {
        guard parked.count < ParkedRequest.maximumCount else {
            return refuse(request, "too many questions wait until it is clear which of several clients is meant")
        }
        turns.beginTakingTurns()
        parked.append(ParkedRequest(request: request, parkedAt: eventLoop.now))
        eventLoop.scheduleTask(in: ParkedRequest.maximumTime) { [weak self] in self?.settleParked() }
    }

    /// Answers for a client that has gone. One that cannot ask its user has a way to say so.
    private func giveUp(_ request: ServerRequest) {
        guard request.message.method == .elicitationCreate else { return refuse(request, "the client has gone") }
        upstream.answer(request, OwnMessages.result(id: request.id, ByteBuffer(string: #"{"action":"cancel"}"#)))
    }

    func refuse(_ request: ServerRequest, _ reason: String) {
        let answer = OwnMessages.error(
            id: request.id,
            code: .methodNotFound,
            message: "the proxy cannot pass on \(request.message.methodName): \(reason)"
        )
        upstream.answer(request, answer)
    }
}
