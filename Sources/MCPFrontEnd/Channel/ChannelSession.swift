import MCPCore
import MCPGateway
import MCPUpstream
import NIOCore

/// A client with a session to which everything goes on one channel: a stream of the HTTP+SSE transport, or standard
/// output. The session lives as long as the channel at most.
///
/// Confined to its event loop.
final class ChannelSession: SessionOutlet, LoopConfined, @unchecked Sendable {
    private var passed = PassedFields.none
    let principal: Principal
    let offer: Offer
    private let narrowing: Narrowing
    let eventLoop: any EventLoop
    private let gateway: Gateway
    private let write: @Sendable (ByteBuffer) -> Void
    /// Called once at the end.
    private let onEnd: @Sendable () -> Void
    private var session: ClientSession?
    private var isOpening = false
    private var isClosed = false
    /// What the client said before it had the answer to its handshake.
    private var early: [(message: Message, origin: RequestOrigin, passed: PassedFields)] = []
    private var earlyBytes = 0
    private var whenOpen: (@Sendable () -> Void)?

    init(
        offer: Offer,
        narrowing: Narrowing = .none,
        principal: Principal,
        on eventLoop: any EventLoop,
        gateway: Gateway,
        write: @escaping @Sendable (ByteBuffer) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) {
        self.offer = offer
        self.narrowing = narrowing
        self.principal = principal
        self.eventLoop = eventLoop
        self.gateway = gateway
        self.write = write
        self.onEnd = onEnd
    }

    /// How much a client may say before it has the answer to its handshake.
    private static let maximumEarly = 256
    private static let maximumEarlyBytes = 1 << 20

    // MARK: From the client

    /// Calls back when no handshake is under way: at once, or when it is over.
    func whenNotOpening(_ body: @escaping @Sendable () -> Void) {
        checkConfinement()
        if isOpening { whenOpen = body } else { body() }
    }

    /// Whether the client may send batches.
    var hasBatches: Bool { session?.version.hasBatches ?? false }

    /// Takes one message; answers come on the channel.
    func receive(_ message: Message, from origin: RequestOrigin) throws(Refusal) {
        checkConfinement()
        guard !isClosed else { throw Refusal(.unknownSession, "the session has ended") }
        switch message.kind {
        case _ where isOpening && keepEarly(message, origin): break
        case .request where message.method == .initialize && session == nil && !isOpening:
            open(message, origin)
        case .request:
            guard let session else {
                refuse(message, Refusal(.invalidRequest, "send \"initialize\" first, and wait for its answer"))
                return
            }
            // Two answers under one identifier could not be told apart on one channel.
            if let id = message.id, session.isInFlight(id) { throw .identifierInUse }
            session.receive(request: message, SessionReply(self, to: origin))
        case .notification: session?.receive(notification: message)
        case .result, .error: session?.receive(response: message)
        }
    }

    /// Keeps a message until the handshake is over, unless it is too much. One message is never too much.
    private func keepEarly(_ message: Message, _ origin: RequestOrigin) -> Bool {
        let bytes = earlyBytes + message.bytes.readableBytes
        guard early.isEmpty || early.count < Self.maximumEarly && bytes <= Self.maximumEarlyBytes else { return false }
        early.append((message, origin, passed))
        earlyBytes = bytes
        return true
    }

    private func refuse(_ message: Message, _ refusal: Refusal) {
        guard let id = message.id else { return }
        send(refusal.answer(to: id))
    }

    /// Takes what a request says in header fields that are for servers.
    func take(_ passed: PassedFields) {
        checkConfinement()
        self.passed = passed
        session?.take(passed)
    }

    private func open(_ initialize: Message, _ origin: RequestOrigin) {
        isOpening = true
        gateway.open(
            initialize, from: origin, offer: offer, narrowing: narrowing, principal: principal, passed: passed,
            on: eventLoop
        ) { [self] opening in
            isOpening = false
            defer { opened() }
            switch opening {
            case .opened(let session, let answer):
                guard !isClosed else {
                    session.close(reason: "the client has gone")
                    return
                }
                self.session = session
                session.outlet = self
                session.outletOpened()
                send(answer)
            case .failed(let answer): send(answer)
            case .refused(let refusal): refuse(initialize, refusal)
            }
        }
    }

    private func opened() {
        let messages = early
        early = []
        earlyBytes = 0
        for (message, origin, passed) in messages {
            do throws(Refusal) {
                take(passed)
                try receive(message, from: origin)
            } catch {
                refuse(message, error)
            }
        }
        let whenOpen = self.whenOpen
        self.whenOpen = nil
        whenOpen?()
    }

    /// The client has gone, or the proxy ends: so does the session, and its calls are cancelled.
    func end(reason: String) {
        checkConfinement()
        guard !isClosed else { return }
        isClosed = true
        session?.close(reason: reason)
        session = nil
        onEnd()
    }

    // MARK: To the client

    var isOpen: Bool { !isClosed }

    func send(_ message: ByteBuffer) {
        checkConfinement()
        guard !isClosed else { return }
        write(message)
    }

    func close() {
        end(reason: "the session has ended")
    }
}
