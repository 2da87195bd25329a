import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

// MARK: - The client comes back

extension ModernCall {
    /// Tells whether a request is this one again, with answers.
    func isRepeated(by other: ModernRequest, at server: ServerConnections) -> Bool {
        other.principal == request.principal && other.offer.name.hasBytes(of: request.offer.name)
            && server.name.hasBytes(of: self.server.name)
            && RequestBinding(request.message) == RequestBinding(other.message)
    }

    /// Goes on with the call.
    func resume(_ again: ModernRequest, named name: String, reply: any ModernReplySink) {
        checkConfinement()
        guard case .suspended(name, let expiry) = state else {
            return gateway.answer(again, .refused(Self.unknownState), at: server, reply)
        }
        let responses: InputResponses
        let answers: PendingInputs.Answers
        do throws(Refusal) {
            if let words = again.mismatch(at: server) { throw Refusal(.headerMismatch, words) }
            responses = try InputResponses(again.message)
            answers = try inputs.read(responses)
        } catch {
            // The call still waits: the client may correct itself.
            return gateway.answer(again, .refused(error), at: server, reply)
        }
        if let refusal = gateway.admit(request.principal, to: server, for: .ping, in: reply.origin) {
            return gateway.answer(again, .refused(refusal), at: server, reply)
        }
        isCounted = true
        expiry.cancel()
        gateway.suspended.remove(name)
        state = .running
        self.reply = reply
        clientID = again.id
        progressToken = again.message.progressToken
        watchClient()
        if inputs.isAboutURLs { return resumeAfterURLs(answers, again) }
        for notification in held.takeAll() { pass(notification) }
        guard let lastConnection else { return goOn(answers) }
        state = .returning
        lastConnection.runNowOrLater { [self] connection in
            // What it has called may have become another thing meanwhile.
            connection.whenUsable(request.message) { [self] hindrance in
                if let hindrance { return eventLoop.runNowOrLater { [self] in giveUp(hindrance) } }
                connection.comesBack(self) { [self] in eventLoop.runNowOrLater { [self] in goOn(answers) } }
                if answers.hasOthers { connection.take(responses, from: self) }
            }
        }
    }

    /// Hands the server what the client has brought.
    private func goOn(_ answers: PendingInputs.Answers) {
        if case .returning = state { state = .running }
        guard case .running = state else { return }
        inputs.give(answers)
        if let answer = held.answer {
            held.answer = nil
            conclude(answer, .legacy)
        } else if !inputs.isEmpty {
            suspend()
        }
    }
}
