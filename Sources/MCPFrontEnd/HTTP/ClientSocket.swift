import Logging
import MCPGateway
import MCPUpstream
import Metrics
import NIOCore
import NIOHTTP1

/// Steps 1 and 17 of 17 of a call: before ``FrontDoor``; then after ``HTTPResponder``.
///
/// One client connection: collects requests within the limits, hands them on one at a time, writes the answers.
final class ClientSocket: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    enum State {
        /// Between requests.
        case idle
        /// Who sends the request is being found out; what comes meanwhile waits.
        case deciding
        /// The head was admitted, and the body comes.
        case readingBody
        /// A body comes that nobody wants; it is thrown away.
        case skippingBody
        /// The answer is not complete; what comes meanwhile waits.
        case answering
        /// The request was refused before its end: the rest is thrown away and the connection closed.
        case refused
    }

    /// How much of a body is thrown away before its request is answered. Beyond it the answer comes at once, and the
    /// connection is closed after it: what is left of the body is never taken for another request.
    private static let largestSkippedBody = 64 << 10

    let limits: HTTPLimits
    let listener: HTTPListener
    let handler: any HTTPRequestHandler
    var state = State.idle
    private(set) var context: ChannelHandlerContext?
    private(set) var responder: HTTPResponder?
    var keepAlive = true
    private(set) var isHeadRequest = false
    /// Whether a stream can be sent in chunks; to a client of HTTP/1.0 it ends with the connection.
    private(set) var hasChunks = true
    /// Where the request goes whose body is coming, and what every answer to it carries.
    private var destination: Destination?
    private var answerHeaders: [(String, String)] = []
    /// Who was let in with the request that is being read or answered.
    private(set) var visitor: Visitor?
    /// Which request is being read or answered; nil between requests.
    var request: RequestOrigin?
    private var body = ByteBuffer()
    private var maximumBody = 0
    private var skippedBytes = 0
    /// What the request has taken of the budget for bodies.
    private var reservedBytes = 0
    var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var isTakingWaiting = false
    var flushIsScheduled = false
    /// Whether an answer is complete but has not left yet.
    private var isWriting = false
    /// How much of an answer, or of a stream, had not left when that was last asked.
    var unwritten = 0
    private var timer: LazyTimer?
    /// Goes off when an answer is waited for so long that its beginning is sent.
    private var patience: LazyTimer?
    /// Goes off when a stream has to show that it is still there.
    var keepAliveTimer: LazyTimer?
    private var requestsServed = 0
    var holdsRead = false
    /// Whether the client sends nothing more. It may still read.
    var inputIsClosed = false
    private(set) var address = ""
    /// Whether there were too many connections when this one came.
    private var isGuest = false
    /// Whether nothing can be read or written before a handshake is complete.
    private var isHandshaking: Bool
    /// What the client has shown in that handshake.
    private(set) var certificate: ClientCertificate?

    init(
        limits: HTTPLimits, listener: HTTPListener, handler: any HTTPRequestHandler, isHandshaking: Bool = false
    ) {
        self.limits = limits
        self.listener = listener
        self.handler = handler
        self.isHandshaking = isHandshaking
    }

    /// The handshake is complete. The time for a first request goes on.
    func secured(by certificate: ClientCertificate?) {
        isHandshaking = false
        self.certificate = certificate
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        address = context.channel.remoteAddress?.ipAddress ?? ""
        isGuest = listener.opened(context.channel, address: address)
        timer = LazyTimer(on: context.eventLoop) { [weak self] in self?.timedOut() }
        patience = LazyTimer(on: context.eventLoop) { [weak self] in self?.responder?.waitedLong() }
        startTimer(limits.time(limits.headerTimeout, isGuest))
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        patience?.cancel()
        keepAliveTimer?.cancel()
        listener.closed(context.channel, address: address)
        listener.unread.forget(context.channel)
        waiting.removeAll()
        forgetRequest()
        let responder = self.responder
        self.responder = nil
        responder?.connectionClosed()
        context.fireChannelInactive()
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch state {
        case .answering, .deciding: waiting.append(part)
        case .refused: break
        case .idle, .readingBody, .skippingBody:
            if waiting.isEmpty { take(part) } else { waiting.append(part) }
        }
    }

    /// Reads on as long as nothing waits: what a client sends beyond the request that is being answered, and what came
    /// with the next, stays in its socket.
    func read(context: ChannelHandlerContext) {
        if waiting.isEmpty { context.read() } else { holdsRead = true }
    }

    /// A body that is complete with the read it came with costs nothing here.
    func channelReadComplete(context: ChannelHandlerContext) {
        if case .readingBody = state { _ = reserveBody() }
        context.fireChannelReadComplete()
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): begin(head)
        case .body(let bytes): take(bytes)
        case .end:
            switch state {
            case .readingBody: if reservedBytes == 0 || reserveBody() { dispatch() }
            case .skippingBody: dispatch()
            case .idle, .deciding, .answering, .refused: break
            }
        }
    }

    private func take(_ bytes: ByteBuffer) {
        listener.meters.clientBytes.read.add(bytes.readableBytes)
        switch state {
        case .readingBody:
            guard body.readableBytes + bytes.readableBytes <= maximumBody else { return refuseBody() }
            if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
        case .skippingBody:
            skippedBytes += bytes.readableBytes
            if skippedBytes > Self.largestSkippedBody { answerAndClose() }
        case .idle, .deciding, .answering, .refused: break
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        hasChunks = head.version == .http1_1
        keepAlive = head.isKeepAlive && hasChunks
        isHeadRequest = head.method == .HEAD
        let fields = HTTPRequestFields(
            head, from: address, comesBeyondLimit: isGuest, certificate: certificate)
        request = fields.origin
        if let problem = fields.problem(within: limits) {
            refuse(Refusal(.headTooLong, problem))
            return
        }
        let encodings = fields.all(.transferEncoding)
        guard encodings.isEmpty || encodings.map({ $0.lowercased() }) == ["chunked"] else {
            refuse(Refusal(.malformed, "the only transfer encoding that is accepted is chunked"))
            return
        }
        let destination: Destination
        (destination, answerHeaders) = handler.admit(fields)
        if case .undecided(let request) = destination { return decide(request) }
        begin(fields, destination)
    }

    /// Goes on with a request of which it is known where it goes.
    func begin(_ fields: HTTPRequestFields, _ destination: Destination) {
        maximumBody = destination.maximumBody
        visitor = destination.visitor
        self.destination = destination
        if maximumBody > 0 { beginBody(fields) } else { skipBody(fields) }
    }

    private func beginBody(_ fields: HTTPRequestFields) {
        guard fields.bodyLength <= maximumBody else { return refuseBody() }
        state = .readingBody
        startTimer(limits.time(limits.bodyTimeout, isGuest))
        // A client of HTTP/1.0 does not know this answer (RFC 9110, 10.1.1).
        if fields.waitsToContinue, hasChunks {
            context?.writeAndFlush(
                wrapOutboundOut(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
    }

    /// A client that waits to be told to send a body, or has announced a long one, gets its answer at once.
    private func skipBody(_ fields: HTTPRequestFields) {
        guard !fields.announcesBody || !fields.waitsToContinue && fields.bodyLength <= Self.largestSkippedBody else {
            return answerAndClose()
        }
        state = .skippingBody
        skippedBytes = 0
        startTimer(limits.time(limits.bodyTimeout, isGuest))
    }

    private func answerAndClose() {
        keepAlive = false
        dispatch()
    }

    private func dispatch() {
        guard let destination = destination.take(), let responder = answering() else { return }
        let body = self.body
        self.body = ByteBuffer()
        handler.handle(destination, body: body, responder)
        if inputIsClosed { responder.inputClosed() }
    }

    private func refuseBody() {
        keepAlive = false
        body = ByteBuffer()
        guard let destination = destination.take(), let responder = answering() else { return }
        handler.refuseBody(for: destination, responder)
    }

    /// Makes what answers the request, of which nothing more is read.
    private func answering() -> HTTPResponder? {
        guard let context else { return nil }
        timer?.stop()
        state = .answering
        requestsServed += 1
        if isGuest { keepAlive = false }
        let responder = HTTPResponder(
            connection: self, to: origin, eventLoop: context.eventLoop, extraHeaders: answerHeaders)
        self.responder = responder
        return responder
    }

    /// Counts what is held of a body until its request is answered.
    ///
    /// - Returns: Whether there was room; if not, the request has been refused.
    private func reserveBody() -> Bool {
        let more = body.storageCapacity - reservedBytes
        guard more <= 0 || listener.bodies.reserve(more) else {
            listener.logger.notice(
                "request refused: too much is being read from all clients",
                metadata: ["limit": "limits.maxBufferedBytes"])
            refuse(
                Refusal(
                    .overloaded,
                    "too much is being read from all clients (limits.maxBufferedBytes); try again in a moment"))
            return false
        }
        reservedBytes += max(0, more)
        return true
    }

    private func forgetRequest() {
        destination = nil
        visitor = nil
        body = ByteBuffer()
        releaseBody()
    }

    private func releaseBody() {
        if reservedBytes > 0 { listener.bodies.release(reservedBytes) }
        reservedBytes = 0
    }

    func refuse(_ refusal: Refusal) {
        let status = WireErrors.status(of: refusal.reason)
        state = .refused
        keepAlive = false
        note(refusal: status, RefusalReason(refusal.reason), refusal.words)
        forgetRequest()
        let fields = WireErrors.headers(of: refusal)
        respond(status, isJSON: true, fields, [], body: HTTPProblem.body(refusal.words))
    }

    func startTimer(_ duration: Duration) {
        timer?.set(duration)
    }

    /// Tells the responder when it has been waiting for this long.
    func startPatience(_ duration: Duration) {
        patience?.set(duration)
    }

    func stopPatience() {
        patience?.stop()
    }

    private func timedOut() {
        if isWriting {
            checkProgress()
            return
        }
        switch state {
        case .idle where requestsServed > 0 || isHandshaking: context?.close(promise: nil)
        case .deciding: refuse(TokenRefusal.undecided.refusal)
        case .idle, .readingBody, .skippingBody: refuse(Refusal(.tooSlow, "the request did not arrive in time"))
        case .answering, .refused: break
        }
    }

    // MARK: The end of an answer

    /// Completes the answer. The next request is looked at only when the last byte of this one has left, so that a
    /// client that does not read cannot make answers pile up.
    func finishResponse(_ context: ChannelHandlerContext, _ lastBytes: ByteBuffer) {
        responder = nil
        keepAliveTimer?.stop()
        if listener.isDraining { keepAlive = false }
        releaseBody()
        isWriting = true
        context.writeAndFlush(wrapOutboundOut(lastBytes)).assumeIsolated().whenComplete { [self] _ in answerWritten() }
        if isWriting {
            unwritten = Int.max
            startTimer(limits.writeTimeout)
            noteUnread(context)
        }
    }

    private func answerWritten() {
        isWriting = false
        forgetRequest()
        request = nil
        guard let context else { return }
        guard keepAlive, !inputIsClosed || !waiting.isEmpty else {
            context.close(promise: nil)
            state = .refused
            return
        }
        state = .idle
        startTimer(limits.keepAliveTimeout)
        takeWaiting()
        if holdsRead, waiting.isEmpty {
            holdsRead = false
            context.read()
        }
    }

    /// Closes the connection of a client that has read nothing of its answer for a while.
    private func checkProgress() {
        guard let context else { return }
        // Without the figure there is nothing to judge by: then the client counts as gone.
        let left = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? Int.max
        guard left < unwritten else {
            listener.logger.notice("connection closed: its client does not read the answer")
            context.close(promise: nil)
            return
        }
        unwritten = left
        startTimer(limits.writeTimeout)
    }

    /// Goes on with what had arrived before the last answer was complete.
    func takeWaiting() {
        // An answer that is complete at once comes back here: the outer round goes on with the next part then.
        guard !isTakingWaiting else { return }
        isTakingWaiting = true
        defer { isTakingWaiting = false }
        while !waiting.isEmpty {
            switch state {
            case .idle, .readingBody, .skippingBody: take(waiting.removeFirst())
            case .deciding, .answering: return
            case .refused: waiting.removeAll()
            }
        }
    }
}
