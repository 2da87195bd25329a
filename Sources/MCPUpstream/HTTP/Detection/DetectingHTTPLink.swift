package import Addresses
package import Logging
package import MCPCore
package import NIOCore

/// A link to a server of which only the URL is known: Streamable HTTP first, else HTTP+SSE.
///
/// When the first POST is refused with 400, 404 or 405, the URL is asked for an event stream, and if that names an
/// endpoint the same message is sent there
/// ([backwards compatibility, 2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#backwards-compatibility)).
package final class DetectingHTTPLink: ListeningLink {
    private enum State {
        case new
        /// The first request is yet to be answered. Followed by `falling` or `decided`.
        case trying
        /// It was refused, and the event stream is being opened. Followed by `decided` or `trying`.
        case falling(SSELink, DetectionEar, Refusal)
        case decided
        case closed
    }

    private struct Refusal {
        let id: Int64
        let failure: UpstreamFailure
        var isWanted = true
        var waiting: [Held] = []
    }

    /// A message that waits until it is known where it has to go.
    private struct Held {
        let message: ByteBuffer
        let kind: OutgoingKind
        let mirrored: MirroredFields?
        let brought: BroughtFields?
        let trace: TraceContext?
    }

    package let eventLoop: any EventLoop
    package var transport: String { link?.transport ?? "http" }
    private let memory: TransportMemory
    private let makeStreamable: ((any RequestAuthority)?) -> StreamableHTTPLink
    private let makeSSE: ((any RequestAuthority)?) -> SSELink
    private var authority: (any RequestAuthority)?
    package private(set) var brought: BroughtFields?
    private var state = State.new
    private var link: (any UpstreamLink)?
    private var ear: DetectionEar?
    private var hasOpened = false
    private var first: (id: Int64, message: ByteBuffer, brought: BroughtFields?, trace: TraceContext?)?
    private var probes: Set<Int64> = []
    private var receiver: (any UpstreamLinkReceiver)?

    /// - Parameters:
    ///   - url: The server's address, whatever it speaks there.
    ///   - headers: The header fields that are configured for the server.
    ///   - reach: What may be connected to.
    ///   - authority: Says what requests show of who sends them; nil where that stands in the headers.
    ///   - memory: Shared by all links to this server.
    ///   - pools: The connections of the event loop that the link is to live on. Must be called on that loop.
    package init(
        url: HTTPURL,
        headers: [(name: String, value: String)],
        within reach: Reach,
        by authority: (any RequestAuthority)? = nil,
        memory: TransportMemory,
        pools: HTTPConnectionPools,
        logger: Logger
    ) {
        self.eventLoop = pools.eventLoop
        self.memory = memory
        self.authority = authority
        self.makeStreamable = { authority in
            StreamableHTTPLink(
                url: url, headers: headers, within: reach, by: authority, pools: pools, logger: logger)
        }
        self.makeSSE = { authority in
            SSELink(url: url, headers: headers, within: reach, by: authority, pools: pools, logger: logger)
        }
    }

    package var secrets: [String] { link?.secrets ?? [] }
    package var processID: Int32? { nil }
    package var recentErrorOutput: [String] { [] }

    // MARK: UpstreamLink

    package func pass(_ brought: BroughtFields) {
        self.brought = brought
        link?.pass(brought)
        if case .falling(let sse, _, _) = state { sse.pass(brought) }
    }

    package func isOnBehalf(of caller: String) {
        authority = authority?.onBehalf(of: caller)
    }

    package func open(_ receiver: any UpstreamLinkReceiver) {
        guard case .new = state else { return }
        self.receiver = receiver
        if memory.transport == .sse {
            state = .decided
            link = makeSSE(authority)
        } else {
            state = .trying
            let streamable = makeStreamable(authority)
            streamable.refusals = self
            link = streamable
        }
        if let brought { link?.pass(brought) }
        let ear = DetectionEar(self)
        self.ear = ear
        link?.open(ear)
    }

    package func send(_ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?) {
        send(message, as: kind, mirrored: mirrored, bringing: nil)
    }

    package func send(
        _ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?, bringing own: BroughtFields?,
        within trace: TraceContext?
    ) {
        let brought = own ?? brought
        switch state {
        case .falling(let sse, let ear, var refusal):
            refusal.waiting.append(
                Held(message: message, kind: kind, mirrored: mirrored, brought: brought, trace: trace))
            state = .falling(sse, ear, refusal)
        case .trying:
            // What a server says to a stateless request does not yet tell which transport it has.
            if case .request(let id) = kind {
                if mirrored != nil { probes.insert(id) } else if first == nil { first = (id, message, brought, trace) }
            }
            link?.send(message, as: kind, mirrored: mirrored, bringing: brought, within: trace)
        case .new, .decided, .closed:
            link?.send(message, as: kind, mirrored: mirrored, bringing: brought, within: trace)
        }
    }

    package var mirrorsFields: Bool { true }
    package var mayBeStateless: Bool { link?.mayBeStateless ?? true }

    package func statelessServerFound() {
        decide()
        link?.statelessServerFound()
    }

    package func abandon(_ id: Int64) {
        if case .falling(let sse, let ear, var refusal) = state {
            if refusal.id == id { refusal.isWanted = false }
            refusal.waiting.removeAll { $0.kind == .request(id: id) }
            state = .falling(sse, ear, refusal)
        } else {
            link?.abandon(id)
        }
    }

    package func handshakeCompleted(_ version: ProtocolVersion) {
        link?.handshakeCompleted(version)
    }

    package func sessionIsLost(accordingTo words: String, inAnswerTo id: Int64) -> Bool {
        link?.sessionIsLost(accordingTo: words, inAnswerTo: id) == true
    }

    package func close() {
        switch state {
        case .new, .closed: return
        case .falling(let sse, let ear, _):
            ear.link = nil
            sse.close()
        case .trying, .decided: break
        }
        state = .closed
        link?.close()
    }

    // MARK: ListeningLink

    package func openListeningStream() {
        (link as? any ListeningLink)?.openListeningStream()
    }

    package func closeListeningStream() {
        (link as? any ListeningLink)?.closeListeningStream()
    }

    // MARK: Falling back

    /// The event stream has named its endpoint: everything goes there from now on.
    private func settle(on sse: SSELink, _ ear: DetectionEar, _ refusal: Refusal) {
        let before = link
        link = sse
        self.ear?.link = nil
        self.ear = ear
        state = .decided
        memory.remember(.sse)
        before?.close()
        if refusal.isWanted, let first {
            sse.send(
                first.message, as: .request(id: first.id), mirrored: nil, bringing: first.brought, within: first.trace)
        }
        first = nil
        for held in refusal.waiting {
            sse.send(held.message, as: held.kind, mirrored: nil, bringing: held.brought, within: held.trace)
        }
    }

    /// There is no event stream either.
    private func giveUp(_ refusal: Refusal, _ second: UpstreamFailure) {
        state = .trying
        first = nil
        memory.forget()
        func words(_ first: String, _ second: String) -> String {
            "no MCP server was found at the URL: for a POST (streamable HTTP), \(first); "
                + "for a GET (HTTP+SSE), \(second)"
        }
        let failure =
            second.code == .callerRefused
            ? second
            : UpstreamFailure(
                second.code == .unauthorized ? .unauthorized : refusal.failure.code,
                words(refusal.failure.detail, second.detail),
                forTheLog: words(refusal.failure.logDetail, second.logDetail),
                status: refusal.failure.status)
        if refusal.isWanted { receiver?.linkFailed(refusal.id, failure) }
        for held in refusal.waiting {
            send(held.message, as: held.kind, mirrored: held.mirrored, bringing: held.brought, within: held.trace)
        }
    }

    private func decide() {
        guard case .trying = state else { return }
        state = .decided
        first = nil
        probes = []
        memory.remember(.streamableHTTP)
    }
}

