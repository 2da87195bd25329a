import MCPCore

/// Hears what one conversation yields. Called on its event loop.
protocol ConversationOwner: AnyObject {
    func conversationBecameReady(_ conversation: Conversation, _ introduction: Introduction)
    /// The server has answered a call, which is not under way any more.
    func conversation(_ conversation: Conversation, answers call: CallInFlight, with answer: Message)
    func conversation(_ conversation: Conversation, asks request: ServerRequest, during id: Int64?)
    func conversation(_ conversation: Conversation, notifies message: Message, during id: Int64?)
    /// The server has said for the first time that it does not know the session.
    ///
    /// - Parameter unasked: Whether that was not said of a request.
    func conversationWasForgotten(_ conversation: Conversation, unasked: Bool)
    /// The session was forgotten by the server, and the request `id` with it, unread.
    func conversation(_ conversation: Conversation, lostSessionWith id: Int64?)
    /// The server has refused the request `id`, unread, because it wants a handshake after all.
    ///
    /// - Returns: whether that is dealt with; else the refusal is the answer.
    func conversation(_ conversation: Conversation, wantsHandshakeBefore id: Int64) -> Bool
    /// It has ended; whoever owns it says when its calls are to hear of that, with `failCalls`.
    func conversationEnded(_ conversation: Conversation, _ failure: UpstreamFailure)
    /// A call has ended without an answer.
    func conversationHasRoom(_ conversation: Conversation)
}
