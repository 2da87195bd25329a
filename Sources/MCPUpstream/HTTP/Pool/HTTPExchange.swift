import Addresses
import NIOCore
import NIOHTTP1

/// One request and its answer, from the moment it is handed to a pool.
final class HTTPExchange {
    /// Says how far it has come. What is rare and large has a place of its own, so that a state is copied for next to nothing.
    enum State {
        /// Waits for what it is to show the server. Followed by `waiting` or `finished`.
        case authorizing
        /// In the pool's queue. Followed by `running` or `finished`.
        case waiting
        /// Written to a connection. Followed by `redirected`, `refused` or `finished`.
        case running(PooledConnection)
        /// The answer sends it on; the rest of that is read for the connection's sake. Followed by `waiting` or
        /// `finished`.
        indirect case redirected(PooledConnection, to: String)
        /// What it showed was refused; the rest of the answer is kept. Followed by `judged`.
        indirect case refused(PooledConnection, RefusedExchange)
        /// Somebody decides what becomes of the refusal. Followed by `waiting`, `authorizing` or `finished`.
        indirect case judged(RefusedExchange)
        case finished
    }

    private(set) var state: State
    private(set) var request: HTTPUpstreamRequest
    /// Ends the wait for a connection where none could be started, or for the rest of an answer.
    var waitTimer: Scheduled<Void>?
    private var receiver: (any HTTPResponseReceiver)?
    private let pool: HTTPConnectionPool
    private let authority: (any RequestAuthority)?
    private var credential: RequestCredential?
    private var redirects = 0
    private var repetitions = 0
    private var drained = 0

    /// - Parameter authority: Says what the request shows of who sends it; nil where that stands in its fields.
    init(
        _ request: HTTPUpstreamRequest, _ receiver: any HTTPResponseReceiver, _ pool: HTTPConnectionPool,
        _ authority: (any RequestAuthority)?
    ) {
        self.state = .waiting
        self.pool = pool
        self.authority = authority
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
        case .running(let connection), .redirected(let connection, _), .refused(let connection, _): connection.abort()
        case .authorizing, .judged, .finished: break
        }
    }

    /// Stops reading from the connection, but for what has been read already.
    func pauseReading() {
        if case .running(let connection) = state { connection.setPaused(true) }
    }

    func resumeReading() {
        if case .running(let connection) = state { connection.setPaused(false) }
    }

    /// Sends the request, once it is known what it shows. Its receiver hears nothing before this returns.
    func send() {
        guard let authority else { return pool.send(self) }
        state = .authorizing
        switch authority.credential(or: takePermit) {
        case .send(let credential): send(with: credential)
        case .fail(let failure): takePermit()(.fail(failure))
        case nil: break
        }
    }

    /// Makes what takes a permit that comes later.
    private func takePermit() -> @Sendable (RequestPermit) -> Void {
        let exchange = NIOLoopBound(self, eventLoop: pool.eventLoop)
        return { permit in exchange.eventLoop.execute { exchange.value.take(permit) } }
    }

    private func take(_ permit: RequestPermit) {
        guard case .authorizing = state else { return }
        switch permit {
        case .send(let credential): send(with: credential)
        case .fail(let failure): fail(failure)
        }
    }

    private func send(with credential: RequestCredential?) {
        if let credential {
            request.fields.removeAuthorization()
            request.authorization = credential.field
        } else {
            request.authorization = nil
        }
        self.credential = credential
        state = .waiting
        pool.send(self)
    }

    // MARK: What the pool and the connection report

    func begin(on connection: PooledConnection) {
        stopWaiting()
        state = .running(connection)
    }

    private func stopWaiting() {
        waitTimer?.cancel()
        waitTimer = nil
    }

    /// Notes that all has been written, and lets go of the body, which may be large, unless it may have to be written
    /// again.
    func wasWritten() {
        if !request.followsRedirects, authority == nil { request.body = nil }
    }

    func deliver(_ head: HTTPResponseHead) {
        if request.followsRedirects, SameOriginRedirect.keepsRequest(Int(head.status.code)),
            redirects < SameOriginRedirect.maximumCount, case .running(let connection) = state,
            let target = SameOriginRedirect.target(
                of: head, at: HTTPURL(origin: pool.origin, target: request.target))
        {
            state = .redirected(connection, to: target)
            return boundRest()
        }
        if authority != nil, RefusedExchange.mayBe(head.status), case .running(let connection) = state,
            let refused = RefusedExchange(head, credential, repetitions)
        {
            state = .refused(connection, refused)
            return boundRest()
        }
        request.body = nil
        receiver?.receive(head: head, of: self)
    }

    /// A server may never end what it has begun to say.
    private func boundRest() {
        waitTimer = pool.eventLoop.assumeIsolated().scheduleTask(in: pool.settings.restTimeout) { [self] in
            switch state {
            case .redirected(let connection, _), .refused(let connection, _): connection.abort()
            case .authorizing, .waiting, .running, .judged, .finished: return
            }
            deliverEnd()
        }
    }

    func deliver(_ body: ByteBuffer) {
        switch state {
        case .redirected(let connection, let target):
            drained += body.readableBytes
            guard drained > RefusedAnswer.maximumTextBytes else { return }
            connection.abort()
            follow(to: target)
        case .refused(let connection, var refused):
            let wantsMore = refused.append(body)
            state = .refused(connection, refused)
            guard !wantsMore else { return }
            connection.abort()
            judge(refused)
        case .authorizing, .waiting, .running, .judged, .finished: receiver?.receive(body: body, of: self)
        }
    }

    func deliverEnd() {
        switch state {
        case .redirected(_, let target): follow(to: target)
        case .refused(_, let refused): judge(refused)
        case .authorizing, .waiting, .running, .judged, .finished: finish()?.receiveEnd(of: self)
        }
    }

    private func follow(to target: String) {
        stopWaiting()
        redirects += 1
        drained = 0
        request.target = target
        state = .waiting
        pool.send(self)
    }

    // MARK: A refusal

    private func judge(_ refused: RefusedExchange) {
        guard let authority else { return }
        stopWaiting()
        state = .judged(refused)
        let exchange = NIOLoopBound(self, eventLoop: pool.eventLoop)
        authority.judge(refused.refusal) { verdict in
            exchange.eventLoop.execute { exchange.value.take(verdict) }
        }
    }

    private func take(_ verdict: RequestVerdict) {
        guard case .judged(let refused) = state else { return }
        switch verdict {
        case .again:
            repetitions += 1
            drained = 0
            send()
        case .stands: deliver(refused)
        case .fail(let failure): fail(failure)
        }
    }

    /// Hands the refusal on, which its receiver may end at any point.
    private func deliver(_ refused: RefusedExchange) {
        request.body = nil
        receiver?.receive(head: refused.head, of: self)
        if refused.body.readableBytes > 0 { receiver?.receive(body: refused.body, of: self) }
        if !isFinished { finish()?.receiveEnd(of: self) }
    }

    func fail(_ failure: UpstreamFailure) {
        if case .refused(_, let refused) = state { return judge(refused) }
        finish()?.receive(failure: failure, of: self)
    }

    @discardableResult
    private func finish() -> (any HTTPResponseReceiver)? {
        defer { receiver = nil }
        stopWaiting()
        state = .finished
        return receiver
    }
}
