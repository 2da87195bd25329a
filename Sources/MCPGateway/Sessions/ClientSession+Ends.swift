import MCPCore
import MCPUpstream
import NIOCore

// MARK: - How requests of a session end

extension ClientSession {
    /// Notes that an exchange has ended.
    ///
    /// - Parameter endsRequest: Whether no other one follows for the same request.
    func note(_ exchange: Exchange, _ end: RequestEnd, endsRequest: Bool = true) {
        gateway.note(
            exchange.request, from: exchange.origin, of: principal, at: offer, exchange.connection.server, in: .legacy,
            client: saidOfItself, end, after: eventLoop.now - exchange.started,
            traced: traced(.decided(endsRequest ? exchange.span : nil)))
    }

    /// Answers a request that has not become an exchange.
    ///
    /// - Parameter server: For which it was; nil for none.
    func answer(
        _ request: Message, _ id: RequestID, _ answer: Answer, at server: ServerConnections?, _ reply: any ReplySink
    ) {
        note(request, from: reply.origin, answer.end, at: server)
        reply.finish(answer.bytes(for: id, server: server?.displayName ?? ""))
    }

    /// Notes that a request has ended which has not become an exchange.
    func note(
        _ request: Message, from origin: RequestOrigin, _ end: RequestEnd, at server: ServerConnections?,
        after elapsed: TimeAmount = .zero
    ) {
        gateway.note(
            request, from: origin, of: principal, at: offer, server, in: .legacy, client: saidOfItself, end,
            after: elapsed, traced: traced(.undecided))
    }

    private func traced(_ span: SpanChoice) -> TracedRequest {
        TracedRequest(span: span, session: isForOneRequest ? nil : id, version: version.name)
    }

    /// What the client says of itself; nil where it has never opened the session.
    private var saidOfItself: ByteBuffer? {
        isForOneRequest ? nil : declaration.clientInfo
    }
}
