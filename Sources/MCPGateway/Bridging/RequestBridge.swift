import MCPCore
import NIOCore

/// Requests, from the era of the client to that of the server.
enum RequestBridge {
    /// Takes out of a stateless request what a server with a handshake was told in it, or what only concerns us: the
    /// caller, and the answers to questions.
    ///
    /// - Parameter change: What else of `_meta` is written anew.
    static func toLegacy(_ request: Message, besides change: MetaChange? = nil) -> [Edit] {
        var edits: [Edit] = []
        if let meta = request.envelope.meta {
            edits += request.edits(
                of: meta, removing: request.envelope.metadata.ofCaller + (change?.removed ?? []),
                inserting: change?.inserted ?? ByteBuffer())
        }
        return edits + withoutReturn(request) + (change?.replaced ?? [])
    }

    /// Takes out of a request with which a client comes back what only concerns us: the answers to questions.
    static func withoutReturn(_ request: Message) -> [Edit] {
        let members = [request.envelope.inputResponses, request.envelope.requestState].compactMap { $0 }
        guard !members.isEmpty, let params = request.envelope.params else { return [] }
        return request.edits(of: params, removing: members)
    }
}
