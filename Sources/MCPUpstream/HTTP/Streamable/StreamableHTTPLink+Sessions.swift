import MCPCore
import NIOCore

// MARK: - Sessions that the server does not know any more

extension StreamableHTTPLink {
    var hasSession: Bool { sessionID != nil }

    package func sessionIsLost(accordingTo words: String, inAnswerTo id: Int64) -> Bool {
        guard isOpen, hasSession, !wasRead(id) else { return false }
        noteLoss((requests[id]?.brought ?? brought)?.hidingValues(in: words) ?? words)
        return true
    }

    /// Tells whether the server's words about the session are reason enough to open another one. For a request they
    /// are, which is repeated once. What is told of anything else could come back for ever, so the session must have
    /// been good for something; and a server that refuses `notifications/initialized` may serve all the same.
    func mayReopen(for purpose: StreamablePost.Purpose) -> Bool {
        switch purpose {
        case .request(let id): receiver?.mayBeRepeated(id) == true
        case .initialized: false
        case .other: hasServed
        }
    }

    /// - Parameter words: What the server says; nil where the status alone says it.
    func lostSession(_ post: StreamablePost?, _ words: String? = nil) {
        noteLoss(words)
        if let post { finished(post) }
        guard isOpen else { return }
        gateTimer?.cancel()
        // Each is put before the others that wait for the next session.
        for held in gate.open().reversed() { receiver?.linkLostSession(held.id) }
        if case .request(let id)? = post?.purpose {
            receiver?.linkLostSession(id)
        } else {
            receiver?.linkLostSession(nil)
        }
    }

    private func noteLoss(_ words: String?) {
        guard !isSessionLost else { return }
        isSessionLost = true
        LostSessionWords.note(words ?? "it answered 404 Not Found", logger)
    }
}
