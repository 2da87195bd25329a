import MCPCore
import MCPUpstream
import NIOCore

// MARK: - URLs that have to be visited first

extension ModernCall {
    /// Asks the client to send its user to the URLs that the server's error names.
    func demandURLs(_ demand: URLDemand) {
        guard !demand.requests.isEmpty else {
            return end(
                .refused(Refusal(.invalidAnswer, "the server demands that a URL is visited first, and names none")))
        }
        guard capabilities.contains(.urlElicitation) else {
            let data = ByteBuffer(string: #"{"requiredCapabilities":{"elicitation":{"url":{}}}}"#)
            return end(
                .refused(
                    Refusal(.missingClientCapability, "the server needs its user to visit a URL first", data: data)))
        }
        inputs.add(demand)
        suspend()
    }

    /// The server has forgotten the call, so that it is made again, once the user has been where it was sent.
    func resumeAfterURLs(_ answers: PendingInputs.Answers, _ again: ModernRequest) {
        guard inputs.areAllAnswered(by: answers) else { return suspend() }
        guard inputs.areAllAccepted(answers) else {
            return end(
                .refused(Refusal(.inputNotGiven, "the server needs its user to visit a URL first, which was declined")))
        }
        inputs = PendingInputs()
        guard awaitsLogin, let logins = server.settings.personalLogins else {
            return send(again: again, again.message, .legacy)
        }
        awaitsLogin = false
        // Whoever has agreed to log in may take a while for it, during which the call waits.
        state = .returning
        gateway.callsAwaitingLogin.add(self)
        guard !gateway.isDraining else { return shutDown(reason: Gateway.endWords) }
        logins.wait(for: principal, atMost: .milliseconds(gateway.limits.interactionTimeout.milliseconds)) { [self] _ in
            eventLoop.runNowOrLater { [self] in goOn(again) }
        }
    }

    /// Makes the call once more that was refused unread, without what belongs to asking again.
    private func goOn(_ again: ModernRequest) {
        gateway.callsAwaitingLogin.remove(self)
        guard case .returning = state else { return }
        let edits = RequestBridge.withoutReturn(again.message)
        // The text of an accepted message without some members is one.
        guard let message = try? Message(again.message.spliced(edits), duplicateKeys: .accepted) else {
            return end(.refused(Self.unknownState))
        }
        send(again: again, message, server.eraMemory.era ?? .legacy)
    }
}
