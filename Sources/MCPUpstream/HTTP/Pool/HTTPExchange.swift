import Addresses
import NIOCore
import NIOHTTP1

/// One request and its answer, from the moment it is handed to a pool.
final class HTTPExchange {
    enum State {
        /// In the pool's queue. Followed by `running` or `finished`.
        case waiting
        /// Written to a connection. Followed by `redirected` or `finished`.
        case running(PooledConnection)
        /// The answer sends it on; the rest of that is read for the connection's sake. Followed by `waiting` or
        /// `finished`.
        case redirected(PooledConnection, to: String)
        case finished
    }

    private(set) var state: State
    private(set) var request: HTTPUpstreamRequest
    /// Ends the wait for a connection where none could be started.
    var waitTimer: Scheduled<Void>?
    private var receiver: (any HTTPResponseReceiver)?
    private let pool: HTTPConnectionPool
    private var redirects = 0
    private var drained = 0

    init(
        _ request: HTTPUpstreamRequest, _ receiver: any HTTPResponseReceiver, _ pool: HTTPConnectionPool
    ) {
        self.state = .waiting
        self.pool = pool
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
        case .waiting: pool.remove(self)
        case .running(let connection), .redirected(let connection, _): connection.abort()
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

    func begin(on connection: PooledConnection) {
        waitTimer?.cancel()
        waitTimer = nil
        state = .running(connection)
    }

    /// Notes that all has been written, and lets go of the body, which may be large, unless it may have to be written
    /// again.
    func wasWritten() {
        if !request.followsRedirects { request.body = nil }
    }

    func deliver(_ head: HTTPResponseHead) {
        if request.followsRedirects, SameOriginRedirect.keepsRequest(Int(head.status.code)),
            redirects < SameOriginRedirect.maximumCount, case .running(let connection) = state,
            let target = SameOriginRedirect.target(
                of: head, at: HTTPURL(origin: pool.origin, target: request.target))
        {
            state = .redirected(connection, to: target)
            return
        }
        request.body = nil
        receiver?.receive(head: head, of: self)
    }

    func deliver(_ body: ByteBuffer) {
        guard case .redirected(let connection, let target) = state else {
            receiver?.receive(body: body, of: self)
            return
        }
        drained += body.readableBytes
        guard drained > RefusedAnswer.maximumTextBytes else { return }
        connection.abort()
        follow(to: target)
    }

    func deliverEnd() {
        if case .redirected(_, let target) = state { return follow(to: target) }
        finish()?.receiveEnd(of: self)
    }

    private func follow(to target: String) {
        redirects += 1
        drained = 0
        request.target = target
        state = .waiting
        pool.send(self)
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
