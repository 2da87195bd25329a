import MCPCore
import NIOCore
import Recordings

// MARK: - What is told to the recorder, while somebody records

extension Gateway {
    /// Returns a way back for a request without session on which all is told.
    func recorded(_ request: ModernRequest, _ reply: any ModernReplySink) -> any ModernReplySink {
        let client = RecordedRequest.Client(principal: request.principal, offer: request.offer, era: .modern)
        let recorded = RecordedRequest(request.message, reply.origin, of: client, recorder)
        func wrap(_ reply: some ModernReplySink) -> any ModernReplySink { RecordedReply(reply, for: recorded) }
        return wrap(reply)
    }

    /// Tells of a handshake that begins, and of its answer.
    func recorded(
        _ initialize: Message, _ origin: RequestOrigin, _ session: ClientSession,
        _ completion: @escaping @Sendable (Opening) -> Void
    ) -> @Sendable (Opening) -> Void {
        let request = RecordedRequest(initialize, origin, of: session.recordedClient, recorder)
        return { opening in
            switch opening {
            case .opened(_, let answer), .failed(let answer): request.ends(answer, status: nil)
            case .refused(let refusal):
                if let id = initialize.id { request.ends(refusal.answer(to: id), status: nil) }
            }
            completion(opening)
        }
    }
}

extension ClientSession {
    /// Says who it is, for a recording.
    var recordedClient: RecordedRequest.Client {
        RecordedRequest.Client(principal: principal, offer: offer, era: .legacy, session: id)
    }

    /// Returns a way back for a request on which all is told.
    func recorded(_ request: Message, _ reply: any ReplySink) -> any ReplySink {
        let recorded = RecordedRequest(request, reply.origin, of: recordedClient, gateway.recorder)
        func wrap(_ reply: some ReplySink) -> any ReplySink { RecordedReply(reply, for: recorded) }
        return wrap(reply)
    }

    /// Tells of a message that belongs to no request of the client.
    func record(_ direction: RecordedDirection, _ bytes: ByteBuffer) {
        let server = offer.member?.server
        guard server == nil || server?.settings.tap != nil else { return }
        var message = recordedClient.message(direction, .message(bytes))
        message.server = server?.settings.tap?.server
        gateway.recorder.note(message)
    }
}
