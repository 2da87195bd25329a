import MCPCore
import NIOCore

// MARK: - What a server sends that is no message

extension Conversation {
    private enum Junk {
        /// An error that names no request, put in order: it came in answer to this one.
        case unnamedError(ByteBuffer, of: Int64)
        /// What came in answer to this request, over HTTP: no message, so something else stands there instead of a server.
        case wholeAnswer(to: Int64)
        /// A line or an event among others, which names this request: it tells of one call.
        case line(naming: Int64)
        /// Nothing that anybody waits for.
        case noise
    }

    private func kind(of junk: ByteBuffer, relatedTo related: Int64?) -> Junk {
        if let related {
            let error = UnnamedError.answer(in: junk, to: related, maximumDepth: limits.maximumDepth)
            return error.map { .unnamedError($0, of: related) } ?? .wholeAnswer(to: related)
        }
        return awaited(BrokenAnswer.id(in: junk)).map { .line(naming: $0) } ?? .noise
    }

    func receivedJunk(_ bytes: ByteBuffer, _ reason: String, relatedTo related: Int64?) {
        switch kind(of: bytes, relatedTo: related) {
        case .unnamedError(let answer, let id): receive(answer, relatedTo: id)
        case .wholeAnswer(let id):
            link.noteBrokenAnswer(bytes, reason)
            linkFailed(id, .noMessage(reason))
        case .line(let id):
            link.noteBrokenAnswer(bytes, reason)
            linkFailed(id, .brokenAnswer(reason))
        case .noise:
            link.noteJunk(bytes)
            // What comes before the first message is a banner, or what an installer tells.
            let limit = introduction == nil ? limits.maximumBannerLines : limits.maximumJunk
            if junk.add(limit: limit, now: link.eventLoop.now) {
                end(UpstreamFailure(.unreadable, "it writes too many lines that are not messages: \(reason)"))
            }
        }
    }

    /// Returns the identifier, if it is that of a request which is not answered yet.
    func awaited(_ id: Int64?) -> Int64? {
        guard let id else { return nil }
        if case .introducing = state { return id }
        return calls[id] == nil ? nil : id
    }
}
