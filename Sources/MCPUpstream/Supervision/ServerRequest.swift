package import MCPCore

/// A request from a server to its client, and where its answer has to go.
package struct ServerRequest: Sendable {
    package let message: Message
    package let id: RequestID
    /// Which of an upstream's successive connections asked: an answer must never reach a later one.
    package let generation: Int

    package init(message: Message, id: RequestID, generation: Int) {
        self.message = message
        self.id = id
        self.generation = generation
    }
}
