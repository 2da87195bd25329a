import MCPCore
import MCPGateway
import NIOCore

/// One client of the deprecated HTTP+SSE transport: everything goes to it on one stream, and its session lives
/// exactly as long as that stream.
///
/// Confined to the event loop of the stream's connection; that is what makes `@unchecked Sendable` true.
final class EventStreamSession: SessionOutlet, ReplySink, @unchecked Sendable {
    let id = EventStreamSession.makeID()
    let principal: Principal
    let route: Route
    let eventLoop: any EventLoop
    private let writer: EventStreamWriter
    private let gateway: Gateway
    private var session: ClientSession?
    private var isOpening = false
    private var isClosed = false
    /// Called once at the end.
    private let onEnd: @Sendable (EventStreamSession) -> Void

    init(
        _ request: AuthenticatedRequest,
        writer: EventStreamWriter,
        on eventLoop: any EventLoop,
        gateway: Gateway,
        onEnd: @escaping @Sendable (EventStreamSession) -> Void
    ) {
        self.onEnd = onEnd
        self.principal = request.principal
        self.route = request.route
        self.eventLoop = eventLoop
        self.writer = writer
        self.gateway = gateway
    }

    private static func makeID() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    func run(_ body: @escaping @Sendable (EventStreamSession) -> Void) {
        if eventLoop.inEventLoop { body(self) } else { eventLoop.execute { body(self) } }
    }

    // MARK: From the client

    /// Tells the client where to send its messages. Nothing may come before.
    func announce(endpoint: String) {
        writer.write(ServerSentEvent(name: "endpoint", data: ByteBuffer(string: "\(endpoint)?sessionId=\(id)")))
    }

    /// Why a message is not taken.
    enum MessageRefusal: Error {
        case identifierInUse
        case sessionEnded
    }

    /// Takes one message; answers come on the stream.
    func receive(_ message: Message) throws(MessageRefusal) {
        guard !isClosed else { throw .sessionEnded }
        switch message.kind {
        case .request where message.method == .initialize && session == nil && !isOpening: open(message)
        case .request:
            guard let session else {
                refuse(message, "send \"initialize\" first, and wait for its answer")
                return
            }
            // Two answers under one identifier could not be told apart on one stream.
            if let id = message.id, session.isInFlight(id) { throw .identifierInUse }
            session.receive(request: message, self)
        case .notification: session?.receive(notification: message)
        case .result, .error: session?.receive(response: message)
        }
    }

    private func refuse(_ message: Message, _ reason: String) {
        guard let id = message.id else { return }
        send(OwnMessages.error(id: id, code: .invalidRequest, message: reason))
    }

    private func open(_ initialize: Message) {
        isOpening = true
        gateway.open(initialize, route: route, principal: principal, on: eventLoop) { [self] opening in
            isOpening = false
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
            case .refused(let answer), .unavailable(let answer): send(answer)
            }
        }
    }

    /// The client has gone, or the proxy ends: so does the session, and its calls are cancelled.
    func end(reason: String) {
        guard !isClosed else { return }
        isClosed = true
        onEnd(self)
        writer.end()
        session?.close(reason: reason)
        session = nil
    }

    // MARK: To the client

    var isOpen: Bool { !isClosed }

    let carriesMessages = true

    func send(_ message: ByteBuffer) {
        guard !isClosed else { return }
        writer.write(ServerSentEvent(name: "message", data: message))
    }

    func finish(_ answer: ByteBuffer) {
        send(answer)
    }

    func abandon() {}

    func close() {
        end(reason: "the session has ended")
    }
}
