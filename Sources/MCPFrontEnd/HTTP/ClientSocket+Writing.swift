import Logging
import MCPCore
import MCPGateway
import Metrics
import NIOCore
import NIOHTTP1

// MARK: - How answers and streams are written

extension ClientSocket {
    /// Up to which size a body is copied behind its head, so that both leave as one piece of memory.
    private static let largestCopiedBody = 16 << 10

    /// Which request is being read or answered; what cannot be read is one as well.
    var origin: RequestOrigin {
        if let request { return request }
        let new = RequestOrigin(address: address)
        request = new
        return new
    }

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
        bytes.writeRequestNumber(origin.number)
        if isJSON { bytes.writeStaticString("Content-Type: application/json\r\n") }
        bytes.writeFields(fields)
        bytes.writeFields(moreFields)
        if status != .noContent { bytes.writeContentLength(length) }
        writeHeadEnd(to: &bytes)
        if let body, !isHeadRequest {
            listener.meters.clientBytes.written.add(length)
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
        bytes.writeRequestNumber(origin.number)
        bytes.writeFields(fields)
        if hasChunks { bytes.writeStaticString("Transfer-Encoding: chunked\r\n") }
        writeHeadEnd(to: &bytes)
        context.write(wrapOutboundOut(bytes), promise: nil)
        flushSoon(context)
        let timer = keepAliveTimer ?? LazyTimer(on: context.eventLoop) { [weak self] in self?.showLife() }
        keepAliveTimer = timer
        unwritten = 0
        timer.set(limits.keepAliveInterval)
    }

    /// Shows the client, and whatever stands between, that the stream is still there; what is on its way shows that
    /// by itself, as long as the client reads it.
    func showLife() {
        guard let context else { return }
        keepAliveTimer?.set(limits.keepAliveInterval)
        guard !context.channel.isWritable else {
            unwritten = 0
            return write(ByteBuffer(staticString: ": keep-alive\n\n"))
        }
        // Without the figure there is nothing to judge by: then the client has another interval.
        let left = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let isRead = left <= limits.maximumStreamBufferBytes || unwritten == 0 || left < unwritten
        unwritten = left
        if !isRead { closeUnread(context) }
    }

    private func closeUnread(_ context: ChannelHandlerContext) {
        listener.logger.notice("stream closed: its client does not read")
        context.close(promise: nil)
    }

    /// Whether little of what was written waits for the client.
    var hasRoom: Bool { context?.channel.isWritable ?? true }

    /// Writes something short that is no event.
    func write(_ bytes: ByteBuffer) {
        guard let context, takesMore(context), bytes.readableBytes > 0 else { return }
        var chunk = context.channel.allocator.buffer(capacity: 16 + bytes.readableBytes)
        if hasChunks { chunk.writeChunkSize(bytes.readableBytes) }
        chunk.writeImmutableBuffer(bytes)
        if hasChunks { chunk.writeStaticString("\r\n") }
        context.write(wrapOutboundOut(chunk), promise: nil)
        flushSoon(context)
    }

    /// Writes an event of a stream. Its data is not copied when it is large.
    func write(_ event: ServerSentEvent) {
        guard let context else { return }
        guard takesMore(context) else { return listener.meters.droppedEvents.add() }
        let dataLength = event.data.readableBytes
        listener.meters.clientBytes.written.add(dataLength)
        let isCopied = dataLength <= Self.largestCopiedBody
        let length = event.length
        var bytes = context.channel.allocator.buffer(capacity: 16 + length - (isCopied ? 0 : dataLength))
        if hasChunks { bytes.writeChunkSize(length) }
        bytes.writeServerSentEventStart(event)
        if isCopied {
            bytes.writeImmutableBuffer(event.data)
        } else {
            context.write(wrapOutboundOut(bytes), promise: nil)
            context.write(wrapOutboundOut(event.data), promise: nil)
            bytes = context.channel.allocator.buffer(capacity: 4)
        }
        bytes.writeServerSentEventEnd()
        if hasChunks { bytes.writeStaticString("\r\n") }
        context.write(wrapOutboundOut(bytes), promise: nil)
        flushSoon(context)
    }

    /// Tells whether a stream may be written to. When its client leaves too much unread, it is closed.
    private func takesMore(_ context: ChannelHandlerContext) -> Bool {
        guard !context.channel.isWritable else { return true }
        // Without the figure there is nothing to judge by: then the event is written.
        let unwritten = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        guard unwritten ?? 0 > limits.maximumStreamBufferBytes else { return true }
        closeUnread(context)
        return false
    }

    /// Ends a stream. One that ends because the proxy does says when to come back.
    func endStream() {
        guard let context else { return }
        if listener.isDraining { write(ByteBuffer(staticString: "retry: 5000\n\n")) }
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
            guard let context = self.context else { return }
            context.flush()
            noteUnread(context)
        }
    }

    /// Counts what a client has not read so far, when that is much.
    func noteUnread(_ context: ChannelHandlerContext) {
        guard !context.channel.isWritable else { return }
        // Without the figure there is nothing to count.
        guard let unread = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes) else { return }
        listener.unread.note(unread, for: context.channel)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { listener.unread.forget(context.channel) }
        context.fireChannelWritabilityChanged()
    }

    /// Closes the connection, because its client has let an answer wait the longest and too much waits in all.
    func giveUp(_ context: ChannelHandlerContext) {
        listener.logger.notice(
            "connection closed: its client does not read, and too much waits for such clients",
            metadata: ["limit": "limits.maxBufferedBytes"])
        context.close(promise: nil)
    }

    /// Tells why a request is refused.
    ///
    /// - Parameters:
    ///   - server: The name of the route that it was for; nil for the one where its sender was let in, if any.
    ///   - principal: Who has sent it; nil for who was let in, if anybody.
    func note(
        refusal status: HTTPResponseStatus, _ kind: RefusalReason, _ reason: String, server: String? = nil,
        by principal: Principal? = nil
    ) {
        var place = server
        if place == nil, case .route(let name)? = visitor?.place { place = name }
        handler.refused(
            RefusedRequest(
                status: status, kind: kind, reason: reason, origin: origin, server: place,
                principal: principal ?? visitor?.principal, certificate: certificate))
    }
}
