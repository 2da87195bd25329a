package import MCPCore

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
