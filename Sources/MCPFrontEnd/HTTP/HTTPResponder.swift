import MCPCore
import MCPGateway
import Metrics
import NIOCore
import NIOHTTP1

/// Step 16 of 17 of a call: after ``StreamableReply``, before ``ClientSocket``.
///
/// Answers one HTTP request, at once or as a stream.
///
/// Confined to the connection's event loop. After the end, or after the client has gone, nothing that is done here has an
/// effect.
final class HTTPResponder: LoopConfined, @unchecked Sendable {
    private enum State {
        case waiting
        case streaming
        case ended
    }

    /// How soon after its last word something is written to a client: an early stream, where that is possible, or else
    /// an interim answer.
    private static let earlyStream = Duration.milliseconds(20)
    private static let firstProbe = Duration.seconds(1)

    let eventLoop: any EventLoop
    /// Which request is answered.
    let origin: RequestOrigin
    /// Called once when the client goes away before the answer is complete.
    var clientLeft: (() -> Void)?

    /// Called once when nothing has been answered for as long as was asked for.
    private var hasWaited: (() -> Void)?
    private weak var connection: ClientSocket?
    /// While it is an open event stream.
    private var stream: Gauge.Share?
    private var state = State.waiting
    private let extraHeaders: [(String, String)]

    init(
        connection: ClientSocket, to origin: RequestOrigin, eventLoop: any EventLoop, extraHeaders: [(String, String)]
    ) {
        self.origin = origin
        self.connection = connection
        self.eventLoop = eventLoop
        self.extraHeaders = extraHeaders
    }

    /// Notes that the request is refused, and why, for the log of the server that it was for.
    func note(
        refusal status: HTTPResponseStatus, _ kind: RefusalReason, _ reason: String, server: String? = nil,
        by principal: Principal? = nil
    ) {
        checkConfinement()
        guard state == .waiting else { return }
        connection?.note(refusal: status, kind, reason, server: server, by: principal)
    }

    var isEnded: Bool { state == .ended }

    /// Whether the client has read nearly all that was written to it.
    var hasRoom: Bool { connection?.hasRoom ?? true }

    /// Calls back if nothing has been answered after a while.
    func whenWaiting(for duration: Duration, _ body: @escaping () -> Void) {
        checkConfinement()
        guard state == .waiting else { return }
        hasWaited = body
        connection?.startPatience(duration)
    }

    func waitedLong() {
        checkConfinement()
        guard state == .waiting else { return }
        let hasWaited = self.hasWaited
        self.hasWaited = nil
        hasWaited?()
    }

    /// The client sends nothing more, and may have gone: what is written to it soon tells.
    func inputClosed() {
        checkConfinement()
        switch state {
        case .waiting:
            // An answer that comes at once tells as well.
            if hasWaited == nil { probe(after: Self.firstProbe) } else { connection?.startPatience(Self.earlyStream) }
        case .streaming: connection?.showLife()
        case .ended: break
        }
    }

    private func probe(after duration: Duration) {
        whenWaiting(for: duration) { [weak self] in
            guard let self, let connection else { return }
            connection.probeClient()
            probe(after: connection.limits.keepAliveInterval)
        }
    }

    private func stopWaiting() {
        guard hasWaited != nil else { return }
        hasWaited = nil
        connection?.stopPatience()
    }

    /// Sends the whole response.
    ///
    /// - Parameters:
    ///   - json: The body, where there is one.
    ///   - closing: Whether the connection is closed after it.
    func respond(
        _ status: HTTPResponseStatus,
        json: ByteBuffer? = nil,
        _ headers: [(String, String)] = [],
        closing: Bool = false
    ) {
        checkConfinement()
        guard state == .waiting else { return }
        state = .ended
        clientLeft = nil
        stopWaiting()
        connection?.respond(status, isJSON: json != nil, extraHeaders, headers, body: json, closing: closing)
    }

    /// Sends the whole response, with a body of another kind than plain JSON.
    func respond(
        _ status: HTTPResponseStatus,
        body: ByteBuffer,
        mediaType: String,
        _ headers: [(String, String)] = []
    ) {
        checkConfinement()
        guard state == .waiting else { return }
        state = .ended
        clientLeft = nil
        stopWaiting()
        let fields = [("Content-Type", mediaType)] + headers
        connection?.respond(status, isJSON: false, extraHeaders, fields, body: body)
    }

    /// Starts a `text/event-stream` response.
    func beginEventStream(_ headers: [(String, String)] = []) {
        checkConfinement()
        guard state == .waiting else { return }
        state = .streaming
        stream = connection?.listener.meters.streams.share()
        stopWaiting()
        let streamHeaders = [
            ("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache, no-transform"),
            ("X-Accel-Buffering", "no"),
        ]
        connection?.beginStream(.ok, extraHeaders + streamHeaders + headers)
    }

    func write(_ event: ServerSentEvent) {
        checkConfinement()
        guard state == .streaming else { return }
        connection?.write(event)
    }

    /// Ends a stream properly.
    func end() {
        checkConfinement()
        guard state == .streaming else { return }
        state = .ended
        stream = nil
        clientLeft = nil
        connection?.endStream()
    }

    /// Refuses the request although its handling has begun, and gives that up.
    ///
    /// - Returns: Whether it could be refused: not once the answer has begun.
    func cutOff(_ refusal: Refusal) -> Bool {
        checkConfinement()
        guard state == .waiting else { return false }
        let clientLeft = self.clientLeft
        refuse(refusal, closing: true)
        clientLeft?()
        return true
    }

    func connectionClosed() {
        checkConfinement()
        guard state != .ended else { return }
        state = .ended
        stream = nil
        hasWaited = nil
        let clientLeft = self.clientLeft
        self.clientLeft = nil
        clientLeft?()
    }
}