// MARK: - What the links report

extension DetectingHTTPLink: StreamableRefusals {
    func streamableLink(
        _ link: StreamableHTTPLink,
        refused id: Int64,
        status: Int,
        _ failure: UpstreamFailure
    ) -> Bool {
        guard case .trying = state, first?.id == id, [400, 404, 405].contains(status) else { return false }
        let sse = makeSSE(authority)
        if let brought { sse.pass(brought) }
        let ear = DetectionEar(self)
        state = .falling(sse, ear, Refusal(id: id, failure: failure))
        sse.open(ear)
        return true
    }
}

extension DetectingHTTPLink {
    func opened(_ ear: DetectionEar) {
        if case .falling(let sse, let candidate, let refusal) = state, candidate === ear {
            settle(on: sse, ear, refusal)
        } else {
            hasOpened = true
            receiver?.linkOpened()
        }
    }

    func received(_ message: ByteBuffer, relatedTo id: Int64?) {
        if id.map(probes.contains) != true { decide() }
        receiver?.linkReceived(message, relatedTo: id)
    }

    func failed(_ id: Int64, _ failure: UpstreamFailure) {
        if case .trying = state, first?.id == id { first = nil }
        receiver?.linkFailed(id, failure)
    }

    func answerEnded(_ id: Int64) {
        receiver?.linkAnswerEnded(id)
    }

    func lostSession(_ id: Int64?) {
        receiver?.linkLostSession(id)
    }

    func mayBeRepeated(_ id: Int64) -> Bool {
        receiver?.mayBeRepeated(id) == true
    }

    func closed(_ ear: DetectionEar, _ failure: UpstreamFailure) {
        if case .falling(_, let candidate, let refusal) = state, candidate === ear { return giveUp(refusal, failure) }
        // A server that cannot be reached may still be what it was.
        if !hasOpened, failure.code != .notReachable, failure.code != .closed { memory.forget() }
        let receiver = self.receiver
        state = .closed
        self.receiver = nil
        link = nil
        receiver?.linkClosed(failure)
    }
}
