import MCPCore

/// A `text/event-stream` response. May be used from any event loop.
final class EventStreamWriter: Sendable {
    private let responder: HTTPResponder

    init(_ responder: HTTPResponder) {
        self.responder = responder
    }

    /// Begins the response.
    ///
    /// - Parameter clientLeft: Is called once, on the connection's event loop, when the client goes away before
    ///   the end; also when it had gone already.
    func begin(headers: [(String, String)] = [], clientLeft: @escaping @Sendable () -> Void) {
        responder.runNowOrLater { responder in
            guard !responder.isEnded else {
                clientLeft()
                return
            }
            responder.beginEventStream(headers)
            responder.clientLeft = clientLeft
        }
    }

    func write(_ event: ServerSentEvent) {
        responder.runNowOrLater { $0.write(event) }
    }

    func end() {
        responder.runNowOrLater { $0.end() }
    }
}
