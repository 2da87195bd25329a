import NIOCore

/// The way back for a request of a session that is recorded: all that goes back is told on the way.
final class RecordedReply: ReplySink {
    private let inner: any ReplySink
    private let request: RecordedRequest

    init(_ inner: any ReplySink, for request: RecordedRequest) {
        self.inner = inner
        self.request = request
    }

    var carriesMessages: Bool { inner.carriesMessages }
    var origin: RequestOrigin { inner.origin }

    /// Takes note of the server that is asked.
    func goes(to server: ServerConnections) { request.goes(to: server) }

    func httpStatus(for refusal: Refusal.Reason?) -> Int? { inner.httpStatus(for: refusal) }

    func send(_ message: ByteBuffer) {
        request.sends(message)
        inner.send(message)
    }

    func finish(_ answer: ByteBuffer) {
        request.ends(answer, status: inner.httpStatus(for: nil))
        inner.finish(answer)
    }

    func abandon() {
        request.isCancelled()
        inner.abandon()
    }
}
