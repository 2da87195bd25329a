import MCPCore
import MCPGateway
import MCPUpstream
import NIOCore
import NIOHTTP1

/// Step 15 of 17 of a call: after ``ClientSession``, before ``HTTPResponder``.
///
/// Sends what one POST gets back: one JSON body when the answer is all there is, a stream as soon as there is more, or
/// when the answer takes its time.
///
/// Confined to the session's event loop.
final class StreamableReply: ReplySink, LoopConfined, @unchecked Sendable {
    private enum State {
        case waiting
        case streaming(Int)
        case ended
    }

    private let responder: HTTPResponder
    private let session: SessionStreams
    private let owner: ClientSession
    private let headers: [(String, String)]
    private let limits: HTTPLimits
    private let acceptsJSON: Bool
    private var state = State.waiting
    private var streamTimer: Scheduled<Void>?
    /// How many answers are still to come: more than one for a batch.
    private var openAnswers: Int
    private var batch: [ByteBuffer]?

    let carriesMessages: Bool
    var origin: RequestOrigin { responder.origin }
    var eventLoop: any EventLoop { owner.eventLoop }

    /// - Parameters:
    ///   - accepts: Which kinds of answers the client takes.
    ///   - batchOf: For a batch, how many requests it holds.
    init(
        _ responder: HTTPResponder,
        session: SessionStreams,
        of owner: ClientSession,
        accepts: AcceptedTypes,
        headers: [(String, String)] = [],
        limits: HTTPLimits,
        batchOf count: Int? = nil
    ) {
        self.responder = responder
        self.session = session
        self.owner = owner
        self.headers = headers
        self.limits = limits
        self.acceptsJSON = accepts.json
        self.carriesMessages = accepts.eventStream
        self.openAnswers = count ?? 1
        self.batch = count == nil ? nil : []
    }

    /// Begins to wait. Must be called on the session's event loop, before anything can be answered.
    func start() {
        checkConfinement()
        guard carriesMessages else { return }
        if !acceptsJSON {
            beginStream()
            return
        }
        if owner.eventLoop === responder.eventLoop {
            responder.whenWaiting(for: limits.streamAfter) { [weak self] in self?.waitedLong() }
        } else {
            streamTimer = owner.eventLoop.scheduleTask(in: .milliseconds(limits.streamAfter.milliseconds)) {
                [weak self] in
                guard let self else { return }
                waitedLong()
            }
        }
    }

    private func waitedLong() {
        if case .waiting = state { beginStream() }
    }

    /// Says 200: what belongs to a session is refused within an answer.
    func httpStatus(for refusal: Refusal.Reason?) -> Int? { 200 }

    func send(_ message: ByteBuffer) {
        checkConfinement()
        if case .waiting = state { beginStream() }
        guard case .streaming(let stream) = state else { return }
        session.send(message, on: stream)
    }

    func finish(_ answer: ByteBuffer) {
        checkConfinement()
        openAnswers -= 1
        switch state {
        case .waiting:
            if var collected = batch {
                batch = nil
                collected.append(answer)
                batch = collected
                if openAnswers == 0 { respond(Self.array(collected)) }
            } else {
                respond(answer)
            }
        case .streaming(let stream):
            if openAnswers == 0 {
                state = .ended
                session.finish(stream, answer)
            } else {
                session.send(answer, on: stream)
            }
        case .ended: break
        }
    }

    func abandon() {
        checkConfinement()
        openAnswers -= 1
        if openAnswers <= 0 { endWithoutAnswer() }
    }

    private func endWithoutAnswer() {
        switch state {
        case .waiting:
            if let collected = batch, !collected.isEmpty {
                respond(Self.array(collected))
            } else if carriesMessages {
                // A cancelled request gets no answer: a stream without one says so.
                beginStream()
                endWithoutAnswer()
            } else {
                end()
                responder.runNowOrLater { [headers] in $0.respond(.accepted, headers) }
            }
        case .streaming(let stream):
            end()
            session.finish(stream, nil)
        case .ended: break
        }
    }

    private func respond(_ body: ByteBuffer) {
        end()
        responder.runNowOrLater { [headers] in $0.respond(.ok, json: body, headers) }
    }

    private func end() {
        state = .ended
        streamTimer?.cancel()
    }

    private func beginStream() {
        streamTimer?.cancel()
        let writer = EventStreamWriter(responder)
        let stream = session.nextStream()
        writer.begin(headers: headers) { [owner, session] in
            owner.runNowOrLater { _ in session.detach(writer, from: stream) }
        }
        session.begin(stream, writer)
        state = .streaming(stream)
        for answer in batch ?? [] { session.send(answer, on: stream) }
        batch = nil
    }

    private static func array(_ elements: [ByteBuffer]) -> ByteBuffer {
        var array = ByteBuffer(string: "[")
        for (index, element) in elements.enumerated() {
            if index > 0 { array.writeString(",") }
            array.writeImmutableBuffer(element)
        }
        array.writeString("]")
        return array
    }
}
