import Logging
import MCPUpstream
import NIOCore
import NIOHTTP1

/// One client connection: collects requests within the limits, hands them on one at a time, writes the answers.
///
/// Confined to its event loop; that is what makes `@unchecked Sendable` true.
final class HTTPConnection: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// Between requests.
        case idle
        case readingBody(HTTPRequestFields, ByteBuffer)
        /// The request was complete and its answer is not; what comes meanwhile waits.
        case answering
        /// The request was refused before its end: the rest is thrown away and the connection closed.
        case refused
    }

    /// Up to which size a body is copied behind its head, so that both leave as one piece of memory.
    private static let largestCopiedBody = 16 << 10

    /// How long a connection beyond the maximum may take until it has sent a request.
    private static let guestTimeout = Duration.seconds(2)

    private let limits: HTTPLimits
    private let listener: HTTPListener
    private let handler: any HTTPRequestHandler
    private var state = State.idle
    private var context: ChannelHandlerContext?
    private var responder: HTTPResponder?
    private var keepAlive = true
    private var isHeadRequest = false
    /// Whether a stream can be sent in chunks; to a client of HTTP/1.0 it ends with the connection.
    private var hasChunks = true
    private var flushIsScheduled = false
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var isTakingWaiting = false
    /// Whether an answer is complete but has not left yet, and how much of it was left when that was last asked.
    private var isWriting = false
    private var unwritten = 0
    private var timer: LazyTimer?
    /// Goes off when an answer is waited for so long that its beginning is sent.
    private var patience: LazyTimer?
    /// Goes off when a stream has to show that it is still there.
    private var keepAliveTimer: LazyTimer?
    private var requestsServed = 0
    private var holdsRead = false
    private var address = ""
    /// Whether there were too many connections when this one came.
    private var isGuest = false

    init(limits: HTTPLimits, listener: HTTPListener, handler: any HTTPRequestHandler) {
        self.limits = limits
        self.listener = listener
        self.handler = handler
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
        startTimer(isGuest ? min(limits.headerTimeout, Self.guestTimeout) : limits.headerTimeout)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        patience?.cancel()
        keepAliveTimer?.cancel()
        listener.closed(context.channel, address: address)
        waiting.removeAll()
        let responder = self.responder
        self.responder = nil
        responder?.connectionClosed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What the HTTP parser refuses is answered once and the connection closed, so that leftovers are never
        // taken for another request. An answer that is under way still goes out.
        guard let error = error as? HTTPParserError, context.channel.isActive else {
            context.close(promise: nil)
            return
        }
        switch state {
        case .answering:
            keepAlive = false
            waiting.removeAll()
        case .refused: break
        case .idle, .readingBody:
            if error == .headerOverflow {
                refuse(.requestHeaderFieldsTooLarge, "the headers are too long (limits.maxHeaderBytes)")
            } else {
                refuse(.badRequest, "the request is not valid HTTP/1.1")
            }
        }
    }

    /// Asked to close: at once between requests, after the answer during one.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is HTTPListener.CloseWhenIdle else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        if case .answering = state { keepAlive = false } else { context.close(promise: nil) }
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch state {
        case .answering: waiting.append(part)
        case .refused: break
        case .idle, .readingBody:
            if waiting.isEmpty { take(part) } else { waiting.append(part) }
        }
    }

    /// Reads on as long as nothing waits: what a client sends beyond the request that is being answered, and what came
    /// with the next, stays in its socket.
    func read(context: ChannelHandlerContext) {
        if waiting.isEmpty { context.read() } else { holdsRead = true }
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): begin(head)
        case .body(let bytes):
            guard case .readingBody(let fields, var body) = state else { return }
            guard body.readableBytes + bytes.readableBytes <= limits.maximumBodyBytes else {
                refuse(
                    .payloadTooLarge, "the body is longer than \(limits.maximumBodyBytes) bytes (limits.maxBodyBytes)")
                return
            }
            state = .idle  // keeps the buffer unshared while it grows
            if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
            state = .readingBody(fields, body)
        case .end:
            guard case .readingBody(let fields, let body) = state else { return }
            timer?.stop()
            state = .answering
            dispatch(HTTPRequest(fields, body: body, comesBeyondLimit: isGuest))
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        hasChunks = head.version == .http1_1
        keepAlive = head.isKeepAlive && hasChunks
        isHeadRequest = head.method == .HEAD
        let fields = HTTPRequestFields(head)
        if let problem = fields.problem(within: limits) {
            refuse(.requestHeaderFieldsTooLarge, problem)
            return
        }
        let encodings = fields.all(.transferEncoding)
        guard encodings.isEmpty || encodings.map({ $0.lowercased() }) == ["chunked"] else {
            refuse(.badRequest, "the only transfer encoding that is accepted is chunked")
            return
        }
        if fields[.contentLength].flatMap({ Int($0) }) ?? 0 > limits.maximumBodyBytes {
            refuse(.payloadTooLarge, "the body is longer than \(limits.maximumBodyBytes) bytes (limits.maxBodyBytes)")
            return
        }
        state = .readingBody(fields, ByteBuffer())
        startTimer(limits.bodyTimeout)
        if fields.all(.expect).contains(where: { $0.lowercased() == "100-continue" }) {
            context?.writeAndFlush(
                wrapOutboundOut(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
    }

    private func dispatch(_ request: HTTPRequest) {
        guard let context else { return }
        requestsServed += 1
        if isGuest { keepAlive = false }
        let responder = HTTPResponder(
            connection: self,
            eventLoop: context.eventLoop,
            extraHeaders: handler.headers(for: request)
        )
        self.responder = responder
        handler.handle(request, responder)
    }

    private func refuse(_ status: HTTPResponseStatus, _ reason: String) {
        state = .refused
        keepAlive = false
        respond(status, isJSON: true, [], [], body: HTTPProblem.body(reason))
    }

    private func startTimer(_ duration: Duration) {
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
        case .idle where requestsServed > 0: context?.close(promise: nil)
        case .idle, .readingBody: refuse(.requestTimeout, "the request did not arrive in time")
        case .answering, .refused: break
        }
    }

    // MARK: Writing

    /// Sends a whole answer.
    ///
    /// - Parameters:
    ///   - isJSON: Whether the body is JSON, which is then said in its head.
    ///   - closing: Whether the connection is closed after the answer.
    func respond(
        _ status: HTTPResponseStatus,
        isJSON: Bool,
        _ fields: [(String, String)],
        _ moreFields: [(String, String)],
        body: ByteBuffer?,
        closing: Bool = false
    ) {
        guard let context else { return }
        if closing || listener.isDraining { keepAlive = false }
        let length = body?.readableBytes ?? 0
        let isSentWithHead = length <= Self.largestCopiedBody
        var bytes = context.channel.allocator.buffer(capacity: 256 + (isSentWithHead ? length : 0))
        bytes.writeStatus(status)
        if isJSON { bytes.writeStaticString("Content-Type: application/json\r\n") }
        bytes.writeFields(fields)
        bytes.writeFields(moreFields)
        if status != .noContent { bytes.writeContentLength(length) }
        writeHeadEnd(to: &bytes)
        if let body, !isHeadRequest {
            if isSentWithHead {
                bytes.writeImmutableBuffer(body)
            } else {
                context.write(wrapOutboundOut(bytes), promise: nil)
                bytes = body
            }
        }
        finishResponse(context, bytes)
    }

    func beginStream(_ status: HTTPResponseStatus, _ fields: [(String, String)]) {
        guard let context else { return }
        if listener.isDraining || !hasChunks { keepAlive = false }
        var bytes = context.channel.allocator.buffer(capacity: 512)
        bytes.writeStatus(status)
        bytes.writeFields(fields)
        if hasChunks { bytes.writeStaticString("Transfer-Encoding: chunked\r\n") }
        writeHeadEnd(to: &bytes)
        context.write(wrapOutboundOut(bytes), promise: nil)
        flushSoon(context)
        let timer = keepAliveTimer ?? LazyTimer(on: context.eventLoop) { [weak self] in self?.showLife() }
        keepAliveTimer = timer
        timer.set(limits.keepAliveInterval)
    }

    /// Shows the client, and whatever stands between, that the stream is still there.
    private func showLife() {
        writeStream(ByteBuffer(staticString: ": keep-alive\n\n"))
        keepAliveTimer?.set(limits.keepAliveInterval)
    }

    func writeStream(_ bytes: ByteBuffer) {
        guard let context else { return }
        if !context.channel.isWritable {
            // Without the figure there is nothing to judge by: then the event is written.
            let unwritten = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
            if unwritten ?? 0 > limits.maximumStreamBufferBytes {
                listener.logger.notice("stream closed: its client does not read")
                context.close(promise: nil)
                return
            }
        }
        guard bytes.readableBytes > 0 else { return }
        if hasChunks { writeChunk(bytes, context) } else { context.write(wrapOutboundOut(bytes), promise: nil) }
        flushSoon(context)
    }

    private func writeChunk(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        let isCopied = bytes.readableBytes <= Self.largestCopiedBody
        var chunk = context.channel.allocator.buffer(capacity: 16 + (isCopied ? bytes.readableBytes : 0))
        chunk.writeChunkSize(bytes.readableBytes)
        if isCopied {
            chunk.writeImmutableBuffer(bytes)
            chunk.writeStaticString("\r\n")
            context.write(wrapOutboundOut(chunk), promise: nil)
        } else {
            context.write(wrapOutboundOut(chunk), promise: nil)
            context.write(wrapOutboundOut(bytes), promise: nil)
            context.write(wrapOutboundOut(ByteBuffer(staticString: "\r\n")), promise: nil)
        }
    }

    func endStream() {
        guard let context else { return }
        finishResponse(context, hasChunks ? ByteBuffer(staticString: "0\r\n\r\n") : ByteBuffer())
    }

    private func writeHeadEnd(to bytes: inout ByteBuffer) {
        bytes.writeStaticString(keepAlive ? "\r\n" : "Connection: close\r\n\r\n")
    }

    /// Flushes at the end of this turn of the event loop, so that what is written within it leaves together.
    private func flushSoon(_ context: ChannelHandlerContext) {
        guard !flushIsScheduled else { return }
        flushIsScheduled = true
        context.eventLoop.assumeIsolated().execute { [self] in
            flushIsScheduled = false
            self.context?.flush()
        }
    }

    /// Completes the answer. The next request is looked at only when the last byte of this one has left, so that a
    /// client that does not read cannot make answers pile up.
    private func finishResponse(_ context: ChannelHandlerContext, _ lastBytes: ByteBuffer) {
        responder = nil
        keepAliveTimer?.stop()
        if listener.isDraining { keepAlive = false }
        isWriting = true
        context.writeAndFlush(wrapOutboundOut(lastBytes)).assumeIsolated().whenComplete { [self] _ in answerWritten() }
        if isWriting {
            unwritten = Int.max
            startTimer(limits.writeTimeout)
        }
    }

    private func answerWritten() {
        isWriting = false
        guard let context else { return }
        guard keepAlive else {
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
    private func takeWaiting() {
        // An answer that is complete at once comes back here: the outer round goes on with the next part then.
        guard !isTakingWaiting else { return }
        isTakingWaiting = true
        defer { isTakingWaiting = false }
        while !waiting.isEmpty {
            switch state {
            case .idle, .readingBody: take(waiting.removeFirst())
            case .answering: return
            case .refused: waiting.removeAll()
            }
        }
    }
}
