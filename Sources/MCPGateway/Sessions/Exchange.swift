import MCPCore
import MCPUpstream
import NIOCore

/// One request of a client on its way to a server and back.
///
/// Created on the session's event loop and handed to the connection's; `upstreamID` belongs to the latter,
/// everything else is constant. That is what makes `@unchecked Sendable` true.
final class Exchange: ExchangeReceiver, @unchecked Sendable {
    let request: Message
    let clientID: RequestID
    let progressToken: RequestID?
    let session: ClientSession
    let connection: Connection
    let reply: any ReplySink
    let started: NIODeadline

    /// The identifier at the server, once it was sent or queued.
    var upstreamID: Int64?
    /// Whether it counts as in flight for its session.
    var hasTurn = false
    /// Set when nobody waits for the answer any more.
    var isCancelled = false

    init(
        request: Message,
        id: RequestID,
        session: ClientSession,
        connection: Connection,
        reply: any ReplySink
    ) {
        self.request = request
        self.clientID = id
        self.progressToken = request.envelope.progressToken.map { RequestID(request.bytes, $0) }
        self.session = session
        self.started = session.eventLoop.now
        self.connection = connection
        self.reply = reply
    }

    // MARK: On the connection's event loop

    func exchangeProgressed(_ notification: Message) {
        guard let progressToken, let range = notification.envelope.progressToken else { return }
        let message = notification.spliced([Edit(range, .id(progressToken))])
        session.run { session in session.deliver(message, for: self) }
    }

    func exchangeAnswered(_ answer: Message) {
        var edits: [Edit] = []
        if let range = answer.envelope.id { edits.append(Edit(range, .id(clientID))) }
        if request.method == .toolsList, let filter = session.route.policy.toolFilter {
            edits += filter.apply(to: answer)
        }
        finish(answer.spliced(edits), outcome: answer.kind == .result ? "ok" : "error")
    }

    func exchangeFailed(_ failure: UpstreamFailure) {
        finish(
            ClientFailure.answer(to: clientID, server: session.route.server.displayName, failure),
            outcome: failure.code.rawValue
        )
    }

    private func finish(_ answer: ByteBuffer, outcome: String) {
        connection.ended(self)
        session.run { session in session.finish(self, answer, outcome: outcome) }
    }
}
