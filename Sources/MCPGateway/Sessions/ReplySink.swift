package import NIOCore

/// Takes what goes back to a client for one of its requests. Called on the session's event loop.
package protocol ReplySink: AnyObject, Sendable {
    /// Whether anything but the answer itself can be sent this way.
    var carriesMessages: Bool { get }

    /// A notification or a request of the server that belongs to this exchange.
    func send(_ message: ByteBuffer)

    /// The answer, exactly once, and nothing after it.
    func finish(_ answer: ByteBuffer)

    /// There will be no answer, because the request was cancelled; nothing after it.
    func abandon()
}

/// Takes what a server says to a client outside of answers. Called on the session's event loop.
package protocol SessionOutlet: AnyObject, Sendable {
    /// Whether somebody listens at this moment. What is sent while nobody does may be kept for a while.
    var isOpen: Bool { get }

    func send(_ message: ByteBuffer)

    /// The session has ended.
    func close()
}
