import Addresses
import NIOCore
import NIOHTTP1
import NIOTLS

/// One HTTP/1.1 connection: the last handler of its channel, and the pool's handle on it.
///
/// Runs one exchange at a time. It is free for the next only when everything that had been read with the end of
/// an answer has been looked at, so that an answer nobody asked for is never taken for the next one's.
final class PooledConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = Never

    private enum State {
        /// Followed by `idle` or `closed`.
        case connecting
        /// Followed by `busy` or `closed`.
        case idle
        /// An answer is due or under way. Followed by `complete` or `closed`.
        case busy(HTTPExchange)
        /// The answer has ended, what was read with it is still being looked at. Followed by `idle` or `closed`.
        case complete(HTTPExchange)
        /// Being closed, or closed. Final.
        case closed
    }

    private let pool: HTTPConnectionPool
    private let isSecure: Bool
    /// Stands in the same channel, before the parser of answers.
    let writer = HTTPRequestWriter()
    private var state = State.connecting
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var connectError: (any Error)?
    private var isReusable = true
    private var isPaused = false
    private var wantsToRead = false
    private var headCame = false
    /// Which address a proxy was asked to connect to, where a guard has judged it.
    var tunnelEnd: SocketAddress?
    /// When the last answer was complete; nil before the first.
    private var answered: NIODeadline?
    /// Since when nobody has used the connection.
    var idleSince = NIODeadline.now()

    init(pool: HTTPConnectionPool) {
        self.pool = pool
        self.isSecure = pool.origin.scheme == .https
    }

    // MARK: What the pool says

    /// Writes a request, unless the connection turns out to be closed: then nothing has been written.
    func start(_ exchange: HTTPExchange) -> Bool {
        guard case .idle = state, let context, context.channel.isActive else {
            close()
            return false
        }
        state = .busy(exchange)
        isReusable = true
        headCame = false
        exchange.begin(on: self)
        if let timeout = pool.settings.responseHeadTimeout { startHeadTimer(timeout, exchange) }
        writer.write(exchange.request, context)
        exchange.wasWritten()
        return true
    }

    /// Closes a connection that nobody uses.
    func close() {
        state = .closed
        timer?.cancel()
        context?.close(promise: nil)
    }

    /// Where the connection leads; nil while it is being made and after its end.
    var remoteAddress: SocketAddress? { context.flatMap { tunnelEnd ?? $0.channel.remoteAddress } }

    /// Closes the connection, whatever is under way on it.
    func shutDown() {
        end(because: UpstreamFailure(.closed, "the proxy is shutting down"))
    }

    /// Closes the connection. What is under way on it hears why.
    func end(because failure: UpstreamFailure) {
        switch state {
        case .connecting:
            // Its end is reported as that of an attempt.
            context?.close(promise: nil)
        case .busy(let exchange):
            close()
            exchange.fail(failure)
        case .complete(let exchange):
            close()
            exchange.deliverEnd()
        case .idle, .closed:
            close()
        }
    }

    // MARK: What the exchange says

    /// Closes the connection under its exchange.
    func abort() {
        close()
    }

    /// Stops reading, or goes on.
    func setPaused(_ paused: Bool) {
        isPaused = paused
        if !paused, wantsToRead {
            wantsToRead = false
            context?.read()
        }
    }

    // MARK: What the channel says

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if !isSecure, context.channel.isActive { becomeReady() }
        if isSecure { startHandshakeTimer() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isSecure, case .some(.handshakeCompleted) = event as? TLSUserEvent { becomeReady() }
        context.fireUserInboundEventTriggered(event)
    }

    func read(context: ChannelHandlerContext) {
        if isPaused {
            wantsToRead = true
        } else {
            context.read()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .busy(let exchange) = state else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            headCame = true
            if answered != nil { pool.reuse.answeredAgain() }
            timer?.cancel()
            isReusable = head.isKeepAlive && head.status != .switchingProtocols
            exchange.deliver(head)
        case .body(let bytes):
            exchange.deliver(bytes)
        case .end:
            state = .complete(exchange)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .complete(let exchange) = state { complete(exchange, context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .connecting:
            connectError = connectError ?? error
            context.close(promise: nil)
        case .busy(let exchange):
            noteEnd()
            close()
            exchange.fail(HTTPConnectionFailure.during(error, origin: pool.origin, headCame: headCame))
        case .complete(let exchange):
            isReusable = false
            complete(exchange, context)
        case .idle:
            pool.connectionClosed(self)
            close()
        case .closed: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        noteEnd()
        switch state {
        case .connecting:
            state = .closed
            pool.connectionFailed(self, HTTPConnectionFailure.connecting(connectError, origin: pool.origin))
            return
        case .busy(let exchange):
            state = .closed
            exchange.fail(HTTPConnectionFailure.lost(origin: pool.origin, headCame: headCame))
        case .complete(let exchange):
            isReusable = false
            complete(exchange, context)
        case .idle, .closed:
            state = .closed
        }
        pool.connectionClosed(self)
    }

    // MARK: Steps

    private func becomeReady() {
        guard case .connecting = state else { return }
        timer?.cancel()
        state = .idle
        pool.connectionReady(self)
    }

    private func complete(_ exchange: HTTPExchange, _ context: ChannelHandlerContext) {
        setPaused(false)
        answered = .now()
        if isReusable, pool.reuse.isWorthwhile, context.channel.isActive {
            state = .idle
            pool.connectionFree(self)
        } else {
            close()
        }
        exchange.deliverEnd()
    }

    /// The server has closed the connection: perhaps it does so after every answer.
    private func noteEnd() {
        switch state {
        case .busy where headCame: break
        case .busy, .idle:
            if let answered { pool.reuse.closed(.now() - answered) }
        case .connecting, .complete, .closed: break
        }
    }

    private func startHandshakeTimer() {
        let timeout = pool.settings.connectTimeout
        timer = pool.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            guard case .connecting = self.state else { return }
            self.connectError = ChannelError.connectTimeout(timeout)
            self.context?.close(mode: .all, promise: nil)
        }
    }

    private func startHeadTimer(_ timeout: TimeAmount, _ exchange: HTTPExchange) {
        timer = pool.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            guard !exchange.isFinished, !self.headCame else { return }
            self.close()
            exchange.fail(HTTPConnectionFailure.silent(origin: self.pool.origin))
        }
    }
}
