import MCPCore
import NIOCore
import NIOHTTP1

/// One message on its way to the server and, for a request, everything that comes back for it: over one HTTP
/// exchange, or over several when its event stream breaks.
final class StreamablePost: HTTPResponseReceiver {
    enum Purpose: Equatable {
        case request(Int64)
        case initialized
        case other
    }

    private enum Phase {
        /// Followed by all but `pausing`.
        case awaitingHead
        /// The answer is one JSON body.
        case json
        /// The answer is a stream. Followed by `pausing` or `finished`.
        case events
        /// Waiting to take the stream up again. Followed by `awaitingHead` or `finished`.
        case pausing
        case refusal(RefusedAnswer)
        /// Nobody wants the body, but the connection.
        case draining
        case finished
    }

    let purpose: Purpose
    /// Whether the request belongs to no session.
    private let isStateless: Bool
    /// What its client has sent in header fields for the server.
    let brought: BroughtFields?
    private let link: StreamableHTTPLink
    private var phase = Phase.awaitingHead
    private var exchange: HTTPExchange?
    private var body = Pieces()
    /// How much of an answer that nobody wants was read to keep its connection.
    private var drained = 0
    private var events: EventStream
    private var retry: StreamRetry
    private var retryTimer: Scheduled<Void>?
    private var isAnswered = false
    private var isResuming = false
    private var carriedSession = false
    /// Whether something has come for the request that is not its answer.
    private var hasBegun = false

    init(_ purpose: Purpose, isStateless: Bool, bringing brought: BroughtFields?, on link: StreamableHTTPLink) {
        self.purpose = purpose
        self.brought = brought
        self.isStateless = isStateless
        self.link = link
        self.events = EventStream(maximumLength: link.settings.maximumMessageBytes)
        self.retry = StreamRetry(link.settings, maximumAttempts: link.settings.streamRetryAttempts)
    }

    private var requestID: Int64? {
        if case .request(let id) = purpose { id } else { nil }
    }

    /// Whether it is certain that the server has read the request, whatever it says.
    var wasRead: Bool { isResuming || hasBegun }

    func start(_ request: HTTPUpstreamRequest) {
        carriedSession = link.hasSession && !isStateless
        exchange = link.send(request, self)
    }

    /// Gives up. Nothing more is reported.
    func cancel() {
        phase = .finished
        retryTimer?.cancel()
        exchange?.cancel()
        exchange = nil
    }

    // MARK: HTTPResponseReceiver

    func receive(head: HTTPResponseHead, of exchange: HTTPExchange) {
        let answer = AnswerHead(head)
        if answer.status == 404, carriedSession, purpose != .initialized { return loseSession() }
        if !isStateless, answer.isSuccess, let id = answer.sessionID, !link.noteSession(id) {
            return fail(.init(.handshakeRefused, "its Mcp-Session-Id holds characters that the protocol forbids"))
        }
        if answer.isSuccess, let brought { link.accepted = brought }
        guard answer.isSuccess, !answer.isEncoded || requestID == nil else { return refuse(answer, of: exchange) }
        guard requestID != nil else { return accept(answer, of: exchange) }
        switch answer.content {
        case .eventStream: phase = .events
        case .json where !isResuming: readJSON(answer)
        case .json, .other, .none: refuse(answer, of: exchange)
        }
    }

    func receive(body bytes: ByteBuffer, of exchange: HTTPExchange) {
        switch phase {
        case .json: append(bytes)
        case .events: read(bytes)
        case .refusal(var refused):
            phase = .draining
            let wantsMore = refused.append(bytes)
            phase = .refusal(refused)
            if !wantsMore { conclude(refused) }
        case .draining:
            drained += bytes.readableBytes
            if drained > RefusedAnswer.maximumTextBytes { finish() }
        case .awaitingHead, .pausing, .finished: break
        }
    }

    func receiveEnd(of exchange: HTTPExchange) {
        switch phase {
        case .json: deliverBody()
        case .events: streamEnded(nil)
        case .refusal(let refused): conclude(refused)
        case .draining: finish()
        case .awaitingHead, .pausing, .finished: break
        }
    }

    func receive(failure: UpstreamFailure, of exchange: HTTPExchange) {
        switch phase {
        case .events: streamEnded(failure)
        case .awaitingHead where isResuming: streamEnded(failure)
        case .draining: finish()
        case .awaitingHead, .json, .refusal: fail(failure)
        case .pausing, .finished: break
        }
    }

    /// The server has forgotten the session. A request whose stream had begun was read before, so it must not be
    /// taken for one that may be sent again.
    private func loseSession(_ words: String? = nil) {
        cancel()
        guard isResuming else { return link.lostSession(self, words) }
        link.failed(
            self,
            .init(.connectionLost, "the event stream broke, and the session was forgotten meanwhile"))
        link.lostSession(nil, words)
    }

    // MARK: A JSON body

