// MARK: - Sessions that the server does not know any more

extension Upstream {
    /// How many sessions in a row may be forgotten before anything was answered in them, and without anybody's request,
    /// until the next is opened only after a wait.
    private static let maximumIdleLosses = 2

    func conversationWasForgotten(_ conversation: Conversation, unasked: Bool) {
        guard conversation === current else { return }
        listener?.upstreamLostSession(self)
        idleLosses = conversation.hasServed || !unasked ? 0 : idleLosses + 1
        guard idleLosses > Self.maximumIdleLosses else { return }
        idleLosses = 0
        conversation.end(
            UpstreamFailure(.connectionLost, "it forgets each session before anything was asked in it"))
    }
}
