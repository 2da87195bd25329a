import MCPCore
import NIOCore

// MARK: - Sessions that the server does not know any more

extension Conversation {
    /// How many bytes of arguments are looked through for what they speak of.
    private static let maximumArguments = 64 << 10

    func mayBeRepeated(_ id: Int64) -> Bool { calls[id]?.mayBeRepeated == true }

    func linkLostSession(_ id: Int64?) {
        guard !isEnded else { return }
        if case .introducing = state {
            end(UpstreamFailure(.handshakeRefused, "it forgot the session during the handshake"))
            return
        }
        if !isForgotten {
            isForgotten = true
            owner.conversationWasForgotten(self, unasked: id == nil)
            guard !isEnded else { return }
        }
        owner.conversation(self, lostSessionWith: id)
    }

    /// Takes an answer that says that the server does not know the session for what it is: no answer. Then the request is
    /// taken back, and sent once more in another session.
    func isRefusedForSession(_ answer: Message, _ id: Int64) -> Bool {
        guard answer.kind == .error, introduction?.era == .legacy, let call = calls[id], call.mayBeRepeated,
            // What has shown signs of life was read.
            call.lastSign == call.started,
            let words = LostSessionWords.denying(answer), !speaksOfSession(call),
            link.sessionIsLost(accordingTo: words, inAnswerTo: id)
        else { return false }
        linkLostSession(id)
        return true
    }

    /// Tells whether the arguments of a call speak of a session: then an error may well be about that one. Long ones
    /// are taken to do so.
    private func speaksOfSession(_ call: CallInFlight) -> Bool {
        guard let introduction, let request = call.receiver.request(for: introduction)?.message,
            let arguments = request.params?["arguments"]?.bytes
        else { return false }
        return arguments.readableBytes > Self.maximumArguments || LostSessionWords.name(in: String(buffer: arguments))
    }
}
