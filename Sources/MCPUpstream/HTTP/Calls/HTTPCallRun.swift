import Addresses
import MCPCore
import NIOCore
import NIOHTTP1

/// One `HTTPCall` under way.
final class HTTPCallRun: HTTPResponseReceiver {
    /// The answer, with what matters of its head.
    struct Reply: Sendable {
        let head: AnswerHead
        /// As the server wrote it.
        let contentType: String?
        /// What the server calls the body, where that can be said back to it.
        let tag: FieldValue?
        var body = ByteBuffer()
    }

    private let call: HTTPCall
    private let pools: HTTPConnectionPools
    private let onEvent: (@Sendable (ServerSentEvent) -> Void)?
    private var exchange: HTTPExchange?
    private var timer: Scheduled<Void>?
    private var reply: Reply?
    private var stream: EventStream?
    private var whenDone: ((Result<Reply, UpstreamFailure>) -> Void)?

    init(
        _ call: HTTPCall,
        _ eventLoop: any EventLoop,
        onEvent: (@Sendable (ServerSentEvent) -> Void)?,
        whenDone: @escaping (Result<Reply, UpstreamFailure>) -> Void
    ) {
        self.call = call
        self.onEvent = onEvent
        self.pools = HTTPConnectionPools(eventLoop: eventLoop, egress: call.egress)
        self.whenDone = whenDone
    }

    func start() {
        if let timeout = call.timeout {
            timer = pools.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
                self.finish(.failure(UpstreamFailure(.timedOut, "it did not answer in time")))
            }
        }
        var fields = RequestFields(origin: call.url.origin)
        let usual: StaticString = onEvent == nil ? "application/json" : "application/json, text/event-stream"
        fields.set("Accept", FieldValue(stringLiteral: call.accept ?? usual))
        fields.set("Accept-Encoding", "identity")
        if call.body != nil { fields.set("Content-Type", FieldValue(stringLiteral: call.mediaType)) }
        fields.set("User-Agent", "mcp-proxy")
        fields.add(configured: call.headers)
        if let tag = call.knownTag { fields.set("If-None-Match", tag) }
        let request = HTTPUpstreamRequest(
            method: HTTPMethod(rawValue: call.method.rawValue), target: call.url.target, fields: fields,
            body: call.body)
        exchange = pools.pool(for: call.url.origin, call.reach).send(request, self)
    }

    func cancel() {
        finish(.failure(UpstreamFailure(.closed, "the request was given up")))
    }

    // MARK: HTTPResponseReceiver

    func receive(head: HTTPResponseHead, of exchange: HTTPExchange) {
        let answer = AnswerHead(head)
        reply = Reply(
            head: answer, contentType: head.headers.first(name: "Content-Type"),
            tag: head.headers.first(name: "ETag").flatMap { FieldValue($0) })
        guard !answer.isEncoded else {
            return finish(.failure(UpstreamFailure(.unreadable, "it compressed its answer although nobody asked")))
        }
        if let length = answer.contentLength, length > call.maximumBytes { return failTooLong() }
        guard onEvent != nil, answer.isSuccess, answer.content == .eventStream else { return }
        // A stream that is followed ends when somebody ends it.
        timer?.cancel()
        stream = EventStream(maximumLength: call.maximumBytes)
    }

    func receive(body bytes: ByteBuffer, of exchange: HTTPExchange) {
        guard stream == nil else { return take(events: bytes) }
        guard let length = reply?.body.readableBytes, length + bytes.readableBytes <= call.maximumBytes else {
            return failTooLong()
        }
        reply?.body.writeImmutableBuffer(bytes)
    }

    func receiveEnd(of exchange: HTTPExchange) {
        guard let reply else { return }
        finish(.success(reply))
    }

    func receive(failure: UpstreamFailure, of exchange: HTTPExchange) {
        finish(.failure(failure))
    }

    private func take(events bytes: ByteBuffer) {
        stream?.append(bytes)
        do {
            while let event = try stream?.next() { onEvent?(event) }
        } catch {
            finish(.failure(UpstreamFailure(.unreadable, "an event is larger than \(call.maximumBytes) bytes")))
        }
    }

    private func failTooLong() {
        finish(.failure(UpstreamFailure(.unreadable, "its answer is larger than \(call.maximumBytes) bytes")))
    }

    private func finish(_ result: Result<Reply, UpstreamFailure>) {
        guard let done = whenDone else { return }
        whenDone = nil
        timer?.cancel()
        exchange?.cancel()
        exchange = nil
        pools.shutDown()
        done(result)
    }
}
