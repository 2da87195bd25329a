import MCPCore
import MCPUpstream
import NIOCore

// MARK: - Questions of servers

extension ClientSession {
    /// Passes a server's request on to the client, on the stream where it belongs.
    func ask(_ question: ClientQuestion, during exchange: Exchange?) {
        checkConfinement()
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
    func dropQuestions(of exchange: Exchange) {
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
        checkConfinement()
        guard
            let found = questions.first(where: { $0.value.question.origin == origin }),
            let range = notification.envelope.requestID
        else { return }
        found.value.timeout.cancel()
        questions[found.key] = nil
        tellDuringCall(notification.spliced([Edit(range, .integer(found.key))]))
    }
}
