import Logging
import MCPCore
import NIOCore
import NIOHTTP1

/// The GET stream on which a server says what belongs to no request. Kept open for as long as it is wanted.
final class ListeningStream: HTTPResponseReceiver {
    private enum Phase {
        /// Followed by all others.
        case awaitingHead
        case events
        case refusal(RefusedAnswer)
        /// Followed by `awaitingHead` or `finished`.
        case pausing
        case finished
    }

    private let link: StreamableHTTPLink
    private var phase = Phase.awaitingHead
    /// What its client had sent in header fields for the server when it was asked for last.
    private var brought: BroughtFields?
    private var exchange: HTTPExchange?
    private var events: EventStream
    private var retry: StreamRetry
    private var timer: Scheduled<Void>?
    private var hasBeenOpen = false
    private var openSince = NIODeadline.now()
    private var asked = NIODeadline.now()

    init(on link: StreamableHTTPLink) {
        self.link = link
        self.events = EventStream(maximumLength: link.settings.maximumMessageBytes)
        self.retry = StreamRetry(link.settings, maximumAttempts: nil)
    }

    func start() {
        phase = .awaitingHead
        // Calls come first: what a server says unasked can come later.
        if link.settings.descriptors?.isHalfUsed == true { return pause() }
        asked = .now()
        brought = link.brought
        exchange = link.openStream(after: events.lastEventID, bringing: brought, self)
    }

    func cancel() {
        phase = .finished
        timer?.cancel()
        exchange?.cancel()
        exchange = nil
    }

    // MARK: HTTPResponseReceiver

    func receive(head: HTTPResponseHead, of exchange: HTTPExchange) {
        let answer = AnswerHead(head)
        switch answer.status {
        case 200 where answer.content == .eventStream && !answer.isEncoded:
            hasBeenOpen = true
            openSince = .now()
            phase = .events
            link.pool.beginsStreamsLate = openSince - asked > link.settings.listeningTimeout
            link.listeningSettled()
        // The first time it says that there is no such stream; later, that the session is gone.
        case 404 where hasBeenOpen && link.hasSession:
            cancel()
            link.lostSession(nil)
        case 408, 425, 429, 500...:
            exchange.cancel()
            pause()
        // As long as the session was good for nothing yet, this is what the server says to everybody.
        case _ where link.hasSession && (hasBeenOpen || link.hasServed):
            let limit = RefusedAnswer.maximumTextBytes
            phase = .refusal(
                RefusedAnswer(
                    answer, from: link.url, maximumMessageBytes: limit, hiding: exchange.request.secrets))
        default:
            // A short body is read to its end for the connection's sake.
            phase = .finished
            if answer.contentLength ?? .max > RefusedAnswer.maximumTextBytes { cancel() }
            refused(answer)
        }
    }

    func receive(body bytes: ByteBuffer, of exchange: HTTPExchange) {
        if case .refusal(var refusal) = phase {
            phase = .awaitingHead
            let wantsMore = refusal.append(bytes)
            phase = .refusal(refusal)
            if !wantsMore { conclude(refusal) }
            return
        }
        guard case .events = phase else { return }
        events.append(bytes)
        do throws(EventStream.TooLong) {
            // What is delivered can end the stream.
            while case .events = phase, let event = try events.next() {
                retry.madeProgress()
                if event.isMessage { link.deliver(event.data, relatedTo: nil) }
            }
        } catch {
            link.logger.warning(
                "server sent an event that is too long", metadata: ["limit": "\(link.settings.maximumMessageBytes)"])
            exchange.cancel()
            pause()
        }
    }

    func receiveEnd(of exchange: HTTPExchange) {
        switch phase {
        case .events: pause()
        case .refusal(let refusal): conclude(refusal)
        case .awaitingHead, .pausing, .finished: break
        }
    }

    func receive(failure: UpstreamFailure, of exchange: HTTPExchange) {
        if case .finished = phase { return }
        link.logger.debug("listening stream broke", metadata: ["failure": "\(failure.logDetail)"])
        pause()
    }

    private func conclude(_ refusal: RefusedAnswer) {
        cancel()
        if let words = refusal.lostSessionWords { link.lostSession(nil, words) } else { refused(refusal.head) }
    }

    private func refused(_ answer: AnswerHead) {
        link.listeningSettled()
        let mayBeCallers = answer.status == 401 || answer.status == 403
        link.listeningEnded("it answered \(answer.statusText)", refusing: mayBeCallers ? brought : nil)
    }

    private func pause() {
        if case .events = phase, NIODeadline.now() - openSince > link.settings.maximumStreamRetryDelay {
            retry.madeProgress()
        }
        phase = .pausing
        exchange = nil
        events.restart()
        link.listeningSettled()
        guard let delay = retry.next(wanted: events.retryDelay) else { return }
        timer = link.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            if case .pausing = self.phase { self.start() }
        }
    }
}
