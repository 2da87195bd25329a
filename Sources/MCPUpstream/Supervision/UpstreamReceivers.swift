package import MCPCore

/// Hears how one exchange goes on. Called on the upstream's event loop.
///
/// After `exchangeAnswered` or `exchangeFailed` nothing more comes; after a cancellation nothing at all.
package protocol ExchangeReceiver: AnyObject, Sendable {
    /// The request as this server is to get it; asked for each time that it is sent. nil when it makes no sense to
    /// such a server: then the exchange fails.
    func request(for introduction: Introduction) -> OutgoingRequest?

    /// A progress notification for this exchange. Its token is ours.
    func exchangeProgressed(_ notification: Message)
    func exchangeAnswered(_ answer: Message)
    func exchangeFailed(_ failure: UpstreamFailure)

    /// Whether a client wants the answer, and not the proxy itself.
    var isForClient: Bool { get }
}

extension ExchangeReceiver {
    package var isForClient: Bool { true }
}

/// Hears what an upstream says outside of answers. Called on the upstream's event loop.
package protocol UpstreamListener: AnyObject, Sendable {
    /// The handshake is complete: for the first time, or again after the server was lost.
    func upstreamBecameReady(_ upstream: Upstream, again: Bool)

    /// The server is gone, or could not be reached. It is tried again unless it was closed on purpose.
    func upstreamWasLost(_ upstream: Upstream, _ failure: UpstreamFailure)

    /// The server has forgotten the session. Another one is opened, and calls wait for it.
    func upstreamLostSession(_ upstream: Upstream)

    /// The server was taken for one that needs no handshake and wants one after all. Nothing more is to be asked of it
    /// on this connection.
    func upstreamWantsHandshake(_ upstream: Upstream)

    /// The server asks its client something. Each request must be answered once, through `Upstream.answer`.
    ///
    /// - Parameter exchange: The exchange to which the request belongs, where the transport tells.
    func upstream(_ upstream: Upstream, asks request: ServerRequest, during exchange: (any ExchangeReceiver)?)

    /// The server says something that is neither an answer nor progress.
    func upstream(_ upstream: Upstream, notifies message: Message, during exchange: (any ExchangeReceiver)?)
}

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