    private func readJSON(_ answer: AnswerHead) {
        phase = .json
        guard let length = answer.contentLength else { return }
        if length > link.settings.maximumMessageBytes { failTooLong() }
    }

    private func append(_ bytes: ByteBuffer) {
        guard body.count + bytes.readableBytes <= link.settings.maximumMessageBytes else { return failTooLong() }
        body.append(bytes)
    }

    private func deliverBody() {
        guard body.count > 0 else {
            let words = "it answered with an empty body instead of a message"
            return fail(.init(.unexpectedHTTPAnswer, words, status: 200))
        }
        let answer = body.join()
        finish()
        if carriedSession { link.hasServed = true }
        link.deliver(answer, relatedTo: requestID)
        if let requestID { link.answerEnded(requestID) }
    }

    private func failTooLong() {
        fail(.init(.unreadable, "it sent a message longer than \(link.settings.maximumMessageBytes) bytes"))
    }

    // MARK: An event stream

    private func read(_ bytes: ByteBuffer) {
        events.append(bytes)
        do throws(EventStream.TooLong) {
            // What is delivered can end this exchange.
            while case .events = phase, let event = try events.next() {
                retry.madeProgress()
                guard event.isMessage else { continue }
                if !isAnswered {
                    isAnswered = AnswerGlance.isResponse(event.data, maximumDepth: link.settings.maximumDepth)
                }
                if carriedSession { link.hasServed = true }
                link.deliver(event.data, relatedTo: requestID)
                hasBegun = true
            }
        } catch {
            failTooLong()
        }
    }

    /// The stream is over. Without an answer it is taken up again, if the server has made that possible.
    private func streamEnded(_ failure: UpstreamFailure?) {
        if isAnswered {
            finish()
            if let requestID { link.answerEnded(requestID) }
            return
        }
        let reason = failure?.detail ?? "the event stream ended before the answer came"
        guard events.lastEventID != nil, !isStateless else { return fail(.init(.connectionLost, reason)) }
        guard let delay = retry.next(wanted: events.retryDelay) else {
            let attempts = link.settings.streamRetryAttempts
            return fail(.init(.connectionLost, "\(reason); \(attempts) attempts to take the stream up again failed"))
        }
        phase = .pausing
        exchange = nil
        events.restart()
        retryTimer = link.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.resume() }
    }

    private func resume() {
        guard case .pausing = phase else { return }
        phase = .awaitingHead
        isResuming = true
        carriedSession = link.hasSession
        exchange = link.openStream(after: events.lastEventID, bringing: brought, self)
    }

    // MARK: Other answers

    private func refuse(_ answer: AnswerHead, of exchange: HTTPExchange) {
        let settings = link.settings
        phase = .refusal(
            RefusedAnswer(
                answer, from: link.url, maximumMessageBytes: settings.maximumMessageBytes,
                maximumDepth: settings.maximumDepth, hiding: exchange.request.secrets))
    }

    private func conclude(_ refused: RefusedAnswer) {
        if carriedSession, let words = refused.lostSessionWords, link.mayReopen(for: purpose) {
            return loseSession(words)
        }
        if refused.head.isSuccess, requestID == nil { return finish() }
        if let id = requestID, !link.refusesCaller(self, status: refused.head.status),
            let answer = refused.answer(to: id, unnamed: !isResuming)
        {
            let status = refused.head.status
            if !isStateless, !refused.isNamed(id), link.isAboutTransport(id, refused.failure, status: status) {
                return finish()
            }
            if !isStateless, refused.isStatelessOnly {
                return fail(UpstreamFailure(.onlyStateless, refused.failure.detail))
            }
            finish()
            return link.deliver(answer, relatedTo: id)
        }
        if isStateless, [400, 404, 405].contains(refused.head.status) {
            return fail(UpstreamFailure(.notStateless, refused.failure.detail), status: refused.head.status)
        }
        guard isResuming else { return fail(refused.failure, status: refused.head.status) }
        // A server that is busy or being restarted may have the stream later.
        if refused.head.status >= 500 || refused.head.status == 429 {
            return streamEnded(UpstreamFailure(.connectionLost, refused.failure.detail))
        }
        let detail = "the event stream broke and cannot be taken up again: \(refused.failure.detail)"
        fail(UpstreamFailure(refused.failure.code == .unauthorized ? .unauthorized : .connectionLost, detail))
    }

    /// A message that is no request needs no answer. Only JSON can say that there is no such session.
    private func accept(_ answer: AnswerHead, of exchange: HTTPExchange) {
        if answer.content == .json { return refuse(answer, of: exchange) }
        phase = .draining
        // A stream that answers a notification might never end.
        if answer.content == .eventStream { finish() }
    }

    // MARK: Ends

    private func finish() {
        cancel()
        link.finished(self)
    }

    private func fail(_ failure: UpstreamFailure, status: Int? = nil) {
        cancel()
        link.failed(self, failure, status: status)
    }
}
