// MARK: - Servers that turn out to want a handshake

extension Upstream {
    /// A program may have ended because its first message was not `initialize`: that gets one try at once.
    func deservesHandshake(_ conversation: Conversation, _ failure: UpstreamFailure) -> Bool {
        guard conversation.endedAfterProbe, conversation.link.startsProcess, failure.code == .processEnded,
            case .detected = era
        else { return false }
        return memory.assumeLegacy()
    }

    func conversation(_ conversation: Conversation, wantsHandshakeBefore id: Int64) -> Bool {
        guard case .detected = era, conversation === current, memory.insistOnLegacy() else { return false }
        let refused = conversation.withdraw(id)
        listener?.upstreamWantsHandshake(self)
        refused?.receiver.exchangeFailed(
            UpstreamFailure(.eraChanged, "it wants a handshake although it said that it needs none", nothingSent: true))
        return true
    }

    /// A program that knows both eras may end because it has waited for a handshake: then its last words say so.
    func noteLastWords(of conversation: Conversation, _ failure: UpstreamFailure) {
        guard case .detected = era, failure.code == .processEnded, conversation.introduction?.offersHandshake == true,
            lastErrorOutput.suffix(5).contains(where: { $0.contains("initialize") })
        else { return }
        _ = memory.insistOnLegacy()
    }
}
