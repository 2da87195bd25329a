import NIOCore

/// The way back for a request without session that is recorded: all that goes back is told on the way.
final class RecordedModernReply: ModernReplySink {
    private let inner: any ModernReplySink
    private let request: RecordedRequest

    init(_ inner: any ModernReplySink, for request: RecordedRequest) {
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

    func finish(_ answer: ByteBuffer) { finish(answer, refusal: nil) }

    func finish(_ answer: ByteBuffer, refusal: Refusal.Reason?) {
        request.ends(answer, status: inner.httpStatus(for: refusal))
        inner.finish(answer, refusal: refusal)
    }

    func abandon() {
        request.isCancelled()
        inner.abandon()
    }

    func whenClientLeaves(_ body: @escaping @Sendable () -> Void) {
        inner.whenClientLeaves { [request] in
            request.isCancelled()
            body()
        }
    }
}
