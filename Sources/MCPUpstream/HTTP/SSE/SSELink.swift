package import Addresses
package import Logging
package import MCPCore
package import NIOCore
import NIOHTTP1

/// The client's side of the HTTP+SSE transport of revision 2024-11-05.
///
/// One GET brings everything the server says, and first of all where messages are to be posted
/// ([transports, 2024-11-05](https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse)).
/// When the stream ends, so does the session.
package final class SSELink: UpstreamLink {
    private enum State {
        /// Followed by `opening` or `closed`.
        case new
        /// The stream has been asked for. Followed by `open` or `closed`.
        case opening
        /// The endpoint is known. Followed by `closed`.
        case open
        case closed
    }

    package let eventLoop: any EventLoop
    package let transport = "sse"
    let url: HTTPURL
    let settings: HTTPLinkSettings
    let logger: Logger
    /// Whether the operator has said which transport it is, rather than that it was found out.
    package var isDeclared = false
    private var way: RequestWay
    private var streamFields: RequestFields
    private var postFields: RequestFields
    private var state = State.new
    private var receiver: (any UpstreamLinkReceiver)?
    private var stream: SSEStream?
    private var endpoint: HTTPURL?
    /// What its client sends in header fields with what has none of its own.
    package private(set) var brought: BroughtFields?
    private var openTimer: Scheduled<Void>?
    /// How many messages the server has sent.
    private var received = 0
    private var queue = SSEPostQueue()
    private var posts: [ObjectIdentifier: SSEPost] = [:]

    /// - Parameters:
    ///   - url: Where the server's event stream is.
    ///   - headers: The header fields that are configured for the server.
    ///   - reach: What may be connected to.
    ///   - authority: Says what requests show of who sends them; nil where that stands in the headers.
    ///   - pools: The connections of the event loop that the link is to live on. Must be called on that loop.
    package init(
        url: HTTPURL,
        headers: [(name: String, value: String)],
        within reach: Reach,
        by authority: (any RequestAuthority)? = nil,
        pools: HTTPConnectionPools,
        logger: Logger
    ) {
        self.url = url
        self.eventLoop = pools.eventLoop
        self.settings = pools.settings
        self.way = RequestWay(pool: pools.pool(for: url.origin, reach), authority: authority)
        self.logger = logger
        self.streamFields = .forStream(at: url, configured: headers)
        self.postFields = .forPost(to: url, accept: nil, configured: headers)
    }

    package var secrets: [String] { way.secrets(postFields, brought) }
    package var processID: Int32? { nil }
    package var recentErrorOutput: [String] { [] }

    // MARK: UpstreamLink

    package func pass(_ brought: BroughtFields) {
        self.brought = brought
    }

    package func isOnBehalf(of caller: String) {
        way.isOnBehalf(of: caller)
    }

    package func open(_ receiver: any UpstreamLinkReceiver) {
        guard case .new = state else { return }
        self.receiver = receiver
        state = .opening
        let stream = SSEStream(on: self)
        self.stream = stream
        stream.start(
            HTTPUpstreamRequest(
                method: .GET, target: url.target, fields: streamFields.bringing(brought), followsRedirects: true), way)
        openTimer = eventLoop.assumeIsolated().scheduleTask(in: settings.endpointTimeout) {
            guard case .opening = self.state else { return }
            self.end(self.advised(UpstreamFailure(.timedOut, "its event stream did not name an endpoint in time")))
        }
    }

    package func send(_ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?) {
        send(message, as: kind, mirrored: mirrored, bringing: nil)
    }

    package func send(
        _ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?, bringing own: BroughtFields?,
        within trace: TraceContext?
    ) {
        guard case .open = state else { return }
        let entry = SSEPostQueue.Entry(message: message, kind: kind, brought: own ?? brought, trace: trace)
        if queue.append(entry, limit: settings.maximumHeldMessages) { return postNext() }
        let failure = UpstreamFailure(.overloaded, "it accepts messages too slowly", nothingSent: true)
        eventLoop.assumeIsolated().execute { self.report(failure, of: kind) }
    }

    package func abandon(_ id: Int64) {
        // What has been posted stays posted: the connection is worth keeping, and so is the order.
        queue.drop(id)
        for post in posts.values { post.forget(id) }
    }

    package func handshakeCompleted(_ version: ProtocolVersion) {}

    package var hasFields: Bool { true }

    /// The transport is older than the stateless revisions.
    package var mayBeStateless: Bool { false }

    package func close() {
        switch state {
        case .new, .closed: return
        case .opening, .open:
            let receiver = self.receiver
            release()
            eventLoop.assumeIsolated().execute {
                receiver?.linkClosed(UpstreamFailure(.closed, "the connection was closed"))
            }
        }
    }

    // MARK: What the stream reports

    /// - Parameter target: Where the stream was found, after redirects.
    func streamNamed(endpoint reference: String, at target: String) {
        guard case .opening = state else { return }
        // The error says only that it is no address.
        guard let endpoint = try? HTTPURL(origin: url.origin, target: target).resolving(reference)
        else {
            return end(
                UpstreamFailure(
                    .unexpectedHTTPAnswer, "the endpoint that its event stream names is not a URL"))
        }
        guard endpoint.origin == url.origin else {
            // Messages and credentials are for the server that was configured only.
            let detail = "its event stream names an endpoint at \(endpoint.origin), which is not the server configured"
            return end(UpstreamFailure(.unexpectedHTTPAnswer, detail))
        }
        openTimer?.cancel()
        self.endpoint = endpoint
        state = .open
        receiver?.linkOpened()
    }

    func streamReceived(_ message: ByteBuffer) {
        guard case .open = state else { return }
        received += 1
        receiver?.linkReceived(message, relatedTo: nil)
    }

    func streamEnded(_ failure: UpstreamFailure) {
        let failure = brought?.judged(failure) ?? failure
        if case .opening = state, failure.code == .unexpectedHTTPAnswer,
            failure.status.map({ $0 < 300 || $0 >= 400 && $0 < 500 }) == true
        {
            return end(advised(failure))
        }
        end(failure)
    }

    /// Returns the failure as a server of the newer transport would have caused it.
    private func advised(_ failure: UpstreamFailure) -> UpstreamFailure {
        guard isDeclared else { return failure }
        return failure.advising(
            #"a server of streamable HTTP answers so: if it is one, write "type": "http", or leave the type out to have it found out"#
        )
    }

    // MARK: Messages

    /// Posts the next message once the one before it has been accepted: that keeps them in order.
    private func postNext() {
        guard case .open = state, let endpoint, let next = queue.next() else { return }
        let post = SSEPost(next.kind, bringing: next.brought, on: self)
        posts[ObjectIdentifier(post)] = post
        var fields = postFields.bringing(next.brought)
        if let trace = next.trace { fields.set(trace) }
        post.start(
            HTTPUpstreamRequest(
                method: .POST, target: endpoint.target, fields: fields, body: next.message,
                followsRedirects: true),
            way)
    }

    /// The message has been accepted or refused, or has had its time: the next may go.
    func postPassed(_ post: SSEPost) {
        if queue.passed() { postNext() }
    }

    func postFinished(_ post: SSEPost) {
        posts[ObjectIdentifier(post)] = nil
    }

    /// Tells whether the server's words about the session are reason enough to open another one: for a request they
    /// are, which is repeated once. What is told of anything else could come back for ever, so the session must have
    /// been good for more than its handshake.
    func mayReopen(for kind: OutgoingKind) -> Bool {
        switch kind {
        case .request(let id): receiver?.mayBeRepeated(id) == true
        case .notification, .response: received > 1
        }
    }

    func postLostSession(_ id: Int64?, _ words: String) {
        guard case .open = state else { return }
        LostSessionWords.note(words, logger)
        receiver?.linkLostSession(id)
    }

    func report(_ failure: UpstreamFailure, of kind: OutgoingKind) {
        guard case .open = state else { return }
        if case .request(let id) = kind {
            receiver?.linkFailed(id, failure)
        } else {
            logger.debug("server refused a message", metadata: ["failure": "\(failure.logDetail)"])
        }
    }

    // MARK: Ends

    private func end(_ failure: UpstreamFailure) {
        guard state != .closed else { return }
        let receiver = self.receiver
        release()
        receiver?.linkClosed(failure)
    }

    private func release() {
        state = .closed
        openTimer?.cancel()
        stream?.cancel()
        stream = nil
        receiver = nil
        queue = SSEPostQueue()
        for post in Array(posts.values) { post.cancel() }
        posts.removeAll()
    }
}
