import MCPCore
import MCPGateway
import MCPUpstream
import NIOCore
import NIOHTTP1

/// Step 17 of 19 of a modern call: after ``ModernCall``, before ``HTTPResponder``.
///
/// Sends what one stateless POST gets back: one JSON body when the answer is all there is, a stream as soon as there is
/// more, or when the answer takes its time. A stream that breaks is over.
///
/// Confined to the event loop of the client's connection.
final class ModernReply: ModernReplySink, LoopConfined, @unchecked Sendable {
    private enum State {
        case waiting
        case streaming
        case ended
    }

    let carriesMessages: Bool
    var origin: RequestOrigin { responder.origin }
    var eventLoop: any EventLoop { responder.eventLoop }
    private let responder: HTTPResponder
    private let limits: HTTPLimits
    private let acceptsJSON: Bool
    private var state = State.waiting
    private var clientHasLeft = false
    private var onLeave: (@Sendable () -> Void)?

    init(_ responder: HTTPResponder, accepts: AcceptedTypes, limits: HTTPLimits) {
        self.responder = responder
        self.limits = limits
        self.acceptsJSON = accepts.json
        self.carriesMessages = accepts.eventStream
    }

    /// Begins to wait. Must be called on the connection's event loop, before anything can be answered.
    func start() {
        checkConfinement()
        responder.clientLeft = { [self] in
            guard state != .ended else { return }
            state = .ended
            clientHasLeft = true
            let onLeave = self.onLeave
            self.onLeave = nil
            onLeave?()
        }
        guard carriesMessages else { return }
        if !acceptsJSON {
            beginStream()
            return
        }
        responder.whenWaiting(for: limits.streamAfter) { [weak self] in
            guard let self, case .waiting = state else { return }
            beginStream()
        }
    }

    func whenClientLeaves(_ body: @escaping @Sendable () -> Void) {
        responder.runNowOrLater { [self] _ in
            if clientHasLeft { body() } else { onLeave = body }
        }
    }

    func httpStatus(for refusal: Refusal.Reason?) -> Int? {
        refusal.map { Int(WireErrors.status(of: $0).code) } ?? 200
    }

    func send(_ message: ByteBuffer) {
        guard carriesMessages else { return }
        responder.runNowOrLater { [self] _ in
            if case .waiting = state { beginStream() }
            if case .streaming = state { write(message) }
        }
    }

    func finish(_ answer: ByteBuffer) {
        finish(answer, refusal: nil)
    }

    func finish(_ answer: ByteBuffer, refusal: Refusal.Reason?) {
        responder.runNowOrLater { [self] responder in
            switch state {
            case .waiting:
                let status = refusal.map { WireErrors.status(of: $0) } ?? .ok
                responder.respond(status, json: answer, refusal.map { WireErrors.headers(of: $0) } ?? [])
            case .streaming:
                write(answer)
                responder.end()
            case .ended: return
            }
            state = .ended
            onLeave = nil
        }
    }

    func abandon() {
        responder.runNowOrLater { [self] responder in
            switch state {
            case .waiting: responder.respond(.accepted)
            case .streaming: responder.end()
            case .ended: return
            }
            state = .ended
            onLeave = nil
        }
    }

    private func beginStream() {
        state = .streaming
        responder.beginEventStream()
    }

    private func write(_ message: ByteBuffer) {
        responder.write(ServerSentEvent(data: message))
    }
}
