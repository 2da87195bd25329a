import NIOCore
import NIOHTTP1

/// One message posted to an HTTP+SSE endpoint. The answer to it, if any, comes on the event stream.
final class SSEPost: HTTPResponseReceiver {
    private enum Phase {
        /// Followed by all others.
        case awaitingHead
        /// Accepted; the rest of the body is read for the connection's sake.
        case draining(Int)
        case refusal(RefusedAnswer)
        case finished
    }

    private var kind: OutgoingKind
    /// What its client has sent in header fields for the server.
    private let brought: BroughtFields?
    private let link: SSELink
    private var phase = Phase.awaitingHead
    private var exchange: HTTPExchange?
    private var timer: Scheduled<Void>?
    private var hasPassed = false

    init(_ kind: OutgoingKind, bringing brought: BroughtFields?, on link: SSELink) {
        self.kind = kind
        self.brought = brought
        self.link = link
    }

    func start(_ request: HTTPUpstreamRequest, _ way: RequestWay) {
        exchange = way.send(request, self)
        // A server may take the next message, such as an answer that it waits for, before it is done with this.
        timer = way.pool.eventLoop.assumeIsolated().scheduleTask(in: way.pool.settings.postTimeout) { self.pass() }
    }

    func cancel() {
        phase = .finished
        timer?.cancel()
        exchange?.cancel()
        exchange = nil
    }

    /// Reports nothing of this request any more.
    func forget(_ id: Int64) {
        if kind == .request(id: id) { kind = .notification }
    }

    // MARK: HTTPResponseReceiver

    func receive(head: HTTPResponseHead, of exchange: HTTPExchange) {
        let answer = AnswerHead(head)
        // An answer that comes here instead of on the stream can be one thing: that there is no such session.
        guard answer.isSuccess, answer.content != .json else {
            phase = .refusal(
                RefusedAnswer(
                    answer, from: link.url, maximumMessageBytes: link.settings.maximumMessageBytes,
                    maximumDepth: link.settings.maximumDepth, hiding: exchange.request.secrets))
            return
        }
        phase = .draining(0)
        // A stream that answers a message might never end.
        if answer.content == .eventStream { finish() }
    }

    func receive(body: ByteBuffer, of exchange: HTTPExchange) {
        switch phase {
        case .draining(let count):
            phase = .draining(count + body.readableBytes)
            if count > RefusedAnswer.maximumTextBytes { finish() }
        case .refusal(var refused):
            phase = .awaitingHead
            let wantsMore = refused.append(body)
            phase = .refusal(refused)
            if !wantsMore { conclude(refused) }
        case .awaitingHead, .finished: break
        }
    }

    func receiveEnd(of exchange: HTTPExchange) {
        switch phase {
        case .draining: finish()
        case .refusal(let refused): conclude(refused)
        case .awaitingHead, .finished: break
        }
    }

    func receive(failure: UpstreamFailure, of exchange: HTTPExchange) {
        switch phase {
        case .awaitingHead: fail(failure)
        case .draining: finish()
        case .refusal(let refused): conclude(refused)
        case .finished: break
        }
    }

    // MARK: Steps

    private func conclude(_ refused: RefusedAnswer) {
        let words = refused.lostSessionWords
        if [404, 410].contains(refused.head.status) || words != nil && link.mayReopen(for: kind) {
            let id: Int64? = if case .request(let id) = kind { id } else { nil }
            finish()
            return link.postLostSession(id, words ?? "it answered \(refused.head.statusText)")
        }
        if refused.head.isSuccess { return finish() }
        if case .request(let id) = kind, let answer = refused.answer(to: id, unnamed: true) {
            finish()
            return link.streamReceived(answer)
        }
        fail(refused.failure)
    }

    private func fail(_ failure: UpstreamFailure) {
        let kind = self.kind
        finish()
        link.report(brought?.judged(failure) ?? failure, of: kind)
    }

    private func finish() {
        cancel()
        link.postFinished(self)
        pass()
    }

    private func pass() {
        guard !hasPassed else { return }
        hasPassed = true
        timer?.cancel()
        link.postPassed(self)
    }
}
