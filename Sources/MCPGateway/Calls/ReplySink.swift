package import NIOCore

/// Takes what goes back to a client for one of its requests. Called on the caller's event loop.
package protocol ReplySink: AnyObject, Sendable {
    /// Whether anything but the answer itself can be sent this way.
    var carriesMessages: Bool { get }

    /// Which request it answers.
    var origin: RequestOrigin { get }

    /// Learns which server is asked; told while somebody records.
    func goes(to server: ServerConnections)

    /// Returns the HTTP status with which an answer goes out; nil where there is none.
    ///
    /// - Parameter refusal: Why the request is refused, if that is the answer.
    func httpStatus(for refusal: Refusal.Reason?) -> Int?

    /// Takes a notification or a request of the server that belongs to this exchange.
    func send(_ message: ByteBuffer)

    /// Takes the answer. It comes exactly once, and nothing after it.
    func finish(_ answer: ByteBuffer)

    /// There will be no answer, because the request was cancelled; nothing after it.
    func abandon()
}

extension ReplySink {
    /// Nothing comes of it but in a recording.
    package func goes(to server: ServerConnections) {}

    package func httpStatus(for refusal: Refusal.Reason?) -> Int? { nil }
}

/// Takes what goes back for a request that belongs to no session. May be called on any event loop.
package protocol ModernReplySink: ReplySink {
    /// Takes the answer.
    ///
    /// - Parameter refusal: Why the request is refused, if that is the answer, for a transport that says so in its own way.
    func finish(_ answer: ByteBuffer, refusal: Refusal.Reason?)

    /// Makes it known when the client goes away, which is a cancellation; at once when it has gone already. A later
    /// call replaces an earlier one.
    func whenClientLeaves(_ body: @escaping @Sendable () -> Void)
}

/// Takes what a server says to a client outside of answers. Called on the session's event loop.
package protocol SessionOutlet: AnyObject, Sendable {
    /// Whether somebody listens at this moment. What is sent while nobody does may be kept for a while.
    var isOpen: Bool { get }

    func send(_ message: ByteBuffer)

    /// Gives back what need not be kept any more. Called every few seconds.
    func tidy()

    /// The session has ended.
    func close()
}

extension SessionOutlet {
    /// Nothing is kept by most.
    package func tidy() {}
}
