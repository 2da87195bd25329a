import MCPCore
import MCPUpstream
import NIOCore

/// A `text/event-stream` response, kept alive by comments. May be used from any event loop.
final class EventStreamWriter: Sendable {
    private let responder: HTTPResponder
    private let keepAliveInterval: TimeAmount

    init(_ responder: HTTPResponder, keepAliveInterval: Duration) {
        self.responder = responder
        self.keepAliveInterval = .milliseconds(keepAliveInterval.milliseconds)
    }

    /// Begins the response.
    ///
    /// - Parameter clientLeft: Is called once, on the connection's event loop, when the client goes away before
    ///   the end; also when it had gone already.
    func begin(headers: [(String, String)] = [], clientLeft: @escaping @Sendable () -> Void) {
        responder.run { [keepAliveInterval] responder in
            guard !responder.isEnded else {
                clientLeft()
                return
            }
            responder.beginEventStream(headers)
            responder.clientLeft = clientLeft
            responder.eventLoop.scheduleRepeatedTask(initialDelay: keepAliveInterval, delay: keepAliveInterval) {
                [weak responder] task in
                guard let responder, !responder.isEnded else {
                    task.cancel()
                    return
                }
                responder.write(ByteBuffer(string: ": keep-alive\n\n"))
            }
        }
    }

    func write(_ event: ServerSentEvent) {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(event.data.readableBytes + 64)
        bytes.writeServerSentEvent(event)
        responder.run { [bytes] in $0.write(bytes) }
    }

    func end() {
        responder.run { $0.end() }
    }
}
