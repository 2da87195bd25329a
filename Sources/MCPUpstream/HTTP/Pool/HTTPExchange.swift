import NIOCore
import NIOHTTP1

/// One request and its answer, from the moment it is handed to a pool.
final class HTTPExchange {
    enum State {
        /// In the pool's queue. Followed by `running` or `finished`.
        case waiting(HTTPConnectionPool)
        /// Written to a connection. Followed by `finished`.
        case running(HTTPConnection)
        case finished
    }

    private(set) var state: State
    private(set) var request: HTTPUpstreamRequest
    /// Ends the wait for a connection where none could be started.
    var waitTimer: Scheduled<Void>?
    private var receiver: (any HTTPResponseReceiver)?

    init(_ request: HTTPUpstreamRequest, _ receiver: any HTTPResponseReceiver, _ pool: HTTPConnectionPool) {
        self.state = .waiting(pool)
        self.request = request
        self.receiver = receiver
    }

    var isFinished: Bool {
        if case .finished = state { true } else { false }
    }

    /// Gives the exchange up. Its connection is closed, and nothing more is reported.
    func cancel() {
        let before = state
        finish()
        switch before {
        case .waiting(let pool): pool.remove(self)
        case .running(let connection): connection.abort()
        case .finished: break
        }
    }

    /// Stops reading from the connection, but for what has been read already.
    func pauseReading() {
        if case .running(let connection) = state { connection.setPaused(true) }
    }

    func resumeReading() {
        if case .running(let connection) = state { connection.setPaused(false) }
    }

    // MARK: What the pool and the connection report

    func begin(on connection: HTTPConnection) {
        waitTimer?.cancel()
        waitTimer = nil
        state = .running(connection)
    }

    /// Lets go of the body, which may be large, once it has been written.
    func dropBody() {
        request.body = nil
    }

    func deliver(_ head: HTTPResponseHead) {
        receiver?.receive(head: head, of: self)
    }

    func deliver(_ body: ByteBuffer) {
        receiver?.receive(body: body, of: self)
    }

    func deliverEnd() {
        finish()?.receiveEnd(of: self)
    }

    func fail(_ failure: UpstreamFailure) {
        finish()?.receive(failure: failure, of: self)
    }

    @discardableResult
    private func finish() -> (any HTTPResponseReceiver)? {
        defer { receiver = nil }
        waitTimer?.cancel()
        waitTimer = nil
        state = .finished
        return receiver
    }
}
