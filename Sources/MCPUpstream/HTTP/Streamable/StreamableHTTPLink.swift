package import Addresses
package import Logging
package import MCPCore
package import NIOCore
import NIOHTTP1

/// The client's side of Streamable HTTP, of the revisions with a handshake (2025-03-26 to 2025-11-25) and of those
/// without.
///
/// Every message is a POST of its own. Its answer is JSON or an event stream; a stream that breaks is taken up
/// again where the server gave its events identifiers
/// ([transports, 2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http)).
/// A stateless request carries a head, belongs to no session, and its stream cannot be taken up again
/// ([2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http)).
package final class StreamableHTTPLink: ListeningLink {
    private enum State {
        /// Followed by `open` or `closing`.
        case new
        /// Followed by `closing`.
        case open
        /// The end of the session is being told. Followed by `closed`.
        case closing
        case closed
    }

    package let eventLoop: any EventLoop
    package let transport = "streamable-http"
    let url: HTTPURL
    let settings: HTTPLinkSettings
    let logger: Logger
    /// Hears refusals before they are reported, while it is not known which transport the server speaks.
    weak var refusals: (any StreamableRefusals)?

    /// Whether the operator has said which transport it is, rather than that it was found out.
    package var isDeclared = false
    private var hasDelivered = false

    private var way: RequestWay
    private var state = State.new
    private(set) var receiver: (any UpstreamLinkReceiver)?
    private var postFields: RequestFields
    private var streamFields: RequestFields
    /// What its client sends in header fields with what has none of its own.
    package private(set) var brought: BroughtFields?
    /// What of that, or of a request's own, was taken last.
    var accepted: BroughtFields?
    private(set) var sessionID: String?
    /// Whether it is known what the server is.
    private var isIntroduced = false
    var isSessionLost = false
    /// Whether a request of the session has been answered.
    var hasServed = false
    var gate = RequestGate()
    var gateTimer: Scheduled<Void>?
    private(set) var requests: [Int64: StreamablePost] = [:]
    private var others: [ObjectIdentifier: StreamablePost] = [:]
    var listening: ListeningStream?
    var isListeningWanted = false
    var hasListening = true
    private var sessionEnd: SessionEnd?

    /// - Parameters:
    ///   - url: The server's MCP endpoint.
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
        self.postFields = .forPost(to: url, accept: "application/json, text/event-stream", configured: headers)
        self.streamFields = .forStream(at: url, configured: headers)
    }

    var pool: HTTPConnectionPool { way.pool }
    var isOpen: Bool { if case .open = state { true } else { false } }
    package var secrets: [String] { way.secrets(postFields, brought) }
    package var processID: Int32? { nil }
    package var recentErrorOutput: [String] { [] }

    // MARK: UpstreamLink

    package func pass(_ brought: BroughtFields) {
        guard brought != self.brought else { return }
        self.brought = brought
        startListening()
    }

    package func isOnBehalf(of caller: String) {
        way.isOnBehalf(of: caller)
    }

    package func open(_ receiver: any UpstreamLinkReceiver) {
        guard case .new = state else { return }
        self.receiver = receiver
        state = .open
        eventLoop.assumeIsolated().execute {
            if case .open = self.state { self.receiver?.linkOpened() }
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
        let brought = own ?? brought
        switch kind {
        case .request(let id) where mirrored != nil:
            post(message, as: .request(id), brought, within: trace, mirrored: mirrored)
        case .request(let id):
            guard gate.isInitializing || gate.awaitsStream else {
                return post(message, as: .request(id), brought, within: trace)
            }
            let held = RequestGate.Held(id: id, message: message, brought: brought, trace: trace)
            if !gate.keep(held, limit: settings.maximumHeldMessages) { refuseHeld(id) }
        case .notification:
            if gate.isBefore, isInitialized(message) {
                postInitialized(message, brought)
            } else {
                post(message, as: .other, brought)
            }
        case .response: post(message, as: .other, brought)
        }
    }

    package func abandon(_ id: Int64) {
        gate.drop(id)
        requests.removeValue(forKey: id)?.cancel()
    }

    package var mirrorsFields: Bool { true }

    package func statelessServerFound() { isIntroduced = true }

    package func handshakeCompleted(_ version: ProtocolVersion) {
        isIntroduced = true
        postFields.set("MCP-Protocol-Version", FieldValue(version))
        streamFields.set("MCP-Protocol-Version", FieldValue(version))
    }

    package func close() {
        guard receiver != nil || sessionID != nil, state != .closing, state != .closed else { return }
        state = .closing
        gateTimer?.cancel()
        listening?.cancel()
        listening = nil
        let posts = Array(requests.values) + Array(others.values)
        requests.removeAll()
        others.removeAll()
        for post in posts { post.cancel() }
        guard sessionID != nil, !isSessionLost else {
            return eventLoop.assumeIsolated().execute { self.finishClosing() }
        }
        let fields = streamFields.bringing(accepted ?? brought)
        let request = HTTPUpstreamRequest(method: .DELETE, target: url.target, fields: fields, followsRedirects: true)
        sessionEnd = SessionEnd(request, way) { self.finishClosing() }
    }

    private func finishClosing() {
        state = .closed
        sessionEnd = nil
        let receiver = self.receiver
        self.receiver = nil
        receiver?.linkClosed(UpstreamFailure(.closed, "the connection was closed"))
    }

    // MARK: Messages

    private func post(
        _ message: ByteBuffer, as purpose: StreamablePost.Purpose, _ brought: BroughtFields?,
        within trace: TraceContext? = nil, mirrored: MirroredFields? = nil
    ) {
        let post = StreamablePost(purpose, isStateless: mirrored != nil, bringing: brought, on: self)
        if case .request(let id) = purpose {
            requests[id] = post
        } else {
            others[ObjectIdentifier(post)] = post
        }
        var fields = postFields.bringing(brought)
        if let mirrored { fields.set(mirrored) }
        if let trace { fields.set(trace) }
        post.start(
            HTTPUpstreamRequest(
                method: .POST, target: url.target, fields: fields, body: message, followsRedirects: true))
    }

    private func isInitialized(_ message: ByteBuffer) -> Bool {
        // What cannot be read is no `initialized`.
        (try? Message(message, duplicateKeys: .accepted))?.method == .initialized
    }

    /// Sends the notification at the end of this turn, so that it states the revision even when that is told to
    /// the link after the notification.
    private func postInitialized(_ message: ByteBuffer, _ brought: BroughtFields?) {
        gate.awaitInitialized()
        let loop = eventLoop.assumeIsolated()
        loop.execute {
            if case .open = self.state { self.post(message, as: .initialized, brought) }
        }
        gateTimer = loop.scheduleTask(in: settings.initializedTimeout) {
            self.logger.warning(
                "server has not answered notifications/initialized in time; going on without")
            self.initializedSettled()
        }
    }

    /// The notification has been answered, or will not be. The stream comes before the requests, as far as it is wanted.
    private func initializedSettled() {
        guard gate.isInitializing else { return }
        gateTimer?.cancel()
        gateTimer = nil
        gate.awaitStream()
        startListening()
        if gateTimer == nil { passHeld() }
    }

    /// Sends what was held back.
    func passHeld() {
        gateTimer?.cancel()
        gateTimer = nil
        for held in gate.open() {
            guard isOpen else { return }
            post(held.message, as: .request(held.id), held.brought, within: held.trace)
        }
    }

    private func refuseHeld(_ id: Int64) {
        let failure = UpstreamFailure(
            .overloaded, "too many calls wait for the end of the handshake", nothingSent: true)
        eventLoop.assumeIsolated().execute { self.receiver?.linkFailed(id, failure) }
    }

    // MARK: What exchanges ask and report

    /// Asks for an event stream, a new one or one that broke.
    func openStream(
        after lastEventID: FieldValue?, bringing brought: BroughtFields?, _ receiver: any HTTPResponseReceiver
    ) -> HTTPExchange {
        var fields = streamFields.bringing(brought)
        if let lastEventID { fields.set("Last-Event-ID", lastEventID) }
        return send(
            HTTPUpstreamRequest(method: .GET, target: url.target, fields: fields, followsRedirects: true),
            receiver)
    }

    func send(_ request: HTTPUpstreamRequest, _ receiver: any HTTPResponseReceiver) -> HTTPExchange {
        way.send(request, receiver)
    }

    /// Takes over the session's identifier that came with an answer.
    ///
    /// - Returns: whether it is one that may be sent back.
    func noteSession(_ id: String) -> Bool {
        guard sessionID == nil else { return true }
        guard !id.isEmpty, id.utf8.allSatisfy(ASCII.isVisible), let value = FieldValue(id) else { return false }
        sessionID = id
        postFields.set("Mcp-Session-Id", value)
        streamFields.set("Mcp-Session-Id", value)
        return true
    }

    func deliver(_ message: ByteBuffer, relatedTo id: Int64?) {
        guard case .open = state else { return }
        hasDelivered = true
        receiver?.linkReceived(message, relatedTo: id)
    }

    /// Nothing more comes in answer to a request.
    func answerEnded(_ id: Int64) {
        if case .open = state { receiver?.linkAnswerEnded(id) }
    }

    /// Tells whether a refusal tells only that the server speaks another transport.
    func isAboutTransport(_ id: Int64, _ failure: UpstreamFailure, status: Int) -> Bool {
        guard case .open = state else { return false }
        return refusals?.streamableLink(self, refused: id, status: status, failure) == true
    }

    /// A POST has come to its end and is forgotten.
    func finished(_ post: StreamablePost) {
        switch post.purpose {
        case .request(let id): if requests[id] === post { requests[id] = nil }
        case .other: others[ObjectIdentifier(post)] = nil
        case .initialized:
            others[ObjectIdentifier(post)] = nil
            initializedSettled()
        }
    }

    /// Tells whether an answer refuses whoever calls, before it is known what the server is: then nothing else that it
    /// says counts.
    func refusesCaller(_ post: StreamablePost, status: Int) -> Bool {
        !isIntroduced && post.brought != nil && (status == 401 || status == 403)
    }

    func failed(_ post: StreamablePost, _ failure: UpstreamFailure, status: Int? = nil) {
        finished(post)
        let failure = post.brought?.judged(failure) ?? failure
        guard case .open = state else { return }
        switch post.purpose {
        case .request(let id):
            if let status, refusals?.streamableLink(self, refused: id, status: status, failure) == true { return }
            receiver?.linkFailed(id, isOfAnotherTransport(status) ? failure.advising(Self.advice) : failure)
        case .other: logger.debug("server refused a message", metadata: ["failure": "\(failure.logDetail)"])
        case .initialized:
            logger.warning("server refused notifications/initialized", metadata: ["failure": "\(failure.logDetail)"])
        }
    }

    private static let advice =
        #"a server of HTTP+SSE answers so: if it is one, write "type": "sse", or leave the type out to have it found out"#

    /// Tells whether this is how a server answers a POST where it has an event stream of HTTP+SSE.
    private func isOfAnotherTransport(_ status: Int?) -> Bool {
        isDeclared && !hasDelivered && status.map([400, 404, 405].contains) == true
    }

    /// Tells whether anything but an answer shows that a request was read.
    func wasRead(_ id: Int64) -> Bool {
        requests[id]?.wasRead == true
    }
}

/// Hears of refused requests before they are reported.
protocol StreamableRefusals: AnyObject {
    /// - Returns: whether the refusal has been dealt with and is not to be reported.
    func streamableLink(
        _ link: StreamableHTTPLink,
        refused id: Int64,
        status: Int,
        _ failure: UpstreamFailure
    ) -> Bool
}
