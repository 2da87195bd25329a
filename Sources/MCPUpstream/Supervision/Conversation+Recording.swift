import MCPCore
import NIOCore
import Recordings

// MARK: - What is told to the recorder

extension Conversation {
    /// Whether anything is recorded; where nothing is, nothing else here is called.
    var isRecorded: Bool { tap?.isOn ?? false }

    /// Tells of a message that goes to the server.
    ///
    /// - Parameter receiver: For whose request it is; nil where it is the proxy's own.
    func record(sent bytes: ByteBuffer, for receiver: (any ExchangeReceiver)? = nil) {
        record(.out, .message(bytes), for: receiver, method: nil)
    }

    /// Tells of a message that comes from the server.
    func record(received bytes: ByteBuffer, relatedTo related: Int64?) {
        // What is no message belongs to the request on whose stream it came.
        let envelope = (try? Message(bytes, maximumDepth: limits.maximumDepth, duplicateKeys: .accepted))?.envelope
        let id = (envelope?.id ?? envelope?.progressToken).flatMap { bytes.integer(in: $0) }
        let isAnswer = envelope?.kind == .result || envelope?.kind == .error
        let call = (isAnswer ? id : nil).flatMap { calls[$0] } ?? related.flatMap { calls[$0] }
        let method = isAnswer ? (call?.method.rawValue ?? introducer.method(of: id)) : nil
        record(.in, .message(bytes), for: call?.receiver, method: method)
    }

    /// Tells that a request gets no answer.
    func record(_ failure: UpstreamFailure, of id: Int64?) {
        let call = id.flatMap { calls[$0] }
        record(
            .in, .failure(failure.detail), for: call?.receiver, method: call?.method.rawValue, status: failure.status)
    }

    private func record(
        _ direction: RecordedDirection, _ content: RecordedMessage.Content, for receiver: (any ExchangeReceiver)?,
        method: String?, status: Int? = nil
    ) {
        guard let tap else { return }
        var message = RecordedMessage(.upstream, direction, content)
        message.server = tap.server
        message.connection = connectionNumber
        message.era = introduction?.era.rawValue
        message.method = method.flatMap { $0.isEmpty ? nil : $0 }
        message.status = status
        if let origin = receiver?.recordedOrigin {
            (message.request, message.principal) = (origin.request, origin.principal)
        }
        tap.recorder.note(message)
    }
}
