import NIOCore

/// The way back for a request that is recorded: all that goes back is told on the way.
final class RecordedReply<Inner: ReplySink>: ReplySink {
    private let inner: Inner
    private let request: RecordedRequest

    init(_ inner: Inner, for request: RecordedRequest) {
        self.inner = inner
        self.request = request
    }

    var carriesMessages: Bool { inner.carriesMessages }
    var origin: RequestOrigin { inner.origin }

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

extension RecordedReply: ModernReplySink where Inner: ModernReplySink {
    func finish(_ answer: ByteBuffer, refusal: Refusal.Reason?) {
        request.ends(answer, status: inner.httpStatus(for: refusal))
        inner.finish(answer, refusal: refusal)
    }

    func whenClientLeaves(_ body: @escaping @Sendable () -> Void) {
        inner.whenClientLeaves { [request] in
            request.isCancelled()
            body()
        }
    }
}
