import MCPCore
import NIOCore
import Recordings
import Synchronization

/// One request of a client as a recording has it: the request, and what goes back for it.
///
/// It is told to the recorder once it is known for which server it is, with the time at which it came; when nobody is asked,
/// with its answer.
final class RecordedRequest: Sendable {
    /// Says who asks, and where.
    struct Client: Sendable {
        let principal: Principal
        let offer: Offer
        let era: Era
        var session: String?

        /// Returns the beginning of a line about the client.
        func message(_ direction: RecordedDirection, _ content: RecordedMessage.Content) -> RecordedMessage {
            var message = RecordedMessage(.client, direction, content)
            message.principal = principal.name
            message.route = offer.member?.server.displayName ?? offer.label
            message.era = era.rawValue
            message.session = session
            return message
        }
    }

    private struct State {
        var server: String?
        var isTold = false
        /// Whether it is for a server that is never recorded.
        var isLeftOut = false
    }

    private let recorder: Recorder
    private let request: Message
    private let origin: RequestOrigin
    private let client: Client
    private let time: Double
    private let state = Mutex(State())

    init(_ request: Message, _ origin: RequestOrigin, of client: Client, _ recorder: Recorder) {
        self.recorder = recorder
        self.request = request
        self.origin = origin
        self.client = client
        time = recorder.now
        if let server = client.offer.member?.server { goes(to: server) }
    }

    /// Takes note of the server that is asked.
    func goes(to server: ServerConnections) {
        let isNew = state.withLock { state in
            state.server = server.settings.tap?.server
            state.isLeftOut = server.settings.tap == nil
            defer { if !state.isLeftOut { state.isTold = true } }
            return !state.isTold && !state.isLeftOut
        }
        if isNew { tellRequest() }
    }

    /// Tells of something that goes to the client before the answer.
    func sends(_ message: ByteBuffer) { tell(.message(message)) }

    /// Tells of the answer.
    ///
    /// - Parameter status: The HTTP status with which it goes out; nil where there is none.
    func ends(_ answer: ByteBuffer, status: Int?) { tell(.message(answer), status: status) }

    /// Tells that there is no answer.
    func isCancelled() { tell(.cancelled) }

    private func tellRequest() { note(client.message(.in, .message(request.bytes)), at: time) }

    private func tell(_ content: RecordedMessage.Content, status: Int? = nil) {
        let (isFirst, isLeftOut) = state.withLock { state in
            defer { state.isTold = true }
            return (!state.isTold, state.isLeftOut)
        }
        guard !isLeftOut else { return }
        if isFirst { tellRequest() }
        var message = client.message(.out, content)
        message.status = status
        message.method = request.methodName
        note(message, at: 0)
    }

    private func note(_ message: RecordedMessage, at time: Double) {
        var message = message
        message.request = origin.number.text
        message.server = state.withLock { $0.server }
        message.time = time
        recorder.note(message)
    }
}
