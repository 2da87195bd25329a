import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

// MARK: - A session in front of a server that has none

extension ClientSession {
    /// How many requests to hear of resources, or not any more, wait for a server to agree.
    private static let maximumSubscribing = 256

    /// Does itself what a stateless server cannot be asked. Returns whether the request was of that kind.
    func keepsFromServer(
        _ request: Message, _ id: RequestID, _ leg: Leg, _ open: OpenLeg, _ reply: any ReplySink
    ) -> Bool {
        switch Resolver.resolveAtStatelessServer(request, of: version) {
        case .toServer: return false
        case .done: answer(request, id, .nothing, at: leg.server, reply)
        case .logLevel(let level):
            leg.wantsLogMessages(from: level)
            answer(request, id, .nothing, at: leg.server, reply)
        case .changes(let uri, let isWanted): change(request, uri, isWanted: isWanted, id, leg, open, reply)
        case .refused(let refusal): answer(request, id, .refused(refusal), at: leg.server, reply)
        }
        return true
    }

    /// Begins or ends to hear of changes of a resource, and answers when the server has agreed.
    private func change(
        _ request: Message, _ uri: ByteText, isWanted: Bool, _ id: RequestID, _ leg: Leg, _ open: OpenLeg,
        _ reply: any ReplySink
    ) {
        guard subscribing.count < Self.maximumSubscribing else {
            let words = "too many requests for changes of resources wait for the server; try again later"
            return answer(request, id, .refused(Refusal(.overloaded, words)), at: leg.server, reply)
        }
        subscribing[id] = reply
        let finish = { @Sendable (session: ClientSession, answer: Answer) in
            guard let reply = session.subscribing.removeValue(forKey: id) else { return }
            session.answer(request, id, answer, at: open.connection.server, reply)
        }
        open.connection.runNowOrLater { [self] connection in
            if isWanted, let words = connection.whyNoSubscription {
                return runNowOrLater { finish($0, .refused(Refusal(.methodNotFound, words))) }
            }
            connection.change(leg, uri, isWanted: isWanted) { [self] outcome in
                let answer: Answer =
                    switch outcome {
                    case .success(let filter) where isWanted && !filter.resources.contains(uri):
                        .refused(
                            Refusal(
                                .invalidParams,
                                "server \"\(open.serverName)\" does not tell changes of "
                                    + "\(PrintableText.make(uri.text, maximumBytes: 256))"))
                    case .success: .nothing
                    case .failure(let failure): .failure(failure)
                    }
                runNowOrLater { finish($0, answer) }
            }
        }
    }
}

// MARK: - What servers say unasked

extension ClientSession {
    /// Takes a notification that belongs to no call.
    func hear(_ notification: Message, from leg: Leg) {
        checkConfinement()
        guard leg.taskOwner.mayHear(notification), isHeard(notification) else { return }
        var edits = offerEdits(notification, from: leg.server)
        // Which subscription it came for is between the server and us.
        if let span = notification.envelope.metadata.subscriptionID, let meta = notification.envelope.meta {
            edits += notification.edits(of: meta, removing: [span])
        }
        tell(leg.taskOwner.line(notification, edits))
    }

    /// Takes the end of a leg, because nothing holds any more that the client was told of its server.
    func lost(_ leg: Leg) {
        checkConfinement()
        let reason = "the server was replaced"
        // Where there is no other one, nothing is left of the session.
        if isAtServersOwnPath { close(reason: reason) } else { drop(leg, reason: reason) }
    }
}
