import NIOCore

/// Takes the requests of one listener, each in two steps. Called on the connection's event loop.
protocol HTTPRequestHandler: Sendable {
    /// Says from the head of a request where it goes, and which headers every answer to it carries. Nothing of its body
    /// has been looked at, or is held.
    func admit(_ head: HTTPRequestFields) -> (destination: Destination, answerHeaders: [(String, String)])

    /// Finds out where a request goes of which that was not decided.
    ///
    /// - Parameter then: Is told once, on the event loop.
    func decide(
        _ request: AdmittedRequest, on eventLoop: any EventLoop, _ then: @escaping @Sendable (Destination) -> Void)

    /// Takes a request that has come in full.
    func handle(_ destination: Destination, body: ByteBuffer, _ responder: HTTPResponder)

    /// Refuses a request whose body is longer than its destination takes.
    func refuseBody(for destination: Destination, _ responder: HTTPResponder)

    /// Hears that a request is refused, before its answer goes out.
    func refused(_ request: RefusedRequest)
}
